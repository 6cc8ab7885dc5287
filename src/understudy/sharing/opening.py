"""Which store a server keeps its sandboxes in, by the text of ``--store``."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from understudy.admission import bare
from understudy.journal import BYTES
from understudy.parts import Part, state_hash
from understudy.sandbox import World
from understudy.source import SourceError
from understudy.stores.store import CannotOpen, OtherPart, Store, StoreAway

MEMORY = "memory"
FILE = "file"
_REDIS = ("redis", "rediss", "valkey", "valkeys", "redis+cluster")
_FORMAT = 1
_NONE = "not played"
_CONTRACT = "contract of "
_WORDS = {"world": "world", "seed": "--seed", "base": "hash of the world", "format": "format"}


def is_shared(text: str) -> bool:
    """Say whether several workers can share a store."""
    return text.partition(":")[0] in _REDIS


def opener(text: str, *, journal: int, bytes: int = BYTES, idle: float | None) -> Callable[[], Store] | None:
    """Return what opens a store; None for the one in memory. Raises SourceError for a text that names none."""
    if text == MEMORY:
        return None
    scheme, _, rest = text.partition(":")
    if scheme == FILE and rest:
        return _file(text, Path(rest), {"journal": journal, "bytes": bytes, "idle": idle})
    if scheme in _REDIS and rest.startswith("//"):
        return _redis(text, {"journal": journal, "bytes": bytes, "idle": idle})
    raise SourceError(
        f"--store {bare(text)}: expected {MEMORY}, {FILE}:PATH or redis://HOST:PORT/DB "
        f"({', '.join(f'{name}://' for name in _REDIS[1:])} as well)"
    )


def claim(text: str, open_store: Callable[[], Store], parts: Iterable[Part], world: World) -> str:
    """See that a store is there, and kept by nobody who plays something else; return what is worth telling.

    Raises SourceError.
    """
    return asyncio.run(_claim(text, open_store, _part(parts, world)))


def _file(text: str, path: Path, limits: dict[str, Any]) -> Callable[[], Store]:
    from understudy.stores.file import FileStore

    return _told(text, lambda: FileStore(path, **limits))


def _redis(text: str, limits: dict[str, Any]) -> Callable[[], Store]:
    try:
        from understudy.stores.redis import RedisStore
    except ImportError:
        raise SourceError(
            f"--store {bare(text)}: this needs the extra redis: pip install 'understudy[redis]'"
        ) from None

    return _told(text, lambda: RedisStore(text, **limits))


def _told(text: str, open_store: Callable[[], Store]) -> Callable[[], Store]:
    """Have what cannot be opened say so as the command line does."""

    def opened() -> Store:
        try:
            return open_store()
        except (CannotOpen, StoreAway, ValueError) as error:
            raise SourceError(f"--store {bare(text)}: {error}") from None

    return opened


async def _claim(text: str, open_store: Callable[[], Store], ours: dict[str, object]) -> str:
    store = open_store()
    try:
        return await _claimed(text, store, ours)
    except StoreAway as error:
        raise SourceError(
            f"--store {bare(text)}: the store cannot be used ({error}); {_remedy(text)}, or correct the address"
        ) from None
    finally:
        with suppress(StoreAway):
            await store.close()


def _remedy(text: str) -> str:
    return "start it" if is_shared(text) else "see that it can"


async def _claimed(text: str, store: Store, ours: dict[str, object]) -> str:
    try:
        await store.claim(orjson.dumps(ours))
    except OtherPart as other:
        theirs = _read_part(text, other.theirs)
        differences = _differences(ours, theirs)
        if all(name.startswith(_CONTRACT) for name in differences) and await store.reclaim(orjson.dumps(ours)):
            names = ", ".join(name.removeprefix(_CONTRACT) for name in differences)
            return f"--store {bare(text)}: the contract of {names} has changed; records stay, coverage is counted anew"
        raise SourceError(f"--store {bare(text)}: {_refusal(differences, ours, theirs)}") from None
    return ""


def _read_part(text: str, data: bytes) -> dict[str, object]:
    """Return what others of a store play. Raises SourceError."""
    with suppress(ValueError):
        theirs = orjson.loads(data)
        if isinstance(theirs, dict):
            return theirs
    raise SourceError(f"--store {bare(text)}: what is kept there is damaged; name another, or a copy from before")


def _part(parts: Iterable[Part], world: World) -> dict[str, object]:
    """Say what is played: what every server of one store must agree on."""
    return {
        "format": _FORMAT,
        "world": world.name,
        "seed": world.seed,
        "base": state_hash(world.states.items()),
        **{f"{_CONTRACT}{part.name}": part.contract.hash for part in parts},
    }


def _differences(ours: dict[str, object], theirs: dict[str, object]) -> list[str]:
    return [name for name in dict.fromkeys((*ours, *theirs)) if ours.get(name) != theirs.get(name)]


def _refusal(differences: list[str], ours: dict[str, object], theirs: dict[str, object]) -> str:
    told = "; ".join(
        f"{_WORDS.get(name, name)} is {theirs.get(name, _NONE)} in the store and {ours.get(name, _NONE)} here"
        for name in differences
    )
    return f"{told}; play the same, or take another store (another file, or another database number)"
