"""Which store a server keeps its sandboxes in, by the text of ``--store``."""

import asyncio
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import orjson

from understudy.journal import BYTES
from understudy.parts import Part, state_hash
from understudy.sandbox import World
from understudy.source import SourceError
from understudy.stores.store import OtherPart, Store, StoreAway

MEMORY = "memory"
FILE = "file"
_REDIS = ("redis", "rediss", "valkey", "valkeys", "redis+cluster")
_FORMAT = 1
_NONE = "not played"
_WORDS = {"world": "world", "seed": "--seed", "base": "hash of the world", "format": "format"}


def is_shared(text: str) -> bool:
    """Say whether several workers can share a store."""
    return text.partition(":")[0] in _REDIS


def opener(text: str, *, journal: int, idle: float | None) -> Callable[[], Store] | None:
    """Return what opens a store; None for the one in memory. Raises SourceError for a text that names none."""
    if text == MEMORY:
        return None
    scheme, _, rest = text.partition(":")
    if scheme == FILE and rest:
        return _file(Path(rest), journal)
    if scheme in _REDIS and rest.startswith("//"):
        return _redis(text, journal, idle)
    raise SourceError(
        f"--store {_shown(text)}: expected {MEMORY}, {FILE}:PATH or redis://HOST:PORT/DB "
        f"({', '.join(f'{name}://' for name in _REDIS[1:])} as well)"
    )


def claim(text: str, open_store: Callable[[], Store], parts: Iterable[Part], world: World) -> None:
    """See that a store is there, and kept by nobody who plays something else. Raises SourceError."""
    asyncio.run(_claim(text, open_store, _part(parts, world)))


def _file(path: Path, journal: int) -> Callable[[], Store]:
    from understudy.stores.file import FileStore

    return lambda: FileStore(path, journal=journal, bytes=BYTES)


def _redis(text: str, journal: int, idle: float | None) -> Callable[[], Store]:
    try:
        from understudy.stores.redis import RedisStore
    except ImportError:
        raise SourceError(
            f"--store {_shown(text)}: this needs the extra redis: pip install 'understudy[redis]'"
        ) from None

    def open_store() -> Store:
        try:
            return RedisStore(text, journal=journal, bytes=BYTES, idle=idle)
        except ValueError as error:
            raise SourceError(f"--store {_shown(text)}: {error}") from None

    return open_store


def _shown(text: str) -> str:
    """Return the text of a store without its password."""
    return re.sub(r"(?<=://)[^@/]*@", "…@", text)


async def _claim(text: str, open_store: Callable[[], Store], ours: dict[str, object]) -> None:
    store = open_store()
    try:
        await store.claim(orjson.dumps(ours))
    except StoreAway as error:
        raise SourceError(
            f"--store {_shown(text)}: the store cannot be used ({error}); start it, or correct the address"
        ) from None
    except OtherPart as other:
        raise SourceError(f"--store {_shown(text)}: {_differences(ours, orjson.loads(other.theirs))}") from None
    finally:
        await store.close()


def _part(parts: Iterable[Part], world: World) -> dict[str, object]:
    """Say what is played: what every server of one store must agree on."""
    return {
        "format": _FORMAT,
        "world": world.name,
        "seed": world.seed,
        "base": state_hash(world.states.items()),
        **{f"contract of {part.name}": part.contract.hash for part in parts},
    }


def _differences(ours: dict[str, object], theirs: dict[str, object]) -> str:
    names = [name for name in (*ours, *theirs) if ours.get(name) != theirs.get(name)]
    told = "; ".join(
        f"{_WORDS.get(name, name)} is {theirs.get(name, _NONE)} in the store and {ours.get(name, _NONE)} here"
        for name in dict.fromkeys(names)
    )
    return f"{told}; play the same, or take another store (another database number, say)"
