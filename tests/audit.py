"""``python -m tests.audit``: no package that is pinned has a vulnerability that is known.

Not every index of packages tells of vulnerabilities. One that does not, or is out of reach, is said,
and nothing fails: what cannot be known is no finding. Whatever else keeps pip-audit from an answer fails.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LIST = Path(__file__).parents[1] / "requirements/dev.txt"


def main() -> int:
    """Ask, print what came of it, return the exit code."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(LIST), "--require-hashes", "--disable-pip"]
    asked = subprocess.run(
        [*command, "--format", "json", "--progress-spinner", "off"], capture_output=True, text=True, check=False
    )
    try:
        dependencies = json.loads(asked.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(f"audit: {last_line(asked.stderr)}")
        return 0 if is_out_of_reach(asked.stderr) else 1
    findings = list(found(dependencies))
    print(summary(dependencies, findings))
    return 1 if findings else 0


def is_out_of_reach(said: str) -> bool:
    """Say whether pip-audit failed because it reached nobody who could tell."""
    return re.search(r"ConnectionError|ServiceError|Timeout|[Cc]onnection", last_line(said)) is not None


def last_line(said: str) -> str:
    """Return the last line of what pip-audit said: an error's own."""
    return (said.strip().splitlines() or ["pip-audit said nothing"])[-1]


def found(dependencies: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a sentence for each vulnerability, as pip-audit tells of them."""
    for one in dependencies:
        for hole in one.get("vulns", ()):
            names = " ".join([hole["id"], *hole.get("aliases", ())])
            mended = ", ".join(hole.get("fix_versions", ())) or "no version yet"
            yield f"{one['name']} {one['version']}: {names}; mended in {mended}"


def summary(dependencies: list[dict[str, Any]], findings: list[str]) -> str:
    """Say how many packages were looked at, and what was found."""
    skipped = [one["name"] for one in dependencies if "skip_reason" in one]
    looked_at = len(dependencies) - len(skipped)
    if not looked_at:
        return f"audit: not possible here: the package index tells of no vulnerabilities ({len(skipped)} packages)"
    lines = [f"audit: {looked_at} packages, {len(findings)} known vulnerabilities", *findings]
    if skipped:
        lines.append(f"not told of: {', '.join(skipped)}")
    return "\n  ".join(lines)


if __name__ == "__main__":
    sys.exit(main())
