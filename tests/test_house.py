"""Who may import whom, what is public, and what may not stand in the repository."""

import ast
import re
import subprocess
from pathlib import Path

import understudy

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/understudy"

LAYERS = [
    {"kernel", "plain_yaml"},
    {"bounds", "durations", "lean", "source", "passwords", "stores", "watchdog", "weighing", "writer"},
    {"account"},
    {"admission", "fixtures", "limits"},
    {"contract"},
    {"providers"},
    {"exchange", "patterns"},
    {"journal"},
    {"jsonpaths"},
    {"differences", "matchers"},
    {"matching"},
    {"faults"},
    {"parts"},
    {"world"},
    {"sandbox"},
    {"sandboxes"},
    {"coverage", "reference"},
    {"sharing"},
    {"control"},
    {"web"},
    {"catalogue", "check", "log_line", "options", "production"},
    {"terminal"},
    {"watch", "remote"},
    {"following"},
    {"client"},
    {"local"},
    {"interception"},
    {"pytest_plugin"},
    {"cli_remote"},
    {"cli"},
    {"__main__", "__init__"},
]
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
CONFINED = {
    "connexion": r"web/",
    "starlette": r"web/",
    "uvicorn": r"web/(server|protocol|connection|traffic|handshake)\.py",
    "redis": r"stores/redis\.py",
    "trustme": r"web/tls\.py",
    "faker": r"(.*/)?seed\.py",
    "openapi_spec_validator": r"contract/lint\.py",
    "click": r"(cli|cli_remote|terminal)\.py",
    "immutables": r"kernel/",
    "jinja2": r"(web/pages/|coverage/page)",
    "markdown_it": r"web/pages/markdown\.py",
    "swagger_ui_bundle": r"web/pages/swagger\.py",
    "watchfiles": r"watch\.py",
}


def imports(file: Path) -> list[str]:
    """Return the modules that a file imports, anywhere in it."""
    found: list[str] = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute"
            found.append(node.module or "")
    return found


def files() -> list[tuple[str, Path]]:
    return [(str(file.relative_to(SOURCE)), file) for file in sorted(SOURCE.rglob("*.py"))]


def test_imports_point_one_way() -> None:
    wrong = []
    for name, file in files():
        own = name.split("/")[0].removesuffix(".py")
        for module in imports(file):
            parts = module.split(".")
            if parts[0] == "understudy" and len(parts) > 1 and parts[1] != own and RANK[parts[1]] >= RANK[own]:
                wrong.append(f"{name} imports {module}")
    assert [] == wrong


def test_vendors_never_import_each_other() -> None:
    wrong = []
    for name, file in files():
        vendor = re.match(r"providers/(\w+)/", name)
        for module in imports(file):
            other = re.match(r"understudy\.providers\.(\w+)", module)
            if vendor and other and other[1] not in (vendor[1], "seed"):
                wrong.append(f"{name} imports {module}")
    assert [] == wrong


def test_each_dependency_is_known_in_its_own_place_only() -> None:
    wrong = [
        f"{name} imports {module}"
        for name, file in files()
        for module in imports(file)
        for package, place in CONFINED.items()
        if module.split(".")[0] == package and not re.match(place, name)
    ]
    assert [] == wrong


def test_the_kernel_imports_the_standard_library_and_one_persistent_map() -> None:
    import sys

    foreign = {
        module.split(".")[0]
        for name, file in files()
        if name.startswith("kernel/")
        for module in imports(file)
        if module.split(".")[0] not in sys.stdlib_module_names
    }
    assert {"immutables", "understudy"} == foreign


def test_the_public_surface_is_this() -> None:
    assert "0.1.0" == understudy.__version__
    public = (
        "CannotStart Fault HostRefused NotRunning PortTaken RecordedExchange RequestRefused Sandbox SandboxClock "
        "Understudy UnderstudyError Unreachable VerificationFailed intercept"
    )
    assert public.split() == [name for name in dir(understudy) if not name.startswith("_")]


def test_nothing_of_this_machine_and_no_registry_stands_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    names = [name for name in listed.split("\0") if name]
    assert names
    registries = "|".join(["pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", "deb" + r"\.debian"])
    forbidden = re.compile(rf"{registries}|(?<![A-Za-z0-9_.-])/(?:work|farm)/")
    wrong = []
    for name in names:
        path = ROOT / name
        if path.is_file() and forbidden.search(path.read_text(errors="replace")):
            wrong.append(name)
    assert [] == wrong


def test_python_files_stay_small() -> None:
    long = [f"{name}: {count}" for name, file in files() if (count := len(file.read_text().splitlines())) > 300]
    assert [] == long
