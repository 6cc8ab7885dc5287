"""One connection for many commands: answers belong to who asked, whoever goes away or fails meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hiredis import ReplyError

from tests.support.redis import RedisServer
from understudy.stores.wire import Wire, WireLost

_PATIENCE = 0.3
Play = Callable[[Wire], Awaitable[Any]]


@pytest.fixture
def played(lasting: RedisServer) -> Callable[[Play], Any]:
    """Play something with a wire to a Redis of one's own."""

    async def connect() -> asyncio.StreamWriter:
        _, writer = await asyncio.open_connection("127.0.0.1", lasting.port)
        return writer

    async def go(play: Play) -> Any:
        wire = Wire(connect, _PATIENCE)
        try:
            return await play(wire)
        finally:
            wire.close()
            await asyncio.sleep(0.01)  # the loop closes it in its next turn

    return lambda play: asyncio.run(go(play))


def connections(redis: RedisServer) -> int:
    """Return how many connections it ever had."""
    count: int = redis.ask("INFO", "stats")["total_connections_received"]
    return count


def test_all_ask_over_one_connection(lasting: RedisServer, played: Callable[[Play], Any]) -> None:
    before = connections(lasting)

    async def play(wire: Wire) -> list[Any]:
        return list(await asyncio.gather(*(wire.ask("ECHO", number) for number in range(100))))

    assert [str(number).encode() for number in range(100)] == played(play)
    assert 2 == connections(lasting) - before, "this one, and the one that asks how many there were"


def test_who_gives_up_does_not_shift_the_answers_of_others(played: Callable[[Play], Any]) -> None:
    async def play(wire: Wire) -> list[Any]:
        await wire.ask("PING")
        asking = [asyncio.ensure_future(wire.ask("ECHO", number)) for number in range(10)]
        await asyncio.sleep(0)
        asking[4].cancel()
        return list(await asyncio.gather(*asking, return_exceptions=True))

    found = played(play)
    assert isinstance(found.pop(4), asyncio.CancelledError)
    assert [b"0", b"1", b"2", b"3", b"5", b"6", b"7", b"8", b"9"] == found


def test_an_error_is_told_to_who_caused_it(played: Callable[[Play], Any]) -> None:
    async def play(wire: Wire) -> list[Any]:
        asked = (wire.ask("ECHO", 1), wire.ask("NONSENSE"), wire.ask("ECHO", 2))
        return list(await asyncio.gather(*asked, return_exceptions=True))

    first, error, last = played(play)
    assert (b"1", b"2") == (first, last)
    assert isinstance(error, ReplyError)
    assert "unknown command" in str(error)


def test_without_an_answer_all_fail_at_once_and_the_next_one_connects_anew(
    lasting: RedisServer, played: Callable[[Play], Any]
) -> None:
    async def play(wire: Wire) -> tuple[list[Any], Any]:
        await wire.ask("PING")
        lasting.pause()
        late = await asyncio.gather(*(wire.ask("ECHO", number) for number in range(10)), return_exceptions=True)
        lasting.go_on()
        return list(late), await wire.ask("ECHO", "again")

    late, again = played(play)
    assert [f"no answer within {_PATIENCE} s"] * 10 == [str(error) for error in late if isinstance(error, WireLost)]
    assert b"again" == again


def test_a_server_that_is_gone_and_comes_back(lasting: RedisServer, played: Callable[[Play], Any]) -> None:
    async def play(wire: Wire) -> Any:
        await wire.ask("PING")
        await asyncio.to_thread(lasting.kill)
        for _ in range(3):
            with pytest.raises(OSError, match=r".+"):
                await wire.ask("PING")
        await asyncio.to_thread(lasting.start)
        return await wire.ask("ECHO", "back")

    assert b"back" == played(play)


def test_one_that_does_not_speak_as_redis_does_is_told_so() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async def go() -> None:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:

            async def connect() -> asyncio.StreamWriter:
                return (await asyncio.open_connection(*server.sockets[0].getsockname()))[1]

            with pytest.raises(WireLost, match="does not speak as Redis does"):
                await Wire(connect, _PATIENCE).ask("PING")
            await asyncio.sleep(0.01)

    asyncio.run(go())
