"""Where everything that is kept lies, and that a demonstration lies elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tsunagu.config import home
from tsunagu.config.home import Home


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment that names no home, with the default one in a folder of the test."""
    monkeypatch.setattr(home, "ROOTS_HOME", tmp_path / "tsunagu")
    return {"XDG_DATA_HOME": str(tmp_path)}


def test_without_a_name_the_demonstration_and_real_work_have_homes_of_their_own(
    environ: dict[str, str], tmp_path: Path
) -> None:
    assert Home.of(environ).folder == tmp_path / "tsunagu"
    assert Home.for_demo(environ).folder == tmp_path / "tsunagu-demo"
    assert (tmp_path / "tsunagu-demo").is_dir()


def test_a_home_that_is_named_is_taken_for_both(tmp_path: Path) -> None:
    named = {"TSUNAGU_HOME": str(tmp_path / "named")}
    assert Home.of(named) == Home.for_demo(named) == Home(tmp_path / "named")


def test_an_environment_that_names_a_home_leads_to_it(environ: dict[str, str]) -> None:
    demo = Home.for_demo(environ)
    assert Home.of(demo.named_in(environ)) == demo
    assert "TSUNAGU_HOME" not in environ


def test_the_help_names_the_default_home() -> None:
    from tsunagu.cli.main import program

    said = " ".join((program.help or "").split())
    assert str(Path("~/.local/share/tsunagu")) in said
    assert str(home.ROOTS_HOME) in said
    assert os.fspath(home.ROOTS_HOME.with_name("tsunagu" + home.DEMO_SUFFIX).name) in said
