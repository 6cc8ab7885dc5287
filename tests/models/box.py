"""One sandbox, and what a model knows of it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

import httpx
import orjson

from tests.models.telling import NOTHING, State
from tests.support.inprocess import InProcess

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


class Sent(NamedTuple):
    """A request, as it can be sent again."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    content: bytes | None


class Box:
    """A sandbox whose clock stands still: its records as the model has them, and all that it was asked."""

    def __init__(self, transport: InProcess, name: str) -> None:
        self.transport = transport
        self.name = name
        self.state: State = {}
        self.snapshots: dict[str, State] = {}
        self.before: dict[int, State] = {}
        """The state just before each exchange of the journal."""
        self.exchanges = 0
        self.now = BEGINNING
        self.log: list[tuple[Sent, httpx.Response]] = []
        self.set_clock(BEGINNING)

    @property
    def moment(self) -> str:
        """The time as records show it."""
        return self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def set_clock(self, now: datetime) -> None:
        """Stop the clock at a moment."""
        self.now = now
        assert self.control("PUT", "/clock", {"now": self.moment, "frozen": True}).status_code == 200

    def advance(self, by: timedelta) -> None:
        """Move the clock on."""
        self.now += by
        assert self.control("POST", "/clock/advance", {"by": f"PT{by.total_seconds():.0f}S"}).status_code == 200

    def control(self, method: str, path: str, body: Any = NOTHING) -> httpx.Response:
        """Ask the control API about this sandbox."""
        return self.ask(method, f"/__admin{path}", {}, body)

    def look(self, path: str) -> Any:
        """Read something that is no call of anybody's: it is not asked again."""
        answer = self._send(self._sent("GET", f"/__admin{path}", {}, NOTHING))
        assert answer.status_code == 200, answer.text
        return orjson.loads(answer.content)

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: Any = NOTHING) -> httpx.Response:
        """Ask something, and remember it."""
        sent = self._sent(method, path, headers, body)
        answer = self._send(sent)
        self.log.append((sent, answer))
        return answer

    def play_again(self) -> None:
        """Begin again and ask everything once more: the same answers, byte by byte, must come."""
        for name in self.snapshots:
            assert self._send(self._sent("DELETE", f"/__admin/snapshots/{name}", {}, NOTHING)).status_code == 204
        assert self._send(self._sent("POST", "/__admin/reset", {}, NOTHING)).status_code == 200
        for sent, answer in self.log:
            again = self._send(sent)
            assert answer.status_code == again.status_code, sent
            if sent.path != "/__admin/reset":  # it says the time, which runs until it is stopped
                assert answer.content == again.content, sent
            if not sent.path.startswith("/__admin"):  # the first one's Date is of a time that ran
                assert answer.headers == again.headers, sent

    def _sent(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> Sent:
        named = {"Understudy-Sandbox": self.name, **headers}
        if body is NOTHING:
            return Sent(method, path, tuple(named.items()), None)
        named = {"Content-Type": "application/json", **named}
        return Sent(method, path, tuple(named.items()), body if isinstance(body, bytes) else orjson.dumps(body))

    def _send(self, sent: Sent) -> httpx.Response:
        url = f"http://localhost{sent.path}"
        request = httpx.Request(sent.method, url, headers=list(sent.headers), content=sent.content)
        return self.transport.handle_request(request)


def url_of(path: str, places: Mapping[str, Any], query: Mapping[str, str]) -> str:
    """Return a template's path with its places filled in, and a query."""
    for name, value in places.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    return path + (f"?{httpx.QueryParams(query)}" if query else "")
