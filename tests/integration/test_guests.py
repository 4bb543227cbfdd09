"""Guests: invited by two people, shown one series and nothing beyond, for a time; and both agencies' ledgers tell."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connections

from tsunagu.domain.act import Act
from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.permission import Role
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.search import LedgerSearch
from tsunagu.records import agencies
from tsunagu.records.ledger.pages import entries_sought
from tsunagu.records.models import Case, GuestAnswerRow, GuestRow, Series, SeriesAlias, SeriesCase, SeriesItemRow
from tsunagu.records.session import acting_for, visiting
from tsunagu.services.agencies.invitations import end_officer
from tsunagu.services.erasures.deletion import confirm_deletion, propose_deletion
from tsunagu.services.series.facts import name_series, set_handling
from tsunagu.services.series.visits import accept_visit, view_visit

from .guested import SOON, an_answer, invite, show_to
from .scene import OVERSEES, WORKS
from .world import Person, World, now, random_name

WHY = ("--reason", "it is so")
REFUSED, NOT_FOUND, FORBIDDEN, CONFLICT = 2, 4, 5, 6


@dataclass
class Eyes:
    """Two officers of one agency with a series that another agency may be given, and two officers there."""

    world: World
    anna: Person
    abel: Person
    ada: Person
    ben: Person
    bea: Person
    bella: Person
    case: str
    series: str
    item: str

    def run(self, by: Person, *typed: str) -> int:
        return self.world.run(by, *typed).status

    def invite(self, *more: str, login: str = "", until: str = SOON) -> str:
        asked = ("--agency", self.ben.agency, "--login", login or self.ben.login, "--asked", "whose bell is it?")
        [made] = self.world.json(self.anna, "guest", "invite", self.series, *asked, "--until", until, *more)
        return str(made["guest"])

    def accepted(self) -> str:
        guest = str(invite(self.anna, self.abel, self.series, self.ben).guest_id)
        assert self.run(self.ben, "guest", "accept", guest) == 0
        return guest

    def show(self, guest: str, by: Person | None = None) -> dict[str, Any]:
        [found] = self.world.json(by or self.ben, "guest", "show", guest)
        return found

    def state(self, guest: str) -> str:
        return next(one["state"] for one in self.world.json(self.anna, "guest", "list") if one["guest"] == guest)

    def rows_seen(self, guest: str) -> int:
        """How many rows of the owner the database shows to the guest's agency, whatever services ask."""
        owner = self.anna.actor.agency_id
        with visiting(self.ben.actor.agency_id, UUID(guest)):
            return sum(
                model.objects.filter(agency_id=owner).count()
                for model in (Series, SeriesAlias, SeriesItemRow, SeriesCase)
            )


@pytest.fixture(scope="module")
def eyes(world: World) -> Eyes:
    (anna, ada), (ben, bella) = world.found(WORKS, OVERSEES), world.found(WORKS, OVERSEES)
    abel, bea = world.enroll(ada, Role.OFFICER), world.enroll(bella, Role.OFFICER)
    case = random_name("case")
    assert world.run(anna, "case", "open", case).status == 0
    world.bring_in(anna, case, "E1", world.file(random_name("content").encode()))
    assert world.run(anna, "case", "join", case, abel.login).status == 0
    series, item = show_to(world, anna, case, ben)
    return Eyes(world, anna, abel, ada, ben, bea, bella, case, series, item)


def acts_of(person: Person, guest: str) -> list[str]:
    """What the ledger of somebody's agency tells of an invitation, oldest first."""
    with acting_for(person.actor.agency_id):
        bodies = [json.loads(one.body) for one in entries_sought(LedgerSearch(), before=None, most=1000)]
    told = [one for one in bodies if one.get("details", {}).get("guest") == guest]
    return [one["act"] for one in sorted(told, key=lambda one: str(one["at"]))]


