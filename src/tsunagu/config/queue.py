"""The queue of an installation without workers: what is deferred is done at once, by the same process."""

from __future__ import annotations

from collections.abc import Mapping

from tsunagu.jobs.tasks import TASKS
from tsunagu.services.house import Rooms


class InlineQueue:
    """Runs each task when it is deferred. Services defer after they have committed, never within a transaction."""

    def __init__(self) -> None:
        """Begin without rooms: `serve` gives them."""
        self._rooms: Rooms | None = None

    def serve(self, rooms: Rooms) -> None:
        """Run tasks in these rooms from now on."""
        self._rooms = rooms

    def defer(self, task: str, arguments: Mapping[str, str | int]) -> None:
        """Run a task.

        Raises:
            KeyError: there is no such task, which is a bug.
            RuntimeError: nobody serves the queue, which is one too.
        """
        if self._rooms is None:
            raise RuntimeError("the queue is not served")
        TASKS[task](self._rooms, arguments)
