"""What must not come back with a backup: ways in that were open when it was made."""

from datetime import datetime

from psycopg import Connection


def end_every_sign_in(connection: Connection, *, now: datetime) -> None:
    """End every sign-in, browser's session and API key, of all agencies: some were ended after the backup was made.

    Args:
        connection: of a role that no row-level security binds.
        now: when they end.
    """
    connection.execute("UPDATE sign_in SET ended_at = %s WHERE ended_at IS NULL", [now])
    connection.execute("UPDATE api_key SET ended_at = %s WHERE ended_at IS NULL", [now])
    connection.execute("DELETE FROM web_session")
