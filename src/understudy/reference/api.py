"""One API as its reference has it: what it is, its operations by tag, and what lets a caller in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from understudy.contract.contract import Contract
from understudy.parts import Part
from understudy.reference.access import Access, access_of
from understudy.reference.operation import Promise, promise_of
from understudy.reference.provenance import Provenance, Share, provenance_of, shares


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation, as the navigation has it."""

    id: str
    method: str
    path: str
    summary: str
    provenance: Provenance | None
    statuses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tag:
    """Operations that belong together."""

    name: str
    description: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Api:
    """One API."""

    contract: Contract
    access: Access
    tags: tuple[Tag, ...]
    shares: tuple[Share, ...]
    """Of its operations."""
    answer_shares: tuple[Share, ...]
    """Of its named answers."""
    _promises: dict[str, Promise] = field(default_factory=dict, compare=False)

    @property
    def name(self) -> str:
        """The provider's name."""
        return self.contract.name

    @property
    def title(self) -> str:
        """The API's name."""
        return self.contract.title

    @property
    def version(self) -> str:
        """The API's version."""
        return str(self.contract.info.get("version", ""))

    @property
    def description(self) -> str:
        """What the API is, in Markdown."""
        return str(self.contract.info.get("description", "")).strip()

    @property
    def summary(self) -> str:
        """The first paragraph of the description."""
        return " ".join(self.description.split("\n\n", 1)[0].split())

    @property
    def base_path(self) -> str:
        """Where its paths begin."""
        return self.contract.base_paths[0]

    @property
    def count(self) -> int:
        """How many operations it has."""
        return len(self.contract.operations)

    def promise(self, operation: str) -> Promise | None:
        """Return one operation's reference; None where there is none of that name. Worked out when first asked for."""
        compiled = self.contract.operations.get(operation)
        if compiled is None:
            return None
        if operation not in self._promises:
            self._promises[operation] = promise_of(self.contract, compiled)
        return self._promises[operation]


def api_of(part: Part) -> Api:
    """Return an API's reference: made once for a contract."""
    return _made(_Key(part))


class _Key:
    """A part by its contract: another one is loaded when the files change."""

    __slots__ = ("part",)

    def __init__(self, part: Part) -> None:
        self.part = part

    def __hash__(self) -> int:
        return id(self.part.contract)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.part.contract is self.part.contract


@lru_cache(maxsize=32)
def _made(key: _Key) -> Api:
    contract = key.part.contract
    entries = tuple(map(_entry, contract.operations, [contract] * len(contract.operations)))
    return Api(
        contract,
        access_of(key.part),
        _tags(contract, entries),
        shares(entry.provenance for entry in entries),
        shares(_answers(contract)),
    )


def _answers(contract: Contract) -> Iterator[Provenance | None]:
    """Yield the provenance of each named answer: its own, its response's, its operation's."""
    source = contract.source
    for operation in contract.operations.values():
        for node in operation.node["responses"].values():
            _, response = source.resolve_inside(node)
            examples = [
                example
                for media in response.get("content", {}).values()
                for example in media.get("examples", {}).values()
            ]
            for example in examples or [None]:
                yield provenance_of(source.resolve_inside(example)[1], node, response, operation.node)


def _entry(id: str, contract: Contract) -> Entry:
    operation = contract.operations[id]
    return Entry(
        id,
        operation.method.upper(),
        contract.base_paths[0] + operation.path,
        str(operation.node.get("summary", "")) or id,
        provenance_of(operation.node),
        tuple(sorted(operation.node["responses"])),
    )


def _tags(contract: Contract, entries: tuple[Entry, ...]) -> tuple[Tag, ...]:
    """Return the tags in the contract's order; what has none comes last."""
    told: Mapping[str, str] = {
        tag["name"]: str(tag.get("description", "")) for tag in contract.source.data.get("tags", ())
    }
    grouped: dict[str, list[Entry]] = {name: [] for name in told}
    for entry in entries:
        tags = contract.operations[entry.id].node.get("tags") or [""]
        grouped.setdefault(tags[0], []).append(entry)
    return tuple(
        Tag(name or "Operations", told.get(name, ""), tuple(found)) for name, found in grouped.items() if found
    )
