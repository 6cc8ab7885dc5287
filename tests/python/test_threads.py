"""Many threads, each with a sandbox of its own: none sees what another does, however they reach the mock."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest

from understudy import Understudy

THREADS = 8
ROUNDS = 25


@pytest.mark.parametrize("socket", [False, True], ids=["in process", "over the socket"])
def test_eight_threads_create_change_and_count(understudy: Understudy, socket: bool) -> None:  # noqa: FBT001
    together = Barrier(THREADS)

    def play(number: int) -> tuple[int, set[str]]:
        with understudy.sandbox(f"thread-{number}-{socket}", world="empty") as sandbox:
            headers = sandbox.credentials("tyk")
            inside = sandbox.client("tyk", headers=headers)
            outside = httpx.Client(base_url=sandbox.url("tyk"), headers=headers)
            with inside, outside:
                http = outside if socket else inside
                together.wait(30)
                for turn in range(ROUNDS):
                    made = {"owner_name": f"{number}-{turn}", "cname": "a.example", "cname_enabled": True}
                    id = http.post("/admin/organisations", json=made).json()["Meta"]
                    http.put(f"/admin/organisations/{id}", json={**made, "owner_name": f"owner {number}"})
                listed = http.get("/admin/organisations", params={"p": -1}).json()["organisations"]
        return len(listed), {organisation["owner_name"] for organisation in listed}

    with ThreadPoolExecutor(THREADS) as pool:
        assert [(ROUNDS, {f"owner {n}"}) for n in range(THREADS)] == list(pool.map(play, range(THREADS)))
