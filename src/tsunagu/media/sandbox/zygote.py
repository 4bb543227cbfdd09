"""The zygote: loads every decoder once, then forks decode children out of its warm memory.

It is started anew and not forked from the parent, whose snapshots a child must not inherit. It
handles no hostile byte. It ends when its parent does, and its children end with it.
"""

from __future__ import annotations

import dataclasses
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
from typing import Final, NoReturn, cast

from tsunagu.media.messages import DecodeOptions
from tsunagu.media.sandbox.account import Account
from tsunagu.media.sandbox.child import Decoder, serve
from tsunagu.media.sandbox.confine import OWN_SOCKET, close_doors, give_up_rights, leave_network
from tsunagu.media.sandbox.limits import Measure, address_space_bytes

SPAWN: Final = b"S"
END: Final = b"E"
DOORS_OPEN: Final = 77
"""Exit status of a child that could not be shut in, and therefore did nothing."""

NUMBER: Final = struct.Struct("<q")
MOST_MESSAGE_BYTES: Final = 1 << 17
_LOOK_AT_PARENT_MS: Final = 2000


@dataclasses.dataclass(frozen=True, slots=True)
class Charter:
    """What a zygote is told when it starts.

    Attributes:
        options: how, and within which bounds.
        memory_bytes: address space of a child beyond the zygote's.
        life_cpu_s: processor seconds of a child's life.
        account: the user to become, None to stay who one is.
        parent_pid: the process with which it ends.
    """

    options: DecodeOptions
    memory_bytes: int
    life_cpu_s: int
    account: Account | None
    parent_pid: int

    def to_json(self) -> bytes:
        """Return the charter as text."""
        return json.dumps(dataclasses.asdict(self)).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Charter:
        """Return the charter that `to_json` wrote; it comes from the parent and is trusted."""
        told = json.loads(text)
        account = None if told["account"] is None else Account(**told["account"])
        return cls(**{**told, "options": DecodeOptions(**told["options"]), "account": account})


def main(control_fd: int, decoder_name: str) -> None:
    """Load, tell the parent which measures hold once it has given a charter, and serve it until it hangs up.

    Args:
        control_fd: the socket to the parent.
        decoder_name: dotted name of the module that decodes.
    """
    with socket.socket(fileno=control_fd) as control:
        told = b""
        try:
            decoder, measures = _prepare(decoder_name)
            told = control.recv(MOST_MESSAGE_BYTES)
            if not told:
                return
            charter = Charter.from_json(told)
            most_bytes = address_space_bytes() + charter.memory_bytes
            measures |= give_up_rights(charter.account)
        except Exception as error:  # noqa: BLE001 - whatever it is, the parent has to say it
            if not told:
                control.recv(MOST_MESSAGE_BYTES)  # an answer is lost where its giver is gone before the question comes
            control.send(json.dumps({"failed": type(error).__name__}).encode())
            return
        control.send(json.dumps({"measures": sorted(measures)}).encode())
        _serve_parent(control, charter, decoder, most_bytes)


def _prepare(decoder_name: str) -> tuple[Decoder, frozenset[Measure]]:
    gc.disable()
    measures = leave_network()
    decoder = cast("Decoder", importlib.import_module(decoder_name))
    decoder.warm_up()
    # What is loaded by now is shared with every child for ever: the collector need not touch its pages, and what little
    # of it is garbage is not worth the time that looking for it takes.
    gc.freeze()
    gc.enable()
    return decoder, measures


def _serve_parent(control: socket.socket, charter: Charter, decoder: Decoder, most_bytes: int) -> None:
    poll = select.poll()
    poll.register(control, select.POLLIN)
    # A copy of the control socket in some other child of the parent would hide that the parent is gone.
    while os.getppid() == charter.parent_pid:
        if not poll.poll(_LOOK_AT_PARENT_MS):
            continue
        order, descriptors, _flags, _address = socket.recv_fds(control, 1 + NUMBER.size, 1)
        if order == SPAWN:
            pid = _spawn(descriptors[0], charter, decoder, most_bytes)
            os.close(descriptors[0])
            control.send(NUMBER.pack(pid))
        elif order.startswith(END):
            (pid,) = NUMBER.unpack(order[1:])
            control.send(NUMBER.pack(_end(pid)))
        else:
            return


def _spawn(socket_fd: int, charter: Charter, decoder: Decoder, most_bytes: int) -> int:
    zygote_pid = os.getpid()
    pid = os.fork()
    if pid == 0:
        _live(socket_fd, zygote_pid, charter, decoder, most_bytes)
    return pid


def _end(pid: int) -> int:
    """Kill a child and return how it ended, or had ended before; only its parent can do so without mistaking it."""
    os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def _live(socket_fd: int, zygote_pid: int, charter: Charter, decoder: Decoder, most_bytes: int) -> NoReturn:
    """Be a child: never return into the zygote's loop, whatever happens."""
    status = DOORS_OPEN
    try:
        close_doors(socket_fd, parent_pid=zygote_pid, address_space_bytes=most_bytes, life_cpu_s=charter.life_cpu_s)
        status = 1
        serve(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, OWN_SOCKET), decoder, charter.options)
        status = 0
    finally:
        os._exit(status)
