"""``intercept``: what is sent to the hosts of the contracts goes to the mock, as long as a block."""

from collections.abc import AsyncIterator, Mapping
from types import TracebackType

import httpx

from understudy.client.errors import HostRefused, UnderstudyError
from understudy.client.sandbox import Sandbox
from understudy.client.server import Server
from understudy.interception import active, patches
from understudy.interception.hosts import Hosts, Origin, bare
from understudy.local.understudy import Understudy


def intercept(
    to: Server | Sandbox | None = None, *, strict: bool = False, hosts: Mapping[str, str] | None = None
) -> "Interception":
    """Send what ``requests`` and ``httpx`` address to the hosts of the contracts' ``servers`` to a mock.

    To a mock, a sandbox of one, or one of its own in this process. ``hosts`` maps further origins to
    providers, such as ``{"https://api.acme.example": "acme"}``. Any other host is left alone, or
    refused where it is ``strict``. The block's target is the sandbox that the requests go to.
    """
    if not isinstance(hosts, Mapping | None):
        raise UnderstudyError(f"hosts: {hosts!r} is not such as {{'https://api.example.org': 'acme'}}")
    return Interception(to, strict=strict, hosts=hosts or {})


class Interception:
    """In force as long as its ``with`` block; nothing is patched before, and nothing after."""

    def __init__(self, to: Server | Sandbox | None, *, strict: bool, hosts: Mapping[str, str]) -> None:
        self.strict = strict
        self._to = to
        self._further = hosts
        self._own: Understudy | None = None
        self._server: Server | None = None
        self._hosts = Hosts({}, {})
        self._mock = httpx.URL("")
        self._headers: Mapping[str, str] = {}

    def __enter__(self) -> Sandbox:
        if self._server is not None:
            raise UnderstudyError("this interception is in force already; call intercept() again for another")
        server, sandbox = self._found()
        try:
            self._hosts = Hosts(server.providers, self._further)
            self._mock = httpx.URL(server.url())
            self._headers = sandbox.headers if isinstance(self._to, Sandbox) else {}
            self._transport = server.transport()
        except BaseException:
            self._stop_own()
            raise
        self._server = server
        patches.put_on()
        active.begin(self)
        return sandbox

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if active.end(self):
            patches.take_off()
        self._server = None
        self._transport.close()
        self._stop_own()

    def takes(self, method: str, url: httpx.URL) -> bool:
        """Say whether a request is the mock's. Raises HostRefused."""
        return self._hosts.takes(method, url)

    def refusal(self, method: str, url: httpx.URL) -> HostRefused | None:
        """Return what a strict interception says to a request that is nobody's, and not the mock's own, either."""
        if not self.strict or Origin.of(url) == Origin.of(self._mock):
            return None
        return HostRefused(
            f"{method} {bare(url)}: interception is strict, and no contract names the host {Origin.of(url)}; "
            f"known are {self._hosts.known()}; give others as intercept(hosts=…)"
        )

    def send(self, request: httpx.Request) -> httpx.Response:
        """Have the mock answer a request."""
        return self._transport.handle_request(self._readdressed(request))

    async def send_async(self, request: httpx.Request) -> httpx.Response:
        """Have the mock answer a request, in the running loop: connections belong to one loop, so they are not kept."""
        if self._server is None:
            raise httpx.ConnectError("the interception has ended", request=request)
        transport = self._server.async_transport()
        try:
            response = await transport.handle_async_request(self._readdressed(request))
        except BaseException:
            await transport.aclose()
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - an asynchronous transport gave it
        response.stream = _Whole(response.stream, transport)
        return response

    def _found(self) -> tuple[Server, Sandbox]:
        if isinstance(self._to, Sandbox):
            return self._to.server, self._to
        if not isinstance(self._to, Server | None):
            raise UnderstudyError(f"intercept() takes an Understudy or a sandbox of one, not {self._to!r}")
        if self._to is None:
            self._own = Understudy(serve=False).start()
        server = self._own or self._to
        assert server is not None  # noqa: S101
        return server, server.sandbox()

    def _stop_own(self) -> None:
        own, self._own = self._own, None
        if own is not None:
            own.stop()

    def _readdressed(self, request: httpx.Request) -> httpx.Request:
        """Return the request as it goes to the mock: same path, body and patience, another host."""
        url = self._mock.copy_with(raw_path=self._mock.raw_path.rstrip(b"/") + request.url.raw_path)
        headers = request.headers.copy()
        headers["Host"] = url.netloc.decode("ascii")
        headers.update(self._headers)
        return httpx.Request(
            request.method, url, headers=headers, stream=request.stream, extensions=dict(request.extensions)
        )


class _Whole(httpx.AsyncByteStream):
    """The body of an answer, and the transport that it came by: closed together."""

    def __init__(self, stream: httpx.AsyncByteStream, transport: httpx.AsyncBaseTransport) -> None:
        self._stream = stream
        self._transport = transport

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            yield piece

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            await self._transport.aclose()
