"""The pages, in process: what they say to the browser, whose they are, what they weigh."""

import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import httpx
import orjson
import pytest
import yaml

from tests.support.inprocess import InProcess, any_host, client_of, edge_of, parts_of
from tests.support.many import many_edge
from understudy.source import SourceError
from understudy.web.pages.assets import Assets

PROVIDERS = ("elevate", "ivalt", "koneksi", "tyk")
PATHS = (
    "/",
    "/console",
    *(f"/docs/{part.name}" for part in parts_of()),
    *(f"/docs/{part.name}/{id}" for part in parts_of() for id in part.contract.operations),
    *(f"/docs/{name}/swagger" for name in PROVIDERS),
)
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DATA = {"Accept": "application/json"}


class Reading(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.targets: list[str] = []
        self.unsafe: list[str] = []
        self.scripts: list[dict[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "id" in given:
            self.ids[str(given["id"])] += 1
        self.unsafe += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        self.targets += [str(given[name]) for name in ("href", "src") if name in given]
        if tag == "script":
            self.scripts.append(given)
        if tag == "style":
            self.unsafe.append("style")


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_strict_and_whole(mock: httpx.Client, path: str) -> None:
    answer = mock.get(path)
    assert (200, STRICT) == (answer.status_code, answer.headers["content-security-policy"])
    assert "nosniff" == answer.headers["x-content-type-options"]
    assert "no-referrer" == answer.headers["referrer-policy"]
    assert "same-origin" == answer.headers["cross-origin-opener-policy"]
    read = Reading(answer.text)
    assert [] == read.unsafe
    assert [] == [id for id, count in read.ids.items() if count > 1]
    assert all("src" in script or "application/json" == script.get("type") for script in read.scripts)
    for target in set(read.targets):
        if target.startswith("#"):
            assert target[1:] in read.ids, target
        elif target.startswith("/"):
            assert 200 == mock.get(target).status_code, target


def test_reading_is_no_exchange(mock: httpx.Client) -> None:
    for path in ("/", "/console", "/docs/tyk", "/docs/tyk/read_organisation", "/assets/base.css", "/docs/nowhere"):
        answer = mock.get(path)
        assert "understudy-exchange" not in answer.headers
    assert 0 == mock.get("/__admin/requests").json()["total"]


def test_looking_makes_no_sandbox(mock: httpx.Client) -> None:
    mock.get("/docs/tyk/read_organisation")
    mock.get("/?sandbox=somebody")
    mock.get("/console?sandbox=somebody")
    assert ["default"] == [item["name"] for item in mock.get("/__admin/sandboxes").json()["items"]]


def test_other_methods_and_near_paths_are_not_the_pages(mock: httpx.Client) -> None:
    assert 404 == mock.post("/").status_code
    assert 404 == mock.get("/docs-of-mine").status_code
    assert "application/problem+json" == mock.get("/docs-of-mine").headers["content-type"]
    assert 200 == mock.head("/").status_code


def test_the_start_page_is_data_for_who_asks_for_data(mock: httpx.Client) -> None:
    data = mock.get("/", headers=DATA).json()
    assert list(PROVIDERS) == [api["provider"] for api in data["apis"]]
    for api in data["apis"]:
        assert api["operations"] == sum(api["provenance"].values())
        assert api["baseUrl"].startswith("http://localhost")
        assert 3 == len(api["firstCalls"])
        assert api["credentials"] or api["logins"]
    assert {"documented", "empty", "crowded"} == set(data["worlds"])
    page = mock.get("/", headers={"Accept": "text/html,application/json;q=0.9"}).text
    for api in data["apis"]:
        assert api["title"] in page
    assert mock.get("/", headers={"Accept": "*/*"}).headers["content-type"].startswith("text/html")


def test_every_reader_gets_a_sandbox_and_keeps_it() -> None:
    with client_of() as reader:
        first = reader.get("/")
        name = first.headers["understudy-sandbox"]
        assert re.fullmatch("reader-[0-9a-f]{8}", name)
        assert f"understudy-reader={name}; Path=/; Max-Age=31536000; SameSite=Strict" == first.headers["set-cookie"]
        again = reader.get("/docs/tyk")
        assert (name, None) == (again.headers["understudy-sandbox"], again.headers.get("set-cookie"))
        reader.cookies.clear()
        assert name != reader.get("/").headers["understudy-sandbox"]


def test_a_shared_link_makes_that_sandbox_the_readers() -> None:
    with client_of() as reader:
        reader.get("/")
        assert "ours" == reader.get("/docs/tyk?sandbox=ours").headers["understudy-sandbox"]
        assert "ours" == reader.get("/").headers["understudy-sandbox"]
        assert 400 == reader.get("/?sandbox=a%20b").status_code
        assert "ours" == reader.get("/").headers["understudy-sandbox"]


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 65, "é", "<script>"])
def test_a_cookie_that_names_no_sandbox_is_replaced(mock: httpx.Client, name: str) -> None:
    answer = mock.get("/", headers={b"Cookie": f"understudy-reader={name}".encode()})
    assert answer.headers["understudy-sandbox"].startswith("reader-")


def test_a_prefix_is_kept_in_every_link(mock: httpx.Client) -> None:
    text = mock.get("/~mine/docs/tyk").text
    links = [target for target in Reading(text).targets if target.startswith("/") and not target.startswith("/assets")]
    assert links
    assert [] == [link for link in links if not link.startswith("/~mine/")]
    assert "http://localhost/~mine" in text


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_contract_is_served_with_this_servers_address(mock: httpx.Client, provider: str) -> None:
    (part,) = parts_of(provider)
    for form, read in (("json", orjson.loads), ("yaml", yaml.safe_load)):
        answer = mock.get(f"/docs/{provider}/openapi.{form}")
        document: Any = read(answer.text)
        assert f"http://localhost{part.contract.base_paths[0]}" == document["servers"][0]["url"].rstrip("/")
        assert part.contract.source.data["paths"] == document["paths"]
        assert part.contract.source.data["components"] == document["components"]
        assert "*" == answer.headers["access-control-allow-origin"]
    prefixed = mock.get(f"/~mine/docs/{provider}/openapi.json").json()
    assert prefixed["servers"][0]["url"].startswith("http://localhost/~mine")


@pytest.mark.parametrize("host", ['evil.example"><script>', "a b", "x" * 300, "é", "localhost:80:80", "javascript:x"])
def test_a_host_that_is_none_is_not_repeated(mock: httpx.Client, host: str) -> None:
    any_host(mock)
    headers = {b"Host": host.encode()}
    document = mock.get("/docs/ivalt/openapi.json", headers=headers).json()
    assert "/admin/public/api" == document["servers"][0]["url"]
    assert "evil" not in mock.get("/", headers=headers).text


def test_recursive_schemas_are_served_and_shown() -> None:
    """Stock Connexion stumbles over them in /openapi.json."""
    with httpx.Client(transport=InProcess(many_edge(3)), base_url="http://localhost") as many:
        document = many.get("/docs/many/openapi.json").json()
        tree = document["components"]["schemas"]["Tree"]
        assert {"$ref": "#/components/schemas/Tree"} == tree["properties"]["branches"]["items"]
        assert document["components"] == yaml.safe_load(many.get("/docs/many/openapi.yaml").text)["components"]
        assert "<code>Tree</code> again, as above." in many.get("/docs/many/plant_1").text


def test_a_thousand_operations_make_a_page_below_a_megabyte() -> None:
    with httpx.Client(transport=InProcess(many_edge(1000)), base_url="http://localhost") as many:
        overview, operation = many.get("/docs/many"), many.get("/docs/many/plant_500")
    assert 1000 == overview.text.count('class="entry"')
    assert len(overview.content) < 1_000_000
    assert len(operation.content) < 1_000_000


def test_assets_are_kept_for_good_by_their_hash_only(mock: httpx.Client) -> None:
    assets = Assets()
    for name in assets.names():
        named = mock.get(f"/assets/{name}?v={assets.version}")
        assert "public, max-age=31536000, immutable" == named.headers["cache-control"]
        assert "no-cache" == mock.get(f"/assets/{name}").headers["cache-control"]
        for imported in re.findall(r'from "\./([^"]+)"', named.text):
            assert imported.endswith(f".js?v={assets.version}")
            assert assets.find(imported.split("?")[0]) is not None
    for name in ("nothing.css", "..%2Fapp.py", "swagger/../app.py", "swagger/index.html"):
        assert 404 == mock.get(f"/assets/{name}").status_code


def test_the_reference_weighs_less_than_150_kilobytes_in_all(mock: httpx.Client) -> None:
    assets = Assets()
    for provider in PROVIDERS:
        page = mock.get(f"/docs/{provider}")
        wanted = {
            target.split("?")[0].rsplit("/", 1)[1] for target in Reading(page.text).targets if "/assets/" in target
        }
        waiting = [*wanted]
        while waiting:
            found = assets.find(waiting.pop())
            assert found is not None
            imported = set(re.findall(rb'from "\./([^"?]+)', found.content)) - {name.encode() for name in wanted}
            waiting += [name.decode() for name in imported]
            wanted |= {name.decode() for name in imported}
        total = len(page.content) + sum(len(found.content) for name in wanted if (found := assets.find(name)))
        assert total < 150_000


def test_markdown_of_a_contract_cannot_bring_html_or_scripts() -> None:
    from understudy.web.pages.markdown import inline, markdown

    text = markdown("<script>x</script> [a](javascript:x) ![i](http://x/y.png) [ok](https://example.com/) **b**")
    assert "<script>" not in text
    assert 'href="javascript' not in text
    assert "<img" not in text
    assert '<a href="https://example.com/">ok</a>' in text
    assert "<strong>b</strong>" in text
    assert "&lt;b&gt;" in inline("<b>")


def test_an_unknown_page_says_what_there_is(mock: httpx.Client) -> None:
    for path in ("/docs/acme", "/docs/tyk/fly", "/docs/tyk/fly/high", "/assets"):
        answer = mock.get(path)
        assert 404 == answer.status_code
        assert "/docs/tyk" in answer.text
        assert STRICT == answer.headers["content-security-policy"]


def test_a_default_sandbox_with_a_story_is_not_what_a_reader_sees() -> None:
    edge, sandbox = edge_of("tyk")
    with httpx.Client(transport=InProcess(edge), base_url="http://localhost") as client:
        client.delete("/admin/organisations/54b53d3aeba6db5c35000002", headers={"admin-auth": "12345"})
        assert 1 == len(sandbox.journal)
        assert 'value="54b53d3aeba6db5c35000002"' in client.get("/docs/tyk/read_organisation").text
        other = client.get("/docs/tyk/read_organisation?sandbox=default").text
        assert 'name="id" value="54b53d3aeba6db5c35000002"' not in other


def test_the_console_is_about_default_unless_the_address_says_otherwise_and_never_makes_it_the_readers(
    mock: httpx.Client,
) -> None:
    for address, name in (
        ("/console", "default"),
        ("/console?sandbox=one", "one"),
        ("/~two/console", "two"),
        ("/~two/console?sandbox=one", "two"),
    ):
        answer = mock.get(address, headers={"Cookie": "understudy-reader=mine"})
        assert f'data-sandbox="{name}"' in answer.text
        assert "set-cookie" not in answer.headers
        assert "Calls from your docs pages are in <b>mine</b>" in answer.text
        assert f'<option value="{name}" selected>' in answer.text
    assert "three" == mock.get("/console", headers={"Understudy-Sandbox": "three"}).headers["understudy-sandbox"]
    assert "Calls from your docs pages" not in mock.get("/console").text
    assert "set-cookie" not in mock.get("/console").headers
    assert 400 == mock.get("/console?sandbox=no/name").status_code


@pytest.mark.parametrize("base", ["/docs", "/docs/v1", "/assets", "/console", "/__admin"])
def test_a_vendor_that_stands_where_the_pages_do_stops_the_start(base: str) -> None:
    with pytest.raises(SourceError, match="this server's own"):
        many_edge(1, base)
    many_edge(1, f"{base}ish".replace("/v1", ""))
