"""The pool of decode children: what it answers, and that nothing an item does stops it."""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tsunagu.domain.errors import InputError, Unavailable
from tsunagu.domain.media import MediaType, Refusal
from tsunagu.media.messages import DecodeOptions
from tsunagu.media.sandbox.begun import begin_zygote
from tsunagu.media.sandbox.limits import Limits
from tsunagu.media.sandbox.nursery import Zygote
from tsunagu.media.sandbox.pool import DecodePool
from tsunagu.media.sandbox.zygote import Charter


def _wait_until(holds: Callable[[], bool], within_s: float = 10.0) -> bool:
    end_s = time.monotonic() + within_s
    while time.monotonic() < end_s:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_two_threads_get_for_200_items_what_decoding_here_gives(hostile):
    decode = hostile.decoder().DEEDS["gradient"]
    with hostile.pool(children=2) as pool, ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda rows: hostile.answers(pool, f"gradient {rows}"), range(1, 201)))
    for rows, (messages, refusal) in enumerate(found, start=1):
        facts, picture = decode(str(rows))
        assert refusal is None
        assert messages[0] == facts
        assert np.array_equal(messages[1].luma, picture.luma)
        assert (messages[1].width, messages[1].height, messages[1].orientation) == (50, rows, picture.orientation)


def test_a_picture_in_color_is_given_on_request(hostile, pool):
    with hostile.item("") as fd:
        assert pool.decode_rgb(fd, MediaType.PNG, max_side=5).pixels.tolist() == np.full((5, 2, 3), 7).tolist()


def test_no_room_is_made_for_a_picture_larger_than_was_asked_for(hostile, pool):
    tracemalloc.start()
    try:
        with hostile.item(str(1 << 20)) as fd, pytest.raises(Exception, match="decoder-died"):
            pool.decode_rgb(fd, MediaType.PNG, max_side=5)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("max_side", [0, -1, 1 << 17])
def test_a_side_out_of_bounds_is_refused(hostile, pool, max_side):
    with hostile.item("") as fd, pytest.raises(InputError):
        pool.decode_rgb(fd, MediaType.PNG, max_side=max_side)


def test_the_reason_of_a_refusal_is_told_and_what_came_before_stands(hostile, pool):
    messages, refusal = hostile.answers(pool, "refuse suspicious-ratio")
    assert messages[0].tags == {"before": "stands"}
    assert refusal is Refusal.SUSPICIOUS_RATIO


def test_an_item_is_read_from_its_start_wherever_the_file_stands(hostile, pool):
    with hostile.item("gradient 3") as fd:
        os.lseek(fd, 5, os.SEEK_SET)
        assert len(list(pool.decode(fd, MediaType.JPEG))) == 2


def test_an_item_that_eats_memory_is_refused_and_the_next_is_read(hostile, pool):
    assert hostile.answers(pool, "fill-memory") == ([], Refusal.OUT_OF_MEMORY)
    assert hostile.told(pool, "state")


def test_an_item_that_falls_silent_is_refused_in_time(hostile):
    with hostile.pool(limits=Limits(silence_s=0.5)) as pool:
        messages, refusal = hostile.answers(pool, "sleep 30", MediaType.MP4)
        assert (len(messages), refusal) == (1, Refusal.OUT_OF_TIME)
        assert not hostile.is_running(int(messages[0].tags["pid"]))
        assert hostile.told(pool, "state")


def test_an_item_that_always_says_a_little_more_is_refused_in_time(hostile):
    with hostile.pool(limits=Limits(wait_s=0.5)) as pool:
        assert hostile.answers(pool, "dribble", MediaType.MP4)[1] is Refusal.OUT_OF_TIME


@pytest.mark.parametrize("deed", ["loop", "loop stubbornly"])
def test_an_item_that_computes_for_ever_is_ended_by_the_kernel(hostile, deed):
    with hostile.pool(limits=Limits(cpu_s=1)) as pool:
        began_s = time.monotonic()
        assert hostile.answers(pool, deed)[1] is Refusal.OUT_OF_TIME
        assert time.monotonic() - began_s < 30


