"""What may not be shown: the names under which a contract has credentials and other secrets."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import unquote_plus

from understudy.contract.covering import blotted, folded, memorable, sought, without_tokens, words
from understudy.contract.wording import MASK
from understudy.source import Source, pointer_to

_ALWAYS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_COMBINED = ("allOf", "anyOf", "oneOf")
_PARTS = re.compile(r"[^\[\].]+")
"""What ``user[password]`` and ``user.password`` are made of."""
_LOWER = bytes(range(256)).lower()


@dataclass(frozen=True)
class Secrets:
    """Names of headers (in lower case), query parameters, cookies and members of bodies that hold secrets."""

    headers: frozenset[str] = _ALWAYS
    query: frozenset[str] = frozenset()
    cookies: frozenset[str] = frozenset()
    members: frozenset[str] = field(default=frozenset())
    given: frozenset[str] = field(default=frozenset(), repr=False)
    """Credentials of the server's own (``--credential``): covered wherever they stand."""

    @classmethod
    def of(cls, source: Source) -> "Secrets":
        """Read them from a contract: its security schemes, and what it marks ``format: password`` or ``writeOnly``."""
        named: dict[str, set[str]] = {"header": set(), "query": set(), "cookie": set()}
        for place, name in (*_schemes(source), *_parameters(source)):
            named.setdefault(place, set()).add(name)
        headers = frozenset(name.lower() for name in named["header"])
        members = frozenset(secret_members(source, source.data))
        return cls(_ALWAYS | headers, frozenset(named["query"]), frozenset(named["cookie"]), members)

    @classmethod
    def union(cls, every: Iterable["Secrets"]) -> "Secrets":
        """Return what is secret by any of several contracts."""
        every = tuple(every)
        return cls(
            _ALWAYS.union(*(one.headers for one in every)),
            frozenset().union(*(one.query for one in every)),
            frozenset().union(*(one.cookies for one in every)),
            frozenset().union(*(one.members for one in every)),
            frozenset().union(*(one.given for one in every)),
        )

    def also(self, members: Iterable[str], given: Iterable[str]) -> "Secrets":
        """Return the same with further members, and with credentials of which those that are long enough count."""
        return replace(self, members=self.members.union(members), given=frozenset(memorable(given)))

    def hides(self, member: str) -> bool:
        """Say whether a member of a body is secret, in whatever case its name is written, and as a field of a form."""
        name = folded(member)
        if name.isalnum():
            return name in self._folded
        return not self._folded.isdisjoint((name, *_PARTS.findall(name)))

    def hides_field(self, name: str) -> bool:
        """Say whether a query parameter is secret: also a header or a member that was sent there by mistake."""
        return name in self.query or name.lower() in self.headers or self.hides(name)

    def may_be_in(self, body: bytes) -> bool:
        """Say whether a body may hold a secret member: its name stands there, or could stand there in escapes."""
        return b"\\u" in body or any(map(body.translate(_LOWER, b"-_").__contains__, self._encoded))

    def cover_query(self, query: str, within: Sequence[str] = ()) -> str:
        """Return a query, as it was sent, with the values of secret parameters masked, and what holds a secret."""
        return "&".join(self._covered_field(field, (*self.given, *within)) for field in query.split("&"))

    def _covered_field(self, field: str, within: Sequence[str]) -> str:
        name, equals, _ = field.partition("=")
        if equals and self.hides_field(unquote_plus(name)):
            return f"{name}={MASK}"
        if self.headers:
            field = without_tokens(field)
        plain = unquote_plus(field) if within else ""
        return blotted(plain, within) if any(map(plain.__contains__, within)) else field

    def sent_in(self, headers: Iterable[tuple[str, str]]) -> Iterator[str]:
        """Yield the secret texts in headers (names in lower case) that are long enough to be known again."""
        for name, text in headers:
            if name in self.headers:
                yield from memorable(words(name, text))

    def brought(self, headers: Mapping[bytes, bytes]) -> tuple[str, ...]:
        """Return the secrets that a request brings in its headers, and the server's own, to be sought in its line."""
        pairs = tuple([(key, headers[key]) for key in self._keys if key in headers])
        return sought(self.given, pairs) if pairs or self.given else ()

    @cached_property
    def _keys(self) -> tuple[bytes, ...]:
        return tuple(name.encode() for name in self.headers)

    def values(self, value: Any) -> Iterator[str]:
        """Yield the secret texts in a body that are long enough to be known again."""
        waiting = [value]
        while waiting:
            part = waiting.pop()
            if isinstance(part, list | tuple):
                waiting += part
            elif isinstance(part, dict):
                waiting += [item for name, item in part.items() if not self.hides(name)]
                yield from memorable(item for name, item in part.items() if self.hides(name))

    def cover(self, value: Any, known: Collection[str] = (), within: Sequence[str] = ()) -> Any:
        """Return a value with secret members masked, and texts that are secret, or hold a secret.

        ``known`` are texts that are secret as a whole, ``within`` those that are looked for inside of others, too.
        """
        if isinstance(value, str):
            return MASK if value in known else self.cover_text(value, within)
        if isinstance(value, dict):
            return {
                self.cover_text(name, within) if within or self.given else name: MASK
                if self.hides(name)
                else self.cover(item, known, within)
                for name, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.cover(item, known, within) for item in value]
        return value

    def cover_members(self, value: Any) -> Any:
        """Return a record with secret members masked; nothing else in it changes."""
        if isinstance(value, Mapping):
            return {name: MASK if self.hides(name) else self.cover_members(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.cover_members(item) for item in value]
        return value

    def uncover(self, value: Any, there: Any, at: str = "") -> Any:
        """Return a record in which what ``cover_members`` has masked is again what is there.

        Raises KeyError, with the pointer, for a mask in whose place there is nothing.
        """
        if isinstance(value, Mapping):
            known = there if isinstance(there, Mapping) else {}
            return {
                name: _found(known, name, at)
                if item == MASK and self.hides(name)
                else self.uncover(item, known.get(name), pointer_to(name, base=at))
                for name, item in value.items()
            }
        if isinstance(value, list | tuple):
            items = there if isinstance(there, list | tuple) else ()
            return [
                self.uncover(item, items[number] if number < len(items) else None, f"{at}/{number}")
                for number, item in enumerate(value)
            ]
        return value

    def cover_text(self, text: str, within: Sequence[str] = ()) -> str:
        """Return text, such as a body that is no JSON after all, with the values of secret members masked."""
        if self.headers:
            text = without_tokens(text)
        if self._written is not None and any(map(folded(text).__contains__, self._folded)):
            text = self._written.sub(lambda found: found[found.lastindex or 0] + MASK, text)
        return blotted(text, within if not self.given else (*self.given, *within))

    @cached_property
    def _encoded(self) -> tuple[bytes, ...]:
        return tuple(name.encode() for name in self._folded)

    @cached_property
    def _folded(self) -> frozenset[str]:
        return frozenset(map(folded, self.members))

    @cached_property
    def _written(self) -> re.Pattern[str] | None:
        """Find a secret member as JSON, a form, a log, XML or a multipart form would write it: its name, its value."""
        if not self.members:
            return None
        names = "|".join("[-_]?".join(map(re.escape, re.split("[-_]", name))) for name in sorted(self.members))
        quote = r"\\?[\"']"
        quoted = r"\\?\"(?:[^\"\\]|\\.)*(?:\"|$)|'[^'\n]*(?:'|$)"
        between = rf"(?:{quote})?\s{{0,9}}(?::(?=\s{{0,9}}{quote})|=)\s{{0,9}}"
        ways = (
            rf"(\b(?:{names})\b{between})(?:{quoted}|[^\s\"',;&}}\]]+)",
            rf"(<(?:{names})\b[^<>]{{0,200}}>)[^<]+",
            rf"(\bname=\"(?:{names})\"(?:[^\r\n]{{0,200}}\r?\n){{1,9}}?\r?\n)[^\r\n]+",
        )
        return re.compile("|".join(ways), re.IGNORECASE)


COMMON = Secrets(
    headers=frozenset({"api-key", "x-access-token", "x-api-key", "x-auth-token"}),
    members=frozenset({"api_key", "auth_token", "otp", "passphrase", "passwd", "private_key", "pwd", "token"}),
)
"""Names that tell of a secret though no contract has them: of credentials that are meant for somebody else."""

UNCOVERED = Secrets(headers=frozenset())
"""Nothing is secret: what ``--show-secrets`` asks for."""


def _found(there: Mapping[str, Any], name: str, at: str) -> Any:
    if name not in there:
        raise KeyError(pointer_to(name, base=at))
    return there[name]


def secret_members(source: Source, node: Any) -> Iterator[str]:
    """Yield the names of all properties below a node of a contract that hold secrets."""
    waiting: list[Any] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            properties = part.get("properties")
            if isinstance(properties, dict):
                yield from (name for name, schema in properties.items() if is_secret(source, schema))
            waiting += part.values()


def is_secret(source: Source, schema: Any) -> bool:
    """Say whether a schema, or one that it refers to or combines, is marked as secret."""
    _, node = source.resolve_inside(schema)
    if not isinstance(node, dict):
        return False
    if node.get("format") == "password" or node.get("writeOnly") is True:
        return True
    parts = [part for word in _COMBINED if isinstance(node.get(word), list) for part in node[word]]
    return any(is_secret(source, part) for part in parts)


def _schemes(source: Source) -> Iterator[tuple[str, str]]:
    for scheme in source.data.get("components", {}).get("securitySchemes", {}).values():
        _, node = source.resolve_inside(scheme)
        if isinstance(node, dict) and node.get("type") == "apiKey":
            yield node["in"], node["name"]


def _parameters(source: Source) -> Iterator[tuple[str, str]]:
    """Yield the parameters whose schema is marked, wherever they stand."""
    waiting: list[Any] = [source.data]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            place, name = node.get("in"), node.get("name")
            if isinstance(place, str) and isinstance(name, str) and is_secret(source, node.get("schema")):
                yield place, name
            waiting += node.values()
