"""A page of another origin neither reads nor changes anything through the control API, or reads a page of ours."""

from itertools import product
from typing import Any

import httpx
import pytest

from tests.support.inprocess import InProcess, edge_of
from understudy.control.play import load_control
from understudy.web.edge import Edge

OPERATIONS = [
    (operation.method.upper(), "/__admin" + operation.path) for operation in load_control().operations.values()
]
FOREIGN = [
    {"sec-fetch-site": "cross-site", "origin": "http://evil.example"},
    {"sec-fetch-site": "same-site", "origin": "http://localhost:3000"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"},
    {"sec-fetch-site": "a lie"},
    {"origin": "http://evil.example"},
    {"origin": "http://localhost:3000"},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "http://localhost.evil.example"},
    {"sec-fetch-site": "none", "origin": "http://evil.example"},
    {"sec-fetch-site": "same-origin", "origin": "http://evil.example"},
]
BODIES = [
    ("", ""),
    ("{}", "text/plain"),
    ("a=b", "application/x-www-form-urlencoded"),
    ("{}", "application/json"),
]


def _all(edge: Edge) -> Any:
    """Return everything that the control API could change."""
    return [
        (box.name, box.states(), len(box.journal), dict(box.snapshots), len(box.faults), box.now(), box.world.name)
        for box in edge.sandboxes
    ]


def _filled(path: str) -> str:
    values = {"name": "default", "provider": "tyk", "collection": "organisations", "id": "1"}
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    return path.replace("{key}", "1")


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_control_operation_answers_another_origin(method: str, path: str) -> None:
    edge, _ = edge_of()
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as client:
        before = _all(edge)
        for prefix, headers, (content, kind) in product(("", "/~default"), FOREIGN, BODIES):
            sent = {**headers, **({"content-type": kind} if kind else {})}
            reply = client.request(method, prefix + _filled(path), headers=sent, content=content)
            assert 403 == reply.status_code
            assert "Another origin" == reply.json()["title"]
            assert [] == [name for name in reply.headers if name.startswith("access-control-")]
        assert before == _all(edge)


@pytest.mark.parametrize("path", sorted({path for _, path in OPERATIONS}))
def test_a_preflight_is_told_nothing(path: str) -> None:
    edge, _ = edge_of()
    asked = {"origin": "http://evil.example", "access-control-request-method": "POST"}
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as client:
        reply = client.options(_filled(path), headers=asked)
    assert 403 == reply.status_code
    assert [] == [name for name in reply.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("path", [path for method, path in OPERATIONS if method == "GET" and path != "/__admin/events"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nothing_is_changed_by_get(path: str, method: str) -> None:
    edge, _ = edge_of()
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as client:
        before = _all(edge)
        assert client.request(method, _filled(path)).status_code < 500
        assert before == _all(edge)


def test_own_pages_and_programs_are_answered() -> None:
    edge, _ = edge_of()
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as client:
        for headers in (
            {},
            {"sec-fetch-site": "same-origin", "origin": "http://localhost"},
            {"sec-fetch-site": "none"},
            {"origin": "https://LOCALHOST"},  # over a proxy that speaks TLS
        ):
            reply = client.post("/__admin/reset", headers=headers)
            assert 200 == reply.status_code
            assert ("nosniff", "same-origin") == (
                reply.headers["x-content-type-options"],
                reply.headers["cross-origin-resource-policy"],
            )


@pytest.mark.parametrize("path", ["/", "/docs/tyk", "/docs/tyk/swagger", "/console", "/assets/base.js"])
def test_pages_are_reached_by_links_only(path: str) -> None:
    edge, _ = edge_of()
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as client:
        assert 200 == client.get(path, headers=link).status_code
        for changed in ({"sec-fetch-dest": "iframe"}, {"sec-fetch-mode": "no-cors"}, {"sec-fetch-mode": "cors"}):
            assert 403 == client.get(path, headers={**link, **changed}).status_code


def test_the_mocked_apis_answer_any_origin_without_credentials() -> None:
    edge, _ = edge_of()
    foreign = {"origin": "http://evil.example", "sec-fetch-site": "cross-site"}
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as client:
        read = client.get("/admin/organisations", headers={**foreign, "admin-auth": "12345"})
        asked = {"access-control-request-method": "PUT", "access-control-request-private-network": "true"}
        preflight = client.options("/admin/organisations/1", headers={**foreign, **asked})
    assert (200, 204) == (read.status_code, preflight.status_code)
    for reply in (read, preflight):
        assert "*" == reply.headers["access-control-allow-origin"]
        assert "access-control-allow-credentials" not in reply.headers
    assert "true" == preflight.headers["access-control-allow-private-network"]
