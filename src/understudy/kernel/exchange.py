"""What a handler sees, gives and declines."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from understudy.kernel.mint import Mint

_EMPTY: Mapping[str, Any] = MappingProxyType({})


class Call(NamedTuple):
    """One checked call of an operation: everything that a handler may know.

    ``path``, ``query`` and ``headers`` hold the declared parameters, parsed to their types; a
    parameter that was not sent stands with its default, or not at all. ``body`` is the checked
    JSON value, or None where none was sent.
    """

    operation: str
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    body: Any
    principal: Any
    """Who calls: what the provider's ``authenticate`` returned; None where nothing is asked."""
    now: datetime
    """The sandbox's time, in UTC."""
    mint: Mint
    """Where new ids and secrets come from."""


class Answer(NamedTuple):
    """An answer by its name in the contract, with what varies in it.

    ``content`` is the whole body where the contract's example says ``x-varies: all``, the members
    that it lists where it says ``x-varies: [Meta]``, and None where nothing varies.
    """

    name: str
    content: Any = None
    headers: Mapping[str, str] = _EMPTY


class Refusal(Exception):
    """A call declined by name: status and body are the contract's answer of that name.

    Raise it from a handler; ``members`` are the values of the answer's ``x-varies``.
    The state stays as it was.
    """

    def __init__(self, name: str, **members: Any) -> None:
        super().__init__(name)
        self.name = name
        self.members = members
