"""Whatever a decoder raises over hostile content becomes a refusal with a reason code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from tsunagu.domain.media import Refusal
from tsunagu.media.messages import Refused


@contextmanager
def refusing() -> Iterator[None]:
    """Let `Refused` pass and turn every other failure inside the block into one.

    Decoders of hostile bytes raise anything, from `SyntaxError` to `ZeroDivisionError`; none of it is a
    fault of this program, and none of their messages may travel on, since they quote the content.

    Raises:
        Refused: OUT_OF_MEMORY, TOO_MANY_PIXELS or DAMAGED.
    """
    try:
        yield
    except Refused:
        raise
    except MemoryError:
        raise Refused(Refusal.OUT_OF_MEMORY) from None
    except Image.DecompressionBombError:
        raise Refused(Refusal.TOO_MANY_PIXELS) from None
    except Exception:  # noqa: BLE001 - libraries over hostile bytes: any exception means the bytes are bad
        raise Refused(Refusal.DAMAGED) from None
