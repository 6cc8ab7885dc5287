"""What the system lets a server have open, and how many connections that is enough for."""

from contextlib import suppress
from dataclasses import replace

from understudy.web.edge import Edge

_OTHERS = 128
"""Files that are open beside the connections: listeners, stores, pages, connections that hear that there is no room."""


def fit(edge: Edge) -> str:
    """Have the system allow as many files as the connections need, or the edge as many connections as it has files for.

    Return what there is to tell, which is something in the second case only.
    """
    limits = edge.limits
    allowed = _allowed(limits.max_connections + _OTHERS)
    if allowed is None or allowed >= limits.max_connections + _OTHERS:
        return ""
    fewer = max(1, allowed - min(_OTHERS, allowed // 2))
    edge.limits = replace(limits, max_connections=fewer)
    return (
        f"{fewer} connections are taken, not {limits.max_connections}: this system allows {allowed} open files; "
        f"give --max-connections {fewer} or less, or raise what it allows (ulimit -n)"
    )


def _allowed(wanted: int) -> int | None:
    """Return how many files may be open, raised to what is wanted if that can be; None for no end."""
    try:
        import resource
    except ImportError:  # a system that counts otherwise
        return None
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return None
    if allowed < wanted:
        more = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        with suppress(OSError, ValueError):  # some systems allow less than they say
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, most))
            return more
    return allowed
