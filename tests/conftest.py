"""What every test may lean on."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

SERVED = "tests/system/web/"
"""Tests by a browser: the server that they share takes seven seconds of a processor to start, and each process of a run
would start its own."""
KERNELS = Path(__file__).parents[1] / ".pytest_cache" / "kernels"
# Before any kernel is imported: the tests and the programs that they start compile each of them once.
os.environ.setdefault("NUMBA_CACHE_DIR", str(KERNELS))

# Kernels are compiled on their first call, which no deadline survives. Every run draws other examples than the one
# before it, so that a few each time become many; the soak draws many at once.
settings.register_profile("tsunagu", deadline=None, max_examples=25)
settings.register_profile("soak", deadline=None, max_examples=500)
settings.load_profile("soak" if os.environ.get("TSUNAGU_SOAK") else "tsunagu")


DISK, MEMORY = Path("/tmp"), Path("/dev/shm")  # noqa: S108 - private folders are made in them
ROOM_BYTES = 4 << 30
"""Room for the homes of all tests that run at once, and for what `doctor` wants to be free."""


def quick_folder(room_bytes: int = ROOM_BYTES) -> Path:
    """Return a folder in memory where there is so much room: a busy disk would rule how long the tests take.

    Unlike pytest's own, it is open to the users that the database and the decoder run as.
    """
    try:
        memory = os.statvfs(MEMORY)
    except FileNotFoundError:
        return DISK
    has_room = memory.f_bavail * memory.f_frsize > room_bytes
    return MEMORY if has_room and not memory.f_flag & os.ST_NOEXEC else DISK


# What is written with care waits for the disk each time: temporary folders lie in memory as well.
os.environ.setdefault("TMPDIR", str(quick_folder()))
tempfile.tempdir = None


def made_once(factory: pytest.TempPathFactory, name: str, home: Path, make: Callable[[], None]) -> None:
    """Fill a home by what `make` does in it, or by a copy of what another process of this run has made so already."""
    # What is made stands beside the folders of all processes of a run, where there are several.
    base = factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    shared.mkdir(mode=0o700, exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (shared / "whole").exists():
            subprocess.run(["cp", "-a", f"{shared}/home/.", home], check=True)
        else:
            make()
            subprocess.run(["cp", "-a", home, shared / "home"], check=True)
            (shared / "whole").touch()


# A shell ignores the interrupt for what it starts in the background, and programs inherit that: the tests that
# interrupt a program would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that start whole programs: where one of them comes last, a processor waits for it alone."""
    items.sort(key=lambda item: "system" not in item.path.parts)


class _Modules(LoadScopeScheduling):
    """Gives each module of tests to one process, and to one all those that share a served workplace."""

    def _split_scope(self, nodeid: str) -> str:
        return SERVED if nodeid.startswith(SERVED) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> _Modules | None:
    """Share the tests of a run out among its processes, unless it is asked to do so by anything but scopes."""
    return _Modules(config, log) if config.getoption("dist") == "loadscope" else None


@pytest.fixture(scope="session")
def test_media() -> Path:
    """The folder of real benign media, which is never part of the project; without it the test is skipped."""
    folder = os.environ.get("TSUNAGU_TEST_MEDIA")
    if not folder:
        pytest.skip("TSUNAGU_TEST_MEDIA names no folder of real media")
    path = Path(folder)
    assert path.is_dir(), "TSUNAGU_TEST_MEDIA is set, but is no folder"
    return path


@dataclass(frozen=True)
class SmallDisk:
    """A disk of its own over a folder, in memory, which is as full as any other when it is full."""

    folder: Path

    def fill(self, leave_bytes: int, name: str = "ballast") -> Path:
        """Leave so much free of it, and return the file that takes the rest, for it to be removed."""
        ballast = self.folder / name
        ballast.write_bytes(bytes(shutil.disk_usage(self.folder).free - leave_bytes))
        return ballast


@pytest.fixture
def small_disk() -> Iterator[Callable[..., SmallDisk]]:
    """A function that puts a disk of so many bytes, and of so many files, over a folder until the end of the test."""
    folders: list[Path] = []

    def mount(folder: Path, size_bytes: int, *, most_files: int = 10_000) -> SmallDisk:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes},nr_inodes={most_files},mode=0711", "tmpfs", folder]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode:
            pytest.skip("MISSING: the right to mount a disk (root on a host of one's own). No full disk is tried.")
        folders.append(folder)
        return SmallDisk(folder)

    yield mount
    for folder in folders:
        subprocess.run(["umount", "--lazy", folder], check=True)
