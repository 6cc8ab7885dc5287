"""The command line."""

import gc
import os
import socket
import sys
from collections.abc import Callable, Sequence
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from understudy import __version__
from understudy.admission import admin_token, bare, refuse_open, refuse_shown
from understudy.cli_remote import COMMANDS
from understudy.options import SERVE, Option, read_settings
from understudy.source import SourceError

if TYPE_CHECKING:
    from understudy.production import Playbill
    from understudy.web.tls import Trust

_SETTINGS_FILE = "understudy.yaml"
_WORKERS = 256


class _Commands(click.Group):
    """Turns what a user can mend into one message and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SourceError as error:
            click.echo(f"understudy: {error}", err=True)
            ctx.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="understudy")
def main() -> None:
    """A stateful stand-in for HTTP APIs that plays its part from a contract."""


for command in COMMANDS:
    main.add_command(command)


def run() -> None:
    """Run the command that the arguments name."""
    _open_standard_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that has no arrows still gets its lines
    main()


def _open_standard_streams() -> None:
    """Put nothing in the place of what was closed: a socket would take its number, and be written to."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None and os.open(os.devnull, os.O_RDWR) == number:
            setattr(sys, name, os.fdopen(number, "r" if name == "stdin" else "w", encoding="utf-8"))


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(SERVE):
        command = _click_option(option)(command)
    return command


def _click_option(option: Option) -> Callable[[Callable[..., None]], Callable[..., None]]:
    common: dict[str, Any] = {"help": option.help, "envvar": option.variable, "show_envvar": True}
    if option.type is bool:
        return click.option(option.flag, option.parameter, is_flag=True, default=False, **common)
    if option.many:
        return click.option(option.flag, option.parameter, multiple=True, metavar=option.metavar, **common)
    kind: Any = click.Choice(option.choices) if option.choices else option.type
    return click.option(
        option.flag,
        option.parameter,
        type=kind,
        default=option.default,
        show_default=True,
        metavar=None if option.choices else option.metavar,
        **common,
    )


def _read_settings(ctx: click.Context, _: click.Parameter, __: object) -> None:
    ctx.default_map = read_settings(Path(_SETTINGS_FILE))


@main.command()
@click.option("--settings", hidden=True, is_eager=True, expose_value=False, callback=_read_settings)
@_with_options
def serve(**given: Any) -> None:
    """Serve the mock.

    Options come from flags, then from the environment, then from understudy.yaml in the working
    directory.
    """
    from understudy.lean import lean_import

    gc.disable()  # what is built now is there to stay; the server collects again
    try:
        lean_import(_load_server)
        from understudy.web.server import listen, spread

        given["admin_token"] = admin_token(given)
        if given["show_secrets"]:
            refuse_shown(given["host"])
        refuse_open(given["host"], guarded=given["admin_token"] is not None or given["no_admin"])
        _refuse_unfit(given)
        with listen(given["host"], given["port"]) as listener:
            _serve_at(spread(listener, given["workers"]), given)  # at once: who has connected already would be cut off
    finally:
        gc.enable()


def _load_server() -> None:
    import understudy.production
    import understudy.web.server  # noqa: F401


def _serve_at(listeners: Sequence[socket.socket], given: dict[str, Any]) -> None:
    from understudy.production import Production
    from understudy.terminal import RequestLog, first_screen
    from understudy.web.descriptors import fit
    from understudy.web.server import serve as serve_app
    from understudy.web.server import url_of
    from understudy.web.workers import Crew

    trust = _trust(given, listeners[0])
    playbill = _playbill(given)
    production = Production(playbill)
    log = RequestLog(sys.stdout, given["log_level"], secrets=lambda: production.house.secrets)
    production.app.listeners.append(log)
    production.app.logs.append(log)
    for notice in filter(None, (production.notice, fit(production.app))):
        log.say(notice)
    screen = StringIO()
    first_screen(
        screen,
        production.parts,
        url_of(listeners[0], secure=playbill.secure),
        playbill.world,
        playbill.seed,
        production.state_hash(),
        trust.authority if trust else None,
        show_secrets=playbill.show_secrets,
        colour=sys.stdout.isatty(),
    )
    log.print(screen.getvalue())
    beside = [_watcher(production, log.say)] if given["watch"] else production.beside()

    def work(number: int) -> None:
        try:
            with production.watchdog.by_signal():
                serve_app(production.app, listeners[number], beside, trust.context if trust else None)
        finally:
            log.close()

    if given["workers"] == 1:
        work(0)
    else:
        log.close()
        Crew(given["workers"], work).run()


