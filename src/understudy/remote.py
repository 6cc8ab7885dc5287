"""Asking a server that runs somewhere: over HTTP, with one sentence for everything that can go wrong."""

from collections.abc import Callable, Mapping
from time import monotonic, sleep
from typing import Any

import httpx

from understudy.admission import CACERT, Access, bare
from understudy.options import ADDRESS

MARK = "understudy-sandbox"
"""The header that every answer of an Understudy has."""
OFF = "Control API off"
"""The title of what a server without a control API says of it."""
_NOBODY = Access()
_PATIENCE = 10.0
_PAUSE = 0.1
_QUOTED = 300


class RemoteError(Exception):
    """A server that cannot be asked; the message says why, and what to do."""


class ControlOff(RemoteError):
    """A server that is up, and has no control API."""


class NotUp(RemoteError):
    """A server that is not there, or does not answer as one of ours: perhaps it will soon."""


def read_coverage(url: str, provider: str | None = None, access: Access = _NOBODY) -> dict[str, Any]:
    """Return what a server says of its coverage. Raises RemoteError."""
    query = {} if provider is None else {"provider": provider}
    return ask(url, "/__admin/coverage", query, ("providers", "percent"), access=access)


def wait_for(url: str, timeout: float, pause: Callable[[float], None] = sleep, *, access: Access = _NOBODY) -> float:
    """Return how many seconds it took until a server was up.

    Raises NotUp when it is not within the time, RemoteError for what no waiting helps.
    """
    started = monotonic()
    while True:
        left = timeout - (monotonic() - started)
        try:
            patience = min(_PATIENCE, max(left, _PAUSE))
            ask(url, "/__admin/health", {}, ("status", "version"), patience, access=access)
        except ControlOff:
            return monotonic() - started
        except NotUp as error:
            if left <= 0:
                raise NotUp(f"not up after {timeout:g} s: {error}") from None
            pause(min(_PAUSE, max(left, 0)))
        else:
            return monotonic() - started


def ask(
    url: str,
    path: str,
    query: Mapping[str, str],
    members: tuple[str, ...],
    timeout: float = _PATIENCE,
    *,
    access: Access = _NOBODY,
) -> dict[str, Any]:
    """Return a JSON object that has these members, as a server's control API answers with it. Raises RemoteError."""
    base, said = url.rstrip("/"), bare(url.rstrip("/"))
    try:
        # Proxies of the environment are for the world outside; the server is nearly always next door.
        response = httpx.get(
            base + path, params=query, headers=access.headers, timeout=timeout, trust_env=False, verify=access.verify
        )
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
        raise RemoteError(f"{said!r} is no URL of a server ({error}); write it such as {ADDRESS}") from None
    except httpx.TimeoutException:
        raise NotUp(f"{said} does not answer within {timeout:g} s") from None
    except httpx.HTTPError as error:
        if is_mistrust(error):
            raise RemoteError(mistrust(said)) from None
        raise NotUp(
            f"nothing answers at {said} ({_said(error)}); start it with 'understudy serve', or give its URL"
        ) from None
    return _content(response, said, members)


def _content(response: httpx.Response, base: str, members: tuple[str, ...]) -> dict[str, Any]:
    content = _json(response)
    if response.status_code == 200 and isinstance(content, dict) and all(member in content for member in members):
        return content
    raise refusal(response, base)


def refusal(response: httpx.Response, base: str) -> RemoteError:
    """Return what is to be said of an answer that is not the expected one."""
    content = _json(response)
    if MARK in response.headers and isinstance(content, dict) and "detail" in content:
        kind = ControlOff if content.get("title") == OFF else RemoteError
        return kind(f"{base} says: {str(content['detail'])[:_QUOTED]}")
    return NotUp(f"what answers at {base} is no Understudy ({response.status_code} {response.reason_phrase})")


def is_mistrust(error: Exception) -> bool:
    """Say whether it failed because the server's certificate is not trusted."""
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def mistrust(base: str) -> str:
    """Say what to do about it."""
    return (
        f"the certificate of {base} is not trusted: give the one that the server printed "
        f"with --cacert PATH, {CACERT} or SSL_CERT_FILE"
    )


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
