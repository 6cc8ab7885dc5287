"""requests, patched where an adapter would open a connection; imported only where requests is there."""

import http.client
import io
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import HTTPError, MaxRetryError, ProtocolError, ReadTimeoutError
from urllib3.util import Retry

from understudy.interception.active import Taker, taker_of

_CHUNK = 65536
_POOL: Any = "Understudy"
"""Where urllib3's exceptions name the connections that a request came from."""


def adapter_send(original: Callable[..., requests.Response]) -> Callable[..., requests.Response]:
    """Return what stands in for ``requests.adapters.HTTPAdapter.send``."""

    def send(self: HTTPAdapter, request: requests.PreparedRequest, *given: Any, **named: Any) -> requests.Response:
        taker = _taker_of(request)
        if taker is None:
            return original(self, request, *given, **named)
        timeout = named.get("timeout", given[1] if len(given) > 1 else None)
        raw = _retried(lambda: _answered(taker, request, timeout), request, self.max_retries)
        return self.build_response(request, raw)

    return send


def _taker_of(request: requests.PreparedRequest) -> Taker | None:
    try:
        url = httpx.URL(request.url or "")
    except httpx.InvalidURL:  # requests takes more than httpx does; no vendor's host is among that
        return None
    return taker_of(request.method or "GET", url)


def _retried(call: Callable[[], HTTPResponse], request: requests.PreparedRequest, retries: Retry) -> HTTPResponse:
    """Call, and again as often as the adapter's retries say, which urllib3 would do on the network."""
    method, url = request.method or "GET", request.url
    while True:
        error: Exception | None = None
        raw: HTTPResponse | None = None
        try:
            raw = call()
            if not retries.is_retry(method, raw.status, "Retry-After" in raw.headers):
                return raw
        except (ProtocolError, ReadTimeoutError) as failure:
            error = failure
        try:
            retries = retries.increment(method, url, response=raw, error=error)
        except MaxRetryError as last:
            if raw is not None and not retries.raise_on_status:
                return raw
            raise _in_requests(last.reason if raw is None else last, request) from last
        except HTTPError as last:
            raise _in_requests(last, request) from last
        if raw is not None:
            raw.drain_conn()
        retries.sleep(raw)


def _in_requests(error: Any, request: requests.PreparedRequest) -> requests.RequestException:
    if isinstance(error, MaxRetryError):
        return requests.exceptions.RetryError(error, request=request)
    kind = requests.ReadTimeout if isinstance(error, ReadTimeoutError) else requests.ConnectionError
    return kind(error, request=request)


def _answered(taker: Taker, request: requests.PreparedRequest, timeout: Any) -> HTTPResponse:
    """Return the mock's answer. Raises urllib3's exceptions, as the network would."""
    try:
        response = taker.send(_in_httpx(request, timeout))
    except httpx.TimeoutException as error:
        raise ReadTimeoutError(_POOL, request.url or "", str(error)) from error
    except httpx.TransportError as error:
        raise ProtocolError("Connection aborted.", error) from error
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw]
    return HTTPResponse(
        body=io.BufferedReader(_Body(response), _CHUNK),
        headers=HTTPHeaderDict(pairs),
        status=response.status_code,
        version=11,
        reason=http.client.responses.get(response.status_code, ""),
        preload_content=False,
        decode_content=False,
        original_response=_Original(pairs),  # type: ignore[arg-type]
        request_method=request.method,
        request_url=request.url,
    )


def _in_httpx(request: requests.PreparedRequest, timeout: Any) -> httpx.Request:
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    read = getattr(read, "read_timeout", read)
    connect = getattr(connect, "connect_timeout", connect)
    body = b"".join(_pieces(request.body))
    headers = [(_bytes(name), _bytes(value)) for name, value in request.headers.items()]
    patience = {"connect": connect, "read": read, "write": read, "pool": connect}
    return httpx.Request(
        request.method or "GET",
        request.url or "",
        headers=headers,
        stream=httpx.ByteStream(body),
        extensions={"timeout": patience},
    )


def _pieces(body: Any) -> Iterator[bytes]:
    """Yield the body: None, a text, bytes, a file, or whatever yields pieces."""
    if body is None:
        return
    if isinstance(body, bytes | bytearray | str):
        yield _bytes(body)
        return
    for piece in _read(body) if hasattr(body, "read") else body:
        yield _bytes(piece)


def _read(file: Any) -> Iterator[Any]:
    while piece := file.read(_CHUNK):
        yield piece


def _bytes(piece: Any) -> bytes:
    return piece.encode() if isinstance(piece, str) else bytes(piece)


class _Body(io.RawIOBase):
    """The body of an answer as a file, read as it comes."""

    def __init__(self, response: httpx.Response) -> None:
        assert isinstance(response.stream, httpx.SyncByteStream)  # noqa: S101 - a synchronous transport gave it
        self._response = response
        self._stream = iter(response.stream)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            while not self._rest:
                self._rest = next(self._stream)
        except StopIteration:
            return 0
        except httpx.TimeoutException as error:
            raise TimeoutError(str(error)) from error
        except httpx.TransportError as error:
            raise ConnectionResetError(str(error)) from error
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size

    def close(self) -> None:
        if not self.closed:
            self._response.close()
        super().close()


class _Original:
    """What requests looks for cookies in."""

    def __init__(self, headers: list[tuple[str, str]]) -> None:
        self.msg = http.client.HTTPMessage()
        for name, value in headers:
            self.msg[name] = value

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing is open."""
