"""docs/operations.md is followed as it is written, command by command, in other folders."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..conftest import quick_folder  # noqa: TID252 - tests are no package with a name
from .conftest import KERNELS, PASSWORD, warm_program

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLACES = (
    "/var/lib/tsunagu-restored",
    "/var/lib/tsunagu",
    "/srv/tsunagu-backups",
    "/media/witness",
    "/media/custodians",
)
FIRST, SECOND = "correct horse battery", "staple of the second"
ANSWERS = {
    "tsunagu init": (PASSWORD, PASSWORD),
    "tsunagu keys export": (FIRST, SECOND),
    "tsunagu keys restore": (FIRST, SECOND),
}
"""What a person types when a command asks for it."""
EVERY_NEW_COMMAND = ("backup", "restore", "upgrade", "doctor", "status")


@pytest.fixture
def top() -> Iterator[Path]:
    """A folder that the database's own user may pass."""
    folder = Path(tempfile.mkdtemp(prefix="tsunagu-test-", dir=quick_folder()))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.soak
@pytest.mark.usefixtures("make_installation")  # at its end the loaded program ends as well
def test_every_command_of_the_page_works_in_its_order(top: Path, tmp_path: Path) -> None:
    for place in PLACES[2:]:
        (top / place[1:]).mkdir(parents=True, mode=0o700)
    (top / "var" / "lib").mkdir(parents=True, mode=0o711)
    (top / "var").chmod(0o711)
    environ = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "NUMBA_CACHE_DIR": str(KERNELS)}
    program = warm_program().stand_in(tmp_path)
    blocks = BLOCK.findall(DOCUMENT.read_text(encoding="utf-8"))
    for block in blocks:
        script = re.sub("|".join(map(re.escape, PLACES)), lambda found: f"{top}{found[0]}", block)
        typed = [line for command, lines in ANSWERS.items() if command in block for line in lines]
        done = subprocess.run(
            ["sh", "-eu", "-c", script],
            input="".join(f"{line}\n" for line in typed),
            capture_output=True,
            text=True,
            check=False,
            cwd=top,
            env=environ,
            pass_fds=[program],
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
    told = " ".join(blocks)
    assert [name for name in EVERY_NEW_COMMAND if f"tsunagu {name}" not in told] == []
