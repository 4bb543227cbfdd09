"""What must not come back with a backup: ways in, and rights, that were there when it was made and may be no more."""

from datetime import datetime

from psycopg import Connection

_ENDED = (
    "UPDATE sign_in SET ended_at = %(now)s WHERE ended_at IS NULL",
    "UPDATE api_key SET ended_at = %(now)s WHERE ended_at IS NULL",
    "DELETE FROM web_session",
    "UPDATE invitation SET expires_at = %(now)s WHERE used_at IS NULL AND expires_at > %(now)s",
    "UPDATE proposal SET settled_at = %(now)s WHERE settled_at IS NULL",
    "UPDATE permission_grant SET ended_at = %(now)s WHERE ended_at IS NULL",
    "UPDATE officer SET certified_until = NULL",
)


def end_every_way_in(connection: Connection, *, now: datetime) -> None:
    """End what lets anybody in, or do more than his roles say, of all agencies: some was ended since the backup.

    Every sign-in, browser's session and API key ends, every invitation, every proposal that waits and every grant, and
    the certification of everybody: an administrator, who needs none for it, certifies those anew who are still there.
    Passwords, second factors and roles are as they were in the backup.

    Args:
        connection: of a role that no row-level security binds.
        now: when they end.
    """
    with connection.transaction():
        for statement in _ENDED:
            connection.execute(statement, {"now": now})
