"""A cluster of three nodes on this machine, for the long rounds."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tsunagu.config.cluster.attaching import attached, environment_of


@dataclass
class Nodes:
    """The nodes, and Ray as it is attached to the first of them."""

    cluster: Any
    ray: Any = None
    processes: list[Popen[bytes]] = field(default_factory=list)

    def kill_one(self) -> None:
        """Kill all processes of a node that this process is not attached by, as a power failure would."""
        self.cluster.remove_node(next(iter(self.cluster.worker_nodes)), allow_graceful=False)

    def add(self) -> None:
        """Start one more node, and wait for it."""
        self.note(self.cluster.add_node(num_cpus=1))

    def note(self, node: Any) -> None:
        """Remember the processes of a node: Ray ends them, and never asks how they ended."""
        self.processes += [one.process for some in node.all_processes.values() for one in some]

    def end(self) -> None:
        """End all of them, and wait for it."""
        self.cluster.shutdown()
        for one in self.processes:
            one.kill()
            one.wait()


@cache
def _token() -> Path:
    """Where the token of all clusters of this process lies: Ray reads it once, when it is imported."""
    folder = TemporaryDirectory(ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    return Path(folder.name) / "token"


@contextmanager
def three_nodes() -> Iterator[Nodes]:
    """Start them, and end them again."""
    token = _token()
    with pytest.MonkeyPatch.context() as patch:
        # Before Ray is imported, which reads them once; the nodes inherit them.
        for name, text in environment_of("127.0.0.1:0", token, os.environ, may_make=True).items():
            patch.setenv(name, text)
        why = "Ray is not installed (`make soak` does it): the tests of clusters are SKIPPED"
        utils = pytest.importorskip("ray.cluster_utils", reason=why)
        first = {"num_cpus": 1, "include_dashboard": False}
        nodes = Nodes(utils.Cluster(initialize_head=True, head_node_args=first, shutdown_at_exit=False))
        nodes.note(nodes.cluster.head_node)
        try:
            nodes.add()
            nodes.add()
            with attached(nodes.cluster.address, token=token, environ=os.environ) as ray:
                nodes.ray = ray
                yield nodes
        finally:
            nodes.end()
