"""How much of an agency's room for uploads is taken, by whatever is uploaded. Call everything within `acting_for`."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import Sum

from tsunagu.domain.errors import Unavailable
from tsunagu.records.models import IncomingListRow, IntakeFile

_LOCK_QUOTA = 7400106


def lock_room(agency_id: UUID) -> None:
    """Let only one at a time take some of an agency's room, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK_QUOTA, str(agency_id)])


def check_room(quota_bytes: int) -> None:
    """Do nothing where all that is on its way has room.

    Raises:
        Unavailable: the agency would have offered more than `quota_bytes`.
    """
    files = IntakeFile.objects.filter(intake__ended_at=None).aggregate(total=Sum("size_bytes"))["total"]
    lists = IncomingListRow.objects.filter(ended_at=None).aggregate(total=Sum("size_bytes"))["total"]
    if (files or 0) + (lists or 0) > quota_bytes:
        raise Unavailable("your agency's room for uploads is taken: let what is there be examined first")
