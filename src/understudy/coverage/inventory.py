"""What there is to exercise in the requests of one operation, and what one request exercises of it."""

import re
from typing import Any, NamedTuple

from understudy.contract.contract import TEMPLATE, Contract
from understudy.contract.inputs import sent
from understudy.contract.operation import Operation
from understudy.contract.parameters import Parameter, query_fields
from understudy.contract.refusals import Refused
from understudy.contract.request import Request
from understudy.coverage.shape import Shape, shape_of, token
from understudy.kernel.violation import Violation

BODY = "body"


class Item(NamedTuple):
    """One thing that a request can exercise: a parameter, a property of the body, an enumerated value of either."""

    kind: str
    """``parameter``, ``property`` or ``value``."""
    place: str
    """``path``, ``query``, ``header``, ``cookie`` or ``body``."""
    name: str
    """The parameter's name, or a JSON Pointer into the body; ``*`` stands for every item."""
    value: Any = None

    @property
    def key(self) -> tuple[str, str, str, str | bytes]:
        """The same for the same item of a contract that was read again."""
        return (self.kind, self.place, self.name, token(self.value))


class Inventory:
    """The items of one operation, numbered."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self._numbers: dict[tuple[str, str, str, str | bytes], int] = {}
        self.items: list[Item] = []
        self._inputs = operation.inputs
        self._template = _template(contract, operation)
        source = contract.source
        self._parameters = [
            (
                parameter,
                self._number(Item("parameter", parameter.place, parameter.name)),
                shape_of(source, [parameter.node["schema"]], parameter.name),
            )
            for parameter in operation.inputs.parameters
        ]
        for parameter, _, shape in self._parameters:
            self._number_values(shape, parameter.place)
        self._body: Shape | None = None
        if operation.inputs.body is not None:
            _, body = source.resolve_inside(operation.node["requestBody"])
            self._body = shape_of(source, [media["schema"] for media in body["content"].values() if "schema" in media])
            self._number_properties(self._body)
            self._number_values(self._body, BODY)

    def touched(self, request: Request) -> set[int] | None:
        """Return the numbers of what a request exercises; None for one that breaks the contract."""
        found: list[Violation] = []
        touched: set[int] = set()
        fields = query_fields(request.query) if request.query else {}
        for parameter, number, shape in self._parameters:
            raw = sent(parameter, request, fields)
            if parameter.place == "path" and not raw:
                touched.add(number)  # its value can exercise nothing more, so nobody kept it
                continue
            value = parameter.read(raw, found)
            if raw:
                touched.add(number)
                shape.touch(value, touched)
        return None if found or not self._touch_body(request, touched) else touched

    def path_values(self, path: str) -> dict[str, str]:
        """Return the path parameters' values in a path of this operation."""
        names, pattern = self._template
        match = pattern.fullmatch(path)
        return dict(zip(names, match.groups(), strict=True)) if match else {}

    def _touch_body(self, request: Request, touched: set[int]) -> bool:
        """Add what the body exercises; say whether it keeps to the contract."""
        reader = self._inputs.body
        if reader is None or self._body is None:
            return True
        try:
            value = reader.check(reader.read(request))
        except Refused:
            return False
        if value is not None:
            self._body.touch(value, touched)
        return True

    def _number(self, item: Item) -> int:
        """Return the number of an item; alternatives of a schema may lead to it twice."""
        number = self._numbers.setdefault(item.key, len(self.items))
        if number == len(self.items):
            self.items.append(item)
        return number

    def _number_properties(self, shape: Shape) -> None:
        for place in shape.below():
            for child in place.children.values():
                child.number = self._number(Item("property", BODY, child.pointer))

    def _number_values(self, shape: Shape, place: str) -> None:
        for spot in shape.below():
            name = spot.pointer if place == BODY else spot.pointer.removesuffix("/*")
            for key, value in spot.values.items():
                spot.values[key] = self._number(Item("value", place, name, value))


def tells(contract: Contract, parameter: Parameter) -> bool:
    """Say whether what is sent for a parameter can exercise more than the parameter: a value that is enumerated."""
    shape = shape_of(contract.source, [parameter.node["schema"]], parameter.name)
    return any(place.values for place in shape.below())


def _template(contract: Contract, operation: Operation) -> tuple[list[str], re.Pattern[str]]:
    literals = [re.escape(literal) for literal in TEMPLATE.sub("\0", operation.path).split("\0")]
    bases = "|".join(map(re.escape, contract.base_paths))
    return TEMPLATE.findall(operation.path), re.compile(f"(?:{bases})" + "(.+?)".join(literals), re.DOTALL)
