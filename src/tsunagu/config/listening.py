"""Whether the workplace can be served: the port is free, and the certificate and its key are what they should be."""

from __future__ import annotations

import errno
import socket
import ssl
from pathlib import Path

from tsunagu.domain.errors import Conflict, InputError, Unavailable


def refuse_unservable(*, host: str, port: int, tls: tuple[Path, Path] | None) -> None:
    """Refuse what the web server could not serve.

    Args:
        host: the address to listen at.
        port: the port.
        tls: certificate and key, PEM files.

    Raises:
        Conflict: something listens at the port already.
        InputError: this machine has no such address, or certificate and key are not what they should be.
        Unavailable: the system lets nobody listen there, or not this user.
    """
    if tls is not None:
        _refuse_bad_certificate(*tls)
    _refuse_taken(host, port)


def _refuse_bad_certificate(certificate: Path, key: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key, password=lambda: "")  # nobody is there to be asked for one
    except ssl.SSLError as error:
        raise InputError(
            "certificate and key are no PEM files that belong together, or the key has a password"
        ) from error
    except OSError as error:
        raise InputError("the certificate or its key cannot be read") from error


def _refuse_taken(host: str, port: int) -> None:
    """Bind once as a program does that shares its port with nobody: the web server itself would share it in silence."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what a server has left behind is no matter
            probe.bind(address)
    except socket.gaierror as error:
        raise InputError("this machine has no such address to listen at (--host)") from error
    except OSError as error:
        raise _why_not(error) from error


def _why_not(error: OSError) -> Conflict | InputError | Unavailable:
    if error.errno == errno.EADDRINUSE:
        return Conflict("the port is taken: another program listens there; choose another (--port)")
    if error.errno == errno.EADDRNOTAVAIL:
        return InputError("this machine has no such address to listen at (--host)")
    return Unavailable("the system does not let this user listen at this address and port")
