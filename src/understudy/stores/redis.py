"""The store that several workers share, on Redis 6 or newer, or Valkey, alone or as a cluster.

Every sandbox's keys carry its name as hash tag, so that a cluster keeps them together: one script sees all of them.
"""

import asyncio
from asyncio import StreamWriter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from hiredis import ReplyError
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.cluster import RedisCluster
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from understudy.stores.redis_words import entry_of, flags_of, head_of, keys_of, missed_of
from understudy.stores.script import scripts
from understudy.stores.store import (
    NOWHERE,
    Entry,
    Head,
    Missed,
    OtherPart,
    Proposal,
    Settled,
    StoreAway,
    StoreFull,
)
from understudy.stores.wire import Wire

PATIENCE = 0.8
"""Seconds within which the store must answer."""
CLUSTER = "redis+cluster"
_ALWAYS = "default"
_CONNECTIONS = 64
_FOLLOW = 500
"""Milliseconds after which a follower looks up."""
_SERVER = "understudy:{*}:"


class RedisStore:
    """Keeps sandboxes in Redis. Every method but the constructor may raise StoreAway."""

    def __init__(self, url: str, *, journal: int, bytes: int, idle: float | None = None) -> None:
        """``journal`` and ``bytes`` bound each sandbox's journal; one that nobody used for ``idle`` seconds goes.

        Nothing is connected yet. Raises ValueError for a URL that is none.
        """
        self._redis = _client(url, _CONNECTIONS)
        self._followers = _client(url, 10_000)
        self._wire = None if isinstance(self._redis, RedisCluster) else Wire(self._connected, PATIENCE)
        self._bounds = (journal, bytes)
        self._idle = int((idle or 0) * 1000)
        self._scripts = scripts()

    async def claim(self, part: bytes) -> None:
        """Say what is played here. Raises OtherPart."""
        key = f"{_SERVER}part"
        async with _in_time():
            await self._redis.set(key, part, nx=True)
            theirs = await self._redis.get(key)
        if theirs != part:
            raise OtherPart(theirs or b"")

    async def reclaim(self, part: bytes) -> bool:
        """Say no: others may be playing here."""
        return False

    async def create(self, name: str, limit: int) -> Head:
        """Make a sandbox, unless there is one. Raises StoreFull."""
        if not await self._register(name, limit):
            await self._sweep()
            if not await self._register(name, limit):
                raise StoreFull(limit)
        return head_of(await self._run("create", keys_of(name), uuid4().hex, self._idle_of(name)))

    async def drop(self, name: str) -> None:
        """Drop a sandbox."""
        async with _in_time():
            await self._redis.delete(*keys_of(name))
            await self._redis.zrem(f"{_SERVER}names", name)

    async def names(self) -> list[str]:
        """Return the names of the sandboxes that there are, oldest first."""
        async with _in_time():
            return [name.decode() for name in await self._redis.zrange(f"{_SERVER}names", 0, -1)]

    async def catch_up(self, name: str, seen: Head) -> tuple[Head, Missed]:
        """Return where a sandbox stands, and what happened since it was seen."""
        found = await self._run("catch_up", keys_of(name), seen.epoch, seen.version, seen.stamp)
        return (head_of(found[1]), missed_of(found[2])) if found[0] else (NOWHERE, Missed())

    async def settle(self, name: str, proposal: Proposal) -> Settled:
        """Make a change and keep an entry, both or none."""
        seen = proposal.seen
        found = await self._run_soon(
            "settle",
            keys_of(name),
            seen.epoch,
            seen.version,
            seen.resets,
            proposal.change,
            proposal.entry,
            proposal.id,
            flags_of(proposal),
            *self._bounds,
            self._idle_of(name),
            seen.stamp,
        )
        if not found[0]:
            return Settled(done=False, head=NOWHERE)
        if found[0] == 1:
            return Settled(done=False, head=head_of(found[1]), id=found[2], missed=missed_of(found[3]))
        return Settled(done=True, head=head_of(found[1]), id=found[2])

    async def record(self, name: str, seen: Head, entry: bytes, id: int, *, pending: bool) -> None:
        """Keep the entry of an exchange that was settled without one."""
        flags = "p" if pending else ""
        await self._run_soon("record", keys_of(name), seen.epoch, seen.resets, entry, flags, id, *self._bounds)

    async def forgive(self, name: str) -> None:
        """Wait no longer for reads whose worker is gone."""
        await self._run("forgive", keys_of(name))

    async def checkpoint(self, name: str, seen: Head, version: int, data: bytes) -> None:
        """Keep a condition on the way to what was seen; the log before it is not needed any more."""
        await self._run("checkpoint", keys_of(name), seen.epoch, version, data, seen.version, seen.stamp)

    async def entries(self, name: str, after: int) -> list[Entry]:
        """Return the journal from the entry after this sequence on."""
        async with _in_time():
            found = await self._redis.xrange(keys_of(name)[3], f"({after}-0", "+")
        return [entry_of(*one) for one in found]

    async def follow(self, name: str, after: int) -> AsyncIterator[list[Entry]]:
        """Yield entries as they come."""
        while True:
            async with _in_time():
                found = await self._followers.xread({keys_of(name)[3]: f"{after}-0"}, block=_FOLLOW)
            entries = [entry_of(*one) for _, several in found for one in several]
            after = entries[-1].sequence if entries else after
            yield entries

    async def counts(self, mine: str, data: bytes | None) -> tuple[int, int]:
        """Keep what a worker has counted; return how often counts were cleared, and asked for."""
        keys = (f"{_SERVER}counts", f"{_SERVER}counting")
        cleared, asked = await self._run("counts", keys, mine, data or b"")
        return int(cleared or 0), int(asked or 0)

    async def inherit(self) -> list[bytes]:
        """Return nothing: what workers counted stays theirs."""
        return []

    async def ask_for_counts(self) -> int:
        """Ask every worker to keep what it has counted by now."""
        async with _in_time():
            return int(await self._redis.hincrby(f"{_SERVER}counting", "asked", 1))

    async def clear_counts(self) -> None:
        """Forget what every worker has counted."""
        async with _in_time():
            await self._redis.hincrby(f"{_SERVER}counting", "cleared", 1)
            await self._redis.delete(f"{_SERVER}counts")

    async def gather(self) -> Mapping[str, bytes]:
        """Return what every worker has counted."""
        async with _in_time():
            found = await self._redis.hgetall(f"{_SERVER}counts")
        return {name.decode(): data for name, data in found.items()}

    async def close(self) -> None:
        """Let go of connections."""
        if self._wire is not None:
            self._wire.close()
        await self._redis.aclose()
        await self._followers.aclose()

    async def _register(self, name: str, limit: int) -> bool:
        keys = (f"{_SERVER}names", f"{_SERVER}named")
        return bool(await self._run("register", keys, name, limit, _ALWAYS))

    async def _sweep(self) -> None:
        """Take the names of sandboxes that went by themselves off the list."""
        names = await self.names()
        async with _in_time():
            asked = self._redis.pipeline(transaction=False)
            for name in names:
                asked.exists(keys_of(name)[0])
            gone = [name for name, there in zip(names, await asked.execute(), strict=True) if not there]
            gone = [name for name in gone if name != _ALWAYS]
            if gone:
                await self._redis.zrem(f"{_SERVER}names", *gone)

    def _idle_of(self, name: str) -> int:
        return 0 if name == _ALWAYS else self._idle

    async def _run_soon(self, name: str, keys: Sequence[str], *arguments: Any) -> Any:
        """Run a script whose answer is small, over the wire that all of them share."""
        if self._wire is None:
            return await self._run(name, keys, *arguments)
        script = self._scripts[name]
        try:
            return await self._wire.ask("EVALSHA", script.hash, len(keys), *keys, *arguments)
        except TimeoutError:
            raise StoreAway(f"no answer within {PATIENCE} s") from None
        except ReplyError as error:
            if str(error).startswith("NOSCRIPT"):
                return await self._run(name, keys, *arguments)
            raise StoreAway(str(error)) from error
        except (RedisError, OSError) as error:
            raise StoreAway(str(error) or type(error).__name__) from error

    async def _connected(self) -> StreamWriter:
        """Open a connection, log in and choose the database; give it out of the client's hands."""
        connection = self._redis.connection_pool.make_connection()
        try:
            await connection.connect()
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
        writer: StreamWriter = connection._writer  # noqa: SLF001 - redis-py has no other way to it
        connection._reader = connection._writer = None  # noqa: SLF001
        return writer

    async def _run(self, name: str, keys: Sequence[str], *arguments: Any) -> Any:
        """Run a script: by its hash, and by its text where the server does not know it yet."""
        script = self._scripts[name]
        async with _in_time():
            try:
                return await self._redis.evalsha(script.hash, len(keys), *keys, *arguments)
            except NoScriptError:
                return await self._redis.eval(script.text, len(keys), *keys, *arguments)


def _client(url: str, connections: int) -> Any:
    scheme, _, rest = url.partition("://")
    options: dict[str, Any] = {
        "socket_timeout": None,  # _in_time is stricter, and covers what several of these would add up to
        "socket_connect_timeout": PATIENCE,
        "retry": Retry(NoBackoff(), 0),  # a change that may have been made must not be made again
        "protocol": 2,
    }
    if scheme == CLUSTER:
        return RedisCluster.from_url(f"redis://{rest}", cluster_error_retry_attempts=0, **options)
    plain = f"{scheme.replace('valkey', 'redis')}://{rest}"
    pool = BlockingConnectionPool.from_url(plain, max_connections=connections, timeout=PATIENCE, **options)
    return Redis.from_pool(pool)


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    """Raise StoreAway where the store does not do what is asked of it in time."""
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except TimeoutError:
        raise StoreAway(f"no answer within {PATIENCE} s") from None
    except (RedisError, OSError) as error:
        raise StoreAway(str(error) or type(error).__name__) from error
