"""A decoder that does what a taken-over one would; the item's content says what. Loaded by the sandbox tests only."""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from tsunagu.domain.media import MediaFacts, MediaType, Refusal
from tsunagu.media.messages import DecodeOptions, Message, Refused, RgbPicture, SoundChunk
from tsunagu.media.picture import Picture, TimedPicture

OWN_SOCKET = 3


_parent = 0


def warm_up() -> None:
    """Remember the process that loads this: the children may not ask for their parent."""
    global _parent  # noqa: PLW0603
    _parent = os.getpid()


def decode(file: BinaryIO, media_type: MediaType, options: DecodeOptions) -> Iterator[Message]:
    verb, _, argument = file.read().decode().partition(" ")
    yield from DEEDS[verb](argument)


def decode_rgb(file: BinaryIO, media_type: MediaType, options: DecodeOptions, *, max_side: int) -> RgbPicture:
    side = int(file.read() or max_side)
    return RgbPicture(np.full((side, 2, 3), 7, np.uint8))


def _told(**tags: str) -> MediaFacts:
    return MediaFacts(tags=tags)


def _attempt(argument: str) -> Iterator[Message]:
    """Tell the error number that the kernel answers with, or `done`."""
    try:
        _ATTEMPTS[argument]()
    except OSError as error:
        yield _told(outcome=errno.errorcode.get(error.errno or 0, "?"))
    else:
        yield _told(outcome="done")


def _system_call(number: int, *words: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(ctypes.c_long(number), *(ctypes.c_long(word) for word in words)) == -1:
        raise OSError(ctypes.get_errno(), "refused")


def _in_thread() -> None:
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()


_ATTEMPTS = {
    "fork": os.fork,
    "clone": lambda: _system_call(56, 17, 0, 0, 0, 0),
    "thread": _in_thread,
    "clone3": lambda: _system_call(435, 0, 0),
    "socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
    "unix-socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
    "connect": lambda: _system_call(42, OWN_SOCKET, 0, 0),
    "read-file": lambda: os.open("/etc/passwd", os.O_RDONLY),
    "write-file": lambda: os.open("/tmp/written-by-a-decoder", os.O_WRONLY | os.O_CREAT, 0o600),  # noqa: S108
    "list": lambda: os.listdir("/"),  # noqa: PTH208
    "memfd": lambda: os.memfd_create("room"),
    "signal-parent": lambda: os.kill(1, 0),
    "map-code": lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC),
    "write-to-item": lambda: os.write(4, b"x"),
    "more-limits": lambda: _system_call(302, 0, 0, 0, 0),
    "handle-signals": lambda: signal.signal(signal.SIGXCPU, signal.SIG_IGN),
    "exec": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
    "ptrace": lambda: _system_call(101, 16, 1, 0, 0),
    "unshare": lambda: _system_call(272, 0x10000000),
    "x32": lambda: _system_call(0x40000000 + 39),
}


def _state(_: str) -> Iterator[Message]:
    yield _told(
        uid=str(os.getuid()),
        environment=str(len(os.environ)),
        open=" ".join(str(fd) for fd in range(64) if _is_open(fd)),
        pid=str(os.getpid()),
        parent=str(_parent),
        root=str(os.path.exists("/etc")),  # noqa: PTH110
    )


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def _fill_memory(_: str) -> Iterator[Message]:
    hoard = [np.ones(1 << 24, np.uint8) for _ in range(100_000)]
    yield _told(hoard=str(len(hoard)))


def _loop(argument: str) -> Iterator[Message]:
    yield _told(loop="begins")
    if argument == "stubbornly":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGXCPU})
    while True:
        pass


def _state_and_loop(_: str) -> Iterator[Message]:
    yield from _state("")
    while True:
        pass


def _dribble(_: str) -> Iterator[Message]:
    for number in range(10_000):
        time.sleep(0.01)
        yield from _frames_from(number, 1)


def _sleep(argument: str) -> Iterator[Message]:
    yield from _state("")
    time.sleep(float(argument))
    yield TimedPicture(0.0, 0, Picture(np.zeros((1, 1), np.uint8), 1, 1))


def _say(argument: str) -> Iterator[Message]:
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, OWN_SOCKET).sendall(bytes.fromhex(argument))
    yield from ()


def _frames(argument: str) -> Iterator[Message]:
    yield from _frames_from(0, int(argument))


def _frames_from(first: int, count: int) -> Iterator[Message]:
    for number in range(first, first + count):
        yield TimedPicture(float(number), number, Picture(np.full((300, 400), number % 256, np.uint8), 400, 300))


def _sound_for_ever(_: str) -> Iterator[Message]:
    while True:
        yield SoundChunk(np.zeros(1 << 20, np.int16))


def _crash(_: str) -> Iterator[Message]:
    ctypes.string_at(0)
    yield from ()


def _refuse(argument: str) -> Iterator[Message]:
    yield _told(before="stands")
    raise Refused(Refusal(argument))


def _raise(_: str) -> Iterator[Message]:
    yield from ()
    raise RuntimeError("a decoder forgot a case")


def _gradient(argument: str) -> Iterator[Message]:
    rows = int(argument)
    luma = np.add.outer(np.arange(rows), np.arange(50)).astype(np.uint8)
    yield MediaFacts(width=50, height=rows, codecs=("gradient",), tags={"camera": "Ōkubo"})
    yield Picture(luma, 50, rows, 1, 1 + rows % 8)


DEEDS = {
    "attempt": _attempt,
    "state": _state,
    "fill-memory": _fill_memory,
    "loop": _loop,
    "state-and-loop": _state_and_loop,
    "dribble": _dribble,
    "sleep": _sleep,
    "say": _say,
    "frames": _frames,
    "sound-for-ever": _sound_for_ever,
    "crash": _crash,
    "refuse": _refuse,
    "raise": _raise,
    "gradient": _gradient,
}
