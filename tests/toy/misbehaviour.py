"""Whatever a handler can do wrong, by name."""

import asyncio
import math
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NoReturn

from tests.toy.parts import toy
from understudy.kernel.exchange import Answer, Call, Refusal

Play = Callable[[toy.ToyState, Call], Any]
THING = {"id": "1", "name": "First", "colour": "red"}
_HALF = "\ud800"


class Odd(BaseException):
    """No Exception."""


class Silent(Exception):
    """Cannot be shown."""

    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__


def raising(error: BaseException) -> Play:
    def play(_: toy.ToyState, __: Call) -> NoReturn:
        raise error

    return play


def answering(content: Any, headers: Any = None) -> Play:
    return lambda state, _: (Answer("thing_read", content, *([headers] if headers is not None else [])), state)


def changing(**member: Any) -> Play:
    return lambda state, _: (Answer("thing_read", THING), replace(state, things=state.things.put({**THING, **member})))


def leaving(after: Callable[[toy.ToyState], Any]) -> Play:
    return lambda state, _: (Answer("thing_read", THING), after(state))


def endless(state: toy.ToyState, call: Call) -> Any:
    return endless(state, call)


def generator(_: toy.ToyState, __: Call) -> Iterator[int]:
    yield 1


async def coroutine(state: toy.ToyState, _: Call) -> Any:
    return Answer("thing_read", THING), state


def _put_and_raise(state: toy.ToyState, call: Call) -> NoReturn:
    replace(state, things=state.things.put({**THING, "id": str(call.now.microsecond)}))
    raise LookupError


def _cycle() -> dict[str, Any]:
    thing: dict[str, Any] = {**THING}
    thing["parts"] = [thing]
    return thing


def _deep() -> dict[str, Any]:
    thing: dict[str, Any] = THING
    for _ in range(100_000):
        thing = {**THING, "parts": [thing]}
    return thing


RAISING: dict[str, Play] = {
    "ValueError": raising(ValueError("secret-of-mine")),
    "a message of ten million characters": raising(ValueError("x" * 10**7)),
    "a message that is half a character": raising(ValueError(_HALF)),
    "RecursionError": endless,
    "MemoryError": lambda _, __: bytearray(10**15),
    "SystemExit": raising(SystemExit(3)),
    "KeyboardInterrupt": raising(KeyboardInterrupt()),
    "StopIteration": raising(StopIteration()),
    "GeneratorExit": raising(GeneratorExit()),
    "CancelledError": raising(asyncio.CancelledError()),
    "Odd": raising(Odd()),
    "Silent": raising(Silent()),
    "ExceptionGroup": raising(ExceptionGroup("several", [ValueError(1), TypeError(2)])),
    "LookupError": _put_and_raise,
}
NONSENSE: dict[str, Play] = {
    "None": lambda _, __: None,
    "an int": lambda _, __: 3,
    "a dict": lambda _, __: {},
    "no tuple": lambda state, _: [Answer("thing_read", THING), state],
    "a tuple of 1": lambda _, __: (Answer("thing_read", THING),),
    "a tuple of 3 and more": lambda state, _: (Answer("thing_read", THING), state, 1),
    "an answer alone": lambda _, __: Answer("thing_read", THING),
    "swapped": lambda state, _: (state, Answer("thing_read", THING)),
    "a generator": generator,
    "a coroutine": coroutine,
    "an undeclared refusal": raising(Refusal("nowhere")),
    "a refusal without a name": raising(Refusal(None)),  # type: ignore[arg-type]
    "a refusal with a list for a name": raising(Refusal([])),  # type: ignore[arg-type]
    "an undeclared answer": lambda state, _: (Answer("nowhere"), state),
    "an answer with a list for a name": lambda state, _: (Answer([]), state),  # type: ignore[arg-type]
    "no content": answering(None),
    "a text": answering("text"),
    "an object": answering(object()),
    "wrong types": answering({"id": 1, "name": 2, "colour": 3}),
    "NaN": answering({**THING, "count": math.nan}),
    "infinity": answering({**THING, "count": math.inf}),
    "half a character": answering({**THING, "name": _HALF}),
    "half a character for a name": answering({**THING, _HALF: 1}),
    "bytes": answering({**THING, "name": b"x"}),
    "a set": answering({**THING, "name": {1}}),
    "a number for a name": answering({**THING, 1: 2}),
    "an int of 400 digits": answering({**THING, "count": 10**400}),
    "a cycle": answering(_cycle()),
    "a depth of 100,000": answering(_deep()),
    "a line break in a header": answering(THING, {"X-A": "a\r\nSet-Cookie: b=c"}),
    "a line break in a header's name": answering(THING, {"X-A: b\r\nX-C": "a"}),
    "an int for a header": answering(THING, {"X-A": 3}),
    "a header beyond Latin-1": answering(THING, {"X-A": "☃"}),
    "a length of its own": answering(THING, {"Content-Length": "3"}),
    "a list of headers": answering(THING, ["X-A"]),
    "no state": leaving(lambda _: None),
    "a dict for a state": leaving(lambda _: {"things": []}),
    "a state of no table": leaving(lambda state: replace(state, things=None)),  # type: ignore[arg-type]
    "a state of a list": leaving(lambda state: replace(state, things=[THING])),  # type: ignore[arg-type]
    "a change of a record": lambda state, _: state.things.get("1").update(name="Mine"),  # type: ignore[union-attr]
    "a change of the state": lambda state, _: setattr(state, "things", None),
    "bytes in a record": changing(name=b"x"),
    "an object in a record": changing(name=object()),
    "NaN in a record": changing(count=math.nan),
    "an int of 400 digits in a record": changing(count=10**400),
    "half a character in a record": changing(name=_HALF),
    "a list for an id": changing(id=[1]),
    "a cycle in a record": changing(parts=[_cycle()]),
    "a record that is a text": leaving(lambda state: replace(state, things=state.things.put("text"))),  # type: ignore[arg-type]
    "a record without an id": leaving(lambda state: replace(state, things=state.things.put({"name": "x"}))),
}


def loop(_: toy.ToyState, __: Call) -> NoReturn:
    while True:
        pass


def sleep(state: toy.ToyState, _: Call) -> Any:
    time.sleep(3600)
    return Answer("thing_read", THING), state


def backtrack(state: toy.ToyState, _: Call) -> Any:
    re.match(r"(a+)+$", "a" * 60 + "b")
    return Answer("thing_read", THING), state


def wait(_: toy.ToyState, __: Call) -> NoReturn:
    while True:
        threading.Event().wait()


def cling(_: toy.ToyState, __: Call) -> NoReturn:
    while True:
        try:
            time.sleep(3600)
        except BaseException:  # noqa: BLE001, S112
            continue


HANGING: dict[str, Play] = {"loop": loop, "sleep": sleep, "backtrack": backtrack, "wait": wait, "cling": cling}
ALL = {**RAISING, **NONSENSE, **HANGING}


def by_name(state: toy.ToyState, call: Call) -> Any:
    """Do as the name of the last thing says."""
    last = state.things.page(len(state.things) - 1, 1)[0]
    play = ALL.get(str(last["name"]), answering(last))
    return play(state, call)
