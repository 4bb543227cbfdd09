"""The floors are there, and the contracts between them refuse what they promise to refuse."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FLOORS = "Floors: each floor may use the floors beneath it, never one above"
PARTS = "Services: each part of the story may use the parts beneath it, never one above"
ENGINE = "The engine knows no framework"
WORDS = "Words need no library"
TABLES = "Only records touches the tables"
CYCLES = "No cycles between siblings"

# Each is a line of a file, the contract that must refuse it, and what is told beneath the name of that contract.
BREACHES = [
    (FLOORS, "domain/hit.py", "import tsunagu.media", "tsunagu.domain.hit -> tsunagu.media (l."),
    (FLOORS, "media/picture.py", "import tsunagu.services", "tsunagu.media.picture -> tsunagu.services (l."),
    (FLOORS, "records/__init__.py", "import tsunagu.config", "tsunagu.records -> tsunagu.config (l."),
    (FLOORS, "index/__init__.py", "import tsunagu.fingerprints", "tsunagu.index -> tsunagu.fingerprints (l."),
    (FLOORS, "overlap/__init__.py", "import tsunagu.exchange", "tsunagu.overlap -> tsunagu.exchange (l."),
    (FLOORS, "web/__init__.py", "import tsunagu.cli", "tsunagu.web -> tsunagu.cli (l."),
    (
        PARTS,
        "services/alerts/__init__.py",
        "import tsunagu.services.ledger",
        "tsunagu.services.alerts -> tsunagu.services.ledger (l.",
    ),
    (ENGINE, "index/__init__.py", "import django", "tsunagu.index -> django (l."),
    (ENGINE, "exchange/__init__.py", "import psycopg", "tsunagu.exchange -> psycopg (l."),
    (WORDS, "domain/hit.py", "import numpy", "tsunagu.domain.hit -> numpy (l."),
    (WORDS, "domain/fingerprint.py", "import pydantic", "tsunagu.domain.fingerprint -> pydantic (l."),
    (TABLES, "services/__init__.py", "import tsunagu.records.models", "tsunagu.services -> tsunagu.records.models (l."),
    (TABLES, "cli/__init__.py", "import tsunagu.records.models", "tsunagu.cli -> tsunagu.records.models (l."),
    (CYCLES, "domain/errors.py", "import tsunagu.domain.hit", "No cycles are allowed in tsunagu.domain."),
]
# Modules that stand on no floor end the check of the floors at once: they are planted by themselves.
STRAYS = [
    (FLOORS, "utils/__init__.py", '"""A floor that is none."""', "- tsunagu.utils"),
    (FLOORS, "helpers.py", '"""A floor that is none."""', "- tsunagu.helpers"),
    (PARTS, "services/helpers.py", '"""A part that is none."""', "- tsunagu.services.helpers"),
]
Told = dict[str, str]


def copied_source(folder: Path, root: Path) -> Path:
    """A copy of the source that may be spoilt."""
    return shutil.copytree(root / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))


def lint_imports(source: Path, root: Path) -> subprocess.CompletedProcess[str]:
    """Hold `source` to the project's contracts, without a cache."""
    linter = Path(sys.executable).with_name("lint-imports")
    command = [linter, "--no-cache", "--no-logo", "--config", root / "pyproject.toml"]
    environment = {**os.environ, "PYTHONPATH": str(source), "COLUMNS": "400"}
    return subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)


def told_of(breaches: list[tuple[str, str, str, str]], folder: Path, root: Path) -> Told:
    """Plant lines in a copy of the source, and return what the linter tells of each contract that it finds broken."""
    source = copied_source(folder, root)
    for _, place, line, _ in breaches:
        file = source / "tsunagu" / place
        file.parent.mkdir(exist_ok=True)
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        file.write_text(f"{before}\n{line}\n", encoding="utf-8")
    result = lint_imports(source, root)
    assert result.returncode != 0
    parts = re.split(r"^(.+)\n-+$", result.stdout, flags=re.MULTILINE)
    broken = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {name: told for name, told in broken.items() if f"{name} BROKEN" in result.stdout}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Told:
    """What is told of all breaches together: to look through the source takes long, and each has a line of its own."""
    return told_of(BREACHES, tmp_path_factory.mktemp("breaches"), root)


@pytest.fixture(scope="module")
def told_of_strays(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Told:
    """What is told of modules that stand on no floor."""
    return told_of(STRAYS, tmp_path_factory.mktemp("strays"), root)


def test_the_source_as_it_is_keeps_every_contract(tmp_path: Path, root: Path, pyproject: dict[str, Any]) -> None:
    result = lint_imports(copied_source(tmp_path, root), root)
    assert result.returncode == 0, result.stdout
    for contract in pyproject["tool"]["importlinter"]["contracts"]:
        assert f"{contract['name']} KEPT" in result.stdout


@pytest.mark.parametrize(
    ("contract", "place", "line", "refusal"), BREACHES, ids=[" ".join(one[1:3]) for one in BREACHES]
)
def test_a_breach_is_refused(contract: str, place: str, line: str, refusal: str, told: Told) -> None:
    assert refusal in told[contract]


@pytest.mark.parametrize(("contract", "place", "line", "refusal"), STRAYS, ids=[one[1] for one in STRAYS])
def test_a_module_on_no_floor_is_refused(
    contract: str, place: str, line: str, refusal: str, told_of_strays: Told
) -> None:
    assert refusal in told_of_strays[contract].splitlines()


def test_every_contract_has_a_breach_that_it_refuses(pyproject: dict[str, Any]) -> None:
    contracts = {one["name"] for one in pyproject["tool"]["importlinter"]["contracts"]}
    assert contracts == {contract for contract, *_ in BREACHES}


def test_every_floor_of_the_contract_is_there(root: Path, pyproject: dict[str, Any]) -> None:
    layers = next(one for one in pyproject["tool"]["importlinter"]["contracts"] if one["name"] == FLOORS)["layers"]
    floors = {floor.strip() for layer in layers for floor in layer.split("|")}
    assert {one.parent.name for one in (root / "src" / "tsunagu").glob("*/__init__.py")} == floors


def test_every_module_says_what_it_is_for(sources: list[Path]) -> None:
    # Django writes the migrations, without a word.
    spoken = [one for one in sources if not (one.parent.name == "migrations" and one.name[0].isdigit())]
    silent = [one.name for one in spoken if not ast.get_docstring(ast.parse(one.read_text(encoding="utf-8")))]
    assert silent == []


def test_the_engine_contracts_cover_every_pure_floor(pyproject: dict[str, Any]) -> None:
    contracts = {one["name"]: one for one in pyproject["tool"]["importlinter"]["contracts"]}
    layers = contracts[FLOORS]["layers"]
    pure = {f"tsunagu.{floor.strip()}" for layer in layers[layers.index("records") + 1 :] for floor in layer.split("|")}
    assert set(contracts[ENGINE]["source_modules"]) == pure
