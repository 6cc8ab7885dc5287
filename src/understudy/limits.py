"""What may come over the wire: how much, how many, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from understudy.source import SourceError

PIECE = 2048
"""Bytes of a connection that are looked at together; a head that comes in one of these is never too long."""
_DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Limits:
    """Each is far above what a client that means well needs, and all together fit into a gigabyte or so."""

    max_body: int = 1024 * 1024
    """Bytes of a body, where the contract does not say; what organisations are administered with has a few hundred."""
    max_bodies: int = 256 * 1024 * 1024
    """Bytes of all bodies that are here and not answered: eight snapshots on their way in, or 256 other bodies."""
    max_unsent: int = 256 * 1024 * 1024
    """Bytes of answers that wait until their clients read on."""
    max_head: int = 64 * 1024
    """Bytes of a request line with its headers; Node stops at 16 KB, nginx at 32 KB."""
    max_header: int = 32 * 1024
    """Bytes of one header: several tokens with all their claims."""
    max_headers: int = 200
    """Headers of a request; browsers send about twenty."""
    max_url: int = 32 * 1024
    """Bytes of a URL: more than browsers and proxies let pass, less than the parser can bear."""
    max_depth: int = 100
    """Levels of nesting of a JSON document; hand-written ones have ten."""
    max_fields: int = 10_000
    """Fields of a form; hand-written ones have ten."""
    max_connections: int = 1000
    """Connections that are open: a browser has six, a load test its users."""
    max_in_flight: int = 1000
    """Requests that wait for something: as many as there are connections, so that it is a limit to lower."""
    request_timeout: int = 30
    """Seconds for a request to come, and without a byte of its answer being read."""
    keep_alive: int = 75
    """Seconds that a connection may be quiet: longer than nginx (60) keeps its own, so that we never close first."""

    def __post_init__(self) -> None:
        """Raise SourceError for a value that makes no sense, by the name of its flag."""
        for name, (least, most) in _SENSE.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise SourceError(f"--{name.replace('_', '-')} {value}: give a number from {least} to {most}")


_SENSE: Mapping[str, tuple[int, int]] = {
    "max_body": (1, 1024**3),
    "max_bodies": (1, 1024**4),
    "max_unsent": (1, 1024**4),
    "max_head": (PIECE, 16 * 1024**2),
    "max_header": (PIECE, 16 * 1024**2),
    "max_headers": (1, 100_000),
    "max_url": (1, 65_535),
    "max_depth": (1, 100),
    "max_fields": (1, 1_000_000),
    "max_connections": (1, 1_000_000),
    "max_in_flight": (1, 1_000_000),
    "request_timeout": (1, _DAY),
    "keep_alive": (1, _DAY),
}


def limits_of(options: Mapping[str, Any]) -> Limits:
    """Return the limits among these options. Raises SourceError."""
    return Limits(**{field.name: options[field.name] for field in fields(Limits)})
