"""Browsers' sessions, as rows that open nothing."""

from datetime import datetime

from django.db import connection

from tsunagu.records.models import WebSession


def sealed_session(key_mac: bytes, *, now: datetime) -> tuple[bytes, datetime] | None:
    """Return the sealed content of a session and when it expires; None when there is none, or it has expired."""
    with connection.cursor() as cursor:
        # Every page asks this first: by way of an object it would take three times as long.
        cursor.execute(
            "SELECT sealed, expires_at FROM web_session WHERE key_mac = %s AND expires_at > %s", [key_mac, now]
        )
        row = cursor.fetchone()
    return None if row is None else (bytes(row[0]), row[1])


def has_session(key_mac: bytes) -> bool:
    """Return whether there is such a session, expired or not."""
    return WebSession.objects.filter(key_mac=key_mac).exists()


def keep_session(key_mac: bytes, sealed: bytes, *, expires_at: datetime, must_be_new: bool) -> bool:
    """Keep a session, and return whether that was done: not when it must be new and is there, nor the other way."""
    if must_be_new:
        rows = [WebSession(key_mac=key_mac, sealed=sealed, expires_at=expires_at)]
        return WebSession.objects.bulk_create(rows, ignore_conflicts=True) != [] and _is(key_mac, sealed)
    return WebSession.objects.filter(key_mac=key_mac).update(sealed=sealed, expires_at=expires_at) == 1


def drop_session(key_mac: bytes) -> None:
    """End a session; nothing happens when there is none."""
    WebSession.objects.filter(key_mac=key_mac).delete()


def drop_expired(*, now: datetime) -> None:
    """Remove the sessions that have expired."""
    WebSession.objects.filter(expires_at__lte=now).delete()


def _is(key_mac: bytes, sealed: bytes) -> bool:
    return WebSession.objects.filter(key_mac=key_mac, sealed=sealed).exists()
