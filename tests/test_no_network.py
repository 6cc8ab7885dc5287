"""From the first import to the first page, nothing reaches out: an audit hook hears of whatever would."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.toy import HERE

ROOT = Path(__file__).parents[1]
LISTEN = """
import json, sys
REACHING = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto",
    "urllib.Request", "http.client.connect", "ftplib.connect", "smtplib.connect", "subprocess.Popen", "os.exec",
    "os.posix_spawn", "os.spawn", "os.system", "os.startfile", "pty.spawn", "pickle.find_class",
    "webbrowser.open", "ctypes.dlopen")
heard, opened = [], []
def hear(event, arguments):
    if event in REACHING:
        heard.append(f"{event} {arguments!r}"[:200])
    elif event == "open":
        opened.append(str(arguments[0]))
sys.addaudithook(hear)
"""
PLAY = """
import asyncio
from pathlib import Path
from tests.support.inprocess import call
from understudy.parts import Places
from understudy.production import Playbill, Production
from understudy.source import SourceError
try:
    production = Production(Playbill(places=Places(*map(Path, json.loads(sys.argv[1])), sys.argv[2])))
    def get(path):
        scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": [(b"host", b"localhost")], "scheme": "http", "server": ("localhost", 80), "root_path": "",
            "client": ("127.0.0.1", 1), "http_version": "1.1", "asgi": {"version": "3.0"}}
        return asyncio.run(call(production.app, scope, b""))[0]
    statuses = [get(path) for path in json.loads(sys.argv[3])]
except SourceError as error:
    statuses = [str(error)]
print(json.dumps([heard, opened, statuses]))
"""


def listened(script: str, *arguments: str) -> tuple[list[str], list[str], list[object]]:
    """Run a script in a process that hears of what reaches out; return that, the files opened, and the answers."""
    done = subprocess.run(
        [sys.executable, "-c", LISTEN + script, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    heard, opened, statuses = json.loads(done.stdout)
    return [one for one in heard if not one.startswith("ctypes.dlopen (None")], opened, statuses


def toy(folder: Path, old: str, new: str) -> str:
    """Write the toy's contract with something else in it; return the argument that names its places."""
    text = (HERE / "openapi/toy.yaml").read_text()
    assert old in text
    (folder / "toy.yaml").write_text(text.replace(old, new, 1))
    return json.dumps([str(folder), str(HERE / "fixtures")])


PAGES = ["/", "/docs/toy", "/docs/toy/openapi.json", "/docs/toy/read_thing", "/docs/toy/swagger", "/console"]
EXAMPLE = 'examples: {thing_created: {x-varies: all, value: {id: "1", name: First, colour: red}}}'
"""Of the answer to ``create_thing``."""
EITHER = "{oneOf: [{$ref: '#/components/schemas/Thing'}], discriminator: {propertyName: colour, mapping: {red: URL}}}"
TEMPLATE = "\"{{ cycler.__init__.__globals__.os.popen('true').read() }}{% include 'URL' %}\""


def test_the_hook_would_hear() -> None:
    heard, _, _ = listened(
        "import socket\ntry:\n    socket.create_connection(('127.0.0.1', 9), 1)\nexcept OSError:\n    pass\n"
        "print(json.dumps([heard, opened, []]))"
    )
    assert any(one.startswith("socket.connect") for one in heard)


def test_our_own_contracts_are_loaded_and_shown_without_the_network() -> None:
    pages = ["/", "/docs/tyk", "/docs/tyk/openapi.yaml", "/docs/tyk/swagger", "/console", "/hello"]
    places = json.dumps([str(ROOT / "openapi"), str(ROOT / "fixtures")])
    heard, _, statuses = listened(PLAY, places, "understudy.providers", json.dumps(pages))
    assert [] == heard
    assert [200] * len(pages) == statuses


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  title: Toy\n", "  title: Toy\n  termsOfService: URL\n  contact: {name: x, url: URL}\n"),
        ("servers:\n  - {url: /toy}", "externalDocs: {url: URL}\nservers:\n  - {url: /toy}\n  - {url: URL/toy}"),
        (EXAMPLE, 'examples: {thing_created: {x-varies: all, value: {$ref: URL, id: "1", name: First, colour: red}}}'),
        (EXAMPLE, f"links: {{next: {{operationRef: URL, parameters: {{}}}}}}\n              {EXAMPLE}"),
        (EXAMPLE, "examples: {thing_created: {externalValue: URL}}"),
        ("  schemas:\n", f"  schemas:\n    Either:\n      {EITHER}\n"),
        ("  title: Toy\n", f"  title: {TEMPLATE}\n"),
        ("servers:\n", "tags: [{name: x, externalDocs: {url: URL}}]\nservers:\n"),
    ],
    ids=["info", "servers", "an example", "operationRef", "externalValue", "mapping", "a template", "tags"],
)  # fmt: skip
@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x.yaml", "file"])
def test_nothing_that_a_contract_names_is_fetched_or_opened(old: str, new: str, url: str, tmp_path: Path) -> None:
    """It is shown as text, or refused, but nobody goes there."""
    canary = tmp_path / "canary.yaml"
    canary.write_text("a: canary\n")
    folder = tmp_path / "openapi"
    folder.mkdir()
    places = toy(folder, old, new.replace("URL", f"file://{canary}" if url == "file" else url))
    heard, opened, statuses = listened(PLAY, places, "tests.toy.parts", json.dumps(PAGES))
    assert [] == heard
    assert str(folder / "toy.yaml") in opened
    assert [] == [path for path in opened if "canary" in path]
    assert all(status in {200, 404} or str(status).startswith("openapi/toy.yaml:") for status in statuses), statuses
