"""What each role of the embedded server is and may."""

from __future__ import annotations

import psycopg
import pytest

from tsunagu.records.postgres.addresses import Addresses
from tsunagu.records.postgres.embedded_roles import prepare_embedded
from tsunagu.records.postgres.guard import log_settings_warnings, refuse_if_app_can_bypass
from tsunagu.records.postgres.passwords import keep_passwords
from tsunagu.records.postgres.rights import has_rights
from tsunagu.records.postgres.server import EmbeddedPostgres

ROLES = """
SELECT rolname, rolcanlogin FROM pg_roles
WHERE rolname LIKE 'tsunagu%' AND rolname <> 'tsunagu_admin'
  AND NOT (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)
"""


def test_no_role_has_a_right_over_the_server(addresses: Addresses) -> None:
    with psycopg.connect(addresses.owner.conninfo()) as connection:
        assert dict(connection.execute(ROLES).fetchall()) == {
            "tsunagu_owner": True,
            "tsunagu_app": True,
            "tsunagu_linker": True,
            "tsunagu_ledger": False,
            "tsunagu_vault": False,
        }
        owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
        assert connection.execute(owner).fetchone() == ("tsunagu_owner",)


@pytest.mark.parametrize("role", ["app", "linker"])
def test_the_working_roles_make_nothing_and_enter_no_other_database(addresses: Addresses, role: str) -> None:
    address = getattr(addresses, role)
    for statement in (
        "CREATE TABLE x (i int)",
        "CREATE TEMP TABLE x (i int)",
        "CREATE SCHEMA x",
        "SET ROLE tsunagu_owner",
    ):
        with psycopg.connect(address.conninfo()) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)
    for database in ("postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(address.conninfo(), dbname=database)


def test_a_migration_can_hand_the_ledgers_table_to_the_ledgers_role(addresses: Addresses) -> None:
    with psycopg.connect(addresses.owner.conninfo()) as connection:
        connection.execute("GRANT CREATE ON SCHEMA public TO tsunagu_ledger")
        connection.execute("CREATE TABLE entry (number bigint)")
        connection.execute("ALTER TABLE entry OWNER TO tsunagu_ledger")
        connection.execute("REVOKE CREATE ON SCHEMA public FROM tsunagu_ledger")
        connection.rollback()


@pytest.mark.parametrize(
    "spoil",
    [
        "ALTER ROLE tsunagu_app CREATEROLE",
        "ALTER ROLE tsunagu_vault LOGIN",
        "GRANT CONNECT ON DATABASE postgres TO PUBLIC",
        "GRANT TEMP ON DATABASE tsunagu TO PUBLIC",
        "REVOKE tsunagu_ledger FROM tsunagu_owner",
        "DROP ROLE tsunagu_vault",
    ],
)
def test_what_is_missing_or_too_much_is_put_right_at_the_next_use(shared_server: EmbeddedPostgres, spoil: str) -> None:
    with psycopg.connect(shared_server.admin_address().conninfo(), autocommit=True) as connection:
        if spoil.startswith("DROP"):
            with psycopg.connect(shared_server.admin_address().conninfo(), dbname="tsunagu") as inside:
                inside.execute("DROP OWNED BY tsunagu_vault")
        connection.execute(spoil)
    with shared_server.use() as addresses, psycopg.connect(addresses.owner.conninfo()) as connection:
        assert has_rights(connection, addresses.names)
        assert len(connection.execute(ROLES).fetchall()) == 5


def test_preparing_twice_changes_nothing(shared_server: EmbeddedPostgres, addresses: Addresses) -> None:
    admin = shared_server.admin_address()
    names = [addresses.owner.user, addresses.app.user, addresses.linker.user]
    passwords = keep_passwords(shared_server._folders.keys, "embedded", names)
    with psycopg.connect(admin.conninfo()) as connection:
        query = "SELECT xmin::text, rolname, rolpassword FROM pg_authid ORDER BY rolname"
        before = connection.execute(query).fetchall()
        prepare_embedded(admin, passwords)
        connection.rollback()
        assert connection.execute(query).fetchall() == before


def test_the_guard_lets_the_embedded_server_pass_and_its_log_needs_no_warning(addresses: Addresses) -> None:
    with psycopg.connect(addresses.app.conninfo()) as connection:
        refuse_if_app_can_bypass(connection, addresses.names)
        assert log_settings_warnings(connection) == []
