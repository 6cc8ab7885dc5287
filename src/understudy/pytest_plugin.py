"""The pytest plugin: a mock for the session, a sandbox for each test, and what was said in it where one fails.

Whoever does not ask for its fixtures or options pays for none of it: all else is imported when it is needed.
"""

import json
import re
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from difflib import get_close_matches
from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from understudy import Sandbox, Understudy

_URL = "--understudy-url"
_TOKEN = "--understudy-admin-token"  # noqa: S105 - the option's name
_MARK = "--understudy-coverage-fail-under"
_ARGUMENTS: Mapping[str, tuple[type, ...]] = {"world": (str,), "seed": (int,), "now": (datetime, str)}
_SHOWN = 20
"""Exchanges in the report of a failing test."""
_NAME = 64
"""Letters that a sandbox's name may have."""

_sandbox_of = pytest.StashKey["Sandbox"]()
_coverages = pytest.StashKey[list[Any]]()
_verdict = pytest.StashKey[str]()
_run = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("understudy", "Understudy, a stateful mock of HTTP APIs")
    group.addoption(_URL, metavar="URL", help="use the mock that runs there instead of starting one")
    group.addoption(_TOKEN, metavar="TOKEN", help="what that mock asks for; better UNDERSTUDY_ADMIN_TOKEN")
    group.addoption(
        _MARK,
        metavar="PERCENT",
        type=_percent,
        help="fail if the tests exercise less of the contracts; a mock at --understudy-url begins to count anew",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; see that somebody answers at ``--understudy-url``. Raises UsageError."""
    config.addinivalue_line(
        "markers",
        "understudy(world=…, seed=…, now=…): what the test's sandbox starts from; now: its clock stands still",
    )
    worker = getattr(config, "workerinput", None)
    config.stash[_coverages] = []
    config.stash[_run] = worker["testrunuid"] if worker else uuid4().hex
    url = config.getoption(_URL)
    if url is not None and worker is None:
        from understudy import UnderstudyError

        try:
            with _at(url, config) as mock:
                if config.getoption(_MARK) is not None:
                    mock.control.ask("DELETE", "/coverage")
        except UnderstudyError as error:
            raise pytest.UsageError(f"{_URL}: {error}") from None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a test whose marker says what cannot be said fail, with or without a sandbox."""
    for mark in item.iter_markers("understudy"):
        wrong = _wrong(mark)
        if wrong:
            pytest.fail(f"@pytest.mark.understudy: {wrong}", pytrace=False)


@pytest.fixture(scope="session")
def understudy_options() -> dict[str, Any]:
    """Options of the session's mock, as Understudy takes them; override it in a conftest.py."""
    return {}


@pytest.fixture(scope="session")
def understudy(pytestconfig: pytest.Config, understudy_options: dict[str, Any]) -> Iterator["Understudy"]:
    """The session's mock: one of its own on a free port, or the one at ``--understudy-url``."""
    url = pytestconfig.getoption(_URL)
    with _in_a_sentence():
        mock = (_own(understudy_options) if url is None else _at(url, pytestconfig)).start()
    try:
        yield mock
        if pytestconfig.getoption(_MARK) is not None and url is None:
            pytestconfig.stash[_coverages].append(mock.coverage())
    finally:
        mock.stop()


@pytest.fixture
def sandbox(understudy: "Understudy", request: pytest.FixtureRequest) -> Iterator["Sandbox"]:
    """A fresh, isolated sandbox, named after the test; the marker ``understudy`` says what it starts from."""
    wish: dict[str, Any] = {}
    for mark in request.node.iter_markers("understudy"):
        wish = {**mark.kwargs, **wish}  # the closest says it
    own = understudy.sandbox(_name_of(request.node))
    with _in_a_sentence():
        own.make_anew(wish.get("world"), wish.get("seed"))
    request.node.stash[_sandbox_of] = own
    try:
        if "now" in wish:
            with _in_a_sentence():
                own.clock.freeze(wish["now"])
        yield own
    finally:
        del request.node.stash[_sandbox_of]
        with _in_a_sentence():
            own.drop()


@pytest.fixture(scope="session")
def sandbox_factory(understudy: "Understudy", pytestconfig: pytest.Config) -> Iterator[Callable[..., "Sandbox"]]:
    """Make sandboxes for fixtures of a wider scope, or a second one: ``sandbox_factory("shop", world="empty")``.

    It takes ``world``, ``seed`` and ``now`` as the marker does. They are dropped at the session's end.
    """
    made: list[Sandbox] = []

    def make(
        name: str = "sandbox", *, world: str | None = None, seed: int | None = None, now: datetime | str | None = None
    ) -> "Sandbox":
        own = understudy.sandbox(_unique(name, f"{name} {len(made)}", pytestconfig))
        own.make_anew(world, seed)
        made.append(own)
        if now is not None:
            own.clock.freeze(now)
        return own

    try:
        yield make
    finally:
        with _in_a_sentence():
            for own in made:
                own.drop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Show what was said in the sandboxes of a test that fails: its own, and those that its fixtures gave it."""
    report: pytest.TestReport = yield  # type: ignore[assignment]
    if report.failed:
        for own in _sandboxes_of(item):
            report.sections.append((f"understudy: exchanges of sandbox {own.name}", _exchanges(own)))
    return report  # type: ignore[return-value]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take in what the tests of one xdist worker exercised."""
    for told in json.loads(getattr(node, "workeroutput", {}).get("understudy_coverages", "[]")):
        node.config.stash[_coverages].append(told)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a session whose tests exercised too little: of all workers together."""
    config = session.config
    least = config.getoption(_MARK)
    if least is None:
        return
    output = getattr(config, "workeroutput", None)
    if output is not None:
        output["understudy_coverages"] = json.dumps(config.stash[_coverages])
        return
    verdict = _judged(config, least)
    if verdict is not None:
        config.stash[_verdict] = verdict
        if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say why the session fails."""
    verdict = config.stash.get(_verdict, None)
    if verdict is not None:
        terminalreporter.write_line(f"understudy: {verdict}", red=True, bold=True)


def _judged(config: pytest.Config, least: float) -> str | None:
    """Say what was exercised where it is too little; None where it is enough."""
    from understudy import UnderstudyError
    from understudy.client.coverage import merged, percent, shares

    reports, url = config.stash[_coverages], config.getoption(_URL)
    if url is not None:
        try:
            with _at(url, config) as mock:
                reports.append(mock.coverage())
        except UnderstudyError as error:
            return f"what the tests exercised is not known: {error}"
    touched = merged(reports)
    share = percent(touched.values())
    if share >= least:
        return None
    return f"the tests exercised {share} % of the contracts ({shares(touched)}); {_MARK} demands {least:g} %"


@contextmanager
def _in_a_sentence() -> Iterator[None]:
    """Let a fixture that cannot be had fail with the sentence that says why, without the way there."""
    from understudy import UnderstudyError

    try:
        yield
    except UnderstudyError as error:
        raise pytest.fail.Exception(f"understudy: {error}", pytrace=False) from None


def _own(options: dict[str, Any]) -> "Understudy":
    from understudy import CannotStart, Understudy

    try:
        return Understudy(**options)
    except TypeError as error:
        raise CannotStart(f"understudy_options={options!r}: {error}") from None


def _at(url: str, config: pytest.Config) -> "Understudy":
    from understudy import Understudy

    return Understudy.at(url, admin_token=config.getoption(_TOKEN))


def _sandboxes_of(item: pytest.Item) -> "list[Sandbox]":
    module = sys.modules.get("understudy.client.sandbox")
    if module is None:  # nobody can have made one
        return []
    given = (item.stash.get(_sandbox_of, None), *getattr(item, "funcargs", {}).values())
    return list({value.name: value for value in given if isinstance(value, module.Sandbox)}.values())


def _exchanges(own: "Sandbox") -> str:
    """Return the last exchanges of a sandbox, a line each, and what was wrong with them."""
    from understudy import RecordedExchange

    try:
        found = own.server.control.ask("GET", "/requests", own.name, params={"limit": _SHOWN})
        entries = [RecordedExchange.of(entry) for entry in reversed(found["items"])]
    except Exception as error:  # noqa: BLE001 - whatever it is, the report of the failure goes on
        return f"they could not be read: {error}"
    earlier = found["total"] - len(entries)
    lines = [f"({earlier} earlier)"] if earlier else []
    return "\n".join([*lines, *map(str, entries)]) or "none: nothing was sent to it"


def _name_of(item: pytest.Item) -> str:
    """Return a name for a test's sandbox that no other test has, of this run, another worker, or another run."""
    return _unique(item.name, item.nodeid, item.config)


def _unique(name: str, what: str, config: pytest.Config) -> str:
    worker = getattr(config, "workerinput", {}).get("workerid", "")
    mark = blake2b(f"{config.stash[_run]} {worker} {what}".encode(), digest_size=4).hexdigest()
    tail = "-".join(filter(None, (worker, mark)))
    told = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-")
    return f"{told[: _NAME - 1 - len(tail)]}-{tail}"


def _wrong(mark: pytest.Mark) -> str | None:
    """Say what is wrong with a marker; None where nothing is."""
    known = ", ".join(_ARGUMENTS)
    if mark.args:
        return f"{mark.args[0]!r} has no name; write {known} as keywords, such as world='empty'"
    for name, value in mark.kwargs.items():
        if name not in _ARGUMENTS:
            near = get_close_matches(name, _ARGUMENTS, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            return f"unknown argument {name!r}; there are {known}{hint}"
        if not isinstance(value, _ARGUMENTS[name]) or isinstance(value, bool):
            kinds = " or ".join(kind.__name__ for kind in _ARGUMENTS[name])
            return f"{name}={value!r} must be {kinds}"
        if isinstance(value, datetime) and value.tzinfo is None:
            return f"{name}={value!r} has no time zone; give one, such as tzinfo=UTC"
    return None


def _percent(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise ArgumentTypeError(f"{text!r} is no number from 0 to 100")
    return value
