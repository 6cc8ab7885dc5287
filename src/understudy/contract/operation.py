"""One operation of a contract, compiled: from a request and a state to a reply and the next state."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from understudy.contract.answers import Answers, NamedAnswer
from understudy.contract.failures import failure_of, misreturned, refuse_unfit
from understudy.contract.forced import Wish, wish
from understudy.contract.inputs import Inputs
from understudy.contract.problem import problem
from understudy.contract.refusals import Refused
from understudy.contract.request import Reply, Request
from understudy.contract.response_headers import Breach
from understudy.contract.wording import as_data
from understudy.kernel.exchange import Answer, Call, Refusal
from understudy.kernel.provider import Dialect, Handler, Keyring, Moment, Visitor
from understudy.watchdog import UNWATCHED, Watchdog


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
    watchdog: Watchdog = UNWATCHED
    """Told of each call that is in progress; ends one that would not end."""


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
        watchdog = setting.watchdog
        watchdog.call = moment
        try:
            language = self._language(request)
            try:
                outcome = self._play(request, state, moment, setting, language, instead)
            except Refused as refused:
                outcome = self._refuse(refused, state, moment, setting, language)
            except Refusal as refusal:
                outcome = self._decline(request, refusal, state, moment, setting, language)
            # Inside, so that what the watchdog raises until here is caught; after it, it raises nothing.
            watchdog.call = None
            if watchdog.struck:
                watchdog.calm()
        except BaseException as error:  # noqa: BLE001 - whatever a handler does wrong is answered, not raised
            watchdog.call = None
            if watchdog.struck:
                watchdog.calm()
            return self._own_failure(state, error, watchdog)
        return outcome

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
        returned: object = self._handler(state, call)
        if type(returned) is not tuple or len(returned) != 2 or type(returned[0]) is not Answer:
            raise Breach(misreturned(returned))
        answer, after = returned
        if after is not state:
            refuse_unfit(after, state)
        named = self.answers.by_name.get(answer.name) if type(answer.name) is str else None
        if named is None:
            named = self._named(answer.name)
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

    def _named(self, name: object) -> NamedAnswer:
        answer = self.answers.by_name.get(name) if isinstance(name, str) else None
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

    def _own_failure(self, state: Any, error: BaseException, watchdog: Watchdog) -> Outcome:
        """Return 500 in our own shape, the state as it was."""
        failure = failure_of(error, self.id, watchdog.limit)
        reply = problem(
            500,
            failure.detail,
            violations=failure.violations,
            operation=self.id,
            provider=self.provider,
            breaches=[as_data(violation) for violation in failure.violations],
        )
        return Outcome(reply, state, failure.log)

    def _language(self, request: Request) -> str:
        if not self._translated:
            return "en"
        accept = request.headers.get(b"accept-language", b"").decode("latin-1")
        return self._dialect.language({"accept-language": accept})
