"""Was it asked as often as it should have been, and if not, what came nearest."""

from collections.abc import Iterable
from heapq import nsmallest
from typing import Any, NamedTuple

from understudy.contract.secrets import Secrets
from understudy.control.criteria import criteria_of
from understudy.control.entries import Shown
from understudy.control.room import Room
from understudy.control.unhurried import unhurried
from understudy.journal import Exchange, Journal
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.matching import Miss

_NEAREST = 5
_RANKS = {"operationId": 0, "provider": 0, "path": 1, "method": 2}
_TOLD = 3
"""Differences of the nearest exchange that the detail tells."""


class Times(NamedTuple):
    """How often is right."""

    least: int
    most: int | None

    @classmethod
    def of(cls, data: Any) -> "Times":
        """Read a number, or a mapping of ``atLeast`` and ``atMost``. Raises Refusal where nothing could be right."""
        if data is None:
            return cls(1, None)
        if isinstance(data, int):
            return cls(data, data)
        least, most = data.get("atLeast", 0), data.get("atMost")
        if most is not None and least > most:
            raise Refusal("unusable_criteria", detail=f"times: no number is at least {least} and at most {most}")
        return cls(least, most)

    def hold(self, count: int) -> bool:
        """Say whether a count is right."""
        return self.least <= count and (self.most is None or count <= self.most)

    def __str__(self) -> str:
        if self.least == self.most:
            return f"exactly {self.least}"
        words = [f"at least {self.least}"] if self.least or self.most is None else []
        return " and ".join([*words, *([] if self.most is None else [f"at most {self.most}"])])

    def as_data(self) -> dict[str, int]:
        """Return it as JSON data."""
        return {"atLeast": self.least} | ({} if self.most is None else {"atMost": self.most})


@unhurried(lambda _: Answer("verified", {"count": 0, "lost": 0}))
def verify_requests(room: Room, call: Call) -> tuple[Answer, Room]:
    """Say how many exchanges meet criteria. Raises Refusal where that is not as often as it should be."""
    journal, wish = room.sandbox.journal, call.body
    if not journal.limit:
        raise Refusal("journal_off")
    times, criteria = Times.of(wish.get("times")), criteria_of(room, wish)
    matched: list[Exchange] = []
    missed: list[tuple[Exchange, list[Miss]]] = []
    for exchange in journal.newest():
        misses = criteria.misses(exchange)
        if misses:
            missed.append((exchange, misses))
        else:
            matched.append(exchange)
    if times.hold(len(matched)):
        return Answer("verified", {"count": len(matched), "lost": journal.lost}), room
    few = len(matched) < times.least
    nearest = [_near(*pair, room.house.secrets) for pair in _nearest(missed)] if few else []
    raise Refusal(
        "verification_failed",
        detail=_detail(journal, times, len(matched), nearest),
        count=len(matched),
        expected=times.as_data(),
        nearest=nearest,
        matched=[_summary(exchange, Shown.of(exchange, room.house.secrets)) for exchange in matched[:_NEAREST]],
    )


def _nearest(missed: Iterable[tuple[Exchange, list[Miss]]]) -> list[tuple[Exchange, list[Miss]]]:
    """Return the exchanges that differ least: the operation counts most, then path, then method, then how much.

    Where some are of the right operation, those of others are no near misses.
    """
    found = nsmallest(_NEAREST, missed, key=lambda pair: _distance(pair[1]))
    return [pair for pair in found if _distance(pair[1])[0] == _distance(found[0][1])[0]]


def _distance(misses: list[Miss]) -> tuple[float, ...]:
    ranks = [0.0, 0.0, 0.0, 0.0]
    for miss in misses:
        rank = _RANKS.get(miss.word, 3)
        ranks[rank] += _path_distance(miss) if rank == 1 else 1
    return tuple(ranks)


def _path_distance(miss: Miss) -> float:
    """Return how much of a path differs, from nearly 0 to 1; 1 where it is not known what it must be."""
    if not isinstance(miss.wanted, str):
        return 1
    there, wanted = str(miss.value).split("/"), miss.wanted.split("/")
    same = sum(one == other for one, other in zip(there, wanted, strict=False))
    return 1 - same / (max(len(there), len(wanted)) + 1)


def _near(exchange: Exchange, misses: list[Miss], secrets: Secrets) -> dict[str, Any]:
    shown = Shown.of(exchange, secrets)
    differences = [miss.sentence(secrets, shown.known, shown.within) for miss in misses]
    return {**_summary(exchange, shown), "differences": differences}


def _summary(exchange: Exchange, shown: Shown) -> dict[str, Any]:
    return {
        "id": exchange.id,
        "method": exchange.method,
        "path": shown.path,
        "status": None if exchange.reply is None else exchange.reply.status,
    }


def _detail(journal: Journal, times: Times, count: int, nearest: list[dict[str, Any]]) -> str:
    said = [f"{times} wanted, {count} found among the {len(journal)} exchanges in the journal"]
    if nearest:
        first = nearest[0]
        differences = "; ".join(first["differences"][:_TOLD])
        said.append(f"nearest is {first['id']}, {first['method']} {first['path']}: {differences}")
    if journal.lost:
        said.append(
            f"{journal.lost} earlier exchanges have fallen out of the journal, which keeps the last "
            f"{journal.limit} and 16 MB of them: they were not looked at (--journal keeps more)"
        )
    return ". ".join(said)
