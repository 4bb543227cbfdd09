"""Refuses to work with a database in which row-level security would not hold, and reads how much its log tells."""

from __future__ import annotations

from psycopg import Connection

from tsunagu.domain.errors import Unavailable
from tsunagu.records.postgres.addresses import RoleNames

# All roles that the app is, or can make itself by SET ROLE or by granting: any membership counts, whatever its options.
REACHABLE = """
WITH RECURSIVE reachable(oid) AS (
    SELECT oid FROM pg_roles WHERE rolname = %(app)s
    UNION SELECT roleid FROM pg_auth_members JOIN reachable ON member = reachable.oid
)
"""

# What lets a role pass the policies. CREATEROLE grants itself other roles (before PostgreSQL 16, any), REPLICATION
# reads every row from the stream, and the three server roles read or write the files or run programs beneath it all.
ATTRIBUTES = f"""{REACHABLE}
SELECT rolname, CASE
    WHEN rolsuper THEN 'is a superuser'
    WHEN rolbypassrls THEN 'bypasses row-level security'
    WHEN rolreplication THEN 'may replicate'
    WHEN rolcreaterole THEN 'may make roles'
    ELSE 'reaches the files of the server' END
FROM pg_roles JOIN reachable USING (oid)
WHERE rolsuper OR rolbypassrls OR rolreplication OR rolcreaterole
   OR rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
"""  # noqa: S608 - two constants

OWNED = f"""{REACHABLE}
SELECT datname, 'owns the database' FROM pg_database JOIN reachable ON datdba = reachable.oid
WHERE datname = current_database()
UNION ALL
SELECT nspname, 'owns a schema' FROM pg_namespace JOIN reachable ON nspowner = reachable.oid
WHERE nspname !~ '^pg_'
UNION ALL
SELECT relname, 'owns a table' FROM pg_class JOIN reachable ON relowner = reachable.oid
WHERE relnamespace::regnamespace::text !~ '^pg_' AND relkind IN ('r', 'p', 'v', 'm', 'f')
UNION ALL
SELECT proname, 'owns a function' FROM pg_proc JOIN reachable ON proowner = reachable.oid
WHERE pronamespace::regnamespace::text !~ '^pg_'
"""  # noqa: S608 - two constants

# Rows that belong to agencies without naming one in a column: of both sides of an overlap, of an officer, of those who
# stand above each other, of another installation. An upgrade may begin before there were places, when the directory of
# agencies was bare.
OPEN_TABLES = """
SELECT relname FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'
  AND (relname IN ('hit', 'overlap', 'mfa_authenticator', 'agency_place', 'alert', 'alert_step', 'alert_note',
                   'alert_person', 'referral', 'referral_step', 'report', 'report_content', 'report_key', 'report_step',
                   'hub_member', 'hub_key', 'hub_outgoing', 'hub_incoming', 'hub_seen')
    OR (relname = 'agency' AND to_regclass('public.agency_place') IS NOT NULL) OR EXISTS (
      SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'agency_id' AND NOT attisdropped))
  AND NOT (relrowsecurity AND relforcerowsecurity)
"""

LOG_SETTINGS = """
SELECT current_setting('log_error_verbosity'), current_setting('log_min_messages'),
       current_setting('log_min_error_statement'), current_setting('log_parameter_max_length_on_error'),
       current_setting('log_statement'), current_setting('log_min_duration_statement'),
       current_setting('log_min_duration_sample')
"""
SILENT_ON_ERRORS = {"log", "fatal", "panic"}


def refuse_if_app_can_bypass(connection: Connection, names: RoleNames) -> None:
    """Check that row-level security binds the app's role, and that no table with an `agency_id` does without it.

    Args:
        connection: any role's; the catalogs are open to all.
        names: what the roles are called.

    Raises:
        Unavailable: there is no such role; it, or a role that it can become, is a superuser, bypasses row-level
            security, may replicate, may make roles, reaches the server's files, or owns the database, a schema, a
            table or a function; or row-level security is not on and forced for a table with a column `agency_id`.
            The message says which of these, the details on what.
    """
    parameters = {"app": names.app}
    if connection.execute("SELECT FROM pg_roles WHERE rolname = %(app)s", parameters).fetchone() is None:
        raise Unavailable("the database has no role for the program", role=names.app)
    for query in (ATTRIBUTES, OWNED):
        found = connection.execute(query, parameters).fetchone()
        if found is not None:
            raise Unavailable(
                f"the program's database role could pass row-level security: it, or a role it can become, {found[1]}",
                role=names.app,
                through=found[0],
            )
    found = connection.execute(OPEN_TABLES).fetchone()
    if found is not None:
        raise Unavailable("a table with rows of agencies does not force row-level security", table=found[0])


def log_settings_warnings(connection: Connection) -> list[str]:
    """Return what is wrong with the server's log settings, one sentence each: where it would quote rows or searches.

    They are the settings of the connection's session; another role may have been given others.
    """
    row = connection.execute(LOG_SETTINGS).fetchone()
    if row is None:
        return []
    verbosity, minimum, error_statement, parameters_on_error, statement, duration, sample = row
    findings = {
        "log_error_verbosity is not terse: the log quotes the row that broke a constraint": verbosity != "terse",
        "log_min_error_statement is not panic: the log quotes statements that failed": error_statement != "panic",
        "log_parameter_max_length_on_error is not 0: the log quotes the values of failed statements": (
            parameters_on_error != "0"
        ),
        "log_min_messages lets errors through: their messages may quote values; log, fatal or panic keep them out": (
            minimum not in SILENT_ON_ERRORS
        ),
        "log_statement is not none: the log quotes statements": statement != "none",
        "log_min_duration_statement is on: the log quotes slow statements": duration != "-1",
        "log_min_duration_sample is on: the log quotes slow statements": sample != "-1",
    }
    return [sentence for sentence, is_wrong in findings.items() if is_wrong]
