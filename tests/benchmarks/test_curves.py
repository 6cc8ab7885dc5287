"""What is measured as it grows is what it says, and plays."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from benchmarks import curves
from benchmarks.grown import koneksi_members, made_up_part, scale_fixtures, thing_path, tyk_users, user_id
from benchmarks.inprocess import Refused, Request, microseconds
from benchmarks.memory import family, megabytes
from benchmarks.work import TYK
from tests.support.inprocess import edge_of, parts_of, world_of
from understudy.parts import Places, load_parts
from understudy.sandbox import World
from understudy.sandboxes import Sandboxes, Worlds
from understudy.web.app import build_app


def test_a_contract_has_as_many_operations_as_it_should_and_each_is_played(tmp_path: Path) -> None:
    part = made_up_part(tmp_path, 12)
    assert 12 == len(part.contract.operations)
    app = build_app([part], Sandboxes(Worlds([part])))
    asked = [Request("GET", thing_path(number, "1"), "", {"X-Key": "open-sesame"}) for number in range(12)]
    assert microseconds(app, asked, rounds=1) > 0


def test_a_request_that_is_refused_is_not_timed() -> None:
    edge, _ = edge_of("tyk")
    with pytest.raises(Refused, match="401"):
        microseconds(edge, [Request("GET", TYK.work("read").path)], rounds=1)


def test_users_and_members_are_as_many_as_they_should_be_and_fit_the_contract() -> None:
    world = world_of(["tyk", "koneksi"])
    users, members = tyk_users(world, 250).users, koneksi_members(world, 40).members
    assert 250 == len(users)
    assert 40 + 28 == len(members)
    assert user_id(249) in users
    tyk, koneksi = parts_of("tyk", "koneksi")
    assert () == tyk.contract.resource_errors("User", users.get(user_id(249)))
    assert () == koneksi.contract.resource_errors("Member", members.get(user_id(39)))


def test_a_world_is_scaled_in_all_its_parts(tmp_path: Path) -> None:
    scale_fixtures(tmp_path, 1000)
    parts = load_parts(places=Places(Places.default().openapi, tmp_path))
    world = World.build(parts, "crowded")
    users: Any = world.states["tyk"]
    assert 200 < len(users.users) < 400
    casts = [
        section["cast"]
        for path in tmp_path.glob("*.yaml")
        for section in yaml.safe_load(path.read_text())["worlds"]["crowded"].values()
        if isinstance(section, dict)
    ]
    assert 990 <= sum(casts) <= 1010


def test_sizes_go_up_to_the_largest_and_begin_with_the_first() -> None:
    assert [100, 1000] == curves._up_to((100, 1000, 10_000), 9999)
    assert [100] == curves._up_to((100, 1000), 1)


def test_curves_over_operations_and_exchanges_have_a_point_for_each_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "OPERATIONS", (2, 4, 6))
    monkeypatch.setattr(curves, "EXCHANGES", (0, 5, 10))
    monkeypatch.setattr(curves, "_AT_ONCE", 10)
    for measured, sizes in ((curves.over_operations(5), [2, 4]), (curves.over_exchanges(5), [0, 5])):
        for line in measured["lines"]:
            assert sizes == [size for size, _ in line["points"]]
            assert all(cost > 0 for _, cost in line["points"])


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="Linux tells it")
def test_the_memory_of_a_process_is_told_with_that_of_what_it_started() -> None:
    alone = megabytes(os.getpid())
    command = [sys.executable, "-c", "kept = b'x' * 30_000_000; print(len(kept), flush=True); input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline()
        assert child.pid in family(os.getpid())
        assert megabytes(os.getpid()) > alone + 25
        child.communicate(b"\n")
