"""What the parent asks of a decode child: one datagram-sized message and one open file."""

from __future__ import annotations

import array
import socket
import struct
from dataclasses import dataclass
from typing import Final

from tsunagu.domain.media import MediaType

HELLO: Final = b"\x17"
"""What a child says first, once all its doors are closed."""

_REQUEST: Final = struct.Struct("<B?I")  # number of the media type, whether as fingerprints, longest side
_MEDIA_TYPES: Final = tuple(MediaType)


@dataclass(frozen=True, slots=True)
class Request:
    """One item to be decoded.

    Attributes:
        media_type: what the content is to be read as.
        as_fingerprints: whether pictures and frames are answered with their fingerprints instead of their planes.
        rgb_side: 0 for the messages of the item; else the longest side, in pixels, of the colored picture asked for.
    """

    media_type: MediaType
    as_fingerprints: bool = False
    rgb_side: int = 0


def send_request(connection: socket.socket, request: Request, file_fd: int) -> None:
    """Send a request with its file.

    Raises:
        OSError: the child is gone.
    """
    packed = _REQUEST.pack(_MEDIA_TYPES.index(request.media_type), request.as_fingerprints, request.rgb_side)
    socket.send_fds(connection, [packed], [file_fd])


def receive_request(connection: socket.socket) -> tuple[Request, int] | None:
    """Wait for the next request; None when the parent has hung up.

    Returns:
        The request, and its file as a descriptor that the caller closes.

    Raises:
        ValueError: it is no request.
    """
    # recvmsg by hand: socket.recv_fds would lose a file that came with the first of several pieces.
    packed, ancillary, _flags, _address = connection.recvmsg(
        _REQUEST.size, socket.CMSG_SPACE(array.array("i").itemsize), socket.MSG_WAITALL
    )
    if not packed:
        return None
    files = array.array("i")
    for _level, _kind, data in ancillary:
        files.frombytes(data)
    if len(packed) != _REQUEST.size or len(files) != 1:
        raise ValueError("no request")
    number, as_fingerprints, rgb_side = _REQUEST.unpack(packed)
    return Request(_MEDIA_TYPES[number], as_fingerprints, rgb_side), files[0]
