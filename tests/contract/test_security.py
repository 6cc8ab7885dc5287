"""Security requirements: AND within one, OR between them, and who is let in without."""

import httpx
import pytest

from tests.contract.conftest import pointers, violations
from tests.support.toy import toy_client

NONE = {"X-Key": ""}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X-Key": "open-sesame"}, 200),
        ({"X-Key": "wrong"}, 401),
        ({"X-Key": ""}, 401),
        ({**NONE, "X-Client": "ann", "X-Secret": "secret"}, 200),
        ({**NONE, "X-Client": "ann"}, 401),
        ({**NONE, "X-Secret": "secret"}, 401),
        ({**NONE, "X-Client": "ann", "X-Secret": "other"}, 401),
        ({"X-Key": "wrong", "X-Client": "ann", "X-Secret": "secret"}, 200),
        ({"X-Key": "open-sesame\u00e9".encode("latin-1")}, 401),
    ],
)
def test_schemes_are_combined_as_the_contract_says(
    toy: httpx.Client, headers: dict[str, str | bytes], status: int
) -> None:
    toy.headers.clear()
    assert status == toy.get("/toy/things/1", headers=list(headers.items())).status_code  # type: ignore[arg-type]


def test_a_credential_that_comes_twice_is_none(toy: httpx.Client) -> None:
    toy.headers.clear()
    sent = [("X-Key", "open-sesame"), ("X-Key", "open-sesame")]
    assert 401 == toy.get("/toy/things/1", headers=sent).status_code


def test_an_empty_requirement_among_others_makes_credentials_optional(toy: httpx.Client) -> None:
    toy.headers.clear()
    assert 200 == toy.get("/toy/files/a.json").status_code
    assert 200 == toy.get("/toy/files/a.json", headers={"X-Key": "wrong"}).status_code


def test_security_speaks_before_parameters_and_body(toy: httpx.Client) -> None:
    toy.headers.clear()
    assert 401 == toy.post("/toy/things", content=b"{").status_code
    assert 401 == toy.get("/toy/things/{thing-id}").status_code


def test_the_refusal_says_which_header_is_missing_and_quotes_none(toy: httpx.Client) -> None:
    toy.headers.clear()
    refused = toy.get("/toy/things/1")
    assert (["header X-Key"], "is required") == (pointers(refused), violations(refused)[0]["message"])
    wrong = toy.get("/toy/things/1", headers={"X-Key": "hunter2"})
    assert "hunter2" not in str(wrong.headers)


def test_any_credential_will_do_where_the_server_was_told_so() -> None:
    with toy_client(any_credentials=True) as toy:
        toy.headers.clear()
        assert 200 == toy.get("/toy/things/1", headers={"X-Key": "anything"}).status_code
        assert 401 == toy.get("/toy/things/1").status_code
