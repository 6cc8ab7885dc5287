"""Many tests in parallel, each in its own sandbox: nobody sees anything of anybody else.

``--requests`` says how many: some in ``make test``, 200 in ``make load``.
"""

from pathlib import Path

import pytest

from tests.support.served import served
from understudy import Understudy

pytest_plugins = ["pytester"]

_MOST = 200
_WORKERS = 4
_HEAVY = ("schemathesis", "hypothesispytest", "anyio", "faker")
"""Plugins of ours that each worker would load."""
_TESTS = '''
    """Each test creates as many as its number says, changes and removes some, and counts what there is of its own."""
    import pathlib
    import httpx
    import pytest

    ROUNDS = 3
    USERS = "/organization/123"

    @pytest.mark.parametrize("number", range({tests}))
    def test_apart(sandbox, number):
        mark = f"of test {{number}}"
        socket = httpx.Client(base_url=sandbox.url("tyk"), headers=sandbox.credentials("tyk"), verify=False)
        with socket as tyk, sandbox.client("ivalt", headers=sandbox.credentials("ivalt")) as ivalt:
            at_first = {{record["id"]: record["owner_name"] for record in listed(tyk)}}
            assert 5 == len(at_first), "somebody has been here"
            own = {{}}
            for n in range(ROUNDS + number % 3):
                id = tyk.post("/admin/organisations", json={{"owner_name": f"{{mark}}, {{n}}"}}).json()["Meta"]
                own[id] = f"{{mark}}, {{n}}, changed"
                assert "OK" == tyk.put(f"/admin/organisations/{{id}}", json={{"owner_name": own[id]}}).json()["Status"]
                assert at_first | own == {{record["id"]: record["owner_name"] for record in listed(tyk)}}
            gone = next(iter(own))
            tyk.delete(f"/admin/organisations/{{gone}}")
            del own[gone]
            user = {{"email": f"u{{number}}@acme.example", "country_code": "+1", "mobile": "5550000001"}}
            for status in (200, 409):  # everybody's first user has this number, and nobody's second one may
                made = ivalt.post(f"{{USERS}}/create/user", json=user | {{"first_name": "A", "last_name": "B"}})
                assert status == made.status_code, made.text
        kept = {{record["id"]: record["owner_name"] for record in sandbox.state("tyk", "organisations")}}
        assert at_first | own == kept
        rounds = ROUNDS + number % 3
        sandbox.verify(operation_id="create_organisation", times=rounds)
        mine = {{"jsonPath": f"$[?match(@, '{{mark}}, .*')]"}}
        sandbox.verify(operation_id="create_organisation", times=rounds, body=mine)
        sandbox.verify(provider="ivalt", operation_id="create_user", times=2)
        seen = {{exchange.id for exchange in sandbox.requests(limit=1000)}}
        assert seen == set(range(1, 3 * rounds + 5)), "there are exchanges of somebody else, or too few"
        with open(pathlib.Path(__file__).with_name("done"), "a") as done:
            done.write(f"{{number}} {{sandbox.name}} {{sandbox.server.url()}}\\n")

    def listed(tyk):
        return tyk.get("/admin/organisations").json()["organisations"]
'''


@pytest.fixture
def tests(request: pytest.FixtureRequest, pytester: pytest.Pytester) -> int:
    """How many tests there are in the file that this makes."""
    number: int = min(_MOST, request.config.getoption("--requests") // 100)
    pytester.makepyfile(_TESTS.format(tests=number))
    return number


def test_each_worker_with_a_mock_of_its_own(pytester: pytest.Pytester, tests: int) -> None:
    run(pytester).assert_outcomes(passed=tests)
    assert _WORKERS == len({url for _, _, url in told(pytester.path, tests)})


def test_all_workers_at_one_mock_which_is_left_as_it_was(pytester: pytest.Pytester, tests: int) -> None:
    with served("--log-level", "error") as server, Understudy.at(server.url) as mock:
        run(pytester, "--understudy-url", server.url).assert_outcomes(passed=tests)
        assert {server.url} == {url for _, _, url in told(pytester.path, tests)}
        assert {"default"} == {sandbox["name"] for sandbox in mock.control.pages("/sandboxes")}
        assert 0 == len(mock.sandbox().requests())


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run the tests of the file, four at a time."""
    without = [word for name in _HEAVY for word in ("-p", f"no:{name}")]
    return pytester.runpytest_subprocess(*without, "-Werror", "-q", "-n", str(_WORKERS), *arguments)


def told(path: Path, tests: int) -> list[list[str]]:
    """Return what each test wrote down: its number, its sandbox, its mock. Each had a sandbox that no other had."""
    lines = [line.split(" ") for line in (path / "done").read_text().splitlines()]
    assert set(range(tests)) == {int(number) for number, _, _ in lines}
    assert tests == len({name for _, name, _ in lines})
    return lines
