"""The pytest plugin, as a project that uses it meets it."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.support.served import Served, served
from understudy import Understudy

pytest_plugins = ["pytester"]

SLOW = ("schemathesis", "hypothesispytest", "anyio")
ONE_TEST = """
    def test_it(sandbox):
        with sandbox.client("tyk", headers=sandbox.credentials("tyk")) as http:
            assert 200 == http.get("/admin/organisations").status_code
"""
OWN_NAMES = """
    import json, pathlib, pytest

    @pytest.mark.parametrize("n", range(6))
    def test_apart(sandbox, n):
        with sandbox.client("tyk", headers=sandbox.credentials("tyk")) as http:
            made = {"owner_name": "Acme", "cname": "acme.example", "cname_enabled": True}
            before = len(sandbox.state("tyk", "organisations"))
            http.post("/admin/organisations", json=made)
            assert before + 1 == len(sandbox.state("tyk", "organisations"))
        with open(pathlib.Path(__file__).with_name("names"), "a") as names:
            names.write(f"{sandbox.name} {before}\\n")
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served("--provider", "tyk") as running:
        yield running


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run pytest in a process of its own, as a user does, without the plugins that take long to load."""
    without = [word for name in SLOW for word in ("-p", f"no:{name}")]
    return pytester.runpytest_subprocess(*without, "-Werror", *arguments)


def said(result: pytest.RunResult) -> str:
    return result.stdout.str() + result.stderr.str()


def test_importing_the_plugin_imports_nothing_heavy() -> None:
    heavy = ("httpx", "connexion", "requests", "orjson", "yaml", "uvicorn", "starlette", "jsonschema_rs")
    code = f"import sys, understudy.pytest_plugin; print([m for m in sys.modules if m.split('.')[0] in {heavy}])"
    assert "[]\n" == subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_a_project_that_does_not_use_it_does_not_load_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import sys\ndef test_it(): assert not {'httpx', 'connexion'} & sys.modules.keys()")
    run(pytester).assert_outcomes(passed=1)


def test_a_test_gets_a_sandbox_of_its_own_named_after_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(OWN_NAMES)
    run(pytester, "--strict-markers").assert_outcomes(passed=6)
    names, before = zip(*(line.split() for line in (pytester.path / "names").read_text().splitlines()), strict=True)
    assert 6 == len(set(names))
    assert 1 == len(set(before))
    assert all(re.fullmatch(rf"test_apart-{n}-[0-9a-f]{{8}}", name) for n, name in enumerate(names))


def test_under_xdist_names_are_unique_and_sandboxes_apart(pytester: pytest.Pytester, server: Served) -> None:
    pytester.makepyfile(OWN_NAMES)
    run(pytester, "-n", "2").assert_outcomes(passed=6)
    run(pytester, "-n", "2", "--understudy-url", server.url).assert_outcomes(passed=6)
    names, before = zip(*(line.split() for line in (pytester.path / "names").read_text().splitlines()), strict=True)
    assert 12 == len(set(names))
    assert 1 == len(set(before))
    assert {"gw0", "gw1"} >= {name.split("-")[-2] for name in names}
    with Understudy.at(server.url) as mock:
        assert {"default"} == {box["name"] for box in mock.control.pages("/sandboxes")}


def test_a_long_and_odd_name_still_makes_a_name(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("text", ["a/b c", "ü" * 90, "x" * 90, "x" * 90 + "y", "~.~", ""])
        def test_with_a_rather_long_name_indeed(sandbox, text):
            assert len(sandbox.name) <= 64
            sandbox.reset()
        """
    )
    run(pytester).assert_outcomes(passed=6)


