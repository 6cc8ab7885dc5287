"""The judges themselves: the strict reading reads by the book, and whoever breaks a rule is found."""

import pytest

from tests.fuzz.answers import Malformed, answers_in
from tests.fuzz.corpus import HOST, chunked, corpus
from tests.fuzz.sessions import Session, session
from tests.fuzz.strict_http import read
from tests.fuzz.wire import Finding, Played, judge, judge_journal

GET = b"GET /hello HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /hello HTTP/1.1\r\n" + HOST
OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
FAILED = OK.replace(b"200 OK", b"500 Internal Server Error")


@pytest.mark.parametrize(
    ("data", "count", "end"),
    [
        (b"", 0, "whole"),
        (GET + b"\r\n" + GET, 2, "whole"),
        (GET[:-1], 0, "partial"),
        (POST + b"content-length: 5\r\n\r\nabcd", 0, "partial"),
        (POST + b"content-length: 5\r\n\r\nabcde" + GET, 2, "whole"),
        (POST + b"content-length: 5\r\ncontent-length: 5\r\n\r\nabcde", 0, "broken"),
        (POST + b"content-length: +5\r\n\r\nabcde", 0, "broken"),
        (POST + b"content-length : 5\r\n\r\nabcde", 0, "broken"),
        (POST + b"x: y\r\n content-length: 5\r\n\r\nabcde", 0, "broken"),
        (POST + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 0, "broken"),
        (POST + b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 0, "broken"),
        (POST + b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n" + GET, 2, "whole"),
        (POST + b"transfer-encoding: chunked\r\n\r\n1;a=b\r\nx\r\n0\r\na: b\r\n\r\n" + GET, 2, "whole"),
        (POST + b"transfer-encoding: chunked\r\n\r\n2\r\nx\r\n0\r\n\r\n", 0, "broken"),
        (POST + b"transfer-encoding: chunked\r\n\r\n0x1\r\nx\r\n0\r\n\r\n", 0, "broken"),
        (POST.replace(b"1.1", b"1.0") + b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n", 0, "broken"),
        (GET.replace(b"1.1", b"1.0") + GET, 1, "closed"),
        (GET.replace(b"\r\n\r\n", b"\r\nconnection: x, Close\r\n\r\n") + GET, 1, "closed"),
        (GET.replace(b"1.1", b"2.0"), 0, "broken"),
        (GET.replace(b"\r\n", b"\n"), 0, "broken"),
        (b"GET /hello\r\n\r\n", 0, "broken"),
    ],
)
def test_the_strict_reading_goes_by_the_book(data: bytes, count: int, end: str) -> None:
    reading = read(data)
    assert (count, end) == (len(reading.requests), reading.end)


def test_the_corpus_is_whole_and_has_the_same_bodies_in_chunks() -> None:
    for request in corpus():
        (asked,) = read(request).requests
        assert request == asked.raw
        if asked.body and not asked.values(b"transfer-encoding"):
            assert [asked.body] == [one.body for one in read(chunked(request)).requests]


def test_a_seed_makes_the_same_session_again() -> None:
    assert [session(seed) for seed in range(50)] == [session(seed) for seed in range(50)]
    assert 7 == len({session(seed).kind for seed in range(50)})


def played(sent: bytes, received: bytes) -> Played:
    reading = read(sent)
    methods = [asked.method for asked in reading.requests]
    return Played(Session("", (sent,)), reading, answers_in(received, methods, reading.rest, ended=True))


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        (GET, OK * 2),
        (POST + b"content-length: %d\r\n\r\n%s" % (len(GET), GET), OK * 2),
        (GET * 2, OK),
        (GET, FAILED),
        (GET, OK.replace(b"{}", b"{,")),
        (GET, OK.replace(b"2\r\n", b"2\r\n").replace(b"HTTP/1.1 200", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")),
        (GET.replace(b"hello", b"other"), OK.replace(b"application/json", b"text/html")),
        (b"\x00", OK),
    ],
)
def test_what_breaks_a_rule_is_found(sent: bytes, received: bytes) -> None:
    judge(played(GET, OK))
    with pytest.raises(Finding):
        judge(played(sent, received))


@pytest.mark.parametrize("received", [b"nonsense", OK[:-1], OK + b"x", OK.replace(b"content-length: 2\r\n", b"")])
def test_what_is_no_answer_is_found(received: bytes) -> None:
    with pytest.raises(Malformed):
        played(GET, received)


def test_what_was_played_and_never_sent_is_found() -> None:
    hidden = played(POST + b"content-length: %d\r\n\r\n%s" % (len(GET), GET), OK)
    judge_journal(hidden, [{"method": "POST", "path": "/hello"}])
    with pytest.raises(Finding):
        judge_journal(hidden, [{"method": "POST", "path": "/hello"}, {"method": "GET", "path": "/hello"}])
