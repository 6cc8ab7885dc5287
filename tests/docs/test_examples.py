"""The README's longer examples work as they stand: each names its file in its first line, and how it is run."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.readme import README
from tests.support.served import Served, served

EXAMPLE = re.compile(r"^```(?:js|sh|python)\n((?://|#) (\S+\.\w+): ([^\n]*)\n.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = {name: (command, text) for text, name, command in EXAMPLE.findall(README.read_text())}
NODE_MODULES = Path(__file__).parents[1] / "node/node_modules"


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--log-level", "error") as running:
        yield running


def test_there_are_examples_for_each_language() -> None:
    assert {".mjs", ".py", ".sh"} == {Path(name).suffix for name in EXAMPLES}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_works(server: Served, name: str, tmp_path: Path) -> None:
    command, text = EXAMPLES[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=tmp_path,
        env=_environment(server),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    if name.endswith(".mjs"):
        assert "\n# fail 0\n" in done.stdout
        assert "\n# pass 0\n" not in done.stdout


def _environment(server: Served) -> dict[str, str]:
    """Return an environment in which ``understudy``, ``python`` and ``pytest`` are those of this test run."""
    here = str(Path(sys.executable).parent)
    path = os.pathsep.join([here, os.environ["PATH"]])
    return os.environ | {"PATH": path, "UNDERSTUDY_URL": server.url, "NO_PROXY": "127.0.0.1"}