def test_two_people_invite_he_accepts_sees_the_one_series_and_answers(eyes: Eyes) -> None:
    guest = eyes.invite()
    assert eyes.state(guest) == "proposed"
    assert eyes.world.json(eyes.ben, "guest", "visits") == []
    assert eyes.run(eyes.ben, "guest", "accept", guest) == NOT_FOUND
    assert eyes.run(eyes.anna, "guest", "confirm", guest) == FORBIDDEN
    assert eyes.run(eyes.abel, "guest", "confirm", guest) == 0
    assert eyes.run(eyes.abel, "guest", "confirm", guest) == CONFLICT
    [asked] = [one for one in eyes.world.json(eyes.ben, "guest", "visits") if one["guest"] == guest]
    assert (asked["state"], asked["owner"], asked["asked"], asked["series"]) == (
        "invited", eyes.anna.agency, "whose bell is it?", None,
    )  # fmt: skip
    assert eyes.show(guest)["items"] == []
    assert eyes.rows_seen(guest) == 0
    assert eyes.run(eyes.bea, "guest", "accept", guest) == NOT_FOUND  # a colleague of his was not asked
    assert eyes.run(eyes.ben, "guest", "accept", guest) == 0
    shown = eyes.show(guest)
    assert (shown["series"], [one["sha256"] for one in shown["items"]]) == (eyes.series, [eyes.item])
    assert eyes.case not in json.dumps(shown)
    answer = ("--words", "a bell of the west coast", "--grading", "B2", "--item", eyes.item, "--supports", "DK,SE")
    assert eyes.run(eyes.ben, "guest", "answer", guest, *answer) == 0
    [told] = [one for one in eyes.world.json(eyes.anna, "guest", "list") if one["guest"] == guest]
    [said] = told["answers"]
    assert (said["words"], said["grading"], said["item"], said["countries"], said["support"]) == (
        "a bell of the west coast", "B2", eyes.item, ["DK", "SE"], "moderate",
    )  # fmt: skip
    assert eyes.show(guest)["answers"] == told["answers"]
    looked = [Act.GUEST_LOOKED.value] * 2
    assert acts_of(eyes.anna, guest) == [
        "guest:proposed", "guest:confirmed", "guest:accepted", looked[0], "guest:answered", looked[1],
    ]  # fmt: skip
    assert acts_of(eyes.ben, guest) == [
        "guest:confirmed",
        looked[0],
        "guest:accepted",
        looked[0],
        "guest:answered",
        looked[1],
    ]
    assert eyes.run(eyes.anna, "guest", "end", guest) == 0


def test_the_guest_is_told_nothing_else_and_the_database_shows_his_agency_nothing_else(eyes: Eyes) -> None:
    guest = eyes.accepted()
    other, _ = show_to(eyes.world, eyes.anna, eyes.case, eyes.ben)
    assert eyes.run(eyes.ben, "series", "show", eyes.series) == NOT_FOUND
    assert eyes.run(eyes.ben, "case", "show", eyes.case) == NOT_FOUND
    assert eyes.run(eyes.ben, "items", "--case", eyes.case) == NOT_FOUND
    assert eyes.run(eyes.ben, "guest", "end", guest) == NOT_FOUND
    owner = eyes.anna.actor.agency_id
    with visiting(eyes.ben.actor.agency_id, UUID(guest)):
        assert [one.name for one in Series.objects.filter(agency_id=owner)] == [eyes.series]
        assert not Series.objects.filter(name=other).exists()
        assert SeriesItemRow.objects.filter(agency_id=owner).count() == 1
        assert Series.objects.filter(agency_id=owner).update(name="mine") == 0
        with connections["default"].cursor() as cursor:
            for table in ('"case"', "series_case", "series_step", "holding", "media_item", "clue", "vote"):
                cursor.execute(f"SELECT count(*) FROM {table} WHERE agency_id = %s", [owner])  # noqa: S608 - ours
                assert cursor.fetchone() == (0,)
    with acting_for(eyes.ben.actor.agency_id):  # nor does it outside of his visit
        assert not Series.objects.filter(agency_id=owner).exists()
    with pytest.raises(NotFound):
        view_visit(actor=eyes.bea.actor, guest_id=UUID(guest), **eyes.world.parts)


