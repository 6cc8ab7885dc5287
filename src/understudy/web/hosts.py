"""Under which names the server may be asked: a name that a stranger's DNS points at this machine reaches nothing."""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from understudy.contract.problem import problem
from understudy.contract.request import HeaderList, Reply
from understudy.parts import Part
from understudy.source import SourceError

_HOST = re.compile(
    r"(?:\[(?P<six>[0-9A-Fa-f:.]{2,45})\]|(?P<name>[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252})))(?::[0-9]{1,5})?\Z"
)
_PATTERN = re.compile(r"(?:\*|(?:\*?\.)?[A-Za-z0-9_][A-Za-z0-9._-]{0,252}|\[?[0-9A-Fa-f:.]{2,45}\]?)\Z")
_ABSOLUTE = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)")
_REMEMBERED = 1024
_SHOWN = 100


class Hosts:
    """The hosts that may stand in ``Host``: loopback names, the address that was connected to, and those that are told.

    DNS rebinding needs a name: a page of evil.example asks evil.example, which has come to mean 127.0.0.1.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Answer to these names too: host names or addresses.

        ``.example.org`` is that and what is below, ``*.example.org`` only what is below, ``*`` any.
        Raises SourceError for what is none of these.
        """
        self.good: set[bytes | None] = set()
        """Values of the header that were found good: most requests have one that came before."""
        told = [_checked(name) for name in names]
        self._any = "*" in told
        self._names = {name.removeprefix(".") for name in told if not name.startswith("*")}
        self._below = tuple(name.removeprefix("*") for name in told if name.startswith((".", "*.")))

    def refusal(self, host: bytes | None, server: tuple[str, int] | None = None) -> Reply | None:
        """Return what a request with this ``Host`` is told; None for a good one. ``server`` is our end of it."""
        if host in self.good:
            return None
        if not self._any and not self._is_good(_name(host), server):
            return _misdirected(host)
        if len(self.good) >= _REMEMBERED:
            self.good.clear()
        self.good.add(host)
        return None

    def _is_good(self, name: str | None, server: tuple[str, int] | None) -> bool:
        if name is None:
            return False
        if name in self._names or _is_loopback(name) or name.endswith(self._below or ("\0",)):
            return True
        return server is not None and name == server[0].lower()


def hosts_of(parts: Iterable[Part], told: Iterable[str] = ()) -> Hosts:
    """Return the hosts of a server that plays these parts: those of the contracts' ``servers``, and ``told`` ones.

    Raises SourceError for one that is no host.
    """
    servers = [server["url"] for part in parts for server in part.contract.source.data.get("servers", ())]
    named = [name for url in servers if (name := urlsplit(url).hostname) and _PATTERN.match(name)]
    return Hosts([*named, *told])


def with_host_of(target: bytes, head: HeaderList) -> HeaderList:
    """Return a head whose ``Host`` is that of an absolute target, which goes before it (RFC 9112, 3.2.2)."""
    found = _ABSOLUTE.match(target)
    if found is None:
        return head
    return [(b"host", found[1]), *(header for header in head if header[0] != b"host")]


def _is_loopback(name: str) -> bool:
    """Say whether a host is this machine by its name alone: no DNS is asked."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _name(host: bytes | None) -> str | None:
    """Return the name in a ``Host`` as it is compared; None for what is no host."""
    found = _HOST.match((host or b"").decode("latin-1"))
    if found is None:
        return None
    return (found["six"] or found["name"].removesuffix(".")).lower()


def _checked(name: str) -> str:
    if _PATTERN.match(name) is None:
        raise SourceError(
            f"--allow-host {name}: give a host name without scheme or port, such as mock.example.org, "
            f".example.org with all below it, or * for any"
        )
    return name.lower().strip("[]")


def _misdirected(host: bytes | None) -> Reply:
    shown = "no host" if host is None else repr(host.decode("latin-1")[:_SHOWN])
    name = _name(host)
    remedy = f"--allow-host {name}" if name else "--allow-host NAME"
    detail = f"this server does not answer to {shown}; if it is meant to, start it with {remedy}"
    return problem(421, detail, title="Misdirected request")
