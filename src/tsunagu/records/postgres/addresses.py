"""Where the database is, for each role that talks to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tsunagu.domain.errors import InputError

SCHEMES = ("postgresql://", "postgres://")
DEFAULT_PORT = 5432


@dataclass(frozen=True, slots=True)
class RoleNames:
    """The names of the roles in one database.

    Attributes:
        owner: owns the database and, after migration, the tables; used by migrations only.
        app: what the program works as; row-level security binds it.
        linker: reads fingerprints across agencies and writes hits.
        ledger: owns the ledger's table and the function that appends to it; nobody signs in as it.
        vault: will read stored media; nobody signs in as it yet.
    """

    owner: str
    app: str
    linker: str
    ledger: str
    vault: str


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Where one role reaches the database.

    Attributes:
        host: a host name, or the folder of a unix socket.
        port: 1 to 65535; with a socket folder, the number in the socket's name.
        password: empty when the client library shall find one by itself (a password file); never shown by `repr`.
        options: further parameters of the client library, such as `("sslmode", "verify-full")`.
    """

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def conninfo(self) -> str:
        """Return the connection string that psycopg takes. It holds the password."""
        return make_conninfo(
            "",
            **dict(self.options),
            host=self.host or None,
            port=self.port,
            dbname=self.database,
            user=self.user,
            password=self.password or None,
        )


@dataclass(frozen=True, slots=True)
class Addresses:
    """The database as each role that signs in reaches it, and what all roles are called."""

    app: DatabaseAddress
    owner: DatabaseAddress
    linker: DatabaseAddress
    names: RoleNames


def address_from_url(url: str) -> DatabaseAddress:
    """Return what a `postgresql://user:password@host:port/database?sslmode=…` URL says.

    Raises:
        InputError: it is no such URL, lacks the user or the database, or lists several hosts.
    """
    if not url.startswith(SCHEMES):
        raise InputError("the database URL does not start with postgresql://")
    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except ProgrammingError:
        # The library's own message quotes the URL, password and all.
        raise InputError("the database URL cannot be read") from None
    user, database = parts.pop("user", ""), parts.pop("dbname", "")
    if not user or not database:
        raise InputError("the database URL must name a user and a database")
    host, port, password = parts.pop("host", ""), parts.pop("port", ""), parts.pop("password", "")
    if "," in host or not (port or str(DEFAULT_PORT)).isdecimal():
        raise InputError("the database URL must name one host")
    return DatabaseAddress(host, int(port or DEFAULT_PORT), database, user, password, tuple(sorted(parts.items())))
