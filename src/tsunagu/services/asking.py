"""The quick question of an officer: what banks know of one thing, whose they are, and whom to call there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import InputError
from tsunagu.domain.look_up import Known, Query
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.services.access import denials_recorded
from tsunagu.services.parts import Decoder, Keys, Ledger

if TYPE_CHECKING:
    from tsunagu.services.known_index import KnownIndex

_ASKED = "look-up"


@dataclass(frozen=True, slots=True)
class HitOfBank:
    """One item of a bank that is what was asked for, or near it, with whom to call about it."""

    known: Known
    agency: AgencyCard


@dataclass(frozen=True, slots=True)
class QuickAnswer:
    """What is known of one thing. Everything was searched.

    Attributes:
        hits: the nearest first; empty when no bank that answers the asker knows it.
        entries: fingerprints that were searched.
        index_version: the state of the index that was searched.
    """

    hits: tuple[HitOfBank, ...]
    entries: int
    index_version: str


def begin_to_ask(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Do nothing where the actor may look something up.

    Raises:
        Forbidden: he may not, which is written down.
    """
    with denials_recorded(
        actor=actor, permission=Permission.MEDIA_LOOK_UP, asked=_ASKED, now=now, keys=keys, ledger=ledger
    ):
        pass


def ask_banks(
    *, actor: Actor, query: Query, known: KnownIndex, now: datetime, keys: Keys, ledger: Ledger
) -> QuickAnswer:
    """Return what the banks that answer the actor know, once it is written down.

    Raises:
        Forbidden: he may look nothing up.
        InputError: he states no purpose, or there is nothing to look for.
        Exhausted: his budget is used up for today.
        Unavailable: not everything can be searched: then nothing is told.
    """
    from tsunagu.services.look_ups import LookUp, contacts, look_up  # noqa: PLC0415 - loads the kernels

    begin_to_ask(actor=actor, now=now, keys=keys, ledger=ledger)
    answered = look_up(LookUp(actor, [query]), known=known, now=now, ledger=ledger)
    hits = answered.answers[0].known
    cards = contacts(actor=actor) if hits else {}
    found = tuple(HitOfBank(one, cards[one.agency_id]) for one in hits)
    return QuickAnswer(found, known.state().entries, answered.index_version)


def query_of_open_file(fd: int, *, decoder: Decoder) -> Query:
    """Return what to ask for an open file; an archive is asked for by its own digests.

    Raises:
        InputError: it is empty or cannot be read.
    """
    from tsunagu.services.examination import examine_alone  # noqa: PLC0415 - loads NumPy

    query = Query.of_file(examine_alone(fd, decoder=decoder))
    if query.is_empty:
        raise InputError("this file is empty or cannot be read, so that nothing can be asked")
    return query
