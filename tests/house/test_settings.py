"""Every setting and every variable is told in docs/settings.md, as it is."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from tsunagu.config.configuration import PREFIX, Configuration

VARIABLE = re.compile(r"""["'](TSUNAGU_[A-Z_]+)["']""")
ROW = re.compile(r"^\| `(\w+)` \| `(\w+)` \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
OWN_OF_DJANGO = {"TSUNAGU_ROLES"}


@pytest.fixture(scope="module")
def document(root: Path) -> str:
    """The page."""
    return (root / "docs" / "settings.md").read_text(encoding="utf-8")


def test_the_table_of_settings_is_what_the_program_reads(document: str) -> None:
    rows = [
        (
            one.name,
            f"{PREFIX}{one.name.upper()}",
            one.metadata["unit"],
            "none" if one.default is None else str(one.default),
            one.metadata["meaning"],
        )
        for one in dataclasses.fields(Configuration)
    ]
    assert ROW.findall(document) == rows


def test_every_variable_that_the_program_reads_is_told_of(document: str, sources: list[Path]) -> None:
    read = {name for path in sources for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    assert "TSUNAGU_MASTER_KEY" in read, "the pattern finds none"
    assert read - OWN_OF_DJANGO - set(re.findall(r"`(TSUNAGU_[A-Z_]+)`", document)) == set()


def test_every_setting_is_used_by_something_else_than_its_definition(sources: list[Path]) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sources if path.name != "configuration.py"]
    unused = [
        one.name for one in dataclasses.fields(Configuration) if not any(f".{one.name}" in text for text in texts)
    ]
    assert unused == []
