"""Series published to banks, so that platforms know them again: by a co-ordinator's act, and never what may not be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tsunagu.domain.actor import Actor
from tsunagu.domain.bank import BankSemantics, BankSummary
from tsunagu.domain.errors import Conflict
from tsunagu.domain.permission import Permission
from tsunagu.domain.series_steps import Member, StepKind
from tsunagu.records import bank_items, banks, published_items, submitted_here
from tsunagu.records import series as rows
from tsunagu.records import votes as said
from tsunagu.records.new_items import NewItem, pack
from tsunagu.records.published_items import Place
from tsunagu.services.access import check_reference
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.references import check_reason
from tsunagu.services.series.desk import SeriesDesk
from tsunagu.services.series.votes import doubted_by


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing came to.

    Attributes:
        items: contents of the actor's cases that the bank knows by the series now.
        added: those that are new to it.
        held: those of them that wait in its quarantine.
        there_before: contents that it knew already, by somebody's own decision: they stay when the series goes.
        left_out: context, what is of a covert case or was submitted by another agency, and what votes grade as lawful
            or differ about.
    """

    items: int
    added: int
    held: int
    there_before: int
    left_out: int


def publish_series(
    *, actor: Actor, name: str, bank: str, reason: str, now: datetime, keys: Keys, ledger: Ledger
) -> Published:
    """Publish what a series has of the actor's cases to a bank of his agency; done again, what has come to it since.

    Only a series that circulates may be: what was found on its producer's device alone would tell him that it was.

    Raises:
        Forbidden: the actor publishes no series.
        InputError: no reason, or one that is too long; or a name that can be none.
        NotFound: no such series, or not the actor's; or no such bank of his agency.
        Conflict: it is not known to circulate, or known to be lawful; the bank is benign; or nothing of it is left.
    """
    check_reason(reason)
    check_reference(bank)
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.changing(name, Permission.SERIES_PUBLISH) as found:
        target = banks.bank_of(bank)
        if not published_items.may_be_published(found.root_id):
            raise Conflict("only a series that is said to circulate, and not to be lawful, is published")
        if target.semantics is BankSemantics.BENIGN:
            raise Conflict("a benign bank silences what is in it: choose another bank")
        members = rows.items_with_members(actor, found.root_id)
        meant = _to_publish(actor.agency_id, [one for one, item in members if not item.is_context])
        if not meant:
            raise Conflict("nothing of your cases in this series may be published")
        done = _add(Place(found.series_id, target.bank_id), target, meant, desk)
        published = Published(*done, left_out=len(members) - len(meant))
        told: dict[str, str | int] = {"bank": str(target.bank_id), "items": published.items, "added": published.added}
        desk.take(StepKind.PUBLISHED, found, reason=reason, value=target.name, told=told)
    return published


def withdraw_published(
    *, actor: Actor, name: str, bank: str, reason: str, now: datetime, keys: Keys, ledger: Ledger
) -> int:
    """Withdraw from a bank what it knows by a series alone, and return how many items of the actor's cases that were.

    What another series speaks for stays there, and is said to be that one's.

    Raises:
        Forbidden: the actor publishes no series.
        InputError: no reason, or one that is too long; or a name that can be none.
        NotFound: no such series, or not the actor's; or no such bank of his agency.
        Conflict: nothing of it is published there.
    """
    check_reason(reason)
    check_reference(bank)
    desk = SeriesDesk(actor, now, keys, ledger)
    with desk.changing(name, Permission.SERIES_PUBLISH) as found:
        target = banks.bank_of(bank)
        own = dict(published_items.published_of(actor, found.root_id)).get(target.name, 0)
        withdrawn = published_items.withdraw_from(target.bank_id, found.root_id)
        if withdrawn is None:
            raise Conflict("nothing of this series is published to this bank")
        told: dict[str, str | int] = {"bank": str(target.bank_id), "items": withdrawn}
        desk.take(StepKind.UNPUBLISHED, found, reason=reason, value=target.name, told=told)
    return own


def _to_publish(agency_id: UUID, members: Sequence[Member]) -> list[Member]:
    """Return the contents of no covert case and of no other agency's, that no votes call lawful or differ about."""
    labelled = submitted_here.labels_of(agency_id, {one.case_id for one in members})
    out = published_items.of_covert_cases(members) | {one for one in members if one.case_id in labelled}
    for scheme_id, by in said.all_schemes():
        out |= doubted_by(scheme_id, by, members)
    return [one for one in members if one not in out]


def _add(place: Place, bank: BankSummary, members: Sequence[Member], desk: SeriesDesk) -> tuple[int, int, int, int]:
    """Add contents to a bank; return how many it knows by the series, has anew, holds back, and knew before."""
    from tsunagu.services.banks.blast_radius import quarantined  # noqa: PLC0415 - loads the kernels

    known: dict[Member, NewItem] = published_items.known_by(members)
    items = quarantined(list(known.values()), bank.rules.radius_bits, now=desk.now)
    before = bank_items.ids_of(bank.bank_id, items)
    ours = published_items.published_ids(one for one in before if one is not None)
    agency_id = desk.actor.agency_id
    added = bank_items.add_items(bank.bank_id, pack(items), agency_id=agency_id, now=desk.now)
    after = bank_items.ids_of(bank.bank_id, items)
    ids = {
        member: new
        for member, old, new in zip(known, before, after, strict=True)
        if new is not None and (old is None or old in ours)
    }
    published_items.add(place, ids, actor=desk.actor, now=desk.now)
    held = sum(one.quarantine is not None and old is None for one, old in zip(items, before, strict=True))
    return len(ids), added, held, len(known) - len(ids)
