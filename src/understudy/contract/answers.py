"""The named answers of an operation: each worked out at start from the contract's example."""

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import orjson

from understudy.contract.explain import Explainer
from understudy.contract.media import is_json, media_type
from understudy.contract.records import Records, records_in, trimmed
from understudy.contract.request import HeaderList, Reply
from understudy.contract.response_headers import Breach, Headers, refuse_unsendable
from understudy.contract.schema import Schemas
from understudy.contract.wording import sentence
from understudy.kernel.freeze import FrozenDict
from understudy.kernel.provider import Dialect, Moment
from understudy.kernel.violation import Violation
from understudy.source import Source, SourceError, pointer_to

ALL = "all"
_REMEMBERED = 1024
_NO_HEADERS: Mapping[str, str] = {}


class NamedAnswer:
    """One answer, compiled: its status, its bytes where it is constant, its template where it is not."""

    def __init__(
        self,
        *,
        name: str,
        status: int,
        media: str,
        example: Mapping[str, Any],
        pointer: str,
        source: Source,
        validator: jsonschema_rs.Validator | None,
        records: tuple[Records, ...],
        headers: Headers,
        explainer: Explainer,
        dialect: Dialect,
    ) -> None:
        self.name = name
        self.status = status
        self.media = media
        self.pointer = pointer
        self.source = source
        self._headers = headers
        self._explainer = explainer
        self._dialect = dialect
        self._plain = dialect.adds_nothing and not headers
        self._validator = validator
        self._records = records
        self._last: Reply | None = None
        self._written: dict[int, tuple[FrozenDict, Reply]] = {}
        self._fixed: HeaderList = [(b"understudy-answer", name.encode())]
        if media:
            self._fixed.append((b"content-type", media.encode()))
        self._is_json = is_json(media_type(media))
        varies = example.get("x-varies", ())
        self.varies_whole = varies == ALL
        self.varies: frozenset[str] = frozenset() if self.varies_whole else frozenset(varies)
        value: Any = example.get("value")
        translations: Mapping[str, Any] = example.get("x-translations", {})
        self._templates = {"en": value} | {lang: {**value, **members} for lang, members in translations.items()}
        self.translated = bool(translations)
        self.is_constant = not (self.varies or self.varies_whole)
        self.samples = {lang: trimmed(self._encode(template)) for lang, template in self._templates.items()}
        self._same = {lang: self._whole(sample) for lang, sample in self.samples.items()}
        self._envelope = next(iter(self.varies)) if len(self.varies) == 1 and not self.translated else None
        """The only member that varies, where one does."""

    def check_examples(self) -> Iterator[str]:
        """Yield what is wrong with the contract's example of this answer, in every language."""
        where = self.source.at(self.pointer)
        for template in self._templates.values():
            if missing := self.varies - (template.keys() if isinstance(template, dict) else set()):
                yield f"{where}: x-varies names {min(missing)!r}, which the example does not have as a member"
            for violation in self._violations(template):
                yield (
                    f"{where}: the example {self.name!r} breaks its schema: "
                    f"{sentence(violation)}; correct one of the two"
                )

    def reply(
        self,
        content: Any,
        moment: Moment,
        *,
        language: str = "en",
        headers: Mapping[str, str] | None = None,
        validate: bool = True,
    ) -> Reply:
        """Fill in what varies, check the whole against the contract and return the bytes.

        Raises Breach where the content does not fit the answer, or the answer its schema.
        """
        if language not in self._templates:
            language = "en"
        if self._plain and not headers:
            return self._plainly(content, language, validate=validate)
        common = self._dialect.common(self._templates[language], moment)
        body = self._body(content, common, language, validate=validate)
        sent = {**self._dialect.headers(common, language), **(headers or {})}
        refuse_unsendable(sent)
        if validate and self._headers:
            self._headers.check(sent)
        return self._whole(body, sent)

    def forced(self, moment: Moment, language: str = "en") -> Reply:
        """Return the contract's own example as the answer, with what this vendor puts into every answer."""
        template: Any = self._templates.get(language, self._templates["en"])
        content = None if self.is_constant else template
        if self.varies:
            common = self._dialect.common(template, moment)
            content = {member: template[member] for member in self.varies if member not in common}
        return self.reply(content, moment, language=language, validate=False)._replace(forced=True)

    def _body(self, content: Any, common: Mapping[str, Any], language: str, *, validate: bool) -> bytes:
        if self.is_constant:
            if content:
                raise Breach(f"the answer {self.name!r} is constant in the contract, but was given {content!r}")
            return self.samples[language]
        if not self.varies_whole:
            return self._checked(self._fill(self._templates[language], content, common), validate=validate)
        return self._checked(content, validate=validate)

    def _plainly(self, content: Any, language: str, *, validate: bool) -> Reply:
        """Return the reply of a vendor who adds nothing of their own; what cannot differ is made once."""
        if self.is_constant and not content:
            return self._same[language]
        record = self._record(content)
        if record is None:
            return self._repeated(self._body(content, {}, language, validate=validate))
        # A frozen record that was checked and written once stays as it was.
        known = self._written.get(id(record))
        if known is None:
            if len(self._written) >= _REMEMBERED:
                self._written.clear()
            body = trimmed(self._body(content, {}, language, validate=validate))
            known = self._written[id(record)] = (record, self._whole(body))
        return known[1]

    def _record(self, content: Any) -> FrozenDict | None:
        """Return the frozen record that is all of what varies; None where it is anything else."""
        if self._envelope is not None and type(content) is dict and len(content) == 1:
            content = content.get(self._envelope)
        elif not self.varies_whole:
            return None
        return content if type(content) is FrozenDict else None

    def _repeated(self, body: bytes) -> Reply:
        """Return the reply that was given last, where it is the same: a journal that keeps many keeps it once."""
        last = self._last
        if last is None or last.body != body:
            last = self._last = self._whole(body)
        return last

    def _checked(self, value: Any, *, validate: bool) -> bytes:
        if not validate or self._validator is None:
            return self._encode(value)
        rest = written = value
        if self._records and type(value) is dict:
            lists = {part.member: part.written(value.get(part.member)) for part in self._records}
            if None not in lists.values():
                rest, written = {**value, **dict.fromkeys(lists, ())}, {**value, **lists}
        body = self._encode(written)  # first: what is no JSON, or has no end, the validator cannot bear
        if not self._validator.is_valid(rest):
            raise Breach(f"the answer {self.name!r} breaks its schema", self._violations(value))
        return body

    def _fill(self, template: Any, content: Any, common: Mapping[str, Any]) -> dict[str, Any]:
        given: Mapping[str, Any] = {} if content is None else content
        filled = dict(template)
        for member in self.varies:
            if member in given:
                filled[member] = given[member]
            elif member in common:
                filled[member] = common[member]
            else:
                raise Breach(f"the answer {self.name!r} needs {member!r}, and nobody gave it")
        if not given.keys() <= self.varies:
            extra = min(given.keys() - self.varies)
            raise Breach(f"the answer {self.name!r} was given {extra!r}, which the contract does not let vary")
        return filled

    def _violations(self, value: Any) -> tuple[Violation, ...]:
        if self._validator is None:
            return ()
        return self._explainer.explain(self._validator, value, "body")

    def _whole(self, body: bytes, sent: Mapping[str, str] = _NO_HEADERS) -> Reply:
        head = self._fixed.copy()
        if sent:
            head += [(name.lower().encode(), value.encode("latin-1")) for name, value in sent.items()]
        if self.status != 204:
            head.append((b"content-length", b"%d" % len(body)))
        return Reply(self.status, head, body, self.name)

    def _encode(self, value: Any) -> bytes:
        if self._is_json:
            try:
                return orjson.dumps(value)
            except (TypeError, RecursionError) as error:
                raise Breach(f"the answer {self.name!r} is not JSON data: {error}") from None
        return str(value).encode() if self.media else b""


