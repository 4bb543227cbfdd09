"""Jobs of a worker that has died: the next one takes them up, whatever else waits by then."""

from __future__ import annotations

from dataclasses import replace

from django.db import connections

from tsunagu.config.queue import WorkerQueue
from tsunagu.config.worker import work

from .world import World

LEFT = """
WITH dead AS (
    INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id
)
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, status, worker_id)
SELECT queue, task, NULL, task, 'doing', id FROM dead, (VALUES ('house', 'sign-due-root'), ('house', 'sweep-vaults'))
    AS left_by_it (queue, task)
RETURNING id
"""


def test_a_job_whose_like_waits_already_hinders_no_other_from_being_taken_up(world: World) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name IN ('sign-due-root', 'sweep-vaults')")
        cursor.execute(LEFT)
        left = [number for (number,) in cursor.fetchall()]
    queue = WorkerQueue()
    queue.defer("sign-due-root", {})
    work(world.table, replace(world.rooms, queue=queue), once=True, is_quiet=False)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT task_name, status FROM procrastinate_jobs WHERE id = ANY(%s)", [left])
        assert cursor.fetchall() == []
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE task_name = 'rescue' AND status = 'failed'")
        assert cursor.fetchall() == []
