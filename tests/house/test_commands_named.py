"""Every command that a document or a hint names exists, with its options: docs/commands.md is written from the help."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

CALLED = re.compile(r"`tsunagu\s+([a-z][^`]*)`|^tsunagu ([a-z].*?)(?:  |$)", re.MULTILINE)
"""Within a sentence, or on a line of its own that a shell is to run."""
GOES_ON = re.compile(r"\"\s*\n\s*f?\"")
"""Where one text of the program goes on in the next line."""


@pytest.fixture(scope="session")
def known(root: Path) -> dict[str, str]:
    """What the reference tells of each command, by its name; of the program itself by an empty one."""
    parts = re.split(
        r"^#+ `tsunagu ?([^`]*)`$", (root / "docs" / "commands.md").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def texts(root: Path) -> Iterator[tuple[str, str]]:
    """Yield what people read: each document, and each file of the program, whose hints name commands as well."""
    for path in (*root.glob("*.md"), *(root / "docs").rglob("*.md"), *(root / "src" / "tsunagu").rglob("*.py")):
        yield str(path.relative_to(root)), GOES_ON.sub("", path.read_text(encoding="utf-8"))


def is_known(called: str, known: dict[str, str]) -> bool:
    """Return whether the program has this command, and the options that it is called with."""
    name, *words = called.split()
    while words and f"{name} {words[0]}" in known:
        name = f"{name} {words.pop(0)}"
    is_group = any(one.startswith(f"{name} ") for one in known)
    if name not in known or (is_group and words and re.match(r"[a-z]", words[0])):
        return False
    options = (word.split("=")[0].strip(".,") for word in words if re.match(r"--[a-z]", word))
    return all(re.search(rf"(?<![\w-]){option}(?![\w-])", known[name]) for option in options)


def test_every_command_that_a_document_or_a_hint_names_exists(root: Path, known: dict[str, str]) -> None:
    named = [(name, one[1] or one[2]) for name, text in texts(root) for one in CALLED.finditer(text)]
    assert len(named) > 100
    assert [(name, called) for name, called in named if not is_known(called, known)] == []


@pytest.mark.parametrize("called", ["officer leave", "nothing", "serve --nothing", "officer list --nothing"])
def test_a_command_that_is_not_there_is_found(called: str, known: dict[str, str]) -> None:
    assert not is_known(called, known)
    assert is_known("officer end LOGIN", known)
