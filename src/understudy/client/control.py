"""The control API, called: JSON in, JSON out, exceptions for refusals."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import httpx

from understudy.admission import Access, bare
from understudy.client.errors import NotRunning, RequestRefused, Unreachable

ROOT = "/__admin"
PAGE = 1000
"""As many as the control API gives at once."""


class Control:
    """Calls the control API. Any thread may."""

    def __init__(self, url: str, connect: Callable[[], httpx.BaseTransport], access: Access) -> None:
        self._said = bare(url)
        self._http = httpx.Client(
            transport=connect(), base_url=url + ROOT, headers=access.headers, trust_env=False, timeout=30
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def ask(
        self,
        method: str,
        path: str,
        sandbox: str | None = None,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return what the API answers, None for nothing. Raises RequestRefused, Unreachable, NotRunning."""
        response = self._send(method, path, sandbox, json, params)
        if response.is_error:
            raise RequestRefused(method, ROOT + path, _problem(response))
        if not response.content:
            return None
        try:
            return response.json()
        except ValueError:
            raise Unreachable(
                f"at {self._said} answers something that is no Understudy: {method} {path} gave no JSON"
            ) from None

    def pages(
        self, path: str, sandbox: str | None = None, params: Mapping[str, Any] = MappingProxyType({})
    ) -> Iterator[Any]:
        """Yield the items of a list, page by page. Raises like ``ask``."""
        offset = 0
        while True:
            page = self.ask("GET", path, sandbox, params={**params, "offset": offset, "limit": PAGE})
            yield from page["items"]
            offset += len(page["items"])
            if not page["items"] or offset >= page["total"]:
                return

    def _send(
        self, method: str, path: str, sandbox: str | None, json: Any, params: Mapping[str, Any] | None
    ) -> httpx.Response:
        headers = {} if sandbox is None else {"Understudy-Sandbox": sandbox}
        if self._http.is_closed:
            raise NotRunning(f"the Understudy at {self._said} has ended; what belongs to it can no longer be used")
        try:
            return self._http.request(method, path, headers=headers, params=params, json=json)
        except httpx.InvalidURL as error:
            raise Unreachable(f"{self._said} is no URL of a server: {error}") from None
        except httpx.ConnectError as error:
            if isinstance(error.__cause__, NotRunning):
                raise error.__cause__ from None
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                said = "give the one that the server printed: cacert=…, UNDERSTUDY_CACERT or SSL_CERT_FILE"
                raise Unreachable(f"the certificate of {self._said} is not trusted; {said}") from error
            raise Unreachable(
                f"no Understudy answers at {self._said}: {error}; start it with 'understudy serve', or give its URL"
            ) from error
        except (httpx.TransportError, httpx.UnsupportedProtocol) as error:
            raise Unreachable(f"no Understudy answers at {self._said}: {str(error) or type(error).__name__}") from error


def _problem(response: httpx.Response) -> Mapping[str, Any]:
    try:
        told = response.json()
    except ValueError:
        told = None
    if isinstance(told, dict) and "detail" in told:
        return {"status": response.status_code, **told}
    return {"status": response.status_code, "title": response.reason_phrase, "detail": response.text[:500]}
