"""The gate as it is kept: nobody is a suspect but by an officer's decision that rests on all five points, and today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.permission import Role
from tsunagu.domain.retention import JUVENILE_KEEP_MONTHS, add_months
from tsunagu.law.shipped import shipped_text
from tsunagu.records.juveniles import see_juveniles
from tsunagu.records.models import Case, JuvenileRow, Officer, SeizedListRow
from tsunagu.records.session import acting_for
from tsunagu.services.agencies.law_rules import withdraw_review
from tsunagu.services.cases.life import withdraw_exhibit
from tsunagu.services.upkeep.retention import erase_expired

from .adopted import adopt, review
from .gated import ADULT, BUYER, POINTS, Force, Gated, assign
from .referred import refer_one
from .seized import fillers
from .world import Person, World

REFUSED, NOT_FOUND, FORBIDDEN, CONFLICT = 2, 4, 5, 6
RISK = ("--tool", "a tool", "--tool-version", "1", "--on", "2026-11-01", "--band", "high", "--assessor", "A. B., no. 7")


@pytest.fixture(scope="module")
def force(world: World) -> Force:
    return Force.found(world)


@pytest.fixture
def gated(world: World, force: Force, tmp_path: Path) -> Gated:
    return Gated.of(world, force, tmp_path)


@pytest.fixture
def unreviewed(world: World, force: Force) -> Iterator[None]:
    """Take the lawyer's review back for a while."""
    withdraw_review(actor=force.counsel.actor, row_sha256=force.rule, **world.parts)
    yield
    review(world, force.counsel, force.rule)


def test_a_lead_becomes_a_suspect_by_two_decisions_and_all_five_points(gated: Gated) -> None:
    assert gated.told()["standing"] == "lead"
    gated.take_up()
    told = gated.told()
    assert told["standing"] == "person-of-interest"
    assert told["missing"] == [*(f"{one}-not-shown" for one in POINTS), "age-unknown"]
    gated.promote(status=CONFLICT)
    gated.show_all()
    told = gated.told()
    assert (told["standing"], told["missing"]) == ("person-of-interest", [])  # all is shown, and nobody has decided
    gated.promote()
    assert gated.told()["standing"] == "suspect"
    assert gated.desk.world.last_entry()["act"] == "gate:read"


def test_whichever_of_the_five_is_missing_the_gate_stays_closed(gated: Gated) -> None:
    gated.take_up()
    gated.show_all()
    for point in POINTS:
        gated.find(point, "not-shown")
        gated.promote(status=CONFLICT)
        assert gated.told()["missing"] == [f"{point}-not-shown"]
        gated.find(point)
    gated.promote()


def test_nothing_rests_on_a_title_that_nobody_has_assessed_as_illegal_or_that_no_row_names(gated: Gated) -> None:
    gated.take_up()
    gated.assess("lawful")
    gated.find("item", status=CONFLICT)
    gated.run("title", "add", "--title", "another", "--code", "T0002")
    gated.gate("record", "--point", "item", "--showing", "shown", "--evidence", "E=s", "--title", "2", status=REFUSED)
    gated.gate("record", "--point", "item", "--showing", "shown", "--evidence", "E=s", status=REFUSED)


def test_who_bought_what_turns_out_to_be_lawful_is_a_suspect_no_more_and_none_again_by_itself(gated: Gated) -> None:
    gated.suspect()
    gated.assess("lawful")
    told = gated.told()
    assert (told["standing"], told["missing"]) == ("person-of-interest", ["item-not-shown"])
    gated.assess("illegal")
    assert gated.told()["missing"] == ["item-not-shown"]  # it was found by an assessment that counts no more
    gated.find("item")
    assert gated.told()["standing"] == "person-of-interest"
    gated.promote()
    assert gated.told()["standing"] == "suspect"


def test_a_stolen_card_ends_it_at_once(gated: Gated) -> None:
    gated.suspect()
    gated.find("payment", "disputed")
    assert gated.told()["standing"] == "person-of-interest"
    gated.gate("drop", "--reason", "the card was stolen")
    told = gated.told()
    assert (told["standing"], told["allegation"], told["points"]) == ("no-case", None, {})
    gated.find("payment", status=CONFLICT)


def test_nothing_rests_on_a_rule_that_lost_its_review(gated: Gated, unreviewed: None) -> None:
    gated.take_up()
    gated.show_all()
    assert gated.told()["missing"] == ["rule-unreviewed"]
    gated.promote(status=CONFLICT)


def test_a_decision_that_rested_on_another_review_holds_no_more(gated: Gated, world: World, force: Force) -> None:
    gated.suspect()
    withdraw_review(actor=force.counsel.actor, row_sha256=force.rule, **world.parts)
    assert gated.told()["standing"] == "person-of-interest"
    review(world, force.counsel, force.rule)
    assert gated.told()["standing"] == "person-of-interest"
    gated.promote()
    assert gated.told()["standing"] == "suspect"


