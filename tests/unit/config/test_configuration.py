"""Settings: one file and the environment, which goes first; what is not understood is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tsunagu.config.configuration import Configuration
from tsunagu.domain.errors import InputError


def read(folder: Path, text: str | None, **environ: str) -> Configuration:
    path = folder / "settings.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    return Configuration.of(path, environ)


def test_without_a_file_every_setting_has_its_default(tmp_path: Path) -> None:
    assert read(tmp_path, None) == Configuration()


def test_the_file_is_read_and_the_environment_goes_first(tmp_path: Path) -> None:
    text = 'backup_folder = "/srv/one"\nworkers = 3\nmost_waiting = 0\n'
    found = read(tmp_path, text, TSUNAGU_WORKERS="5", TSUNAGU_BACKUP_FOLDER="/srv/two")
    assert found == Configuration(backup_folder=Path("/srv/two"), workers=5, most_waiting=0)


def test_the_environment_says_true_and_false_in_words(tmp_path: Path) -> None:
    assert read(tmp_path, None, TSUNAGU_JSON_LOGS="true").json_logs is True
    assert read(tmp_path, "json_logs = true\n", TSUNAGU_JSON_LOGS="false").json_logs is False


def test_an_empty_variable_says_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "workers = 3\n", TSUNAGU_WORKERS="").workers == 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("workmen = 3", "does not exist: workmen"),
        ("[backup]\nfolder = 1", "does not exist: backup"),
        ('workers = "3"', "workers is a whole number"),
        ("workers = -1", "workers is a whole number"),
        ("workers = true", "workers is a whole number"),
        ("workers = 1.5", "workers is a whole number"),
        ("workers = 10000000000", "workers is a whole number"),
        ("backup_folder = 7", "backup_folder is an absolute path"),
        ('backup_folder = "backups"', "backup_folder is an absolute path"),
        ("workers = ", "no TOML"),
        ("json_logs = 1", "json_logs is true or false"),
        ("s3_region = 1", "s3_region is a text"),
        ('s3_region = "a\\nb"', "s3_region is a text"),
    ],
)
def test_what_is_not_understood_is_refused_and_named(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read(tmp_path, text)


@pytest.mark.parametrize("value", ["many", "-1", "1.5", "9" * 30, "²"])
def test_a_variable_that_is_no_number_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(InputError, match="workers is a whole number"):
        read(tmp_path, None, TSUNAGU_WORKERS=value)
