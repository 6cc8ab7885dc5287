"""``--show-secrets`` is for one's own machine; and no message has a credential that was given."""

import pytest
from click.testing import CliRunner

from tests.test_admission import EVERYWHERE, TOKEN, refused
from understudy import CannotStart, Understudy, UnderstudyError
from understudy.admission import refuse_shown
from understudy.cli import main
from understudy.production import Playbill
from understudy.source import SourceError

SECRET = "Gv9-a-secret-of-this-test"


@pytest.mark.parametrize("given", [["--admin-token", TOKEN], ["--no-admin"], []])
def test_it_is_refused_together_with_a_host_that_others_reach(given: list[str]) -> None:
    said = refused("--show-secrets", "--host", EVERYWHERE, *given)
    assert f"--show-secrets with --host {EVERYWHERE}: others reach that address" in said
    assert "keep one of the two" in said


def test_by_the_environment_too() -> None:
    assert "--show-secrets with --host" in refused("--host", EVERYWHERE, "--no-admin", UNDERSTUDY_SHOW_SECRETS="1")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_loopback_host_may_have_it(host: str) -> None:
    refuse_shown(host)
    with pytest.raises(SourceError):
        refuse_shown(EVERYWHERE)


def test_in_python_likewise() -> None:
    with pytest.raises(CannotStart, match="show_secrets with host"):
        Understudy(host=EVERYWHERE, admin_token=TOKEN, providers=["tyk"], show_secrets=True).start()
    for shown in (True, None):
        with Understudy(providers=["tyk"], serve=False, show_secrets=shown) as mock:
            with mock.client() as http:
                http.get("/admin/organisations", headers={"admin-auth": SECRET})
            (exchange,) = mock.sandbox("default").requests()
            assert (SECRET if shown else "•••") == exchange.headers["admin-auth"]


@pytest.mark.parametrize("given", [SECRET, f"={SECRET}", f"koneksi={SECRET}", f"acme={SECRET}"])
def test_no_message_has_a_credential_that_was_given(given: str) -> None:
    said = refused("--credential", given)
    assert "--credential" in said
    assert SECRET not in said


def test_no_message_has_the_password_of_a_store() -> None:
    for more in (["--watch"], [], ["--workers", "2"]):
        said = refused("--store", f"redis://me:{SECRET}@127.0.0.1:1/0", *more)
        assert "--store redis://…@127.0.0.1:1/0" in said
        assert SECRET not in said


@pytest.mark.parametrize("given", [{"tyk": [5, SECRET]}, {"koneksi": SECRET}, {"acme": SECRET}, SECRET])
def test_nor_in_python(given: object) -> None:
    with pytest.raises(CannotStart) as failure:
        Understudy(credentials=given).start()  # type: ignore[arg-type]
    assert "credential" in str(failure.value)
    assert SECRET not in str(failure.value)


@pytest.mark.parametrize("command", [["coverage"], ["watch"], ["wait", "--timeout", "0"]])
@pytest.mark.parametrize("url", ["http://me:{}@127.0.0.1:1", "http://me:a@{}@127.0.0.1:1", "ftp://{}@127.0.0.1:1"])
def test_nor_the_password_in_the_url_of_a_server(command: list[str], url: str) -> None:
    done = CliRunner().invoke(main, [command[0], url.format(SECRET), *command[1:]])
    assert 0 != done.exit_code
    assert "://…@127.0.0.1:1" in done.output
    assert SECRET not in done.output


def test_nor_in_python_the_password_in_the_url_of_a_server() -> None:
    for scheme in ("ftp", "http"):
        mock = Understudy.at(f"{scheme}://me:{SECRET}@127.0.0.1:1")
        assert SECRET not in repr(mock)
        with pytest.raises(UnderstudyError) as failure:
            mock.start().sandbox("mine")
        assert "://…@127.0.0.1:1" in str(failure.value)
        assert SECRET not in str(failure.value)


def test_nor_what_is_printed_of_the_options() -> None:
    assert SECRET not in repr(Playbill(credentials={"tyk": [SECRET]}))