@pytest.mark.parametrize(("day", "missing"), [("2015-07-14", ["day-not-punishable"]), ("2015-07-15", [])])
def test_possession_is_punishable_from_its_first_day_on(gated: Gated, day: str, missing: list[str]) -> None:
    gated.take_up(day)
    for point in POINTS:
        gated.find(point, status=CONFLICT if point == "item" and missing else 0)
    gated.gate(*ADULT)
    told = gated.told()
    assert told["missing"] == (["item-not-shown", *missing] if missing else [])
    [rule] = [one for one in told["law"] if one["in_force"]]
    assert (rule["rule"], rule["punishable"], rule["unreviewed"]) == ("JP-CP-03", not missing, False)
    assert {"held", "own_will", "clearly", "own_interest"} <= set(rule["missing_elements"])


def test_taking_somebody_up_again_begins_anew(gated: Gated) -> None:
    gated.suspect()
    gated.take_up("2016-05-02")
    assert gated.told()["missing"] == [*(f"{one}-not-shown" for one in POINTS), "age-unknown"]


def test_whoever_turns_out_to_be_two_people_is_neither(gated: Gated) -> None:
    others = [(*one, *("",) * (len(BUYER) - len(one))) for one in fillers()]
    two = Gated.of(gated.desk.world, gated.force, gated.desk.folder, BUYER, BUYER, *others)
    assert two.told()["rows"] == [1, 2]
    two.suspect()
    for who in (two.desk.one, two.desk.other):
        two.desk.answer([1, 2], "different", by=who)
    assert two.told()["standing"] == "lead"


def test_what_was_found_of_somebody_stays_when_it_is_decided_where_he_lives(gated: Gated) -> None:
    border = (*BUYER[:4], "498-0000", "", *BUYER[6:])
    one = Gated.of(gated.desk.world, gated.force, gated.desk.folder, border)
    one.suspect()
    for prefecture in ("23", "24"):
        one.run("list", "prefecture", "--rows", "1", "--is", prefecture, "--reason", "seen at the address")
        one.desk.resolve()
        told = one.told()
        assert (told["standing"], told["prefecture"]["code"]) == ("suspect", prefecture)


def test_a_juvenile_goes_a_way_of_his_own_from_which_none_leads_back(gated: Gated, admin: psycopg.Connection) -> None:
    gated.take_up()
    ages = ("--age-at-act", "15", "--age-now", "16", "--reason", "the register")
    gated.gate("juvenile", *ages, status=REFUSED)
    gated.gate("age", "--as", "juvenile", "--evidence", "E-1=the family register")
    [told] = gated.gate("juvenile", *ages)
    assert told["steps"] == ["prosecutor", "family-court"]
    assigned = assign(gated)
    shown = gated.told(assigned)
    assert (shown["standing"], [one["kind"] for one in shown["steps"]]) == ("juvenile", ["taken-up", "age", "juvenile"])
    assert shown["said"][0]["name"] == BUYER[0]
    for typed in (("promote", "--to", "suspect", "--reason", "w"), ("drop", "--reason", "w"), ADULT):
        gated.gate(*typed, status=CONFLICT, by=assigned)
    agency = [gated.desk.one.actor.agency_id]
    sealed = admin.execute("SELECT j.*::text FROM juvenile AS j WHERE agency_id = %s", agency).fetchall()
    assert len(sealed) >= 1
    assert "register" not in str(sealed)
    of_juveniles = "SELECT count(*) FROM gate_step JOIN listed_person AS p ON p.id = person_id AND p.apart"
    assert admin.execute(of_juveniles).fetchone() == (0,)


def juvenile(gated: Gated) -> Person:
    """Hand the person over to the way of juveniles, and return who may see him from then on."""
    gated.take_up()
    gated.gate("age", "--as", "juvenile", "--evidence", "E-1=the family register")
    gated.gate("juvenile", "--age-at-act", "15", "--age-now", "16", "--reason", "the register")
    return assign(gated)


