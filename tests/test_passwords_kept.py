"""Passwords that were sent to every operation that takes one are nowhere in what is kept: in memory, file, Redis."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from werkzeug.security import check_password_hash

from tests.support.inprocess import InProcess, edge_of
from tests.support.redis import redis_server
from tests.support.secretive import GIVEN, OPTIONS, Secretive
from tests.support.served import served

SEEN = "jb@ardata.tech"
"""What stands in clear in whatever keeps a world, so that the search would find a password, too."""


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.items() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from texts(part)


def in_clear(passwords: set[str], kept: bytes) -> list[str]:
    return [password for password in passwords if password.encode() in kept]


def files_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def send_everything(url: str) -> Secretive:
    with httpx.Client(base_url=url, trust_env=False) as http:
        caller = Secretive(http)
        caller.call_every_operation()
        assert len(list(caller.misplace())) > 20
        assert 201 == http.put("/__admin/snapshots/kept").status_code
    assert len(caller.passwords) > 15
    return caller


def test_no_state_has_one() -> None:
    edge, sandbox = edge_of(credentials={name: [value] for name, value in GIVEN.items()})
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as http:
        caller = Secretive(http)
        caller.call_every_operation()
    states = {name: state.as_data() for name, state in edge.sandboxes.get("default").states().items()}
    kept = list(texts(states))
    assert SEEN in kept
    assert [] == [text for text in kept for password in caller.passwords if password in text]
    hashes = [text for text in kept if text.startswith("pbkdf2:sha256:")]
    taken = {password for password in caller.passwords if any(check_password_hash(one, password) for one in hashes)}
    assert len(taken) > 2, "some of the passwords that were sent are kept, as hashes"
    assert sandbox.name == "default"


def test_no_file_has_one(tmp_path: Path) -> None:
    with served(*OPTIONS, "--store", f"file:{tmp_path}/store.db") as server:
        caller = send_everything(server.url)
        while_served = files_below(tmp_path)
    afterwards = files_below(tmp_path)
    for kept in (while_served, afterwards):
        assert b"create_member" in kept
        assert b"pbkdf2:sha256:" in kept
        assert [] == in_clear(caller.passwords, kept)


def test_no_redis_has_one(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Its append-only file has all that was ever said to it."""
    program = request.config.getoption("--redis-server")
    with redis_server(tmp_path, "--appendonly", "yes", program=program) as redis:
        with served(*OPTIONS, "--store", redis.url) as server:
            caller = send_everything(server.url)
        kept = files_below(tmp_path)
    assert b"create_member" in kept
    assert b"pbkdf2:sha256:" in kept
    assert [] == in_clear(caller.passwords, kept)
