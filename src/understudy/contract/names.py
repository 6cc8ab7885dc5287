"""Which answers a handler can give, read from its code, against what its operation declares."""

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from types import FunctionType, ModuleType
from typing import Any

from understudy.contract.contract import Contract


def undeclared_names(contract: Contract) -> Iterator[str]:
    """Yield each ``Answer("…")`` or ``Refusal("…")`` that a handler could reach and its operation does not declare."""
    package = contract.provider.handlers[0].__module__.rpartition(".")[0] if contract.provider.handlers else ""
    for handler in contract.provider.handlers:
        operation = contract.operations[handler.__name__]
        for name, where in _reachable(handler, package).items():
            if name not in operation.answers.by_name:
                known = ", ".join(operation.answers.by_name)
                yield f"{where}: {handler.__name__} can give {name!r}, which its operation does not declare ({known})"


def _reachable(handler: Callable[..., Any], package: str) -> dict[str, str]:
    """Return name -> file:line of every answer that a function, or one that it calls in its package, names."""
    names: dict[str, str] = {}
    seen: set[object] = set()
    waiting: list[Any] = [handler]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        body, module = _body(function)
        for node in ast.walk(body):
            if isinstance(node, ast.Call):
                names.update(_named(node, module))
            if isinstance(node, ast.Name | ast.Attribute):
                waiting += [found for found in _functions(node, module) if found.__module__.startswith(package)]
    return names


def _body(function: FunctionType) -> tuple[ast.AST, ModuleType]:
    module = sys.modules[function.__module__]
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.FunctionDef) and node.name == function.__name__:
            return node, module
    return ast.Module([], []), module


@lru_cache(maxsize=256)
def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(module))


def _named(call: ast.Call, module: ModuleType) -> dict[str, str]:
    called = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    first = call.args[0] if call.args else None
    if called in ("Answer", "Refusal") and isinstance(first, ast.Constant) and isinstance(first.value, str):
        return {first.value: f"{module.__name__.replace('.', '/')}.py:{call.lineno}"}
    return {}


def _functions(node: ast.Name | ast.Attribute, module: ModuleType) -> list[FunctionType]:
    """Return the function that a name stands for, or that ``module.name`` does."""
    if isinstance(node, ast.Name):
        found = getattr(module, node.id, None)
    else:
        owner = getattr(module, node.value.id, None) if isinstance(node.value, ast.Name) else None
        found = getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else None
    return [found] if isinstance(found, FunctionType) else []
