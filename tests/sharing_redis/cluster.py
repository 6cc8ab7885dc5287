"""A Redis Cluster of three nodes on this machine."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.redis import RedisServer, redis_server
from tests.support.served import free_port

_SLOTS = 16384
_OPTIONS = (
    *("--cluster-enabled", "yes", "--cluster-node-timeout", "5000"),
    *("--cluster-require-full-coverage", "no"),  # a lost node takes its own sandboxes with it, and no others
)
_PATIENCE = 30


@contextmanager
def redis_cluster(directory: Path, program: str) -> Iterator[list[RedisServer]]:
    """Run three nodes that share the slots out."""
    with ExitStack() as stack:
        buses = [free_port() for _ in range(3)]
        nodes = [
            stack.enter_context(
                redis_server(directory / str(bus), *_OPTIONS, "--cluster-port", str(bus), program=program)
            )
            for bus in buses
        ]
        for number, node in enumerate(nodes):
            first, after = (_SLOTS * part // 3 for part in (number, number + 1))
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
            node.ask("CLUSTER", "ADDSLOTSRANGE", first, after - 1)
        for node, bus in zip(nodes[1:], buses[1:], strict=True):
            nodes[0].ask("CLUSTER", "MEET", "127.0.0.1", node.port, bus)
        _wait_until_they_agree(nodes)
        yield nodes


def _wait_until_they_agree(nodes: list[RedisServer]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if all(len(node.ask("CLUSTER", "SLOTS")) == len(nodes) for node in nodes) and all(
            b"cluster_state:ok" in node.ask("CLUSTER", "INFO") for node in nodes
        ):
            return
        time.sleep(0.1)
    raise RuntimeError("the nodes do not become a cluster")
