"""How often something was tried lately, as rows that every process of an installation shares."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from tsunagu.records.models import ThrottleRow

_PURGED_AT_ONCE = 50


def held(key_mac: bytes, *, now: datetime) -> str | None:
    """Return what is kept under a key; None when there is nothing, or it has expired."""
    return ThrottleRow.objects.filter(key_mac=key_mac, expires_at__gt=now).values_list("held", flat=True).first()


def keep(key_mac: bytes, value: str, *, expires_at: datetime, now: datetime) -> None:
    """Keep something under a key in place of what was there, and remove some of what has expired."""
    with transaction.atomic():
        ThrottleRow.objects.update_or_create(key_mac=key_mac, defaults={"held": value, "expires_at": expires_at})
        # What another process holds is left to it: two that wait for each other's rows would never end.
        old = ThrottleRow.objects.select_for_update(skip_locked=True).filter(expires_at__lte=now)[:_PURGED_AT_ONCE]
        ThrottleRow.objects.filter(key_mac__in=[one.key_mac for one in old]).delete()


def keep_new(key_mac: bytes, value: str, *, expires_at: datetime, now: datetime) -> bool:
    """Keep something under a key that has nothing, and return whether that was done."""
    ThrottleRow.objects.filter(key_mac=key_mac, expires_at__lte=now).delete()
    row = ThrottleRow(key_mac=key_mac, held=value, expires_at=expires_at)
    ThrottleRow.objects.bulk_create([row], ignore_conflicts=True)
    return ThrottleRow.objects.filter(Q(key_mac=key_mac) & Q(held=value) & Q(expires_at=expires_at)).exists()


def drop(key_mac: bytes) -> bool:
    """Remove what is kept under a key, and return whether there was anything."""
    return ThrottleRow.objects.filter(key_mac=key_mac).delete()[0] > 0


def drop_everything() -> None:
    """Begin to count anew."""
    ThrottleRow.objects.all().delete()
