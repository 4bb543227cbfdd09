"""A server that somebody else runs: its owner makes the roles, or its administrator is told what to run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tsunagu.domain.errors import InputError, TsunaguError, Unavailable
from tsunagu.records.postgres import foreign
from tsunagu.records.postgres.foreign import foreign_addresses, roles_sql
from tsunagu.records.postgres.guard import refuse_if_app_can_bypass
from tsunagu.records.postgres.opening import open_database

Refusal = Callable[..., TsunaguError]


def check_roles(addresses: foreign.Addresses) -> None:
    for address in (addresses.app, addresses.owner, addresses.linker):
        with psycopg.connect(address.conninfo()) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (address.user,)
    with psycopg.connect(addresses.app.conninfo()) as connection:
        refuse_if_app_can_bypass(connection, addresses.names)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE x (i int)")
    with psycopg.connect(addresses.owner.conninfo()) as connection:
        connection.execute(f"GRANT CREATE ON SCHEMA public TO {addresses.names.ledger}")
        connection.execute("CREATE TABLE entry (number bigint)")
        connection.execute(f"ALTER TABLE entry OWNER TO {addresses.names.ledger}")
        connection.rollback()


def test_an_owner_that_makes_roles_needs_nobody_else(tmp_path: Path, make_foreign) -> None:
    there = make_foreign(owner_makes_roles=True)
    for _ in range(2):
        with open_database(tmp_path, there.environ) as addresses:
            database = there.dba.database
            assert addresses.names.linker == f"{database}_linker"
            assert addresses.names.ledger == f"{database}_ledger"
            assert addresses.names.vault == f"{database}_vault"
            check_roles(addresses)


def test_an_owner_that_makes_no_roles_needs_the_administrator_once(
    tmp_path: Path, make_foreign, refusal: Refusal
) -> None:
    there = make_foreign(owner_makes_roles=False)
    error = refusal(Unavailable, lambda: open_database(tmp_path, there.environ).__enter__())
    assert "tsunagu db roles-sql" in str(error)
    addresses = foreign_addresses(tmp_path, there.environ)
    text = roles_sql(addresses)
    assert addresses.linker.password not in text
    with there.connect_dba() as connection:
        connection.execute(text)
    with open_database(tmp_path, there.environ) as addresses:
        check_roles(addresses)


def test_programs_that_prepare_one_database_at_once_do_not_disturb_each_other(tmp_path: Path, make_foreign) -> None:
    there, done = make_foreign(owner_makes_roles=True), []

    def prepare() -> None:
        with open_database(tmp_path, there.environ) as addresses:
            done.append(addresses)

    threads = [threading.Thread(target=prepare) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 4
    assert len(set(done)) == 1


def test_another_home_without_the_linkers_password_is_refused_and_breaks_nothing(
    tmp_path: Path, make_foreign, refusal: Refusal
) -> None:
    there = make_foreign(owner_makes_roles=True)
    with open_database(tmp_path / "first", there.environ):
        pass
    refusal(Unavailable, lambda: open_database(tmp_path / "second", there.environ).__enter__())
    with open_database(tmp_path / "first", there.environ) as addresses:
        check_roles(addresses)


def test_a_database_of_another_owner_is_refused(tmp_path: Path, make_foreign, refusal: Refusal) -> None:
    there = make_foreign(owner_makes_roles=True)
    with there.connect_dba() as connection:
        connection.execute(f"ALTER DATABASE {there.dba.database} OWNER TO CURRENT_USER")
    error = refusal(Unavailable, lambda: open_database(tmp_path, there.environ).__enter__())
    assert "database administrator" in str(error)


def test_a_server_that_is_too_old_or_does_not_answer_is_refused(
    tmp_path: Path, make_foreign, refusal: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = make_foreign(owner_makes_roles=True)
    monkeypatch.setattr(foreign, "OLDEST_VERSION", 990_000)
    assert "older than" in str(refusal(Unavailable, lambda: open_database(tmp_path, there.environ).__enter__()))
    nowhere = {name: f"postgresql://{name}:secret@/x?host={tmp_path}" for name in there.environ}
    error = refusal(Unavailable, lambda: open_database(tmp_path, nowhere).__enter__())
    assert "secret" not in repr(error.details)


@pytest.mark.parametrize(
    ("app", "owner"),
    [
        ("postgresql://app@/one", ""),
        ("", "postgresql://owner@/one"),
        ("postgresql://app@/one", "postgresql://owner@/two"),
        ("postgresql://app@here/one", "postgresql://owner@there/one"),
        ("postgresql://same@/one", "postgresql://same@/one"),
    ],
)
def test_urls_that_do_not_fit_each_other_are_refused(tmp_path: Path, app: str, owner: str, refusal: Refusal) -> None:
    environ = {"TSUNAGU_DATABASE_URL": app, "TSUNAGU_DATABASE_OWNER_URL": owner}
    refusal(InputError, lambda: open_database(tmp_path, environ).__enter__())


def test_without_urls_the_embedded_server_is_opened(home: Path) -> None:
    with open_database(home, {}) as addresses:
        assert addresses.names.app == "tsunagu_app"
        assert addresses.app.host.startswith(str(home))
