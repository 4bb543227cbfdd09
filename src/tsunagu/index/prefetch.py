"""Asking for a cache line before it is needed, for which numba has no name of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_READ, _KEEP, _DATA = 0, 3, 1


def _prefetch(_context: Any, array: Any, place: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        address = builder.bitcast(builder.gep(data, [arguments[1]]), ir.IntType(8).as_pointer())
        word = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [address.type, word, word, word])
        ask = builder.module.declare_intrinsic("llvm.prefetch", [address.type], kind)
        builder.call(ask, [address, *(ir.Constant(word, value) for value in (_READ, _KEEP, _DATA))])
        return context.get_dummy_value()

    if not isinstance(array, types.Array) or array.layout != "C" or place != types.int64:
        return None
    return types.void(array, types.int64), generate


prefetch = cast("Callable[[Any, Any], None]", intrinsic(_prefetch))
"""Ask for the cache line of the element at a flat place of an array. Only inside compiled kernels."""
