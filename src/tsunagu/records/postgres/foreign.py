"""A PostgreSQL that somebody else runs: its roles are checked, and made where its owner role is allowed to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
from psycopg import Connection, sql

from tsunagu.domain.errors import InputError, Unavailable
from tsunagu.records.postgres.addresses import Addresses, DatabaseAddress, RoleNames, address_from_url
from tsunagu.records.postgres.passwords import keep_passwords, scram_verifier
from tsunagu.records.postgres.rights import has_rights, statements

PLACE = "foreign"
APP_VARIABLE = "TSUNAGU_DATABASE_URL"
OWNER_VARIABLE = "TSUNAGU_DATABASE_OWNER_URL"
ADMIN_VARIABLE = "TSUNAGU_DATABASE_ADMIN_URL"
OLDEST_VERSION = 150_000
ADMINISTRATOR = "a database administrator must run what `tsunagu db roles-sql` prints"
# "TSUNAGU" in ASCII. Two programs that prepare the same database would otherwise hit on each other's changes.
ADVISORY_LOCK = 0x5453_554E_4147_55


def foreign_addresses(home: Path, environ: Mapping[str, str]) -> Addresses:
    """Return what the environment says about the database, without connecting.

    Args:
        home: whose `keys` hold the password of the linker's role.
        environ: holds TSUNAGU_DATABASE_URL and TSUNAGU_DATABASE_OWNER_URL.

    Raises:
        InputError: a URL is missing or wrong, or they do not name one database and two users.
    """
    if not environ.get(APP_VARIABLE) or not environ.get(OWNER_VARIABLE):
        raise InputError(f"{APP_VARIABLE} and {OWNER_VARIABLE} belong together; one is missing")
    app, owner = address_from_url(environ[APP_VARIABLE]), address_from_url(environ[OWNER_VARIABLE])
    if (app.host, app.port, app.database) != (owner.host, owner.port, owner.database):
        raise InputError(f"{APP_VARIABLE} and {OWNER_VARIABLE} name different databases")
    if app.user == owner.user:
        raise InputError(f"{APP_VARIABLE} and {OWNER_VARIABLE} name the same user; the owner would pass every policy")
    own = f"{app.database}_linker", f"{app.database}_ledger", f"{app.database}_vault"
    names = RoleNames(owner.user, app.user, *own)
    password = keep_passwords(home / "keys", PLACE, [names.linker])[names.linker]
    return Addresses(app, owner, replace(app, user=names.linker, password=password), names)


@contextmanager
def use_foreign(home: Path, environ: Mapping[str, str]) -> Iterator[Addresses]:
    """Yield the addresses of a server that somebody else runs, its roles made or checked.

    Raises:
        InputError: the URLs are wrong.
        Unavailable: it does not answer, is older than 15, or lacks roles that only its administrator can make.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    addresses = foreign_addresses(home, environ)
    with _connect(addresses.owner) as connection:
        if connection.info.server_version < OLDEST_VERSION:
            raise Unavailable("the database server is older than PostgreSQL 15")
        _prepare(connection, addresses)
    for address in (addresses.app, addresses.linker):
        _connect(address).close()
    yield addresses


def foreign_admin(environ: Mapping[str, str]) -> DatabaseAddress:
    """Return where a role that no row-level security binds reaches the database: for backup and restore alone.

    Raises:
        InputError: it names another database than the program's.
        Unavailable: the environment does not name it.
    """
    if not environ.get(ADMIN_VARIABLE):
        raise Unavailable(
            f"{ADMIN_VARIABLE} is missing: neither the owner nor the app may read every row, so a backup needs a "
            "superuser of the server (to take one, a role with BYPASSRLS will do)"
        )
    admin, app = address_from_url(environ[ADMIN_VARIABLE]), address_from_url(environ[APP_VARIABLE])
    if (admin.host, admin.port, admin.database) != (app.host, app.port, app.database):
        raise InputError(f"{ADMIN_VARIABLE} and {APP_VARIABLE} name different databases")
    return admin


def foreign_owner(environ: Mapping[str, str]) -> DatabaseAddress:
    """Return where the owner of the tables reaches the database, without connecting.

    Raises:
        InputError: its URL is missing or wrong.
    """
    if not environ.get(OWNER_VARIABLE):
        raise InputError(f"{APP_VARIABLE} and {OWNER_VARIABLE} belong together; one is missing")
    return address_from_url(environ[OWNER_VARIABLE])


def has_tables(owner: DatabaseAddress) -> bool:
    """Return whether the program's tables have been made in a database.

    Raises:
        Unavailable: it does not answer.
    """
    with _connect(owner) as connection:
        row = connection.execute("SELECT to_regclass('agency') IS NOT NULL").fetchone()
    return bool(row and row[0])


def roles_sql(addresses: Addresses) -> str:
    """Return the statements that a database administrator runs, connected to the database, when the owner cannot.

    The linker's password is in it as a SCRAM verifier only. Roles that exist already have to be left out by hand.
    """
    names = addresses.names
    parts = [*_role_statements(addresses, [names.linker, names.ledger, names.vault])]
    parts += statements(addresses.app.database, names)
    parts.append(
        sql.SQL("ALTER DATABASE {} OWNER TO {}").format(
            sql.Identifier(addresses.app.database), sql.Identifier(names.owner)
        )
    )
    return "".join(f"{part.as_string()};\n" for part in parts)


def _connect(address: DatabaseAddress) -> Connection:
    try:
        return psycopg.connect(address.conninfo(), connect_timeout=10)
    except psycopg.OperationalError as error:
        raise Unavailable(
            "the database does not let one of the program's roles in", user=address.user, problem=str(error)
        ) from error


def _prepare(connection: Connection, addresses: Addresses) -> None:
    names = addresses.names
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
    wanted = [names.app, names.linker, names.ledger, names.vault]
    found = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [wanted])}
    if names.app not in found:
        raise Unavailable("the database has no role for the program", user=names.app)
    missing = [name for name in wanted if name not in found]
    if not missing and has_rights(connection, names):
        return
    try:
        for statement in _role_statements(addresses, missing):
            connection.execute(statement)
        for statement in statements(addresses.app.database, names):
            connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege as error:
        raise Unavailable(f"the owner role may not make the roles of the program: {ADMINISTRATOR}") from error
    # A REVOKE of somebody else's grant warns and does nothing.
    if not has_rights(connection, names):
        raise Unavailable(f"the owner role may not set the rights of the database: {ADMINISTRATOR}")


def _role_statements(addresses: Addresses, missing: list[str]) -> Iterator[sql.Composed]:
    for name in missing:
        if name == addresses.names.linker:
            login = sql.SQL("LOGIN PASSWORD {}").format(sql.Literal(scram_verifier(addresses.linker.password)))
        else:
            login = sql.SQL("NOLOGIN").format()
        yield sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(name), login)