def _trust(given: dict[str, Any], listener: socket.socket) -> "Trust | None":
    """Return what TLS is spoken with; None where none is spoken. Raises SourceError."""
    certfile, keyfile = given["certfile"], given["keyfile"]
    if not (given["tls"] or certfile or keyfile):
        return None
    if given["tls"] and (certfile or keyfile):
        raise SourceError("--tls makes a certificate, --certfile and --keyfile give one; keep one")
    from understudy.web import tls

    if given["tls"]:
        return tls.made(given["host"], listener.getsockname()[1])
    if not (certfile and keyfile):
        raise SourceError("--certfile and --keyfile go together: the certificate, and its private key; give both")
    return tls.given(certfile, keyfile)


def _refuse_unfit(given: dict[str, Any]) -> None:
    """Raise SourceError for options that do not go together."""
    from understudy.sharing.opening import MEMORY, is_shared

    store, workers = given["store"], given["workers"]
    if workers < 1:
        raise SourceError(f"--workers {workers}: give 1 or more")
    if workers > _WORKERS:
        raise SourceError(f"--workers {workers}: give {_WORKERS} or fewer; one a core is enough")
    if workers > 1 and not is_shared(store):
        raise SourceError(
            f"--workers {workers} with --store {bare(store)}: each worker would have sandboxes of its own; "
            f"give a store that they share, such as --store redis://127.0.0.1:6379/0"
        )
    if given["watch"] and store != MEMORY:
        raise SourceError(
            f"--watch with --store {bare(store)}: what is kept there was made by the contract as it was; keep one"
        )


def _playbill(given: dict[str, Any]) -> "Playbill":
    from understudy.bounds import OPTIONS, Bounds
    from understudy.limits import limits_of
    from understudy.production import Playbill

    bounds = {name: _not_negative(name.replace("_", "-"), given[name]) for name in OPTIONS}
    return Playbill(
        providers=tuple(given["provider"]),
        world=given["world"],
        seed=given["seed"],
        credentials=_credentials(given["credential"]),
        any_credentials=given["any_credentials"],
        validate=not given["no_validate_responses"],
        journal=_not_negative("journal", given["journal"]),
        max_sandboxes=_not_negative("max-sandboxes", given["max_sandboxes"]),
        sandbox_idle=_not_negative("sandbox-idle", given["sandbox_idle"]) or None,
        store=given["store"],
        hosts=(given["host"].partition("%")[0], *given["allow_host"]),
        admin_token=given["admin_token"],
        admin=not given["no_admin"],
        secure=bool(given["tls"] or given["certfile"]),
        handler_timeout=_not_negative("handler-timeout", given["handler_timeout"]),
        bounds=Bounds.of(bounds),
        limits=limits_of(given),
        show_secrets=given["show_secrets"],
    )


def _not_negative(name: str, value: int) -> int:
    if value < 0:
        raise SourceError(f"--{name} {value}: give 0 or more")
    return value


def _watcher(production: Any, say: Callable[[str], None]) -> Any:
    from understudy.watch import watch

    return lambda: watch(production, say)


def _credentials(given: tuple[str, ...]) -> dict[str, list[str]]:
    read: dict[str, list[str]] = {}
    for text in given:
        provider, equals, value = text.partition("=")
        if not (provider and equals and value):
            shown = f"{provider}=…" if equals and provider else "…"  # it may be the value alone
            raise SourceError(f"--credential {shown}: expected PROVIDER=VALUE, such as tyk=my-secret")
        read.setdefault(provider, []).append(value)
    return read


@main.command()
@click.option("--provider", multiple=True, metavar="NAME", help="Check only this provider.")
def check(provider: tuple[str, ...]) -> None:
    """Check that contracts, examples and handlers fit.

    Says what is wrong with contracts, examples, fixtures and handlers, with file, line and remedy. Ends
    with exit code 1 where there is something to mend.
    """
    from understudy.check import check_all

    problems = list(check_all(provider))
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        click.echo(f"understudy: {len(problems)} to mend", err=True)
        sys.exit(1)
    click.echo("understudy: contracts, examples, fixtures and handlers fit together")


@main.command()
@click.option("--provider", multiple=True, metavar="NAME", help="List only this provider.")
@click.option("--format", "form", type=click.Choice(["table", "markdown", "json"]), default="table", show_default=True)
def operations(provider: tuple[str, ...], form: str) -> None:
    """List what is played.

    Every operation, with where its promise comes from and the statuses that it can give.
    """
    from understudy.catalogue import render
    from understudy.parts import load_parts

    click.echo(render(load_parts(provider), form))


if __name__ == "__main__":
    run()
