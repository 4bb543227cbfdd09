"""The commands are documented as they are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_migrations_are_what_the_tables_are_now() -> None:
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "tsunagu.config.settings"}
    # Without a database the check of what has been applied cannot be made, which is a warning, and no matter here.
    command = [sys.executable, "-W", "ignore", "-m", "django", "makemigrations", "--check", "--dry-run"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_reference_of_commands_is_what_the_program_says_of_itself() -> None:
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "tsunagu.config.settings"}
    code = "import django; django.setup(); from tsunagu.cli.reference import reference; print(reference(), end='')"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ).stdout
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == said


def test_nothing_loads_the_kernels_before_it_needs_them() -> None:
    loaded = "import tsunagu.config.application, tsunagu.config.urls, tsunagu.jobs.tasks, tsunagu.cli.main"
    code = f"import django, sys; django.setup(); {loaded}; print(*{{'numba', 'numpy'}} & sys.modules.keys())"
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "tsunagu.config.settings"}
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ).stdout
    assert said == "\n"
