"""Time-lines out of the ledger: of a case, of one's own deeds, and of what others saw of one's cases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import InputError
from tsunagu.domain.ledger import Deed, LedgerEntry
from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.timeline import TimelineEntry, Told
from tsunagu.records import agencies, cases
from tsunagu.records.ledger.pages import entries_of_case, entries_of_officer, reads_by_others
from tsunagu.records.session import acting_for
from tsunagu.services.access import case_for, deed
from tsunagu.services.page import Page
from tsunagu.services.parts import Keys, Ledger

ENTRY_CHARACTERS = 16


def case_timeline(
    *, actor: Actor, reference: str, before: str, most: int, now: datetime, keys: Keys, ledger: Ledger
) -> Page[TimelineEntry]:
    """Return what was done in one of the actor's cases, newest first: by whom, when and why, reading included.

    Args:
        before: the entry after which to go on, as it is named; empty for the newest.
        most: how many at most.

    Raises:
        Forbidden: the actor reads no cases.
        NotFound: no such case, or not the actor's.
        InputError: no entry is named so.
    """
    after = entry_named(before)
    case = case_for(
        actor=actor, reference=reference, permission=Permission.CASE_READ, now=now, keys=keys, ledger=ledger
    )
    with acting_for(actor.agency_id):
        found = Page.of(entries_of_case(case.case_id, before=after, most=most + 1), most)
        exhibits = {str(one.exhibit_id): one.reference for one in cases.exhibits_of(case)}
        told = _told(found, exhibits, {case.case_id: case.reference})
    ledger.record(deed(Act.CASE_READ, actor=actor, case=case, now=now, entries=len(found)))
    return told


def own_deeds(
    *, actor: Actor, before: str, most: int, now: datetime, keys: Keys, ledger: Ledger
) -> Page[TimelineEntry]:
    """Return what the actor himself has done, newest first. Everybody may read that of himself.

    Raises:
        InputError: no entry is named so.
    """
    del keys  # nothing is asked for by a reference
    after = entry_named(before)
    with acting_for(actor.agency_id):
        found = Page.of(entries_of_officer(actor.officer_id, before=after, most=most + 1), most)
        told = _told(found, {}, _own_cases(actor))
    _record(actor, len(found), now=now, ledger=ledger)
    return told


def seen_by_others(
    *, actor: Actor, before: str, most: int, now: datetime, keys: Keys, ledger: Ledger
) -> Page[TimelineEntry]:
    """Return who else has read what in the cases that the actor works on, newest first.

    Of other agencies nobody reads anything in them: what crosses, an act of one's own has shown.

    Raises:
        InputError: no entry is named so.
    """
    del keys
    after = entry_named(before)
    with acting_for(actor.agency_id):
        mine = _own_cases(actor)
        seen = reads_by_others(list(mine), officer_id=actor.officer_id, before=after, most=most + 1)
        found = Page.of(seen, most)
        told = _told(found, {}, mine)
    _record(actor, len(found), now=now, ledger=ledger)
    return told


def _own_cases(actor: Actor) -> dict[UUID, str]:
    """Return the references of the cases that the actor works on; none while he may read no case."""
    return {one.case_id: one.reference for one in cases.cases_of(actor)} if actor.may(Permission.CASE_READ) else {}


def _record(actor: Actor, count: int, *, now: datetime, ledger: Ledger) -> None:
    details: dict[str, str | int] = {"entries": count, "of": "himself"}
    ledger.record(Deed(Act.LEDGER_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=details))


def entry_named(typed: str) -> bytes | None:
    """Return the beginning of the hash by which an entry is named; None where none is.

    Raises:
        InputError: no entry is named so.
    """
    if not typed:
        return None
    try:
        found = bytes.fromhex(typed)
    except ValueError:
        found = b""
    if len(found) * 2 != ENTRY_CHARACTERS:
        raise InputError("no entry of the ledger is named so")
    return found


def _told(
    entries: Page[LedgerEntry], exhibits: Mapping[str, str], references: Mapping[UUID, str]
) -> Page[TimelineEntry]:
    logins = {str(key): login for key, login in agencies.logins().items()}
    told = (_in_words(one, json.loads(one.body), exhibits, references, logins) for one in entries)
    return Page(told, has_more=entries.has_more)


def _in_words(
    entry: LedgerEntry,
    body: Mapping[str, Any],
    exhibits: Mapping[str, str],
    references: Mapping[UUID, str],
    logins: Mapping[str, str],
) -> TimelineEntry:
    details: Mapping[str, Any] = body.get("details", {})
    colleague = logins.get(str(details.get("joined") or details.get("left")))
    facts = (
        (Told.EXHIBIT, exhibits.get(str(details.get("exhibit")))),
        (Told.COLLEAGUE, colleague),
        *((one, details.get(one.value)) for one in Told if one not in {Told.EXHIBIT, Told.COLLEAGUE}),
    )
    concerned = [*([body["case"]] if "case" in body else []), *body.get("cases", ())]
    known = {references[one] for one in map(UUID, concerned) if one in references}
    return TimelineEntry(
        entry.hash.hex()[:ENTRY_CHARACTERS],
        datetime.fromisoformat(body["at"]),
        Act(body["act"]),
        logins.get(str(body.get("officer"))),
        Purpose(body["purpose"]) if "purpose" in body else None,
        tuple(sorted(known)),
        tuple((name, str(value)) for name, value in facts if value not in {None, ""}),
    )
