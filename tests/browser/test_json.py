"""The pages' own JSON: indented as it was sent, and every pointer found on its line."""

import copy
import json
import random
from typing import Any

from playwright.sync_api import Page

from understudy.source import pointer_to

_ASK = """async (asked) => {
  const { indented, lineOf, show } = await import("/assets/json.js");
  return asked.map(({ text, pointers }) => ({
    indented: indented(text),
    shown: show(text).textContent,
    lines: pointers.map((pointer) => lineOf(text, pointer)),
  }));
}"""
_WORDS = [
    "",
    "a",
    "a/b",
    "~",
    'q"uote',
    "back\\slash",
    "{",
    "]",
    ":",
    ",",
    "true",
    "é",
    "🎭",
    "12",
    "null",
    "a b",
    "<i>",
]


def some(chance: random.Random, depth: int = 0) -> Any:
    """Return any JSON value."""
    kind = chance.randrange(8 if depth < 4 else 5)
    if kind < 5:
        return [None, True, chance.randrange(-99, 99), chance.random(), chance.choice(_WORDS)][kind]
    if kind == 5:
        return [some(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {chance.choice(_WORDS): some(chance, depth + 1) for _ in range(chance.randrange(5))}


def ways(value: Any, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the way to every part of a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(found for key, part in inner for found in ways(part, (*way, key)))]


def line_of(value: Any, way: tuple[str | int, ...]) -> int:
    """Return the line on which a part stands in indented JSON: that of a mark put in its place."""
    if not way:
        return 1
    marked = copy.deepcopy(value)
    at = marked
    for key in way[:-1]:
        at = at[key]
    at[way[-1]] = "the mark"
    return json.dumps(marked, indent=2)[: json.dumps(marked, indent=2).index('"the mark"')].count("\n") + 1


def test_any_json_is_indented_as_it_is_and_every_pointer_is_found_on_its_line(page: Page) -> None:
    page.goto("/")
    chance = random.Random(4)  # noqa: S311 - the same every time
    values = [some(chance) for _ in range(150)]
    pretty = [json.dumps(value, indent=2, ensure_ascii=False) for value in values]
    asked = [
        {"text": text, "pointers": [pointer_to(*way) for way in ways(value)]}
        for value, text in zip(values, pretty, strict=True)
    ]
    told = page.evaluate(_ASK, asked)
    for value, text, said in zip(values, pretty, told, strict=True):
        assert text == said["indented"] == said["shown"]
        assert [line_of(value, way) for way in ways(value)] == said["lines"], text
    compact = [{"text": json.dumps(value, ensure_ascii=False), "pointers": []} for value in values]
    assert pretty == [said["indented"] for said in page.evaluate(_ASK, compact)]


def test_numbers_stay_as_they_were_sent_and_what_is_no_json_stays_whole(page: Page) -> None:
    page.goto("/")
    texts = ['{"id":12345678901234567890,"n":1.0,"e":1E400}', "<p>no JSON</p>", '{"a": 1,}', '{"half']
    asked = [{"text": text, "pointers": ["/a", "/nowhere"]} for text in texts]
    told = page.evaluate(_ASK, asked)
    assert '{\n  "id": 12345678901234567890,\n  "n": 1.0,\n  "e": 1E400\n}' == told[0]["shown"]
    assert texts[1:] == [said["shown"] for said in told[1:]]
    assert all(1 == line for said in told[1:] for line in said["lines"])
