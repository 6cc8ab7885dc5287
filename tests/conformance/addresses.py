"""Requests to the control API that meet something: made-up names and ids hardly ever do, and most of it is short-lived.

A fault is gone with the next reset, an exchange with the next look into another sandbox; so there is a new one for each
request that needs one.
"""

import os
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import httpx
from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation

URL_VARIABLE = "CONFORMANCE_URL"
_HEADER = "Understudy-Sandbox"
_SHARE = 0.9
_random = Random(1)  # noqa: S311


def address(case: Case[Any]) -> None:
    """Lead most made-up requests whose headers are meant to be right to ``default``, and to what is there."""
    if not case.headers or _HEADER not in case.headers or case.meta is None or _random.random() >= _SHARE:
        return
    if case.meta.is_negative_at(ParameterLocation.HEADER):
        return
    case.headers[_HEADER] = "default"
    needed = _NEEDED.get(case.operation.definition.raw["operationId"])
    if needed is not None:
        needed(case)


def _name_fault(case: Case[Any]) -> None:
    if not case.meta or not case.meta.is_negative_at(ParameterLocation.PATH):
        rule = {"match": {"operationId": "read_hello"}, "delay": {"fixed": 1}}
        answer = httpx.post(f"{_url()}/__admin/faults", json=rule)
        case.path_parameters = {"id": answer.json().get("id", "f1")}


def _name_exchange(case: Case[Any]) -> None:
    if not case.meta or not case.meta.is_negative_at(ParameterLocation.PATH):
        case.path_parameters = {"id": _exchange()}


def _rewind_to_exchange(case: Case[Any]) -> None:
    if not case.meta or not case.meta.is_negative_at(ParameterLocation.BODY):
        case.body = {"to": int(_exchange())}


def _exchange() -> str:
    return str(httpx.get(f"{_url()}/hello").headers["understudy-exchange"])


def _url() -> str:
    return os.environ[URL_VARIABLE]


_NEEDED: Mapping[str, Callable[[Case[Any]], None]] = {
    "read_fault": _name_fault,
    "delete_fault": _name_fault,
    "read_request": _name_exchange,
    "rewind_sandbox": _rewind_to_exchange,
}
