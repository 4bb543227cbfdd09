"""Kernels load without linear algebra, and nobody else misses it."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("scipy")


def _told(program: str) -> str:
    """Return what a fresh interpreter prints: in this one everything may be loaded already."""
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_a_process_that_only_takes_fingerprints_never_loads_linear_algebra() -> None:
    told = _told("""
import sys
from tsunagu.fingerprints import taking
taking.warm_up()
print("scipy.linalg" in sys.modules)
""")
    assert told == "False"


def test_linear_algebra_is_hidden_from_the_loading_thread_alone_and_only_meanwhile() -> None:
    told = _told("""
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from tsunagu.fingerprints.loading import without_linear_algebra
def is_found():
    try:
        return find_spec("scipy.linalg") is not None
    except ModuleNotFoundError:
        return False
with ThreadPoolExecutor(1) as other, without_linear_algebra():
    print(is_found(), other.submit(is_found).result(), end=" ")
print(is_found())
""")
    assert told == "False True True"
