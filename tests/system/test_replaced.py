"""`serve` replaces the process that answers when it is killed, whatever became of the database meanwhile."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from bench.officers import Browser

from .serving import Served, until
from .test_crashes import kill_database


def answering(served: Served) -> int:
    """The child that answers: a fork of the server, and so called as it is."""
    called = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in served.children()}
    return next(pid for pid, command in called.items() if b"serve" in command)


def test_the_process_that_answers_is_replaced_also_after_the_database_was_killed(two_agencies: Any) -> None:
    with two_agencies.copied() as house, Served.at(house) as served:
        kill_database(house)
        until(lambda: Browser(served.port).opens("/account/login/"))
        os.kill(answering(served), signal.SIGKILL)
        until(lambda: Browser(served.port).opens("/account/login/"))
        assert served.process.poll() is None
