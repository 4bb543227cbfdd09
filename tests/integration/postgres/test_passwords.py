"""Addresses and passwords: kept whole, never shown."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from tsunagu.domain.errors import InputError, TsunaguError, Unavailable
from tsunagu.records.postgres.addresses import DatabaseAddress, address_from_url
from tsunagu.records.postgres.passwords import has_passwords, keep_passwords

Refusal = Callable[..., TsunaguError]


def test_a_password_is_made_once_and_kept_closed(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    assert not has_passwords(keys, "here")
    first = keep_passwords(keys, "here", ["a", "b"])
    assert has_passwords(keys, "here")
    assert not has_passwords(keys, "there")
    again = keep_passwords(keys, "here", ["a", "b", "c"])
    assert {role: again[role] for role in first} == first
    everything = [*again.values(), *keep_passwords(keys, "there", ["a"]).values()]
    assert len(set(everything)) == 4
    assert min(map(len, everything)) >= 43
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in keys.iterdir()} == {0o600}


def test_passwords_asked_for_at_once_are_the_same_for_all(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(str(keep_passwords(tmp_path, "x", "ab")))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


@pytest.mark.parametrize("spoilt", ["", "{", "[]", '{"here": 1}'])
def test_a_spoilt_file_is_refused_and_left_as_it_is(tmp_path: Path, spoilt: str, refusal: Refusal) -> None:
    file = tmp_path / "database.json"
    file.write_text(spoilt)
    refusal(Unavailable, lambda: keep_passwords(tmp_path, "here", ["a"]))
    assert file.read_text() == spoilt


def test_a_half_written_file_of_a_killed_process_does_no_harm(tmp_path: Path) -> None:
    kept = keep_passwords(tmp_path, "here", ["a"])
    (tmp_path / ".database.json.new").write_text("{")
    assert keep_passwords(tmp_path, "here", ["a"]) == kept
    keep_passwords(tmp_path, "here", ["b"])
    assert set(json.loads((tmp_path / "database.json").read_text())["here"]) == {"a", "b"}


def test_a_url_is_read_with_its_further_parameters_and_shows_no_secret() -> None:
    address = address_from_url("postgresql://ann%40x:p%2Fw@db.example:6543/cases?sslmode=verify-full&sslpassword=deep")
    assert (address.host, address.port, address.database) == ("db.example", 6543, "cases")
    assert (address.user, address.password) == ("ann@x", "p/w")
    assert address.options == (("sslmode", "verify-full"), ("sslpassword", "deep"))
    assert "p/w" not in repr(address)
    assert "deep" not in repr(address)
    assert conninfo_to_dict(address.conninfo()) == {
        "host": "db.example", "port": "6543", "dbname": "cases", "user": "ann@x", "password": "p/w",
        "sslmode": "verify-full", "sslpassword": "deep",
    }  # fmt: skip


def test_what_a_url_leaves_out_is_left_to_the_client_library() -> None:
    address = address_from_url("postgres://ann@/cases")
    assert address == DatabaseAddress("", 5432, "cases", "ann", "")
    assert conninfo_to_dict(address.conninfo()) == {"port": "5432", "dbname": "cases", "user": "ann"}


@pytest.mark.parametrize(
    "url",
    [
        "mysql://a:secret@h/d",
        "host=h user=a password=secret dbname=d",
        "postgresql://h/d",
        "postgresql://a:secret@h",
        "postgresql://a:secret@h1,h2/d",
        "postgresql://a:secret@h:x/d",
        "postgresql://a:secret@h/d?nonsense=1",
    ],
)
def test_anything_else_is_refused_without_quoting_it(url: str, refusal: Refusal) -> None:
    error = refusal(InputError, lambda: address_from_url(url))
    assert "secret" not in str(error)
    assert error.__suppress_context__ or error.__context__ is None
