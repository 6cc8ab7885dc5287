"""The pages, made when somebody comes to read: a server of a test run is never looked at."""

from understudy.control.room import House
from understudy.web.exchange import ASGIApp, Receive, Scope, Send


class Pages:
    """The application behind ``/``, ``/docs``, ``/console`` and ``/assets``."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show a page."""
        if self._app is None:
            from understudy.web.pages.app import build_pages

            self._app = build_pages(self._house)
        await self._app(scope, receive, send)
