"""The documents tell of what is there: words, permissions, targets, decisions, changes."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tsunagu.domain.permission import Permission

MAKE_TARGET = re.compile(r"\bmake ([a-z][a-z-]+)(?==|\b)")
MAKEFILE_TARGET = re.compile(r"^([a-z][a-z-]*):(?!=)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`]+)`")


def documents(root: Path) -> list[Path]:
    """Every document that a person reads."""
    return [*root.glob("*.md"), *(root / "docs").rglob("*.md")]


def public_classes(root: Path) -> set[str]:
    """The names of the public classes of the domain."""
    return {
        node.name
        for path in (root / "src" / "tsunagu" / "domain").glob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    }


def glossary_words(root: Path) -> set[str]:
    """What the glossary tells of: the code in the first cell of a row, or in the cell of its class."""
    rows = (root / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    return {word for row in rows if row.startswith("|") for word in CODE.findall(row)}


def test_the_glossary_knows_every_public_class_of_the_domain(root: Path) -> None:
    assert public_classes(root) - glossary_words(root) == set()


def test_the_glossary_knows_every_permission(root: Path) -> None:
    assert {one.value for one in Permission} - glossary_words(root) == set()


def test_the_glossary_knows_no_class_that_is_gone(root: Path) -> None:
    looks_like_a_class = {word for word in glossary_words(root) if re.fullmatch(r"[A-Z][a-z]+[A-Za-z]*", word)}
    assert looks_like_a_class - public_classes(root) == set()


def test_every_make_target_that_a_document_names_exists(root: Path) -> None:
    targets = set(MAKEFILE_TARGET.findall((root / "Makefile").read_text(encoding="utf-8")))
    for document in documents(root):
        code = " ".join(re.findall(r"```.*?```|`[^`]+`", document.read_text(encoding="utf-8"), re.DOTALL))
        assert set(MAKE_TARGET.findall(code)) - targets == set(), document.name


@pytest.mark.parametrize("target", ["setup", "demo", "serve", "test", "check", "soak", "bench", "lock"])
def test_make_help_tells_of_every_target(target: str, root: Path) -> None:
    told = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=root, check=True, capture_output=True, text=True
    )
    assert re.search(rf"^  make {target} +\S", told.stdout, re.MULTILINE)


def test_every_link_between_documents_leads_somewhere(root: Path) -> None:
    broken = []
    for document in documents(root):
        for target in LINK.findall(document.read_text(encoding="utf-8")):
            if "://" in target or target.startswith(("#", "mailto:")):
                continue
            if not (document.parent / target.partition("#")[0]).exists():
                broken.append(f"{document.name}: {target}")
    assert broken == []


def test_every_change_fragment_is_of_a_known_kind(root: Path, pyproject: dict[str, Any]) -> None:
    kinds = {one["directory"] for one in pyproject["tool"]["towncrier"]["type"]}
    fragments = [one for one in (root / "changelog.d").iterdir() if one.name not in {"README.md", ".gitignore"}]
    assert fragments
    for fragment in fragments:
        assert re.fullmatch(rf"[a-z0-9+-]+\.({'|'.join(kinds)})(\.[0-9]+)?\.md", fragment.name), fragment.name
        assert fragment.read_text(encoding="utf-8").strip(), fragment.name


def test_every_decision_has_a_number_of_its_own_and_is_in_the_index(root: Path) -> None:
    folder = root / "docs" / "decisions"
    decisions = sorted(one.name for one in folder.glob("[0-9]*.md"))
    assert len({name[:4] for name in decisions}) == len(decisions)
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert [name for name in decisions if f"]({name})" not in index] == []


def test_every_owned_path_exists(root: Path) -> None:
    lines = (root / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    owned = [line.split()[0] for line in lines if line and not line.startswith("#")]
    assert [path for path in owned if path != "*" and not list(root.glob(path.strip("/")))] == []
