"""The line that the terminal shows of each exchange."""

from io import StringIO

import httpx
import pytest
from click import unstyle

from tests.support.inprocess import InProcess, edge_of, parts_of
from understudy.terminal import RequestLog, first_screen


@pytest.mark.parametrize(
    ("path", "headers", "shown"),
    [
        ("/hello", {}, "200 GET /hello  tyk dashboard_alive "),
        ("/~one/hello?a=1", {}, "200 GET /~one/hello?a=1  tyk dashboard_alive "),
        ("/hello", {"Understudy-Sandbox": "two"}, "200 GET /~two/hello  tyk dashboard_alive "),
        ("/~one/nowhere", {}, "404 GET /~one/nowhere  "),
    ],
)
def test_a_line_leads_to_the_sandbox_and_names_the_exchange(path: str, headers: dict[str, str], shown: str) -> None:
    edge, _ = edge_of("tyk")
    stream = StringIO()
    log = RequestLog(stream)
    edge.listeners.append(log)
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as mock:
        mock.get(path, headers=headers)
        mock.get(path, headers=headers)
    log.flush()
    first, second = stream.getvalue().splitlines()
    assert shown in first
    assert first.endswith(" ms #1")
    assert second.endswith(" ms #2")


def test_what_is_secret_in_a_query_is_not_shown() -> None:
    edge, _ = edge_of("tyk")
    (part,) = parts_of("tyk")
    stream = StringIO()
    log = RequestLog(stream, secrets=lambda: part.contract.secrets)
    edge.listeners.append(log)
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as mock:
        mock.get("/admin/organisations?p=1&admin-auth=12345&password=hunter2")
    log.flush()
    assert "/admin/organisations?p=1&admin-auth=•••&password=•••  tyk" in stream.getvalue()


class Screen(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "variables", "coloured"),
    [
        (StringIO(), {}, False),
        (Screen(), {}, True),
        (Screen(), {"NO_COLOR": "1"}, False),
        (Screen(), {"TERM": "dumb"}, False),
    ],
)
def test_the_first_screen_is_coloured_for_a_terminal_that_shows_colours(
    monkeypatch: pytest.MonkeyPatch, *, stream: StringIO, variables: dict[str, str], coloured: bool
) -> None:
    for name, value in {"NO_COLOR": "", "TERM": "xterm", **variables}.items():
        monkeypatch.setenv(name, value)
    first_screen(stream, parts_of("tyk"), "http://127.0.0.1:4010", "documented", 1, "abc")
    assert coloured == ("\x1b[1mUnderstudy\x1b[0m plays 1 API at" in stream.getvalue())
    assert coloured == ("\x1b[" in stream.getvalue())
    assert "Understudy plays 1 API at http://127.0.0.1:4010\nworld documented · seed 1 · state abc\n\n" in unstyle(
        stream.getvalue()
    )
