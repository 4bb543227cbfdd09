"""What the roles may do to the database as a whole; what they may do to a table, its migration says."""

from __future__ import annotations

from psycopg import Connection, sql

from tsunagu.records.postgres.addresses import RoleNames

# One row, one truth: every right of `statements` is there, and PUBLIC has none.
COMPLETE = """
SELECT NOT EXISTS (
         SELECT FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) AS held
         WHERE datname = current_database() AND held.grantee = 0)
   AND NOT EXISTS (
         SELECT FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) AS held
         WHERE nspname = 'public' AND held.grantee = 0)
   AND has_schema_privilege(%(owner)s, 'public', 'CREATE')
   AND has_schema_privilege(%(owner)s, 'public', 'USAGE')
   AND has_schema_privilege(%(app)s, 'public', 'USAGE')
   AND has_schema_privilege(%(linker)s, 'public', 'USAGE')
   AND has_schema_privilege(%(ledger)s, 'public', 'USAGE')
   AND has_schema_privilege(%(vault)s, 'public', 'USAGE')
   AND has_database_privilege(%(app)s, current_database(), 'CONNECT')
   AND has_database_privilege(%(linker)s, current_database(), 'CONNECT')
   AND pg_has_role(%(owner)s, %(ledger)s, 'USAGE')
   AND pg_has_role(%(owner)s, %(vault)s, 'USAGE')
"""


def parameters(names: RoleNames) -> dict[str, str]:
    """Return the names as the parameters that this package's queries take."""
    return {
        "owner": names.owner,
        "app": names.app,
        "linker": names.linker,
        "ledger": names.ledger,
        "vault": names.vault,
    }


def has_rights(connection: Connection, names: RoleNames) -> bool:
    """Say whether all rights are as `statements` make them; every role must exist."""
    row = connection.execute(COMPLETE, parameters(names)).fetchone()
    return row is not None and bool(row[0])


def statements(database: str, names: RoleNames) -> list[sql.Composed]:
    """Return the statements that take everything from PUBLIC and give each role what it needs. Repeatable.

    The owner becomes a member of the ledger's and the vault's roles, so that migrations can hand tables over to them.
    """
    parts = {
        "database": sql.Identifier(database),
        "owner": sql.Identifier(names.owner),
        "app": sql.Identifier(names.app),
        "linker": sql.Identifier(names.linker),
        "ledger": sql.Identifier(names.ledger),
        "vault": sql.Identifier(names.vault),
    }
    texts = (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {owner}, {app}, {linker}",
        "GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
        "GRANT USAGE ON SCHEMA public TO {app}, {linker}, {ledger}, {vault}",
        "GRANT {ledger}, {vault} TO {owner}",
    )
    return [sql.SQL(text).format(**parts) for text in texts]
