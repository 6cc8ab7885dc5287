"""On what, with what and when figures were made; and where they are kept until the report is written."""

import json
import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.paths import FIGURES, NODE

_PYTHON = ("understudy", "connexion", "starlette", "uvicorn", "uvloop", "httptools", "jsonschema_rs", "orjson")
_NODE = ("@stoplight/prism-cli", "@mockoon/cli", "openapi-backend", "express", "ajv")


class Unsuitable(Exception):
    """A machine on which nothing can be compared."""


@cache
def cores() -> tuple[int, int]:
    """Return the core that serves and the core that loads. Raises Unsuitable."""
    for tool in ("taskset", "wrk", "node"):
        if shutil.which(tool) is None:
            raise Unsuitable(
                f"{tool} is missing; `make bench` as root on Debian installs wrk, util-linux has taskset, "
                f"and node is Node.js 20 or newer"
            )
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise Unsuitable("this needs two cores: one for the server, one for the load")
    return cores[0], cores[1]


def circumstances() -> dict[str, Any]:
    """Return what a reader wants to know beside the figures. To be asked before the measuring: it has the load."""
    return {
        "load": round(os.getloadavg()[0], 1),
        "cores": os.cpu_count(),
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "versions": {"Python": platform.python_version(), **_tools(), **_packages()},
    }


def keep(part: str, figures: dict[str, Any]) -> Path:
    """Keep the figures of a part of the benchmark."""
    FIGURES.mkdir(exist_ok=True)
    path = FIGURES / f"{part}.json"
    path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return path


def kept(part: str) -> dict[str, Any] | None:
    """Return the figures of a part, or None where it was never measured."""
    path = FIGURES / f"{part}.json"
    if not path.exists():
        return None
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return figures


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _tools() -> dict[str, str]:
    """Return the versions of wrk, which tells it with an exit code of 1, and of Node."""
    found = {}
    for tool, flag in (("wrk", "-v"), ("node", "--version")):
        if shutil.which(tool) is not None:
            shown = subprocess.run([tool, flag], check=False, capture_output=True, encoding="utf-8").stdout
            found[tool] = shown.split()[1] if tool == "wrk" else shown.strip().removeprefix("v")
    return found


def _packages() -> dict[str, str]:
    locked = json.loads((NODE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    ours = {package: version(package) for package in _PYTHON}
    return ours | {package: locked[f"node_modules/{package}"]["version"] for package in _NODE}
