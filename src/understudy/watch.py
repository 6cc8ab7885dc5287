"""Reloading while it runs: contracts, fixtures and handlers."""

import importlib
from collections.abc import Callable
from pathlib import Path

from watchfiles import DefaultFilter, awatch

from understudy.production import Production
from understudy.source import SourceError

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
    async for changes in awatch(*watched(production), watch_filter=_OfInterest()):
        names = ", ".join(sorted({Path(path).name for _, path in changes}))
        try:
            production.reload()
        except SourceError as error:
            say(f"not reloaded, still playing what was there: {error}")
        except Exception as error:  # noqa: BLE001 - the code being edited may raise anything
            say(f"not reloaded, still playing what was there: {type(error).__name__}: {error}")
        else:
            say(f"reloaded after a change of {names}; the state is kept")
