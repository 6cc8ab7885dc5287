"""The headers that an answer declares, and what happens to one that breaks the contract."""

import re
from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from understudy.contract.schema import Schemas
from understudy.kernel.violation import Violation
from understudy.source import Source, pointer_to

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t -~\x80-\xff]*")
_FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})


class Breach(Exception):
    """An answer that breaks the contract: a fault of ours, never shown as the vendor's."""

    def __init__(self, message: str, violations: tuple[Violation, ...] = ()) -> None:
        super().__init__(message)
        self.violations = violations


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


def as_sent(headers: Mapping[Any, Any]) -> list[tuple[bytes, bytes]]:
    """Return headers as they are sent. Raises Breach for one that cannot be, as with a line break in it."""
    sent = []
    for name, value in headers.items():
        if not (isinstance(name, str) and isinstance(value, str) and _NAME.fullmatch(name) and _VALUE.fullmatch(value)):
            raise Breach(f"no header can be {name!r:.100}: {value!r:.100}")
        if name.lower() in _FRAMING:
            raise Breach(f"the header {name} says how an answer is sent, which is the server's to say")
        sent.append((name.lower().encode(), value.encode("latin-1")))
    return sent
