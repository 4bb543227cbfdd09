"""The few calls of the Linux kernel that Python 3.11 does not offer, through the C library."""

from __future__ import annotations

import ctypes
import os
from typing import Final

CLONE_NEWUSER: Final = 0x1000_0000
CLONE_NEWNET: Final = 0x4000_0000

_CAPABILITY_VERSION_3: Final = 0x2008_0522
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, first: int = 0, second: int = 0) -> None:
    """Change one setting of the calling process (prctl(2)).

    Raises:
        OSError: the kernel refuses it.
    """
    words = [ctypes.c_ulong(word) for word in (first, second, 0, 0)]
    _check(_LIBC.prctl(ctypes.c_int(option), *words))


def unshare(flags: int) -> None:
    """Give the calling process namespaces of its own (unshare(2)).

    Raises:
        OSError: the kernel refuses it.
    """
    _check(_LIBC.unshare(ctypes.c_int(flags)))


def give_up_capabilities() -> None:
    """Empty the permitted, effective and inheritable capabilities of the calling process (capset(2)).

    Raises:
        OSError: the kernel refuses it.
    """
    heading = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _check(_LIBC.capset(ctypes.byref(heading), ctypes.byref(nothing)))


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
