"""What the system lets a server have open, and how many connections that is enough for."""

from contextlib import suppress
from dataclasses import replace

from understudy.limits import Limits

_OTHERS = 128
"""Files that are open beside the connections: listeners, stores, pages, connections that hear that there is no room."""
_ENDLESS = 2**31


def fit(limits: Limits) -> tuple[Limits, str]:
    """Have the system allow as many files as the connections need; return the limits, lower where it does not.

    Where it does not, there is something to tell, too.
    """
    try:
        import resource
    except ImportError:  # a system that counts otherwise
        return limits, ""
    wanted = limits.max_connections + _OTHERS
    allowed, most = (_many(bound, resource.RLIM_INFINITY) for bound in resource.getrlimit(resource.RLIMIT_NOFILE))
    if allowed < wanted and allowed < most:
        # Some systems have a lower bound than the one that they tell.
        with suppress(OSError, ValueError):
            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, most), hard))
            allowed = min(wanted, most)
    if allowed >= wanted:
        return limits, ""
    fewer = max(1, allowed - min(_OTHERS, allowed // 2))
    notice = f"{fewer} connections are taken, not {limits.max_connections}: this system allows {allowed} open files"
    return replace(limits, max_connections=fewer), notice


def _many(bound: int, endless: int) -> int:
    return _ENDLESS if bound == endless else bound
