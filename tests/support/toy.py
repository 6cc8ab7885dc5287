"""The toy vendor, ready to be called."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.support.inprocess import NEW_YEAR, InProcess
from tests.toy.parts import toy
from understudy.kernel.clock import Clock
from understudy.parts import Part, Places, load_parts
from understudy.sandbox import Sandbox
from understudy.sandboxes import DEFAULT, Sandboxes, Worlds
from understudy.web.app import build_app
from understudy.web.edge import Edge

HERE = Path(__file__).parents[1] / "toy"
PLACES = Places(HERE / "openapi", HERE / "fixtures", "tests.toy.parts")
KEY = {"X-Key": "open-sesame"}


def toy_part() -> Part:
    """Load the toy vendor, whose files all stand below tests/toy."""
    (part,) = load_parts((), PLACES)
    return part


def toy_edge(*, validate: bool = True, any_credentials: bool = False) -> tuple[Edge, Sandbox]:
    """Return an app that plays the toy alone."""
    part = toy_part()
    sandboxes = Sandboxes(Worlds([part], any_credentials=any_credentials, validate=validate))
    sandbox = sandboxes.get(DEFAULT)
    sandbox.clock = Clock(frozen=NEW_YEAR)
    return build_app([part], sandboxes), sandbox


def toy_client(*, validate: bool = True, any_credentials: bool = False) -> httpx.Client:
    """Return a client of a fresh toy that holds a key."""
    edge, _ = toy_edge(validate=validate, any_credentials=any_credentials)
    return httpx.Client(transport=InProcess(edge), base_url="http://localhost", headers=KEY)


@contextmanager
def script(play: object) -> Iterator[None]:
    """Let ``read_latest`` do as ``play`` says."""
    toy.script = play  # type: ignore[assignment]
    try:
        yield
    finally:
        toy.script = None
