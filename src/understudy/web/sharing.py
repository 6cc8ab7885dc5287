"""The way to shared sandboxes: what is said where there is none, and the control API over them."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from understudy.contract.operation import Operation
from understudy.contract.parameters import query_fields
from understudy.contract.problem import problem
from understudy.contract.request import Reply, Request
from understudy.control.room import House
from understudy.journal import Exchange
from understudy.sandbox import Sandbox
from understudy.sandboxes import is_name, too_many
from understudy.sharing.history import Damaged, Unplayable
from understudy.sharing.replica import ATTEMPTS, Busy
from understudy.sharing.replicas import Replicas
from understudy.stores.store import StoreAway, StoreFull

UNSHARED = (StoreAway, StoreFull, Busy, Unplayable)
"""What keeps a request from being played."""
_RETRY = (b"retry-after", b"1")
_PAGE = 50


async def share(exchange: Exchange, work: Awaitable[object]) -> None:
    """Have a replica play an exchange; where it cannot, the exchange says why."""
    try:
        await work
    except UNSHARED as error:
        exchange.begin_again()
        exchange.id, exchange.place = 0, None
        exchange.reply = excuse(error)


def excuse(error: Exception) -> Reply:
    """Return the answer of a worker that cannot reach the store, or is not taken up by it."""
    if isinstance(error, StoreFull):
        return problem(503, too_many(error.limit), title="Too many sandboxes")
    if isinstance(error, Damaged):
        detail = (
            f"what the store keeps of this sandbox is damaged ({error}); drop it (DELETE /__admin/sandboxes/NAME), "
            f"or start with another store where it is the default one"
        )
        return problem(503, detail, title="Sandbox damaged")
    if isinstance(error, Unplayable):
        detail = (
            f"this sandbox was made by what is not played here ({error}); drop it "
            f"(DELETE /__admin/sandboxes/NAME), or play what it was made by"
        )
        return problem(503, detail, title="Sandbox unplayable")
    if isinstance(error, Busy):
        detail = f"others changed this sandbox each of the {ATTEMPTS} times that this request was played; send it again"
        reply = problem(503, detail, title="Sandbox busy")
    else:
        detail = f"the shared store cannot be used now ({error}); what was answered before is kept; try again"
        reply = problem(503, detail, title="Store away")
    return reply._replace(headers=[*reply.headers, _RETRY])


async def ask(
    house: House, sandbox: Sandbox | None, operation: Operation, request: Request, act: Callable[[], Any]
) -> Any:
    """Play an operation of the control API over what the store has, and have the store take what it changes.

    ``sandbox`` is the one that it is about, if it is about one. Raises StoreAway, StoreFull, Busy.
    """
    replicas = house.sandboxes
    if not isinstance(replicas, Replicas):
        return act()
    if sandbox is not None:
        return await sandbox.replica.transact(act)
    if operation.id in _ASKED:
        return await _ASKED[operation.id](house, replicas, request, act)
    return act()


async def refresh(replicas: Replicas, name: str) -> None:
    """Have the sandboxes here as they are now, and one of them wholly; as they were, where the store is away."""
    with suppress(StoreAway, Unplayable):
        await replicas.look_at_all()
        await replicas.look(name)


async def _list(_: House, replicas: Replicas, request: Request, act: Callable[[], Any]) -> Any:
    asked = query_fields(request.query)
    offset, limit = (_number(asked, name, default) for name, default in (("offset", 0), ("limit", _PAGE)))
    await replicas.look_at_all(offset, limit)
    return act()


def _number(asked: dict[str, list[str]], name: str, default: int) -> int:
    text = asked.get(name, [""])[0]
    return int(text) if text.isdecimal() and len(text) < 6 else default


async def _read(_: House, replicas: Replicas, request: Request, act: Callable[[], Any]) -> Any:
    name = request.path_values["name"]
    if is_name(name):
        await replicas.look(name)
    return act()


async def _change(_: House, replicas: Replicas, request: Request, act: Callable[[], Any]) -> Any:
    name = request.path_values["name"]
    return await replicas.change(name, act, making=request.method == "PUT") if is_name(name) else act()


async def _health(house: House, replicas: Replicas, _: Request, act: Callable[[], Any]) -> Any:
    try:
        await replicas.look_at_all()
        house.away = None
    except StoreAway as error:
        house.away = str(error)
    return act()


async def _coverage(house: House, replicas: Replicas, _: Request, act: Callable[[], Any]) -> Any:
    house.counted = await replicas.counts.gathered()
    return act()


async def _clear_coverage(_: House, replicas: Replicas, __: Request, act: Callable[[], Any]) -> Any:
    result = act()
    await replicas.counts.clear()
    return result


_ASKED = {
    "list_sandboxes": _list,
    "read_sandbox": _read,
    "put_sandbox": _change,
    "drop_sandbox": _change,
    "read_health": _health,
    "read_coverage": _coverage,
    "clear_coverage": _clear_coverage,
}
