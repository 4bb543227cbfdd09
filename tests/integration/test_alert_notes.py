"""Notes on alerts: who writes them, who reads them, and how they go over installations."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError

from tsunagu.domain.alert import RefusalReason
from tsunagu.domain.alert_note import AlertNote
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.domain.hub import MessageRefused
from tsunagu.domain.purpose import Purpose
from tsunagu.records.models import AlertNoteRow
from tsunagu.records.session import acting_for
from tsunagu.services.alerts.desk import Command
from tsunagu.services.alerts.notes import keep_told_note, write_note

from .alerted import Cascade
from .homes import Home
from .three_homes import Three
from .world import Person, World, now


@pytest.fixture
def cascade(world: World) -> Cascade:
    return Cascade.open(world)


def note(world: World, person: Person, alert: UUID, words: str, key: str | None = None, **more: Any) -> UUID:
    return write_note(
        actor=person.actor, alert_id=alert, words=words, command=Command(key or str(uuid4()), **more), **world.parts
    )


def read(cascade: Cascade, person: Person, alert: UUID, purpose: Purpose | None = None) -> list[str]:
    return [one.words for one in cascade.view(person, alert, purpose).notes]


def test_all_on_the_way_home_and_who_contributed_read_a_note_and_who_has_left_does_not(cascade: Cascade) -> None:
    alert, world = cascade.raise_alert(), cascade.world
    cascade.pass_on(cascade.bureau, alert, cascade.osaka.agency)
    note(world, cascade.osaka, alert, "which school?")
    cascade.refuse(cascade.osaka, alert, RefusalReason.WRONG_PLACE)
    note(world, cascade.body, alert, "one by a river")
    said = ["which school?", "one by a river"]
    for one in (cascade.body, cascade.denmark, cascade.bureau):
        assert read(cascade, one, alert) == said
    assert read(cascade, cascade.osaka, alert) == []
    with pytest.raises(NotFound):
        cascade.view(cascade.stranger, alert)
    cascade.pass_on(cascade.bureau, alert, cascade.kyoto.agency)
    assert read(cascade, cascade.kyoto, alert) == said, "who comes later reads what was said"


def test_nobody_off_the_way_home_writes_one(cascade: Cascade) -> None:
    alert, world = cascade.raise_alert(), cascade.world
    cascade.pass_on(cascade.bureau, alert, cascade.osaka.agency)
    cascade.refuse(cascade.osaka, alert, RefusalReason.WRONG_PLACE)
    for one in (cascade.osaka, cascade.denmark):  # it has left; it contributes alone
        with pytest.raises(Conflict, match="way home"):
            note(world, one, alert, "nobody reads this")
    with pytest.raises(NotFound):
        note(world, cascade.stranger, alert, "nobody reads this")
    with pytest.raises(InputError):
        note(world, cascade.bureau, alert, " ")
    with pytest.raises(InputError):
        note(world, cascade.bureau, alert, "for a correspondent", document=bytes(32))
    assert read(cascade, cascade.body, alert) == []


def test_a_note_is_withheld_with_what_the_alert_says(cascade: Cascade) -> None:
    alert = cascade.raise_alert(purposes=frozenset({Purpose.VICTIM_IDENTIFICATION}))
    note(cascade.world, cascade.body, alert, "for one purpose alone")
    assert read(cascade, cascade.bureau, alert, Purpose.VICTIM_IDENTIFICATION) == ["for one purpose alone"]
    assert read(cascade, cascade.bureau, alert, Purpose.INVESTIGATION) == []
    cascade.withdraw(cascade.body, alert)
    assert read(cascade, cascade.bureau, alert, Purpose.VICTIM_IDENTIFICATION) == []
    with pytest.raises(Conflict, match="way home"):
        note(cascade.world, cascade.body, alert, "after all")


def test_a_note_sent_twice_is_written_once_and_shows_as_new_until_it_is_read(cascade: Cascade) -> None:
    alert, world = cascade.raise_alert(), cascade.world
    cascade.view(cascade.bureau, alert)
    assert not cascade.view(cascade.bureau, alert).is_new
    first = note(world, cascade.body, alert, "by noon", "k")
    assert note(world, cascade.body, alert, "by noon", "k") == first
    with pytest.raises(Conflict, match="key"):
        note(world, cascade.body, alert, "by night", "k")
    assert cascade.view(cascade.bureau, alert).is_new
    assert not cascade.view(cascade.bureau, alert).is_new
    told = [one for one in world.entries() if one["act"] == "alert:noted" and one["details"]["alert"] == str(alert)]
    assert [(one["agency"], one["details"]["note"]) for one in told] == [
        (str(cascade.body.actor.agency_id), str(first))
    ]


def test_the_database_lets_nobody_write_for_another_or_change_one(cascade: Cascade) -> None:
    alert = cascade.raise_alert()
    row = {"id": uuid4(), "alert_id": alert, "at": now(), "words": "w"}
    body, bureau, stranger = (one.actor.agency_id for one in (cascade.body, cascade.bureau, cascade.stranger))
    for acts, writes in ((body, bureau), (stranger, stranger)):
        with pytest.raises(DatabaseError), acting_for(acts):
            AlertNoteRow.objects.create(writer_id=writes, **row)
    note(cascade.world, cascade.body, alert, "as it is")
    with pytest.raises(DatabaseError), acting_for(body):
        AlertNoteRow.objects.update(words="otherwise")
    with acting_for(stranger):
        assert not AlertNoteRow.objects.filter(alert_id=alert).exists()


def noted(three: Three, home: Home, person: Person, alert: UUID) -> list[tuple[UUID, str]]:
    return [(one.agency_id, one.words) for one in three.at(home, person, "view", alert).notes]


def test_notes_reach_every_installation_on_the_way_also_one_that_comes_later(three: Three) -> None:
    alert = three.raise_alert()
    with three.nordic.here() as world:
        note(world, three.denmark, alert, "the chime is at five")
    three.exchange()
    three.at(three.body_home, three.body, "pass_on", alert, three.npa.agency)
    three.exchange()
    with three.japan.here() as world:
        note(world, three.npa, alert, "which day?")
    with three.body_home.here() as world:
        note(world, three.body, alert, "a Monday")
    three.exchange()
    three.exchange()
    whole = noted(three, three.body_home, three.body, alert)
    assert sorted(words for _, words in whole) == ["a Monday", "the chime is at five", "which day?"]
    assert noted(three, three.japan, three.npa, alert) == whole
    assert noted(three, three.nordic, three.denmark, alert) == whole


def test_a_member_notes_for_no_agency_of_others_and_nothing_off_an_alerts_way(three: Three) -> None:
    alert = three.raise_alert()
    three.exchange()
    theirs = AlertNote(uuid4(), alert, three.denmark.actor.agency_id, now(), "as it is")
    assert three.nordic.installation_id
    assert three.japan.installation_id

    def keep(one: AlertNote, member_id: UUID) -> str | None:
        with three.body_home.here() as world:
            try:
                keep_told_note(member_id=member_id, note=one, now=now(), ledger=world.rooms.ledger)
            except MessageRefused as refused:
                return refused.refusal.value
        return None

    nordic, japan = three.nordic.installation_id, three.japan.installation_id
    assert keep(theirs, japan) == "not-theirs"
    assert keep(replace(theirs, agency_id=three.body.actor.agency_id), nordic) == "not-theirs"
    assert keep(replace(theirs, agency_id=three.npa.actor.agency_id), japan) == "not-theirs", "it is not on the way"
    assert keep(replace(theirs, alert_id=uuid4()), nordic) == "not-theirs"
    assert keep(replace(theirs, at=now() + timedelta(hours=1)), nordic) == "from-the-future"
    assert keep(theirs, nordic) is keep(theirs, nordic) is None
    assert keep(replace(theirs, words="otherwise"), nordic) == "contradicts"
    assert noted(three, three.body_home, three.body, alert) == [(theirs.agency_id, "as it is")]