def test_a_slow_reader_is_not_the_items_fault(hostile):
    with hostile.pool(limits=Limits(wait_s=1.0, silence_s=1.0)) as pool, hostile.item("frames 30") as fd:
        frames = [time.sleep(0.06) or message.frame for message in pool.decode(fd, MediaType.MP4)]
    assert frames == list(range(30))


def test_sound_without_end_is_stopped_at_the_bound_of_the_options(hostile):
    options = DecodeOptions(max_duration_s=60.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(hostile.here), *sys.path])
        with DecodePool(1, Limits(), options, decoder="hostile_decoder") as pool:
            messages, refusal = hostile.answers(pool, "sound-for-ever", MediaType.WAV)
    assert refusal is Refusal.DECODER_DIED
    assert sum(len(message.samples) for message in messages) <= 120 * 11_025 + 1


@pytest.mark.parametrize("deed", ["crash", "raise", "say 00ff0000", "say ffffffffffffffff", "say 0300150000000001"])
def test_a_child_that_dies_or_babbles_costs_its_item_only(hostile, pool, deed):
    assert hostile.answers(pool, deed) == ([], Refusal.DECODER_DIED)
    assert hostile.told(pool, "state")


def test_what_a_child_says_after_the_end_does_not_reach_the_next_item(hostile, pool):
    end = "0000000000000000"
    before = hostile.told(pool, "state")["pid"]
    assert hostile.answers(pool, f"say {end}{end}") == ([], None)
    assert hostile.told(pool, "state")["pid"] != before


def test_a_child_killed_in_the_middle_costs_its_item_only(hostile, pool):
    with hostile.item("sleep 30") as fd:
        messages = pool.decode(fd, MediaType.MP4)
        os.kill(int(next(messages).tags["pid"]), signal.SIGKILL)
        with pytest.raises(Exception, match="decoder-died"):
            next(messages)
    assert hostile.told(pool, "state")


def test_a_child_killed_while_idle_costs_nothing(hostile, pool):
    pid = int(hostile.told(pool, "state")["pid"])
    os.kill(pid, signal.SIGKILL)
    _wait_until(lambda: not hostile.is_running(pid))
    assert hostile.told(pool, "state")["pid"] != str(pid)


def test_a_killed_zygote_is_replaced(hostile, pool):
    pid = int(hostile.told(pool, "state")["pid"])
    zygote = int(hostile.told(pool, "state")["parent"])
    os.kill(zygote, signal.SIGKILL)
    assert _wait_until(lambda: not hostile.is_running(pid))
    assert hostile.told(pool, "state")["parent"] != str(zygote)


def test_kills_at_any_moment_cost_the_items_in_hand_and_nothing_else(hostile):
    calm = threading.Event()

    def kill_now_and_then(pool: DecodePool) -> None:
        pick = random.Random(1)
        while not calm.wait(pick.random() * 0.1):
            zygote = pool._nursery._zygote
            if zygote is None:
                continue
            pid = zygote._begun.process.pid
            with contextlib.suppress(OSError):
                children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
                # A zygote that is killed each time before it has a child is one that cannot be had.
                victims = [str(pid)] if pick.random() < 0.1 else children
                if victims:
                    os.kill(int(pick.choice(victims)), signal.SIGKILL)

    with hostile.pool(children=2) as pool, ThreadPoolExecutor(3) as threads:
        killer = threads.submit(kill_now_and_then, pool)
        try:
            found = list(threads.map(lambda _: hostile.answers(pool, "gradient 900"), range(200)))
        finally:
            calm.set()
        killer.result()
        # The children of a zygote just killed may not have died yet.
        assert _wait_until(lambda: hostile.answers(pool, "gradient 900")[1] is None)
    assert {refusal for _, refusal in found} <= {None, Refusal.DECODER_DIED}
    assert all(len(messages) == 2 for messages, refusal in found if refusal is None)


