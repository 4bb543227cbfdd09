"""Locks on files are given back when their block ends, whoever was forked meanwhile."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tsunagu.records.postgres.locks import exclusive, is_held


def test_a_child_that_was_forked_while_a_lock_was_held_does_not_keep_it(tmp_path: Path) -> None:
    lock = tmp_path / "gate"
    with exclusive(lock):
        child = os.fork()
        if child == 0:
            signal.pause()
        assert is_held(lock)
    try:
        assert not is_held(lock)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_child_that_runs_out_of_the_block_does_not_give_the_lock_back(tmp_path: Path) -> None:
    lock = tmp_path / "gate"
    with exclusive(lock):
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            assert is_held(lock)
    if child == 0:
        os._exit(0)
