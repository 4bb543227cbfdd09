"""By which rules an agency goes: two people adopt them, and a lawyer who wrote none of them reviews each."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connections

from tsunagu.domain.errors import Conflict, Forbidden, InputError, NotFound
from tsunagu.domain.grant import PROPOSAL_LASTS
from tsunagu.domain.permission import Role
from tsunagu.law.applying import Question, apply_law
from tsunagu.law.gate import GateClosed
from tsunagu.law.points import GateProblem
from tsunagu.law.reading import RuleFileRefused
from tsunagu.law.shipped import shipped_rules, shipped_text
from tsunagu.records import law_rules
from tsunagu.records.models import LawReviewRow, LawRuleSet
from tsunagu.records.session import acting_for
from tsunagu.services.agencies.invitations import end_officer
from tsunagu.services.agencies.law_rules import (
    confirm_rules,
    list_proposed_rules,
    propose_rules,
    refuse_rules,
    review_rule,
    rules_in_use,
    view_proposed_rules,
    withdraw_review,
)

from ..unit.law.people import ACT_ON, decision, person  # noqa: TID252 - tests are no package with a name
from .adopted import adopt, new_rule_id, propose, review, row_digests, rule_file
from .scene import WORKS
from .world import Person, World, now

REFUSED, NOT_FOUND, FORBIDDEN, CONFLICT = 2, 4, 5, 6


@pytest.fixture
def trio(world: World) -> tuple[Person, Person, Person]:
    """A co-ordinator, an administrator and counsel of a new agency."""
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    return anna, adam, world.enroll(adam, Role.COUNSEL)


def used(world: World, by: Person) -> Any:
    return rules_in_use(actor=by.actor, **world.parts).rules


def test_an_agency_that_adopted_none_goes_by_the_shipped_rules_which_nobody_reviewed(world: World, trio: Any) -> None:
    anna, _, lotte = trio
    assert used(world, anna) == shipped_rules()
    with pytest.raises(NotFound):
        review(world, lotte, shipped_rules().rules[0].sha256)


def test_what_two_people_adopt_counts_from_then_on_and_for_their_agency_alone(world: World, trio: Any) -> None:
    anna, adam, _ = trio
    ben, _ = world.found(WORKS, {Role.ADMINISTRATOR})
    text = rule_file(new_rule_id())
    proposal = propose(world, anna, text)
    assert used(world, anna).name == "shipped"
    confirm_rules(actor=adam.actor, proposal_id=proposal, **world.parts)
    assert (used(world, anna).name, used(world, anna).sha256) == ("agency 1", sha256(text.encode()).hexdigest())
    assert rules_in_use(actor=adam.actor, **world.parts).text == text
    assert used(world, ben).name == "shipped"
    adopt(world, (adam, anna), rule_file(new_rule_id()))
    assert used(world, anna).name == "agency 2"


def test_nobody_adopts_what_he_proposed_himself(world: World, trio: Any) -> None:
    anna, _, _ = trio
    proposal = propose(world, anna, rule_file(new_rule_id()))
    with pytest.raises(Forbidden, match="second person"):
        confirm_rules(actor=anna.actor, proposal_id=proposal, **world.parts)
    assert used(world, anna).name == "shipped"


def test_what_is_refused_taken_back_late_or_of_who_has_left_is_not_adopted(world: World, trio: Any) -> None:
    anna, adam, _ = trio
    refused, taken_back, late = (propose(world, anna, rule_file(new_rule_id())) for _ in range(3))
    refuse_rules(actor=adam.actor, proposal_id=refused, **world.parts)
    refuse_rules(actor=anna.actor, proposal_id=taken_back, **world.parts)
    leaver = world.enroll(adam, Role.COORDINATOR)
    of_leaver = propose(world, leaver, rule_file(new_rule_id()))
    end_officer(actor=adam.actor, officer_id=leaver.actor.officer_id, **world.parts)
    for proposal in (refused, taken_back, of_leaver, uuid4()):
        with pytest.raises(NotFound):
            confirm_rules(actor=adam.actor, proposal_id=proposal, **world.parts)
    with pytest.raises(NotFound):
        confirm_rules(
            actor=adam.actor, proposal_id=late, **{**world.parts, "now": now() + PROPOSAL_LASTS + timedelta(seconds=1)}
        )


def test_a_file_that_is_wrong_is_refused_before_anybody_is_asked(world: World, trio: Any) -> None:
    anna, _, _ = trio
    with pytest.raises(RuleFileRefused, match="row 2, column reviewed"):
        propose(world, anna, rule_file(new_rule_id()).rstrip("no\n") + "yes\n")
    assert list_proposed_rules(actor=anna.actor, **world.parts) == ()


def test_the_same_set_is_neither_proposed_twice_nor_while_it_is_in_use(world: World, trio: Any) -> None:
    anna, adam, _ = trio
    text = rule_file(new_rule_id())
    proposal = propose(world, anna, text)
    with pytest.raises(Conflict, match="proposed already"):
        propose(world, adam, text)
    confirm_rules(actor=adam.actor, proposal_id=proposal, **world.parts)
    with pytest.raises(Conflict, match="goes by these"):
        propose(world, anna, text)


def test_the_second_person_reads_what_would_change_and_the_file_to_the_letter(world: World, trio: Any) -> None:
    anna, adam, _ = trio
    kept, changed, removed, added = sorted(new_rule_id() for _ in range(4))
    adopt(world, (anna, adam), rule_file(kept, changed, removed))
    text = rule_file(kept, changed, added)
    line = next(one for one in text.splitlines() if one.startswith(changed))
    text = text.replace(line, line.replace("Holding", "Keeping"))
    proposal = propose(world, anna, text)
    [view] = list_proposed_rules(actor=adam.actor, **world.parts)
    assert (view.added, view.changed, view.removed) == ((added,), (changed,), (removed,))
    assert (view.proposed_by, view.may_confirm) == (anna.login, True)
    assert not list_proposed_rules(actor=anna.actor, **world.parts)[0].may_confirm
    assert view_proposed_rules(actor=adam.actor, proposal_id=proposal, **world.parts) == text


def test_a_review_holds_for_these_letters_alone_and_outlives_a_new_set_that_keeps_them(world: World, trio: Any) -> None:
    anna, adam, lotte = trio
    rule_id, other = new_rule_id(), new_rule_id()
    text = rule_file(rule_id)
    adopt(world, (anna, adam), text)
    reviewer = review(world, lotte, row_digests(text)[rule_id])
    [rule] = used(world, anna).rules
    assert (rule.review.reviewer, rule.review.reviewed_on) == (reviewer, now().date())
    adopt(world, (anna, adam), rule_file(rule_id, other))
    assert {one.rule_id: one.review is not None for one in used(world, anna).rules} == {rule_id: True, other: False}
    adopt(world, (anna, adam), text.replace("Holding", "Keeping"))
    [rule] = used(world, anna).rules
    assert (rule.rule_id, rule.review) == (rule_id, None)


def test_who_proposed_a_set_does_not_review_it_not_even_past_the_service(world: World) -> None:
    _, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    both = world.enroll(adam, Role.ADMINISTRATOR, Role.COUNSEL)
    text = rule_file(new_rule_id())
    adopt(world, (both, adam), text)
    [row_sha256] = row_digests(text).values()
    with pytest.raises(Forbidden, match="second person"):
        review(world, both, row_sha256)
    with acting_for(both.actor.agency_id):
        kept = law_rules.adopted_rules()
    planted = {
        "rule_set_id": kept.set_id,
        "row_sha256": bytes.fromhex(row_sha256),
        "reviewer": "himself",
        "reviewed_by_id": both.actor.officer_id,
        "reviewed_at": now(),
    }
    with pytest.raises(DatabaseError, match="row-level security"), acting_for(both.actor.agency_id):
        LawReviewRow.objects.create(agency_id=both.actor.agency_id, **planted)


def test_a_rule_is_reviewed_once_and_a_review_is_taken_back_at_once(world: World, trio: Any) -> None:
    anna, adam, lotte = trio
    text = rule_file(new_rule_id())
    adopt(world, (anna, adam), text)
    [row_sha256] = row_digests(text).values()
    review(world, lotte, row_sha256)
    with pytest.raises(Conflict, match="already"):
        review(world, lotte, row_sha256)
    withdraw_review(actor=lotte.actor, row_sha256=row_sha256, **world.parts)
    assert [one.review for one in used(world, anna).rules] == [None]
    with pytest.raises(NotFound):
        withdraw_review(actor=lotte.actor, row_sha256=row_sha256, **world.parts)
    review(world, lotte, row_sha256)
    assert used(world, anna).rules[0].review is not None


@pytest.mark.parametrize("row_sha256", ["", "dc9db242", "DC" * 32, "x" * 64])
def test_a_row_is_named_by_its_whole_digest(world: World, trio: Any, row_sha256: str) -> None:
    with pytest.raises(InputError):
        review(world, trio[2], row_sha256)


def test_the_gate_opens_on_what_was_adopted_and_reviewed_and_says_which_version(world: World, trio: Any) -> None:
    anna, adam, lotte = trio
    with pytest.raises(GateClosed) as closed:
        person().pass_gate(used(world, anna), decision())
    assert closed.value.problems == (GateProblem.RULE_UNREVIEWED,)
    text = rule_file(new_rule_id())
    adopt(world, (anna, adam), text)
    with pytest.raises(GateClosed):
        person().pass_gate(used(world, anna), decision())
    [row_sha256] = row_digests(text).values()
    review(world, lotte, row_sha256)
    suspect = person().pass_gate(used(world, anna), decision())
    assert [one.as_version.sha256 for one in suspect.rests_on] == [row_sha256]
    withdraw_review(actor=lotte.actor, row_sha256=row_sha256, **world.parts)
    assert suspect.rest_on(used(world, anna)) == suspect.person
    answer = apply_law(Question("JP", "possession", ACT_ON, ACT_ON), used(world, anna))
    assert not any(one.may_be_rested_on for one in answer.applied)


def test_every_step_is_in_the_ledger_by_ids_and_codes_alone(world: World, trio: Any) -> None:
    anna, adam, lotte = trio
    rule_id = new_rule_id()
    text = rule_file(rule_id)
    proposal = propose(world, anna, text)
    entry = world.last_entry()
    with acting_for(anna.actor.agency_id):
        set_id = str(LawRuleSet.objects.get().id)
    assert (entry["act"], entry["details"]) == (
        "law:proposed", {"proposal": str(proposal), "set": set_id, "rules": 1},
    )  # fmt: skip
    confirm_rules(actor=adam.actor, proposal_id=proposal, **world.parts)
    entry = world.last_entry()
    assert (entry["act"], entry["officer"]) == ("law:adopted", str(adam.actor.officer_id))
    assert entry["details"] == {"proposal": str(proposal), "set": set_id}
    [row_sha256] = row_digests(text).values()
    review(world, lotte, row_sha256)
    entry = world.last_entry()
    with acting_for(anna.actor.agency_id):
        review_id = str(LawReviewRow.objects.get().id)
    told = {"rule": rule_id, "version": 1, "review": review_id}
    assert (entry["act"], entry["officer"], entry["details"]) == (
        "law:reviewed", str(lotte.actor.officer_id), told,
    )  # fmt: skip
    used(world, anna)
    assert (world.last_entry()["act"], world.last_entry()["details"]) == ("law:read", {"set": set_id})
    withdraw_review(actor=lotte.actor, row_sha256=row_sha256, **world.parts)
    assert (world.last_entry()["act"], world.last_entry()["details"]) == ("law:review_withdrawn", told)


PLANTED = (
    "INSERT INTO law_rule_set (id, agency_id, proposal_id, text, sha256) SELECT gen_random_uuid(), agency_id, id, "
)
WAITS = " FROM proposal WHERE kind = 'law-rules' AND settled_at IS NULL"
REVIEW = """
INSERT INTO law_review (id, agency_id, rule_set_id, row_sha256, reviewer, reviewed_by_id, reviewed_at)
SELECT gen_random_uuid(), agency_id, id, sha256, 'nobody', %s, now() FROM law_rule_set
"""


@pytest.mark.parametrize(
    "statement",
    [
        f"{PLANTED} 'other', sha256('other') {WAITS}",
        f"{PLANTED} 'other', decode(terms ->> 'sha256', 'hex') {WAITS}",
        REVIEW,
    ],
    ids=["another text", "a text of another digest", "a review of what nobody adopted"],
)
def test_the_database_itself_keeps_to_it(world: World, trio: Any, statement: str) -> None:
    anna, adam, _ = trio
    propose(world, anna, rule_file(new_rule_id()))
    parameters = [adam.actor.officer_id] if "%s" in statement else None
    refusals = "row-level security|law_rule_set_is_its_text"
    with pytest.raises(DatabaseError, match=refusals), acting_for(anna.actor.agency_id):
        connections["default"].cursor().execute(statement, parameters)


def test_the_whole_way_by_commands(world: World, trio: Any) -> None:
    anna, adam, lotte = trio
    file = world.file(shipped_text().encode())
    proposed = world.run(anna, "law", "propose", file)
    assert proposed.status == 0, proposed.text
    [view] = world.json(adam, "law", "proposals")
    UUID(view["proposal"])
    assert (view["rules"], view["added"], view["may_confirm"]) == (29, [], True)
    assert f"tsunagu law confirm {view['proposal']}" in proposed.stdout
    assert world.run(adam, "law", "proposals").stdout.count("none") == 3
    assert world.run(adam, "law", "proposed", view["proposal"]).stdout == shipped_text()
    assert world.run(anna, "law", "confirm", view["proposal"]).status == FORBIDDEN
    assert world.run(adam, "law", "confirm", view["proposal"]).status == 0
    asked = ("law", "applies", "--jurisdiction", "JP", "--conduct", "possession", "--date", "2016-01-01", "--agency")
    [before] = world.json(anna, *asked)
    assert (before["rule_set"], before["rules"][0]["review"]) == ("agency 1", "unreviewed")
    row_sha256 = before["rules"][0]["sha256"]
    assert world.run(lotte, "law", "review", row_sha256, "--as", "L. Otte, counsel").status == 0
    assert world.run(lotte, "law", "review", row_sha256, "--as", "L. Otte, counsel").status == CONFLICT
    [after] = world.json(anna, *asked)
    rule = after["rules"][0]
    assert (rule["review"], rule["reviewer"], rule["may_be_rested_on"]) == ("reviewed", "L. Otte, counsel", True)
    [shown] = world.json(anna, "law", "show", "JP-CP-03", "--agency")
    assert shown["reviewed_on"] == f"{now():%Y-%m-%d}"
    assert "by L. Otte, counsel" in world.run(anna, "law", "list", "--agency").stdout
    assert "nothing may rest" not in world.run(anna, "law", "list", "--agency").stdout
    assert world.run(lotte, "law", "withdraw", row_sha256).status == 0
    assert world.json(anna, *asked)[0]["rules"][0]["review"] == "unreviewed"
    assert world.run("", *asked).status == FORBIDDEN


def test_a_file_that_is_no_rule_file_is_refused_by_the_command(world: World, trio: Any) -> None:
    anna, _, _ = trio
    for content, said in ((b"\xff\xfe", "UTF-8"), (b"rule_id\n", "row 1, column version")):
        refused = world.run(anna, "law", "propose", world.file(content))
        assert (refused.status, refused.stdout) == (REFUSED, "")
        assert said in refused.stderr
    gone = world.run(anna, "law", "refuse", str(uuid4()))
    assert (gone.status, gone.stdout) == (NOT_FOUND, "")


def test_a_rule_set_of_a_colleague_is_refused_by_the_command(world: World, trio: Any) -> None:
    anna, adam, _ = trio
    proposal = propose_rules(actor=anna.actor, text=rule_file(new_rule_id()), **world.parts)
    assert world.run(adam, "law", "refuse", str(proposal)).status == 0
    assert world.json(adam, "law", "proposals") == []
    assert "Nothing waits" in world.run(adam, "law", "proposals").stdout


def test_counsel_sees_no_content_and_changes_no_rules(world: World, trio: Any) -> None:
    _, adam, lotte = trio
    proposal = propose(world, adam, rule_file(new_rule_id()))
    for command in (("case", "list"), ("bank", "list"), ("notices",), ("law", "proposals")):
        assert world.run(lotte, *command).status == FORBIDDEN, command
    with pytest.raises(Forbidden):
        confirm_rules(actor=lotte.actor, proposal_id=proposal, **world.parts)
    with pytest.raises(Forbidden):
        review_rule(actor=adam.actor, row_sha256="0" * 64, reviewer="A. Dam", **world.parts)
