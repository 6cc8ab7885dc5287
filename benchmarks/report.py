"""RESULTS.md and its pictures, out of the figures that are kept: ``python -m benchmarks report``."""

from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from benchmarks import chart
from benchmarks.contenders import CONTENDERS, FIELDS, UNDERSTUDY, Contender, Field
from benchmarks.goals import AFTER, BY_PEER, IDLE, P99, START, Figures, p99, rate, ratio, spread
from benchmarks.load import CONNECTIONS
from benchmarks.work import Work

Kept = Mapping[str, Figures | None]
"""The figures of every part of the benchmark, None where it was not run."""
SPEED = "speed.svg"


def render(kept: Kept) -> str:
    """Return RESULTS.md."""
    lines = ["# How fast it is", *_introduction()]
    sections = {
        "throughput": _throughput,
        "startup": _startup,
        "memory": _memory,
        "curves": _curves,
        "profile": _profile,
    }
    for part, section in sections.items():
        figures = kept.get(part)
        if figures is not None:
            lines += ["", *section(figures)]
    if (throughput := kept.get("throughput")) is not None:
        lines += ["", *_figures(throughput)]
    lines += ["", *_contenders(), "", *_repeat(kept)]
    return "\n".join(lines) + "\n"


def pictures(kept: Kept) -> dict[str, str]:
    """Return every picture by its file name."""
    drawn = {}
    if (figures := kept.get("throughput")) is not None:
        drawn[SPEED] = _speed(figures)
    for curve in (kept.get("curves") or {"curves": ()})["curves"]:
        lines = [chart.Line(line["title"], line["points"]) for line in curve["lines"]]
        drawn[f"{curve['name']}.svg"] = chart.curves(curve["title"], curve["over"], curve["unit"], lines)
    return drawn


def _speed(figures: Figures) -> str:
    field = FIELDS[0]
    samples = figures["samples"][field.name]
    rows = {
        contender.title: [rate(samples, work, contender) if contender.can(work) else None for work in field.works()]
        for contender in field.contenders
    }
    title = f"Requests a second, one worker each ({field.title} contract)"
    return chart.bars(title, [work.title for work in field.works()], rows, UNDERSTUDY.title)


def _introduction() -> Iterator[str]:
    yield "Written by `make bench`. **Only ratios within one run count**: a request a second is worth something else on"
    yield "every machine, and on the same machine an hour later. What misses its goal is marked ✗."
    yield "What several workers on one Redis cost and survive: [RESULTS-sharing.md](RESULTS-sharing.md)."


def _throughput(figures: Figures) -> Iterator[str]:
    yield f"![Requests a second of every server](pictures/{SPEED})\n"
    yield "How many times as many requests a second Understudy answers, validated both ways, with state and journal,"
    yield f"one worker each, by the medians of {figures['rounds']} rounds (in brackets: the lowest and highest of one)."
    for each in FIELDS:
        yield f"\n## {each.title}"
        yield from _ratios(each, figures["samples"][each.name])


def _ratios(each: Field, samples: Any) -> Iterator[str]:
    yield "| Understudy against | " + " | ".join(work.title for work in each.works()) + " | goal |"
    yield "|---|" + "---:|" * (len(each.works()) + 1)
    for peer in each.peers:
        cells = " | ".join(_ratio(each, samples, peer, work) for work in each.works())
        yield f"| {peer.title} | {cells} | {_goal(peer, each)} |"
    cells = " | ".join(_p99(each, samples, work) for work in each.works())
    yield f"| the best p99 of them, p99 | {cells} | ≤ {P99:g} × |"


def _ratio(each: Field, samples: Any, peer: Contender, work: Work) -> str:
    if not peer.can(work):
        return "cannot"
    found, goal = ratio(samples, work, each.ours, peer), BY_PEER[peer.title].goal(work)
    low, high = spread(samples, work, each.ours, peer)
    return f"**{found:.2f} ×** ({low:.2f}–{high:.2f}){_mark(found >= goal)}"


