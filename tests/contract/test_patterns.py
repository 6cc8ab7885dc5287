"""A regular expression that would keep others busy for ages is answered soon, wherever it stands."""

import pytest

from tests.support.toy import HERE
from tests.toy.parts.toy import PROVIDER
from understudy.contract.contract import Contract
from understudy.source import Source, SourceError

TEXT = (HERE / "openapi/toy.yaml").read_text()
HOSTILE = [
    "^(a+)+$", "^(a|aa)+$", "^(a|a?)+$", "^([a-zA-Z]+)*$", "(.*a){20}$", "^(?=(a+)+$)a", r"^(a+)+\\1b$",
    "^(?=(a|a|aa)*b)", r"^((a|aa)+)+\\2\\1!!$", "^(?=a)(a|a)*(a|a)*(a|a)*b", "^(?:a|a)+(?<=a)(a+)+$",
]  # fmt: skip
OLD = "count: {type: integer"


def contract(pattern: str) -> Contract:
    """Return the toy, with a member that has to match."""
    assert OLD in TEXT
    text = TEXT.replace(OLD, f'hostile: {{type: string, pattern: "{pattern}"}}\n        {OLD}', 1)
    return Contract(Source.parse(text.encode(), "openapi/toy.yaml"), PROVIDER)


def pointer_to_hostile(read: Contract) -> str:
    schemas = read.source.data["components"]["schemas"]
    owner = next(name for name, node in schemas.items() if "hostile" in node.get("properties", {}))
    return f"#/components/schemas/{owner}/properties/hostile"


@pytest.mark.parametrize("pattern", HOSTILE)
@pytest.mark.parametrize("text", ["a" * 40 + "!", "a" * 100_000 + "!", "a" * 1_000_000 + "\n"])
def test_a_contracts_pattern_cannot_hang_the_server(pattern: str, text: str) -> None:
    """Python's engine would not have answered most of these by the end of the year."""
    read = contract(pattern)
    found = read.violations(pointer_to_hostile(read), text, "request")
    assert all(violation.keyword == "pattern" for violation in found)


@pytest.mark.parametrize(
    "pattern", ["(?=a)(a|a)*(a|a)*b", "(?<=a)(a+)+$", "^a|(?=a).*b", r"(a)b*\\1", "[^]](?!a)", "^(?=a)b|c"]
)
def test_a_pattern_that_looks_around_from_anywhere_is_refused_with_what_to_do(pattern: str) -> None:
    """Each start would be tried with a look at all that follows: nine minutes for a body of 1 MB."""
    with pytest.raises(SourceError, match=r"^openapi/toy\.yaml:\d+: the pattern .* begin it with \^"):
        contract(pattern)


@pytest.mark.parametrize("pattern", ["a|b", r"\\\\1", r"[(?=]", "^(?=a)(b|c)", r"^(a|b)\\1", "(?:a|b)", "(?<name>a)"])
def test_a_pattern_that_does_not_is_none_of_these(pattern: str) -> None:
    contract(pattern)


@pytest.mark.parametrize("pattern", ["(a{1000}){1000}{1000}", "[", "(?P<n>", "(" * 5000 + ")" * 5000, "a{999999999}"])
def test_a_pattern_that_cannot_be_compiled_within_bounds_is_refused_at_its_line(pattern: str) -> None:
    with pytest.raises(SourceError, match=r"^openapi/toy\.yaml:\d+: "):
        contract(pattern)
