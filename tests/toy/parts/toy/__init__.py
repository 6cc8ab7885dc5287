"""The toy vendor's part. ``script`` lets a test decide what ``read_latest`` does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from understudy.kernel.cast import Cast
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.kernel.provider import Dialect, Provider, Visitor
from understudy.kernel.state import State
from understudy.kernel.table import Table
from understudy.kernel.violation import Violation


@dataclass(frozen=True, slots=True)
class ToyState(State):
    """Things."""

    things: Table


Result = tuple[Answer, ToyState]
script: Callable[[ToyState, Call], Result] | None = None


def list_things(state: ToyState, call: Call) -> Result:
    """Echo the parsed parameters."""
    shown = {"query": dict(call.query), "headers": dict(call.headers), "things": list(state.things)}
    return Answer("things_listed", shown), state


def create_thing(state: ToyState, call: Call) -> Result:
    """Keep a thing, but for its secret."""
    id = str(state.things.created + 1)
    thing = {"id": id, **{name: value for name, value in call.body.items() if name not in ("id", "secret")}}
    return Answer("thing_created", thing, {"Location": f"/toy/things/{id}"}), replace(
        state, things=state.things.put(thing)
    )


def read_thing(state: ToyState, call: Call) -> Result:
    """Read one."""
    thing = state.things.get(call.path["thing-id"])
    if thing is None:
        raise Refusal("thing_not_found")
    return Answer("thing_read", thing), state


def delete_thing(state: ToyState, call: Call) -> Result:
    """Remove one."""
    id = call.path["thing-id"]
    if id not in state.things:
        raise Refusal("thing_not_found")
    return Answer("thing_deleted"), replace(state, things=state.things.drop(id))


def read_latest(state: ToyState, call: Call) -> Result:
    """Do as the test says."""
    if script is not None:
        return script(state, call)
    return Answer("thing_read", state.things.page(len(state.things) - 1, 1)[0]), state


def read_file(state: ToyState, call: Call) -> Result:
    """Name the file."""
    return Answer("file_read", {"name": call.path["name"]}), state


def submit_form(state: ToyState, call: Call) -> Result:
    """Echo the form."""
    return Answer("form_read", {"got": call.body}), state


def seed(cast: Cast) -> ToyState:
    """Build the things of a world."""
    cast.only("things")
    section = cast.of("things")
    fixed = [persona.over({"id": "", "name": "", "colour": "red"}) for persona in section.personas]
    made = [
        {"id": str(n + 1), "name": f"Thing {cast.mint.hex('things', n, 6)}", "colour": "blue"}
        for n in range(len(fixed), len(fixed) + section.cast)
    ]
    return ToyState(Table.of([*fixed, *made]))


def authenticate(state: ToyState, visitor: Visitor) -> str | None:
    """Let in who holds a key."""
    if visitor.keyring.any or visitor.keyring.holds(visitor.presented):
        return "somebody"
    return None


def explain(violations: tuple[Violation, ...]) -> Mapping[str, Any]:
    """List the pointers."""
    return {"details": [f"{violation.place} {violation.pointer}" for violation in violations]}


def language(headers: Mapping[str, str]) -> str:
    """Hindi for ``hi``."""
    return "hi" if headers["accept-language"].startswith("hi") else "en"


PROVIDER = Provider(
    name="toy",
    handlers=(list_things, create_thing, read_thing, delete_thing, read_latest, read_file, submit_form),
    state=ToyState,
    seed=seed,
    authenticate=authenticate,
    dialect=Dialect(explain=explain, language=language),
    resources={"things": "Thing"},
)
