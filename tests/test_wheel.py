"""The wheel serves without the source tree: it carries contracts and fixtures."""

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_contracts_fixtures_pages_types_and_licence(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for vendor in ("elevate", "ivalt", "koneksi", "tyk"):
        assert f"understudy/data/openapi/{vendor}.yaml" in names
        assert f"understudy/data/fixtures/{vendor}.yaml" in names
    for kind in ("assets", "templates"):
        for file in (ROOT / "src/understudy/web/pages" / kind).iterdir():
            assert f"understudy/web/pages/{kind}/{file.name}" in names
    assert "understudy/py.typed" in names
    assert "understudy/templates/coverage.html" in names
    assert any(name.endswith("LICENSE") for name in names)
    assert not any(name.startswith("tests/") for name in names)


def test_the_installed_wheel_serves_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "env"
    venv.create(home, with_pip=True)
    python = home / "bin/python"
    install = (python, "-m", "pip", "install", "-q", "--disable-pip-version-check")
    run(*install, "--require-hashes", "-r", ROOT / "requirements/serve.txt", cwd=tmp_path)
    run(*install, "--no-deps", wheel, cwd=tmp_path)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "UNDERSTUDY_"))}
    process = subprocess.Popen(
        [home / "bin/understudy", "serve", "--port", "0"],
        cwd=tmp_path, env=clean, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        screen = ""
        while "Ctrl-C" not in screen and (line := process.stdout.readline()):
            screen += line
        found = re.search(r"http://127\.0\.0\.1:\d+", screen)
        assert found is not None, screen
        read = httpx.get(f"{found[0]}/admin/organisations/54b53d3aeba6db5c35000002", headers={"admin-auth": "12345"})
        assert (200, "Jively") == (read.status_code, read.json()["owner_name"])
        for path in ("/", "/docs/tyk/read_organisation", "/docs/tyk/swagger", "/assets/swagger/swagger-ui-bundle.js"):
            assert 200 == httpx.get(found[0] + path).status_code
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=20)
    assert (0, "") == (process.returncode, errors)
    where = run(python, "-c", "import understudy; print(understudy.__file__)", cwd=tmp_path)
    assert str(home) in where
