"""The page for teams cannot lie: its options exist, its calls are made, its settings are set in a real Redis."""

import re
import shlex
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import httpx
import pytest

from benchmarks import sizing
from tests.docs.page import ALL, PAGE, ROOT, SETTINGS, TEXT, blocks, calls, commands, like, section
from tests.docs.readme import README
from tests.support.redis import RedisServer, redis_server
from tests.support.served import Served, free_port, served
from understudy.cli import main
from understudy.options import SERVE
from understudy.sharing.opening import MEMORY, opener

CREDENTIAL = {"admin-auth": "12345"}
REFUSED = [(command, shown) for command, shown in calls() if command.startswith("understudy")]
OURS = [command for command in commands() if command.startswith("understudy")]
IN_README = [command for command in commands(README.read_text()) if command.startswith("understudy serve --")]


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    flags = [word for name, value in SETTINGS.items() for word in (f"--{name}", value)]
    with redis_server(tmp_path_factory.mktemp("redis"), *flags) as server:
        yield server


@pytest.fixture(scope="module")
def team(redis: RedisServer) -> Iterator[Served]:
    """The server that the page tells one to start."""
    (command,) = [command for command in OURS if command.endswith("--workers 2") and "redis://" in command]
    with served(*shlex.split(here(command, redis))[2:]) as running:
        yield running


def here(text: str, redis: RedisServer) -> str:
    """Put the Redis of the test in the place of the one that the page names."""
    named = text.replace("127.0.0.1:6379", f"127.0.0.1:{redis.port}")
    return named.replace("-p 6379", f"-p {redis.port}")


def make(url: str, name: str) -> str:
    made = httpx.post(f"{url}/admin/organisations", headers=CREDENTIAL, json={"owner_name": name}, trust_env=False)
    id: str = made.raise_for_status().json()["Meta"]
    return id


def owner(url: str, id: str) -> str:
    read = httpx.get(f"{url}/admin/organisations/{id}", headers=CREDENTIAL, trust_env=False)
    name: str = read.raise_for_status().json()["owner_name"]
    return name


@pytest.mark.parametrize("command", OURS)
def test_a_command_of_ours_is_one(command: str) -> None:
    _, name, *arguments = shlex.split(command)
    given = main.commands[name].make_context(name, arguments).params
    assert given["store"] == MEMORY or opener(given["store"], journal=1, idle=None)


def test_the_readme_starts_a_team_as_the_page_does() -> None:
    shared = {command for command in IN_README if "redis://" in command}
    assert shared
    assert shared <= set(OURS)


def test_a_file_keeps_what_was_made(tmp_path: Path) -> None:
    (command,) = [command for command in OURS if "file:" in command]
    arguments = [word.replace("/var/lib/understudy", str(tmp_path)) for word in shlex.split(command)[2:]]
    with served(*arguments) as running:
        id = make(running.url, "Kept")
        running.process.kill()
    with served(*arguments) as running:
        assert "Kept" == owner(running.url, id)


def test_a_command_that_is_none_is_found_out() -> None:
    with pytest.raises(click.UsageError):
        main.commands["serve"].make_context("serve", ["--worker-count", "2"])


def test_every_option_and_variable_that_is_named_exists() -> None:
    assert set(re.findall(r"`(--[a-z-]+)[ `]", TEXT)) <= {option.flag for option in SERVE}
    assert set(re.findall(r"UNDERSTUDY_[A-Z_]+", ALL)) <= {option.variable for option in SERVE}


@pytest.mark.parametrize(("command", "shown"), REFUSED, ids=[command for command, _ in REFUSED])
def test_a_server_that_is_refused_says_what_the_page_shows(
    team: Served, redis: RedisServer, command: str, shown: str
) -> None:
    arguments = shlex.split(here(command, redis))[1:]
    done = subprocess.run(
        [sys.executable, "-m", "understudy", *arguments, "--port", "0"], capture_output=True, text=True, check=False
    )
    assert 2 == done.returncode
    assert like(here(shown, redis)).fullmatch(done.stderr.strip()) or like(shown).fullmatch(done.stderr.strip())


def test_the_settings_are_what_redis_has(redis: RedisServer) -> None:
    for name, value in SETTINGS.items():
        command = ["redis-cli", "-p", str(redis.port), "config", "get", name]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        wanted = value if not value.endswith("mb") else str(int(value[:-2]) * 1024**2)
        assert [name, wanted] == told


def test_what_was_acknowledged_survives_a_redis_that_is_killed(team: Served, redis: RedisServer) -> None:
    id = make(team.url, "Kept")
    while redis.ask("INFO", "persistence")["aof_buffer_length"]:  # held back, by a disk that is too slow
        time.sleep(0.05)
    redis.kill()
    redis.start()
    assert "Kept" == owner(team.url, id)


def test_while_redis_is_away_answers_are_what_the_page_shows_and_come_back_by_themselves(
    team: Served, redis: RedisServer
) -> None:
    shown = calls(section("When Redis is away"))
    assert 3 == len(shown)
    redis.stop()
    try:
        got = [
            subprocess.run(
                shlex.split(call.replace("http://127.0.0.1:4010", team.url)), capture_output=True, text=True, check=True
            ).stdout
            for call, _ in shown
        ]
    finally:
        redis.start()
    for (_, wanted), answer in zip(shown, got, strict=True):
        assert like(wanted).fullmatch(answer), answer
    assert httpx.get(f"{team.url}/__admin/health", trust_env=False).is_success


