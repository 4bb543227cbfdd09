"""The decode child: answers requests until its parent hangs up. Everything here runs behind closed doors."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Protocol

from tsunagu.domain.media import MediaKind, MediaType, Refusal
from tsunagu.media.messages import DecodeOptions, Message, Refused, RgbPicture
from tsunagu.media.sandbox.request import HELLO, Request, receive_request
from tsunagu.media.sandbox.wire import Buffer, encode, encode_end, encode_refusal

_READ_BYTES = 1 << 16


class Decoder(Protocol):
    """What a child decodes with: the module `tsunagu.fingerprints.taking`, or another of its shape in a test."""

    def decode(self, file: BinaryIO, media_type: MediaType, options: DecodeOptions) -> Iterator[Message]:
        """Yield the messages of one item; raise Refused where it ends early."""
        ...

    def fingerprint(self, file: BinaryIO, media_type: MediaType, options: DecodeOptions) -> Iterator[Message]:
        """Do the same, with fingerprints in place of pictures and frames."""
        ...

    def decode_rgb(self, file: BinaryIO, media_type: MediaType, options: DecodeOptions, *, max_side: int) -> RgbPicture:
        """Return one picture in color."""
        ...

    def warm_up(self) -> None:
        """Load all that decoding needs."""
        ...


def serve(connection: socket.socket, decoder: Decoder, options: DecodeOptions) -> None:
    """Answer requests; return when the parent has hung up or memory has run out once.

    Any other error of a decoder ends the process: its state is not to be trusted after that.

    Raises:
        OSError: the parent is gone in the middle of an item.
    """
    connection.sendall(HELLO)
    while (received := receive_request(connection)) is not None:
        request, file_fd = received
        # What is said of a picture is said within moments and goes in one piece: the parent is woken once. Of anything
        # else each message goes when it is there, and stands if the decoder stalls or dies later.
        held: list[Buffer] | None = [] if request.media_type.kind is MediaKind.PICTURE else None
        end = encode_end()
        try:
            with open(file_fd, "rb", buffering=_READ_BYTES) as file:  # noqa: PTH123 - a descriptor
                file.seek(0)
                for message in _answer(request, file, decoder, options):
                    if held is None:
                        _send(connection, encode(message))
                    else:
                        held.extend(encode(message))
        except Refused as refused:
            end = encode_refusal(refused.refusal)
        except MemoryError:
            _send(connection, (*(held or ()), encode_refusal(Refusal.OUT_OF_MEMORY)))
            return
        _send(connection, (*(held or ()), end))


def _answer(
    request: Request, file: BinaryIO, decoder: Decoder, options: DecodeOptions
) -> Iterator[Message | RgbPicture]:
    if request.rgb_side:
        yield decoder.decode_rgb(file, request.media_type, options, max_side=request.rgb_side)
    elif request.as_fingerprints:
        yield from decoder.fingerprint(file, request.media_type, options)
    else:
        yield from decoder.decode(file, request.media_type, options)


def _send(connection: socket.socket, buffers: Sequence[Buffer]) -> None:
    """Send all of `buffers`; the parent's slowness is felt here, so that nothing piles up."""
    sent = connection.sendmsg(buffers)
    for buffer in buffers:
        if sent >= len(buffer):
            sent -= len(buffer)
        else:
            connection.sendall(memoryview(buffer)[sent:])
            sent = 0
