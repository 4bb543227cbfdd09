"""The queue of an installation without workers: what is deferred is done at the end, by the same process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tsunagu.jobs.tasks import TASKS
from tsunagu.services.house import Rooms


class InlineQueue:
    """Runs each deferred task once, in order, when the work that deferred it is done."""

    def __init__(self) -> None:
        """Begin empty."""
        self._waiting: list[tuple[str, dict[str, str | int]]] = []

    def defer(self, task: str, arguments: Mapping[str, str | int]) -> None:
        """Note a task, unless the same one waits already.

        Raises:
            KeyError: there is no such task, which is a bug.
        """
        if task not in TASKS:
            raise KeyError(task)
        if (task, dict(arguments)) not in self._waiting:
            self._waiting.append((task, dict(arguments)))

    @contextmanager
    def serving(self, rooms: Rooms) -> Iterator[None]:
        """Run what was deferred in the block once the block has ended well."""
        yield
        while self._waiting:
            task, arguments = self._waiting.pop(0)
            TASKS[task](rooms, arguments)
