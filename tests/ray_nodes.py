"""A cluster of three nodes on this machine, for the long rounds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tsunagu.config.cluster.attaching import attached, environment_of


@dataclass
class Nodes:
    """The nodes, and Ray as it is attached to the first of them."""

    ray: Any
    cluster: Any

    def kill_one(self) -> None:
        """Kill all processes of a node that this process is not attached by, as a power failure would."""
        self.cluster.remove_node(self.cluster.worker_nodes.copy().pop(), allow_graceful=False)

    def add(self) -> None:
        """Start one more node, and wait for it."""
        self.cluster.add_node(num_cpus=1)


@contextmanager
def three_nodes(folder: Path) -> Iterator[Nodes]:
    """Start them, and end them again."""
    with pytest.MonkeyPatch.context() as patch:
        # Before Ray is imported, which reads them once; the nodes inherit them.
        for name, text in environment_of("127.0.0.1:0", folder / "token", os.environ, may_make=True).items():
            patch.setenv(name, text)
        why = "Ray is not installed (`make soak` does it): the tests of clusters are SKIPPED"
        utils = pytest.importorskip("ray.cluster_utils", reason=why)
        cluster = utils.Cluster(
            initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False}, shutdown_at_exit=False
        )
        try:
            for _ in range(2):
                cluster.add_node(num_cpus=1)
            with attached(cluster.address, token=folder / "token", environ=os.environ) as ray:
                yield Nodes(ray, cluster)
        finally:
            cluster.shutdown()
