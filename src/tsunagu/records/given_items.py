"""What a bank gives out: the items that its owner stands by at this moment, and how many it keeps back, and why.

Call everything within `acting_for` the bank's agency.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from tsunagu.domain.bank import BankItem, Opinion
from tsunagu.records.bank_items import bank_item
from tsunagu.records.models import BankItem as Row


def items_to_give(bank_id: UUID, *, now: datetime) -> Iterator[BankItem]:
    """Yield the items of a bank that its owner stands by, oldest first; the others are counted by `items_kept_back`."""
    return (bank_item(row) for row in _to_give(bank_id, now).order_by("id").iterator(chunk_size=2000))


def count_to_give(bank_id: UUID, *, now: datetime) -> int:
    """Return how many items of a bank its owner stands by at this moment."""
    return _to_give(bank_id, now).count()


def _to_give(bank_id: UUID, now: datetime) -> QuerySet[Row]:
    return Row.objects.filter(bank_id=bank_id, withdrawn=None).exclude(_kept_back(now))


def items_kept_back(bank_id: UUID, *, now: datetime) -> dict[str, int]:
    """Return how many items of a bank its owner does not stand by at this moment, by the reason, without noughts."""
    rows = Row.objects.filter(bank_id=bank_id, withdrawn=None)
    counts = rows.aggregate(**{name: Count("id", filter=condition) for name, condition in _reasons(now).items()})
    return {name.replace("_", "-"): count for name, count in counts.items() if count}


def _reasons(now: datetime) -> dict[str, Q]:
    """Return why an item is not given out, of which several may hold."""
    return {
        "unfinished_list": Q(part_of__isnull=False, part_of__done_at=None),
        "quarantine": Q(quarantine__isnull=False),
        "disputed": Q(opinion=Opinion.DISPUTED),
        "put_off": Q(disabled_until__gt=now),
    }


def _kept_back(now: datetime) -> Q:
    return reduce(or_, _reasons(now).values())
