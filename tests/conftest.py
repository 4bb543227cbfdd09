"""What every test may lean on."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

# Kernels are compiled on their first call, which no deadline survives.
settings.register_profile("tsunagu", deadline=None)
settings.load_profile("tsunagu")


# A shell ignores the interrupt for what it starts in the background, and programs inherit that: the tests that
# interrupt a program would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def test_media() -> Path:
    """The folder of real benign media, which is never part of the project; without it the test is skipped."""
    folder = os.environ.get("TSUNAGU_TEST_MEDIA")
    if not folder:
        pytest.skip("TSUNAGU_TEST_MEDIA names no folder of real media")
    path = Path(folder)
    assert path.is_dir(), "TSUNAGU_TEST_MEDIA is set, but is no folder"
    return path
