"""A contract as it is served: the document that was written, with this server's address in it."""

from collections.abc import Mapping
from typing import Any

import yaml

from understudy.contract.contract import Contract


def document(contract: Contract, base: str) -> dict[str, Any]:
    """Return the contract with ``servers`` that lead to this server; ``base`` is its origin, and a sandbox's prefix."""
    servers = [
        {"url": f"{base}{path}" or "/", "description": "Understudy, playing this contract."}
        for path in contract.base_paths
    ]
    data: Mapping[str, Any] = contract.source.data
    return {**data, "servers": servers}


def as_yaml(data: Mapping[str, Any]) -> str:
    """Write a document as YAML."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Dumper(yaml.SafeDumper):
    """Writes everything out: a schema that refers to itself does so by ``$ref``, never by an alias."""

    def ignore_aliases(self, _: Any) -> bool:
        return True
