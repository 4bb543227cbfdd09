"""Comparing 32 signatures at once, for which numba has no name of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

SIGNATURE_BITS = 16
AT_ONCE = 32
"""So many are read from the place on: an array of signatures has as many behind its last."""
_SIGNATURE, _LANE = ir.IntType(SIGNATURE_BITS), ir.IntType(32)
_COUNT = f"llvm.ctpop.v{AT_ONCE}i{SIGNATURE_BITS}"
_SIGNATURES = ir.VectorType(_SIGNATURE, AT_ONCE)


def _near(_context: Any, array: Any, place: Any, own: Any, most: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        address = builder.bitcast(builder.gep(data, [arguments[1]]), _SIGNATURES.as_pointer())
        there = builder.load(address, align=SIGNATURE_BITS // 8)
        kind = ir.FunctionType(_SIGNATURES, [_SIGNATURES])
        count = builder.module.globals.get(_COUNT) or ir.Function(builder.module, kind, _COUNT)
        apart = builder.call(count, [builder.xor(there, _repeated(builder, arguments[2]))])
        near = builder.icmp_unsigned("<=", apart, _repeated(builder, builder.trunc(arguments[3], _SIGNATURE)))
        return builder.zext(builder.bitcast(near, ir.IntType(AT_ONCE)), ir.IntType(64))

    if not isinstance(array, types.Array) or array.layout != "C" or array.dtype != types.uint16:
        return None
    if (place, own, most) != (types.int64, types.uint16, types.int64):
        return None
    return types.uint64(array, types.int64, types.uint16, types.int64), generate


def _repeated(builder: Any, value: Any) -> Any:
    one = builder.insert_element(ir.Constant(_SIGNATURES, ir.Undefined), value, _LANE(0))
    lanes = ir.Constant(ir.VectorType(_LANE, AT_ONCE), [0] * AT_ONCE)
    return builder.shuffle_vector(one, ir.Constant(_SIGNATURES, ir.Undefined), lanes)


near = cast("Callable[[Any, Any, Any, Any], np.uint64]", intrinsic(_near))
"""Return a bit for each of AT_ONCE signatures from a place on: whether at most `most` of its bits differ from `own`.

`most` is at least 0. Only inside compiled kernels.
"""
