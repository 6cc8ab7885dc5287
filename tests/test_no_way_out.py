"""Whatever a server is sent, it calls nobody, and runs nothing of it."""

import ast
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.inprocess import parts_of
from tests.support.served import served

SOURCE = Path(__file__).parents[1] / "src/understudy"
ASKING = (  # what asks a server from elsewhere, and the store that a server was started with
    "client/", "local/", "interception/", "remote.py", "following.py", "stores/redis.py", "stores/wire.py",
)  # fmt: skip
CALLING = {
    "httpx", "requests", "aiohttp", "urllib3", "http.client", "urllib.request", "ftplib", "smtplib", "xmlrpc.client",
}  # fmt: skip
RUNNING = {
    "subprocess", "pickle", "marshal", "shelve", "ctypes", "code", "codeop", "runpy", "pty",
}  # fmt: skip
CALLS = {
    "eval", "exec", "compile", "__import__", "system", "popen", "execv", "execve", "spawnv", "open_connection",
    "create_connection", "sock_connect", "unsafe_load", "full_load", "from_string", "create_subprocess_exec",
    "create_subprocess_shell",
}  # fmt: skip
CREDENTIALS = {"admin-auth": "12345", "x-api-key": "YOUR_API_KEY", "Client-ID": "a", "Client-Secret": "b"}


def serving() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(SOURCE.rglob("*.py")):
        name = str(file.relative_to(SOURCE))
        if not name.startswith(ASKING):
            yield name, ast.parse(file.read_text())


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def called(tree: ast.Module) -> Iterator[str]:
    """Yield the names of functions that are called: of methods the last word, but for ``re.compile`` and its like."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id
            elif isinstance(node.func, ast.Attribute) and node.func.attr != "compile":
                yield node.func.attr


def test_what_serves_has_nothing_to_call_others_with() -> None:
    assert [] == [f"{name}: {one}" for name, tree in serving() for one in imported(tree) if one in CALLING]


def test_what_serves_has_nothing_to_run_code_with() -> None:
    found = [f"{name}: {one}" for name, tree in serving() for one in imported(tree) if one in RUNNING]
    assert ["watchdog.py: ctypes"] == found  # raises an error in a thread, and is given nothing that was sent
    assert [] == [f"{name}: {one}()" for name, tree in serving() for one in called(tree) if one in CALLS]


def filled(schema: Any, text: str, depth: int = 0) -> Any:
    """Return a body of this shape in which every text is the same."""
    if not isinstance(schema, dict) or depth > 6:
        return text
    parts = [part for word in ("allOf", "anyOf", "oneOf") for part in schema.get(word, ())]
    if parts or "properties" in schema:
        found = {name: filled(member, text, depth + 1) for name, member in schema.get("properties", {}).items()}
        for part in parts:
            inner = filled(part, text, depth + 1)
            found |= inner if isinstance(inner, dict) else {}
        return found
    kinds = {"array": [filled(schema.get("items"), text, depth + 1)], "integer": 1, "number": 1, "boolean": True}
    return kinds.get(schema.get("type", "string"), text)


def requests_with(text: str) -> Iterator[tuple[str, str, bytes]]:
    """Yield a request to every operation that takes a body, with a text wherever one can stand."""
    for part in parts_of():
        source = part.contract.source
        for operation in part.contract.operations.values():
            path = part.contract.base_paths[0].rstrip("/") + operation.path
            for parameter in operation.inputs.parameters:
                path = path.replace(f"{{{parameter.name}}}", "1")
            written = source.data["paths"][operation.path][operation.method.lower()]
            _, body = source.resolve_inside(written.get("requestBody"))
            media: list[dict[str, Any]] = list((body or {}).get("content", {}).values())
            _, schema = source.resolve_inside(media[0].get("schema") if media else None)
            common = {"url": text, "webhook": text, "callback": text, "$ref": text, "proxyBaseUrl": text}
            shape = filled(schema, text) if schema else {}
            yield (
                operation.method.upper(),
                path,
                json.dumps(common | (shape if isinstance(shape, dict) else {})).encode(),
            )


@pytest.fixture(scope="module")
def trap() -> Iterator[socket.socket]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.setblocking(False)
        yield listener


def visits(trap: socket.socket) -> int:
    """Return how many have connected since the last look."""
    number = 0
    while True:
        try:
            trap.accept()[0].close()
        except BlockingIOError:
            return number
        number += 1


def test_a_server_calls_nobody_whatever_it_is_sent(trap: socket.socket, tmp_path: Path) -> None:
    port = trap.getsockname()[1]
    url, canary = f"http://127.0.0.1:{port}/", tmp_path / "canary"
    running = [
        f"{{{{ cycler.__init__.__globals__.os.system('touch {canary}') }}}}",
        f"$(touch {canary}); `touch {canary}`",
        f"__import__('os').system('touch {canary}')",
        f"!!python/object/apply:os.system ['touch {canary}']",
    ]
    headers = {
        **CREDENTIALS, "Content-Type": "application/json", "Forwarded": f"host=127.0.0.1:{port}", "Referer": url,
        "X-Forwarded-Host": f"127.0.0.1:{port}", "X-Original-URL": url, "X-Proxy-Url": url, "Destination": url,
    }  # fmt: skip
    asked = 0
    with served("--any-credentials") as mock, httpx.Client(base_url=mock.url, trust_env=False, headers=headers) as http:
        for text in (url, *running):
            for method, path, body in requests_with(text):
                http.request(method, path, content=body, params={"url": text, "callback": text})
                asked += 1
            snapshot = {"url": text, "$ref": text, "world": text, "path": text}
            http.put("/__admin/snapshots/a/import", json=snapshot)
            http.post("/__admin/check", json={"method": "GET", "path": text, "headers": {"Host": text}})
            http.post("/__admin/faults", json={"match": {"path": {"matches": text}}, "answer": {"proxy": text}})
        own = httpx.URL(mock.url)
        for line in (f"GET {url} HTTP/1.1", f"CONNECT 127.0.0.1:{port} HTTP/1.1", "GET //127.0.0.1 HTTP/1.1"):
            with socket.create_connection((own.host, own.port or 0), 10) as raw:
                raw.sendall(f"{line}\r\nHost: {own.host}\r\nConnection: close\r\n\r\n".encode())
                assert raw.recv(100).startswith(b"HTTP/1.1 ")
        assert 200 == http.get("/hello").status_code
    assert asked > 200
    assert 0 == visits(trap)
    assert not canary.exists()


def test_the_trap_would_tell(trap: socket.socket) -> None:
    visits(trap)
    socket.create_connection(trap.getsockname()).close()
    assert 1 == visits(trap)