def test_the_marker_says_what_a_sandbox_starts_from_and_the_closest_wins(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from datetime import datetime, UTC

        pytestmark = pytest.mark.understudy(world="empty", seed=7)

        def look(sandbox):
            return sandbox.server.control.ask("GET", f"/sandboxes/{sandbox.name}")

        def test_of_the_module(sandbox):
            assert ("empty", 7, False) == (look(sandbox)["world"], look(sandbox)["seed"], sandbox.clock.frozen)

        @pytest.mark.understudy(world="documented", now=datetime(2030, 5, 6, tzinfo=UTC))
        def test_of_its_own(sandbox):
            assert ("documented", 7) == (look(sandbox)["world"], look(sandbox)["seed"])
            assert (2030, True) == (sandbox.clock.now.year, sandbox.clock.frozen)

        @pytest.mark.understudy(now="2031-01-01T00:00:00Z")
        class TestClass:
            @pytest.mark.understudy(seed=8)
            def test_both(self, sandbox):
                assert (8, 2031) == (look(sandbox)["seed"], sandbox.clock.now.year)
        """
    )
    run(pytester, "--strict-markers").assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("marker", "wrong"),
    [
        ("wrold='empty'", "unknown argument 'wrold'; there are world, seed, now; did you mean 'world'?"),
        ("'empty'", "'empty' has no name; write world, seed, now as keywords, such as world='empty'"),
        ("seed='1'", "seed='1' must be int"),
        ("seed=True", "seed=True must be int"),
        ("now=5", "now=5 must be datetime or str"),
        ("now=__import__('datetime').datetime(2030, 1, 1)", "has no time zone; give one, such as tzinfo=UTC"),
    ],
)
def test_a_marker_that_says_nonsense_is_one_message(pytester: pytest.Pytester, marker: str, wrong: str) -> None:
    """Also where the test asks for no sandbox: what is misspelt does nothing, and nobody would notice."""
    pytester.makepyfile(f"import pytest\n@pytest.mark.understudy({marker})\ndef test_it(): pass")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    assert re.search(rf"^@pytest\.mark\.understudy: .*{re.escape(wrong)}$", said(result), re.MULTILINE)
    assert "Traceback" not in said(result)


def test_a_world_that_is_not_there_fails_the_test_with_a_sentence(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import pytest\n@pytest.mark.understudy(world='full')\ndef test_it(sandbox): pass")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    assert "world 'full': elevate has no such world; it has documented, empty, crowded" in said(result)
    assert "make_anew" not in said(result)
    assert "another exception" not in said(result)


def test_a_mock_that_cannot_start_fails_with_a_sentence(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(TYK_ALONE.replace("tyk", "tik"))
    pytester.makepyfile(ONE_TEST)
    result = run(pytester)
    result.assert_outcomes(errors=1)
    assert "understudy: no provider is called 'tik'; there are elevate, ivalt, koneksi, tyk" in said(result)
    assert "Traceback" not in said(result)


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ("{'wrold': 'empty'}", "got an unexpected keyword argument 'wrold'"),
        ("None", "understudy_options=None: "),
        ("{'seed': 'one'}", "seed='one': must be int"),
    ],
)
def test_options_that_are_none_fail_with_a_sentence(pytester: pytest.Pytester, options: str, wrong: str) -> None:
    pytester.makeconftest(TYK_ALONE.replace('{"providers": ["tyk"]}', options))
    pytester.makepyfile(ONE_TEST)
    result = run(pytester)
    result.assert_outcomes(errors=1)
    assert re.search(rf"^understudy: .*{re.escape(wrong)}", said(result), re.MULTILINE)
    assert "pytest_plugin.py" not in said(result)


def test_a_mock_that_goes_away_is_one_sentence_a_test(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(TYK_ALONE)
    pytester.makepyfile("def test_it(sandbox): sandbox.server.stop()")
    result = run(pytester)
    result.assert_outcomes(passed=1, errors=1)
    assert "understudy: this Understudy is not running" in said(result)
    assert "pytest_plugin.py" not in said(result)


def test_sandboxes_of_a_wider_scope_can_be_made(pytester: pytest.Pytester, server: Served) -> None:
    """Each has a name of its own, also beside other workers at one server, and is gone at the end."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture(scope="module")
        def shop(sandbox_factory):
            made = sandbox_factory("a shop", world="empty", seed=7, now="2027-01-01T00:00:00Z")
            with made.client("tyk", headers=made.credentials("tyk")) as http:
                http.post("/admin/organisations", json={"owner_name": "Acme"})
            return made

        @pytest.mark.parametrize("n", range(4))
        def test_it(shop, sandbox, sandbox_factory, n):
            assert ["Acme"] == [record["owner_name"] for record in shop.state("tyk", "organisations")]
            assert (2027, True) == (shop.clock.now.year, shop.clock.frozen)
            assert 4 == len({shop.name, sandbox.name, sandbox_factory().name, sandbox_factory().name})
            assert shop.name.startswith("a-shop-")
        """
    )
    run(pytester, "-n", "2", "--understudy-url", server.url).assert_outcomes(passed=4)
    with Understudy.at(server.url) as mock:
        assert {"default"} == {box["name"] for box in mock.control.pages("/sandboxes")}


def test_under_xdist_a_marker_that_says_nonsense_is_said_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import pytest\n@pytest.mark.understudy(wrold='empty')\ndef test_it(sandbox): pass")
    result = run(pytester, "-n", "2")
    result.assert_outcomes(errors=1)
    assert "unknown argument 'wrold'; there are world, seed, now; did you mean 'world'?" in said(result)


def test_a_failing_test_shows_the_exchanges_of_its_sandbox_and_no_others(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_fails(sandbox, understudy):
            with understudy.client() as http:
                http.get("/hello")
            with sandbox.client("ivalt", headers=sandbox.credentials("ivalt")) as http:
                http.put("/organization/123/update/auth-code/1", json={"client_di": "a"})
                http.get("/organizations", params={"a": "b"})
            assert False

        def test_passes(sandbox):
            with sandbox.client("tyk") as http:
                http.get("/api/users")

        def test_fails_in_silence(sandbox):
            assert False
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=1, failed=2)
    told = said(result)
    assert re.search(r"understudy: exchanges of sandbox test_fails-[0-9a-f]{8} -", told)
    assert re.search(
        r"#1 PUT /admin/public/api/organization/123/update/auth-code/1 → 422 ivalt validation_failed [\d.]+ ms", told
    )
    assert re.search(
        r"↳ body /client_id: is required; you sent 'client_di'; did you mean 'client_id'\? \[openapi/ivalt", told
    )
    assert re.search(r"#2 GET /admin/public/api/organizations\?a=b → 200 ivalt organisations_listed [\d.]+ ms", told)
    assert "none: nothing was sent to it" in told
    assert "/hello" not in told.split("understudy: exchanges")[1]
    assert "/api/users" not in told


def test_a_failing_test_shows_the_sandboxes_of_its_fixtures_too(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(TYK_ALONE)
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture(scope="module")
        def shop(sandbox_factory):
            return sandbox_factory("shop")

        @pytest.fixture
        def http(shop):
            return shop.client("tyk")

        def test_fails(http, sandbox):
            http.get("/hello")
            sandbox.client("tyk").get("/admin/hello")
            assert False
        """
    )
    told = said(run(pytester))
    assert re.search(r"understudy: exchanges of sandbox shop-[0-9a-f]{8} -+\n#1 GET /hello → 200", told)
    assert re.search(r"understudy: exchanges of sandbox test_fails-[0-9a-f]{8} -+\n#1 GET /admin/hello → 200", told)


