"""One visit to a page: what is asked for, whose sandbox it is about, and the answer that a template makes."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from understudy import __version__
from understudy.control.room import House
from understudy.reference.api import Api, api_of
from understudy.sandbox import Sandbox
from understudy.web.exchange import KEY
from understudy.web.pages.assets import Assets
from understudy.web.pages.headers import COMMON
from understudy.web.pages.reader import Reader, origin_of, reader_of


class Visit:
    """What a view sees, and how it answers."""

    def __init__(self, request: Request, house: House, environment: Environment, assets: Assets) -> None:
        """Raises NoSuchName."""
        self.request = request
        self.house = house
        self.assets = assets
        self._environment = environment
        self.reader: Reader = reader_of(request)
        self.origin = origin_of(request)
        self.sandbox: Sandbox = self.reader.sandbox(house.sandboxes)

    def about(self, reader: Reader) -> None:
        """Let the page be about another sandbox than the reader's own."""
        self.reader = reader
        self.sandbox = reader.sandbox(self.house.sandboxes)

    @property
    def is_fragment(self) -> bool:
        """Whether only the page's main part is asked for, by the script that swaps it."""
        return "fragment" in self.request.query_params

    @property
    def base(self) -> str:
        """Where the mocked APIs stand for this reader: origin, and the sandbox's prefix where the address has it."""
        return self.origin + self.reader.prefix

    def apis(self) -> tuple[Api, ...]:
        """Return every API that is played, as its reference has it."""
        return tuple(api_of(part) for part in self.house.parts.values())

    @property
    def admin(self) -> str:
        """How this reader stands to the control API: ``open`` to all, ``in``, ``out`` without the token, or ``off``."""
        gate = self.house.gate
        if gate.closed:
            return "off"
        if not gate.guarded:
            return "open"
        return "in" if gate.admits(self.request.scope[KEY].headers) else "out"

    def to(self, path: str) -> str:
        """Return a path within these pages, in the sandbox that the address names."""
        return self.reader.prefix + path

    def page(
        self, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
    ) -> Response:
        """Answer with a template, filled."""
        text = self._environment.get_template(template).render(
            visit=self, to=self.to, apis=self.apis(), software=__version__, **values
        )
        return self.answer(HTMLResponse(text, status), headers)

    def answer(self, response: Response, headers: Mapping[str, str] | None = None) -> Response:
        """Give an answer the headers of a page, and the cookie where the browser has it not yet."""
        response.headers.update(COMMON)
        response.headers["cache-control"] = "no-cache"
        response.headers["vary"] = "Cookie, Accept"
        response.headers["understudy-sandbox"] = self.reader.name
        if self.reader.remember:
            response.headers["set-cookie"] = self.reader.cookie()
        response.headers.update(headers or {})
        return response
