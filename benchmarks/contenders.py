"""The contenders: what each is, what it does and does not, and how it is started."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace

from benchmarks.paths import NODE
from benchmarks.work import KONEKSI, TYK, Subject, Work

_UVICORN_FLAGS = (
    *("--host", "127.0.0.1", "--workers", "1", "--loop", "uvloop", "--http", "httptools", "--ws", "none"),
    *("--lifespan", "off", "--no-access-log", "--no-server-header", "--log-level", "critical"),
)
"""As Understudy runs uvicorn itself."""
_MODULES = NODE / "node_modules"


@dataclass(frozen=True, slots=True)
class Does:
    """What a contender does with a request."""

    requests: bool
    """Holds requests to the contract."""
    answers: bool
    """Holds answers to the contract."""
    secrets: bool
    """Looks whether a credential is the right one; one that only sees that there is one does not."""
    state: bool


@dataclass(frozen=True, slots=True)
class Contender:
    """One server of the comparison."""

    name: str
    title: str
    version: str
    """Whose version is shown: a Python distribution, or an npm package."""
    command: tuple[str, ...]
    """``{port}``, ``{contract}`` (with the answers as its examples), ``{environment}`` (Mockoon's) stand for values."""
    how: str
    does: Does
    drops_base: bool = False
    """Whether it has the contract's paths without what ``servers`` puts before them."""

    def base(self, subject: Subject) -> str:
        """Return where it has a contract's paths."""
        return "" if self.drops_base else subject.base

    def can(self, work: Work) -> bool:
        """Say whether it can do a work: one that validates no request cannot refuse one."""
        return self.does.requests or not work.refused

    def started_with(self, values: Mapping[str, str]) -> list[str]:
        """Return its command."""
        return [part.format_map(values) for part in self.command]


UNDERSTUDY = Contender(
    "understudy",
    "Understudy",
    "understudy",
    (sys.executable, "-m", "understudy", "serve", "--log-level", "error", "--port", "{port}"),
    "`understudy serve --log-level error`, as it comes: all four contracts in one process, journal, coverage and "
    "sandboxes on",
    Does(requests=True, answers=True, secrets=True, state=True),
)
PRISM = Contender(
    "prism",
    "Prism",
    "@stoplight/prism-cli",
    (
        "node",
        str(_MODULES / "@stoplight/prism-cli/dist/index.js"),
        "mock",
        "{contract}",
        "-p",
        "{port}",
        "-v",
        "silent",
    ),
    "`prism mock CONTRACT -v silent`, which answers with the contract's examples; what is wrong with an answer it "
    "tells in a header",
    Does(requests=True, answers=True, secrets=False, state=False),
    drops_base=True,
)
MOCKOON = Contender(
    "mockoon",
    "Mockoon CLI",
    "@mockoon/cli",
    (
        *("node", str(_MODULES / "@mockoon/cli/bin/run.js"), "start", "--data", "{environment}", "--port", "{port}"),
        *("--hostname", "127.0.0.1", "--disable-log-to-file", "--disable-admin-api"),
    ),
    "`mockoon-cli start` over what `mockoon-cli import` makes of the contract, which answers with its examples",
    Does(requests=False, answers=False, secrets=False, state=False),
)
BACKEND = Contender(
    "backend",
    "openapi-backend",
    "openapi-backend",
    ("node", str(NODE / "openapi_backend.mjs"), "{port}"),
    "`peers/node/openapi_backend.mjs`: express, requests and responses validated by ajv",
    Does(requests=True, answers=True, secrets=True, state=False),
)
STOCK = Contender(
    "stock",
    "stock Connexion",
    "connexion",
    (sys.executable, "-m", "uvicorn", "benchmarks.peers.stock:app", *_UVICORN_FLAGS, "--port", "{port}"),
    "`peers/stock.py`: `AsyncApp` with `validate_responses=True`; the contract with the `x-apikeyInfoFunc` that "
    "Connexion asks about credentials",
    Does(requests=True, answers=True, secrets=True, state=False),
)
BARE = Contender(
    "bare",
    "bare Starlette",
    "starlette",
    (sys.executable, "-m", "uvicorn", "benchmarks.peers.bare:app", *_UVICORN_FLAGS, "--port", "{port}"),
    "`peers/bare.py`: a route that returns a `JSONResponse`, after `await request.json()` where there is a body",
    Does(requests=False, answers=False, secrets=False, state=False),
)
PEERS = (PRISM, MOCKOON, BACKEND, STOCK, BARE)
CONTENDERS = (UNDERSTUDY, *PEERS)


def as_it_comes(contender: Contender, how: str, *without: str) -> Contender:
    """Return a contender started without what makes it quiet."""
    command = tuple(part for part in contender.command if part not in without)
    return replace(contender, name=f"{contender.name}_as_it_comes", how=how, command=command)


TALKATIVE = (
    as_it_comes(UNDERSTUDY, "`understudy serve`", "--log-level", "error"),
    as_it_comes(PRISM, "`prism mock CONTRACT`", "-v", "silent"),
    as_it_comes(MOCKOON, "`mockoon-cli start --data ENVIRONMENT`", "--disable-log-to-file", "--disable-admin-api"),
)
"""The three that have a command line, with its defaults: they tell every request, Mockoon to a file."""


@dataclass(frozen=True, slots=True)
class Field:
    """Who is compared with whom over which work."""

    name: str
    title: str
    subject: Subject
    contenders: tuple[Contender, ...]
    """Ours is the first."""
    measured: tuple[str, ...]
    """The names of the works."""

    @property
    def ours(self) -> Contender:
        """Understudy."""
        return self.contenders[0]

    @property
    def peers(self) -> tuple[Contender, ...]:
        """The others."""
        return self.contenders[1:]

    def works(self, contender: Contender | None = None) -> tuple[Work, ...]:
        """Return what is measured, or what of it a contender can do."""
        works = tuple(self.subject.work(name) for name in self.measured)
        return works if contender is None else tuple(work for work in works if contender.can(work))


_ALL = ("read", "update", "create", "list", "refused")
FIELDS = (
    Field("tyk", TYK.title, TYK, CONTENDERS, _ALL),
    Field("koneksi", KONEKSI.title, KONEKSI, CONTENDERS, ("read", "create", "list")),
    Field("as_it_comes", f"{TYK.title}, each with its defaults", TYK, TALKATIVE, ("read", "list")),
)
