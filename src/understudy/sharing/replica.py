"""A worker's copy of one shared sandbox: it plays by what it has seen, and asks the store whether that still holds."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from time import time
from typing import Any

from understudy.contract.operation import Operation
from understudy.contract.request import Request
from understudy.journal import Exchange
from understudy.sandbox import Condition, Sandbox
from understudy.sharing.change import change_between, whole
from understudy.sharing.entry import dumped, entry_bytes
from understudy.sharing.following import follow
from understudy.sharing.history import KEPT, History, read_back
from understudy.sharing.mirrored import MirroredJournal
from understudy.sharing.troupe import Trial, Troupe
from understudy.sharing.turns import Turns
from understudy.stores.store import NOWHERE, Entry, Head, Missed, Proposal, Settled, StoreAway

ATTEMPTS = 64
"""How often a call is played anew because others changed the sandbox meanwhile."""
_PATIENCE = 50
_PAUSE = 0.002
"""Seconds between looks whether a read that was answered elsewhere is in the journal."""


class Busy(Exception):
    """Others changed the sandbox each time that a call was about to."""


class Replica:
    """Keeps one sandbox the same as its likes. Its sandbox never shows what the store has not taken."""

    def __init__(self, name: str, journal: MirroredJournal, troupe: Troupe) -> None:
        self.name = name
        self.journal = journal
        self.head = NOWHERE
        self._troupe = troupe
        self._turns = Turns()
        self._background: set[asyncio.Task[None]] = set()
        self._checkpointing = False
        self._following: asyncio.Task[None] | None = None
        journal.begin_watching = self._follow

    def stand_in_for(self, sandbox: Sandbox) -> None:
        """Begin with a sandbox that nothing has happened to."""
        self.sandbox = sandbox
        kept = max(KEPT, self.journal.limit)
        self._history = History(sandbox.condition(), self._troupe.worlds, kept, sandbox.account.learn)
        self.forget, self.past = self._history.forget, self._history.past

    async def play(self, operation: Operation, request: Request, exchange: Exchange) -> None:
        """Play one request, as ``Sandbox.play`` does. Raises StoreAway, StoreFull, Busy."""
        await self.run(exchange, lambda: self.sandbox.play(operation, request, exchange), exact=operation.numbered)

    async def run(self, exchange: Exchange, act: Callable[[], object], *, exact: bool = False) -> None:
        """Have an act take in an exchange, and what it changes become true, or nothing of it.

        The act changes nothing but exchange and sandbox, and may be run several times. ``exact``: its answer has the
        exchange's id in it. Raises StoreAway, StoreFull, Busy.
        """
        reserved, pending, held = 0, False, False
        if not self.head.epoch:
            await self.glance()  # what there is already may be much
        try:
            for _ in range(ATTEMPTS):
                trial = self._try(exchange, act, reserved)
                change = trial.proposal.change
                if change and not held:
                    waited, held = await self._turns.take(), True
                    if waited:
                        continue  # for others of this worker, who have changed the sandbox
                if pending and not change:
                    self._record_later(trial.proposal)
                    return
                settled = await self._settle(trial.proposal._replace(exact=exact, pending=pending))
                if settled.done:
                    exchange.id = settled.id
                    self._keep(trial, settled)
                    return
                pending = pending or bool(settled.id and not change)
                reserved = settled.id
        except StoreAway as error:
            if held:
                self._turns.fail(error)
            raise
        finally:
            if held:
                self._turns.end()
        raise Busy

    def record(self, exchange: Exchange) -> None:
        """Keep an exchange that was delivered only now, without waiting for it."""
        if exchange.place is not None:
            head, changed = exchange.place
            entry = self._entry(exchange, head.version, changed=changed)
            self._in_background(self._troupe.store.record(self.name, head, entry, exchange.id, pending=False))

    async def transact(self, act: Callable[[], Any]) -> Any:
        """Have an act of the control API change the sandbox, or nothing of it; return what it returned.

        Raises StoreAway, StoreFull, Busy.
        """
        async with self._turns:
            for _ in range(ATTEMPTS):
                if not await self.catch_up():
                    self._learn(await self._troupe.store.create(self.name, self._troupe.limit))
                result, trial = self._consider(act)
                if trial is None or await self._commit(trial):
                    return result
        raise Busy

    async def adopt(self, head: Head) -> bool:
        """Have the store see a sandbox as it was made here, where the store has just made one; say whether it did."""
        after = self.sandbox.condition()
        self._learn(head)
        change = self._change(self._history.condition, after)
        return not change or await self._commit(Trial(Proposal(self._seen(), change), after))

    async def catch_up(self) -> bool:
        """See what has happened since, journal and all; say whether there is such a sandbox. Raises StoreAway."""
        await self.rest()
        store = self._troupe.store
        head, missed = await store.catch_up(self.name, self._seen())
        for _ in range(_PATIENCE):
            if not head.pending:
                break
            await asyncio.sleep(_PAUSE)
            head, missed = await store.catch_up(self.name, self._seen())
        else:
            await store.forgive(self.name)
        self._learn(head, missed)
        if head.epoch and self.journal.limit:
            self.absorb(await store.entries(self.name, self.journal.sequence))
        return bool(head.epoch)

    async def rest(self) -> None:
        """Wait for what goes on in the background."""
        await asyncio.gather(*self._background, return_exceptions=True)

    async def glance(self) -> str:
        """See what has happened since, but for the journal; return the epoch. Raises StoreAway."""
        self._learn(*await self._troupe.store.catch_up(self.name, self._seen()))
        return self.head.epoch

    def absorb(self, entries: Iterable[Entry]) -> None:
        """Take entries of the store into the journal here."""
        for entry in entries:
            if entry.sequence <= self.journal.sequence:
                continue
            kept = read_back(entry, self.name)
            exchange, before = kept.exchange, self._history.at(kept.before)
            exchange.id = entry.id
            if before is not None:
                exchange.states, exchange.world = before.states, before.world
                after = self._history.at(kept.before + 1) if kept.changed else before
                if exchange.operation is not None and exchange.provider is not None and after is not None:
                    exchange.after = after.states.get(exchange.provider)
            self.journal.absorb(exchange, entry.sequence)

    def _try(self, exchange: Exchange, act: Callable[[], object], reserved: int) -> Trial:
        """Run an act, and put the sandbox back to what it was."""
        sandbox, before = self.sandbox, self._history.condition
        sandbox.exchanges = (reserved or self.head.exchanges + 1) - 1
        exchange.begin_again()
        act()
        after = sandbox.condition()
        self._show()
        change = self._change(before, after)
        later = exchange.effect is not None or b"prefer" in exchange.headers
        seen = self._seen()
        exchange.place = (seen, bool(change)) if later and self.journal.limit else None
        entry = b"" if later or not self.journal.limit else self._entry(exchange, seen.version, changed=bool(change))
        return Trial(Proposal(seen, change, entry, exchange.id, reserved=bool(reserved)), after)

    def _consider(self, act: Callable[[], Any]) -> tuple[Any, Trial | None]:
        """Run an act of the control API, and put the sandbox back; return what it returned, and what it changes."""
        sandbox, faults = self.sandbox, self.sandbox.faults
        before = self._history.condition
        result = act()
        after, reset = sandbox.condition(), sandbox.faults is not faults
        clear, change = self.journal.take_wish(), self._change(before, after)
        sandbox.faults = faults
        self._show()
        if not (change or clear or reset):
            return result, None
        return result, Trial(Proposal(self._seen(), change or b"{}", clear=clear, reset=reset), after)

    async def _commit(self, trial: Trial) -> bool:
        """Propose what an act of the control API changes; say whether it was taken."""
        done = False
        try:
            settled = await self._settle(trial.proposal)
            done = settled.done
            if done:
                self._keep(trial, settled)
        finally:
            if not done:
                self.journal.forget()
        return done

    async def _settle(self, proposal: Proposal) -> Settled:
        """Propose, and see what was missed where the proposal is not taken."""
        settled = await self._troupe.store.settle(self.name, proposal)
        if not settled.done:
            head, missed = settled.head, settled.missed
            if not head.epoch:
                head, missed = await self._troupe.store.create(self.name, self._troupe.limit), Missed()
            self._learn(head, missed)
        return settled

    def _learn(self, head: Head, missed: Missed = Missed()) -> None:  # noqa: B008 - a value
        """See what others did; two answers of the store may come in another order than it gave them."""
        anew = head.epoch != self.head.epoch or missed.whole
        if anew:
            self._history.begin_again()
            self.journal.begin()
        self._history.learn(missed)
        if anew or head.version >= self.head.version:
            self.head = head
        self._show()

    def _keep(self, trial: Trial, settled: Settled) -> None:
        """See what was done by oneself."""
        mine = settled.head.epoch == self.head.epoch and settled.head.version == self._history.version + 1
        if trial.proposal.change and mine:
            self._history.add(trial.after, trial.proposal.change)
        if settled.head.epoch == self.head.epoch and settled.head.version >= self.head.version:
            self.head = settled.head
        self._show()
        if self._history.is_long(settled.head) and not self._checkpointing:
            self._in_background(self._checkpoint(settled.head))

    def _show(self) -> None:
        """Let the sandbox be what is known of it."""
        self.sandbox.assume(self._history.condition)
        self.sandbox.exchanges = self.head.exchanges
        self.journal.clear_up_to(self.head.cleared)

    def _seen(self) -> Head:
        version = self._history.version
        return self.head if version == self.head.version else self.head._replace(version=version, stamp="?")

    def _change(self, before: Condition, after: Condition) -> bytes:
        change = change_between(before, after, self._troupe.worlds)
        return dumped(change) if change else b""

    def _entry(self, exchange: Exchange, version: int, *, changed: bool) -> bytes:
        return entry_bytes(exchange, before=version, changed=changed, recorded=time(), secrets=self._troupe.secrets)

    def _record_later(self, proposal: Proposal) -> None:
        """Have the entry of a read that the store waits for recorded, without waiting here."""
        store = self._troupe.store
        self._in_background(store.record(self.name, proposal.seen, proposal.entry, proposal.id, pending=True))

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(_unless_away(work))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _checkpoint(self, head: Head) -> None:
        """Put an older condition in the place of the log before it."""
        version = self._history.lasting(head)
        condition = self._history.at(version)
        if condition is None:
            return
        self._checkpointing = True
        try:
            data = await asyncio.to_thread(lambda: dumped(whole(condition, self._troupe.worlds)))
            await self._troupe.store.checkpoint(self.name, head, version, data)
        finally:
            self._checkpointing = False

    def _follow(self) -> None:
        if self._following is None or self._following.done():
            self._following = asyncio.ensure_future(follow(self, self._troupe.store))


async def _unless_away(work: Coroutine[Any, Any, None]) -> None:
    with suppress(StoreAway):
        await work
