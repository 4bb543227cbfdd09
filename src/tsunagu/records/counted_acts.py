"""What statistics are counted from, as rows: whatever an agency is told of, but for what is kept from colleagues there.

A covert case, and a package for co-ordinators alone, are left out for as long as they are that, and a case that is
erased from then on: a figure that held them would tell of them, to whoever knows all the others. Call everything within
`acting_for` the agency.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from tsunagu.records.alert_rows import KeptStep
from tsunagu.records.alerts import steps_of
from tsunagu.records.models import AlertPartyRow, Case, ReferralCaseRow, ReferralRow, ReferralSourceRow, SeizedListRow
from tsunagu.records.referrals import KeptReferral, kept_referrals


def alert_steps(agency_id: UUID) -> dict[UUID, tuple[KeptStep, ...]]:
    """Return the steps of each alert that the agency is told of for no case of its own that is covert, or erased.

    Of one that is erased nobody knows any more whether it was covert.
    """
    known = Q(case_id=None) | Q(case_id__in=Case.objects.filter(covert=False).values("id"))
    parties = AlertPartyRow.objects.filter(known, agency_id=agency_id)
    return steps_of(parties.values_list("alert_id", flat=True))


def open_referrals() -> tuple[KeptReferral, ...]:
    """Return the referrals that the agency sent or was sent, for all its officers; into no case that is erased.

    Nor are they from or into a covert one.
    """
    from_covert = ReferralSourceRow.objects.filter(referral_id=OuterRef("id"), list__exhibit__case__covert=True)
    into = ReferralCaseRow.objects.filter(referral_id=OuterRef("id"))
    into_such = into.filter(Q(case=None) | Q(case__covert=True))
    rows = ReferralRow.objects.filter(~Exists(from_covert), ~Exists(into_such), coordinators_alone=False)
    return kept_referrals(rows)


def rows_of_lists() -> dict[UUID, int]:
    """Return how many rows came in with each seized list, of a case that is not covert, whose import is over."""
    rows = SeizedListRow.objects.exclude(exhibit__case__covert=True).exclude(imported_at=None)
    return {
        list_id: count - sum(refused.values()) for list_id, count, refused in rows.values_list("id", "rows", "refused")
    }
