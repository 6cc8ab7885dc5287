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
    """Yield each ``Answer("…")`` or ``Refusal("…")`` that a handler could reach and its operation does not declare.

    So too for ``authenticate``, whose refusals every operation that asks for credentials must declare.
    """
    provider = contract.provider
    package = provider.handlers[0].__module__.rpartition(".")[0] if provider.handlers else ""
    for handler in provider.handlers:
        answers = contract.operations[handler.__name__].answers.by_name
        for name, where in _reachable(handler, package).items():
            if name not in answers:
                known = ", ".join(answers)
                yield f"{where}: {handler.__name__} can give {name!r}, which its operation does not declare ({known})"
    yield from _undeclared_refusals(contract, package)


def _undeclared_refusals(contract: Contract, package: str) -> Iterator[str]:
    """Yield what ``authenticate`` refuses with and an operation that asks for credentials does not declare.

    A function that looks at ``visitor.operation`` refuses in some operations only: one that declares it will do.
    """
    guarded = [operation for operation in contract.operations.values() if not operation.inputs.security.optional]
    for body, module in _bodies(contract.provider.authenticate, package):
        selects = any(isinstance(node, ast.Attribute) and node.attr == "operation" for node in ast.walk(body))
        for name, where in _names(body, module).items():
            without = [operation.id for operation in guarded if name not in operation.answers.by_name]
            if without and not (selects and len(without) < len(guarded)):
                yield f"{where}: authenticate can refuse with {name!r}; declare it in {', '.join(without)}"


def _reachable(handler: Callable[..., Any], package: str) -> dict[str, str]:
    """Return name -> file:line of every answer that a function, or one that it calls in its package, names."""
    names: dict[str, str] = {}
    for body, module in _bodies(handler, package):
        names.update(_names(body, module))
    return names


def _names(body: ast.AST, module: ModuleType) -> dict[str, str]:
    names: dict[str, str] = {}
    for node in ast.walk(body):
        if isinstance(node, ast.Call):
            names.update(_named(node, module))
    return names


def _bodies(handler: Callable[..., Any], package: str) -> Iterator[tuple[ast.AST, ModuleType]]:
    """Yield the code of a function and of those in its package that it calls, each with its module."""
    seen: set[object] = set()
    waiting: list[Any] = [handler]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        body, module = _body(function)
        yield body, module
        for node in ast.walk(body):
            if isinstance(node, ast.Name | ast.Attribute):
                waiting += [found for found in _functions(node, module) if found.__module__.startswith(package)]


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
        return {first.value: f"{_file(module)}:{call.lineno}"}
    return {}


def _file(module: ModuleType) -> str:
    return module.__name__.replace(".", "/") + ("/__init__.py" if hasattr(module, "__path__") else ".py")


def _functions(node: ast.Name | ast.Attribute, module: ModuleType) -> list[FunctionType]:
    """Return the function that a name stands for, or that ``module.name`` does."""
    if isinstance(node, ast.Name):
        found = getattr(module, node.id, None)
    else:
        owner = getattr(module, node.value.id, None) if isinstance(node.value, ast.Name) else None
        found = getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else None
    return [found] if isinstance(found, FunctionType) else []
