"""Loads compiled kernels without what none of them uses."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from threading import get_ident
from types import ModuleType
from typing import Final

_LINEAR_ALGEBRA: Final = "scipy.linalg"


class _Hiding(MetaPathFinder):
    """Hides SciPy's linear algebra from the thread that made it, and from no other."""

    def __init__(self) -> None:
        self._thread = get_ident()

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> None:
        """Refuse that one module; say nothing of any other, nor to any other thread.

        Raises:
            ModuleNotFoundError: it is the hidden one.
        """
        del path, target
        if fullname == _LINEAR_ALGEBRA and get_ident() == self._thread:
            raise ModuleNotFoundError("hidden while kernels load", name=fullname)


@contextmanager
def without_linear_algebra() -> Iterator[None]:
    """Have SciPy's linear algebra pass for not installed while this thread loads the first kernel of a process.

    Where it is, numba loads it for .3 s to see whether it could offer it to kernels, and none of ours asks for any.
    """
    hiding = _Hiding()
    sys.meta_path.insert(0, hiding)
    try:
        yield
    finally:
        sys.meta_path.remove(hiding)
