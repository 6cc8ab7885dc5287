"""Trouble that a player asks for: refusals, forced answers, faults. It comes as asked for, and changes nothing."""

from typing import Any

from tests.soak.line import Answer, Broken
from tests.soak.player import Player
from tests.soak.tally import Wrong, require, shown
from tests.soak.vendors import ORGANISATIONS, TYK

_HELLO = {"match": {"operationId": "read_hello"}, "times": 1}
_WIRES = ("CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE", "MALFORMED_RESPONSE_CHUNK", "RANDOM_DATA_THEN_CLOSE")
_LARGE = b'{"owner_name":"' + b"x" * 1_100_000 + b'"}'


async def be_refused(player: Player) -> None:
    organisation = f"{ORGANISATIONS}/{'0' * 24}"
    refusals: tuple[tuple[str | None, str, str, dict[str, str], Any], ...] = (
        ("organisation_not_found", "GET", organisation, TYK, None),
        ("organisation_not_found", "PUT", organisation, TYK, {"owner_name": "nobody"}),
        ("unauthorised", "GET", ORGANISATIONS, {"admin-auth": "wrong"}, None),
        ("unauthorised", "POST", ORGANISATIONS, {}, {"owner_name": "nobody"}),
        ("body_malformed", "POST", ORGANISATIONS, TYK, {"owner_name": 5}),
        ("body_malformed", "POST", ORGANISATIONS, TYK, b'{"owner_na'),
        ("route_not_found", "GET", "/admin/nowhere", TYK, None),
        ("method_not_allowed", "PATCH", ORGANISATIONS, TYK, {"owner_name": "nobody"}),
        (None, "GET", "/nowhere/at/all", {}, None),
        (None, "OPTIONS", ORGANISATIONS, {"origin": "http://localhost", "access-control-request-method": "PUT"}, None),
        ("dashboard_alive", "HEAD", "/hello", {}, None),
        (None, "GET", "/hello", {"prefer": "example=no_such_answer"}, None),
        (
            "body_empty",
            "POST",
            ORGANISATIONS,
            {**TYK, "prefer": "code=500"},
            {"owner_name": "nobody"},
        ),
    )
    wanted, *request = player.random.choice(refusals)
    await player.call(wanted, *request)
    player.tally.count("refusals and forced answers")


async def send_too_much(player: Player) -> None:
    await player.call("body_too_large", "POST", ORGANISATIONS, TYK, _LARGE)
    player.tally.count("bodies too large")


async def meet_an_answer(player: Player) -> None:
    await _fault(player, {"match": {"operationId": "list_organisations"}, "times": 1, "answer": {"status": 404}})
    await player.call("organisations_not_retrieved", "GET", ORGANISATIONS, TYK)
    await _undeclared(player)
    await _forget(player)


async def _undeclared(player: Player) -> None:
    await _fault(player, {**_HELLO, "answer": {"status": 503, "undeclared": True, "headers": {"Retry-After": "1"}}})
    answer = await player.call(None, "GET", "/hello", {})
    require(answer.status == 503, lambda: f"503 was asked for: {shown(answer)}")


async def meet_a_delay(player: Player) -> None:
    effect: dict[str, Any] = player.random.choice(
        ({"delay": {"uniform": [1, 40]}}, {"drip": {"seconds": 0.05, "chunks": 5}}, {"delay": {"fixed": 20}})
    )
    await _fault(player, {**_HELLO, **effect})
    answer = await player.call("dashboard_alive", "GET", "/hello", {})
    require(answer.json() == {"status": "ok"}, lambda: f"{effect} was asked for: {shown(answer)}")
    await player.call("dashboard_alive", "GET", "/hello", {"prefer": "wait=0.01"})
    await _forget(player)


async def meet_a_broken_connection(player: Player) -> None:
    wire = player.random.choice(_WIRES)
    await _fault(player, {**_HELLO, "wire": wire})
    _broke(wire, await _broken(player, "GET", "/hello", {}))
    await player.call("dashboard_alive", "GET", "/hello", {})
    await _forget(player)


async def lose_an_answer(player: Player) -> None:
    """The change is made all the same."""
    await _fault(player, {"match": {"operationId": "create_organisation"}, "times": 1, "loseAnswer": True})
    name = player.fresh("organisation")
    _broke("loseAnswer", await _broken(player, "POST", ORGANISATIONS, TYK, {"owner_name": name}))
    listed = (await player.call("organisations_listed", "GET", ORGANISATIONS, TYK)).json()["organisations"]
    require(listed[-1]["owner_name"] == name, lambda: f"what was answered to nobody is not there: {shown(listed)}")
    player.notice("tyk/organisations", listed[-1]["id"], name)
    await _forget(player)


async def meet_a_rate_limit(player: Player) -> None:
    await player.told("clock_set", "PUT", "/clock", {"frozen": True})
    await _fault(player, {"match": {"operationId": "read_hello"}, "rateLimit": {"limit": 2, "window": "PT1M"}})
    statuses = [(await player.send("GET", "/hello", {})).status for _ in range(3)]
    await player.told("clock_advanced", "POST", "/clock/advance", {"by": "PT61S"})
    statuses.append((await player.send("GET", "/hello", {})).status)
    require(statuses == [200, 200, 429, 200], lambda: f"two in a minute were asked for: {statuses}")
    await player.told("clock_set", "PUT", "/clock", {"frozen": False})
    await _forget(player)


async def _broken(player: Player, *request: Any) -> Answer | None:
    try:
        return await player.send(*request)
    except Broken:
        return None


def _broke(asked: str, answer: Answer | None) -> None:
    if answer is not None:
        raise Wrong(f"{asked} was asked for: {shown(answer)}")


async def _fault(player: Player, rule: dict[str, Any]) -> None:
    await player.told("fault_set", "POST", "/faults", rule)
    player.tally.count("faults")


async def _forget(player: Player) -> None:
    await player.told("faults_deleted", "DELETE", "/faults")


TROUBLES = (
    *((be_refused,) * 6),
    meet_an_answer,
    meet_a_delay,
    *((meet_a_broken_connection,) * 2),
    lose_an_answer,
    meet_a_rate_limit,
)
RARE_TROUBLES = (send_too_much,)
