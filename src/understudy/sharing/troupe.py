"""What the replicas of one worker have in common."""

from dataclasses import dataclass
from typing import NamedTuple

from understudy.contract.secrets import Secrets
from understudy.sandbox import Condition
from understudy.sharing.change import Worlds
from understudy.stores.store import Proposal, Store


class Trial(NamedTuple):
    """What a call leads to, if nobody comes between."""

    proposal: Proposal
    after: Condition


@dataclass(frozen=True, slots=True)
class Troupe:
    """What the replicas of one worker have in common."""

    store: Store
    worlds: Worlds
    limit: int
    """Sandboxes that there may be."""
    secrets: Secrets  # what is not kept of a request
