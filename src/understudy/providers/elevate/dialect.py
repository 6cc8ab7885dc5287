"""How ELEVATE words what the contract engine decides."""

from collections.abc import Mapping
from typing import Any

from understudy.kernel.provider import Dialect, Moment
from understudy.kernel.violation import Violation

_LOCATIONS = {"body": "body", "path": "params", "query": "query", "header": "headers", "cookie": "cookies"}
"""Where a value was sent, in the words of the service's validator."""


def explain(violations: tuple[Violation, ...]) -> Mapping[str, Any]:
    """Return an entry for each broken rule (422), and the parser's own text (400, broken JSON)."""
    text = violations[0].wording or violations[0].message
    return {"error": [_entry(violation) for violation in violations], "message": text}


def common(example: Any, moment: Moment) -> Mapping[str, Any]:
    """Return ``meta`` with the API request id; whatever else is in it is the example's."""
    constant = example.get("meta", {}) if isinstance(example, Mapping) else {}
    return {"meta": {**constant, "correlation": moment.mint.uuid("correlation", moment.exchange)}}


def language(headers: Mapping[str, str]) -> str:
    """Return the language to answer in: Hindi if it is listed first, in small letters (fact file, Language choice)."""
    first = headers.get("accept-language", "").split(",")[0].split(";")[0]
    # The document writes its values as {{…}}, and clients paste them; the service takes the braces, too.
    return "hi" if first.strip(" {}").split("-")[0] == "hi" else "en"


def headers(common: Mapping[str, Any], language: str) -> Mapping[str, str]:
    """Return the request id and the language, as every answer names them."""
    return {"X-Request-Ids": common["meta"]["correlation"], "Content-Language": language}


def _entry(violation: Violation) -> dict[str, Any]:
    entry = {
        "location": _LOCATIONS[violation.place],
        "param": _param(violation),
        "msg": violation.wording or violation.message,
    }
    return entry if violation.missing else {**entry, "value": violation.sent}


def _param(violation: Violation) -> str:
    """Write ``/id/0`` as the service's validator does: ``id[0]``."""
    _, *steps = violation.pointer.lstrip("/").split("/")
    return violation.field + "".join(f"[{step}]" for step in steps)


DIALECT = Dialect(explain=explain, common=common, language=language, headers=headers)
