"""Reloading while it runs: contracts, fixtures and handlers."""

import importlib
from collections.abc import Callable
from pathlib import Path
from traceback import format_exception_only

from watchfiles import DefaultFilter, awatch

from understudy.production import RELOAD, Production
from understudy.source import SourceError
from understudy.watchdog import HandlerHung

Say = Callable[[str], None]


class _OfInterest(DefaultFilter):
    """YAML and Python files."""

    def __call__(self, change: object, path: str) -> bool:
        return path.endswith((".yaml", ".yml", ".py")) and super().__call__(change, path)  # type: ignore[arg-type]


def watched(production: Production) -> list[Path]:
    """Return the folders whose changes matter."""
    places = production.playbill.places
    package = importlib.import_module(places.package)
    return [places.openapi, places.fixtures, *map(Path, package.__path__)]


async def watch(production: Production, say: Say) -> None:
    """Reload a production whenever its files change; a broken file leaves the last good one playing."""
    try:
        async for changes in awatch(*watched(production), watch_filter=_OfInterest()):
            say(_reloaded(production, {Path(path).name for _, path in changes}))
    except (OSError, RuntimeError) as error:  # the system watches so many files and no more
        say(f"changes of files are not seen any more: {error}; start the server again to reload")


def _reloaded(production: Production, names: set[str]) -> str:
    """Reload; say what came of it."""
    try:
        production.reload()
    except SourceError as error:
        why = str(error)
    except HandlerHung:
        seconds = RELOAD * production.watchdog.limit
        why = f"to load it took more than {seconds:g} s ({RELOAD} times --handler-timeout)"
    except BaseException as error:  # noqa: BLE001 - the code being edited may raise anything
        why = "".join(format_exception_only(error)).strip()
    else:
        return f"reloaded after a change of {', '.join(sorted(names))}; the state is kept"
    return f"not reloaded, still playing what was there: {why}"
