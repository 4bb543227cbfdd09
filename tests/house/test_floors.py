"""The floors are there, and the contracts between them refuse what they promise to refuse."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FLOORS = "Floors: each floor may use the floors beneath it, never one above"
ENGINE = "The engine knows no framework"
WORDS = "Words need no library"
TABLES = "Only records touches the tables"
CYCLES = "No cycles between siblings"

# Each plants one line in one file (made when it is not there) and names the contract that must refuse it.
BREACHES = [
    pytest.param(FLOORS, "domain/hit.py", "import tsunagu.media", id="domain imports media"),
    pytest.param(FLOORS, "media/picture.py", "import tsunagu.services", id="media imports services"),
    pytest.param(FLOORS, "records/__init__.py", "import tsunagu.config", id="records imports config"),
    pytest.param(FLOORS, "index/__init__.py", "import tsunagu.fingerprints", id="index imports fingerprints"),
    pytest.param(FLOORS, "overlap/__init__.py", "import tsunagu.exchange", id="overlap imports exchange"),
    pytest.param(FLOORS, "web/__init__.py", "import tsunagu.cli", id="web imports cli"),
    pytest.param(None, "utils/__init__.py", '"""A floor that is none."""', id="a folder utils"),
    pytest.param(None, "helpers.py", '"""A floor that is none."""', id="a module helpers"),
    pytest.param(ENGINE, "index/__init__.py", "import django", id="index imports django"),
    pytest.param(ENGINE, "exchange/__init__.py", "import psycopg", id="exchange imports psycopg"),
    pytest.param(WORDS, "domain/hit.py", "import numpy", id="domain imports numpy"),
    pytest.param(WORDS, "domain/fingerprint.py", "import pydantic", id="domain imports pydantic"),
    pytest.param(TABLES, "services/__init__.py", "import tsunagu.records.models", id="services imports models"),
    pytest.param(TABLES, "cli/__init__.py", "import tsunagu.records.models", id="cli imports models"),
    pytest.param(CYCLES, "domain/errors.py", "import tsunagu.domain.hit", id="a cycle between siblings"),
]


@pytest.fixture
def copied_source(tmp_path: Path, root: Path) -> Path:
    """A copy of the source that may be spoilt."""
    return shutil.copytree(root / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))


def lint_imports(source: Path, root: Path) -> subprocess.CompletedProcess[str]:
    """Hold `source` to the project's contracts, without a cache."""
    linter = Path(sys.executable).with_name("lint-imports")
    command = [linter, "--no-cache", "--no-logo", "--config", root / "pyproject.toml"]
    environment = {**os.environ, "PYTHONPATH": str(source), "COLUMNS": "400"}
    return subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)


def test_the_source_as_it_is_keeps_every_contract(copied_source: Path, root: Path, pyproject: dict[str, Any]) -> None:
    result = lint_imports(copied_source, root)
    assert result.returncode == 0, result.stdout
    for contract in pyproject["tool"]["importlinter"]["contracts"]:
        assert f"{contract['name']} KEPT" in result.stdout


@pytest.mark.parametrize(("contract", "place", "line"), BREACHES)
def test_a_breach_is_refused(contract: str | None, place: str, line: str, copied_source: Path, root: Path) -> None:
    file = copied_source / "tsunagu" / place
    file.parent.mkdir(exist_ok=True)
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(f"{before}\n{line}\n", encoding="utf-8")
    result = lint_imports(copied_source, root)
    assert result.returncode != 0
    if contract is None:  # a module without a floor ends the run at once
        assert place.split("/", maxsplit=1)[0].removesuffix(".py") in result.stdout
    else:
        assert f"{contract} BROKEN" in result.stdout


def test_every_contract_has_a_breach_that_it_refuses(pyproject: dict[str, Any]) -> None:
    contracts = {one["name"] for one in pyproject["tool"]["importlinter"]["contracts"]}
    assert contracts == {breach.values[0] for breach in BREACHES} - {None}


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
