"""How quick the reference is: ``python -m benchmarks.docs [--requests N]``; exit code 1 where a goal is missed.

The median answer time of a page beside that of a bare Starlette page of the same bytes, one request
after the other; and in a browser, a search among a thousand operations, from the key to the next frame.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

import httpx

from benchmarks.circumstances import Unsuitable, cores
from benchmarks.contenders import BARE, UNDERSTUDY, Contender
from benchmarks.peers import page as peer
from benchmarks.servers import NotServed, Stage
from benchmarks.work import TYK

PAGES = ("/docs/tyk", "/docs/tyk/update_organisation")
GOAL = 30.0
SEARCH_GOAL = 50.0
_COUNT = 1000
_WARM_UP = 20
_SEARCH = """async () => {
  const search = document.getElementById("search");
  const times = [];
  for (const typed of ["5", "55", "555", "", "kind 12", "nothing at all", "", "forest", "plant_7", ""]) {
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const started = performance.now();
    search.value = typed;
    search.dispatchEvent(new Event("input"));
    document.getElementById("operations").getBoundingClientRect();
    times.push(performance.now() - started);
  }
  return times;
}"""


def main() -> int:
    """Measure, print, and say whether the goals are met."""
    parser = argparse.ArgumentParser(prog="benchmarks.docs", description=__doc__)
    parser.add_argument("--requests", type=int, default=300)
    count = parser.parse_args().requests
    try:
        passed = all([*(answer_times(path, count) for path in PAGES), search_times()])
    except (NotServed, Unsuitable) as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 2
    return 0 if passed else 1


def bare_page(file: Path) -> Contender:
    """Return a bare Starlette page of the same bytes."""
    command = tuple(part.replace("peers.bare", "peers.page") for part in BARE.command)
    return replace(BARE, name="page", title="bare Starlette page", command=("env", f"{peer.VARIABLE}={file}", *command))


def answer_times(path: str, count: int) -> bool:
    """Print how long a page takes beside a bare one; say whether it is quick enough."""
    with ExitStack() as running:
        core, _ = cores()
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        stage = Stage(folder)
        url = running.enter_context(stage.served(UNDERSTUDY, TYK, core)).url
        client = running.enter_context(httpx.Client())
        content = client.get(url + path).content
        page = folder / "page.html"
        page.write_bytes(content)
        bare = running.enter_context(stage.served(bare_page(page), TYK, core)).url
        own = _median(lambda: client.get(url + path), count)
        other = _median(lambda: client.get(bare + "/"), count)
    verdict = "pass" if own < GOAL else "FAIL"
    print(f"{verdict}  {path}: {own:.2f} ms, {len(content):,} bytes; bare page of the same bytes: {other:.2f} ms")
    return own < GOAL


def search_times() -> bool:
    """Print how long a search among a thousand operations takes; say whether it is quick enough."""
    from playwright.sync_api import sync_playwright

    from tests.browser.chromium import launch
    from tests.support.many import many_served

    with many_served(_COUNT) as url, sync_playwright() as playwright, launch(playwright) as browser:
        page = browser.new_page()
        page.goto(f"{url}/docs/many")
        page.locator("#search").focus()
        times: list[float] = page.evaluate(_SEARCH)
    verdict = "pass" if max(times) < SEARCH_GOAL else "FAIL"
    print(f"{verdict}  search among {_COUNT:,} operations: {median(times):.1f} ms, longest {max(times):.1f} ms")
    return max(times) < SEARCH_GOAL


def _median(ask: Callable[[], httpx.Response], count: int) -> float:
    for _ in range(_WARM_UP):
        ask().raise_for_status()
    times = []
    for _ in range(count):
        started = perf_counter()
        ask()
        times.append(1000 * (perf_counter() - started))
    return median(times)


if __name__ == "__main__":
    sys.exit(main())
