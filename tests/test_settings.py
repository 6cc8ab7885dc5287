"""understudy.yaml: what it may say, and one sentence with file and line for what it may not."""

from pathlib import Path
from typing import Any

import pytest

from understudy.options import SERVE, from_file, read_settings
from understudy.source import Source, SourceError


def read(text: str) -> dict[str, Any]:
    return from_file(Source.parse(text.encode(), "understudy.yaml"))


def test_every_option_can_be_given() -> None:
    text = """
port: 0
host: localhost
world: empty
seed: -7
provider: [tyk, koneksi]
credential: tyk=mine
any-credentials: true
journal: 0
max-sandboxes: 5
journal-bytes: 100000
max-records: 50
max-snapshots: 6
max-faults: 7
max-watchers: 8
max-memory: 64
sandbox-idle: 60
store: redis://localhost:6379/3
max-body: 1000
max-bodies: 100000
max-unsent: 100000
max-head: 5000
max-header: 4000
max-headers: 50
max-url: 2000
max-depth: 20
max-fields: 30
max-connections: 64
max-in-flight: 32
request-timeout: 3
keep-alive: 4
workers: 2
allow-host: [mock.example.org, .example.net]
admin-token: a-token-of-the-tests
admin-token-file: token
no-admin: true
tls: true
certfile: cert.pem
keyfile: key.pem
watch: false
no-validate-responses: true
log-level: warning
show-secrets: true
handler-timeout: 9
"""
    assert {option.key for option in SERVE} == {line.split(":")[0] for line in text.split() if line.endswith(":")}
    assert {
        "port": 0,
        "host": "localhost",
        "world": "empty",
        "seed": -7,
        "provider": ["tyk", "koneksi"],
        "credential": ["tyk=mine"],
        "any_credentials": True,
        "journal": 0,
        "max_sandboxes": 5,
        "journal_bytes": 100_000,
        "max_records": 50,
        "max_snapshots": 6,
        "max_faults": 7,
        "max_watchers": 8,
        "max_memory": 64,
        "sandbox_idle": 60,
        "store": "redis://localhost:6379/3",
        "max_body": 1000,
        "max_bodies": 100_000,
        "max_unsent": 100_000,
        "max_head": 5000,
        "max_header": 4000,
        "max_headers": 50,
        "max_url": 2000,
        "max_depth": 20,
        "max_fields": 30,
        "max_connections": 64,
        "max_in_flight": 32,
        "request_timeout": 3,
        "keep_alive": 4,
        "workers": 2,
        "allow_host": ["mock.example.org", ".example.net"],
        "admin_token": "a-token-of-the-tests",
        "admin_token_file": "token",
        "no_admin": True,
        "tls": True,
        "certfile": "cert.pem",
        "keyfile": "key.pem",
        "watch": False,
        "no_validate_responses": True,
        "log_level": "warning",
        "show_secrets": True,
        "handler_timeout": 9,
    } == read(text)


MISTAKES = [
    ("port: 1\nwatch: 1", "understudy.yaml:2: watch: 1 is not true or false; write such as 'watch: true'"),
    ("watch: [1]", "understudy.yaml:1: watch: [1] is not true or false; write such as 'watch: true'"),
    ("watch: yes", "understudy.yaml:1: watch: 'yes' is not true or false; write such as 'watch: true'"),
    ("seed: abc", "understudy.yaml:1: seed: 'abc' is not a valid integer; write such as 'seed: 1'"),
    ("port: 1.5", "understudy.yaml:1: port: 1.5 is not a valid integer; write such as 'port: 4010'"),
    ("port: true", "understudy.yaml:1: port: True is not a valid integer; write such as 'port: 4010'"),
    ("port: [1]", "understudy.yaml:1: port: [1] is not a valid integer; write such as 'port: 4010'"),
    ("port:", "understudy.yaml:1: port: None is not a valid integer; write such as 'port: 4010'"),
    ("world: 5", "understudy.yaml:1: world: 5 is not a text; write it in quotes"),
    ("provider: {a: b}", "understudy.yaml:1: provider: {'a': 'b'} is not a text; write such as 'provider: NAME'"),
    ("provider:\n  - tyk\n  - 5", "understudy.yaml:3: provider: 5 is not a text; write it in quotes"),
    (
        "credential: [[a]]",
        "understudy.yaml:1: credential: ['a'] is not a text; write such as 'credential: PROVIDER=VALUE'",
    ),
    (
        "log-level: loud",
        "understudy.yaml:1: log-level: 'loud' is not one of debug, info, warning, error; write such as 'log-level: ",
    ),
    ("a/b: 1", "understudy.yaml:1: unknown option 'a/b'; there are port, host, world"),
    ("- port", "understudy.yaml:1: expected options, such as 'port: 4010'"),
    ("just words", "understudy.yaml:1: expected options, such as 'port: 4010'"),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES, ids=[text for text, _ in MISTAKES])
def test_a_mistake_is_named_with_file_line_and_remedy(text: str, said: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(text)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "\n\n", "# port: 4011\n  # world: empty\n", "---\n# nothing yet\n", "null\n"])
def test_a_file_that_says_nothing_means_no_options(tmp_path: Path, text: str) -> None:
    path = tmp_path / "understudy.yaml"
    path.write_text(text)
    assert {} == read_settings(path)


def test_a_file_that_is_not_there_means_no_options(tmp_path: Path) -> None:
    assert {} == read_settings(tmp_path / "understudy.yaml")


def test_a_file_is_read_under_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "understudy.yaml"
    path.write_text("# a comment\nport: 4011\n")
    assert {"port": 4011} == read_settings(path)
    path.write_text("# a comment\nprot: 4011\n")
    with pytest.raises(SourceError, match=r"^understudy\.yaml:2: unknown option 'prot'"):
        read_settings(path)
