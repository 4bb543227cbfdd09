"""Uploads after a restore: their bytes are in no backup, so nobody is left to wait for them."""

from __future__ import annotations

from datetime import datetime

from tsunagu.domain.act import Act
from tsunagu.domain.intake_run import IntakeState
from tsunagu.domain.ledger import Deed
from tsunagu.records import agencies, intakes
from tsunagu.records.session import acting_for
from tsunagu.services.intake.list_uploads import give_up_lists
from tsunagu.services.parts import Ledger

NOT_IN_BACKUP = "not-in-backup"
"""Why an upload failed that was under way when the backup was made."""
UNDER_WAY = (IntakeState.UPLOADING, IntakeState.WAITING, IntakeState.RUNNING)


def end_lost_uploads(*, now: datetime, ledger: Ledger) -> int:
    """End every upload that had not been examined, so that its officer reads why, and return how many.

    What was examined of it stays; the rest is uploaded again. Intakes from watched folders go on by themselves.
    """
    count = 0
    for agency_id in agencies.member_ids():
        with acting_for(agency_id):
            lost = intakes.give_up_uploads(UNDER_WAY, now=now, failure=NOT_IN_BACKUP)
            details = {"state": IntakeState.FAILED.value, "failure": NOT_IN_BACKUP}
            ledger.write(
                *(
                    Deed(
                        Act.INTAKE_ENDED,
                        now,
                        agency_id,
                        case_id=case_id,
                        details={"intake": str(intake_id), **details},
                    )
                    for intake_id, case_id in lost
                )
            )
            lists = give_up_lists(agency_id, now=now, failure=NOT_IN_BACKUP, ledger=ledger)
        count += len(lost) + lists
    return count
