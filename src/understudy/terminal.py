"""What the server prints: the first screen, and a line a request."""

import asyncio
import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

import click
import orjson

from understudy.contract.operation import Operation
from understudy.contract.secrets import Secrets
from understudy.journal import Exchange
from understudy.log_line import LogLine, line_of
from understudy.parts import Part
from understudy.writer import Writer

Pen = Callable[..., str]
"""Returns a text with the colours and weights that click knows."""
_LEVELS = ("debug", "info", "warning", "error")
_INSTANT = 0.02
"""Seconds."""
_PIECE = 4000
"""Characters that are written at once: what several workers write to one pipe is not mixed up to 4,096 bytes."""


def first_screen(
    stream: TextIO,
    parts: Sequence[Part],
    url: str,
    world: str,
    seed: int,
    state: str,
    authority: Path | None = None,
    *,
    show_secrets: bool = False,
    colour: bool | None = None,
) -> None:
    """Print what is played and how to call it; ``authority`` is the certificate to trust, where one was made."""
    pen = _pen(stream, colour=colour)
    lines = [*_lines(pen, parts, url, world, seed, state, authority)]
    if show_secrets:
        lines.append(pen("--show-secrets: credentials and tokens are shown in log, journal and console.", fg="yellow"))
    lines.append(pen("Ctrl-C ends it.", dim=True))
    stream.writelines(f"{line}\n" for line in lines)


def _lines(
    pen: Pen, parts: Sequence[Part], url: str, world: str, seed: int, state: str, authority: Path | None
) -> Iterator[str]:
    said = f"plays {len(parts)} API{'s' * (len(parts) != 1)} at"
    yield f"{pen('Understudy', bold=True)} {said} {pen(url, bold=True, fg='cyan')}"
    yield f"world {pen(world, bold=True)} · seed {pen(str(seed), bold=True)} · state {state}\n"
    for part in parts:
        yield f"{pen(part.contract.title, bold=True)} {pen(f'({part.name})', dim=True)}"
        for base in part.contract.base_paths:
            yield pen(f"  {url}{base or '/'}", fg="cyan")
        for line in _credentials(part):
            yield f"  {line}"
        call = first_call(part, url)
        if call:
            trusting = (
                call if authority is None else call.replace("curl", f"curl --cacert {shlex.quote(str(authority))}", 1)
            )
            yield f"  {pen(trusting, fg='green')}"
        yield ""
    yield f"{pen('In a browser, to read and to try:', dim=True)} {pen(f'{url}/', fg='cyan')}"
    if authority is not None:
        path = shlex.quote(str(authority))
        yield f"{pen('To trust its certificate, made anew with each start:', dim=True)} {authority}"
        yield f"  curl --cacert {path} · understudy wait --cacert {path}"
        yield f"  Node.js: NODE_EXTRA_CA_CERTS={path} · Python: SSL_CERT_FILE={path} REQUESTS_CA_BUNDLE={path}"


def _pen(stream: TextIO, *, colour: bool | None) -> Pen:
    """Return what colours a text for a terminal that shows colours, and leaves it as it is for anything else."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") in ("dumb", "unknown")
    colour = stream.isatty() if colour is None else colour
    return click.style if colour and not plain else lambda text, **_: text


def _credentials(part: Part) -> Iterable[str]:
    for credential in part.fixture.credentials:
        yield " · ".join(_header(part, scheme, value) for scheme, value in credential.items())
    for login in part.fixture.logins:
        yield "log in: " + " · ".join(str(value) for value in login.values())


def _header(part: Part, scheme: str, value: str) -> str:
    _, node = part.contract.source.resolve(f"#/components/securitySchemes/{scheme}")
    return f"{node.get('name', 'Authorization')}: {value}"


def first_call(part: Part, url: str) -> str | None:
    """Return a curl line that works as it stands: the contract's first GET that needs no invented value."""
    credential: Mapping[str, str] = part.fixture.credentials[0] if part.fixture.credentials else {}
    operations = sorted(part.contract.operations.values(), key=lambda operation: operation.method != "get")
    for operation in operations:
        schemes = {scheme for alternative in operation.inputs.security.alternatives for scheme, _ in alternative}
        if schemes <= credential.keys() and (schemes or not credential) and not _needs_values(operation):
            headers = [_header(part, scheme, credential[scheme]) for scheme in credential if scheme in schemes]
            return _curl(part, operation, url, headers)
    return None


