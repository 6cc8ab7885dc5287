"""The admin token: where it comes from, what it must be, and when a server may not do without."""

import ipaddress
import os
import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from understudy.source import SourceError

SHORTEST = 16
"""Letters that a token must have: it is all that stands between a network and everything."""
LONGEST = 1000
TOKEN = "UNDERSTUDY_ADMIN_TOKEN"  # noqa: S105 - the variable's name
FILE = "UNDERSTUDY_ADMIN_TOKEN_FILE"
CACERT = "UNDERSTUDY_CACERT"
MAKE_ONE = "make one with `python3 -c 'import secrets; print(secrets.token_urlsafe())'`"
_READ = 10_000
_WORD = re.compile(r"[!-~]+\Z")


def admin_token(given: Mapping[str, Any]) -> str | None:
    """Return the token that options give, by itself or in a file; None where there is none.

    Raises SourceError for one that is none, and where the options do not go together. No message has it.
    """
    token, file = given["admin_token"], given["admin_token_file"]
    if token is None and file is None:
        if os.environ.get(TOKEN) == "":
            raise SourceError(f"{TOKEN} is empty: give it a token ({MAKE_ONE}), or unset it")
        return None
    if given["no_admin"]:
        raise SourceError("--no-admin with an admin token: it would let nobody in anywhere; keep one")
    if token is not None and file is not None:
        raise SourceError("--admin-token and --admin-token-file: keep one")
    if file is not None:
        return usable(read_token(file, "--admin-token-file"), f"--admin-token-file {file}")
    return usable(token, "--admin-token")


def usable(token: str, where: str) -> str:
    """Return a token that may be one. Raises SourceError, without the token."""
    if len(token) < SHORTEST:
        wrong = "is empty" if not token else f"has {len(token)} characters; it needs {SHORTEST} or more"
        raise SourceError(f"{where}: the token {wrong}: {MAKE_ONE}")
    if len(token) > LONGEST or not _WORD.match(token):
        raise SourceError(f"{where}: the token must be up to {LONGEST} visible ASCII characters, no spaces: {MAKE_ONE}")
    return token


def read_token(file: str, option: str) -> str:
    """Return what a file holds, without the line break at its end. Raises SourceError."""
    try:
        with Path(file).open(encoding="utf-8") as text:
            return text.read(_READ).rstrip("\r\n")
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else "it is no text"
        raise SourceError(f"{option} {file}: cannot be read: {said}") from None


@dataclass(frozen=True, slots=True)
class Access:
    """What a client brings to a server that runs somewhere."""

    token: str | None = field(default=None, repr=False)
    trust: ssl.SSLContext | None = None
    """How the server's certificate is held to be its own; None as ever."""

    @classmethod
    def of(cls, token: str | None = None, file: str | None = None, cacert: str | None = None) -> "Access":
        """Return what is given, else what the environment says. Raises SourceError."""
        if token is None and file is None:
            token, file = os.environ.get(TOKEN), os.environ.get(FILE)
        if not token and file:
            token = read_token(file, "--admin-token-file")
        if token and not _WORD.match(token):
            raise SourceError("the admin token must be visible ASCII characters, no spaces")
        return cls(token or None, _trusting(cacert or os.environ.get(CACERT)))

    @property
    def verify(self) -> ssl.SSLContext | bool:
        """What httpx takes for ``verify``."""
        return True if self.trust is None else self.trust

    @property
    def headers(self) -> dict[str, str]:
        """The headers that let a request to the control API in."""
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}


def _trusting(cacert: str | None) -> ssl.SSLContext | None:
    """Return what trusts a certificate, or those that OpenSSL's own variables name. Raises SourceError."""
    if not cacert and not os.environ.get("SSL_CERT_FILE") and not os.environ.get("SSL_CERT_DIR"):
        return None
    try:
        return ssl.create_default_context(cafile=cacert or None)
    except ssl.SSLError:
        raise SourceError(f"--cacert {cacert}: holds no certificate in PEM") from None
    except OSError as error:
        raise SourceError(f"--cacert {cacert}: cannot be read: {error.strerror}") from None


def refuse_open(host: str, *, guarded: bool) -> None:
    """Let nobody from elsewhere at the control API without a token. Raises SourceError."""
    if guarded or is_loopback(host):
        return
    raise SourceError(
        f"--host {host}: others reach that address, and the control API would let each of them read and change "
        f"everything; give --admin-token-file PATH or {TOKEN} ({MAKE_ONE}), or --no-admin. "
        "The mocked APIs stay open to whoever reaches them in any case"
    )


def refuse_shown(host: str) -> None:
    """Let nobody from elsewhere see credentials. Raises SourceError."""
    if not is_loopback(host):
        raise SourceError(
            f"--show-secrets with --host {host}: others reach that address, and would see the credentials that "
            "callers send; it is for one's own machine: keep one of the two"
        )


def is_loopback(host: str) -> bool:
    """Say whether only this machine reaches an address; of a name that leads nowhere, listening says more."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0]
    except (OSError, UnicodeError):
        return True
    address = ipaddress.ip_address(str(found).partition("%")[0])
    return address.is_loopback or bool(getattr(address, "ipv4_mapped", None) and address.ipv4_mapped.is_loopback)  # type: ignore[union-attr]


def bare(url: str) -> str:
    """Return a URL as a message may show it: without a name and a password in it."""
    return re.sub(r"(?<=://)[^/]*@", "…@", url)
