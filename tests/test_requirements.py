"""What is installed is pinned by version and by the hashes of its files."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest

from tests.audit import found, is_out_of_reach, summary

ROOT = Path(__file__).parents[1]
LISTS = ("serve", "dev", "fuzz")


def pinned(name: str) -> dict[str, tuple[str, list[str]]]:
    """Return a list's packages: name → version and hashes."""
    text = (ROOT / f"requirements/{name}.txt").read_text()
    packages: dict[str, tuple[str, list[str]]] = {}
    for entry in text.replace("\\\n", " ").splitlines():
        words = entry.split()
        package, _, version = words[0].partition("==")
        packages[package.partition("[")[0]] = version, re.findall(r"--hash=sha256:([0-9a-f]{64})\b", entry)
    return packages


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", LISTS)
def test_every_package_has_one_version_and_hashes(name: str) -> None:
    packages = pinned(name)
    assert len(packages) > 50
    assert [] == [package for package, (version, hashes) in packages.items() if not (version and hashes)]


@pytest.mark.parametrize("name", LISTS)
def test_the_lists_agree(name: str) -> None:
    known = pinned("fuzz") | pinned("dev")
    assert {} == {package: found for package, found in pinned(name).items() if known[package] != found}


def test_what_make_serve_installs_is_what_is_tested() -> None:
    assert set() == set(pinned("serve")) - set(pinned("dev"))


def test_what_pyproject_asks_for_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    asked = [re.split(r"[^A-Za-z0-9_.-]", line, maxsplit=1)[0] for line in lines]
    assert {"connexion", "redis", "mypy"} <= set(asked)
    assert set() == {canonical(name) for name in asked} - {canonical(name) for name in pinned("dev") | pinned("fuzz")}


def test_these_tests_run_on_what_is_pinned() -> None:
    packages = {canonical(name): version for name, (version, _) in (pinned("fuzz") | pinned("dev")).items()}
    installed = {canonical(one.metadata["Name"]): one.version for one in distributions()}
    differing = {
        name: (version, packages.get(name, "not pinned"))
        for name, version in installed.items()
        if name not in ("pip", "setuptools", "wheel", "understudy") and packages.get(name) != version
    }
    assert {} == differing


def test_a_file_with_another_hash_is_not_installed(tmp_path: Path) -> None:
    version, _ = pinned("serve")["idna"]
    (tmp_path / "list.txt").write_text(f"idna=={version} --hash=sha256:{'0' * 64}\n")
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    done = subprocess.run(
        [*command, "--target", tmp_path / "into", "-r", tmp_path / "list.txt"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert 0 != done.returncode
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not (tmp_path / "into").exists()


def test_the_audit_tells_a_finding_from_what_it_cannot_know() -> None:
    hole = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["1.2"], "description": "…"}
    known: list[dict[str, Any]] = [
        {"name": "a", "version": "1.1", "vulns": [hole]},
        {"name": "b", "version": "2", "vulns": []},
    ]
    (finding,) = found(known)
    assert "a 1.1: PYSEC-1 CVE-1; mended in 1.2" == finding
    unknown: list[dict[str, Any]] = [{"name": "c", "skip_reason": "not found"}]
    assert [] == list(found(unknown))
    assert "audit: not possible here" in summary(unknown, [])
    assert summary([*known, *unknown], [finding]).splitlines() == [
        "audit: 2 packages, 1 known vulnerabilities",
        f"  {finding}",
        "  not told of: c",
    ]


@pytest.mark.parametrize(
    ("said", "reached_nobody"),
    [
        ("Traceback …\nrequests.exceptions.ConnectionError: HTTPSConnectionPool(…): Max retries exceeded", True),
        ("ERROR:pip_audit._cli:Could not connect to the service: connection timed out", True),
        ("/usr/bin/python: No module named pip_audit", False),
        ("ERROR:pip_audit._cli:requirement idna is not pinned", False),
        ("", False),
    ],
)
def test_an_audit_that_fails_is_no_audit_that_cannot_be(said: str, reached_nobody: bool) -> None:  # noqa: FBT001
    assert reached_nobody == is_out_of_reach(said)
