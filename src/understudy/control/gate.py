"""Who is let in to the control API and the console: everybody, whoever brings the admin token, or nobody."""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from time import time

from understudy.contract.answers import NamedAnswer
from understudy.contract.problem import problem
from understudy.contract.request import Reply, Request
from understudy.contract.security import cookies
from understudy.kernel.mint import Mint
from understudy.kernel.provider import Moment
from understudy.sandbox import real_time

COOKIE = "understudy-admin"
OFF = "Control API off"
LIFETIME = 12 * 3600
"""Seconds that a session lasts."""
_OFF = "this server was started with --no-admin: it has no control API and no console"
_HOW = {"WWW-Authenticate": 'Bearer realm="understudy"'}


class Gate:
    """Compares in constant time. Keeps no list of sessions: several workers, and servers of one token, know them."""

    def __init__(self, token: str | None = None, *, closed: bool = False, secure: bool = False) -> None:
        """With neither a token nor ``closed`` everybody is let in; ``secure``: browsers come over TLS."""
        self.closed = closed
        self.guarded = token is not None
        self._token = (token or "").encode()
        self._secure = secure
        self._cookie = f"__Host-{COOKIE}" if secure else COOKIE
        self._answer: NamedAnswer | None = None

    @property
    def open(self) -> bool:
        """Whether everybody is let in."""
        return not self.closed and not self.guarded

    def refusal(self, headers: Mapping[bytes, bytes]) -> Reply | None:
        """Return what a request to the control API is told that is not let in; None for one that is."""
        if self.closed:
            return problem(404, _OFF, title=OFF)
        return None if self.admits(headers) else self._unauthenticated()

    def admits(self, headers: Mapping[bytes, bytes]) -> bool:
        """Say whether a request, by its headers, is let in."""
        if not self.guarded:
            return not self.closed
        kind, _, token = headers.get(b"authorization", b"").strip().partition(b" ")
        if kind.lower() == b"bearer" and _same(token.strip(), self._token):
            return True
        return self._knows(cookies(Request("", "", headers=headers)).get(self._cookie, ""))

    def cookie(self) -> str | None:
        """Return the cookie that begins a session; None where none is needed."""
        if not self.guarded:
            return None
        return self._baked(self._session(int(time()) + LIFETIME), LIFETIME)

    def no_cookie(self) -> str | None:
        """Return the cookie that ends a session."""
        return self._baked("", 0) if self.guarded else None

    def _baked(self, value: str, seconds: int) -> str:
        secure = "; Secure" if self._secure else ""
        return f"{self._cookie}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"

    def _session(self, until: int) -> str:
        """Return what shows until when its bearer is let in; without the token nobody can make one."""
        return f"{until}.{hmac.new(self._token, b'understudy session %d' % until, sha256).hexdigest()}"

    def _knows(self, session: str) -> bool:
        until = session.partition(".")[0]
        if not (until.isascii() and until.isdecimal() and len(until) < 12) or int(until) <= time():
            return False
        return _same(session.encode("utf-8", "replace"), self._session(int(until)).encode())

    def _unauthenticated(self) -> Reply:
        from understudy.control.play import NAME, load_control

        if self._answer is None:
            (*_, operation) = load_control().operations.values()
            self._answer = operation.answers.by_name["unauthenticated"]
        return self._answer.reply(None, Moment(0, real_time(), Mint(0, NAME)), headers=_HOW)


def _same(given: bytes, wanted: bytes) -> bool:
    """Compare; how long it takes says neither where they differ nor how long what is wanted is."""
    return hmac.compare_digest(sha256(given).digest(), sha256(wanted).digest())
