"""Seeing what an item shows: asked for with a reason, answered once, written down before it is handed over."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import InputError, NotFound, TsunaguError
from tsunagu.domain.permission import Permission
from tsunagu.domain.reveal import HeldContent, RevealMeans, Shown
from tsunagu.domain.writing import is_printable
from tsunagu.records import grants
from tsunagu.records import reveals as rows
from tsunagu.records.session import acting_for
from tsunagu.records.vault.store import VaultStore
from tsunagu.services.access import REFERENCE, case_for, deed, denials_recorded
from tsunagu.services.media.vault import opened_vault, source_of, vaulted_picture
from tsunagu.services.parts import Decoder, Keys, Ledger, Viewer

LEAST_REASON, MOST_REASON = 8, 500
ANSWERED_WITHIN = timedelta(seconds=60)
"""How long after a reveal was asked for its picture can be fetched, once."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where pictures come from."""

    viewer: Viewer
    vault: VaultStore


@dataclass(frozen=True, slots=True)
class RevealDesk:
    """What an officer may do about the items on a page.

    Attributes:
        means: where he may see them from; none when the page shows evidence without pixels.
        times_shown: how often each was shown before, by the number of its place.
    """

    means: tuple[RevealMeans, ...]
    times_shown: Mapping[int, int]


def reveal_desk(*, actor: Actor, reference: str, numbers: Collection[int], now: datetime) -> RevealDesk:
    """Return which reveals the pages offer the actor; whether one is given is asked when he takes it.

    Args:
        reference: of the case that the page is of; of somebody else's nothing is told.
        numbers: of the places on the page.
    """
    with acting_for(actor.agency_id):
        granted = grants.granted(actor.officer_id, now=now) if actor.may(Permission.MEDIA_READ) else ()
        means = tuple(one for one in RevealMeans if one.permission in granted)
        return RevealDesk(means, rows.times_shown(actor, reference, numbers) if means else {})


def ask_to_see(
    *,
    actor: Actor,
    reference: str,
    number: int,
    means: RevealMeans,
    reason: str,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
    sources: Sources,
) -> UUID:
    """Write down that the actor wants to see an item of his case, and why; return the id by which it is shown, once.

    The content is looked for already, at its place held to its SHA-256, so that whoever asks is told why there is
    nothing to see.

    Args:
        reference: the case's.
        number: of the item's place in it.

    Raises:
        InputError: the reason is too short, too long, or no printable text.
        Forbidden: the actor may not see items by these means.
        NotFound: no such case or item, or not the actor's.
        Conflict: what lies at the item's place is not what came in.
        Unavailable: nothing lies there.
    """
    if not LEAST_REASON <= len(reason.strip()) <= MOST_REASON or not is_printable(reason):
        raise InputError(f"a reveal needs a reason of {LEAST_REASON} to {MOST_REASON} printable characters")
    case = case_for(actor=actor, reference=reference, permission=means.permission, now=now, keys=keys, ledger=ledger)
    reveal_id = uuid4()
    with (
        denials_recorded(
            actor=actor, permission=means.permission, asked=f"item {number}", now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        held = rows.content_of(case, number)
        rows.add_reveal(reveal_id, actor=actor, case=case, held=held, means=means, reason=reason.strip(), now=now)
        told = {
            "reveal": str(reveal_id),
            "item": keys.mac(REFERENCE, held.sha256).hex(),
            "means": means.value,
            "reason": keys.mac(REFERENCE, reason.strip().encode()).hex(),
        }
        ledger.write(deed(Act.REVEAL_ASKED, actor=actor, case=case, now=now, **told))
    with _failure_recorded(actor, case, reveal_id, now=now, ledger=ledger):
        if means is RevealMeans.VAULT:
            with acting_for(actor.agency_id):
                source_of(held)
        else:
            with _opened(held, sources.viewer):
                pass
    return reveal_id


def show(*, actor: Actor, reveal_id: UUID, now: datetime, keys: Keys, ledger: Ledger, sources: Sources) -> Shown:
    """Return the picture of a reveal that the actor asked for within the last minute. It is kept nowhere.

    From its place the content is opened anew, held to its SHA-256, and decoded in a limited child. From the vault comes
    the small picture that was made when it came in, or else the content, in memory, likewise.

    Raises:
        NotFound: there is no such reveal of his, or it was answered, or is too old; or the item is not his any more.
        Forbidden: he may not see items by these means any more.
        Conflict: what lies at the item's place is not what came in.
        Unavailable: nothing lies there.
        InputError: it is no picture or video, cannot be decoded, or is too large.
    """
    case, held, means = _taken(actor, reveal_id, now=now, keys=keys, ledger=ledger)
    with _failure_recorded(actor, case, reveal_id, now=now, ledger=ledger):
        if means is RevealMeans.VAULT:
            with acting_for(actor.agency_id):
                source = source_of(held)
            vault = opened_vault(actor.agency_id, store=sources.vault, keys=keys, now=now)
            shown = vaulted_picture(held, source, vault=vault, viewer=sources.viewer)
        else:
            with _opened(held, sources.viewer) as (fd, decoder):
                from tsunagu.services.media.showing import small_picture  # noqa: PLC0415 - loads the codecs

                shown = small_picture(fd, decoder)
    with acting_for(actor.agency_id):
        rows.note_shown(reveal_id, now=now)
        ledger.write(deed(Act.REVEAL_SHOWN, actor=actor, case=case, now=now, reveal=str(reveal_id)))
    return shown


def _taken(
    actor: Actor, reveal_id: UUID, *, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[CaseSummary, HeldContent, RevealMeans]:
    """Return what a reveal is of, and by which means, and take it: it is answered once, whatever becomes of it."""
    with acting_for(actor.agency_id):
        asked = rows.asked(actor, reveal_id)
    permission = (asked.means if asked else RevealMeans.PLACE).permission
    with denials_recorded(actor=actor, permission=permission, asked=str(reveal_id), now=now, keys=keys, ledger=ledger):
        if asked is None or not asked.asked_at <= now < asked.asked_at + ANSWERED_WITHIN:
            raise NotFound("there is nothing to be shown, or it was shown already: ask anew, with a reason")
        with acting_for(actor.agency_id):
            case = rows.case_of_id(actor, asked.case_id)
            held = rows.content_asked(asked)
            if not rows.take(reveal_id, now=now):
                raise NotFound("there is nothing to be shown, or it was shown already: ask anew, with a reason")
    return case, held, asked.means


@contextmanager
def _opened(held: HeldContent, viewer: Viewer) -> Iterator[tuple[int, Decoder]]:
    """Open a content where it lies, with what decodes it."""
    from tsunagu.services.media.originals import opened_in_place  # noqa: PLC0415 - loads the codecs

    with viewer.at_work() as decoder, opened_in_place(held, decoder) as fd:
        yield fd, decoder


@contextmanager
def _failure_recorded(
    actor: Actor, case: CaseSummary, reveal_id: UUID, *, now: datetime, ledger: Ledger
) -> Iterator[None]:
    """Write down why nothing is shown."""
    try:
        yield
    except TsunaguError as error:
        told = {"reveal": str(reveal_id), "why": error.code}
        ledger.record(deed(Act.REVEAL_FAILED, actor=actor, case=case, now=now, **told))
        raise
