"""Submissions by their owner: items of a series sent to another agency of this installation, followed, withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.handling import Handling
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.domain.series_steps import StepKind
from tsunagu.domain.submission import Submission, SubmissionState, SubmittedItem, numbers_to_text
from tsunagu.records import agencies, series_steps, submission_ends, submissions
from tsunagu.records import series as series_rows
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.services.access import denials_recorded
from tsunagu.services.erasures.erasing import erase_withdrawn
from tsunagu.services.parts import Keys, Ledger, Queue
from tsunagu.services.references import check_reason
from tsunagu.services.series.desk import SeriesDesk
from tsunagu.services.submissions.choosing import Chosen, SubmissionDraft, choose, held_there

OVER = "this is withdrawn already, or has expired"


@dataclass(frozen=True, slots=True)
class SubmissionsView:
    """What was submitted, newest first, with the directory of agencies."""

    submissions: tuple[Submission, ...]
    agencies: Mapping[UUID, AgencyCard]


def submit_series(
    *, actor: Actor, name: str, draft: SubmissionDraft, now: datetime, keys: Keys, ledger: Ledger
) -> Submission:
    """Submit items of the actor's cases in a series to another agency, and return what was submitted.

    The receiver is told of each: digests and fingerprints, by which he compares it with what he holds, type, and on
    what the votes agree. Nothing of the cases goes along. With media, the contents in the vault go into the receiver's
    when he takes them. Context is not submitted.

    Raises:
        Forbidden: the actor submits nothing, or this is a co-ordinator's, since it rests on a covert case; the handling
            of the series, or the label under which some of it came, keeps it from that agency; or, with media, he was
            not granted the vault.
        NotFound: no such series, or not the actor's; no such agency; or an item is none that he may submit.
        InputError: no reason, no name, a day that is over, or too much.
        Exhausted: too much was submitted to that agency within 24 hours.
        Conflict: nothing may be submitted, or the same waits there already; or, with media, the receiver's vault is not
            switched on.
    """
    draft.check(now.date())
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.at_work(name, Permission.SUBMISSION_SEND):
        chosen = choose(actor, series_rows.series_called(actor, name), draft, now=now)
    if draft.with_media:
        vault = Permission.MEDIA_VAULT
        with denials_recorded(actor=actor, permission=vault, asked=name, now=now, keys=keys, ledger=ledger):
            pass
    held = held_there(chosen, draft, now=now)
    one = _submission(actor, name, chosen, draft, held, now=now)
    with desk.changing(name, Permission.SUBMISSION_SEND) as found:
        again = choose(actor, found, draft, now=now)
        if (again.found.root_id, again.is_covert, again.members) != (one.series_id, one.is_covert, chosen.members):
            raise Conflict("the series has changed meanwhile: submit it again")
        if submissions.waits_alike(one):
            raise Conflict("the same is submitted to that agency already, and waits there")
        submissions.add(one, chosen.members)
        told = _facts(one)
        value = chosen.card.name
        standing = replace(found, series_id=found.root_id)
        desk.take(StepKind.SUBMITTED, standing, reason=draft.reason, value=value, told=told)
        ledger.write(_theirs(Act.SUBMISSION_SENT, one, now, **told))
    return one


def list_submissions(
    *, actor: Actor, name: str | None = None, now: datetime, keys: Keys, ledger: Ledger
) -> SubmissionsView:
    """Return what was submitted of the actor's series, newest first, and how each item stands.

    Args:
        name: of the one series that is asked for; of all when it is left out.

    Raises:
        Forbidden: the actor reads no series.
        NotFound: no such series, or not the actor's.
    """
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.at_work(name or "submissions", Permission.SERIES_READ):
        found = series_rows.series_called(actor, name) if name else None
        view = SubmissionsView(submissions.sent_of(actor, found.root_id if found else None), agencies.agency_cards())
    told: dict[str, str | int] = {"submissions": len(view.submissions)}
    if found is None:
        ledger.record(Deed(Act.SUBMISSION_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=told))
    else:
        told["series"] = str(found.root_id)
        ledger.record(desk.deed(Act.SUBMISSION_READ, found, found.case_ids, **told))
    return view


def withdraw_submission(
    *,
    actor: Actor,
    submission_id: UUID,
    items: Collection[str],
    reason: str,
    queue: Queue,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> int:
    """Withdraw items of a submission, and return how many: what its receiver took of them is erased there.

    It is gone when this returns, unless it is large: then it is decided, and the queue sees to it. Both ledgers tell.

    Args:
        items: SHA-256 in hex; empty for all.

    Raises:
        Forbidden: the actor submits nothing.
        NotFound: no such submission, or of no series of the actor's; or an item is not in it.
        InputError: no reason, or one that is too long.
        Conflict: it is withdrawn already, or has expired.
    """
    check_reason(reason)
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.at_work(str(submission_id), Permission.SUBMISSION_SEND):
        one = submissions.sent_by(actor, submission_id)
        if one.expired_at is not None:
            raise Conflict(OVER)
        series_steps.lock(actor.agency_id)
        named = {item.sha256.hex(): item.number for item in one.items if item.sha256}
        if not {each.lower() for each in items} <= named.keys():
            raise NotFound("no such item in this submission")
        numbers = [named[each.lower()] for each in items] or [item.number for item in one.items]
        gone = submission_ends.withdraw(one, numbers, now=now)
        if not gone:
            raise Conflict(OVER)
        found = series_rows.series_called(actor, submissions.series_name(one))
        value = agencies.agency_cards()[one.receiver_id].name
        told: dict[str, str | int] = {"submission": str(submission_id), "items": gone, "agency": str(one.receiver_id)}
        told["numbers"] = numbers_to_text(numbers)
        desk.take(StepKind.RECALLED, found, reason=reason, value=value, told=told)
    erase_withdrawn(one.receiver_id, now=now, keys=keys, ledger=ledger, queue=queue)
    return gone


def _submission(
    actor: Actor, name: str, chosen: Chosen, draft: SubmissionDraft, held: Collection[bytes], *, now: datetime
) -> Submission:
    from tsunagu.services.comparisons.items import bared  # noqa: PLC0415 - loads NumPy, needed by nothing else
    from tsunagu.services.intake.lines import encode_item  # noqa: PLC0415 - likewise

    receivers = chosen.found.handling.receivers if draft.may_forward else frozenset({chosen.card.agency_id})
    items = []
    for number, (member, one) in enumerate(zip(chosen.members, chosen.contents, strict=True), 1):
        sha256 = one.digests.sha256 if one.digests else b""
        line = encode_item(replace(bared(number, one), path=b"submitted %d" % number))
        state = SubmissionState.DUPLICATE if sha256 in held else SubmissionState.UPLOADED
        mime = one.media_type.mime if one.media_type else None
        told = chosen.categories.get(member, ())
        items.append(SubmittedItem(number, sha256, mime, state, told, sha256 in chosen.vaulted, line=line))
    return Submission(
        uuid4(),
        actor.agency_id,
        chosen.card.agency_id,
        chosen.found.root_id,
        name,
        draft.investigation,
        Handling(receivers, frozenset({draft.purpose}), draft.may_forward, draft.until),
        chosen.is_covert,
        actor.officer_id,
        now,
        items=tuple(items),
    )


def _facts(one: Submission) -> dict[str, str | int]:
    return {
        "submission": str(one.submission_id),
        "items": len(one.items),
        "media": sum(item.has_media for item in one.items),
        "merkle_root": merkle_root([item.sha256 for item in one.items]).hex(),
        "agency": str(one.receiver_id),
        "until": one.until.isoformat(),
        "forward": int(one.label.may_forward),
    }


def _theirs(act: Act, one: Submission, now: datetime, **told: str | int) -> Deed:
    """Return what the receiver's ledger is told."""
    return Deed(act, now, one.receiver_id, purpose=one.purpose, details={**told, "agency": str(one.owner_id)})
