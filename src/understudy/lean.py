"""Packages whose ``__init__`` imports far more than a server needs: it runs when something of it is asked for.

Importing Connexion whole brings a test client, two HTTP clients, a terminal library and a development
server along, which cost a server half of its start. Only ``understudy serve`` does this, in a process
that is its own; in somebody's test run packages are imported as anybody expects.
"""

import importlib
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

_DEFERRED = ("requests", "jinja2", "werkzeug", "uvicorn", "connexion", "connexion.middleware")


def lean_import(load: Callable[[], None]) -> None:
    """Call ``load``, which imports what a server needs, with the large packages deferred; plainly where that fails."""
    deferred = [name for name in _DEFERRED if name not in sys.modules]
    for name in deferred:
        _defer(name)
    try:
        load()
    except ImportError:
        for name in list(sys.modules):
            if name.startswith(tuple(deferred)):
                del sys.modules[name]
        load()


def _defer(name: str) -> None:
    spec = find_spec(name)
    if spec is not None and spec.loader is not None:
        module = sys.modules[name] = module_from_spec(spec)
        module.__dict__["__getattr__"] = _completing(module, spec)
        package, _, own = name.rpartition(".")
        if package:
            setattr(sys.modules[package], own, module)


def _completing(module: ModuleType, spec: ModuleSpec) -> Callable[[str], Any]:
    def attribute(name: str) -> Any:
        """Return a submodule by itself; for any other name run the package's ``__init__``."""
        if find_spec(f"{spec.name}.{name}") is not None:
            return importlib.import_module(f"{spec.name}.{name}")
        module.__dict__.pop("__getattr__", None)
        if spec.loader is not None:
            spec.loader.exec_module(module)
        return getattr(module, name)

    return attribute
