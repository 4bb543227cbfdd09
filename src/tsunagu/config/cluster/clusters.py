"""A cluster that this process is attached to, as services see it."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from tsunagu.config.cluster.examining import RayHosts
from tsunagu.services.chunks import ClusterExaminer
from tsunagu.services.parts import Decoder


class RayCluster:
    """It satisfies `services.house.Cluster`."""

    def __init__(self, ray: Any) -> None:
        """Take Ray, attached."""
        self._ray = ray

    def examiner(self, decoder: Decoder) -> ClusterExaminer:
        """See `services.house.Cluster`."""
        return ClusterExaminer(RayHosts(self._ray), decoder, version("tsunagu"))
