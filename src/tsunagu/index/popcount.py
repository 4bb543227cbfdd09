"""Counting set bits: one instruction, which numba does not offer by a name of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from numba import types
from numba.extending import intrinsic


def _popcount(_context: Any, word: Any) -> Any:
    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    if word != types.uint64:
        return None
    return types.int64(types.uint64), generate


popcount = cast("Callable[[Any], int]", intrinsic(_popcount))
"""Return the number of set bits of a uint64, as int64. Only inside compiled kernels; any other type is refused."""
