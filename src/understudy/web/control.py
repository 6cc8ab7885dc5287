"""The control API as an ASGI application, an operation at a time."""

from understudy.contract.operation import Operation, Setting
from understudy.control.room import House, Room
from understudy.kernel.mint import Mint
from understudy.kernel.provider import Keyring, Moment
from understudy.web.exchange import KEY, SANDBOX, Receive, Scope, Send
from understudy.web.stage import received

_SETTING = Setting(Keyring())
_MINT = Mint(0, "control")


class ControlOperation:
    """One operation of the control API."""

    def __init__(self, operation: Operation, house: House, max_body: int) -> None:
        self._operation = operation
        self._house = house
        self._max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, play the operation in its room, note the reply in the exchange."""
        exchange, sandbox = scope[KEY], scope[SANDBOX]
        request = await received(scope, receive, self._operation, self._max_body)
        exchange.provider, exchange.operation = self._operation.provider, self._operation.id
        moment = Moment(0, sandbox.now(), _MINT)
        outcome = self._operation.perform(request, Room(self._house, sandbox), moment, _SETTING)
        exchange.reply, exchange.failure = outcome.reply, outcome.failure