def test_a_verification_that_fails_shows_the_line_of_the_test(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(TYK_ALONE)
    pytester.makepyfile("def test_it(sandbox): sandbox.verify(operation_id='read_hello')")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    assert "VerificationFailed: sandbox test_it-" in said(result)
    assert "sandbox.py:" not in said(result)


def test_a_report_shows_the_last_twenty_and_says_how_many_there_were_before(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_fails(sandbox):
            with sandbox.client("tyk") as http:
                for _ in range(23):
                    http.get("/hello")
            assert False
        """
    )
    told = said(run(pytester))
    assert "(3 earlier)" in told
    assert [str(n) for n in range(4, 24)] == re.findall(r"^#(\d+) GET /hello", told, re.MULTILINE)


def test_under_xdist_a_failing_test_shows_them_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(sandbox):\n    sandbox.client('tyk').get('/hello')\n    assert False")
    assert re.search(r"^#1 GET /hello → 200 tyk", said(run(pytester, "-n", "2")), re.MULTILINE)


def test_a_mock_that_runs_is_used(pytester: pytest.Pytester, server: Served) -> None:
    pytester.makepyfile(
        f"""
        def test_it(sandbox, understudy):
            assert "{server.url}" == understudy.url()
            with sandbox.client("tyk", headers=sandbox.credentials("tyk")) as http:
                assert 200 == http.get("/admin/organisations").status_code
        """
    )
    run(pytester, f"--understudy-url={server.url}").assert_outcomes(passed=1)


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_a_wrong_url_is_one_usage_error(pytester: pytest.Pytester, workers: list[str]) -> None:
    pytester.makepyfile(ONE_TEST)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        result = run(pytester, *workers, "--understudy-url", url)
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    assert 1 == said(result).count(f"ERROR: --understudy-url: no Understudy answers at {url}: ")
    assert "Traceback" not in said(result)


@pytest.mark.parametrize("url", ["", "http://[::1", "127.0.0.1:4010"])
def test_what_is_no_url_is_a_usage_error_too(pytester: pytest.Pytester, url: str) -> None:
    """An empty one, too: a variable that is not set must not lead to another mock."""
    pytester.makepyfile(ONE_TEST)
    result = run(pytester, "--understudy-url", url)
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    assert f"ERROR: --understudy-url: {url!r} is no URL of a server" in said(result)


def test_the_sessions_mock_takes_options(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def understudy_options():
            return {"providers": ["koneksi"], "world": "empty"}
        """
    )
    pytester.makepyfile(
        """
        def test_it(understudy):
            health = understudy.health()
            assert (["koneksi"], "empty") == (health["providers"], health["world"])
        """
    )
    run(pytester).assert_outcomes(passed=1)


COVERING = """
    def test_first(sandbox):
        sandbox.client("tyk").get("/hello")

    def test_second(sandbox):
        sandbox.client("tyk").get("/admin/hello")
"""
TYK_ALONE = """
    import pytest

    @pytest.fixture(scope="session")
    def understudy_options():
        return {"providers": ["tyk"]}
"""
VERDICT = re.compile(
    r"^understudy: the tests exercised (\S+) % of the contracts \((.*)\); "
    r"--understudy-coverage-fail-under demands 90 %$",
    re.MULTILINE,
)


def test_too_little_coverage_fails_the_session_with_one_line(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(TYK_ALONE)
    pytester.makepyfile(COVERING)
    result = run(pytester, "--understudy-coverage-fail-under", "90")
    result.assert_outcomes(passed=2)
    assert pytest.ExitCode.TESTS_FAILED == result.ret
    ((share, providers),) = VERDICT.findall(said(result))
    assert 0 < float(share) < 90
    assert f"tyk {share} %" == providers
    enough = run(pytester, "--understudy-coverage-fail-under", share)
    assert pytest.ExitCode.OK == enough.ret
    assert "understudy:" not in said(enough)


def test_the_coverage_of_all_workers_counts_together(pytester: pytest.Pytester, server: Served) -> None:
    """One test a worker: each alone reaches less than both."""
    pytester.makeconftest(TYK_ALONE)
    pytester.makepyfile(COVERING)
    mark = ["--understudy-coverage-fail-under", "90"]
    told = [VERDICT.findall(said(run(pytester, *arguments, *mark))) for arguments in ([], ["-n", "2"], ["-k", "first"])]
    together, spread, alone = (float(verdict[0][0]) for verdict in told)
    assert together == spread > alone
    at_a_server = VERDICT.findall(said(run(pytester, "-n", "2", "--understudy-url", server.url, *mark)))
    assert together == float(at_a_server[0][0])
    again = VERDICT.findall(said(run(pytester, "-k", "first", "--understudy-url", server.url, *mark)))
    assert alone == float(again[0][0])


def test_coverage_of_nothing_is_none(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(): pass")
    result = run(pytester, "--understudy-coverage-fail-under", "90")
    assert pytest.ExitCode.TESTS_FAILED == result.ret
    assert [("0.0", "no mock was asked anything")] == VERDICT.findall(said(result))


@pytest.mark.parametrize("text", ["x", "101", "-1"])
def test_a_mark_that_is_no_share_is_a_usage_error(pytester: pytest.Pytester, text: str) -> None:
    result = run(pytester, f"--understudy-coverage-fail-under={text}")
    assert pytest.ExitCode.USAGE_ERROR == result.ret
    assert f"{text!r} is no number from 0 to 100" in said(result)


def test_the_pytest_plugin_brings_it(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makepyfile("def test_it(sandbox): assert sandbox.requests() == []")
    with Understudy(providers=["tyk"], admin_token="a-token-of-the-tests") as mock:
        url = ["-p", "no:cacheprovider", "--understudy-url", mock.url()]
        lines = pytester.runpytest_subprocess(*url).stderr.str()
        assert "wants its admin token" in lines
        pytester.runpytest_subprocess(*url, "--understudy-admin-token", "a-token-of-the-tests").assert_outcomes(
            passed=1
        )
        monkeypatch.setenv("UNDERSTUDY_ADMIN_TOKEN", "a-token-of-the-tests")
        pytester.runpytest_subprocess(*url).assert_outcomes(passed=1)
