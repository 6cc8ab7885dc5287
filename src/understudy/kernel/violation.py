"""One way in which a request or an answer breaks its contract."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong, where, by which rule, and what was probably meant."""

    place: str
    """``body``, ``path``, ``query``, ``header`` or ``cookie``."""
    pointer: str
    """JSON Pointer into the body (``""`` is the whole), or the parameter's name."""
    rule: str
    """JSON Pointer into the contract: ``#/components/schemas/User/properties/email/format``."""
    keyword: str
    """The rule's keyword: ``required``, ``type``, ``pattern``, … or ``json`` for a body that can't be read."""
    message: str
    """One sentence in our words."""
    source: str = ""
    """``file:line`` of the rule."""
    sent: Any = None
    """What was sent; None where nothing was."""
    missing: bool = False
    """True where the value is absent."""
    hint: str | None = None
    """What was probably meant: a near miss, a placeholder left unfilled."""
    wording: str | None = None
    """The vendor's own sentence for this rule (``x-message`` in the contract)."""
    refusal: str | None = None
    """The named answer that this rule leads to (``x-refusal`` in the contract)."""

    @property
    def field(self) -> str:
        """The name of the parameter, or the body's top member; ``""`` for the whole body."""
        return self.pointer.lstrip("/").split("/")[0].replace("~1", "/").replace("~0", "~")
