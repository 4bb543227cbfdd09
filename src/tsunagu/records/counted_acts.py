"""What statistics are counted from, as rows: whatever an agency is told of, but for what is kept from colleagues there.

A covert case, and a package for co-ordinators alone, are left out for as long as they are that: a figure that held them
would tell of them, to whoever knows all the others. Call everything within `acting_for` the agency.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef

from tsunagu.records.alerts import KeptStep, steps_of
from tsunagu.records.models import AlertPartyRow, Case, ReferralCaseRow, ReferralRow, ReferralSourceRow, SeizedListRow
from tsunagu.records.referrals import KeptReferral, kept_referrals


def alert_steps(agency_id: UUID) -> dict[UUID, tuple[KeptStep, ...]]:
    """Return the steps of each alert that the agency is told of for no covert case of its own."""
    parties = AlertPartyRow.objects.filter(agency_id=agency_id).exclude(
        case_id__in=Case.objects.filter(covert=True).values("id")
    )
    return steps_of(parties.values_list("alert_id", flat=True))


def open_referrals() -> tuple[KeptReferral, ...]:
    """Return the referrals that the agency sent or was sent, from and into no covert case, for all its officers."""
    from_covert = ReferralSourceRow.objects.filter(referral_id=OuterRef("id"), list__exhibit__case__covert=True)
    into_covert = ReferralCaseRow.objects.filter(referral_id=OuterRef("id"), case__covert=True)
    rows = ReferralRow.objects.filter(~Exists(from_covert), ~Exists(into_covert), coordinators_alone=False)
    return kept_referrals(rows)


def rows_of_lists() -> dict[UUID, int]:
    """Return how many rows came in with each seized list, of a case that is not covert, whose import is over."""
    rows = SeizedListRow.objects.exclude(exhibit__case__covert=True).exclude(imported_at=None)
    return {
        list_id: count - sum(refused.values()) for list_id, count, refused in rows.values_list("id", "rows", "refused")
    }