Shared = dict[tuple[int, str], tuple[NamedAnswer, ...]]
"""What was compiled already, by status and place: operations refer to the same responses."""


class Answers:
    """Every named answer that a set of responses declares. Raises SourceError for an example that breaks its schema."""

    def __init__(
        self,
        source: Source,
        schemas: Schemas,
        explainer: Explainer,
        dialect: Dialect,
        pointer: str,
        shared: Shared,
    ) -> None:
        self._source, self._schemas, self._explainer, self._dialect = source, schemas, explainer, dialect
        self.by_name: dict[str, NamedAnswer] = {}
        self.by_status: dict[int, NamedAnswer] = {}
        for status in source.find(pointer):
            if status.startswith("x-"):
                continue
            at, response = source.resolve(pointer_to(status, base=pointer))
            if not status.isdigit():
                raise SourceError(f"{source.at(at)}: status {status!r} is not a number; name each status by itself")
            key = int(status), at
            if key not in shared:
                shared[key] = tuple(self._checked(self._of_response(*key, response)))
            for answer in shared[key]:
                self._add(answer)

    def _checked(self, answers: Iterator[NamedAnswer]) -> Iterator[NamedAnswer]:
        for answer in answers:
            for complaint in answer.check_examples():
                raise SourceError(complaint)
            yield answer

    def _add(self, answer: NamedAnswer) -> None:
        if answer.name in self.by_name:
            raise SourceError(
                f"{self._source.at(answer.pointer)}: a second answer is named {answer.name!r}; "
                "names are unique within an operation"
            )
        self.by_name[answer.name] = answer
        self.by_status.setdefault(answer.status, answer)

    def _of_response(self, status: int, at: str, response: Mapping[str, Any]) -> Iterator[NamedAnswer]:
        headers = Headers(self._source, self._schemas, at)
        if not response.get("content"):
            if "x-answer" in response:
                yield self._answer(response["x-answer"], status, "", {}, at, None, (), headers)
            return
        for media, content in response["content"].items():
            place = pointer_to("content", media, base=at)
            validator = self._schemas.validator(f"{place}/schema", "response") if "schema" in content else None
            records = records_in(self._source, self._schemas, f"{place}/schema") if "schema" in content else ()
            for name in content.get("examples", {}):
                where, example = self._source.resolve(pointer_to("examples", name, base=place))
                yield self._answer(name, status, media, example, where, validator, records, headers)

    def _answer(
        self,
        name: str,
        status: int,
        media: str,
        example: Mapping[str, Any],
        pointer: str,
        validator: jsonschema_rs.Validator | None,
        records: tuple[Records, ...],
        headers: Headers,
    ) -> NamedAnswer:
        return NamedAnswer(
            name=name,
            status=status,
            media=media,
            example=example,
            pointer=pointer,
            source=self._source,
            validator=validator,
            records=records,
            headers=headers,
            explainer=self._explainer,
            dialect=self._dialect,
        )
