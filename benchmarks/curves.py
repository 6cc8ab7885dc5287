"""What a request costs as things grow: ``python -m benchmarks.curves``; CPU time, in process.

Exit code 1 where a goal is missed. ``--largest N`` leaves out what is larger than N, for a quick look.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks.circumstances import circumstances
from benchmarks.grown import (
    WORLD,
    koneksi_members,
    made_up_part,
    scale_fixtures,
    thing_path,
    tyk_users,
    user_id,
    with_state,
)
from benchmarks.inprocess import Case, Request, alternately, microseconds
from benchmarks.paths import ROOT
from benchmarks.work import KONEKSI, TYK, fresh_number
from understudy.production import Playbill, Production
from understudy.sandboxes import Sandboxes, Worlds
from understudy.web.app import build_app

RECORDS = (100, 1_000, 10_000, 100_000, 1_000_000)
OPERATIONS = (10, 100, 500, 2_000)
SANDBOXES = (1, 10, 100, 1_000, 10_000)
EXCHANGES = (0, 100, 1_000, 10_000)
MEMBERS = (1_000, 10_000, 100_000, 300_000)
RECORDS_GOAL = 1.5
OPERATIONS_GOAL = 1.3
READY_GOAL = (100_000, 3.0)
"""Members of a crowded world, and the seconds in which it shall be ready."""
_AT_ONCE = 200
Points = list[list[float]]


def measure(largest: int) -> dict[str, Any]:
    """Return every curve up to a size."""
    found = circumstances()
    curves = []
    for curve in (over_records, over_operations, over_sandboxes, over_exchanges, over_members):
        curves.append(curve(largest))
        for line in curves[-1]["lines"]:
            told = "  ".join(f"{size:,}: {cost:,.2f}" for size, cost in line["points"])
            print(f"{curves[-1]['name']:<10} {line['title']:<26} {curves[-1]['unit']}  {told}", flush=True)
    return {"circumstances": found, "curves": curves}


def over_records(largest: int) -> dict[str, Any]:
    """Measure what a user costs among users, and a search among members."""
    production = Production(Playbill(providers=("tyk", "koneksi"), max_sandboxes=100))
    sandboxes = production.sandboxes
    world = sandboxes.world
    sizes = _up_to(RECORDS, largest)
    cases: dict[str, list[Case]] = {}
    for size in sizes:
        sandbox = sandboxes.get(f"of-{size}")
        sandbox.reset(with_state(world, "tyk", tyk_users(world, size)))
        headers = {**TYK.credential, "Understudy-Sandbox": sandbox.name}
        for title, requests in _user_requests(size, headers).items():
            cases.setdefault(title, []).append(Case(production.app, requests, sandbox.reset))
    lines = {title: _points(sizes, alternately(each)) for title, each in cases.items()}
    cases.clear()
    search: Points = []
    for size in sizes:
        sandboxes.drop(f"of-{size}")
        sandbox = sandboxes.get(f"with-{size}")
        sandbox.reset(with_state(world, "koneksi", koneksi_members(world, size)))
        headers = {**KONEKSI.credential, "Understudy-Sandbox": sandbox.name}
        found = Request("GET", f"{KONEKSI.base}/members/search", "email=nobody", headers)
        search.append([size, microseconds(production.app, [found] * (5 if size < 100_000 else 1), rounds=2)])
        sandboxes.drop(sandbox.name)
    return {
        "name": "records",
        "title": "A request",
        "over": "records in a table",
        "unit": "µs",
        "note": "Users of Tyk's Dashboard, which has three indexes over them; ten a page. What is read is a "
        "hundred of them, spread over the table. The search for a part of an "
        "address, among Koneksi's members, looks at each of them: a substring has no index, so it is linear.",
        "lines": [
            *({"title": title, "points": points, "goal": RECORDS_GOAL} for title, points in lines.items()),
            {"title": "search for a substring", "points": search},
        ],
    }


def _user_requests(size: int, headers: dict[str, str]) -> dict[str, list[Request]]:
    """Return what is asked, by its line: as many different records at every size."""
    step = size // 100
    read = [Request("GET", f"/admin/users/{user_id(number * step)}", "", headers) for number in range(100)] * 2
    return {
        "read one": read,
        "create": [Request("POST", "/admin/users", "", headers, _new_user)] * _AT_ONCE,
        "page at the start": [Request("GET", "/admin/users", "p=1", headers)] * _AT_ONCE,
        "page at the end": [Request("GET", "/admin/users", f"p={size // 10}", headers)] * _AT_ONCE,
    }


def _new_user() -> bytes:
    number = fresh_number()
    return b'{"first_name":"Ann","last_name":"Lee","email_address":"ann%d@example.com","active":true}' % number


def over_operations(largest: int) -> dict[str, Any]:
    """Measure what a GET costs among operations, and what it costs to read and compile them all."""
    starts: Points = []
    cases: list[Case] = []
    sizes = _up_to(OPERATIONS, largest)
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            started = process_time()
            part = made_up_part(Path(folder), size)
            app = build_app([part], Sandboxes(Worlds([part])))
            starts.append([size, process_time() - started])
            asked = [
                Request("GET", thing_path(number * size // 10, "1"), "", {"X-Key": "open-sesame"})
                for number in range(10)
            ]
            cases.append(Case(app, asked * (_AT_ONCE // 10)))
    requests = _points(sizes, alternately(cases))
    told = ", ".join(f"{size:,.0f} take {seconds:.2f} s" for size, seconds in starts)
    return {
        "name": "operations",
        "title": "A request",
        "over": "operations in a contract",
        "unit": "µs",
        "note": "A GET of one record, in turn by ten operations of a generated contract. To read and compile it all, "
        f"{told} of CPU time.",
        "lines": [{"title": "GET of one record", "points": requests, "goal": OPERATIONS_GOAL}],
    }


def over_sandboxes(largest: int) -> dict[str, Any]:
    """Measure what a GET costs among sandboxes."""
    production = Production(Playbill(providers=("tyk",), max_sandboxes=max(SANDBOXES) + 1))
    path = TYK.work("read").path
    one: Points = []
    each: Points = []
    for size in _up_to(SANDBOXES, largest):
        names = [f"s{number}" for number in range(size)]
        for name in names:
            production.sandboxes.get(name)
        asked = [Request("GET", path, "", {**TYK.credential, "Understudy-Sandbox": name}) for name in names]
        one.append([size, microseconds(production.app, asked[:1] * _AT_ONCE)])
        each.append([size, microseconds(production.app, asked * max(1, _AT_ONCE // size), rounds=3)])
    return {
        "name": "sandboxes",
        "title": "A request",
        "over": "sandboxes",
        "unit": "µs",
        "note": "A GET of one record, the sandbox named by a header: again and again one of them; or each in turn, "
        "which is more than the processor's caches hold.",
        "lines": [{"title": "of one of them", "points": one}, {"title": "of each in turn", "points": each}],
    }


def over_exchanges(largest: int) -> dict[str, Any]:
    """Measure what requests cost with a journal that is full, by its length."""
    read, update = TYK.work("read"), TYK.work("update")
    body = (update.written() or "").encode()
    asked = {
        "GET of one record": Request("GET", read.path, "", TYK.credential),
        "PUT of one record": Request("PUT", update.path, "", TYK.credential, lambda: bytes(bytearray(body))),
    }
    lines: dict[str, Points] = {title: [] for title in asked}
    for size in _up_to(EXCHANGES, largest):
        production = Production(Playbill(providers=("tyk",), journal=size))
        for title, request in asked.items():
            microseconds(production.app, [request] * max(size, 1), rounds=1)
            lines[title].append([size, microseconds(production.app, [request] * _AT_ONCE)])
    return {
        "name": "exchanges",
        "title": "A request",
        "over": "exchanges that the journal keeps",
        "unit": "µs",
        "note": "The journal is full: each new exchange puts out the oldest. With 0 there is none.",
        "lines": [{"title": title, "points": points} for title, points in lines.items()],
    }


def over_members(largest: int) -> dict[str, Any]:
    """Measure what it costs to start with a world, in processes of their own."""
    ready: Points = []
    alone: Points = []
    with tempfile.TemporaryDirectory() as folder:
        for size in _up_to(MEMBERS, largest):
            scale_fixtures(Path(folder), size)
            without = _ready(folder, "empty")
            ready.append([size, _ready(folder, WORLD)])
            alone.append([size, max(ready[-1][1] - without, 0.001)])
    return {
        "name": "members",
        "title": "Start",
        "over": "made-up members of the world",
        "unit": "s",
        "note": "CPU time of a process until everything is ready to be served, all four contracts, with the world "
        "`crowded`, scaled in all its parts; and what of that an empty world does not take.",
        "lines": [
            {"title": "everything ready", "points": ready, "limit": list(READY_GOAL)},
            {"title": "the world alone", "points": alone},
        ],
    }


def _ready(folder: str, world: str) -> float:
    """Return the seconds of CPU time until a server is ready, the shorter of two tries."""
    command = [sys.executable, "-m", "benchmarks.ready", folder, world]
    return min(
        float(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8").stdout)
        for _ in range(2)
    )


def _points(sizes: Sequence[int], costs: Sequence[float]) -> Points:
    return [[size, cost] for size, cost in zip(sizes, costs, strict=True)]


def _up_to(sizes: Sequence[int], largest: int) -> list[int]:
    """Return the sizes that are not too large; the first is there in any case."""
    return [size for size in sizes if size <= largest] or [sizes[0]]


if __name__ == "__main__":
    from benchmarks.__main__ import main

    sys.exit(main(["curves", *sys.argv[1:]]))
