"""Files of other hosts, where an installation allows them by name: no inner address, no redirect, none too large."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from urllib.parse import urlsplit

from tsunagu.domain.errors import InputError, Unavailable

MOST_BYTES = 100 << 20
PATIENCE_S = 10.0
_PIECE_BYTES = 1 << 16
_PORT = 443
_OFF = "this server fetches no files: send the file itself"


class _Pinned(HTTPSConnection):
    """A connection to the address that was looked at, whatever the name leads to by now."""

    def __init__(self, host: str, address: str) -> None:
        super().__init__(host, _PORT, timeout=PATIENCE_S, context=ssl.create_default_context())
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, _PORT), PATIENCE_S)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


class RemoteFiles:
    """Fetches files from the hosts that the settings allow."""

    def __init__(self, hosts: str | None) -> None:
        """Allow these hosts, with commas between them; None allows none."""
        self._hosts = frozenset(one.strip().lower() for one in (hosts or "").split(",") if one.strip())

    def __call__(self, url: str) -> Iterator[bytes]:
        """Yield a file piece by piece.

        Raises:
            InputError: nothing is fetched here, or not from this host, or it is too large or no answer of a file.
            Unavailable: the host does not answer.
        """
        if not self._hosts:
            raise InputError(_OFF)
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        if parts.scheme != "https" or host not in self._hosts or parts.port not in {None, _PORT} or parts.username:
            raise InputError("this server fetches files by https alone, and not from this host")
        connection = _Pinned(host, _outer_address(host))
        try:
            connection.request("GET", f"{parts.path or '/'}{'?' * bool(parts.query)}{parts.query}")
            yield from _bounded(connection.getresponse())
        except (OSError, HTTPException) as error:
            raise Unavailable("the host of this file does not answer") from error
        finally:
            connection.close()


def _outer_address(host: str) -> str:
    """Return an address of a host, all of which lie outside.

    Raises:
        InputError: one of them is an inner one.
        Unavailable: it has none.
    """
    try:
        found = {str(one[4][0]) for one in socket.getaddrinfo(host, _PORT, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise Unavailable("the host of this file is not found") from error
    if not all(ip_address(one.partition("%")[0]).is_global for one in found):
        raise InputError("this server fetches nothing from inner addresses")
    return min(found)


def _bounded(response: HTTPResponse) -> Iterator[bytes]:
    if response.status != 200:
        raise InputError("the host answers with no file; redirects are not followed")
    left = MOST_BYTES
    while piece := response.read(_PIECE_BYTES):
        left -= len(piece)
        if left < 0:
            raise InputError(f"a file that is fetched has at most {MOST_BYTES >> 20} MiB")
        yield piece