def test_it_ends_by_either_side(eyes: Eyes) -> None:
    for who, act, end in ((eyes.abel, "end", "withdrawn"), (eyes.ben, "leave", "stopped")):
        guest = eyes.accepted()
        assert eyes.rows_seen(guest) > 0
        assert eyes.run(who, "guest", act, guest) == 0
        assert (eyes.rows_seen(guest), eyes.show(guest)["series"], eyes.show(guest)["end"]) == (0, None, end)
        assert eyes.run(eyes.ben, "guest", "answer", guest, "--words", "w", "--grading", "A1") == CONFLICT
        assert eyes.run(eyes.ben, "guest", "accept", guest) == CONFLICT
        assert Act.GUEST_ENDED.value in {*acts_of(eyes.anna, guest)} & {*acts_of(eyes.ben, guest)}


def test_it_ends_with_its_last_day(eyes: Eyes) -> None:
    guest = eyes.accepted()
    later = {**eyes.world.parts, "now": now() + timedelta(days=31)}
    assert view_visit(actor=eyes.ben.actor, guest_id=UUID(guest), **later).series is None
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET row_security = on")
        cursor.execute("ALTER TABLE guest NO FORCE ROW LEVEL SECURITY")
        cursor.execute("UPDATE guest SET until = %s WHERE id = %s", [date.today() - timedelta(days=2), guest])  # noqa: DTZ011
        cursor.execute("ALTER TABLE guest FORCE ROW LEVEL SECURITY")
    assert (eyes.rows_seen(guest), eyes.show(guest)["state"]) == (0, "ended")


def test_it_ends_when_his_certification_expires_and_no_renewal_brings_it_back(eyes: Eyes) -> None:
    ben, until = eyes.ben.actor, now() + timedelta(days=300)

    def certify(at: Any) -> None:
        with acting_for(ben.agency_id):
            agencies.certify(ben.officer_id, at)

    certify(now() + timedelta(seconds=0.5))
    try:
        one = invite(eyes.anna, eyes.abel, eyes.series, eyes.ben)
        accept_visit(actor=ben, guest_id=one.guest_id, **eyes.world.parts)
        certify(now() - timedelta(seconds=1))
        assert eyes.rows_seen(str(one.guest_id)) == 0
        assert eyes.run(eyes.ben, "guest", "show", str(one.guest_id)) == FORBIDDEN
    finally:
        certify(until)
    later = {**eyes.world.parts, "now": now() + timedelta(seconds=1)}
    assert view_visit(actor=ben, guest_id=one.guest_id, **later).series is None


def test_it_ends_when_he_leaves_his_agency(eyes: Eyes) -> None:
    one = invite(eyes.anna, eyes.abel, eyes.series, eyes.bea)
    accept_visit(actor=eyes.bea.actor, guest_id=one.guest_id, **eyes.world.parts)
    end_officer(actor=eyes.bella.actor, officer_id=eyes.bea.actor.officer_id, **eyes.world.parts)
    assert eyes.rows_seen(str(one.guest_id)) == 0
    [told] = [each for each in eyes.world.json(eyes.anna, "guest", "list") if each["guest"] == str(one.guest_id)]
    assert (told["state"], told["end"]) == ("ended", "gone")
    assert acts_of(eyes.anna, told["guest"])[-1] == acts_of(eyes.ben, told["guest"])[-1] == Act.GUEST_ENDED.value


