"""The templates' environment: escaping everything, forgiving nothing."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from understudy.reference.fields import ABSENT
from understudy.reference.provenance import MEANINGS
from understudy.web.pages.assets import Assets
from understudy.web.pages.coloured import coloured
from understudy.web.pages.markdown import inline, markdown

_TEMPLATES = Path(__file__).parent / "templates"


def build_environment(assets: Assets) -> Environment:
    """Return the environment in which the pages' templates are rendered."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )

    def asset(name: str) -> str:
        if assets.find(name) is None:
            raise LookupError(f"no asset is called {name!r}")
        return f"/assets/{name}?v={assets.version}"

    def style(name: str) -> Markup:
        return Markup('<link rel="stylesheet" href="{}">').format(asset(name))

    def module(name: str) -> Markup:
        return Markup('<script type="module" src="{}"></script>').format(asset(name))

    environment.globals.update(asset=asset, style=style, module=module, meanings=MEANINGS)
    environment.tests["absent"] = lambda value: value is ABSENT
    environment.filters.update(markdown=markdown, inline=inline, coloured=coloured, segment=_segment, said=_said)
    return environment


def _said(value: Any) -> str:
    """Write a value of a contract: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _segment(text: str) -> str:
    """Write a text as one segment of a path."""
    return quote(text, safe="")
