"""Answers as a strict client reads them: h11, one after the other, until the connection ends."""

import re
from dataclasses import dataclass

import h11

_CONTINUE = re.compile(rb"(HTTP/1\.1 100 Continue\r\n\r\n)+\Z")


class Malformed(Exception):
    """What came is no answer, or the end of one is missing."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer, and how often its sender said that it goes on (``100 Continue``)."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes
    informed: int = 0
    raw: bytes = b""
    """As it came."""

    @property
    def is_last(self) -> bool:
        """Whether the connection ends with it."""
        return self.headers.get(b"connection", b"").lower() == b"close"

    @property
    def is_refusal(self) -> bool:
        """Whether it tells that what came is no request, and that nothing more is read."""
        return (
            self.is_last
            and b"understudy-exchange" not in self.headers
            and self.status in (400, 408, 413, 414, 431, 501, 505)
        )


def answers_in(data: bytes, methods: list[bytes], rest: bytes, *, ended: bool) -> list[Answered]:
    """Return the whole answers in ``data``. Raises Malformed.

    ``methods`` are those of the requests, ``rest`` is what came after them: what answers a HEAD has no body, unless it
    could not be read so far that it was one. ``ended`` says that nothing more comes.
    """
    answers: list[Answered] = []
    while data:
        method = methods[len(answers)] if len(answers) < len(methods) else rest[:4]
        try:
            answer, data = _one(data, b"HEAD" if method == b"HEAD" else b"GET")
        except h11.RemoteProtocolError as error:
            raise Malformed(f"answer {len(answers) + 1}: {error}: {data[:300]!r}") from None
        if answer is None:
            if ended and not _CONTINUE.match(data):
                raise Malformed(f"answer {len(answers) + 1} ends too early: {data[:300]!r}")
            return answers
        answers.append(answer)
        if method == b"HEAD" and answer.is_refusal:
            return answers
    return answers


def _one(data: bytes, method: bytes) -> tuple[Answered | None, bytes]:
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=4 * 1024 * 1024)
    connection.send(h11.Request(method=method, target="/", headers=[("host", "localhost")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(data)
    status, headers, body, informed = 0, {}, b"", 0
    while True:
        event = connection.next_event()
        if isinstance(event, h11.InformationalResponse):
            informed += 1
        elif isinstance(event, h11.Response):
            status, headers = event.status_code, dict(event.headers.raw_items())
            headers = {name.lower(): value for name, value in headers.items()}
            if (
                b"content-length" not in headers
                and b"transfer-encoding" not in headers
                and method != b"HEAD"
                and status != 204
            ):
                raise Malformed(f"an answer of no length: {data[:300]!r}")
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            rest = bytes(connection.trailing_data[0])
            return Answered(status, headers, body, informed, data[: len(data) - len(rest)]), rest
        else:
            return None, data
