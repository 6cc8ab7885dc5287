"""Running Schemathesis as its users do: by its command line, in a process of its own, against a server in another."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conformance.addresses import URL_VARIABLE
from tests.conformance.callers import CONTROL, Caller
from tests.conformance.deviations import PROVIDER_VARIABLE
from tests.conformance.tally import PATH_VARIABLE, Tally
from tests.support.served import served

ENDLESS = ("stream_events",)
"""Operations whose answers do not end by themselves: nothing for a client that waits for the whole."""
_ROOT = Path(__file__).parents[2]
_CONFIG = Path(__file__).with_name("schemathesis.toml")
_ST = Path(sys.executable).with_name("st")


def run(caller: Caller, phase: str, folder: Path, *, examples: int = 1, seed: int = 1) -> Tally:
    """Run one phase, with all checks, on a fresh world; raise with what Schemathesis says if anything fails."""
    tally = folder / "tally.json"
    variables = {PROVIDER_VARIABLE: caller.provider, PATH_VARIABLE: str(tally), "PYTHONHASHSEED": "0"}
    command = [str(_ST), f"--config-file={_CONFIG}", "run", f"openapi/{caller.provider}.yaml", "--no-color"]
    command += ["--checks=all", f"--phases={phase}", f"--max-examples={examples}", f"--seed={seed}"]
    options = ["--max-sandboxes", "1000000"] if caller.provider == CONTROL else ["--provider", caller.provider]
    if caller.provider == CONTROL:
        command += [f"--exclude-operation-id={id}" for id in ENDLESS]
    with served(*options, "--log-level", "error") as server:
        command += [f"--origin={server.url}"]
        variables[URL_VARIABLE] = server.url
        command += [f"--header={name}: {value}" for name, value in caller.sign(server.url).items()]
        done = subprocess.run(
            command, cwd=_ROOT, env=os.environ | variables, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nst ended with {done.returncode}"
    return Tally.read(tally)
