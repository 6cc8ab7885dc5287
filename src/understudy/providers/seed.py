"""People and companies for the worlds: drawn once from Faker, dealt by the mint."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import orjson

from understudy.kernel.cast import FixtureError
from understudy.kernel.mint import Mint

_POOL = 400
_SOURCES = ("faker.providers.person", "faker.providers.company")
KEPT = Path(__file__).parent / "pools.json"
"""What Faker drew for KEPT_SEED: importing it costs a start more than anything else."""
KEPT_SEED = 1


class Person(NamedTuple):
    """A made-up person."""

    first_name: str
    last_name: str
    email: str
    """Unique among the people of one purpose: it carries the person's number."""
    mobile: str
    """Ten digits."""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


class Company(NamedTuple):
    """A made-up organisation."""

    name: str
    domain: str
    motto: str
    """A short description in letters, digits, spaces, commas, points and hyphens."""


class _Pools(NamedTuple):
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    companies: tuple[str, ...]
    mottos: tuple[str, ...]


@lru_cache(maxsize=8)
def _pools(seed: int) -> _Pools:
    if seed == KEPT_SEED:
        return _kept_pools()
    return drawn_pools(seed)


def _kept_pools() -> _Pools:
    """Return what is kept. Raises FixtureError where the file is gone, or no longer what it was."""
    try:
        pools = _Pools(**{name: tuple(drawn) for name, drawn in orjson.loads(KEPT.read_bytes()).items()})
    except (OSError, ValueError, TypeError, AttributeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not what it was"
        raise FixtureError(f"the names in providers/{KEPT.name} cannot be read ({reason}); install anew") from error
    if any(len(drawn) != _POOL for drawn in pools):
        raise FixtureError(f"the names in providers/{KEPT.name} are not {_POOL} of each kind; install anew")
    return pools


def drawn_pools(seed: int) -> _Pools:
    """Have Faker draw the pools of a seed."""
    from faker import Faker

    faker = Faker("en_US", providers=list(_SOURCES), use_weighting=False)
    faker.seed_instance(seed)

    def draw(source: str) -> tuple[str, ...]:
        return tuple(getattr(faker, source)() for _ in range(_POOL))

    return _Pools(draw("first_name"), draw("last_name"), draw("last_name"), draw("bs"))


def pools_as_text(pools: _Pools) -> str:
    """Return what KEPT holds for these pools: a line for each."""
    lines = [f'"{name}": {orjson.dumps(drawn).decode()}' for name, drawn in pools._asdict().items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def person(mint: Mint, purpose: str, nth: int) -> Person:
    """Return the ``nth`` person of ``purpose`` (``"users"``): the same for one seed, whatever else is drawn."""
    pools = _pools(mint.seed)
    first = pools.first_names[mint.number(f"{purpose}.first_name", nth, 0, _POOL - 1)]
    last = pools.last_names[mint.number(f"{purpose}.last_name", nth, 0, _POOL - 1)]
    email = f"{first}.{last}.{nth}@example.org".lower()
    return Person(first, last, email, str(mint.number(f"{purpose}.mobile", nth, 2_000_000_000, 9_999_999_999)))


def company(mint: Mint, purpose: str, nth: int) -> Company:
    """Return the ``nth`` company of ``purpose``; names are unique through their number where they must repeat."""
    pools = _pools(mint.seed)
    first = pools.companies[mint.number(f"{purpose}.name", nth, 0, _POOL - 1)]
    kind = ("Group", "Partners", "Labs", "Works", "Trust", "Foundation")[mint.number(f"{purpose}.kind", nth, 0, 5)]
    motto = pools.mottos[mint.number(f"{purpose}.motto", nth, 0, _POOL - 1)]
    clean = "".join(letter if letter.isalnum() or letter in " ,.-" else " " for letter in motto)
    return Company(f"{first} {kind}", f"{first}-{nth}.example".lower(), clean.capitalize() + ".")
