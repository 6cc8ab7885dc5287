"""The index of routes: right, and as quick for two thousand as for ten."""

from tests.kernel.test_cost import lines_run
from understudy.web.routing import RouteIndex, Target, segments_of


def index_of(*paths: str) -> RouteIndex:
    index = RouteIndex()
    for path in paths:
        index.add(path, "GET", Target({"operation_id": path}, ()))
    return index


def found(index: RouteIndex, path: str) -> tuple[str, list[str]] | None:
    match = index.find(path)
    return None if match is None else (match[0]["GET"].context["operation_id"], match[1])


def test_a_literal_goes_before_a_part_and_a_part_before_a_whole_template() -> None:
    index = index_of("/a/{id}", "/a/b", "/a/{name}.json", "/a/{id}/c", "/a/b/d")
    assert ("/a/b", []) == found(index, "/a/b")
    assert ("/a/{id}", ["x"]) == found(index, "/a/x")
    assert ("/a/{id}/c", ["b"]) == found(index, "/a/b/c")
    assert ("/a/b/d", []) == found(index, "/a/b/d")
    assert ("/a/{name}.json", ["x"]) == found(index, "/a/x.json")


def test_what_is_no_path_is_not_found() -> None:
    index = index_of("/a/{id}", "/")
    for path in ("", "/a", "/a/", "/a/b/c", "/A/b", "a/b", "//"):
        assert found(index, path) is None
    assert ("/", []) == found(index, "/")


def test_two_thousand_routes_cost_what_ten_do() -> None:
    def steps(count: int) -> int:
        index = index_of(*(f"/api/r{number}/{{id}}/items" for number in range(count)))
        return lines_run(lambda: index.find(f"/api/r{count - 1}/7/items"))

    assert steps(10) == steps(2000)


def test_what_was_found_once_is_found_again_and_memory_stays_bounded() -> None:
    index = index_of("/a/{id}")
    for number in range(5000):
        assert ("/a/{id}", [str(number)]) == found(index, f"/a/{number}") == found(index, f"/a/{number}")
        assert found(index, f"/b/{number}") is None
    assert len(index._met) <= 1024
    assert ("/a/{id}", ["x" * 1000]) == found(index, "/a/" + "x" * 1000)


def test_an_encoded_slash_is_a_letter_and_no_separator() -> None:
    assert segments_of(b"/a/b") is None
    assert segments_of(b"/a%20b") is None
    assert ["", "a", "b/c", "d"] == segments_of(b"/a/b%2Fc/d/?x=%2F")
    index = index_of("/a/{id}", "/a/b/c")
    match = index.find("/a/b/c", segments_of(b"/a/b%2fc"))
    assert match is not None
    assert ["b/c"] == match[1]
