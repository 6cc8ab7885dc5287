"""The contracts' descriptions: Markdown to HTML, with no HTML of their own and no images."""

from functools import lru_cache

from markdown_it import MarkdownIt
from markupsafe import Markup

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")
_FIRST_HEADING = 3


def _lower_headings() -> None:
    """Let a description's headings stand below those of the page."""

    def render(renderer: object, tokens: list[object], index: int, options: object, env: object) -> str:
        token = tokens[index]
        level = min(6, int(token.tag[1]) + _FIRST_HEADING - 1)  # type: ignore[attr-defined]
        return f"<{'/' if token.nesting < 0 else ''}h{level}>"  # type: ignore[attr-defined]

    _MARKDOWN.add_render_rule("heading_open", render)
    _MARKDOWN.add_render_rule("heading_close", render)


_lower_headings()


@lru_cache(maxsize=4096)
def markdown(text: str) -> Markup:
    """Render a description."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704 - the renderer escapes whatever is no Markdown


@lru_cache(maxsize=4096)
def inline(text: str) -> Markup:
    """Render one line, without a paragraph around it."""
    return Markup(_MARKDOWN.renderInline(text))  # noqa: S704 - likewise
