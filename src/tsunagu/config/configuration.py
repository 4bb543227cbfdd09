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
    """The settings, each with its default; numbers are whole and not negative, paths absolute."""

    backup_folder: Path | None = field(
        default=None,
        metadata=_told("path", "where `backup` writes when it is told no other place, and where `doctor` looks"),
    )
    backup_bucket: str | None = field(
        default=None,
        metadata=_told("text", "the same, in a bucket: `s3://bucket/prefix`; not together with `backup_folder`"),
    )
    vault_folder: Path | None = field(
        default=None,
        metadata=_told("path", "where agencies' vaults lie; `TSUNAGU_HOME/vault` when it is left out"),
    )
    vault_bucket: str | None = field(
        default=None,
        metadata=_told("text", "the same, in a bucket: `s3://bucket/prefix`; not together with `vault_folder`"),
    )
    s3_endpoint: str | None = field(
        default=None,
        metadata=_told("text", "the address of the server of the bucket, such as `https://storage.example.org`"),
    )
    s3_region: str = field(default="us-east-1", metadata=_told("text", "the region that this server says it is"))
    s3_credentials_file: Path | None = field(
        default=None,
        metadata=_told("path", "a file of mode 0600 with two lines, the key's id and its secret"),
    )
    s3_authority_file: Path | None = field(
        default=None,
        metadata=_told("path", "PEM of the authority behind the server's certificate, where it is one of your own"),
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
        default=0, metadata=_told("threads", "how many files an ingest examines at once; 0: two more than processors")
    )
    server_processes: int = field(
        default=0,
        metadata=_told("processes", "how many answer for `serve`; 0: one a processor, four at most, some 200 MiB each"),
    )
    watched_folder: Path | None = field(
        default=None,
        metadata=_told("path", "in it an agency's tools put extractions, in a folder named by the agency's id"),
    )
    upload_quota_gib: int = field(
        default=500, metadata=_told("GiB", "how much an agency may have uploaded that is not examined yet")
    )
    upload_spare_gib: int = field(default=1, metadata=_told("GiB", "how much of the disk uploads leave free"))
    tls_certificate_file: Path | None = field(
        default=None,
        metadata=_told("path", "PEM of the certificate that `serve` shows, with those that lead to its authority"),
    )
    tls_key_file: Path | None = field(
        default=None, metadata=_told("path", "PEM of its key; both or neither are set, and `--tls` goes first")
    )
    certificate_least_days: int = field(
        default=21, metadata=_told("days", "how long a certificate must last on before `doctor` complains")
    )
    metrics_token_file: Path | None = field(
        default=None,
        metadata=_told("path", "a file of mode 0600 with the token that opens `/metrics`; without it nobody reads it"),
    )
    oidc_issuer: str | None = field(
        default=None,
        metadata=_told("text", "the https address of a provider of single sign-on; without it nobody outside is asked"),
    )
    oidc_client_id: str | None = field(default=None, metadata=_told("text", "what this installation is called there"))
    oidc_client_secret_file: Path | None = field(
        default=None, metadata=_told("path", "a file of mode 0600 with the secret that proves it there")
    )
    trusted_proxies: str | None = field(
        default=None,
        metadata=_told("text", "addresses or networks of web servers in front, with commas; theirs alone is believed"),
    )
    hma_fetch_hosts: str | None = field(
        default=None,
        metadata=_told("text", "hosts from which the HMA door fetches files by `url=`, with commas; without it, none"),
    )
    json_logs: bool = field(
        default=False, metadata=_told("true, false", "whether `serve` logs one JSON object a line, as `worker` does")
    )

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
                found[name] = _from_environment(text)
        return cls(**{name: _checked(name, value, known[name].type) for name, value in found.items()})


def _from_environment(text: str) -> int | bool | str:
    if text in {"true", "false"}:
        return text == "true"
    return int(text) if text.isdecimal() and len(text) <= len(str(_MOST_NUMBER)) else text


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("settings.toml is no TOML") from error
    except OSError as error:
        raise Unavailable("settings.toml cannot be read") from error


def _checked(name: str, value: object, kind: object) -> Any:
    """Return a value as its field wants it.

    Args:
        name: of the setting.
        value: as it was found.
        kind: the field's type, as text.
    """
    if kind == "bool":
        if not isinstance(value, bool):
            raise InputError(f"the setting {name} is true or false")
        return value
    if kind == "int":
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_NUMBER:
            raise InputError(f"the setting {name} is a whole number, and not negative")
        return value
    if str(kind).startswith("str"):
        if not isinstance(value, str) or not value.isprintable():
            raise InputError(f"the setting {name} is a text")
        return value
    if not isinstance(value, str) or not Path(value).is_absolute():
        raise InputError(f"the setting {name} is an absolute path")
    return Path(value)


def _shown(name: str) -> str:
    return "".join(one if one.isascii() and one.isprintable() else "?" for one in name[:40])
