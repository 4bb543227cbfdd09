"""What a worker says of itself: one JSON object a line, of names that are our own, without any content."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_WHO_SPEAKS = ("procrastinate", "asyncio", "psycopg")
_OF_A_JOB = {"id": "job", "task_name": "task", "attempts": "attempts"}


class Lines(logging.Formatter):
    """Tells what happened, to which job and task, and of a failure its kind and place.

    A message, an argument or the text of an error may quote what was worked on: none of them is ever told.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line of JSON."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": getattr(record, "action", "other"),
        }
        job = getattr(record, "job", None)
        if isinstance(job, dict):
            line |= {ours: job[theirs] for theirs, ours in _OF_A_JOB.items() if theirs in job}
        duration = getattr(record, "duration", None)
        if isinstance(duration, float):
            line["duration_s"] = round(duration, 3)
        if record.exc_info and record.exc_info[1] is not None:
            line |= _told_of(record.exc_info[1])
        return json.dumps(line)


def log_to_stderr() -> None:
    """Let the queue, and what it rests on, speak on the error stream, where systemd and containers collect it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    for name in _WHO_SPEAKS:
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False


def _told_of(error: BaseException) -> dict[str, str]:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "tsunagu" in frame.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
    return {"error": type(error).__name__, "place": place}
