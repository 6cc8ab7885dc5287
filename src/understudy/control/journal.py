"""What was asked and answered: listed, looked at, searched, counted, exported, forgotten."""

from collections.abc import Callable, Mapping
from typing import Any

from understudy.control.changing import changing
from understudy.control.criteria import criteria_of
from understudy.control.entries import entry_of, entry_with_diff
from understudy.control.events import stream_events
from understudy.control.har import har_of
from understudy.control.room import Handler, Room
from understudy.control.unhurried import unhurried
from understudy.control.verify import verify_requests
from understudy.journal import Exchange
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.sandbox import Sandbox

OFF = "the journal is off: start the server with --journal N to keep N exchanges a sandbox"


@unhurried(lambda room: Answer("requests_listed", _page(room, [], 0, 0)))
def list_requests(room: Room, call: Call) -> tuple[Answer, Room]:
    """List a page of the exchanges that the filters let through, newest first."""
    found = _filtered(room, call.query)
    return Answer("requests_listed", _page(room, found, call.query["offset"], call.query["limit"])), room


def read_request(room: Room, call: Call) -> tuple[Answer, Room]:
    """Look at one exchange and what it changed. Raises Refusal where it is not, or no longer, in the journal."""
    exchange = existing_exchange(room, call.path["id"])
    return Answer("request_read", entry_with_diff(exchange, room.house.secrets)), room


@unhurried(lambda room: Answer("requests_found", _page(room, [], 0, 0)))
def find_requests(room: Room, call: Call) -> tuple[Answer, Room]:
    """List the exchanges that meet criteria, newest first. Raises Refusal for criteria that cannot be used."""
    criteria = criteria_of(room, call.body)
    found = [exchange for exchange in room.sandbox.journal.newest() if criteria.match(exchange)]
    return Answer("requests_found", _page(room, found, 0, call.body.get("limit", 50))), room


@unhurried(lambda _: Answer("requests_counted", {"count": 0, "lost": 0}))
def count_requests(room: Room, call: Call) -> tuple[Answer, Room]:
    """Count the exchanges that meet criteria. Raises Refusal for criteria that cannot be used, or without a journal."""
    if not room.sandbox.journal.limit:
        raise Refusal("journal_off")
    criteria = criteria_of(room, call.body)
    journal = room.sandbox.journal
    return Answer("requests_counted", {"count": sum(map(criteria.match, journal)), "lost": journal.lost}), room


@unhurried(lambda room: _har(room, []))
def export_har(room: Room, call: Call) -> tuple[Answer, Room]:
    """Give the exchanges that the filters let through as a HAR document, oldest first."""
    return _har(room, _filtered(room, call.query)[::-1]), room


def clear_requests(room: Room, _: Call) -> tuple[Answer, Room]:
    """Forget every exchange of the sandbox; ids and events count on."""
    room.sandbox.journal.clear()
    return Answer("requests_cleared"), room


def existing_exchange(room: Room, id: int) -> Exchange:
    """Return the exchange of this id. Raises Refusal where it is not, or no longer, in the journal."""
    exchange = room.sandbox.journal.find(id)
    if exchange is None:
        raise Refusal("no_such_exchange", detail=_missing(room.sandbox, id))
    return exchange


def _filtered(room: Room, query: Mapping[str, Any]) -> list[Exchange]:
    """Return the exchanges that the filters of a query let through, newest first. Raises Refusal."""
    tests: list[Callable[[Exchange], bool]] = [criteria_of(room, query).match]
    if "unmatched" in query:
        tests.append(lambda exchange: exchange.unmatched == query["unmatched"])
    if "violations" in query:
        tests.append(lambda exchange: _has_violations(exchange) == query["violations"])
    if "since" in query:
        tests.append(lambda exchange: exchange.id > query["since"])
    if "changed" in query:
        tests.append(changing(room, query["changed"]))
    return [exchange for exchange in room.sandbox.journal.newest() if all(test(exchange) for test in tests)]


def _har(room: Room, exchanges: list[Exchange]) -> Answer:
    name = f"understudy-{room.sandbox.name}.har"
    document = har_of(exchanges, room.house.secrets)
    return Answer("har_exported", document, {"Content-Disposition": f'attachment; filename="{name}"'})


def _has_violations(exchange: Exchange) -> bool:
    return exchange.reply is not None and bool(exchange.reply.violations)


def _page(room: Room, found: list[Exchange], offset: int, limit: int) -> dict[str, Any]:
    secrets, journal = room.house.secrets, room.sandbox.journal
    items = [entry_of(exchange, secrets) for exchange in found[offset : offset + limit]]
    note = {} if journal.limit else {"note": OFF}
    return {"total": len(found), "offset": offset, "lost": journal.lost, "items": items, **note}


def _missing(sandbox: Sandbox, id: int) -> str:
    journal = sandbox.journal
    if not journal.limit:
        return OFF
    held = [exchange.id for exchange in journal]
    if not held:
        return f"exchange {id} is not in the journal of the sandbox {sandbox.name!r}, which is empty"
    gone = f", which has lost {journal.lost} that came before" if journal.lost else ""
    where = f"the journal of the sandbox {sandbox.name!r}"
    return f"exchange {id} is not in {where}: it holds {len(held)}, from {min(held)} to {max(held)}{gone}"


HANDLERS: tuple[Handler, ...] = (
    list_requests,
    read_request,
    find_requests,
    count_requests,
    export_har,
    clear_requests,
    verify_requests,
    stream_events,
)
