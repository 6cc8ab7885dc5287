"""What reads a store's file to which something has happened: it plays, or says in a sentence what cannot be read."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
from hypothesis import strategies as st

from tests.fuzz.target import Target
from tests.support.inprocess import InProcess, edge_of, parts_of, world_of
from understudy.journal import BYTES
from understudy.sharing.opening import claim, opener
from understudy.source import SourceError
from understudy.stores.file import FileStore
from understudy.stores.store import StoreAway

_TYK = {"admin-auth": "12345"}
_JIVELY = "/admin/organisations/54b53d3aeba6db5c35000002"
_FOLDER = Path(tempfile.mkdtemp(prefix="understudy-fuzz-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
_ASKED = (
    ("GET", "/admin/organisations?p=-1"), ("PUT", _JIVELY), ("GET", "/__admin/requests"), ("GET", "/__admin/snapshots"),
    ("POST", "/__admin/snapshots/one/restore"), ("GET", "/__admin/sandboxes"), ("GET", "/~other/__admin/requests"),
    ("GET", "/__admin/coverage"), ("POST", "/__admin/reset"), ("DELETE", "/__admin/sandboxes/other"),
)  # fmt: skip


@contextmanager
def _played(path: Path) -> Iterator[httpx.Client]:
    edge, _ = edge_of("tyk", store=FileStore(path, journal=50, bytes=BYTES))
    transport = InProcess(edge)
    mock = httpx.Client(transport=transport, base_url="http://localhost", headers=_TYK)
    try:
        yield mock
    finally:
        with suppress(StoreAway):  # as a server does in the end
            mock.close()
        transport.loop.close()


def _sound() -> bytes:
    """Return a store's file in which there is something of everything."""
    path = _FOLDER / "sound.db"
    open_store = opener(f"file:{path}", journal=50, idle=None)
    assert open_store is not None
    claim(f"file:{path}", open_store, parts_of("tyk"), world_of(["tyk"]))
    fault = {"match": {"provider": "tyk", "path": "/none"}, "answer": {"status": 404}}
    with _played(path) as mock:
        mock.put(_JIVELY, json={"owner_name": "Changed"}).raise_for_status()
        mock.put("/__admin/snapshots/one").raise_for_status()
        mock.post("/admin/organisations", json={"owner_name": "Made"}).raise_for_status()
        mock.post("/__admin/faults", json=fault).raise_for_status()
        mock.get("/~other/admin/organisations?p=-1&x=1").raise_for_status()
        mock.get("/__admin/coverage").raise_for_status()
    return path.read_bytes()


_SOUND = _sound()
_WRITTEN = [at for at, byte in enumerate(_SOUND) if byte]
_TEXT = [at for at in _WRITTEN if _SOUND[at : at + 2].isalnum() or _SOUND[at] in b'{}[]":,']
_PLACES = st.sampled_from(_WRITTEN) | st.sampled_from(_TEXT)
_FLIPS = st.lists(st.tuples(_PLACES, st.integers(0, 7)), min_size=1, max_size=4)


def _damaged(flips: list[tuple[int, int]]) -> None:
    """Open a file in which bits are others: play from it, or say what is wrong, and never more than that."""
    data = bytearray(_SOUND)
    for at, bit in flips:
        data[at] ^= 1 << bit
    for left in _FOLDER.glob("damaged*"):
        left.unlink(missing_ok=True)  # SQLite takes its own away when what opened them before is collected
    path = _FOLDER / "damaged.db"
    path.write_bytes(data)
    text = f"file:{path}"
    open_store = opener(text, journal=50, idle=None)
    assert open_store is not None
    try:
        claim(text, open_store, parts_of("tyk"), world_of(["tyk"]))
    except SourceError as error:
        assert str(error).startswith(f"--store {text}: ")
        return
    with _played(path) as mock:
        for method, where in _ASKED:
            answer = mock.request(method, where, json={"owner_name": "Again"} if method == "PUT" else None)
            assert answer.status_code < 500 or answer.json()["title"] in (
                "Sandbox damaged",
                "Store away",
                "Sandbox busy",
                "The mock broke its contract",
            ), answer.text


TARGETS = (Target("stored", _FLIPS, _damaged),)
