"""Every setting of an installation: one file, `TSUNAGU_HOME/settings.toml`, and the environment, which goes first.

`docs/settings.md` tells of each; a test holds the two together.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from tsunagu.domain.errors import InputError, Unavailable

PREFIX = "TSUNAGU_"
_MOST_NUMBER = 1_000_000_000


def _told(unit: str, meaning: str) -> dict[str, str]:
    return {"unit": unit, "meaning": meaning}


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings, each with its default; numbers are whole and not negative."""

    backup_folder: Path | None = field(
        default=None,
        metadata=_told("path", "where `backup` writes when it is told no other place, and where `doctor` looks"),
    )
    backup_most_age_h: int = field(
        default=26, metadata=_told("hours", "how old the newest backup may be before `doctor` complains")
    )
    verified_most_age_h: int = field(
        default=168, metadata=_told("hours", "how long ago the ledger may have been verified before `doctor` complains")
    )
    least_free_gib: int = field(
        default=2, metadata=_told("GiB", "how much of the disks must be free before `doctor` complains")
    )
    most_waiting: int = field(
        default=10_000, metadata=_told("holdings", "how many may wait to be compared before `doctor` complains")
    )
    workers: int = field(
        default=0, metadata=_told("threads", "how many files an ingest examines at once; 0: one more than processors")
    )
    watched_folder: Path | None = field(
        default=None,
        metadata=_told("path", "in it an agency's tools put extractions, in a folder named by the agency's id"),
    )
    upload_quota_gib: int = field(
        default=500, metadata=_told("GiB", "how much an agency may have uploaded that is not examined yet")
    )
    upload_spare_gib: int = field(default=1, metadata=_told("GiB", "how much of the disk uploads leave free"))

    @classmethod
    def of(cls, path: Path, environ: Mapping[str, str]) -> Self:
        """Return the settings in the file at `path`, where there is one, with those of the environment before them.

        Raises:
            InputError: a setting is unknown, or its value is none of its kind; the message names the setting.
            Unavailable: the file cannot be read.
        """
        found = _read(path)
        known = {one.name: one for one in fields(cls)}
        for name in found:
            if name not in known:
                raise InputError(f"settings.toml holds a setting that does not exist: {_shown(name)}")
        for name in known:
            text = environ.get(f"{PREFIX}{name.upper()}")
            if text:
                found[name] = int(text) if text.isdecimal() and len(text) <= len(str(_MOST_NUMBER)) else text
        return cls(**{name: _checked(name, value, known[name].default) for name, value in found.items()})


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("settings.toml is no TOML") from error
    except OSError as error:
        raise Unavailable("settings.toml cannot be read") from error


def _checked(name: str, value: object, default: object) -> Any:
    if isinstance(default, int):
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_NUMBER:
            raise InputError(f"the setting {name} is a whole number, and not negative")
        return value
    if not isinstance(value, str) or not Path(value).is_absolute():
        raise InputError(f"the setting {name} is an absolute path")
    return Path(value)


def _shown(name: str) -> str:
    return "".join(one if one.isascii() and one.isprintable() else "?" for one in name[:40])