def test_a_juvenile_is_shown_to_who_is_assigned_to_juveniles_and_to_everybody_else_he_is_not_there(
    gated: Gated,
) -> None:
    whole = {stage["stage"]: stage["count"] for stage in stages(gated, gated.desk.one)}
    assigned, hand = juvenile(gated), ("hand-over", "--office", "an office", "--reason", "No. 1")
    assert [one["person"] for one in gated.run("gate", "show", "--standing", "juvenile", by=assigned)] == [1]
    for other in (gated.desk.one, gated.desk.other):  # a co-ordinator, and an officer of the same case
        gated.gate("show", status=NOT_FOUND, by=other)
        gated.gate(*ADULT, status=NOT_FOUND, by=other)
        gated.gate(*hand, status=FORBIDDEN, by=other)
        assert gated.run("gate", "show", "--standing", "juvenile", by=other) == []
        told = {stage["stage"]: stage["count"] for stage in stages(gated, other)}
        assert (told["persons"], told["juveniles"]) == (whole["persons"] - 1, 0)
    told = {stage["stage"]: stage["count"] for stage in stages(gated, assigned)}
    assert (told["persons"], told["juveniles"]) == (whole["persons"] - 1, 1)
    acts = [one["act"] for one in gated.desk.world.entries() if one.get("officer") == str(assigned.actor.officer_id)]
    assert "juvenile:read" in acts
    with acting_for(gated.desk.one.actor.agency_id):
        rows = JuvenileRow.objects.filter(list__exhibit__case__reference=gated.desk.case)
        assert rows.count() == 0, "the database shows none to a transaction that does not say so"
        see_juveniles()
        assert rows.count() == 1


def stages(gated: Gated, by: Person) -> list[dict[str, Any]]:
    """Return the funnel of the list, as somebody is told."""
    [told] = gated.run("list", "status", by=by)
    return list(told["stages"])


def test_a_juvenile_is_handed_over_step_by_step_and_no_further_than_the_family_court(gated: Gated) -> None:
    assigned = juvenile(gated)
    hand = ("hand-over", "--office", "the office of Fukuoka", "--reason", "No. 1")
    assert [gated.gate(*hand, by=assigned)[0]["to"] for _ in range(2)] == ["prosecutor", "family-court"]
    gated.gate(*hand, by=assigned, status=CONFLICT)
    shown = gated.told(assigned)
    assert [one["kind"] for one in shown["steps"]][-2:] == ["juvenile-handed-over"] * 2
    assert (shown["juvenile"]["next"], shown["juvenile"]["route"]) == (None, ["prosecutor", "family-court"])


def test_nobody_goes_the_way_of_juveniles_while_a_package_about_him_is_out(gated: Gated) -> None:
    world, (other, _) = gated.desk.world, gated.desk.world.found({Role.OFFICER}, {Role.ADMINISTRATOR})
    refer_one(world, gated.desk.one, gated.desk.case, other, 1, is_received=False)
    gated.take_up()
    gated.gate("age", "--as", "juvenile", "--evidence", "E-1=the family register")
    gated.gate("juvenile", "--age-at-act", "15", "--age-now", "16", "--reason", "the register", status=CONFLICT)
    assert gated.told()["standing"] == "person-of-interest"


def test_a_juvenile_goes_on_his_own_last_day_and_stays_hidden(gated: Gated, admin: psycopg.Connection) -> None:
    assigned, world = juvenile(gated), gated.desk.world
    kept = date.fromisoformat(gated.told(assigned)["juvenile"]["kept_until"])
    with acting_for(assigned.actor.agency_id):
        case_until = Case.objects.get(reference=gated.desk.case).keep_until
    assert kept == min(case_until, add_months(world.parts["now"].date(), JUVENILE_KEEP_MONTHS)) < case_until
    erase_expired(**world.parts)
    assert gated.told(assigned)["standing"] == "juvenile", "its day is not over"
    where = [gated.desk.one.actor.agency_id]
    admin.execute("UPDATE juvenile SET keep_until = '2026-01-01' WHERE agency_id = %s", where)
    admin.commit()
    erase_expired(**world.parts)
    assert admin.execute("SELECT count(*) FROM juvenile WHERE agency_id = %s", where).fetchone() == (0,)
    for who in (assigned, gated.desk.one):
        gated.gate("show", status=NOT_FOUND, by=who)
    assert "juvenile:erased" in [one["act"] for one in world.entries()]


def test_a_child_under_fourteen_goes_to_the_centre(gated: Gated) -> None:
    gated.take_up()
    gated.gate("age", "--as", "juvenile", "--evidence", "E-1=the family register")
    [told] = gated.gate("juvenile", "--age-at-act", "13", "--age-now", "14", "--reason", "the register")
    assert told["steps"] == ["child-guidance-center"]


def test_it_is_said_where_the_rules_know_the_conduct_no_more(gated: Gated) -> None:
    gated.take_up()
    world, force = gated.desk.world, gated.force
    without = [line for line in shipped_text().splitlines(keepends=True) if "possession" not in line]
    adopt(world, (force.one, force.administrator), "".join(without))
    shown = world.run(force.one, "gate", "show", "--case", gated.desk.case, "--person", "1")
    adopt(world, (force.one, force.administrator), shipped_text())
    assert "the agency's rules know this conduct no more" in shown.stdout
    assert gated.told()["law"] != []


