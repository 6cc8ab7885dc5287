"""The work that every contender does: for each contract, requests that are sent again and again."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

LISTED = 50
FRESH = "{n}"
"""Stands in a body for a number that no request had before."""
_numbers = count(int(time.time()))


def fresh_number() -> int:
    """Return a number that no run had before, a million from the next, exact as a floating-point number."""
    return next(_numbers) * 1_000_000


@dataclass(frozen=True, slots=True)
class Work:
    """One request that is sent again and again."""

    name: str
    title: str
    operation: str
    method: str
    path: str
    """Below the place at which the contract's paths begin."""
    body: Any = None
    refused: bool = False
    """Whether the right answer is a refusal."""
    varies: tuple[str, ...] = ()
    """The members of the answer that are another's each time: pointers into it."""
    headers: Mapping[str, str] = field(default_factory=dict)

    def written(self) -> str | None:
        """Return the body as it is sent, with ``FRESH`` where a number goes."""
        return None if self.body is None else json.dumps(self.body, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Subject:
    """A contract, and the work over it."""

    contract: str
    title: str
    base: str
    credential: Mapping[str, str]
    works: tuple[Work, ...]
    to_refuse: tuple[Work, ...]
    """What else whoever validates requests must refuse. Only checked, not measured."""

    @property
    def listing(self) -> Work:
        """The work that lists fifty records."""
        return self.work("list")

    def work(self, name: str) -> Work:
        """Return a work by its name."""
        return next(work for work in self.works if work.name == name)

    def headers(self, work: Work) -> dict[str, str]:
        """Return the headers that a work is sent with."""
        return {**self.credential, **work.headers}


_APART = {"Understudy-Sandbox": "creating"}
"""What is created is kept, and would make the list longer: it goes to a sandbox of its own. Peers don't look at it."""
_ORGANISATIONS = "/admin/organisations"
_JIVELY = f"{_ORGANISATIONS}/54b53d3aeba6db5c35000002"
_DOCUMENTED = {"owner_name": "Jively", "cname": "jive.ly", "cname_enabled": True}
_BROKEN = {**_DOCUMENTED, "owner_name": 5}
TYK = Subject(
    contract="tyk",
    title="Tyk Dashboard Admin",
    base="",
    credential={"admin-auth": "12345"},
    works=(
        Work("read", "GET of one record", "read_organisation", "GET", _JIVELY),
        Work("update", "PUT of one record", "update_organisation", "PUT", _JIVELY, _DOCUMENTED),
        Work(
            "create",
            "POST that creates",
            "create_organisation",
            "POST",
            _ORGANISATIONS,
            {**_DOCUMENTED, "owner_name": f"Jively {FRESH}"},
            varies=("/Meta",),
            headers=_APART,
        ),
        Work("list", f"list of {LISTED}", "list_organisations", "GET", _ORGANISATIONS),
        Work("refused", "PUT refused as invalid", "update_organisation", "PUT", _JIVELY, _BROKEN, refused=True),
    ),
    to_refuse=(
        Work("no_credential", "GET without a credential", "", "GET", _JIVELY, refused=True, headers={"admin-auth": ""}),
        Work("bad_create", "POST of a body that breaks its schema", "", "POST", _ORGANISATIONS, _BROKEN, refused=True),
    ),
)

_JULIAN = "686ea73481fbe273d180e8fe"
_MEMBER = {
    "first_name": "JB",
    "last_name": "Benedicto",
    "email": f"jb+{FRESH}@ardata.tech",
    "password": "StrongPass123!",
    "confirm_password": "StrongPass123!",
    "role": "organization_user",
}
_LIMIT = f"/users/{_JULIAN}/limits/update"
KONEKSI = Subject(
    contract="koneksi",
    title="Koneksi Organization Admin",
    base="/clients/v1/organization-admin",
    credential={
        "Client-ID": "id_UGacp3OrGbGt78bpwzmhkB42cfhTL0US2dPMTbVb1E",
        "Client-Secret": "sk_1e9KhX0ZReeT6Avugl8cA2rBvKdD2z05LB9VrA4q3hY",
    },
    works=(
        Work("read", "GET of one record", "read_member", "GET", f"/members/{_JULIAN}/read"),
        Work(
            "update",
            "PUT of one record",
            "update_user_limit",
            "PUT",
            _LIMIT,
            {"bytes_limit": 5368709120},
            headers=_APART,  # it changes when the member was last changed, and so what the others answer
        ),
        Work(
            "create",
            "POST that creates",
            "create_member",
            "POST",
            "/members/create",
            _MEMBER,
            varies=("/data/id", "/data/email", "/data/created_at", "/data/updated_at"),
            headers=_APART,
        ),
        Work("list", f"list of {LISTED}", "list_members", "GET", f"/members/list?page=1&limit={LISTED}"),
        Work("refused", "PUT refused as invalid", "update_user_limit", "PUT", _LIMIT, {"bytes_limit": "much"}, True),
    ),
    to_refuse=(
        Work(
            "no_credential",
            "GET without a credential",
            "",
            "GET",
            f"/members/{_JULIAN}/read",
            refused=True,
            headers={"Client-ID": "", "Client-Secret": ""},
        ),
        Work("bad_query", "GET of a page that is none", "", "GET", "/members/list?page=first", refused=True),
    ),
)
SUBJECTS = (TYK, KONEKSI)
CREDENTIAL, WORKS = TYK.credential, TYK.works
"""What is looked at in process."""
