"""Starts the process that becomes a zygote. Loads nothing: a program may start it before it loads itself."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tsunagu.domain.errors import Unavailable

# The zygote finds its modules where the parent found them, whatever the environment and the folder are.
_BOOT: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[3]);"
    "from tsunagu.media.sandbox.zygote import main; main(int(sys.argv[1]), sys.argv[2])"
)
_END_S: Final = 30.0
# Some interpreters do not start without the first; in the second lie the kernels that are compiled already.
_HANDED_ON: Final = ("LD_LIBRARY_PATH", "NUMBA_CACHE_DIR")


@dataclass(frozen=True, slots=True)
class Begun:
    """A process that loads what its children decode with, and waits for its charter.

    Attributes:
        control: the parent's end of the socket between them; closing it ends the process.
    """

    control: socket.socket
    process: subprocess.Popen[bytes]

    def close(self) -> None:
        """End it, and with it all its children."""
        self.control.close()
        try:
            self.process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def begin_zygote(decoder: str) -> Begun:
    """Start a zygote; it loads beside whatever the caller does next.

    Args:
        decoder: dotted name of the module that decodes, of the shape of `child.Decoder`.

    Raises:
        Unavailable: no process can be started.
    """
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        try:
            return Begun(control, _start(theirs.fileno(), decoder))
        except BaseException:
            control.close()
            raise


def _start(control_fd: int, decoder: str) -> subprocess.Popen[bytes]:
    places = json.dumps([str(Path(place).absolute()) for place in sys.path])
    environment = {
        "LC_ALL": "C.UTF-8",
        "MALLOC_ARENA_MAX": "1",  # each further one takes 128 MiB of the address space
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        **{name: os.environ[name] for name in _HANDED_ON if name in os.environ},
    }
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-I", "-B", "-c", _BOOT, str(control_fd), decoder, places],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[control_fd],
            env=environment,
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        raise Unavailable("the decode process does not start") from error
