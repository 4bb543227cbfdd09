"""A submission taken: a new case of the receiver's under its owner's label, a series, and the media with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.handling import Handling
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.domain.retention import checked_until
from tsunagu.domain.series_steps import Member, Step, StepKind
from tsunagu.domain.submission import Submission, SubmittedItem
from tsunagu.records import cases, holdings, retention, series_steps, submissions
from tsunagu.records import series as series_rows
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.vault import rows as vault_rows
from tsunagu.records.vault.rows import Vaulted
from tsunagu.records.vault.store import VaultStore
from tsunagu.services.access import check_reference, deed, denials_recorded
from tsunagu.services.overlaps.linking import link_all
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.series.desk import SeriesDesk
from tsunagu.services.submissions.access import deeds_of, open_submission
from tsunagu.services.submissions.media import carried_over


@dataclass(frozen=True, slots=True)
class Taken:
    """As what a submission was taken.

    Attributes:
        items: how many contents the case holds by it.
        media: how many of them lie in the vault by it now.
    """

    case: str
    items: int
    media: int


def take_submission(
    *,
    actor: Actor,
    submission_id: UUID,
    reference: str,
    vault: VaultStore,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> Taken:
    """Take what stands of a submission as a new case of the actor's, under its label, and compare it with all held.

    Each item is an exhibit of its own, so that it can go by itself. The case is kept until the label's last day at the
    longest, and nothing else is brought into it. A series of the same name rests on it, also called as its owner does.

    Args:
        reference: of the new case, and name of the new series.
        vault: where the contents go, from the owner's vault, as far as they go along.

    Raises:
        Forbidden: the actor receives no submissions, or opens no cases.
        NotFound: no such submission, or none that he is told of.
        InputError: a reference that can be none.
        Conflict: it was taken or rejected, was withdrawn, or its last day is over; or there is such a case or series.
        Unavailable: the vault cannot be written.
    """
    check_reference(reference)
    with open_submission(actor, submission_id, now=now, keys=keys, ledger=ledger) as one:
        moving = {item.sha256 for item in one.items if item.stands and item.has_media}
    opening = Permission.CASE_OPEN
    with denials_recorded(actor=actor, permission=opening, asked=reference, now=now, keys=keys, ledger=ledger):
        pass
    with (
        carried_over(one.owner_id, one.receiver_id, moving, store=vault, keys=keys, now=now) as carried,
        open_submission(actor, submission_id, now=now, keys=keys, ledger=ledger) as again,
    ):
        standing = tuple(item for item in again.items if item.stands)
        case, members = _opened(actor, again, standing, reference, now=now, ledger=ledger)
        contents = {item.sha256 for item in standing}
        kept = tuple(each for each in carried if each.sha256 in contents)
        vault_rows.note(actor.agency_id, kept, now=now)
        _put_together(SeriesDesk(actor, now, keys, ledger), again, case, members)
        ledger.write(*_taken(again, actor, case, standing, kept, now=now))
    link_all(now=now, ledger=ledger)
    ledger.record(deed(Act.MEDIA_COMPARED, actor=actor, case=case, now=now, files=len(standing)))
    return Taken(reference, len(standing), len(kept))


def _opened(
    actor: Actor,
    one: Submission,
    standing: Collection[SubmittedItem],
    reference: str,
    *,
    now: datetime,
    ledger: Ledger,
) -> tuple[CaseSummary, frozenset[Member]]:
    """Open the case of a submission with what it holds; return both. Call it within `open_submission`."""
    from tsunagu.services.intake.lines import decode_item  # noqa: PLC0415 - loads NumPy, needed by nothing else

    until = checked_until(None, limit=one.until, keep_months=retention.keep_months(), today=now.date())
    case = CaseSummary(uuid4(), actor.agency_id, reference, one.purpose, one.is_covert, now, until, one.until)
    cases.add_case(case, opened_by=actor.officer_id)
    ledger.write(deed(Act.CASE_OPENED, actor=actor, case=case, now=now, until=until.isoformat()))
    lines, exhibits = submissions.lines_of(one.submission_id), {}
    for item in standing:
        name = f"submitted {item.number}"
        exhibit_id, _ = cases.exhibit_of(case, name, registered_by=actor.officer_id, now=now)
        exhibits[item.number] = exhibit_id
        examined = decode_item(lines[item.number])
        holdings.keep([(examined, 0)], agency_id=case.agency_id, exhibit_id=exhibit_id, scanned=True, claimed=True)
        ledger.write(deed(Act.EXHIBIT_REGISTERED, actor=actor, case=case, now=now, exhibit=str(exhibit_id)))
    submissions.note_taken(one.submission_id, case.case_id, exhibits, now=now)
    names = [item.sha256.hex() for item in standing]
    return case, series_rows.members_called(case, names)


def _put_together(desk: SeriesDesk, one: Submission, case: CaseSummary, members: frozenset[Member]) -> None:
    """Let a series of the receiver's own consist of what was taken. Call it within `open_submission`."""
    actor, series_id = desk.actor, uuid4()
    series_steps.lock(actor.agency_id)
    series_rows.add_series(series_id, name=case.reference, purpose=one.purpose, actor=actor, now=desk.now)
    series_rows.rest_on(series_id, [case.case_id], agency_id=actor.agency_id)
    found = series_rows.series_called(actor, case.reference)
    desk.keep(Step(uuid4(), StepKind.OPENED, series_id, actor.officer_id, desk.now), found, told={})
    desk.take(StepKind.ADDED, found, members=members)
    desk.take(StepKind.ALIAS_ADDED, found, value=one.series)
    series_rows.add_alias(series_id, one.series, agency_id=actor.agency_id)
    if one.label.may_forward:
        receivers = one.label.receivers - {actor.agency_id}
        series_rows.set_handling(series_id, Handling(receivers, one.label.purposes, may_forward=True, until=one.until))


def _taken(
    one: Submission,
    actor: Actor,
    case: CaseSummary,
    standing: Collection[SubmittedItem],
    kept: Collection[Vaulted],
    *,
    now: datetime,
) -> Iterator[Deed]:
    root = merkle_root([item.sha256 for item in standing]).hex()
    told: dict[str, str | int] = {"items": len(standing), "media": len(kept), "merkle_root": root}
    own, theirs = deeds_of(Act.SUBMISSION_TAKEN, one, actor, now, **told)
    yield replace(own, case_id=case.case_id)
    yield theirs
    if kept:
        media = merkle_root([each.sha256 for each in kept]).hex()
        about: dict[str, str | int] = {"contents": len(kept), "merkle_root": media}
        yield deed(Act.MEDIA_VAULTED, actor=actor, case=case, now=now, **about)
