"""A library that is there, but that another had better not see."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast


@contextmanager
def hidden(module: str) -> Iterator[None]:
    """Have a module pass for one that is not installed, unless it is loaded already.

    Where SciPy is, numba loads it with its first kernel, to see whether it could offer linear algebra: nobody asks for
    any, and it takes up to half a second.
    """
    if module in sys.modules:
        yield
        return
    sys.modules[module] = cast("ModuleType", None)
    try:
        yield
    finally:
        del sys.modules[module]
