"""What becomes of a proposal, by where a sandbox stands: the rules that ``lua/settle.lua`` has for Redis."""

from typing import NamedTuple

from understudy.stores.store import Head, Proposal


class Decision(NamedTuple):
    """Whether a proposal is taken, where the sandbox stands then, and the id of the exchange."""

    done: bool
    head: Head
    id: int


def decide(now: Head, proposal: Proposal) -> Decision:
    """Return what becomes of a proposal."""
    seen = proposal.seen
    reserved = proposal.reserved and (now.epoch, now.resets) == (seen.epoch, seen.resets)
    other_id = proposal.exact and not reserved and now.exchanges + 1 != proposal.id
    if (now.epoch, now.version) != (seen.epoch, seen.version) or other_id:
        return _refused(now, proposal, reserved=reserved)
    return _taken(now, proposal, reserved=reserved)


def _refused(now: Head, proposal: Proposal, *, reserved: bool) -> Decision:
    """Reserve an id; a read is answered from what it missed, and its entry is waited for."""
    if not proposal.id:
        return Decision(done=False, head=now, id=0)
    exchanges = now.exchanges if reserved else now.exchanges + 1
    pending = now.pending + (not proposal.change and not proposal.pending)
    head = now._replace(exchanges=exchanges, pending=pending)
    return Decision(done=False, head=head, id=proposal.id if reserved else exchanges)


def _taken(now: Head, proposal: Proposal, *, reserved: bool) -> Decision:
    exchanges = 0 if proposal.reset else now.exchanges
    id = proposal.id
    if id and not reserved:
        id = exchanges = exchanges + 1
    head = now._replace(
        version=now.version + bool(proposal.change),
        exchanges=exchanges,
        sequence=now.sequence + bool(proposal.entry),
        cleared=now.sequence if proposal.clear or proposal.reset else now.cleared,
        resets=now.resets + proposal.reset,
        pending=now.pending - proposal.pending,
    )
    return Decision(done=True, head=head, id=id)
