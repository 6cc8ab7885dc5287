"""The words that go to Redis and come from it, as values: keys, flags, heads, what was missed, entries."""

from collections.abc import Mapping, Sequence
from typing import Any

from understudy.stores.store import Entry, Head, Missed, Proposal


def keys_of(name: str) -> tuple[str, str, str, str]:
    """Return the keys of a sandbox: where it stands, its log, its checkpoint, its journal."""
    start = f"understudy:{{{name}}}:"
    return f"{start}head", f"{start}log", f"{start}checkpoint", f"{start}journal"


def flags_of(proposal: Proposal) -> str:
    """Return the letters that tell a script what is said yes to."""
    said = {
        "e": proposal.exact,
        "r": proposal.reserved,
        "p": proposal.pending,
        "c": proposal.clear,
        "0": proposal.reset,
    }
    return "".join(letter for letter, yes in said.items() if yes)


def head_of(fields: Sequence[bytes]) -> Head:
    """Read where a sandbox stands: the fields in the order of ``common.lua``."""
    epoch, *numbers, stamp = fields
    version, exchanges, sequence, cleared, resets, checkpoint, pending = map(int, numbers)
    return Head(epoch.decode(), version, exchanges, sequence, cleared, resets, checkpoint, pending, stamp.decode())


def missed_of(found: Sequence[Any]) -> Missed:
    """Read what happened, as ``missed`` of ``common.lua`` tells it; nothing is nothing."""
    if not found:
        return Missed()
    version, data, log, whole = found
    changes = tuple((_number(id), fields[1]) for id, fields in log)
    return Missed((version, data) if data else None, changes, whole=bool(whole))


def entry_of(id: bytes, fields: Mapping[bytes, bytes]) -> Entry:
    """Read one entry of the journal's stream."""
    return Entry(_number(id), int(fields[b"i"]), fields[b"e"])


def _number(id: bytes) -> int:
    return int(id.partition(b"-")[0])
