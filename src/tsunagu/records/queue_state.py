"""How the queue stands, over all agencies: numbers only, for the operator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from tsunagu.records import agencies
from tsunagu.records.models import Intake
from tsunagu.records.session import acting_for

STALLED_AFTER_S = 30.0
"""A worker that gave no sign for so long is taken for dead, and its jobs are run anew."""


@dataclass(frozen=True, slots=True)
class QueueState:
    """How much waits, and who works.

    Attributes:
        waiting: jobs that could be begun, by the name of their queue.
        running: jobs that a living worker is at.
        stalled: jobs whose worker gave no sign for too long.
        failed_lately: jobs that nobody will try again, of the last day.
        workers: how many gave a sign lately.
        heartbeat_age_s: how long ago one last did; None when none ever did, or left in peace.
    """

    waiting: Mapping[str, int]
    running: int
    stalled: int
    failed_lately: int
    workers: int
    heartbeat_age_s: float | None


_JOBS = """
SELECT queue_name, status::text,
       coalesce(worker.last_heartbeat > %(alive_since)s, false) AS is_held, count(*)
FROM procrastinate_jobs AS job LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
WHERE status = 'doing' OR (status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= %(now)s))
GROUP BY 1, 2, 3
"""
_FAILED = """
SELECT count(DISTINCT job.id) FROM procrastinate_jobs AS job JOIN procrastinate_events AS event ON event.job_id = job.id
WHERE job.status = 'failed' AND event.at > %s
"""
_WORKERS = "SELECT count(*) FILTER (WHERE last_heartbeat > %s), max(last_heartbeat) FROM procrastinate_workers"


def queue_state(*, now: datetime, stalled_after_s: float) -> QueueState:
    """Return how the queue stands.

    Args:
        now: the time.
        stalled_after_s: a worker that gave no sign for so long counts for dead.
    """
    alive_since = now - timedelta(seconds=stalled_after_s)
    waiting: Counter[str] = Counter()
    doing: Counter[bool] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(_JOBS, {"alive_since": alive_since, "now": now})
        for queue, status, is_held, count in cursor.fetchall():
            if status == "todo":
                waiting[queue] += count
            else:
                doing[is_held] += count
        cursor.execute(_FAILED, [now - timedelta(days=1)])
        (failed,) = cursor.fetchone()
        cursor.execute(_WORKERS, [alive_since])
        workers, last = cursor.fetchone()
    age_s = max(0.0, (now - last).total_seconds()) if last else None
    return QueueState(waiting, doing[True], doing[False], failed, workers, age_s)


def refusals() -> Counter[str]:
    """Return how many files of all intakes could not be examined, or not to their end, by the reason's code."""
    found: Counter[str] = Counter()
    for agency_id in agencies.member_ids():
        with acting_for(agency_id):
            for refused in Intake.objects.exclude(refused={}).values_list("refused", flat=True):
                found.update({str(code): int(count) for code, count in refused.items()})
    return found


def database_bytes() -> int:
    """Return how large the database is on its server's disk."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])