def test_it_ends_when_the_handling_lets_it_no_more_or_a_covert_case_comes_in(eyes: Eyes) -> None:
    series, _ = show_to(eyes.world, eyes.anna, eyes.case, eyes.ben)
    one = invite(eyes.anna, eyes.abel, series, eyes.ben)
    assert eyes.run(eyes.anna, "series", "handling", series, *WHY) == 0
    assert eyes.state(str(one.guest_id)) == "ended"
    refused = ("guest", "invite", series, "--agency", eyes.ben.agency, "--login", "x", "--asked", "w", "--until", SOON)
    assert eyes.run(eyes.anna, *refused) == FORBIDDEN
    covert, other = random_name("case"), show_to(eyes.world, eyes.anna, eyes.case, eyes.ben)[0]
    assert eyes.run(eyes.anna, "case", "open", covert, "--covert") == 0
    eyes.world.bring_in(eyes.anna, covert, "E1", eyes.world.file(random_name("content").encode()))
    one = invite(eyes.anna, eyes.abel, other, eyes.ben)
    assert eyes.run(eyes.anna, "series", "add", other, "--case", covert, "1") == 0
    assert eyes.state(str(one.guest_id)) == "ended"
    assert eyes.run(eyes.anna, *refused[:2], other, *refused[3:]) == CONFLICT


def test_its_end_stands_in_the_time_lines_of_its_own_cases_whoever_sees_it_first(eyes: Eyes) -> None:
    own = {"actor": eyes.anna.actor, **eyes.world.parts}
    case, series = random_name("case"), show_to(eyes.world, eyes.anna, eyes.case, eyes.ben)[0]
    assert eyes.run(eyes.anna, "case", "open", case) == 0
    eyes.world.bring_in(eyes.anna, case, "E1", eyes.world.file(random_name("content").encode()))
    other, _ = show_to(eyes.world, eyes.anna, case, eyes.ben)
    handling = {"receivers": [eyes.ben.agency], "purposes": list(Purpose), "may_forward": False, "reason": "r"}
    set_handling(name=series, until=now().date() + timedelta(days=2), **handling, **own)
    guest = str(invite(eyes.anna, eyes.abel, series, eyes.ben).guest_id)
    later = own | {"now": now() + timedelta(days=5)}
    name_series(name=other, alias=random_name("alias"), is_dropped=False, **later)
    assert eyes.state(guest) == "ended"
    with acting_for(eyes.anna.actor.agency_id):
        bodies = [json.loads(one.body) for one in entries_sought(LedgerSearch(), before=None, most=1000)]
        [told] = [one for one in bodies if one["act"] == "guest:ended" and one["details"]["guest"] == guest]
        cases = {str(one.id): one.reference for one in Case.objects.all()}
    assert [cases[one] for one in told["cases"]] == [eyes.case]


def test_what_one_proposed_who_has_left_nobody_confirms(eyes: Eyes) -> None:
    gone = eyes.world.enroll(eyes.ada, Role.OFFICER)
    one = invite(eyes.anna, gone, eyes.series, eyes.ben, is_confirmed=False)
    end_officer(actor=eyes.ada.actor, officer_id=gone.actor.officer_id, **eyes.world.parts)
    assert eyes.run(eyes.anna, "guest", "confirm", str(one.guest_id)) == NOT_FOUND
    assert eyes.run(eyes.anna, "guest", "end", str(one.guest_id)) == 0


@pytest.mark.parametrize("days", [-1, 91])
def test_a_last_day_that_is_over_or_too_far_away_is_refused(eyes: Eyes, days: int) -> None:
    until = f"{now().date() + timedelta(days=days)}"
    asked = ("--agency", eyes.ben.agency, "--login", "x", "--asked", "w", "--until", until)
    assert eyes.run(eyes.anna, "guest", "invite", eyes.series, *asked) == REFUSED


def test_whether_anybody_has_the_login_is_not_told_and_nobody_is_invited_twice(eyes: Eyes) -> None:
    nobody = eyes.invite(login=random_name("nobody"))
    assert (eyes.state(nobody), eyes.run(eyes.abel, "guest", "confirm", nobody)) == ("proposed", 0)
    asked = ("--agency", eyes.ben.agency, "--login", "twice", "--asked", "w", "--until", SOON)
    assert eyes.run(eyes.anna, "guest", "invite", eyes.series, *asked) == 0
    assert eyes.run(eyes.anna, "guest", "invite", eyes.series, *asked) == CONFLICT
    assert eyes.run(eyes.anna, "guest", "invite", eyes.series, "--agency", eyes.anna.agency, *asked[2:]) == NOT_FOUND


