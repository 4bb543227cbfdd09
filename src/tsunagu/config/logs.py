"""What servers and workers say of themselves: lines of names that are our own, without any content.

A message, an argument or the text of an error may quote what was worked on: none of them is ever told.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_WHO_SPEAKS = {"procrastinate": logging.INFO, "asyncio": logging.WARNING, "psycopg": logging.WARNING}
"""And from which level on: psycopg's pool tells of every connection that is lent, six times a second."""
_OF_A_JOB = {"id": "job", "task_name": "task", "attempts": "attempts"}
OWN = "tsunagu"
"""Whose messages are told, beside the web server's own: they are fixed sentences, with numbers and codes."""
_FIXED = (OWN, "_granian")


class Lines(logging.Formatter):
    """Tells what happened as one JSON object: to which job, task or request, and of a failure its kind and place."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line."""
        line: dict[str, Any] = {
            "at": _at(record),
            "level": record.levelname.lower(),
            "event": getattr(record, "action", "other"),
        }
        job = getattr(record, "job", None)
        if isinstance(job, dict):
            line |= {ours: job[theirs] for theirs, ours in _OF_A_JOB.items() if theirs in job}
        duration = getattr(record, "duration", None)
        if isinstance(duration, float):
            line["duration_s"] = round(duration, 3)
        if record.name.startswith(_FIXED):
            line |= getattr(record, "told", None) or {"message": record.getMessage()}
        if record.exc_info and record.exc_info[1] is not None:
            line |= _told_of(record.exc_info[1])
        return json.dumps(line)


class Sentences(logging.Formatter):
    """Tells the same to people: time, level, sentence, and of a failure its kind and place."""

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as one line."""
        parts = [_at(record), record.levelname, self._said(record)]
        if record.exc_info and record.exc_info[1] is not None:
            parts += [f"{name} {value}" for name, value in _told_of(record.exc_info[1]).items()]
        return " ".join(parts).replace("\n", " ")

    @staticmethod
    def _said(record: logging.LogRecord) -> str:
        if record.name.startswith(_FIXED):
            return record.getMessage()
        job = getattr(record, "job", None)
        of_job = [f"{ours} {job[theirs]}" for theirs, ours in _OF_A_JOB.items() if theirs in job] if job else []
        return " ".join([getattr(record, "action", record.name), *of_job])


def log_to_stderr(*, is_quiet: bool = False) -> None:
    """Let the queue, and what it rests on, speak on the error stream, where systemd and containers collect it.

    Args:
        is_quiet: whether it is told in sentences, and nothing of what goes as it should.
    """
    handler = _handler(Sentences() if is_quiet else Lines())
    if is_quiet:
        handler.addFilter(_is_trouble)
    for name, level in _WHO_SPEAKS.items():
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(level)
        logger.propagate = False


def log_pages(*, as_json: bool) -> None:
    """Let the pages and the API speak on the error stream, in sentences or in JSON."""
    handler = _handler(Lines() if as_json else Sentences())
    for door in ("web", "api"):
        logging.getLogger(f"{OWN}.{door}").handlers[:] = [handler]


def server_logging(*, as_json: bool) -> dict[str, Any]:
    """Return how the web server itself speaks, as `logging.config` takes it; its log of requests stays silent."""
    formatter = Lines if as_json else Sentences
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": f"{formatter.__module__}.{formatter.__name__}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ours"}},
        "loggers": {"_granian": {"handlers": ["stderr"], "propagate": False}},
    }


def _is_trouble(record: logging.LogRecord) -> bool:
    """Return whether something went wrong; a job that failed and is tried again is told of like one that succeeded."""
    return record.levelno >= logging.WARNING or bool(record.exc_info)


def _handler(formatter: logging.Formatter) -> logging.Handler:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    return handler


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _told_of(error: BaseException) -> dict[str, str]:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "tsunagu" in frame.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"
    return {"error": type(error).__name__, "place": place}