def test_keys_are_tagged_as_the_page_says(team: Served, redis: RedisServer) -> None:
    make(f"{team.url}/~tagged", "Somebody")
    tags = {match for key in redis.ask("KEYS", "*") if (match := re.match(rb"understudy:\{(.+?)\}:", key))}
    assert {b"tagged", b"default", b"*"} <= {match[1] for match in tags}
    assert len(redis.ask("KEYS", "*")) == len(tags)
    for named in ("understudy:{NAME}:", "understudy:{*}:"):
        assert named in section("Past one machine")


def test_a_backup_is_played_in_as_the_page_says(team: Served, redis: RedisServer, tmp_path: Path) -> None:
    text = section("Backups")
    saving, reading, keeping = (line for block in blocks("sh", text) for line in block.splitlines())
    id = make(team.url, "Saved")
    httpx.get(f"{team.url}/__admin/requests", trust_env=False).raise_for_status()
    subprocess.run(shlex.split(here(saving, redis)), cwd=tmp_path, capture_output=True, check=True)
    flags = [flag for flag in shlex.split(reading)[1:] if flag != "."]
    flags.remove("--dir")
    with redis_server(tmp_path, *flags) as another:
        subprocess.run(shlex.split(here(keeping, another)), capture_output=True, check=True)
        with served("--store", another.url) as restored:
            assert "Saved" == owner(restored.url, id)
            make(restored.url, "Afterwards")
        assert (tmp_path / "appendonlydir").is_dir()


def test_a_part_that_was_cleared_can_be_played_anew(tmp_path: Path) -> None:
    (clearing,) = blocks("sh", section("Upgrades"))
    with redis_server(tmp_path) as own:
        with served("--store", own.url, "--provider", "tyk"):
            pass
        with pytest.raises(RuntimeError), served("--store", own.url, "--provider", "tyk", "--seed", "2"):
            pass
        with served("--store", own.url.replace("/0", "/1"), "--provider", "tyk", "--seed", "2"):
            pass
        subprocess.run(shlex.split(here(clearing, own)), capture_output=True, check=True)
        with served("--store", own.url, "--provider", "tyk", "--seed", "2") as fresh:
            assert httpx.get(f"{fresh.url}/hello", trust_env=False).is_success


def test_the_load_balancer_sends_a_sandbox_to_one_node(redis: RedisServer, tmp_path: Path) -> None:
    store = ("--store", redis.url.replace("/0", "/3"), "--provider", "tyk")
    with served(*store) as one, served(*store) as other, balanced(tmp_path, one.url, other.url) as url:
        for number in range(12):
            for path, headers in ((f"/~b{number}/hello", {}), ("/hello", {"Understudy-Sandbox": f"b{number}"})):
                httpx.get(f"{url}{path}", headers=headers, trust_env=False).raise_for_status()
        taken = wait_for_lines(24, one, other)
    assert all(taken)
    assert not set(taken[0]) & set(taken[1])


def wait_for_lines(count: int, *nodes: Served) -> list[list[str]]:
    """Return the sandbox of each request that a node took, by node, once they have told of so many."""
    for _ in range(100):
        taken = [re.findall(r"GET /~(\w+)/hello", "\n".join(node.lines)) for node in nodes]
        if count == sum(map(len, taken)):
            break
        time.sleep(0.1)
    return taken


@contextmanager
def balanced(folder: Path, *nodes: str) -> Iterator[str]:
    """Run nginx as the page configures it, over these nodes."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    assert program, "nginx is missing: sh tests/install-system-packages.sh"
    port = free_port()
    (text,) = blocks("nginx")
    for shown, real in zip(("127.0.0.1:4011", "127.0.0.1:4012"), nodes, strict=True):
        text = text.replace(shown, real.removeprefix("http://"))
    text = text.replace("127.0.0.1:4010", f"127.0.0.1:{port}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    head = f"daemon off; pid {folder}/pid; error_log {folder}/errors;\nevents {{}}\n"
    configuration = folder / "nginx.conf"
    configuration.write_text(f"{head}http {{\naccess_log off;\n{temporary}{text}}}\n")
    with subprocess.Popen([program, "-p", str(folder), "-c", str(configuration)], stderr=subprocess.DEVNULL) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            with httpx.Client(transport=httpx.HTTPTransport(retries=5), trust_env=False) as http:
                http.get(f"{url}/__admin/health").raise_for_status()
            yield url
        finally:
            process.terminate()


def test_files_and_extras_that_are_named_exist() -> None:
    files = set(re.findall(r"(?:docs|benchmarks|openapi)/[\w./-]*\w", ALL)) | set(re.findall(r"-r (\S+)", TEXT))
    assert {"docs/deploy/understudy.service", "requirements/serve.txt"} <= files
    made = (ROOT / ".gitignore").read_text().splitlines()
    for file in files - set(made):
        assert (ROOT / file).exists(), file
    for chore in re.findall(r"`make (\w+)", TEXT):
        assert f"\n{chore}:" in (ROOT / "Makefile").read_text()
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(re.findall(r"\[(\w+)\]'", TEXT)) <= extras.keys()


def test_the_sizes_are_those_that_the_benchmark_writes() -> None:
    written = TEXT.partition(sizing.BEGIN)[2].partition(sizing.END)[0]
    costs, kept = written.partition(f"{sizing.HEAD}\n")[2].split(f"\n{sizing.HEAD_OF_KEPT}\n")
    assert len(sizing.CREWS) * len(sizing.CALLS) == len(costs.splitlines())
    assert len(sizing.KEPT) + 1 == len(kept.splitlines())
    assert all(re.search(r"\d", cell) for row in costs.splitlines() for cell in row.split("|")[4:-1])


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", TEXT))))
def test_a_link_leads_somewhere(target: str) -> None:
    assert (PAGE.parent / target).exists()
