"""A database in which the app's role could pass row-level security is refused, whichever way it could."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import psycopg
import pytest

from tsunagu.domain.errors import TsunaguError, Unavailable
from tsunagu.records.postgres.addresses import Addresses, DatabaseAddress
from tsunagu.records.postgres.guard import log_settings_warnings, refuse_if_app_can_bypass
from tsunagu.records.postgres.server import EmbeddedPostgres

GUARDED = (
    "CREATE TABLE thing (agency_id uuid)",
    "ALTER TABLE thing ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE thing FORCE ROW LEVEL SECURITY",
)
LOG_SETTINGS = {
    "log_error_verbosity": "terse",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
}


@pytest.fixture
def admin(shared_server: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    """The superuser in the program's database; nothing that it does outlives the test."""
    with psycopg.connect(replace(shared_server.admin_address(), database="tsunagu").conninfo()) as connection:
        yield connection
        connection.rollback()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (["ALTER ROLE tsunagu_app SUPERUSER"], "superuser"),
        (["ALTER ROLE tsunagu_app BYPASSRLS"], "bypasses"),
        (["ALTER ROLE tsunagu_app REPLICATION"], "replicate"),
        (["ALTER ROLE tsunagu_app CREATEROLE"], "make roles"),
        (["GRANT pg_read_server_files TO tsunagu_app"], "files"),
        (["ALTER DATABASE tsunagu OWNER TO tsunagu_app"], "owns the database"),
        (["ALTER TABLE thing OWNER TO tsunagu_app"], "owns a table"),
        (["CREATE SCHEMA other AUTHORIZATION tsunagu_app"], "owns a schema"),
        (["CREATE FUNCTION f() RETURNS int RETURN 1", "ALTER FUNCTION f OWNER TO tsunagu_app"], "owns a function"),
        (["GRANT tsunagu_owner TO tsunagu_app"], "owns the database"),
        (["GRANT tsunagu_owner TO tsunagu_app WITH INHERIT FALSE, SET FALSE, ADMIN TRUE"], "owns the database"),
        (["CREATE ROLE a BYPASSRLS", "CREATE ROLE b", "GRANT a TO b", "GRANT b TO tsunagu_app"], "bypasses"),
        (["CREATE ROLE a", "ALTER TABLE thing OWNER TO a", "GRANT a TO tsunagu_app"], "owns a table"),
        (["ALTER TABLE thing DISABLE ROW LEVEL SECURITY"], "does not force"),
        (["ALTER TABLE thing NO FORCE ROW LEVEL SECURITY"], "does not force"),
        (["CREATE TABLE more (agency_id uuid) PARTITION BY LIST (agency_id)"], "does not force"),
        (["CREATE SCHEMA other", "CREATE TABLE other.more (agency_id uuid)"], "does not force"),
        (["CREATE TABLE hit (id int)"], "does not force"),
        (["ALTER ROLE tsunagu_app RENAME TO gone"], "no role"),
    ],
)  # fmt: skip
def test_each_way_past_row_level_security_is_refused(
    admin: psycopg.Connection,
    addresses: Addresses,
    change: list[str],
    says: str,
    refusal: Callable[..., TsunaguError],
) -> None:
    for statement in GUARDED:
        admin.execute(statement)
    refuse_if_app_can_bypass(admin, addresses.names)
    for statement in change:
        admin.execute(statement)
    error = refusal(Unavailable, lambda: refuse_if_app_can_bypass(admin, addresses.names))
    assert says in str(error)
    assert "tsunagu_" not in str(error)


@pytest.mark.parametrize("setting", LOG_SETTINGS)
def test_each_log_setting_that_quotes_rows_is_warned_about(admin: psycopg.Connection, setting: str) -> None:
    loud = {"log_error_verbosity": "default", "log_min_messages": "warning", "log_min_error_statement": "error"}
    loud |= {"log_parameter_max_length_on_error": "-1", "log_statement": "all"}
    loud |= {"log_min_duration_statement": "100000", "log_min_duration_sample": "100000"}
    admin.execute("SELECT set_config(%s, %s, true)", [setting, loud[setting]])
    (warning,) = log_settings_warnings(admin)
    assert warning.startswith(f"{setting} ")


def test_a_server_as_it_comes_is_warned_about(debian_server: DatabaseAddress) -> None:
    with psycopg.connect(debian_server.conninfo()) as connection:
        named = {warning.split()[0] for warning in log_settings_warnings(connection)}
    assert named == {"log_error_verbosity", "log_min_messages", "log_min_error_statement"}
