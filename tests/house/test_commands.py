"""The commands are documented as they are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_reference_of_commands_is_what_the_program_says_of_itself() -> None:
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "tsunagu.config.settings"}
    code = "import django; django.setup(); from tsunagu.cli.reference import reference; print(reference(), end='')"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environ).stdout
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == said