def test_risk_and_welfare_are_recorded_as_people_assessed_them(gated: Gated) -> None:
    gated.gate("risk", *RISK, status=CONFLICT)  # nobody looks into him
    gated.take_up()
    gated.gate("risk", *RISK)
    gated.gate("welfare", "--suicide", "a physician is told", "--children", "the centre is told")
    facts = gated.told()["facts"]
    assert (facts["risk"]["band"], facts["welfare"]["children"]) == ("high", "the centre is told")


def test_what_somebody_is_at_work_is_recorded_of_a_suspect_alone_and_police_are_kept_from_colleagues(
    gated: Gated, world: World
) -> None:
    police = ("--as", "police", "--basis", "stated", "--children", "no", "--unit", "a station")
    gated.take_up()
    gated.gate("position", *police, status=CONFLICT)
    gated.show_all()
    gated.promote()
    gated.gate("position", "--as", "police", "--basis", "stated", "--children", "no", status=REFUSED)  # which station?
    gated.gate("position", *police)
    assert gated.told()["facts"]["position"]["unit"] == "a station"
    gated.gate("show", by=gated.desk.other, status=NOT_FOUND)
    assert gated.run("gate", "show", by=gated.desk.other) == []
    gated.take_up()
    gated.gate("show", by=gated.desk.other, status=NOT_FOUND)  # what begins anew does not tell them


def test_nobody_is_shown_himself_and_a_colleague_is_shown_to_the_coordinator_alone(
    world: World, force: Force, tmp_path: Path
) -> None:
    named = world.enroll(force.administrator, Role.OFFICER)
    with acting_for(named.actor.agency_id):
        Officer.objects.filter(id=named.actor.officer_id).update(name="江頭佐江")
    gated = Gated.of(world, force, tmp_path)
    assert world.run(gated.desk.one, "case", "join", gated.desk.case, named.login).status == 0
    gated.gate("show", by=named, status=NOT_FOUND)
    gated.gate("show", by=gated.desk.other, status=NOT_FOUND)
    assert gated.told()["standing"] == "lead"
    for who, count in ((named, 0), (gated.desk.other, 0), (gated.desk.one, 1)):
        assert len(gated.run("gate", "show", "--standing", "lead", by=who)) == count


def test_persons_are_listed_by_number_without_names_and_few_at_once(gated: Gated) -> None:
    [listed] = gated.run("gate", "show", "--standing", "lead", "--prefecture", "42")
    assert (listed["person"], listed["said"], listed["titles"]) == (1, [], [])
    assert gated.run("gate", "show", "--standing", "lead", "--prefecture", "40") == []
    assert gated.run("gate", "show", "--standing", "lead", "--after", "1") == []
    assert gated.desk.world.run(gated.desk.one, "gate", "show", "--case", gated.desk.case, "--most", "51").status == 2
    [whole] = gated.gate("show")
    assert (whole["said"][0]["name"], whole["titles"]) == (BUYER[0], [1])


def test_every_step_is_in_the_ledger_without_reasons_or_evidence(gated: Gated) -> None:
    gated.suspect()
    entry = gated.desk.world.last_entry()
    assert (entry["act"], entry["details"]["rules"]) == ("gate:promoted", "JP-CP-03 1")
    gated.find("payment", "disputed")
    entry = gated.desk.world.last_entry()
    told = {name: entry["details"][name] for name in ("point", "showing", "kind")}
    assert (entry["act"], told) == ("gate:recorded", {"point": "payment", "showing": "disputed", "kind": "found"})
    assert "register" not in str(entry)


def test_no_step_stands_in_the_database_in_clear_and_all_go_with_their_list(
    gated: Gated, admin: psycopg.Connection
) -> None:
    gated.suspect()
    told = "\n".join(str(row) for row in admin.execute("SELECT t.*::text FROM gate_step AS t"))
    assert "register" not in told
    assert b"the family register".hex() not in told
    with acting_for(gated.desk.one.actor.agency_id):
        lists = SeizedListRow.objects.filter(exhibit__case__reference=gated.desk.case)
        [(exhibit, list_id)] = lists.values_list("exhibit__reference", "id")
    withdraw_exhibit(
        actor=gated.desk.one.actor, reference=gated.desk.case, exhibit=exhibit, ground=ErasureGround.WRONG_EXHIBIT,
        queue=gated.desk.world.rooms.queue, **gated.desk.world.parts,
    )  # fmt: skip
    for name in ("gate_step", "juvenile"):
        query = f"SELECT count(*) FROM {name} WHERE list_id = %s"  # noqa: S608
        assert admin.execute(query, [list_id]).fetchone() == (0,)
