"""Figures that nobody measured."""

from typing import Any

from benchmarks.contenders import CONTENDERS, FIELDS, UNDERSTUDY

CIRCUMSTANCES: dict[str, Any] = {
    "load": 0.2,
    "cores": 2,
    "day": "2026-01-01",
    "processor": "An abacus",
    "system": "Linux",
    "versions": {"Python": "3.11", "wrk": "4"},
}


def throughput(faster: float = 100.0, p99: float = 1.0) -> dict[str, Any]:
    """Return figures in which Understudy is so many times as fast as each peer."""
    samples = {
        field.name: {
            work.name: {
                contender.name: (
                    [[faster * 1000, 1.0, p99], [faster * 1100, 1.0, p99], [faster * 900, 1.0, p99]]
                    if contender is field.ours
                    else [[1000.0, 1.0, 2.0]] * 3
                )
                for contender in field.contenders
                if contender.can(work)
            }
            for work in field.works()
        }
        for field in FIELDS
    }
    return {"circumstances": CIRCUMSTANCES, "rounds": 3, "seconds": 2, "samples": samples}


def startup(ours: float = 0.5) -> dict[str, Any]:
    """Return figures in which the others start within two seconds."""
    seconds = {each.name: [ours] * 3 if each is UNDERSTUDY else [2.0, 1.9, 2.4] for each in CONTENDERS}
    return {"circumstances": CIRCUMSTANCES, "starts": 3, "seconds": seconds}


def memory(idle: float = 80.0, after: float = 90.0) -> dict[str, Any]:
    """Return figures in which the others weigh 200 MB."""
    weights = {
        each.name: {"idle": idle, "after": after, "requests": 100_000}
        if each is UNDERSTUDY
        else {"idle": 200.0, "after": 210.0, "requests": 5000}
        for each in CONTENDERS
    }
    return {"circumstances": CIRCUMSTANCES, "weights": weights}


def curves(grown: float = 11.0, ready: float = 2.0) -> dict[str, Any]:
    """Return figures of what costs 10 µs at first, and of a world that is ready after some seconds."""
    reading = {"title": "read one", "points": [[100, 10.0], [1000, 10.5], [1_000_000, grown]], "goal": 1.5}
    search = {"title": "search", "points": [[100, 50.0], [1000, 500.0], [1_000_000, 500_000.0]]}
    world = {"title": "ready", "points": [[1000, 0.5], [100_000, ready]], "limit": [100_000, 3.0]}
    return {
        "circumstances": CIRCUMSTANCES,
        "curves": [
            {
                "name": "records",
                "title": "A request",
                "over": "records in a table",
                "unit": "µs",
                "note": "Of users.",
                "lines": [reading, search],
            },
            {
                "name": "world",
                "title": "Start",
                "over": "members",
                "unit": "s",
                "note": "Of a world.",
                "lines": [world],
            },
        ],
    }


def profile() -> dict[str, Any]:
    """Return a table of one stage."""
    return {
        "circumstances": CIRCUMSTANCES,
        "note": "In process.",
        "columns": ["stage", "what", "GET", "PUT"],
        "rows": [["routing", "finds it", 1.5, 2.0]],
    }


def everything() -> dict[str, Any]:
    """Return the figures of every part, all goals reached."""
    return {
        "throughput": throughput(),
        "startup": startup(),
        "memory": memory(),
        "curves": curves(),
        "profile": profile(),
    }
