"""The work that every contender does: requests, and how to tell that an answer to one is right."""

from dataclasses import dataclass, field
from typing import Any

import httpx

CREDENTIAL = {"admin-auth": "12345"}
ORGANISATIONS = "/admin/organisations"
JIVELY = f"{ORGANISATIONS}/54b53d3aeba6db5c35000002"
DOCUMENTED_BODY = {"owner_name": "Jively", "cname": "jive.ly", "cname_enabled": True}
LISTED = 50


@dataclass(frozen=True, slots=True)
class Work:
    """One request that is sent again and again."""

    name: str
    title: str
    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=lambda: CREDENTIAL)

    def send(self, url: str) -> httpx.Response:
        """Send the request once."""
        return httpx.request(
            self.method, url + self.path, headers=self.headers, json=self.body, trust_env=False, timeout=30
        )


WORKS = (
    Work("read", "GET of one record", "GET", JIVELY),
    Work("update", "PUT of one record", "PUT", JIVELY, DOCUMENTED_BODY),
    Work("list", f"list of {LISTED}", "GET", ORGANISATIONS),
)
TO_REFUSE = (
    Work("no_credential", "GET without a credential", "GET", JIVELY, headers={}),
    Work("bad_parameter", "GET with an id that is none", "GET", f"{ORGANISATIONS}/jively"),
    Work("bad_body", "PUT of a body that breaks its schema", "PUT", JIVELY, {**DOCUMENTED_BODY, "owner_name": 5}),
)
"""What a contender that validates requests must refuse."""


class WrongAnswer(Exception):
    """A contender that does not do the work."""


def prepare(url: str) -> dict[str, Any]:
    """Bring Understudy to where the work begins and return the answer to each, for the others to give.

    The PUT is made once, so that none of the later ones changes any answer.
    """
    _succeed(Work("prepare", "update", "PUT", JIVELY, DOCUMENTED_BODY).send(url))
    listed = Work("prepare", "list", "GET", ORGANISATIONS)
    for _ in range(LISTED - len(_succeed(listed.send(url))["organisations"])):
        _succeed(Work("prepare", "create", "POST", ORGANISATIONS, DOCUMENTED_BODY).send(url))
    answers = {work.name: _succeed(work.send(url)) for work in WORKS}
    if len(answers["list"]["organisations"]) != LISTED:
        raise WrongAnswer(f"Understudy does not list {LISTED} organisations")
    return answers


def check(contender: str, url: str, answers: dict[str, Any], *, validates: bool) -> None:
    """Raise WrongAnswer where a contender gives other answers, or accepts what it should refuse."""
    for work in WORKS:
        response = work.send(url)
        if response.status_code != 200 or response.json() != answers[work.name]:
            raise WrongAnswer(f"{contender}, {work.title}: {response.status_code} {response.text[:200]}")
    for work in TO_REFUSE if validates else ():
        response = work.send(url)
        if not 400 <= response.status_code < 500:
            raise WrongAnswer(f"{contender} does not refuse a {work.title}: {response.status_code}")


def _succeed(response: httpx.Response) -> Any:
    if response.status_code != 200:
        raise WrongAnswer(f"Understudy answered {response.status_code} {response.text[:200]}")
    return response.json()
