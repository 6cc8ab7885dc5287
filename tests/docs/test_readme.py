"""The README cannot lie: its calls are made, its tables are generated, its options exist."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.docs.readme import README, rewritten
from tests.support.served import Served, served
from understudy.cli import main

TEXT = README.read_text()
COMMAND = re.compile(r"^\$ (understudy (?:coverage|wait) .*)$\n((?:(?!\$ |```).*\n)*)", re.MULTILINE)
CALL = re.compile(r"^\$ (curl .*)$\n(.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as running:
        yield running


def test_the_generated_parts_are_up_to_date() -> None:
    """If this fails: make operations."""
    assert rewritten(TEXT) == TEXT


def test_there_are_calls_to_make() -> None:
    assert 5 <= len(CALL.findall(TEXT))


@pytest.mark.parametrize(("call", "shown"), CALL.findall(TEXT))
def test_a_call_gets_the_answer_that_the_readme_shows(server: Served, call: str, shown: str) -> None:
    command = call.replace("http://127.0.0.1:4010", server.url)
    got = subprocess.run(shlex.split(command), capture_output=True, text=True, check=True).stdout
    assert re.match(".*?".join(re.escape(part) for part in shown.split("…")), got), got


@pytest.mark.parametrize(("call", "shown"), COMMAND.findall(TEXT))
def test_a_command_prints_lines_like_those_that_the_readme_shows(
    server: Served, call: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers and spaces differ from run to run; the first and the last line are compared without."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UNDERSTUDY_URL", server.url)
    arguments = shlex.split(call.replace("http://127.0.0.1:4010", server.url))[1:]
    got = CliRunner().invoke(main, arguments).output
    for line in (shown.splitlines()[0], shown.splitlines()[-1]):
        assert re.search(_like(line), got), line


def _like(line: str) -> str:
    """Return the pattern of a line whose numbers and spaces do not matter, nor what stands for the server's URL."""
    words = line.replace("http://127.0.0.1:4010", "…").split()
    patterns = [re.sub(r"\d+(\\.\d+)?", r"[\\d.]+", re.escape(word)).replace("…", r"\S+") for word in words]
    return r"\s+".join(patterns)


def test_the_terminal_lines_are_those_that_the_readme_shows() -> None:
    block = re.search(r"```text\n(.*?)```", TEXT, re.DOTALL)
    assert block is not None
    (call,) = [call for call, _ in CALL.findall(TEXT) if "client_di" in call]
    with served("--provider", "ivalt") as own:
        subprocess.run(shlex.split(call.replace("http://127.0.0.1:4010", own.url)), capture_output=True, check=True)
        shown = own.shown("client_id: is required")
    for line in block[1].splitlines():
        pattern = (
            re.escape(line).replace("…", r"\d+").replace("12:00:00", r"\d\d:\d\d:\d\d").replace(r"0\.4", r"\d+\.\d")
        )
        assert re.search(pattern, shown), line


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", TEXT))))
def test_a_link_leads_somewhere(target: str) -> None:
    assert (README.parent / target).exists()


@pytest.mark.parametrize("word", sorted(set(re.findall(r"`make (\w+)", TEXT))))
def test_a_chore_that_is_named_exists(word: str) -> None:
    assert f"\n{word}:" in (README.parent / "Makefile").read_text()


def test_the_architecture_is_one_page() -> None:
    assert len(Path(README.parent / "ARCHITECTURE.md").read_text().split()) < 1300