def _needs_values(operation: Operation) -> bool:
    return any(parameter.required for parameter in operation.inputs.parameters)


def _curl(part: Part, operation: Operation, url: str, headers: list[str]) -> str | None:
    words = ["curl"]
    if operation.method != "get":
        words += ["-X", operation.method.upper()]
    if operation.inputs.body is not None:
        body = _body_example(part, operation)
        if body is None:
            return None
        headers = [*headers, "Content-Type: application/json"]
        words += ["-d", orjson.dumps(body).decode()]
    words.append(f"{url}{part.contract.base_paths[0]}{operation.path}")
    for header in headers:
        words += ["-H", header]
    return shlex.join(words)


def _body_example(part: Part, operation: Operation) -> object:
    _, body = part.contract.source.resolve_inside(operation.node["requestBody"])
    content = body["content"].get("application/json", {})
    for example in content.get("examples", {}).values():
        value: object = part.contract.source.resolve_inside(example)[1].get("value")
        return value
    return None


class RequestLog:
    """Prints each exchange as it ends: a line, and beneath it what was wrong with a refused one."""

    def __init__(
        self,
        stream: TextIO,
        level: str = "info",
        *,
        secrets: Callable[[], Secrets] = Secrets,
        colour: bool | None = None,
    ) -> None:
        """Print to a stream; ``secrets`` says what is not shown of a query."""
        self._secrets = secrets
        self._threshold = _LEVELS.index(level)
        self._waiting: list[str] = []
        self._writer = Writer(stream)
        self._colour = stream.isatty() if colour is None else colour

    def __call__(self, exchange: Exchange) -> None:
        """Print one exchange, unless it is less than the level asks for."""
        status = 0 if exchange.reply is None else exchange.reply.status
        level = 1 if 0 < status < 400 else 2 if status < 500 else 3
        if level >= self._threshold:
            self.show(line_of(exchange, self._secrets))

    def show(self, line: LogLine) -> None:
        """Write a line to the terminal: at once, or in an event loop with those that come within an instant."""
        if self._writer.gone:
            return
        self._waiting.append(line.text(self._paint))
        if len(self._waiting) == 1:
            try:
                asyncio.get_running_loop().call_later(_INSTANT, self.flush)
            except RuntimeError:
                self.flush()

    def flush(self) -> None:
        """Have what waits written; fall silent once nobody reads it any more."""
        waiting, self._waiting = self._waiting, []
        for piece in _pieces(waiting):
            self._writer.write(piece)

    @property
    def gone(self) -> bool:
        """Whether nobody reads it any more."""
        return self._writer.gone

    def say(self, text: str) -> None:
        """Print what the server has to say itself."""
        self.print(f"understudy: {text}\n")

    def print(self, text: str) -> None:
        """Print a text, after what waits; no longer than a moment is waited for it."""
        self.flush()
        for piece in _pieces(text.splitlines(keepends=True)):
            self._writer.write(piece)

    def close(self) -> None:
        """Write what waits, if that can be within a moment."""
        self.flush()
        self._writer.drain()

    def _paint(self, text: str, colour: str) -> str:
        return click.style(text, fg=colour) if self._colour else text


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines by the piece; a line is never in two."""
    piece = ""
    for line in lines:
        if piece and len(piece) + len(line) > _PIECE:
            yield piece
            piece = ""
        piece += line
    if piece:
        yield piece
