"""What a call changed, as a person would say it: the record before beside the record after."""

from typing import Any

import jsonpatch
import pytest
from playwright.sync_api import Page

_ASK = """async ({ before, patch }) => {
  const { differences } = await import("/assets/diff.js");
  const shown = differences([{ provider: "p", collection: "c", id: "1", kind: "changed", patch, before }]);
  return [...shown.querySelectorAll(".lines-of-change p")].map((line) => line.textContent);
}"""


def shown(page: Page, before: Any, after: Any) -> list[str]:
    """Return the lines that are shown of a change."""
    lines: list[str] = page.evaluate(_ASK, {"before": before, "patch": jsonpatch.make_patch(before, after).patch})
    return lines


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ({"apis": ["a", "b", "c"]}, {"apis": []}, ['−apis/0: "a"', '−apis/1: "b"', '−apis/2: "c"']),
        ({"apis": ["a", "b", "c", "d"]}, {"apis": ["d"]}, ['−apis/0: "a"', '−apis/1: "b"', '−apis/2: "c"']),
        ({"a": [1, 2, 3, 4]}, {"a": [0, 1, 3, 4, 5]}, ["+a/0: 0", "−a/1: 2", "+a/4: 5"]),
        ({"a": [1, 2, 3]}, {"a": [3, 1, 2]}, ["+a/0: 3", "−a/2: 3"]),
        ({"a": [{"n": 1, "k": 0}]}, {"a": [{"n": 2, "k": 0}]}, ["−a/0/n: 1", "+a/0/n: 2"]),
        ({"a": {"b/c": 1}, "d": None}, {"a": {}, "e": None}, ["−a/b/c: 1", "−d: null", "+e: null"]),
        ({"a": list(range(900))}, {"a": [*range(450), *range(451, 900)]}, ["−a/450: 450"]),
        ({"a": [1]}, {"a": {"0": 1}}, ["−a: [1]", '+a: {"0":1}']),
    ],
)
def test_a_change_is_told_by_where_things_stood_and_stand(
    page: Page, before: Any, after: Any, lines: list[str]
) -> None:
    page.goto("/")
    assert lines == shown(page, before, after)


def test_a_secret_that_changed_is_told_though_both_are_covered(page: Page) -> None:
    page.goto("/")
    patch = [{"op": "replace", "path": "/password", "value": "•••"}]
    told = page.evaluate(_ASK, {"before": {"password": "•••"}, "patch": patch})
    assert ['−password: "•••"', '+password: "•••"'] == told
