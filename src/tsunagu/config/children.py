"""The limited children that decode, as this program uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tsunagu.media.sandbox.begun import Begun, begin_zygote

if TYPE_CHECKING:
    from tsunagu.media.sandbox.pool import DecodePool

DECODER: Final = "tsunagu.fingerprints.taking"
"""The module with which they decode: they load it, and their parent need not."""
TABLES: Final = "tsunagu.exchange.seized.tables_child"
"""The module with which one reads workbooks and databases."""


def begin_early() -> Begun:
    """Have the children's zygote load while this program loads; both take a second or two.

    Raises:
        Unavailable: no process can be started.
    """
    return begin_zygote(DECODER)


def table_child() -> DecodePool:
    """Return a pool of one child that reads workbooks and databases, not started yet: enter it."""
    from tsunagu.media.messages import DecodeOptions  # noqa: PLC0415
    from tsunagu.media.sandbox.limits import Limits  # noqa: PLC0415
    from tsunagu.media.sandbox.pool import DecodePool  # noqa: PLC0415

    return DecodePool(1, Limits(), DecodeOptions(), decoder=TABLES)


def decode_children(count: int, begun: Begun | None = None) -> DecodePool:
    """Return the pool of `count` children, not started yet: enter it.

    Args:
        begun: what `begin_early` returned, for one pool.
    """
    # Only who decodes waits for NumPy.
    from tsunagu.media.messages import DecodeOptions  # noqa: PLC0415
    from tsunagu.media.sandbox.limits import Limits  # noqa: PLC0415
    from tsunagu.media.sandbox.pool import DecodePool  # noqa: PLC0415

    return DecodePool(count, Limits(), DecodeOptions(), decoder=DECODER, begun=begun)
