"""What is secret is read from the contract, and covered wherever it stands."""

from typing import Any

import pytest

from tests.support.inprocess import parts_of
from understudy.contract.secrets import Secrets
from understudy.contract.wording import MASK
from understudy.production import Playbill, Production
from understudy.source import Source

CONTRACT = b"""
components:
  securitySchemes:
    Header: {type: apiKey, in: header, name: X-Key}
    Query: {type: apiKey, in: query, name: key}
    Cookie: {type: apiKey, in: cookie, name: session}
    Bearer: {type: http, scheme: bearer}
  parameters:
    Pin: {name: Pin, in: header, schema: {type: string, format: password}}
    Page: {name: page, in: query, schema: {type: string}}
  schemas:
    Token: {type: string, format: password}
    Login:
      properties:
        password: {type: string, format: password}
        name: {type: string}
        access: {$ref: "#/components/schemas/Token"}
        nested: {type: object, properties: {inner: {type: string, writeOnly: true}}}
        combined: {allOf: [{$ref: "#/components/schemas/Token"}]}
"""
TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJkYXRhIjp7ImlkIjo0fX0.c2lnbmF0dXJl-x_y"
SECRETS = Secrets.of(Source.parse(CONTRACT, "x.yaml"))


def test_security_schemes_and_marked_members_are_secret() -> None:
    assert {"x-key", "pin", "authorization", "proxy-authorization", "cookie", "set-cookie"} == SECRETS.headers
    assert {"key"} == SECRETS.query
    assert {"session"} == SECRETS.cookies
    assert {"password", "access", "inner", "combined"} == SECRETS.members


@pytest.mark.parametrize(
    ("provider", "header", "member"),
    [
        ("elevate", "x-auth-token", "access_token"),
        ("elevate", "x-auth-token", "refresh_token"),
        ("ivalt", "x-api-key", "client_secret"),
        ("koneksi", "client-secret", "confirm_password"),
        ("tyk", "admin-auth", "access_key"),
    ],
)
def test_the_vendors_contracts_mark_what_they_hand_out(provider: str, header: str, member: str) -> None:
    (part,) = parts_of(provider)
    assert header in part.contract.secrets.headers
    assert member in part.contract.secrets.members


def test_what_any_of_several_contracts_marks_is_secret() -> None:
    every = Secrets.union([SECRETS, Secrets(members=frozenset({"other"}))])
    assert SECRETS.headers == every.headers
    assert SECRETS.members | {"other"} == every.members


@pytest.mark.parametrize(
    ("value", "covered"),
    [
        ({"password": "x", "name": "y"}, {"password": MASK, "name": "y"}),
        ({"Password": "x", "PASSWORD": "y", "passwords": "z"}, {"Password": MASK, "PASSWORD": MASK, "passwords": "z"}),
        ([{"a": {"inner": {"b": 1}}}], [{"a": {"inner": MASK}}]),
        ({"PASS-WORD": "x", "pass_word_s": "y"}, {"PASS-WORD": MASK, "pass_word_s": "y"}),
        ({"user[password]": "x", "a.inner": "y", "b.c": "z"}, {"user[password]": MASK, "a.inner": MASK, "b.c": "z"}),
        ({"seen": f"got {TOKEN}, sent it on"}, {"seen": f"got {MASK}, sent it on"}),
        ({"seen": f"{TOKEN[:60]}…"}, {"seen": f"{MASK}…"}),
        ({"seen": "eyJhbGciOiJIUzI1NiJ9 eyJhIjoxfQ"}, {"seen": "eyJhbGciOiJIUzI1NiJ9 eyJhIjoxfQ"}),
        ({"copy": "hunter2222"}, {"copy": MASK}),
        ({"copy": "hunter2222 and more"}, {"copy": "hunter2222 and more"}),
        ({"embedded": '{"password": "x", "name": "y"}'}, {"embedded": '{"password": ' + MASK + ', "name": "y"}'}),
        (5, 5),
        (None, None),
    ],
)
def test_secrets_are_covered_at_any_depth(value: Any, covered: Any) -> None:
    assert covered == SECRETS.cover(value, {"hunter2222"})


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ('{"password": "a\\"b", "name":', f'{{"password": {MASK}, "name":'),
        ('{"password":"unclosed', f'{{"password":{MASK}'),
        ("{'password': 'a b'", f"{{'password': {MASK}"),
        ("name=x&password=a+b&page=1", f"name=x&password={MASK}&page=1"),
        ("Password=x", f"Password={MASK}"),
        (f"it was {TOKEN}", f"it was {MASK}"),
        (
            "<a><password x='1'>p w</password><name>n</name></a>",
            f"<a><password x='1'>{MASK}</password><name>n</name></a>",
        ),
        (
            '--b\r\nContent-Disposition: form-data; name="password"\r\nX: y\r\n\r\nx\r\n--b--',
            f'--b\r\nContent-Disposition: form-data; name="password"\r\nX: y\r\n\r\n{MASK}\r\n--b--',
        ),
        ("the password is required", "the password is required"),
        ("body /password: is required", "body /password: is required"),
        ("", ""),
    ],
)
def test_secrets_are_covered_in_text_that_is_no_json(text: str, covered: str) -> None:
    assert covered == SECRETS.cover_text(text)


@pytest.mark.parametrize(
    ("query", "covered"),
    [
        ("key=1&page=2&key=3", f"key={MASK}&page=2&key={MASK}"),
        ("page=2&X-Key=abc&Pass%77ord=x&access&name=", f"page=2&X-Key={MASK}&Pass%77ord={MASK}&access&name="),
        ("user[password]=x&password%5B%5D=y&page=1", f"user[password]={MASK}&password%5B%5D={MASK}&page=1"),
        (f"page=2&next={TOKEN}", f"page=2&next={MASK}"),
        ("", ""),
    ],
)
def test_secrets_are_covered_in_a_query_also_those_that_belong_elsewhere(query: str, covered: str) -> None:
    assert covered == SECRETS.cover_query(query)


@pytest.mark.parametrize("text", ["<password>" * 50_000, 'name="password"' * 50_000, 'name="password"\n' * 50_000])
def test_covering_other_text_takes_no_ages(text: str) -> None:
    """As the one below."""
    assert SECRETS.cover_text(text)


@pytest.mark.parametrize("text", ["password:" * 50_000, 'password:"' * 50_000, 'password"' + "\\" * 200_000])
def test_covering_text_takes_no_ages(text: str) -> None:
    """Each of these would keep a pattern that backtracks busy for longer than a test run lasts."""
    assert SECRETS.cover_text(text)


def test_only_values_that_are_no_common_words_are_known_again() -> None:
    body = {"password": "admin", "list": [{"access": "f81ee6f0c8f2467d"}], "inner": 12345678, "name": "long enough"}
    assert ["f81ee6f0c8f2467d"] == list(SECRETS.values(body))


def test_the_secrets_of_all_parts_are_joined_once_and_anew_after_a_reload() -> None:
    production = Production(Playbill(providers=("tyk", "elevate")))
    before = production.house.secrets
    assert before is production.house.secrets
    assert "password" in before.members
    production.reload()
    assert before is not production.house.secrets
    assert before == production.house.secrets
