"""A cluster that this process is attached to, as services see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tsunagu.config.cluster.examining import RayHosts
from tsunagu.config.cluster.shards import Serving, served_index, told_to_end
from tsunagu.services.banks.known_index import Searchable
from tsunagu.services.banks.known_shards import ShardedKnown
from tsunagu.services.intake.chunks import ClusterExaminer
from tsunagu.services.parts import Decoder


class RayCluster:
    """It satisfies `services.house.Cluster`."""

    def __init__(self, ray: Any) -> None:
        """Take Ray, attached."""
        self._ray = ray

    def examiner(self, decoder: Decoder) -> ClusterExaminer:
        """See `services.house.Cluster`."""
        return ClusterExaminer(RayHosts(self._ray), decoder, version("tsunagu"))

    def known(self) -> Searchable:
        """See `services.house.Cluster`."""
        return ShardedKnown(*served_index(self._ray))

    def serve(self, position: int, paths: Sequence[Path], *, told: Callable[[], None]) -> None:
        """See `services.house.Cluster`."""
        ends = told_to_end()
        serving = Serving(self._ray, position, paths)
        serving.start()
        told()
        serving.look_after(ends=ends)
        serving.end()
