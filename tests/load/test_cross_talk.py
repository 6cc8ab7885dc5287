"""Many clients in many sandboxes of one server: nobody sees anything of anybody else.

``--requests`` says how many in all: some in ``make test``, 100,000 in ``make load``.
"""

import asyncio
from urllib.parse import urlsplit

import pytest

from tests.load.client import Client
from tests.load.player import Player
from tests.support.served import served

_CLIENTS = 64
_SANDBOXES = 500


def test_sandboxes_do_not_talk_to_one_another(request: pytest.FixtureRequest) -> None:
    """Each of 64 concurrent clients works in its own of 500 sandboxes in turn, which it addresses in all three ways."""
    wanted: int = request.config.getoption("--requests")
    players = [Player(f"load-{number}", number) for number in range(_SANDBOXES)]
    with served("--log-level", "error") as server:
        address = urlsplit(server.url)
        assert address.hostname is not None
        assert address.port is not None
        done = asyncio.run(_play(players, address.hostname, address.port, wanted))
    assert wanted <= done
    assert sum(len(player.organisations) for player in players) > wanted / 20


async def _play(players: list[Player], host: str, port: int, wanted: int) -> int:
    async def work(own: list[Player]) -> int:
        async with Client(host, port) as client:
            while client.requests * _CLIENTS < wanted:
                for player in own:
                    await player.step(client)
            return client.requests

    return sum(await asyncio.gather(*(work(players[first::_CLIENTS]) for first in range(_CLIENTS))))
