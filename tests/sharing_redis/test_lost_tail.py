"""A Redis that comes back without its last writes: every worker goes on from what it has."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.control.asking import ADMIN, create_tyk, tyk_names
from tests.support.redis import RedisServer, redis_server
from tests.support.served import served

_QUIET = ("--provider", "tyk", "--log-level", "error")


@pytest.fixture
def saved(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[RedisServer]:
    """A Redis that keeps what it had when it was last told to."""
    with redis_server(tmp_path, program=request.config.getoption("--redis-server")) as server:
        yield server


def test_workers_do_not_part_when_redis_loses_its_tail(saved: RedisServer) -> None:
    with ExitStack() as running:
        clients = []
        for _ in range(2):
            url = running.enter_context(served(*_QUIET, "--store", saved.url)).url
            clients.append(running.enter_context(httpx.Client(base_url=url, trust_env=False, timeout=10)))
        one, other = clients
        before = len(tyk_names(one))

        def shown() -> list[list[str]]:
            return [tyk_names(http)[before:] for http in (one, other)]

        for name in "AB":
            create_tyk(one, name)
        saved.ask("SAVE")
        for name in "CD":
            create_tyk(one, name)
        assert ["A", "B", "C", "D"] == tyk_names(one)[before:]
        saved.kill()
        saved.start()
        assert [200, 200] == [create_tyk(http, name).status_code for http, name in ((other, "E"), (other, "F"))]
        assert [["A", "B", "E", "F"]] * 2 == shown()
        assert 200 == create_tyk(one, "G").status_code
        assert [["A", "B", "E", "F", "G"]] * 2 == shown()
        kept = [http.get(f"{ADMIN}/requests").json() for http in (one, other)]
        assert kept[0]["total"] == kept[1]["total"]
        assert [entry["id"] for entry in kept[0]["items"]] == [entry["id"] for entry in kept[1]["items"]]
