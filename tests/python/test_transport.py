"""The way into a mock of this process: real answers, streamed as they are made, from any thread and any loop."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from understudy import Sandbox, Understudy
from understudy.local.stage import Stage
from understudy.local.transport import LoopTransport, ThreadTransport

KEY = {"admin-auth": "12345"}


class Odd:
    """Stands where the edge does; what it does is the test's own."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, *given: Any) -> None:
        await self._app(*given)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def staged() -> Iterator[Callable[[Any], Stage]]:
    """Play an application of the test's own."""
    stages: list[Stage] = []

    def play(app: Any) -> Stage:
        stage = Stage(Odd(app))  # type: ignore[arg-type]
        stage.open()
        stages.append(stage)
        return stage

    yield play
    for stage in stages:
        stage.close()


def test_the_answer_is_the_one_that_the_socket_gives(understudy: Understudy, sandbox: Sandbox) -> None:
    with sandbox.client() as inside, httpx.Client(base_url=understudy.url(), headers=sandbox.headers) as outside:
        for method, path, body in (
            ("GET", "/admin/organisations?p=1&p=2", b""),
            ("HEAD", "/admin/organisations", b""),
            ("POST", "/admin/users/a%2Fb%20%C3%BC", b"{"),
            ("OPTIONS", "/api/users", b""),
            ("GET", "/nowhere", b""),
        ):
            answers = [http.request(method, path, content=body, headers=KEY) for http in (inside, outside)]
            varying = ("date", "understudy-exchange")
            first, second = (
                (a.status_code, a.content, {k: v for k, v in a.headers.items() if k not in varying}) for a in answers
            )
            assert first == second


def test_cookies_redirects_and_elapsed_are_the_clients_own(staged: Callable[[Any], Stage]) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        head = [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
        if scope["path"] == "/old":
            await send({"type": "http.response.start", "status": 302, "headers": [*head, (b"location", b"/new")]})
            await send({"type": "http.response.body", "body": b""})
            return
        sent = dict(scope["headers"]).get(b"cookie", b"")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": sent})

    with httpx.Client(transport=ThreadTransport(staged(app)), base_url="http://x", follow_redirects=True) as http:
        response = http.get("/old")
        assert ("a=1; b=2", "http://x/new") == (response.text, str(response.url))
        assert response.elapsed.total_seconds() >= 0


def test_a_body_comes_piece_by_piece(staged: Callable[[Any], Stage]) -> None:
    """The second piece is only sent once the client has read the first."""
    read = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await asyncio.get_running_loop().run_in_executor(None, read.wait)
        await send({"type": "http.response.body", "body": b"two"})

    with httpx.Client(transport=ThreadTransport(staged(app)), base_url="http://x") as http:
        with http.stream("GET", "/") as response:
            pieces = response.iter_raw()
            assert b"one" == next(pieces)
            read.set()
            assert [b"two"] == list(pieces)


def test_a_client_that_leaves_is_noticed(staged: Callable[[Any], Stage]) -> None:
    gone = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await receive()
        if (await receive())["type"] == "http.disconnect":
            gone.set()

    stage = staged(app)
    with httpx.Client(transport=ThreadTransport(stage), base_url="http://x") as http, http.stream("GET", "/"):
        pass
    assert gone.wait(10)
    gone.clear()

    async def leave() -> None:
        async with httpx.AsyncClient(transport=LoopTransport(stage), base_url="http://x") as http:
            async with http.stream("GET", "/"):
                pass

    asyncio.run(leave())
    assert gone.wait(10)


def test_a_mock_that_is_silent_too_long_is_a_timeout(staged: Callable[[Any], Stage]) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await receive()  # until the client leaves

    stage = staged(app)
    with httpx.Client(transport=ThreadTransport(stage), base_url="http://x", timeout=0.05) as http:
        with pytest.raises(httpx.ReadTimeout, match=r"said nothing for 0\.05 s"):
            http.get("/")

    async def wait() -> None:
        async with httpx.AsyncClient(transport=LoopTransport(stage), base_url="http://x", timeout=0.05) as http:
            await http.get("/")

    with pytest.raises(httpx.ReadTimeout, match=r"said nothing for 0\.05 s"):
        asyncio.run(wait())


def test_what_the_application_raises_is_raised_where_it_was_called(staged: Callable[[Any], Stage]) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/half":
            await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] != "/nothing":
            raise LookupError("lost")

    with httpx.Client(transport=ThreadTransport(staged(app)), base_url="http://x") as http:
        for path in ("/", "/half"):
            with pytest.raises(LookupError, match="lost"):
                http.get(path)
        with pytest.raises(httpx.RemoteProtocolError, match="gave no answer"):
            http.get("/nothing")


def test_whoever_waits_when_the_mock_ends_is_told(staged: Callable[[Any], Stage]) -> None:
    arrived = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        arrived.set()
        await asyncio.Event().wait()

    stage = staged(app)
    failed: list[type[BaseException]] = []

    def ask() -> None:
        with httpx.Client(transport=ThreadTransport(stage), base_url="http://x", timeout=99) as http:
            try:
                http.get("/")
            except httpx.TransportError as error:
                failed.append(type(error))

    thread = threading.Thread(target=ask)
    thread.start()
    assert arrived.wait(10)
    stage.close()
    thread.join(10)
    assert [httpx.RemoteProtocolError] == failed


def test_asynchronous_clients_work_in_several_loops(understudy: Understudy, sandbox: Sandbox) -> None:
    async def ask(http: httpx.AsyncClient) -> list[int]:
        answers = await asyncio.gather(*(http.get("/admin/organisations", headers=KEY) for _ in range(20)))
        return [answer.status_code for answer in answers]

    http = sandbox.async_client()
    assert [200] * 20 == asyncio.run(ask(http))
    assert [200] * 20 == asyncio.run(ask(http))
    asyncio.run(http.aclose())


def test_an_upload_in_pieces_arrives_whole(sandbox: Sandbox) -> None:
    sent = b'{"owner_name": "Acme", "cname": "acme.example", "cname_enabled": true}'

    async def pieces() -> Any:
        for letter in sent:
            yield bytes([letter])

    async def post() -> int:
        async with sandbox.async_client(headers=KEY) as http:
            return (await http.post("/admin/organisations", content=pieces())).status_code

    with sandbox.client(headers=KEY) as http:
        assert 200 == http.post("/admin/organisations", content=(bytes([letter]) for letter in sent)).status_code
    assert 200 == asyncio.run(post())
