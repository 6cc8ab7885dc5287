"""How iVALT words a refused body: in the manner of Laravel, the framework that it seems to run on."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

from understudy.kernel.provider import Dialect
from understudy.kernel.violation import Violation

_WHOLE_BODY = "body"


def explain(violations: tuple[Violation, ...]) -> Mapping[str, Any]:
    """Return ``errors``, the sentences of each field, and ``message``, the first of them and a count.

    Sentences are the contract's (``x-message``), in which ``:attribute`` stands for the field as in
    Laravel's own; a rule without one gets ours.
    """
    errors: dict[str, list[str]] = {}
    for violation in violations:
        field = _attribute(violation)
        sentence = violation.wording or violation.message
        errors.setdefault(field, []).append(sentence.replace(":attribute", field))
    return {"message": _summary(tuple(chain.from_iterable(errors.values()))), "errors": errors}


def _attribute(violation: Violation) -> str:
    """Name a place as Laravel does: ``geofences.0.latitude``."""
    steps = violation.pointer.lstrip("/").split("/")
    return ".".join(step.replace("~1", "/").replace("~0", "~") for step in steps) or _WHOLE_BODY


def _summary(sentences: tuple[str, ...]) -> str:
    first, more = sentences[0], len(sentences) - 1
    return f"{first} (and {more} more error{'s' if more > 1 else ''})" if more else first


DIALECT = Dialect(explain=explain)
