"""What workers and servers say of themselves holds names of our own alone."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from tsunagu.config.logs import Lines, Sentences, log_to_stderr

NAMES = ("_granian", "django.request", "psycopg")


def said(**extra: object) -> dict[str, object]:
    """Return the line of a record whose message and arguments are secret, or quote what is."""
    record = logging.LogRecord("procrastinate", logging.INFO, "secret.py", 1, "secret %s", ("secret",), None)
    record.__dict__.update(extra)
    line = Lines().format(record)
    assert "secret" not in line
    assert "\n" not in line
    return dict(json.loads(line))


def test_a_line_tells_of_the_job_and_the_task_and_not_of_the_arguments() -> None:
    job = {"id": 7, "task_name": "run-intake", "attempts": 2, "task_kwargs": {"a": "secret"}, "call_string": "secret"}
    line = said(action="job_success", job=job, duration=1.23456, result="secret")
    assert {name: one for name, one in line.items() if name != "at"} == {
        "level": "info", "event": "job_success", "job": 7, "task": "run-intake", "attempts": 2, "duration_s": 1.235,
    }  # fmt: skip


def test_a_failure_is_told_by_its_kind_and_place() -> None:
    try:
        json.loads("secret")
    except ValueError:
        line = said(exc_info=sys.exc_info())
    assert (line["error"], line["place"]) == ("JSONDecodeError", "unknown")  # it was raised outside the program


def test_what_is_no_record_of_a_job_is_told_all_the_same() -> None:
    assert said(job="secret", duration="secret")["event"] == "other"


def test_a_request_that_was_refused_is_told_for_machines_and_for_people() -> None:
    record = logging.LogRecord("tsunagu.web", logging.INFO, "x.py", 1, "%s refused", ("ab12",), None)
    record.told = {"event": "refused", "reference": "ab12", "status": 404}
    line = json.loads(Lines().format(record))
    assert (line["event"], line["reference"], line["status"]) == ("refused", "ab12", 404)
    assert "message" not in line
    assert Sentences().format(record).endswith(" INFO ab12 refused")


@pytest.mark.parametrize("formatter", [Lines(), Sentences()])
def test_what_a_server_says_of_an_exception_is_its_kind_and_place_and_never_its_text(
    formatter: logging.Formatter,
) -> None:
    try:
        json.loads("secret")
    except ValueError:
        failed = sys.exc_info()
    told = {name: logging.LogRecord(name, logging.ERROR, "x.py", 1, "%s", ("its words",), failed) for name in NAMES}
    lines = {name: formatter.format(record) for name, record in told.items()}
    assert all("JSONDecodeError" in line and "secret" not in line and "\n" not in line for line in lines.values())
    assert [name for name, line in lines.items() if "its words" in line] == ["_granian"]


def test_a_quiet_worker_tells_in_sentences_what_went_wrong_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    queue = logging.getLogger("procrastinate")
    before = queue.handlers[:], queue.level, queue.propagate
    log_to_stderr(is_quiet=True)
    try:
        job = {"id": 7, "task_name": "run-intake", "attempts": 2, "task_kwargs": {"a": "secret"}}
        queue.info("secret", extra={"action": "registering_periodic_task"})
        queue.info("secret", extra={"action": "job_success", "job": job})
        queue.info("secret", extra={"action": "job_error_retry", "job": job}, exc_info=ValueError("secret"))
        queue.error("secret", extra={"action": "job_error", "job": job})
    finally:
        queue.handlers[:], queue.level, queue.propagate = before
    retried, failed = capsys.readouterr().err.splitlines()
    assert retried.endswith(" INFO job_error_retry job 7 task run-intake attempts 2 error ValueError place unknown")
    assert failed.endswith(" ERROR job_error job 7 task run-intake attempts 2")
