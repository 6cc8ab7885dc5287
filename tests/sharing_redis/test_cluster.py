"""A store that is a real Redis Cluster: each sandbox on one node, and a node that is lost takes only its own along."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.control.asking import JIVELY, TYK
from tests.sharing_redis.clients import Crowd, run
from tests.sharing_redis.cluster import redis_cluster
from tests.support.redis import RedisServer
from tests.support.served import Served, served

_JIVELY = f"/admin/organisations/{JIVELY}"
_OPTIONS = ("--provider", "tyk", "--log-level", "error")


@pytest.fixture
def nodes(tmp_path: Path, program: str) -> Iterator[list[RedisServer]]:
    """Three nodes."""
    with redis_cluster(tmp_path, program) as three:
        yield three


@pytest.fixture
def server(nodes: list[RedisServer]) -> Iterator[Served]:
    """Two workers over them."""
    with served(*_OPTIONS, "--workers", "2", "--store", nodes[0].url.replace("redis:", "redis+cluster:")[:-2]) as one:
        yield one


def homes(nodes: list[RedisServer]) -> dict[str, set[int]]:
    """Return, by sandbox, the nodes that have keys of it."""
    found: dict[str, set[int]] = {}
    for number, node in enumerate(nodes):
        for key in node.ask("KEYS", "understudy:*"):
            name = key.decode().split("{")[1].split("}")[0]
            found.setdefault(name, set()).add(number)
    return found


def test_sandboxes_are_spread_over_nodes_and_each_is_on_one(nodes: list[RedisServer], server: Served) -> None:
    crowd = Crowd(server.url, clients=16)
    assert [] == run(crowd, 400)
    told = crowd.told.answered
    assert set(told) <= {"ok", "Store away"}, "three nodes and two workers may starve a small machine for a moment"
    assert told["ok"] > 0.9 * sum(told.values())
    found = homes(nodes)
    assert set(crowd.names) <= set(found)
    assert all(1 == len(where) for where in found.values()), found
    assert {0, 1, 2} == {number for name in crowd.names for number in found[name]}


def test_a_lost_node_takes_its_own_sandboxes_along(nodes: list[RedisServer], server: Served) -> None:
    names = [f"box-{number}" for number in range(12)]
    with ExitStack() as stack:
        http = stack.enter_context(httpx.Client(base_url=server.url, headers=TYK, trust_env=False, timeout=10))

        def statuses() -> dict[str, int]:
            return {name: write(http, name) for name in names}

        assert {200} == set(statuses().values())
        where = {name: nodes_of.copy().pop() for name, nodes_of in homes(nodes).items()}
        lost = (where["*"] + 1) % 3  # not the one that has the list of sandboxes
        nodes[lost].kill()
        for _ in range(3):
            assert {name: 503 if where[name] == lost else 200 for name in names} == statuses()
        nodes[lost].start()
        assert 200 == next(status for name in names if where[name] != lost for status in [write(http, name)])


def write(http: httpx.Client, name: str) -> int:
    """Change something in a sandbox; return the status, the first other than 200 where connections differ."""
    answer = http.put(_JIVELY, headers={"understudy-sandbox": name}, json={"owner_name": name})
    return answer.status_code