def _p99(each: Field, samples: Any, work: Work) -> str:
    best = min(p99(samples, work, peer) for peer in each.peers if peer.can(work))
    found = p99(samples, work, each.ours) / best
    return f"{found:.2f} ×{_mark(found <= P99)}"


def _goal(peer: Contender, each: Field) -> str:
    goal = BY_PEER[peer.title]
    others = [f"{work.title}: {goal.of[work.name]:g}" for work in each.works() if work.name in goal.of]
    return f"≥ {goal.times:g} ×" + (f" ({', '.join(others)})" if others else "")


def _mark(reached: bool) -> str:  # noqa: FBT001
    return "" if reached else " ✗"


def _startup(figures: Figures) -> Iterator[str]:
    seconds = {name: median(times) for name, times in figures["seconds"].items()}
    prism = seconds["prism"]
    yield "## Start"
    yield "From the start of the process to its first right answer, Understudy with all four contracts, the others with"
    yield f"one; the median of {figures['starts']} starts. Goal: ≤ {START:g} × Prism's.\n"
    yield "| server | seconds | min–max | of Prism's |"
    yield "|---|---:|---:|---:|"
    for contender in CONTENDERS:
        times, took = figures["seconds"][contender.name], seconds[contender.name]
        mark = _mark(contender is not UNDERSTUDY or took <= START * prism)
        yield f"| {contender.title} | {took:.2f} | {min(times):.2f}–{max(times):.2f} | {took / prism:.2f} ×{mark} |"


def _memory(figures: Figures) -> Iterator[str]:
    weights = figures["weights"]
    prism = weights["prism"]["idle"]
    yield "## Memory"
    yield "Megabytes of the server's process and all below it (the sum of Pss), after the first answer and after"
    yield "many requests: GET, PUT and list in turn, 1,000 exchanges kept in Understudy's journal."
    yield f"Goals: idle ≤ {IDLE:g} × Prism's; after 100,000 requests ≤ {AFTER:g} × idle.\n"
    yield "| server | idle | of Prism's | after | of idle | requests |"
    yield "|---|---:|---:|---:|---:|---:|"
    for contender in CONTENDERS:
        seen = weights[contender.name]
        idle, grown = seen["idle"] / prism, seen["after"] / seen["idle"]
        ours = contender is UNDERSTUDY
        yield (
            f"| {contender.title} | {seen['idle']:.0f} | {idle:.2f} ×{_mark(not ours or idle <= IDLE)} "
            f"| {seen['after']:.0f} | {grown:.2f} ×{_mark(not ours or grown <= AFTER)} | {seen['requests']:,.0f} |"
        )


def _curves(figures: Figures) -> Iterator[str]:
    yield "## What does not grow"
    yield "CPU time in process, through the whole application from the edge on, at the best of several rounds; in"
    yield "brackets as a ratio to the smallest size. A goal is about the highest such ratio."
    for curve in figures["curves"]:
        yield f"\n### {curve['title']} over {curve['over']}"
        yield f"{curve['note']}\n"
        yield f"![{curve['title']} over {curve['over']}](pictures/{curve['name']}.svg)\n"
        sizes = [size for size, _ in curve["lines"][0]["points"]]
        yield f"| {curve['unit']} | " + " | ".join(f"{size:,}" for size in sizes) + " | goal |"
        yield "|---|" + "---:|" * (len(sizes) + 1)
        for line in curve["lines"]:
            yield f"| {line['title']} | " + " | ".join(_cells(line)) + f" | {_curve_goal(line, curve)} |"


def _cells(line: Mapping[str, Any]) -> Iterator[str]:
    first = line["points"][0][1]
    goal, limit = line.get("goal"), line.get("limit")
    for size, cost in line["points"]:
        over = limit is not None and size == limit[0] and cost > limit[1]
        missed = over or (goal is not None and cost > goal * first)
        yield f"{chart.told(cost)} ({chart.told(cost / first)} ×){_mark(not missed)}"


def _curve_goal(line: Mapping[str, Any], curve: Mapping[str, Any]) -> str:
    if line.get("goal"):
        return f"≤ {line['goal']:g} ×"
    if line.get("limit"):
        return f"{line['limit'][0]:,}: ≤ {line['limit'][1]:g} {curve['unit']}"
    return ""


