"""The clients that the documents' samples are written for: curl, Python, Node, and a bare socket."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPResponse, parse_headers
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

_NODE = Path(__file__).parents[1] / "node"
_LOCAL = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
_PATIENCE = 30
# The samples await at the top level, which needs a module, and call require, which modules lack.
# The page requires axios once, in its first sample.
_AXIOS = """
import { createRequire } from 'node:module';
globalThis.require = createRequire(`${process.cwd()}/`);
globalThis.axios = require('axios');
"""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came over the wire."""

    status: int
    headers: Message
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON."""
        assert "application/json" == self.headers["Content-Type"]
        return json.loads(self.body)

    def hints(self) -> list[str]:
        """Return what the server suggests about each violation."""
        violations = json.loads(self.headers["Understudy-Violations"])["violations"]
        return [violation.get("hint", "") for violation in violations]


def curl(command: str, *options: str) -> Reply:
    """Run a curl command in a shell as it stands; options of ours go into a .curlrc."""
    with TemporaryDirectory() as home:
        Path(home, ".curlrc").write_text("\n".join(["silent", "show-error", "include", *options]), encoding="utf-8")
        answer = BytesIO(_output(["sh", "-c", command], "", {"CURL_HOME": home}))
    status = int(answer.readline().split()[1])
    return Reply(status, parse_headers(answer), answer.read())


def python(code: str) -> str:
    """Run Python code, with requests at hand; return what it printed."""
    return _output([sys.executable, "-"], f"import requests\n{code}", {"PYTHONIOENCODING": "utf-8"}).decode()


def node(code: str) -> str:
    """Run JavaScript as a module in Node, with require and axios at hand; return what it printed."""
    return _output(["node", "--input-type=module", "-"], _AXIOS + code, {}).decode()


def send(request: str, *, framed: bool = True) -> Reply:
    """Send a raw request over a socket, line ends as HTTP wants them, and with a version where its line has none.

    Framed, a body gets the Content-Length that every HTTP client adds; otherwise it is sent exactly as written.
    """
    head, _, body = request.replace("\n", "\r\n").partition("\r\n\r\n")
    line, _, rest = head.partition("\r\n")
    if len(line.split()) == 2:
        head = f"{line} HTTP/1.1\r\n{rest}"
    if body and framed:
        head += f"\r\nContent-Length: {len(body)}"
    to = urlsplit("http://" + head.partition("Host: ")[2].partition("\r\n")[0])
    with socket.create_connection((to.hostname, to.port), _PATIENCE) as connection:
        connection.sendall(f"{head}\r\n\r\n{body}".encode())
        with HTTPResponse(connection) as response:
            response.begin()
            return Reply(response.status, response.headers, response.read())


def _output(command: Sequence[str], program: str, environment: Mapping[str, str]) -> bytes:
    surroundings = {**os.environ, **_LOCAL, **environment}
    ran = subprocess.run(
        command,
        input=program.encode(),
        capture_output=True,
        check=False,
        cwd=_NODE,
        env=surroundings,
        timeout=_PATIENCE,
    )
    assert (0, b"") == (ran.returncode, ran.stderr)
    return ran.stdout
