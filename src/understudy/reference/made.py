"""A value made from a schema: for a form that nobody has filled in yet."""

from collections.abc import Callable, Mapping
from typing import Any

from understudy.source import Source

Maker = Callable[[Source, Mapping[str, Any], int], Any]
_DEEPEST = 6
_FORMATS: Mapping[str, str] = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "email": "ada@example.com",
    "uuid": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    "uri": "https://example.com/",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "password": "Correct-horse-7",
}


def made(source: Source, schema: Any, depth: int = 0) -> Any:
    """Return a plausible value: the schema's own example, default or first choice where it has one."""
    _, node = source.resolve_inside(schema)
    if not isinstance(node, dict):
        return None
    for keyword in ("example", "default"):
        if keyword in node:
            return node[keyword]
    if node.get("enum"):
        return node["enum"][0]
    for keyword in ("oneOf", "anyOf"):
        if node.get(keyword) and "type" not in node and "properties" not in node:
            return made(source, node[keyword][0], depth + 1)
    return _maker(_kind(node))(source, node, depth)


def _kind(node: Mapping[str, Any]) -> str:
    return str(node.get("type", "object" if "properties" in node or "allOf" in node else ""))


def _object(source: Source, node: Mapping[str, Any], depth: int) -> dict[str, Any]:
    """Make every member that a request may have; below a certain depth only those that it must."""
    members: dict[str, Any] = {}
    for part in (*node.get("allOf", ()), node):
        _, own = source.resolve_inside(part)
        for name, schema in own.get("properties", {}).items():
            _, resolved = source.resolve_inside(schema)
            wanted = depth < 2 or name in own.get("required", ())
            if wanted and depth < _DEEPEST and not resolved.get("readOnly"):
                members[name] = made(source, schema, depth + 1)
    return members


def _array(source: Source, node: Mapping[str, Any], depth: int) -> list[Any]:
    if depth >= _DEEPEST:
        return []
    return [made(source, node.get("items", {}), depth + 1)] * max(1, min(node.get("minItems", 1), 20))


def _string(_: Source, node: Mapping[str, Any], __: int) -> str:
    text = _FORMATS.get(str(node.get("format", "")), "text")
    text = text.ljust(min(node.get("minLength", 0), 1000), "x")
    return text[: node["maxLength"]] if "maxLength" in node else text


def _number(_: Source, node: Mapping[str, Any], __: int) -> Any:
    least = node.get("minimum", min(1, node.get("maximum", 1)))
    return least + 1 if node.get("exclusiveMinimum") is True else least


def _boolean(_: Source, __: Mapping[str, Any], ___: int) -> bool:
    return True


def _nothing(_: Source, __: Mapping[str, Any], ___: int) -> None:
    return None


def _maker(kind: str) -> Maker:
    return _MAKERS.get(kind, _nothing)


_MAKERS: Mapping[str, Maker] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _number,
    "number": _number,
    "boolean": _boolean,
}
