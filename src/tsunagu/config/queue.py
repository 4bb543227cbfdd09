"""The two queues: what is deferred is done at once by the same process, or later by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from django.db import transaction
from procrastinate import App
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued

from tsunagu.services.house import House, Rooms

if TYPE_CHECKING:
    from tsunagu.jobs.tasks import Task


class InlineQueue:
    """The queue of a command, beside which no worker need run: each task is run once it is committed to."""

    is_at_once = True

    def __init__(self, house: House) -> None:
        """Begin without rooms: `serve` gives them."""
        self._house = house
        self._rooms: Rooms | None = None

    def serve(self, rooms: Rooms) -> None:
        """Run tasks in these rooms from now on."""
        self._rooms = rooms

    def defer(self, task: str, arguments: Mapping[str, str | int]) -> None:
        """Run a task once the caller's transaction is committed, at once where there is none.

        Raises:
            KeyError: there is no such task, which is a bug.
            RuntimeError: nobody serves the queue, which is one too.
        """
        from tsunagu.jobs.tasks import TASKS, Station  # noqa: PLC0415 - few commands defer anything

        if self._rooms is None:
            raise RuntimeError("the queue is not served")
        station, run = Station(self._house, self._rooms, is_stopping=lambda: False), TASKS[task].run
        transaction.on_commit(lambda: run(station, arguments))


class WorkerQueue:
    """The queue in PostgreSQL: a job is kept or lost together with the change that it belongs to."""

    is_at_once = False

    def __init__(self) -> None:
        """Defer through this thread's own connection of the app role."""
        self._app = App(connector=DjangoConnector(alias="default"))

    def defer(self, task: str, arguments: Mapping[str, str | int]) -> None:
        """Let a worker run a task, once the caller's transaction is committed.

        Raises:
            KeyError: there is no such task, which is a bug.
        """
        from tsunagu.jobs.tasks import TASKS  # noqa: PLC0415 - few commands defer anything

        known = TASKS[task]
        # A refused insertion ends the whole transaction but for this savepoint.
        with suppress(AlreadyEnqueued), transaction.atomic():
            self._app.configure_task(
                task, queue=known.queue, lock=_lock(known, arguments), queueing_lock=task if known.waits_once else None
            ).defer(**arguments)


def _lock(task: Task, arguments: Mapping[str, str | int]) -> str | None:
    return None if task.alone_by is None else f"{task.alone_by}:{arguments[task.alone_by]}"
