"""Calls to Tyk while faults are set: what comes of each, by the control API's contract."""

from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.models import tyk
from tests.models.documents import operations
from tests.models.house import RESET, Box, Call, Fault
from tests.models.telling import NOTHING, Ask, State, Told
from tests.support.callers import TYK

JIVELY = "54b53d3aeba6db5c35000002"
IDS = (JIVELY, "5" * 24, "6" * 24)
ORGANISATION = {"owner_name": "A", "cname": "", "cname_enabled": False, "apis": []}
PREFERRED = "organisation_not_found"
REFUSED = ("unauthorised", "body_malformed", "route_not_found")
"""Answers of the contract itself, which no handler gives here."""

_WHO: st.SearchStrategy[dict[str, str]] = st.sampled_from([TYK] * 7 + [{}])
_PLACES = st.sampled_from(IDS[:1] * 3 + IDS).map(lambda id: {"id": id})
_BODIES = st.sampled_from([ORGANISATION, ORGANISATION, {"owner_name": "B"}, {"owner_name": 5}])


def _calls(operation: str | None, **drawn: st.SearchStrategy[Any]) -> st.SearchStrategy[Call]:
    usual = {"who": _WHO, "places": st.just({}), "body": st.just(NOTHING), "prefer": st.none()}
    return st.builds(Call, operation=st.just(operation), **{**usual, **drawn})


CALLS = st.one_of(
    _calls("read_organisation", places=_PLACES),
    _calls("read_organisation", places=_PLACES, prefer=st.just(PREFERRED)),
    _calls("delete_organisation", places=_PLACES),
    _calls("create_organisation", body=_BODIES),
    _calls("read_hello"),
    _calls(None),
)


class Outlook(NamedTuple):
    """What comes of a call."""

    told: Told | None
    """The contract's answer; None for one of our own, or none at all."""
    status: int | None
    state: State
    """What it leads to, once it has learnt from the answer."""
    forced: bool = False
    fault: Fault | None = None
    wire: str | None = None
    """How the connection breaks."""

    @property
    def headers(self) -> dict[str, str | None]:
        """Return the headers that tell of all this."""
        own = self.told is None and self.status is not None
        limited = self.fault is not None and "rateLimit" in self.fault.rule
        assert not limited or own
        return {
            "understudy-answer": self.told.answer if self.told else None,
            "understudy-fault": self.fault.id if self.fault else None,
            "understudy-undeclared": "true" if own else None,
        }


def outlook(box: Box, call: Call) -> Outlook:
    """Say what comes of a call in a sandbox, and count the faults that it meets."""
    state = dict(box.state)
    told = _told(state, call, box.moment)
    passed = told.answer not in REFUSED
    forced = passed and call.prefer is not None
    if forced:
        told, state = Told(PREFERRED), dict(box.state)
    played = Outlook(told, _status(call, told), state, forced)
    fault = next((one for one in box.faults if one.strikes(call, box.now, passed=passed, forced=forced)), None)
    return played if fault is None else _struck(played, fault, call, box)


def _struck(played: Outlook, fault: Fault, call: Call, box: Box) -> Outlook:
    """Say what a fault makes of it."""
    rule, unplayed = fault.rule, dict(box.state)
    if "wire" in rule:
        return Outlook(None, None, unplayed, fault=fault, wire=rule["wire"])
    if "rateLimit" in rule:
        return Outlook(None, 429, unplayed, True, fault)
    if "loseAnswer" in rule:
        return played._replace(fault=fault, wire=RESET)
    if "drip" in rule:
        return played._replace(fault=fault)
    if "status" in rule["answer"]:
        return Outlook(None, rule["answer"]["status"], unplayed, True, fault)
    told = Told(rule["answer"]["example"])
    return Outlook(told, _status(call, told), unplayed, True, fault)


def _told(state: State, call: Call, now: str) -> Told:
    if call.operation is None:
        return Told("route_not_found")
    told: Told = getattr(tyk, call.operation)(state, Ask(call.who or None, call.places, {}, call.body, now))
    return told


def _status(call: Call, told: Told) -> int:
    return operations("tyk")[call.operation].answers[told.answer].status if call.operation else 404


def body_of(call: Call, told: Told) -> Any:
    """Return the answer that the contract has for it; that of an unknown path is the vendor's."""
    return operations("tyk")[call.operation].answers[told.answer] if call.operation else None
