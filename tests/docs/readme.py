"""The generated parts of the README. ``python -m tests.docs.readme`` writes them; a test compares."""

from pathlib import Path

from understudy.catalogue import render
from understudy.options import SERVE, Option
from understudy.parts import load_parts

_HEAD = ("| option of `understudy serve` | default | |", "|---|---|---|")
README = Path(__file__).parents[2] / "README.md"


def generated() -> dict[str, str]:
    """Return what stands between ``<!-- name -->`` and ``<!-- /name -->``, by name."""
    return {
        "options": "\n".join([*_HEAD, *(_row(option) for option in SERVE)]),
        "operations": render(load_parts(), "markdown"),
    }


def rewritten(text: str) -> str:
    """Return the README's text with its generated parts made anew."""
    for name, part in generated().items():
        before, _, rest = text.partition(f"<!-- {name} -->\n")
        after = rest.partition(f"<!-- /{name} -->")[2]
        text = f"{before}<!-- {name} -->\n{part}\n<!-- /{name} -->{after}"
    return text


def _row(option: Option) -> str:
    if option.type is bool:
        return f"| `{option.flag}` | off | {option.help} |"
    shown = f"`{option.default}`" if option.default is not None else ""
    values = option.metavar or " \\| ".join(option.choices)
    return f"| `{option.flag} {values}` | {shown} | {option.help} |"


if __name__ == "__main__":
    README.write_text(rewritten(README.read_text()))
