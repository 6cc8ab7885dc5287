"""One operation of a contract, compiled: from a request and a state to a reply and the next state."""

import traceback
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from understudy.contract.answers import Answers, NamedAnswer
from understudy.contract.forced import Wish, wish
from understudy.contract.inputs import Inputs
from understudy.contract.problem import problem
from understudy.contract.refusals import Refused
from understudy.contract.request import Reply, Request
from understudy.contract.response_headers import Breach
from understudy.contract.wording import as_data
from understudy.kernel.exchange import Call, Refusal
from understudy.kernel.provider import Dialect, Handler, Keyring, Moment, Visitor
from understudy.kernel.violation import Violation


class Outcome(NamedTuple):
    """What an operation gave: the reply, the state after it, and for a failure of ours what the log should say."""

    reply: Reply
    state: Any
    failure: str | None = None


class Setting(NamedTuple):
    """What an operation is played in, beside its state and the moment."""

    keyring: Keyring
    validate: bool = True
    """Hold answers to the contract."""


Instead = Callable[[Moment, str], Reply | None]
"""Asked for an answer in the handler's place, in a language, once a request has passed every check."""


class Operation:
    """Everything that the contract says about one operation, worked out at start."""

    def __init__(
        self,
        *,
        provider: str,
        id: str,
        method: str,
        path: str,
        node: Mapping[str, Any],
        inputs: Inputs,
        answers: Answers,
        dialect: Dialect,
        authenticate: Callable[[Any, Visitor], Any],
        handler: Handler,
    ) -> None:
        self.provider = provider
        self.id = id
        self.method = method
        self.path = path
        self.node = node
        self.inputs = inputs
        self.answers = answers
        self.numbered = not dialect.adds_nothing
        """Whether the exchange's id may stand in an answer."""
        self._dialect = dialect
        self._authenticate = authenticate
        self._handler = handler
        self._translated = any(answer.translated for answer in answers.by_name.values())

    def perform(
        self, request: Request, state: Any, moment: Moment, setting: Setting, instead: Instead | None = None
    ) -> Outcome:
        """Play one request. Never raises: what a handler does wrong becomes a 500 of our own, the state unchanged."""
        try:
            language = self._language(request)
            try:
                return self._play(request, state, moment, setting, language, instead)
            except Refused as refused:
                return self._refuse(refused, state, moment, setting, language)
            except Refusal as refusal:
                return self._decline(request, refusal, state, moment, setting, language)
        except Breach as breach:
            return self._own_failure(state, str(breach), breach.violations)
        except Exception as error:  # noqa: BLE001 - whatever a handler does wrong is answered, not raised
            place = traceback.extract_tb(error.__traceback__)[-1].name
            log = "".join(traceback.format_exception(error))
            return self._own_failure(state, f"{type(error).__name__} in {place}", (), log)

    def _play(
        self,
        request: Request,
        state: Any,
        moment: Moment,
        setting: Setting,
        language: str,
        instead: Instead | None,
    ) -> Outcome:
        early = self.inputs.parse_body(request) if self.inputs.body_first else None
        principal = self._let_in(request, state, moment, setting.keyring)
        path, query, headers, body = self.inputs.read(request, early)
        asked = wish(request) if request.query or b"prefer" in request.headers else None
        if asked is not None:
            return Outcome(self._force(asked, moment, language), state)
        given = None if instead is None else instead(moment, language)
        if given is not None:
            return Outcome(given, state)
        call = Call(self.id, path, query, headers, body, principal, moment.now, moment.mint)
        answer, after = self._handler(state, call)
        named = self.answers.by_name.get(answer.name) or self._named(answer.name)
        reply = named.reply(
            answer.content, moment, language=language, headers=answer.headers, validate=setting.validate
        )
        return Outcome(reply, after)

    def _let_in(self, request: Request, state: Any, moment: Moment, keyring: Keyring) -> Any:
        """Return the principal. Raises Refused for a caller whom no alternative of the contract lets in."""
        security = self.inputs.security
        refusal: Refusal | None = None
        for presented in security.presented(request):
            visitor = Visitor(presented, keyring, moment.now, moment.mint, self.id)
            try:
                principal = self._authenticate(state, visitor)
            except Refusal as declined:
                refusal = refusal or declined
                continue
            if principal is not None:
                return principal
        if self.inputs.unauthenticated is None:
            return None
        raise refusal or Refused(self.inputs.unauthenticated, security.violations(request))

    def _named(self, name: str) -> NamedAnswer:
        answer = self.answers.by_name.get(name)
        if answer is None:
            raise Breach(f"the handler answered {name!r}, which the operation does not declare")
        return answer

    def _refuse(self, refused: Refused, state: Any, moment: Moment, setting: Setting, language: str) -> Outcome:
        said = self._dialect.explain(refused.violations)
        members = {name: value for name, value in said.items() if name in refused.answer.varies}
        reply = refused.answer.reply(members, moment, language=language, validate=setting.validate)
        return Outcome(reply._replace(violations=refused.violations), state)

    def _decline(
        self, request: Request, refusal: Refusal, state: Any, moment: Moment, setting: Setting, language: str
    ) -> Outcome:
        answer = self._named(refusal.name)
        reply = answer.reply(refusal.members, moment, language=language, validate=setting.validate)
        hints = self.inputs.placeholders(request)
        return Outcome(reply._replace(violations=hints) if hints else reply, state)

    def _force(self, asked: Wish, moment: Moment, language: str) -> Reply:
        """Return the declared answer that the client asked for, or our own 400 that lists what is declared."""
        answer: NamedAnswer | None
        if asked.example is not None:
            answer = self.answers.by_name.get(asked.example)
        else:
            code = asked.code or ""
            answer = self.answers.by_status.get(int(code)) if code.isdecimal() and len(code) < 4 else None
        if answer is None:
            declared = {name: known.status for name, known in self.answers.by_name.items()}
            return problem(400, f"{self.id} declares no answer for {asked}", declared=declared)
        reply = answer.forced(moment, language)
        return reply._replace(
            headers=[*reply.headers, (b"preference-applied", str(asked).encode("latin-1", "replace"))]
        )

    def _own_failure(
        self, state: Any, detail: str, violations: tuple[Violation, ...], log: str | None = None
    ) -> Outcome:
        """Return 500 in our own shape, the state as it was."""
        told = [as_data(violation) for violation in violations]
        reply = problem(500, detail, violations=violations, operation=self.id, provider=self.provider, breaches=told)
        return Outcome(reply, state, log or detail)

    def _language(self, request: Request) -> str:
        if not self._translated:
            return "en"
        accept = request.headers.get(b"accept-language", b"").decode("latin-1")
        return self._dialect.language({"accept-language": accept})
