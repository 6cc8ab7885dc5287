"""Requests a second, one after the other over the same work: ``python -m benchmarks throughput``."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.answers import WrongAnswer, check, record
from benchmarks.circumstances import circumstances, cores
from benchmarks.contenders import FIELDS, Contender, Field
from benchmarks.load import Failed, Sample, measure
from benchmarks.servers import Stage
from benchmarks.work import Work

_WARM_UP = 1
_FIRST_WARM_UP = 4
"""Node compiles what it runs often; that takes it seconds."""
_QUIET = 0.5


def compare(rounds: int, seconds: int) -> dict[str, Any]:
    """Compare every field, round by round; return the samples by field, work and contender."""
    found = circumstances()
    if found["load"] > _QUIET:
        print(f"benchmark: the machine has a load of {found['load']} already; what follows is noise in part")
    samples = {field.name: Bout(field, rounds, seconds).fought() for field in FIELDS}
    return {"circumstances": found, "rounds": rounds, "seconds": seconds, "samples": samples}


class Bout:
    """One field: every contender is served at once, checked, and loaded one after the other."""

    def __init__(self, field: Field, rounds: int, seconds: int) -> None:
        self.field = field
        self.rounds = rounds
        self.seconds = seconds
        self.core, self.load_core = cores()
        self.urls: dict[str, str] = {}
        self.recorded: dict[str, Any] = {}

    def fought(self) -> dict[str, dict[str, list[Any]]]:
        """Return what the load tool saw, by work and contender, in the order of the rounds."""
        samples: dict[str, dict[str, list[Any]]] = {work.name: {} for work in self.field.works()}
        with ExitStack() as running:
            self._serve(running)
            self._see_that_all_are_right()
            self._warm_up()
            for turn in range(self.rounds):
                for contender, work in self._pairs(turn):
                    sample = self._loaded(contender, work, self.seconds)
                    samples[work.name].setdefault(contender.name, []).append(sample[:3])
                    title = f"{self.field.name:<12} round {turn + 1}  {work.title:<23} {contender.title:<16}"
                    print(f"{title} {sample.per_second:>9,.0f} requests/s  p99 {sample.p99:.2f} ms", flush=True)
            self._see_that_all_are_right()
        return samples

    def _serve(self, running: ExitStack) -> None:
        subject, ours = self.field.subject, self.field.ours
        stage = Stage(Path(running.enter_context(tempfile.TemporaryDirectory())))
        self.urls[ours.name] = running.enter_context(stage.served(ours, subject, self.core)).url
        self.recorded = record(self.urls[ours.name], subject)
        stage.prepare(subject, self.recorded)
        for peer in self.field.peers:
            self.urls[peer.name] = running.enter_context(stage.served(peer, subject, self.core)).url

    def _warm_up(self) -> None:
        first = self.field.works()[0]
        for contender, work in self._pairs(0):
            self._loaded(contender, work, _FIRST_WARM_UP if work is first else _WARM_UP)

    def _pairs(self, turn: int) -> Iterator[tuple[Contender, Work]]:
        """Give every work by every contender that can do it, beginning with another contender each turn."""
        contenders = self.field.contenders
        first = turn % len(contenders)
        for work in self.field.works():
            for contender in contenders[first:] + contenders[:first]:
                if contender.can(work):
                    yield contender, work

    def _loaded(self, contender: Contender, work: Work, seconds: int) -> Sample:
        url, subject = self.urls[contender.name], self.field.subject
        try:
            return measure(url, subject, work, core=self.load_core, seconds=seconds, base=contender.base(subject))
        except Failed as error:
            raise Failed(f"{contender.title}, {self.field.title}: {error}") from None

    def _see_that_all_are_right(self) -> None:
        """Check the answers of all, and that who validates refuses. Raises WrongAnswer."""
        subject = self.field.subject
        for contender in self.field.contenders:
            for work in (*subject.works, *subject.to_refuse):
                if contender.can(work):
                    try:
                        check(self.urls[contender.name], subject, work, self.recorded, base=contender.base(subject))
                    except WrongAnswer as error:
                        raise WrongAnswer(f"{contender.title}, {subject.title}: {error}") from None
