"""What a decode child can do once its doors are closed: compute, read its item, and answer."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tsunagu.domain.errors import Unavailable
from tsunagu.domain.media import Refusal
from tsunagu.media.sandbox import account
from tsunagu.media.sandbox.account import decode_account
from tsunagu.media.sandbox.limits import Measure

is_root = os.geteuid() == 0


@pytest.mark.parametrize(
    "attempt",
    [
        "fork",
        "clone",
        "socket",
        "unix-socket",
        "connect",
        "read-file",
        "write-file",
        "list",
        "memfd",
        "signal-parent",
        "map-code",
        "write-to-item",
        "more-limits",
        "handle-signals",
    ],
)
def test_what_a_library_may_try_is_refused(hostile, pool, attempt):
    assert hostile.told(pool, f"attempt {attempt}") == {"outcome": "EPERM"}


def test_the_call_whose_arguments_no_filter_sees_is_said_not_to_exist(hostile, pool):
    assert hostile.told(pool, "attempt clone3") == {"outcome": "ENOSYS"}


def test_a_thread_of_a_decoder_is_allowed(hostile, pool):
    assert hostile.told(pool, "attempt thread") == {"outcome": "done"}


@pytest.mark.parametrize("attempt", ["exec", "ptrace", "unshare", "x32"])
def test_what_only_a_taken_over_child_tries_ends_it(hostile, pool, attempt):
    assert hostile.answers(pool, f"attempt {attempt}") == ([], Refusal.DECODER_DIED)
    assert hostile.told(pool, "state")


def test_nothing_was_written_outside():
    assert not Path("/tmp/written-by-a-decoder").exists()  # noqa: S108


def test_a_child_holds_nothing_but_its_socket_and_its_item(hostile, pool):
    assert hostile.told(pool, "state")["open"] == "0 1 2 3 4"


def test_a_child_has_no_environment_and_sees_no_files(hostile, pool):
    state = hostile.told(pool, "state")
    assert state["environment"] == "0"
    assert state["root"] == "False"


def test_a_childs_limits_bind_it(hostile, pool):
    pid = hostile.told(pool, "state")["pid"]
    rows = Path(f"/proc/{pid}/limits").read_text("ascii").splitlines()
    limits = {row[:26].strip(): row[26:].split()[:2] for row in rows}
    assert limits["Max file size"] == ["0", "0"]
    assert limits["Max core file size"] == ["0", "0"]
    assert limits["Max open files"] == ["16", "16"]
    assert limits["Max cpu time"] == ["5", "6"]
    assert int(limits["Max address space"][1]) < 2**31


def test_the_kernel_says_that_the_filter_is_on_and_no_right_is_left(hostile, pool):
    pid = hostile.told(pool, "state")["pid"]
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines() if ":\t" in line
    )
    assert status["Seccomp"] == "2"
    assert status["NoNewPrivs"] == "1"
    assert int(status["CapPrm"], 16) == int(status["CapEff"], 16) == int(status["CapInh"], 16) == 0


def test_the_pool_tells_which_measures_hold(pool):
    assert Measure.SECCOMP in pool.confinement
    assert (Measure.OWN_USER in pool.confinement) == is_root


@pytest.mark.skipif(not is_root, reason="only root can become another user")
def test_the_children_of_root_run_as_a_user_of_their_own(hostile, pool):
    user = pwd.getpwnam("tsunagu-decode")
    assert hostile.told(pool, "state")["uid"] == str(user.pw_uid)
    assert user.pw_uid not in {0, pwd.getpwnam("nobody").pw_uid}


def test_a_user_that_cannot_be_made_is_told_and_nobody_else_is_taken(monkeypatch):
    monkeypatch.setattr(account, "USER_NAME", "tsunagu-nowhere")
    monkeypatch.setattr(account, "_USERADD", "/nonexistent/useradd")
    with pytest.raises(Unavailable, match="tsunagu-decode"):
        decode_account()


def test_a_user_with_the_rights_of_root_is_not_taken(monkeypatch):
    monkeypatch.setattr(account, "USER_NAME", "root")
    with pytest.raises(Unavailable, match="rights of root"):
        decode_account()


_WITHOUT_SECCOMP = """
    import ctypes, json, struct, sys
    sys.path[:] = json.loads(sys.argv[1])
    from tsunagu.domain.errors import Unavailable
    from tsunagu.media.messages import DecodeOptions
    from tsunagu.media.sandbox.limits import Limits
    from tsunagu.media.sandbox.pool import DecodePool
    libc = ctypes.CDLL(None, use_errno=True)
    steps = [(0x20, 0, 0, 0), (0x15, 0, 3, {prctl}), (0x20, 0, 0, 16), (0x15, 0, 1, 22), (0x06, 0, 0, 0x50016),
             (0x06, 0, 0, 0x7FFF0000)]
    code = b"".join(struct.pack("<HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(code, len(code))
    heading = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(buffer)))
    zero = ctypes.c_ulong(0)
    assert libc.prctl(38, ctypes.c_ulong(1), zero, zero, zero) == 0
    assert libc.prctl(22, ctypes.c_ulong(2), ctypes.c_ulong(ctypes.addressof(heading)), zero, zero) == 0
    try:
        with DecodePool(1, Limits(), DecodeOptions(), decoder="hostile_decoder"):
            print("started")
    except Unavailable as error:
        print("refused:", error)
"""


def test_where_the_system_has_no_filter_the_pool_does_not_start(hostile):
    prctl = {"x86_64": 157, "aarch64": 167}[os.uname().machine]
    script = textwrap.dedent(_WITHOUT_SECCOMP).replace("{prctl}", str(prctl))
    places = str([str(hostile.here), *sys.path]).replace("'", '"')
    ran = subprocess.run([sys.executable, "-c", script, places], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("refused: a decode child cannot be shut in")


def test_this_process_stays_free(pool):
    with socket.socket(socket.AF_UNIX) as free:
        assert free.fileno() > 2
