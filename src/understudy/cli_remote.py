"""The commands that ask a running server: ``understudy coverage``, ``understudy wait`` and ``understudy watch``."""

import signal
import sys
from collections.abc import Callable
from functools import wraps
from math import isnan
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from understudy.admission import CACERT, FILE, TOKEN, Access, bare
from understudy.options import ADDRESS

if TYPE_CHECKING:
    from understudy.following import Event
    from understudy.terminal import RequestLog


class Trouble(click.ClickException):
    """What a user can mend: one sentence, exit code 2."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it as every command does."""
        click.echo(f"understudy: {self.message}", err=True)


class Number(click.FloatRange):
    """A number in a range; ``nan`` is none, though Python takes it for one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        number = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(f"{value!r} is not a number", param, ctx)
        return number


def _address(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the URL of a server, and what lets it in there as ``access``."""

    @wraps(command)
    def asking(*, admin_token: str | None, admin_token_file: str | None, cacert: str | None, **given: Any) -> None:
        command(access=Access.of(admin_token, admin_token_file, cacert), **given)

    for option in (
        click.option("--cacert", metavar="PATH", envvar=CACERT, help=f"Certificate to trust over HTTPS; {CACERT}."),
        click.option("--admin-token-file", metavar="PATH", envvar=FILE, help=f"A file with it; {FILE}."),
        click.option("--admin-token", metavar="TOKEN", envvar=TOKEN, help=f"The server's admin token; {TOKEN}."),
        click.argument("url", envvar="UNDERSTUDY_URL", default=ADDRESS),
    ):
        asking = option(asking)
    return asking


@click.command()
@_address
@click.option("--provider", metavar="NAME", help="Only this provider.")
@click.option("--fail-under", type=Number(0, 100), metavar="PERCENT", help="End with exit code 1 below this share.")
@click.option(
    "--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Write the coverage as a page, too."
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def coverage(
    access: Access, url: str, provider: str | None, fail_under: float | None, page: Path | None, form: str
) -> None:
    """Say what the tests have exercised.

    How much of the contracts the requests to a running server have met, by operation.

    URL is the server's address: http://127.0.0.1:4010 unless it, or UNDERSTUDY_URL, says another.
    """
    from understudy.remote import RemoteError, read_coverage

    try:
        data = read_coverage(url, provider, access)
    except RemoteError as error:
        raise Trouble(str(error)) from None
    if page is not None:
        _write(page, data)
    _show(data, form)
    if fail_under is not None and 100 * data["touched"] < fail_under * data["items"]:
        said = f"{data['percent']:g} % ({data['touched']} of {data['items']} items)"
        click.echo(f"understudy: {said} were exercised, less than the {fail_under:g} % of --fail-under", err=True)
        sys.exit(1)


@click.command()
@_address
@click.option("--timeout", type=Number(0), default=30, show_default=True, metavar="SECONDS", help="How long at most.")
def wait(access: Access, url: str, timeout: float) -> None:
    """Wait until a server is up.

    URL is the server's address: http://127.0.0.1:4010 unless it, or UNDERSTUDY_URL, says another.
    """
    from understudy.remote import NotUp, RemoteError, wait_for

    _die_of_signals()
    try:
        took = wait_for(url, timeout, access=access)
    except NotUp as error:
        click.echo(f"understudy: {error}", err=True)
        sys.exit(1)
    except RemoteError as error:
        raise Trouble(str(error)) from None
    click.echo(f"understudy: {bare(url.rstrip('/'))} is up (waited {took:.1f} s)")


@click.command()
@_address
@click.option("--sandbox", metavar="NAME", help="Whose exchanges; those of 'default' where it is left out.")
def watch(access: Access, url: str, sandbox: str | None) -> None:
    """Show each exchange of a running server as it happens, until Ctrl-C.

    URL is the server's address: http://127.0.0.1:4010 unless it, or UNDERSTUDY_URL, says another.
    """
    from understudy.following import Follower
    from understudy.remote import RemoteError
    from understudy.sandboxes import DEFAULT, is_name
    from understudy.terminal import RequestLog

    if sandbox is not None and not is_name(sandbox):
        raise Trouble(f"no sandbox can be called {sandbox!r}: a name is 1 to 64 letters, digits, '.', '_' or '-'")
    follower, log = Follower(url, sandbox or DEFAULT, access), RequestLog(sys.stdout)
    try:
        for event in follower.events():
            _tell(log, event, f"the sandbox {follower.sandbox} at {follower.base}")
            if log.gone:
                return
    except RemoteError as error:
        raise Trouble(str(error)) from None


def _tell(log: "RequestLog", event: "Event", what: str) -> None:
    """Print an event: exchanges for whoever reads the output, the rest beside it."""
    from understudy.log_line import line_of_entry

    if event.kind == "exchange":
        log.show(line_of_entry(event.data))
    elif event.kind == "gap":
        lost = event.data["lost"]
        click.echo(f"understudy: {'some' if lost is None else lost} exchanges were missed", err=True)
    elif event.kind == "open":
        click.echo(f"understudy: watching {what}", err=True)
    else:
        click.echo("understudy: the connection ended; trying again", err=True)


def _write(page: Path, data: dict[str, Any]) -> None:
    from understudy.coverage.page import html

    try:
        page.write_text(html(data), encoding="utf-8")
    except OSError as error:
        raise Trouble(f"--html {page}: cannot be written: {error.strerror}") from None
    click.echo(f"understudy: wrote {page}", err=True)


def _show(data: dict[str, Any], form: str) -> None:
    if form == "json":
        import orjson

        click.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
        return
    from understudy.coverage.table import show

    show(data, sys.stdout)


def _die_of_signals() -> None:
    """Let a signal end the command as one that failed: elsewhere it ends a program that has done its work."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if callable(handler := signal.getsignal(number)) and handler is not signal.default_int_handler:
            signal.signal(number, signal.SIG_DFL)


COMMANDS: tuple[click.Command, ...] = (coverage, wait, watch)
