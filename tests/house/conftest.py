"""The house as the house tests see it: its root, its files, its configuration."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
# What a work tree holds beside the project, when git is not there to tell them apart.
NOT_OURS = {"__pycache__", "build", "dist"}


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's own folder."""
    return ROOT


@pytest.fixture(scope="session")
def project_files() -> list[Path]:
    """Every file that belongs to the project, committed or about to be."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        # A checkout that belongs to another user is read all the same: nothing in it is run.
        git = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(git, cwd=ROOT, check=True, capture_output=True).stdout
        return [path for name in listed.split(b"\0") if name and (path := ROOT / os.fsdecode(name)).is_file()]
    return [
        Path(folder) / name
        for folder, folders, names in os.walk(ROOT)
        for name in names
        if prune(folders) and not name.startswith(".coverage")
    ]


def prune(folders: list[str]) -> bool:
    """Keep `os.walk` out of what is made, not written."""
    folders[:] = [one for one in folders if one not in NOT_OURS and (one == ".ci" or not one.startswith("."))]
    return True


@pytest.fixture(scope="session")
def sources() -> list[Path]:
    """Every Python file of the program."""
    return sorted((ROOT / "src" / "tsunagu").rglob("*.py"))


@pytest.fixture(scope="session")
def pyproject() -> dict[str, Any]:
    """The project's configuration."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
