"""Passwords that are typed twice: made-up bodies would hardly ever repeat one."""

from random import Random
from typing import Any

from schemathesis import Case

_SHARE = 0.75
_random = Random(1)  # noqa: S311


def repeat(case: Case[Any]) -> None:
    """Let most bodies that have a ``confirm_password`` repeat the password there."""
    body = case.body
    if isinstance(body, dict) and isinstance(body.get("confirm_password"), str) and _random.random() < _SHARE:
        case.body = body | {"confirm_password": body.get("password")}
