"""What a first user does in the first hour: the demonstration beside real work, a home begun, a file mistyped."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from tsunagu.records.postgres.server import EmbeddedPostgres

from .conftest import PASSWORD, PROGRAM, Installation, warm_program

REFUSED_INPUT, FORBIDDEN, CONFLICT = 2, 5, 6
NAMES = ("--agency", "Agency", "--country", "DK", "--contact", "desk", "--officer", "anna", "--second", "adam")


def test_real_work_is_not_begun_in_a_home_of_the_demonstration(make_installation: Callable[..., Installation]) -> None:
    house = make_installation()
    (house.home / "DEMO").write_text("{}")
    for command in (("init",), ("agency", "add")):
        refused = house.run(*command, *NAMES, lines=(PASSWORD, PASSWORD), status=CONFLICT)
        assert "demonstration" in refused.stderr
    assert not (house.home / "keys").exists()
    (house.home / "DEMO").unlink()
    begun = house.run("init", *NAMES, lines=(PASSWORD, PASSWORD))
    assert "tsunagu keys export" in begun.stdout
    assert "tsunagu sign-in anna" in begun.stdout


def test_an_empty_home_says_how_it_begins(make_installation: Callable[..., Installation]) -> None:
    house = make_installation()
    for command in ("notices", "overlaps"):
        assert "tsunagu init" in house.run(command, status=FORBIDDEN).stderr


def test_new_keys_are_not_made_over_what_lost_ones_open(two_agencies: Installation) -> None:
    with two_agencies.copied() as house:
        for one in (house.home / "keys").iterdir():
            one.unlink()
        for command in (("keys", "init"), ("init", *NAMES)):
            refused = house.run(*command, lines=(PASSWORD, PASSWORD), status=CONFLICT)
            assert "keys restore" in refused.stderr
        assert not (house.home / "keys" / "keyring.json").exists()


def test_the_commands_that_the_demonstration_prints_work_as_they_are_printed(
    make_installation: Callable[..., Installation],
) -> None:
    house = make_installation()
    printed = [line for line in house.run("demo").stdout.splitlines() if line.startswith("TSUNAGU_HOME=")]
    assert any("ledger verify" in line for line in printed)
    environ = {name: value for name, value in house.environ().items() if name != "TSUNAGU_HOME"}
    with EmbeddedPostgres(house.home).use():
        done = subprocess.run(["/bin/sh", "-c", printed[0]], env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{printed[0]}: {done.stderr}"
        for line in printed[1:]:
            # As a shell takes it, without a shell and a program to load.
            named, program, *arguments = shlex.split(line)
            name, _, home = named.partition("=")
            assert (name, Path(program)) == ("TSUNAGU_HOME", PROGRAM)
            done = warm_program().run(arguments, lines="", environ={**environ, name: home})
            assert done.returncode == 0, f"{line}: {done.stderr}"


def test_a_file_that_is_not_there_is_said_to_be_missing(
    make_installation: Callable[..., Installation], tmp_path: Path
) -> None:
    house = make_installation()
    picture = tmp_path / "picture.png"
    Image.new("L", (64, 64), 7).save(picture)
    missing = tmp_path / "missing.png"
    for command in (("fingerprint", picture, missing), ("compare", picture, missing)):
        told = house.run(*command, status=REFUSED_INPUT).stdout
        assert "no such file" in told
        assert str(missing) in told
