"""What takes snapshots in: a file is refused with reasons, or taken, and given out again alike."""

import copy
from typing import Any

import httpx
from hypothesis import strategies as st

from tests.fuzz.target import VALUES, Target
from tests.support.inprocess import client_of

_TYK = {"admin-auth": "12345"}
_ORGANISATION = "/admin/organisations/54b53d3aeba6db5c35000002"
_FILE = "/__admin/snapshots/made"
_ODD: Any = st.sampled_from([None, "", "tyk", -1, 0, 1, 2**63, True, [], {}, "2026-01-01T00:00:00Z",
"9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "é", "\x00", "documented"]) | VALUES  # fmt: skip


def _client() -> tuple[httpx.Client, dict[str, Any]]:
    """Return a mock, and the file of a snapshot in which something was changed, made and dropped."""
    mock = client_of("tyk", "koneksi")
    mock.put(_ORGANISATION, headers=_TYK, json={"owner_name": "Changed"})
    mock.post("/admin/organisations", headers=_TYK, json={"owner_name": "Made"})
    mock.post("/admin/users", headers=_TYK, json={"email_address": "ann@example.org", "password": "long-secret"})
    mock.delete("/admin/users/54b53d4bf25b920f09361526", headers=_TYK).raise_for_status()
    mock.put("/__admin/snapshots/made").raise_for_status()
    return mock, mock.get(f"{_FILE}/export").raise_for_status().json()


_MOCK, _SOUND = _client()


def _places(node: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the ways to all that is in a document."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [way, *(inner for key, item in pairs for inner in _places(item, (*way, key)))]


_PLACES = [place for place in _places(_SOUND) if place]


@st.composite
def _files(draw: st.DrawFn) -> Any:
    """Change a file in a few places: other values, moved ones, fewer and more."""
    data = copy.deepcopy(_SOUND)
    for _ in range(draw(st.integers(0, 3))):
        *way, last = draw(st.sampled_from(_PLACES))
        node = _at(data, way)
        if last not in (node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()):
            continue
        act = draw(st.sampled_from(["put", "drop", "move", "add"]))
        if act == "put":
            node[last] = draw(_ODD)
        elif act == "drop":
            del node[last]
        elif act == "move":
            node[last] = copy.deepcopy(_at(_SOUND, draw(st.sampled_from(_PLACES))))
        elif isinstance(node, list):
            node.insert(0, copy.deepcopy(node[last]))
        else:
            node[draw(st.sampled_from(["id", "é", "password", "__proto__", "../x"]))] = draw(_ODD)
    return data


def _at(node: Any, way: Any) -> Any:
    for key in way:
        try:
            node = node[key]
        except (KeyError, IndexError, TypeError):
            return None
    return node


def _import(data: Any) -> None:
    for name in ("other", "again"):
        _MOCK.delete(f"/__admin/snapshots/{name}")
    before = _MOCK.get("/__admin/state").text
    answer = _MOCK.put("/__admin/snapshots/other/import", json=data)
    assert answer.status_code in (201, 400, 422), answer.text
    if answer.status_code != 201:
        assert answer.json().get("violations") or answer.headers["understudy-answer"] != "snapshot_unfit", answer.text
        return
    given = _MOCK.get("/__admin/snapshots/other/export").raise_for_status()
    again = _MOCK.put(
        "/__admin/snapshots/again/import", content=given.content, headers={"content-type": "application/json"}
    )
    assert again.status_code == 201, again.text
    assert given.json() == _MOCK.get("/__admin/snapshots/again/export").json()
    assert before == _MOCK.get("/__admin/state").text
    _MOCK.post("/__admin/snapshots/other/restore").raise_for_status()
    listed = _MOCK.get("/admin/organisations", params={"p": -1}, headers=_TYK)
    assert listed.status_code in (200, 404), listed.text
    created = _MOCK.post("/admin/organisations", headers=_TYK, json={"owner_name": "Next"})
    assert created.status_code == 200, created.text
    _MOCK.post("/__admin/reset").raise_for_status()


TARGETS = (Target("snapshot", _files(), _import),)
