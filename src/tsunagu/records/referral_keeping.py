"""How long a package is kept by its receiver: with a case that it is taken into, or until its last day.

Call everything within `acting_for` an agency.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q

from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import Conflict
from tsunagu.records.models import ReferralCaseRow, ReferralRow, ReferralStepRow


def take(referral_id: UUID, case: CaseSummary, *, officer_id: UUID, now: datetime) -> None:
    """Keep a package with a case of its receiver from now on.

    Raises:
        Conflict: it is in a case already.
    """
    try:
        with transaction.atomic():
            ReferralCaseRow.objects.create(
                agency_id=case.agency_id,
                referral_id=referral_id,
                case_id=case.case_id,
                officer_id=officer_id,
                taken_at=now,
            )
    except IntegrityError as error:
        raise Conflict("this referral is in a case of your agency already") from error


def forget_case(case_id: UUID) -> None:
    """Let go of the packages that were taken into a case which is being erased."""
    ReferralCaseRow.objects.filter(case_id=case_id).update(case=None)


def kept_by_nobody(receiver_id: UUID, *, today: date) -> tuple[UUID, ...]:
    """Return the packages to an agency which neither side keeps any more, in order."""
    taken = ReferralCaseRow.objects.filter(referral_id=OuterRef("id"))
    over = Exists(taken.filter(case=None)) | (~Exists(taken) & Q(keep_until__lt=today))
    rows = ReferralRow.objects.filter(over, receiver_id=receiver_id, kept_by_sender=False)
    return tuple(rows.order_by("id").values_list("id", flat=True))


def erase(referral_id: UUID) -> None:
    """Erase a package that nobody keeps, with all its steps.

    Raises:
        Conflict: the database does not let it go; what is half erased must not be committed.
    """
    with connection.cursor() as cursor:
        # The package before the note of its case, which the database looks at to let it go.
        cursor.execute("DELETE FROM referral_step WHERE referral_id = %s", [referral_id])
        cursor.execute("DELETE FROM referral WHERE id = %s", [referral_id])
        is_gone = cursor.rowcount == 1
        cursor.execute("DELETE FROM referral_case WHERE referral_id = %s", [referral_id])
    if not is_gone or ReferralStepRow.objects.filter(referral_id=referral_id).exists():
        raise Conflict("what is to be erased may not be deleted")
