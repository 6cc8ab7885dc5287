"""The parts that can be played: each provider with its contract and its fixture, found by name."""

import importlib
import pkgutil
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import orjson

from understudy.contract.contract import Contract
from understudy.fixtures import Fixture
from understudy.kernel.cast import Cast, FixtureError
from understudy.kernel.mint import Mint
from understudy.kernel.provider import Keyring, Provider
from understudy.kernel.state import State
from understudy.source import SourceError

_HERE = Path(__file__).parent
_OWN_CONTRACTS = ("control",)
_STUMBLES = (Exception, SystemExit)
"""What a seed function raises over a value that it cannot use, or for a fault of its own."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where contracts, fixtures and provider packages are looked for."""

    openapi: Path
    fixtures: Path
    package: str = "understudy.providers"

    @classmethod
    def default(cls) -> "Places":
        """Return the places of this installation: inside the package, or around it in a checkout."""
        packed = _HERE / "data"
        root = packed if packed.is_dir() else _HERE.parents[1]
        return cls(root / "openapi", root / "fixtures")

    def names(self) -> tuple[str, ...]:
        """Return the names of the providers whose package stands here, in alphabetical order."""
        package = importlib.import_module(self.package)
        return tuple(sorted(module.name for module in pkgutil.iter_modules(package.__path__) if module.ispkg))

    def contracts(self) -> tuple[str, ...]:
        """Return the names of the vendors' contracts that stand here."""
        return tuple(sorted(path.stem for path in self.openapi.glob("*.yaml") if path.stem not in _OWN_CONTRACTS))


@dataclass(frozen=True, slots=True)
class Part:
    """One provider, ready to be played."""

    contract: Contract
    provider: Provider
    fixture: Fixture

    @property
    def name(self) -> str:
        """The provider's name."""
        return self.provider.name

    def state(self, world: str, seed: int) -> State:
        """Build the starting state of a world. Raises SourceError for a fixture that cannot be played."""
        cast = self.fixture.cast(world, Mint(seed, self.name))
        try:
            return self._seeded(cast)
        except FixtureError as error:
            said = str(error)
            raise SourceError(
                said if said.startswith(f"{self.fixture.label}:") else f"{cast.source}: {said}"
            ) from error
        except _STUMBLES as error:
            where = self._culprit(cast)
            if where == cast.source:
                remedy = f"correct it, or the seed function ({_place(error)})"
                raise SourceError(f"{where}: world {world!r} cannot be played: {_told(error)}; {remedy}") from error
            raise SourceError(
                f"{where}: this persona cannot be played: {_told(error)}; correct what it says"
            ) from error

    def _seeded(self, cast: Cast) -> State:
        state = self.provider.seed(cast)
        if type(state) is not self.provider.state:
            raise TypeError(f"the seed function returned {state!r:.100}, no {self.provider.state.__name__}")
        return state

    def _culprit(self, cast: Cast) -> str:
        """Return file:line of the persona without whom the world can be built; of the world if there is none."""
        for collection, section in cast.collections.items():
            for number, persona in reversed(tuple(enumerate(section.personas))):
                try:
                    self.provider.seed(cast.without(collection, number))
                except (FixtureError, *_STUMBLES):
                    continue
                return persona.source
        return cast.source

    def keyring(self, extra: Iterable[str] = (), *, any: bool = False) -> Keyring:
        """Return the accepted credentials: the fixture's and ``extra`` ones.

        An extra credential is its value, or ``VALUE:VALUE`` where the contract asks for several
        schemes together, in the contract's order. Raises SourceError for a wrong number of values.
        """
        known = [frozenset(credential.items()) for credential in self.fixture.credentials]
        known += [frozenset(self._credential(value).items()) for value in extra]
        return Keyring(frozenset(known), any)

    def _credential(self, value: str) -> dict[str, str]:
        requirement = self.contract.source.data.get("security") or [{}]
        schemes = list(requirement[0])
        values = value.split(":", len(schemes) - 1) if len(schemes) > 1 else [value]
        if len(values) != len(schemes) or not all(values):
            form = ":".join(scheme.upper() for scheme in schemes) or "nothing: this API has no credentials"
            raise SourceError(f"--credential {self.name}=…: expected {self.name}={form}")
        return dict(zip(schemes, values, strict=True))


def _told(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"SyntaxError: {error.msg}"
    return str(error) if type(error) is ValueError else f"{type(error).__name__}: {_one_line(error)}"


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]


def _place(error: BaseException) -> str:
    """Return file:line of where an error was raised: the last place that is none of the import machinery."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{_short(error.filename)}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    last = next((frame for frame in reversed(frames) if not frame.filename.startswith("<frozen")), frames[-1])
    return f"{_short(last.filename)}:{last.lineno}"


def _short(filename: str) -> str:
    return f"{Path(filename).parent.name}/{Path(filename).name}"


def load_part(name: str, places: Places) -> Part:
    """Load one provider by name. Raises SourceError where a piece of it is missing or broken."""
    try:
        module = importlib.import_module(f"{places.package}.{name}")
    except (Exception, SystemExit) as error:
        raise SourceError(f"{_place(error)}: {name} cannot be imported: {_told(error)}; correct it there") from error
    provider = getattr(module, "PROVIDER", None)
    if not isinstance(provider, Provider):
        raise SourceError(f"{places.package}.{name} exports no PROVIDER")
    contract = Contract.load(places.openapi / f"{name}.yaml", provider)
    fixture = Fixture.load(name, places.fixtures / f"{name}.yaml")
    fixture.require_schemes(contract.source.data.get("components", {}).get("securitySchemes", {}))
    return Part(contract, provider, fixture)


def refuse_unknown(names: Iterable[str], places: Places) -> None:
    """See that providers of these names are here. Raises SourceError."""
    known = places.names()
    for name in names:
        if name not in known:
            raise SourceError(f"no provider is called {name!r}; there are {', '.join(known)}")


def load_parts(names: Iterable[str] = (), places: Places | None = None) -> tuple[Part, ...]:
    """Load the named providers, or all that there are. Raises SourceError."""
    places = places or Places.default()
    known = places.names()
    wanted = tuple(dict.fromkeys(names))
    if not wanted:
        wanted = known
        orphans = [name for name in places.contracts() if name not in known]
        if orphans:
            raise SourceError(f"openapi/{orphans[0]}.yaml is promised, but there is no {places.package}.{orphans[0]}")
    refuse_unknown(wanted, places)
    return tuple(load_part(name, places) for name in wanted)


def state_hash(states: Iterable[tuple[str, State]]) -> str:
    """Return a short hash of everything in these states: equal worlds have equal hashes."""
    digest = blake2b(digest_size=8)
    for name, state in sorted(states, key=lambda pair: pair[0]):
        digest.update(name.encode())
        digest.update(orjson.dumps(state.as_data(), option=orjson.OPT_SORT_KEYS))
    return digest.hexdigest()
