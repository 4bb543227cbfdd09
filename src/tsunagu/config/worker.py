"""A worker: runs what was deferred until it is told to end, and takes up what a killed one has left."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from threading import Event
from typing import Any

from django.db import connections
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import DeleteJobCondition, Job, Status
from procrastinate.worker import Worker

from tsunagu.config.databases import outages_told
from tsunagu.config.logs import log_to_stderr
from tsunagu.domain.errors import Unavailable
from tsunagu.jobs.tasks import HOUSE, INTAKES, LINE, TASKS, Station, Task
from tsunagu.records.queue_state import STALLED_AFTER_S
from tsunagu.services.house import House, Rooms
from tsunagu.services.parts import HandedBack

HEARTBEAT_S = 5.0
RESCUE = "rescue"
RESCUED_EVERY = "* * * * * */15"
POLLED_EVERY_S = 5.0
ANSWERS_WITHIN_S = 10.0
"""A database that gives no connection for so long has gone away: whoever runs the worker is to learn of it soon."""
LONGEST_WAIT_S = 300
FAILED_ARE_KEPT_H = 30 * 24


def work(house: House, rooms: Rooms, *, once: bool, is_quiet: bool) -> None:
    """Run deferred tasks until SIGTERM or SIGINT, or `once`, until none waits.

    On a signal a running task is finished, or given back where it can be; a second worker, or the next one, goes on.

    Raises:
        Unavailable: the database has gone away, or the worker cannot go on for another reason.
    """
    log_to_stderr(is_quiet=is_quiet)
    try:
        asyncio.run(_Works(house, rooms).run(once=once))
    except ConnectorException as error:
        raise Unavailable("the database has gone away; what was deferred is kept, so start the worker again") from error


class _Retry(BaseRetryStrategy):
    """Again at once for what was given back, later where a part was missing, and never for a bug."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, HandedBack):
            return RetryDecision()
        if isinstance(exception, Unavailable):
            return RetryDecision(retry_in={"seconds": min(2 ** (job.attempts + 1), LONGEST_WAIT_S)})
        return None


class _Works:
    """One process that works: three workers on one event loop, each for a queue of its own."""

    def __init__(self, house: House, rooms: Rooms) -> None:
        self._stopping = Event()
        self._station = Station(house, rooms, self._stopping.is_set)
        self._app = App(connector=PsycopgConnector(kwargs=connector_params("default"), timeout=ANSWERS_WITHIN_S))
        for name, task in TASKS.items():
            self._register(name, task)
        self._rescue = self._app.task(name=RESCUE, queue=HOUSE, lock=RESCUE, queueing_lock=RESCUE)(self._take_up)
        self._app.periodic(cron=RESCUED_EVERY)(self._rescue)

    async def run(self, *, once: bool) -> None:
        async with self._app.open_async():
            with suppress(AlreadyEnqueued):
                await self._rescue.defer_async(timestamp=0)
            # One after the other when it is for once: what a task defers is found by the same worker then.
            queues: tuple[list[str] | None, ...] = (None,) if once else ([HOUSE], [INTAKES], [LINE])
            workers = [self._worker(one, wait=not once) for one in queues]
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self._stop, workers)
            runs = [asyncio.ensure_future(_run(one)) for one in workers]
            await asyncio.wait(runs, return_when=asyncio.FIRST_COMPLETED)
            is_told = once or self._stopping.is_set()
            self._stop(workers)
            await asyncio.gather(*runs)
        if not is_told:
            raise Unavailable("the worker cannot go on; what was deferred is kept, so start it again")

    def _stop(self, workers: list[Worker]) -> None:
        self._stopping.set()
        for one in workers:
            one.stop()  # type: ignore[no-untyped-call]

    def _worker(self, queues: list[str] | None, *, wait: bool) -> Worker:
        return Worker(
            app=self._app,
            queues=queues,
            wait=wait,
            concurrency=1,
            fetch_job_polling_interval=POLLED_EVERY_S,
            delete_jobs=DeleteJobCondition.SUCCESSFUL,
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT_S,
            stalled_worker_timeout=STALLED_AFTER_S,
        )

    def _register(self, name: str, task: Task) -> None:
        job = _within(task.run, self._station)
        once = name if task.waits_once else None
        registered = self._app.task(name=name, queue=task.queue, queueing_lock=once, retry=_Retry())(job)
        if task.every is not None:
            self._app.periodic(cron=task.every)(registered)

    async def _take_up(self, timestamp: int) -> None:
        """Let the jobs of dead workers be run anew, and forget those that failed long ago."""
        del timestamp
        manager = self._app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S):
            try:
                await manager.retry_job(job)
            except UniqueViolation:
                # Another one of a task that waits once has been deferred since, and does what was left.
                await manager.finish_job(job, Status.ABORTED, delete_job=True)
        await manager.delete_old_jobs(nb_hours=FAILED_ARE_KEPT_H, include_failed=True)


async def _run(worker: Worker) -> None:
    await worker.run()  # type: ignore[no-untyped-call]


def _within(run: Callable[[Station, dict[str, Any]], None], station: Station) -> Callable[..., None]:
    """Return a task as the queue calls it, in a thread of its own."""

    def job(**arguments: Any) -> None:
        try:
            with outages_told():
                run(station, arguments)
        finally:
            connections.close_all()  # the thread's, which may be used by no job for hours

    return job
