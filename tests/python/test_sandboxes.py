"""Sandboxes from Python: isolated, reached by URL, header or client, with credentials that work."""

import httpx
import pytest

from understudy import Sandbox, Understudy, UnderstudyError

CALLS = {
    "elevate": "/organization/read?organisation_id=12",
    "ivalt": "/organizations",
    "koneksi": "/members/list",
    "tyk": "/admin/organisations",
}
ORGANISATION = {"owner_name": "Acme", "cname": "acme.example", "cname_enabled": True}


@pytest.mark.parametrize("provider", CALLS)
def test_credentials_work_in_process_and_over_the_socket(sandbox: Sandbox, provider: str) -> None:
    headers = sandbox.credentials(provider)
    with sandbox.client(provider, headers=headers) as http:
        assert 200 == http.get(CALLS[provider]).status_code
        assert sandbox.name == http.get(CALLS[provider]).headers["understudy-sandbox"]
    found = httpx.get(sandbox.url(provider) + CALLS[provider], headers=headers)
    assert (200, sandbox.name) == (found.status_code, found.headers["understudy-sandbox"])


def test_credentials_suit_every_kind_of_operation(sandbox: Sandbox) -> None:
    with sandbox.client("tyk", headers=sandbox.credentials("tyk")) as http:
        assert [200, 200] == [http.get(path).status_code for path in ("/admin/users", "/api/users")]


def test_a_login_is_made_in_the_sandbox_as_whoever_is_wanted(sandbox: Sandbox, understudy: Understudy) -> None:
    deactivate = "/org-admin/deactivateUser"
    with sandbox.client("elevate") as http:
        for login, status in ((0, 400), (1, 202), (2, 401)):
            headers = sandbox.credentials("elevate", login)
            assert (
                status == http.post(deactivate, json={"email": ["clara@shikshalokam.org"]}, headers=headers).status_code
            )
    with pytest.raises(UnderstudyError, match="elevate has no login 3; there are 0: system administrator, 1: org"):
        sandbox.credentials("elevate", 3)
    assert understudy.credentials("elevate")["X-auth-token"].startswith("bearer ")


def test_sandboxes_do_not_see_each_other(understudy: Understudy) -> None:
    with understudy.sandbox("one", world="empty") as one, understudy.sandbox("two", world="empty") as two:
        with one.client("tyk", headers=one.credentials("tyk")) as http:
            id = http.post("/admin/organisations", json=ORGANISATION).json()["Meta"]
            assert 200 == http.get(f"/admin/organisations/{id}").status_code
        with two.client("tyk", headers=two.credentials("tyk")) as http:
            assert 404 == http.get(f"/admin/organisations/{id}").status_code


def test_a_sandbox_is_reset_made_anew_and_dropped(sandbox: Sandbox) -> None:
    with sandbox.client("tyk", headers=sandbox.credentials("tyk")) as http:
        id = http.post("/admin/organisations", json=ORGANISATION).json()["Meta"]
        sandbox.reset()
        assert 404 == http.get(f"/admin/organisations/{id}").status_code
        sandbox.make_anew("empty", seed=5)
        assert not http.get("/admin/organisations").json()["organisations"]
    sandbox.drop()
    sandbox.drop()


def test_headers_of_ones_own_stay(sandbox: Sandbox) -> None:
    with sandbox.client(headers=[("X-One", "1")], params={"p": "1"}, timeout=7) as http:
        assert {"x-one": "1", "understudy-sandbox": sandbox.name}.items() <= dict(http.headers).items()
        assert 7 == http.timeout.read


def test_a_name_alone_does_not_touch_what_is_there(understudy: Understudy) -> None:
    with understudy.sandbox("kept", world="empty") as kept:
        with kept.client("tyk", headers=kept.credentials("tyk")) as http:
            id = http.post("/admin/organisations", json=ORGANISATION).json()["Meta"]
            understudy.sandbox("kept")
            assert 200 == http.get(f"/admin/organisations/{id}").status_code
