"""The label of what came from another agency: asked wherever something of it would be passed on."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from tsunagu.domain.errors import Forbidden
from tsunagu.domain.handling import Handling
from tsunagu.records import submitted_here
from tsunagu.records.session import acting_for

NOT_LET: Final = "some of it came from another agency, whose label does not let it be passed on so"


def check_labels(agency_id: UUID) -> None:
    """Do nothing when no series of an agency is given to more than the label of what is in it lets.

    Widening takes the originator's consent: his label is that, and nothing here changes it.
    Call it within `acting_for`.

    Raises:
        Forbidden: one is.
    """
    for label, handling in submitted_here.handlings_of_labelled(agency_id):
        if handling.receivers and handling.is_wider_than(label):
            raise Forbidden(NOT_LET)


def check_passed_on(agency_id: UUID, case_ids: Collection[UUID], to: Handling | None = None) -> None:
    """Do nothing when something of these cases may be passed on. Call it within `acting_for`.

    Args:
        agency_id: whose cases they are.
        case_ids: what it is of.
        to: to whom and for what; to anybody when it is left out.

    Raises:
        Forbidden: it may not.
    """
    for label in submitted_here.labels_of(agency_id, case_ids).values():
        if not label.may_forward or (to is not None and to.is_wider_than(label)):
            raise Forbidden(NOT_LET)


def check_may_leave(agency_id: UUID, case_id: UUID) -> None:
    """Do nothing when a case may leave the house as a whole; see `check_passed_on`."""
    with acting_for(agency_id):
        check_passed_on(agency_id, [case_id])