def _profile(figures: Figures) -> Iterator[str]:
    yield "## Where the microseconds go"
    yield f"{figures['note']}\n"
    yield "| " + " | ".join(figures["columns"]) + " |"
    yield "|" + "".join("---|" if isinstance(value, str) else "---:|" for value in figures["rows"][0])
    for row in figures["rows"]:
        yield "| " + " | ".join(f"{value:.2f}" if isinstance(value, float) else str(value) for value in row) + " |"


def _figures(figures: Figures) -> Iterator[str]:
    yield "## The figures behind the ratios"
    for each in FIELDS:
        samples = figures["samples"][each.name]
        yield f"\n### {each.title}"
        yield "| work | server | requests/s, median | min–max | p50 | p99 |"
        yield "|---|---|---:|---:|---:|---:|"
        for work in each.works():
            for contender in each.contenders:
                if contender.can(work):
                    yield _figure(samples[work.name][contender.name], work, contender)


def _figure(seen: list[list[float]], work: Work, contender: Contender) -> str:
    rates = [sample[0] for sample in seen]
    p50, p99 = (median(sample[at] for sample in seen) for at in (1, 2))
    return (
        f"| {work.title} | {contender.title} | {median(rates):,.0f} | {min(rates):,.0f}–{max(rates):,.0f} "
        f"| {p50:.2f} ms | {p99:.2f} ms |"
    )


def _contenders() -> Iterator[str]:
    yield "## Who does what"
    yield "| server | holds requests to the contract | holds answers to it | knows right credentials | keeps state |"
    yield "|---|---|---|---|---|"
    for contender in CONTENDERS:
        does = contender.does
        facts = (does.requests, does.answers, does.secrets, does.state)
        yield f"| {contender.title} | " + " | ".join("yes" if fact else "no" for fact in facts) + " |"
    yield ""
    yield from (f"- **{contender.title}**: {contender.how}." for contender in CONTENDERS)
    yield "\nEach has one worker and no log of requests but where the defaults are compared. All answer the same JSON:"
    yield "what Understudy answers is recorded, and the others give it back. Status and JSON of each are compared"
    yield "before and after the measuring; those that hold requests to the contract must also refuse a missing"
    yield "credential and a parameter or body that breaks it. What a server cannot do is not measured. What a POST"
    yield "creates, Understudy keeps, every time another one; the others only answer as if. Koneksi's POST has a"
    yield "password, of which Understudy keeps a hash, as a server would."
    yield "\nUnderstudy keeps a record immutable, so one that was held to the contract once, and has not been replaced,"
    yield "is not checked or written again when it is read again. A PUT makes a new record."


def _repeat(kept: Kept) -> Iterator[str]:
    yield "## How to repeat it"
    yield "```sh"
    yield "make bench                                        # everything"
    yield 'make bench ARGS="throughput --rounds 5 --seconds 5"   # a part: throughput, startup, memory, curves, profile'
    yield "make curves"
    yield "```"
    yield f"wrk with {CONNECTIONS} connections on one core, the servers pinned to another; in each round every work by"
    yield "every server in turn, after a warm-up. Exit code 1 says that a goal is missed. The figures of each part are"
    yield "kept in `figures/`.\n"
    yield "| part | the machine's load just before | |"
    yield "|---|---:|---|"
    for part, figures in kept.items():
        if figures is not None and "circumstances" in figures:
            found = figures["circumstances"]
            how = f"{figures['rounds']} rounds of {figures['seconds']} s, " if part == "throughput" else ""
            yield f"| {part} | {found['load']:.1f} on {found['cores']} cores | {how}{found['day']} |"
    yield "\nThe less load, the better: what else runs on the machine is in the figures."
    found = next(
        (figures["circumstances"] for figures in kept.values() if figures and "circumstances" in figures), None
    )
    if found is not None:
        versions = " · ".join(f"{name} {version}" for name, version in found["versions"].items())
        yield f"\n{found['processor']} · {found['system']} · {versions}"
