"""What came of a run, as a table."""

from collections.abc import Iterator

from tests.soak.run import CLIENTS, Outcome


def table(outcome: Outcome) -> str:
    """Return the table, and beneath it what was found."""
    rows = dict(_rows(outcome))
    width = max(map(len, rows))
    lines = [f"  {name:<{width}}  {value}" for name, value in rows.items()]
    tally = outcome.tally
    if tally.findings:
        lines.append(f"  {len(tally.findings) + tally.more} findings; --seed {tally.seed} makes everybody do the same:")
        lines += [f"  - {finding}" for finding in tally.findings]
    else:
        lines.append("  nothing was found")
    return "\n".join([f"{outcome.plan.variant}, {outcome.plan.seconds:g} s, seed {tally.seed}", *lines, ""])


def _rows(outcome: Outcome) -> Iterator[tuple[str, str]]:
    tally, idle, seconds = outcome.tally, outcome.idle[-1], outcome.plan.seconds
    yield "clients", str(CLIENTS)
    yield "requests answered", f"{tally.done['requests answered']:,}"
    yield "requests a second", f"{tally.done['requests answered'] / seconds:,.0f}"
    for what, times in sorted(tally.done.items()):
        if what != "requests answered":
            yield what, f"{times:,}"
    yield "slowest answer", f"{tally.slowest:.2f} s"
    growth = outcome.growth
    yield "memory", f"{growth.before:.1f} MB after the warm-up, {growth.after:.1f} MB at the end: × {growth.ratio:.3f}"
    yield "file descriptors", f"{outcome.start.files} at the start, {idle.files} when all clients were gone"
    yield "threads", f"{outcome.start.threads} at the start, {idle.threads} when all clients were gone"
    yield "CPU when left alone", f"{outcome.idle_share:.1%} of a core"