def test_an_item_given_up_early_leaves_the_pool_sound(hostile, pool):
    with hostile.item("frames 100000") as fd:
        messages = pool.decode(fd, MediaType.MP4)
        next(messages)
        messages.close()
    assert hostile.told(pool, "state")


def test_an_item_never_begun_takes_no_child(hostile, pool):
    with hostile.item("state") as fd:
        unused = [pool.decode(fd, MediaType.JPEG) for _ in range(3)]
        assert hostile.told(pool, "state")
    assert len(unused) == 3


def test_a_child_is_replaced_after_its_share_of_items(hostile):
    with hostile.pool(limits=Limits(items_per_child=2)) as pool:
        pids = [hostile.told(pool, "state")["pid"] for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_a_long_film_takes_no_more_memory_than_its_largest_frame(hostile):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with hostile.pool(limits=Limits(memory_bytes=1 << 24)) as pool, hostile.item("frames 7200") as fd:
        frames = sum(1 for _ in pool.decode(fd, MediaType.MP4))
    assert frames == 7200
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024


def test_more_threads_than_children_wait_for_each_other(hostile):
    with hostile.pool(children=1) as pool, ThreadPoolExecutor(4) as threads:
        pids = set(threads.map(lambda _: hostile.told(pool, "state")["pid"], range(20)))
    assert len(pids) == 1


def test_a_pool_started_by_a_thread_outlives_it(hostile):
    with hostile.pool() as pool:
        threading.Thread(target=lambda: hostile.told(pool, "state")).start()
        time.sleep(0.1)
        assert hostile.told(pool, "state")


def test_a_closed_pool_leaves_no_process_and_decodes_nothing(hostile):
    with hostile.pool() as pool:
        state = hostile.told(pool, "state")
    assert not hostile.is_running(int(state["parent"]))
    assert _wait_until(lambda: not hostile.is_running(int(state["pid"])))
    with hostile.item("state") as fd, pytest.raises(Unavailable):
        next(pool.decode(fd, MediaType.JPEG))


def test_a_pool_without_children_is_refused():
    with pytest.raises(InputError):
        DecodePool(0, Limits(), DecodeOptions(), decoder="hostile_decoder")


def test_limits_of_nothing_are_refused():
    with pytest.raises(InputError):
        Limits(memory_bytes=0)


def test_a_decoder_that_does_not_load_is_told_however_late_it_is_asked():
    begun = begin_zygote("no_such_decoder")
    with pytest.raises(subprocess.TimeoutExpired):  # it stays until it is asked
        begun.process.wait(timeout=2)
    charter = Charter(DecodeOptions(), memory_bytes=1 << 20, life_cpu_s=1, account=None, parent_pid=os.getpid())
    with pytest.raises(Unavailable, match="does not start"):
        Zygote(begun, charter)


_PARENT = """
import json, os, sys, tempfile
sys.path[:] = json.loads(sys.argv[1])
from tsunagu.domain.media import MediaType
from tsunagu.media.messages import DecodeOptions
from tsunagu.media.sandbox.limits import Limits
from tsunagu.media.sandbox.pool import DecodePool
with DecodePool(1, Limits(), DecodeOptions(), decoder="hostile_decoder") as pool, tempfile.TemporaryFile() as file:
    file.write(sys.argv[2].encode())
    file.flush()
    for message in pool.decode(file.fileno(), MediaType.MP4):
        print(json.dumps(message.tags), flush=True)
"""


@pytest.mark.parametrize("deed", ["sleep 60", "state-and-loop"])
def test_a_parent_killed_outright_leaves_no_process(hostile, deed):
    places = json.dumps([str(hostile.here), *sys.path])
    command = [sys.executable, "-c", _PARENT, places, deed]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        state = json.loads(parent.stdout.readline())
        pids = [int(state["pid"]), int(state["parent"])]
        assert all(hostile.is_running(pid) for pid in pids)
        parent.kill()
    assert _wait_until(lambda: not any(hostile.is_running(pid) for pid in pids))
