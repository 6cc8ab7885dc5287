"""What a request costs in round trips, and what is fetched: counted by Redis itself."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from redis import Redis

from tests.control.asking import JIVELY, TYK, create_tyk, tyk_names
from tests.support.inprocess import InProcess, edge_of
from tests.support.redis import RedisServer
from understudy.sandbox import JOURNAL
from understudy.sharing import history
from understudy.stores.redis import RedisStore

_JIVELY = f"/admin/organisations/{JIVELY}"
_SCRIPTS = {"evalsha", "eval"}


@pytest.fixture
def pair(redis: RedisServer) -> Iterator[list[httpx.Client]]:
    """Clients of two workers in process."""
    redis.ask("FLUSHALL")
    with ExitStack() as stack:
        yield [stack.enter_context(worker(redis)) for _ in range(2)]


@contextmanager
def worker(redis: RedisServer) -> Iterator[httpx.Client]:
    """Give a client of one more worker in process, which has seen nothing yet."""
    store = RedisStore(redis.url, journal=JOURNAL, bytes=1 << 24)
    transport = InProcess(edge_of("tyk", store=store)[0])
    with httpx.Client(transport=transport, base_url="http://localhost", headers=TYK) as client:
        yield client
        transport.loop.run_until_complete(end(store))


async def end(store: RedisStore) -> None:
    """Wait for what goes on in the background, and hang up."""
    await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))
    await store.close()


def scripts(redis: RedisServer) -> int:
    """Return how many scripts have been run."""
    return sum(count for name, count in redis.calls().items() if name in _SCRIPTS)


def test_a_request_is_one_round_trip(redis: RedisServer, pair: list[httpx.Client]) -> None:
    one, _ = pair
    one.put(_JIVELY, json={"owner_name": "J"})
    for method, body in (("GET", None), ("PUT", {"owner_name": "K"})):
        before = scripts(redis)
        for _ in range(10):
            assert 200 == one.request(method, _JIVELY, json=body).status_code
        assert 10 == scripts(redis) - before, method


def test_a_read_of_what_changed_elsewhere_waits_for_one_round_trip(
    redis: RedisServer, pair: list[httpx.Client]
) -> None:
    one, other = pair
    other.get(_JIVELY)
    one.put(_JIVELY, json={"owner_name": "J"})
    before = scripts(redis)
    assert "J" == other.get(_JIVELY).json()["owner_name"]
    assert scripts(redis) - before <= 2, "the entry is recorded by a second, which nobody waits for"


def test_what_did_not_change_is_not_fetched_again(redis: RedisServer, pair: list[httpx.Client]) -> None:
    one, other = pair
    for number in range(50):
        create_tyk(one, f"{number} {'x' * 1000}")
    assert 55 == len(tyk_names(other))
    sent = sent_bytes(redis)
    for _ in range(20):
        assert 55 == len(tyk_names(other))
    unchanged = sent_bytes(redis) - sent
    create_tyk(one, "one more")
    sent = sent_bytes(redis)
    assert 56 == len(tyk_names(other))
    changed = sent_bytes(redis) - sent
    assert unchanged < 20 * 1000, "not even once what 50 changes are"
    assert changed < 4000


def sent_bytes(redis: RedisServer) -> int:
    """Return how many bytes Redis has sent."""
    count: int = redis.ask("INFO", "stats")["total_net_output_bytes"]
    return count


def test_old_changes_become_a_checkpoint_which_a_fresh_worker_begins_with(
    redis: RedisServer, pair: list[httpx.Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history.History, "kept", property(lambda _: 20, lambda *_: None), raising=False)
    one, other = pair
    for number in range(100):
        create_tyk((one, other)[number % 2], str(number))
    with Redis(port=redis.port) as client:
        kept = client.xlen("understudy:{default}:log")
        assert isinstance(kept, int)
        assert 20 <= kept <= 45, "at least those that a worker may want to go back to, and not all"
        assert 1 == client.exists("understudy:{default}:checkpoint")
    expected = [str(number) for number in range(100)]
    with worker(redis) as fresh:
        assert expected == tyk_names(fresh)[5:]
        create_tyk(fresh, "more")
    for client in pair:
        assert [*expected, "more"] == tyk_names(client)[5:]
