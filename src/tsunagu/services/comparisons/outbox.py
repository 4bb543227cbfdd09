"""Comparisons on their way to other installations: what is asked, a claim, and that it is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.claim import ClaimScope
from tsunagu.domain.handling import Handling
from tsunagu.domain.hub import MessageKind
from tsunagu.domain.ledger import Deed
from tsunagu.domain.media import Examined
from tsunagu.domain.purpose import Purpose
from tsunagu.federation.comparison_messages import (
    Asked,
    AskedClaim,
    AskedItems,
    Mark,
    asked_body,
    asked_stream,
    claim_body,
    items_body,
    mark_body,
)
from tsunagu.federation.streams import closing
from tsunagu.records import agencies, comparisons, hub_messages
from tsunagu.records.claims import Scope
from tsunagu.records.comparisons import Sent
from tsunagu.records.hub_messages import Draft
from tsunagu.records.session import acting_for
from tsunagu.services.parts import Ledger


def queue_asked(member_id: UUID, asked: Asked, contents: Sequence[Examined], *, now: datetime) -> None:
    """Put into the outbox what is asked of a member, in the transaction that keeps it."""
    hub_messages.put(member_id, _drafts(asked, contents), now=now)


def queue_seen(one: Sent, hits: Iterable[UUID], *, now: datetime) -> None:
    """Put into the outbox that hits were taken note of, in the transaction that keeps it."""
    stream, speaker = asked_stream(one.comparison_id), one.agency_id
    drafts = [
        Draft(
            stream,
            f"seen {hit} {now.timestamp()}",
            MessageKind.COMPARISON_SEEN,
            mark_body(Mark(one.comparison_id, speaker, now, hit)),
            speaker,
        )
        for hit in hits
    ]
    hub_messages.put(one.member_id, drafts, now=now)


def queue_over(one: Sent, *, now: datetime) -> None:
    """Keep that a comparison is withdrawn, and put it into the outbox. Call `leave` once that is committed."""
    comparisons.note_withdrawn(one.comparison_id, now=now)
    body = mark_body(Mark(one.comparison_id, one.agency_id, now))
    stream = closing(asked_stream(one.comparison_id))
    draft = Draft(stream, "over", MessageKind.COMPARISON_OVER, body, one.agency_id)
    hub_messages.put(one.member_id, [draft], now=now)


def withdraw_resting_on(agency_id: UUID, case_id: UUID, *, now: datetime, ledger: Ledger) -> None:
    """Withdraw every comparison that something of a case was sent for: it is being erased here, and so it is there."""
    with acting_for(agency_id):
        found = comparisons.resting_on(case_id)
        for one in found:
            queue_over(one, now=now)
            told: dict[str, str | int] = {"comparison": str(one.comparison_id), "member": str(one.member_id)}
            shown = case_id if case_id in comparisons.cases_told(one) else None
            ledger.write(Deed(Act.COMPARISON_WITHDRAWN, now, agency_id, None, case_id=shown, details=told))
        comparisons.forget_words(case_id)
    for member_id in {one.member_id for one in found}:
        leave(member_id, now=now)


def withdraw_not_let(series_id: UUID, handling: Handling, *, now: datetime) -> list[Sent]:
    """Withdraw the comparisons of a series that its handling lets last no more, and return them.

    Call it in the transaction that sets the handling, and `leave` for each once that is committed.
    """
    lasting = comparisons.lasting_on(ClaimScope.SERIES, series_id, today=now.date())
    found = [one for one in lasting if not is_let(handling, one.member_id, one.purpose, one.until)]
    for one in found:
        queue_over(one, now=now)
    return found


def is_let(handling: Handling, member_id: UUID, purpose: Purpose, until: date) -> bool:
    """Return whether every agency of a member that is known here may be given something until a day."""
    there = {one.agency_id for one in agencies.agency_cards().values() if one.member_id == member_id}
    return bool(there) and all(handling.lets(one, purpose, today=until) for one in there)


def end_with(member_id: UUID, *, now: datetime, ledger: Ledger) -> None:
    """Keep that what agencies here asked of an installation is over: it is a member no more, and tells nothing."""
    for agency_id in agencies.member_ids():
        with acting_for(agency_id):
            for one in comparisons.end_with(member_id, now=now):
                told: dict[str, str | int] = {"comparison": str(one), "member": str(member_id)}
                ledger.write(Deed(Act.COMPARISON_WITHDRAWN, now, agency_id, details=told))


def tell_claim(scope: Scope, until: datetime | None, *, now: datetime) -> None:
    """Let the installations where a scope is being compared know until when it is claimed here; None: no more.

    Call it in the transaction that changes the claim.
    """
    for one in comparisons.lasting_on(scope.kind, scope.id, today=now.date()):
        body = claim_body(AskedClaim(one.comparison_id, one.agency_id, until))
        about = f"claim {now.timestamp()}"
        draft = Draft(asked_stream(one.comparison_id), about, MessageKind.COMPARISON_CLAIM, body, one.agency_id)
        hub_messages.put(one.member_id, [draft], now=now)


def leave(member_id: UUID, *, now: datetime) -> None:
    """Keep nothing in the outbox of what was withdrawn. Whoever dies before leaves it to the next message."""
    with acting_for(member_id):
        hub_messages.lock(member_id)
        hub_messages.leave_closed(member_id, now=now)


def _drafts(asked: Asked, contents: Sequence[Examined]) -> Iterator[Draft]:
    from tsunagu.services.comparisons.items import lines_of  # noqa: PLC0415 - loads NumPy, needed by nothing else

    stream, speaker = asked_stream(asked.comparison_id), asked.agency.agency_id
    yield Draft(stream, "asked", MessageKind.COMPARISON, asked_body(asked), speaker)
    for number, lines in enumerate(lines_of(contents), 1):
        body = items_body(AskedItems(asked.comparison_id, speaker, lines))
        yield Draft(stream, f"items {number}", MessageKind.COMPARISON_ITEMS, body, speaker)