def test_the_owner_forges_no_acceptance_and_the_guest_no_consent(eyes: Eyes) -> None:
    one = invite(eyes.anna, eyes.abel, eyes.series, eyes.ben)
    with acting_for(eyes.ben.actor.agency_id):
        assert GuestRow.objects.filter(id=one.guest_id).count() == 1
    with pytest.raises(Exception, match="row-level security"), acting_for(eyes.ben.actor.agency_id):
        GuestRow.objects.filter(id=one.guest_id).update(officer_id=eyes.bea.actor.officer_id)
    accept_visit(actor=eyes.ben.actor, guest_id=one.guest_id, **eyes.world.parts)
    forged: tuple[tuple[Person, dict[str, Any]], ...] = (
        (eyes.ben, {"lapses_at": now() + timedelta(days=3000)}),
        (eyes.ben, {"confirmed_by_id": eyes.ben.actor.officer_id}),
        (eyes.anna, {"officer_id": None, "taken_at": None}),
        (eyes.anna, {"lapses_at": now() + timedelta(days=3000)}),
        (eyes.anna, {"confirmed_by_id": None, "confirmed_at": None}),
    )
    for by, change in forged:
        with pytest.raises(DatabaseError, match="stays"), acting_for(by.actor.agency_id):
            GuestRow.objects.filter(id=one.guest_id).update(**change)
    two = invite(eyes.anna, eyes.abel, eyes.series, eyes.ben, is_confirmed=False)
    with pytest.raises(Exception, match="row-level security"), acting_for(eyes.anna.actor.agency_id):
        GuestRow.objects.filter(id=two.guest_id).update(confirmed_at=now(), confirmed_by_id=eyes.abel.actor.officer_id)
    with acting_for(eyes.ben.actor.agency_id):
        assert not GuestRow.objects.filter(id=two.guest_id).exists()


def test_what_he_was_asked_and_has_answered_goes_with_the_series(eyes: Eyes) -> None:
    case = random_name("case")
    assert eyes.run(eyes.anna, "case", "open", case) == 0
    eyes.world.bring_in(eyes.anna, case, "E1", eyes.world.file(random_name("content").encode()))
    assert eyes.run(eyes.anna, "case", "join", case, eyes.abel.login) == 0
    series, item = show_to(eyes.world, eyes.anna, case, eyes.ben)
    guest = str(invite(eyes.anna, eyes.abel, series, eyes.ben).guest_id)
    assert eyes.run(eyes.ben, "guest", "accept", guest) == 0
    assert eyes.run(eyes.ben, "guest", "answer", guest, "--words", "w", "--grading", "A1", "--item", item) == 0
    propose_deletion(actor=eyes.anna.actor, reference=case, ground=ErasureGround.ORDERED, **eyes.world.parts)
    confirm_deletion(actor=eyes.abel.actor, reference=case, queue=eyes.world.rooms.queue, **eyes.world.parts)
    with acting_for(eyes.anna.actor.agency_id):
        assert not GuestRow.objects.filter(id=guest).exists()
        assert not GuestAnswerRow.objects.filter(guest_id=guest).exists()
    assert eyes.run(eyes.ben, "guest", "show", guest) == NOT_FOUND


def test_an_answer_is_about_an_item_of_the_series(eyes: Eyes) -> None:
    guest = eyes.accepted()
    answer = ("guest", "answer", guest, "--words", "w", "--grading", "A1", "--item", "0f" * 32)
    assert eyes.run(eyes.ben, *answer) == NOT_FOUND
    assert eyes.run(eyes.ben, *answer[:-1], "0f") == REFUSED
    assert an_answer("w").item is None
    with pytest.raises(Conflict):
        accept_visit(actor=eyes.ben.actor, guest_id=UUID(guest), **eyes.world.parts)
