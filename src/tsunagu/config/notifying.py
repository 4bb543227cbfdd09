"""What the service manager is told."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress

VARIABLE = "NOTIFY_SOCKET"


def notify_ready(environ: Mapping[str, str]) -> None:
    """Tell systemd that the service is ready; nothing happens where no service manager listens.

    Source: sd_notify(3).
    """
    address = environ.get(VARIABLE, "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, suppress(OSError):
        manager.sendto(b"READY=1", "\0" + address[1:] if address.startswith("@") else address)
