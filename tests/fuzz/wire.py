"""Playing a session over a socket, and judging what came back."""

import socket
import struct
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

from tests.fuzz.answers import Answered, Malformed, answers_in
from tests.fuzz.sessions import Session
from tests.fuzz.strict_http import Asked, Reading, read

PATIENCE = 20.0
"""Seconds after which an answer does not come any more."""
_GIVEN_UP = 0.3
"""Seconds that a server gets which may as well wait for more."""


class Finding(AssertionError):
    """Something that may not be; says what."""


@dataclass(frozen=True, slots=True)
class Played:
    """What a session sent, by the strict reading, and the answers."""

    session: Session
    reading: Reading
    answers: list[Answered]


def play(url: str, session: Session) -> Played:
    """Send a session, and read what comes back. Raises Finding."""
    reading = read(session.data)
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port or 80), timeout=PATIENCE) as opened:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _send(opened, session)
        if session.ending == "gone":
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return Played(session, reading, [])
        if session.ending == "half":
            _end(opened)
        answers = _answers(opened, session, reading)
    return Played(session, reading, answers)


def _send(opened: socket.socket, session: Session) -> None:
    for piece in session.pieces:
        try:
            opened.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            return  # the server reads no more of what it refused
        if session.pause:
            time.sleep(session.pause)


def _end(opened: socket.socket) -> None:
    try:
        opened.shutdown(socket.SHUT_WR)
    except OSError:
        return


def _answers(opened: socket.socket, session: Session, reading: Reading) -> list[Answered]:
    """Read until everything is answered, then until the connection ends."""
    methods = [asked.method for asked in reading.requests]
    wanted = len(methods) + (reading.end == "broken")
    received, halved = b"", session.ending == "half"
    answers: list[Answered] = []
    while True:
        if not halved and len(answers) >= len(methods) and reading.end != "broken":
            _end(opened)
            halved = True
        opened.settimeout(_GIVEN_UP if not halved and len(answers) >= len(methods) else PATIENCE)
        try:
            chunk = opened.recv(1024 * 1024)
        except TimeoutError:
            if halved or len(answers) < len(methods):
                if waits(session):
                    return answers
                raise Finding(f"{len(answers)} of {wanted} answers came, and the connection stays open") from None
            _end(opened)
            halved = True
            continue
        except ConnectionResetError:
            chunk = b""
        received += chunk
        try:
            answers = answers_in(received, methods, reading.rest, ended=not chunk)
        except Malformed as malformed:
            if not chunk and _may_end_early(session):
                return answers
            raise Finding(str(malformed)) from None
        if not chunk:
            return answers


def waits(session: Session) -> bool:
    """Say whether an answer may be late because it was asked to be."""
    data = session.data.lower()
    return any(word in data for word in (b"wait", b"delay", b"crowded", b"/__admin/events"))


def _may_end_early(session: Session) -> bool:
    """Say whether an answer may be cut: one that has no end, or one that is sent slowly, and nobody listens."""
    return (
        waits(session)
        or session.ending == "half"
        or b"__admin/faults" in session.data
        or read(session.data).end == "closed"
    )


def judge(played: Played) -> None:
    """Hold the answers to what was sent. Raises Finding."""
    asked, answers = played.reading.requests, played.answers
    for number, answer in enumerate(answers):
        if number >= len(asked):
            _judge_extra(played, number, answer)
        else:
            _judge_one(asked[number], answer)
        if answer.is_refusal and number + 1 < len(answers):
            raise Finding(f"answer {number + 1} says that nothing more is read, and there are {len(answers)}")
    # Who sends more than the last request may have the connection reset, and lose what was answered.
    careful = played.reading.end != "closed" or not played.reading.rest
    complete = careful and played.session.ending == "reads" and not waits(played.session)
    if complete and len(answers) < len(asked) and not (answers and answers[-1].is_last):
        raise Finding(f"{len(asked)} requests were sent, {len(answers)} answers came")


def _judge_extra(played: Played, number: int, answer: Answered) -> None:
    early = played.reading.end == "partial" and b"\r\n\r\n" in played.reading.rest  # before its body is here
    if number > len(played.reading.requests) or not (answer.is_refusal or early):
        raise Finding(
            f"{len(played.reading.requests)} requests were sent, the end {played.reading.end}, and answer {number + 1} "
            f"is {answer}"
        )


def _judge_one(asked: Asked, answer: Answered) -> None:
    expects = asked.values(b"expect") and asked.values(b":version") == [b"1.1"]
    if answer.informed > bool(expects):
        raise Finding(f"{asked.raw!r} was told to go on {answer.informed} times")
    media = answer.headers.get(b"content-type", b"").decode("latin-1").split(";")[0]
    if answer.status >= 500 and not _is_meant(answer):
        raise Finding(f"{asked.method!r} {asked.target!r} got {answer}")
    if media == "application/json" or media.endswith("+json"):
        if answer.body or asked.method != b"HEAD":
            try:
                orjson.loads(answer.body)
            except orjson.JSONDecodeError as error:
                raise Finding(f"{asked.method!r} {asked.target!r} got no JSON ({error}): {answer}") from None
    elif answer.body and not _may_be_no_json(asked, media):
        raise Finding(f"{asked.method!r} {asked.target!r} got {media!r}: {answer}")


def _is_meant(answer: Answered) -> bool:
    """Say whether a 5xx is one that somebody asked for, or that the contract declares."""
    told = (b"understudy-answer", b"understudy-fault", b"preference-applied")
    full = answer.status == 503 and b"as many as there may be" in answer.body
    return any(name in answer.headers for name in told) or full or (answer.status in (501, 505) and answer.is_refusal)


def _may_be_no_json(asked: Asked, media: str) -> bool:
    if asked.path in ("/hello", "/admin/hello"):
        return True
    pages = asked.path == "/" or asked.path.startswith(
        ("/docs", "/console", "/assets", "/__admin/events", "/__admin/coverage")
    )
    return pages or media == "text/plain"


def judge_journal(played: Played, entries: list[dict[str, Any]]) -> None:
    """Hold what was played in a sandbox to what was sent. Raises Finding."""
    asked = [(request.method.decode("latin-1"), request.path) for request in played.reading.requests]
    for entry in entries:
        if (entry["method"], entry["path"]) not in asked:
            raise Finding(f"{entry['method']} {entry['path']} was played, and by the strict reading {asked} was sent")
        asked.remove((entry["method"], entry["path"]))
