"""The page for teams: its commands, and its calls with what it shows of their answers."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/running-it-for-a-team.md"
DEPLOY = ROOT / "docs/deploy"
TEXT = PAGE.read_text()
FILES = sorted(path for path in DEPLOY.iterdir() if path.is_file())
ALL = "\n".join([TEXT, *(path.read_text() for path in FILES)])


def blocks(language: str, text: str = TEXT) -> list[str]:
    """Return the blocks of code in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def section(title: str) -> str:
    """Return what stands under a title, as far as the next one of any rank."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def calls(text: str = TEXT) -> list[tuple[str, str]]:
    """Return each command that is shown with its answer, and the line of the answer."""
    return [found for block in blocks("console", text) for found in re.findall(r"^\$ (.*)\n(.*)$", block, re.MULTILINE)]


def commands(text: str = TEXT) -> list[str]:
    """Return each command that is to be typed."""
    lines = [line for block in blocks("sh", text) for line in block.splitlines()]
    return lines + [command for command, _ in calls(text)]


def like(shown: str) -> re.Pattern[str]:
    """Return the pattern of what is shown, in which … stands for anything."""
    return re.compile(".*?".join(re.escape(part) for part in shown.split("…")))


SETTINGS = dict(line.split(maxsplit=1) for line in blocks("conf")[0].splitlines())
"""What the page has Redis set to."""
