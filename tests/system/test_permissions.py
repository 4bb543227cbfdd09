"""Who may not learns nothing from the real program; who may not come in learns not why; keys come and go."""

from __future__ import annotations

import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from pyotp.totp import TOTP

from tsunagu.records.keys.keyring import Keyring
from tsunagu.records.postgres.server import EmbeddedPostgres

from .conftest import PASSWORD, Installation

REFUSED_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT, UNAVAILABLE = 2, 4, 5, 6, 7
PASSPHRASES = ("one custodian's words", "the other's own words")


@pytest.fixture(scope="module")
def house(two_agencies: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Two agencies that hold the same, Anna in a covert case. The database keeps running."""
    with two_agencies.copied() as installation, EmbeddedPostgres(installation.home).use():
        for officer, case, *options in (("anna", "DK-1", "--covert"), ("ben", "AU-1")):
            installation.run("case", "open", case, *options, officer=officer)
            path = tmp_path_factory.mktemp(case) / f"seized-{case}.txt"
            path.write_bytes(b"the same on both sides")
            ingest = ("ingest", "--case", case, "--exhibit", "E1", path)
            installation.run(*ingest, officer=officer, status=REFUSED_INPUT)
        yield installation


@pytest.fixture(scope="module")
def held(house: Installation) -> str:
    """The overlap with Ben's case that is held for Anna, who co-ordinates."""
    notices = house.json("notices", officer="anna")
    return next(one["overlap"] for one in notices if one["held"] and one["talk_to"] == "Agency of Ben")


def _same(house: Installation, officer: str | None, *commands: tuple[str, ...], lines: tuple = ()) -> tuple:
    """Run commands that must not be told apart, and return the one outcome of all."""
    given = lines or ((),) * len(commands)
    done = [
        house.run(*one, officer=officer, lines=typed, status=None) for one, typed in zip(commands, given, strict=True)
    ]
    outcomes = {(one.returncode, one.stdout, one.stderr) for one in done}
    assert len(outcomes) == 1, outcomes
    return outcomes.pop()


@pytest.mark.parametrize(
    ("command", "theirs", "absent"),
    [
        (("case", "show", "{}"), "DK-1", "DK-9"),
        (("release", "{}"), "held", str(uuid4())),
    ],
    ids=lambda one: one[0] if isinstance(one, tuple) else "",
)
def test_the_other_agency_is_told_the_same_as_for_what_is_not_there(
    house: Installation, held: str, command: tuple[str, ...], theirs: str, absent: str
) -> None:
    theirs = held if theirs == "held" else theirs
    typed = [tuple(word.format(one) for word in command) for one in (theirs, absent)]
    status, printed, _ = _same(house, "ben", *typed)
    assert (status, printed) == (NOT_FOUND, "")
    house.run(*typed[0], officer="anna")


def test_the_auditor_finds_every_denial_in_the_ledger_of_his_own_agency_alone(house: Installation) -> None:
    house.run("case", "show", "DK-1", officer="ben", status=NOT_FOUND)
    newest = house.json("ledger", "show", officer="ben-admin")[0]
    assert newest["act"] == "access:denied"
    assert "DK-1" not in str(newest)
    at_the_other = house.json("ledger", "show", "--most", "1000", officer="anna-admin")
    assert not [one for one in at_the_other if one.get("agency") == newest["agency"]]


def test_a_sign_in_that_fails_does_not_say_why_and_leaves_no_token(house: Installation) -> None:
    used = TOTP(house.secrets["ben"]).now()
    wrong = "000000" if used != "000000" else "111111"
    status, printed, _ = _same(
        house,
        None,
        *(("sign-in", login) for login in ("nobody", "ben", "ben")),
        lines=((PASSWORD, wrong), ("x" * 12, wrong), (PASSWORD, wrong)),
    )
    assert (status, printed) == (FORBIDDEN, "")
    assert not house.token_file.exists()


def test_a_token_is_for_its_system_user_alone_and_ends_with_the_sign_out(house: Installation) -> None:
    signed_out = house.run("case", "list", status=FORBIDDEN)
    house.token_file.unlink(missing_ok=True)
    _sign_in_again(house, "ben-admin")
    assert stat.S_IMODE(house.token_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(house.token_file.parent.stat().st_mode) == 0o700
    token = house.token_file.read_text()
    house.run("sign-out", officer="ben-admin")
    assert not house.token_file.exists()
    house.tokens["signed out"] = token
    assert house.run("bank", "list", officer="signed out", status=FORBIDDEN).stdout == signed_out.stdout == ""


def test_a_home_is_made_once_and_its_keys_too(house: Installation) -> None:
    names = ("--agency", "Another", "--country", "DK", "--contact", "c", "--officer", "eve", "--second", "eve-admin")
    done = house.run("init", *names, lines=(PASSWORD, PASSWORD), status=CONFLICT)
    assert done.stdout == ""
    house.run("keys", "init", status=CONFLICT)


def _sign_in_again(house: Installation, login: str) -> None:
    """Sign in with the next code: that of this half minute may have been used."""
    house.run("sign-in", login, lines=(PASSWORD, TOTP(house.secrets[login]).at(int(time.time()) + 30)))
    house.tokens[login] = house.token_file.read_text()


@pytest.mark.soak
def test_keys_come_back_from_two_custodians_and_a_rotation_signs_everyone_out(
    two_agencies: Installation, tmp_path: Path
) -> None:
    with two_agencies.copied() as house, EmbeddedPostgres(house.home).use():
        shares = house.run("keys", "export", tmp_path, lines=PASSPHRASES).stdout.splitlines()
        assert [stat.S_IMODE(Path(one).stat().st_mode) for one in shares] == [0o600, 0o600]
        kept = {one: one.read_bytes() for one in (house.home / "keys").iterdir() if one.name != "database.json"}
        for one in kept:
            one.unlink()
        assert house.run("case", "list", officer="anna", status=UNAVAILABLE).stdout == ""
        house.run("keys", "restore", *shares, lines=PASSPHRASES[::-1], status=REFUSED_INPUT)
        house.run("keys", "restore", *shares, lines=PASSPHRASES)
        assert (house.home / "keys" / "keyring.json").read_bytes() == kept[house.home / "keys" / "keyring.json"]
        house.run("case", "list", officer="anna")

        house.run("keys", "rotate")
        assert house.run("case", "list", officer="anna", status=FORBIDDEN).stdout == ""
        _sign_in_again(house, "anna")
        house.run("case", "list", officer="anna")
        house.run("ledger", "verify")


@contextmanager
def _changed(admin: psycopg.Connection, change: str, undo: str) -> Iterator[None]:
    admin.execute(change)
    try:
        yield
    finally:
        admin.execute(undo)


@pytest.mark.soak
def test_the_program_refuses_to_start_when_its_role_could_pass_row_level_security(
    make_installation: Callable[..., Installation],
) -> None:
    house = make_installation()
    server = EmbeddedPostgres(house.home)
    with server.use():
        dba = server.admin_address()
        with psycopg.connect(dba.conninfo(), autocommit=True) as admin:
            admin.execute("CREATE ROLE p_owner LOGIN CREATEROLE PASSWORD 'o'")
            admin.execute("CREATE ROLE p_app LOGIN PASSWORD 'a'")
            admin.execute("CREATE DATABASE p OWNER p_owner")
            for name, user in (("", "p_app:a"), ("OWNER_", "p_owner:o")):
                house.extra_environ[f"TSUNAGU_DATABASE_{name}URL"] = f"postgresql://{user}@/p?host={dba.host}"
            Keyring.create(house.home, {})
            for change, undo, why in (
                ("ALTER ROLE p_app SUPERUSER", "ALTER ROLE p_app NOSUPERUSER", "superuser"),
                ("ALTER ROLE p_app BYPASSRLS", "ALTER ROLE p_app NOBYPASSRLS", "bypasses"),
                ("GRANT p_owner TO p_app", "REVOKE p_owner FROM p_app", "a role it can become"),
            ):
                with _changed(admin, change, undo):
                    done = house.run("ledger", "verify", status=UNAVAILABLE)
                assert done.stdout == ""
                assert "row-level security" in " ".join(done.stderr.split())
                assert why in " ".join(done.stderr.split())
            house.run("ledger", "verify")


def test_the_embedded_server_takes_back_what_its_role_must_not_have_or_refuses(house: Installation) -> None:
    address = replace(EmbeddedPostgres(house.home).admin_address(), database="tsunagu")
    with psycopg.connect(address.conninfo(), autocommit=True) as admin:
        membership = "GRANT tsunagu_owner TO tsunagu_app", "REVOKE tsunagu_owner FROM tsunagu_app"
        with _changed(admin, *membership):
            done = house.run("case", "list", officer="anna", status=UNAVAILABLE)
            assert "row-level security" in " ".join(done.stderr.split())
        admin.execute("ALTER ROLE tsunagu_app SUPERUSER BYPASSRLS")
        house.run("case", "list", officer="anna")
        query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = 'tsunagu_app'"
        assert admin.execute(query).fetchone() == (False,)
