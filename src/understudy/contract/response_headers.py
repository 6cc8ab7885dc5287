"""The headers that an answer declares, and what happens to one that breaks the contract."""

import re
from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from understudy.contract.schema import Schemas
from understudy.kernel.violation import Violation
from understudy.source import Source, pointer_to

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_UNSENDABLE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})


class Breach(Exception):
    """An answer that breaks the contract: a fault of ours, never shown as the vendor's."""

    def __init__(self, message: str, violations: tuple[Violation, ...] = ()) -> None:
        super().__init__(message)
        self.violations = violations


def refuse_unsendable(sent: Mapping[Any, Any]) -> None:
    """Raise Breach for a header that would be another, or none, on the wire, or that says how the answer is sent."""
    for name, value in sent.items():
        if not (isinstance(name, str) and isinstance(value, str)):
            raise Breach(f"no header can be {name!r:.100}: {value!r:.100}")
        if not _NAME.match(name) or _UNSENDABLE.search(value):
            raise Breach(f"no header can be {name[:100]!r}: {value[:100]!r}")
        if name.lower() in _FRAMING:
            raise Breach(f"the header {name} says how an answer is sent, which is the server's to say")


class Headers:
    """The response headers that one status declares."""

    def __init__(self, source: Source, schemas: Schemas, pointer: str) -> None:
        self._rules: list[tuple[str, bool, jsonschema_rs.Validator]] = []
        for name in source.find(pointer).get("headers", {}):
            at, header = source.resolve(pointer_to("headers", name, base=pointer))
            if name.lower() != "content-type" and "schema" in header:
                validator = schemas.validator(f"{at}/schema", "response")
                self._rules.append((name, header.get("required", False), validator))

    def check(self, sent: Mapping[str, str]) -> None:
        """Raise Breach for a required header that is not sent, or one that breaks its schema."""
        for name, required, validator in self._rules:
            value = sent.get(name)
            if value is None and required:
                raise Breach(f"the answer lacks the header {name}")
            if value is not None and not validator.is_valid(value):
                raise Breach(f"the header {name} breaks its schema: {value!r}")

    def __bool__(self) -> bool:
        return bool(self._rules)
