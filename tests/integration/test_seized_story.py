"""The whole way of a seized list: 7,000 rows to people, prefectures, titles, the gate, packages, outcomes and a funnel.

The invented people's truth plays the officers' enquiries: what it says of a card, a parcel, a title, a day or an age is
what they find out, and nothing else of the program is told it. One by one, as the gate wants it, some people of every
prefecture go through, and some of every kind whom it has to stop.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import pytest

from tsunagu.domain.alert import HandOver
from tsunagu.domain.errors import Conflict
from tsunagu.domain.gate import RiskBand
from tsunagu.domain.outcome import Disposal, PersonOutcome, PersonRole
from tsunagu.domain.permission import Role
from tsunagu.domain.referral import ReturnReason
from tsunagu.domain.title import TitleValue, TitleWords
from tsunagu.law.applying import Showing
from tsunagu.law.gate import Allegation, GateClosed, Majority
from tsunagu.law.points import Evidence, Point
from tsunagu.resolution.invented.orders import PUNISHABLE_FROM
from tsunagu.resolution.invented.writing import write_list
from tsunagu.resolution.prefectures import prefectures
from tsunagu.services.gate import decisions as gate
from tsunagu.services.gate.facts import AgeFact, GateFact, PointFact, ResidenceFact, RiskFact, WelfareFact
from tsunagu.services.referrals import answers as referral_answers
from tsunagu.services.referrals import sending as referrals
from tsunagu.services.referrals.answers import Answer
from tsunagu.services.referrals.package import ReferralDraft
from tsunagu.services.seized import titles
from tsunagu.services.seized.titles import AssessmentDraft

from .gated import ALL_COLUMNS, Force
from .referred import be_of
from .seized import Desk
from .world import Person, World

pytestmark = pytest.mark.soak
ROWS, SEED = 7_000, 471_147
"""The size of the list of 2017, and a seed on which nothing was tuned."""
OF_EACH_PREFECTURE, OF_EACH_KIND = 2, 5
FOUND = (Evidence("E-1", "a register"), Evidence("E-2", "a carrier"))
DRAFT = ReferralDraft(HandOver.DESIGNATION, "規則第11条", "捜査以外に用いない", "該当なし")
Row = dict[str, str]


@dataclass
class Story:
    """One list, who works on it, who receives, and what was done."""

    desk: Desk
    force: Force
    receivers: dict[str, Person]
    truth: dict[int, Row]
    """What is true of each row, by number."""
    orders: dict[int, Row]
    """What each row says."""
    suspects: dict[int, Row] = field(default_factory=dict)
    """The row on which each suspect's allegation rests, by his first row."""
    stopped: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Why the gate was closed for somebody, by his first row."""
    sent: dict[int, UUID] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)

    @property
    def at(self) -> dict[str, Any]:
        return {"actor": self.force.one.actor, "reference": self.desk.case, "number": None, **self.desk.world.parts}

    @cached_property
    def persons(self) -> tuple[tuple[int, ...], ...]:
        """The rows of each person whom the list names."""
        return tuple(map(tuple, self.desk.persons()))

    def is_workable(self, rows: tuple[int, ...]) -> bool:
        return any(self.truth[one]["workable"] == "yes" for one in rows)

    def look_into(self, rows: tuple[int, ...], row: int) -> None:
        """Take somebody up for one of his rows, and record what enquiries bring of it."""
        told, person = self.truth[row], {"person": rows[0]}
        bought_on = date.fromisoformat(self.orders[row]["注文日"])
        gate.take_up(
            allegation=Allegation("JP", "possession", bought_on), reasons="a row names him", **person, **self.at
        )
        shown = {
            Point.IDENTITY: True,
            Point.PAYMENT: told["stolen"] == "no",
            Point.DELIVERY: told["delivered"] == "yes",
            Point.DAY: told["punishable"] == "yes",
        }
        facts: list[GateFact] = [
            PointFact(point, Showing.SHOWN if holds else Showing.NOT_SHOWN, FOUND if holds else ())
            for point, holds in shown.items()
        ]
        facts.append(PointFact(Point.ITEM, Showing.SHOWN, FOUND, int(self.orders[row]["商品コード"][1:]) + 1))
        facts.append(AgeFact(Majority.JUVENILE if told["juvenile"] == "yes" else Majority.ADULT, FOUND))
        for fact in facts:
            # Of a lawful title nobody can show that it is illegal: that point stays open.
            with suppress(Conflict):
                gate.record_fact(fact=fact, **person, **self.at)

    def try_the_gate(self, rows: tuple[int, ...], row: int) -> None:
        """Let an officer ask for the decision, whatever was found."""
        self.look_into(rows, row)
        try:
            gate.promote(reasons="as found", person=rows[0], **self.at)
        except GateClosed as closed:
            self.stopped[rows[0]] = tuple(one.value for one in closed.problems)
        else:
            self.suspects[rows[0]] = self.truth[row]

    def send(self, person: int) -> None:
        """Record what has to be known before, and hand a suspect over to where he lives."""
        lives_in, facts = self.suspects[person]["prefecture"], list[GateFact]()
        facts.append(RiskFact("a tool", "1", date(2026, 11, 1), RiskBand.HIGH, "A. B., no. 7"))
        facts.append(WelfareFact("a physician is told", "the centre is told"))
        facts.append(ResidenceFact(lives_in, FOUND))
        for fact in facts:
            gate.record_fact(fact=fact, person=person, **self.at)
        preview = referrals.make_referral(person=person, draft=DRAFT, **self.at)
        assert preview.receiver.code == f"JP-{lives_in}"
        signer = self.desk.world.rooms.keys.signer()
        self.sent[person] = referrals.send_referral(
            person=person, draft=DRAFT, sha256=preview.sha256, signer=signer, **self.at
        )

    def answer(self, person: int, number: int) -> None:
        """Let the receiver do what comes to it: receive, return one in nine, and tell what became of the others."""
        receiver = self.receivers[self.suspects[person]["prefecture"]]
        at: dict[str, Any] = {"actor": receiver.actor, "referral_id": self.sent[person], "answer": Answer()}
        at |= self.desk.world.parts
        if number % 9 == 8:
            referral_answers.return_referral(returned=ReturnReason.MOVED, **at)
            self.done["returned"] += 1
            return
        referral_answers.receive_referral(**at)
        self.done["received"] += 1
        role, disposals = (
            (PersonRole.SUSPECT, (Disposal.CLEARED, Disposal.REFERRED_ON_PAPERS)),
            (PersonRole.SUSPECT, (Disposal.ARRESTED, Disposal.REFERRED_IN_CUSTODY)),
            (PersonRole.NO_CASE, ()),
        )[number % 3]
        outcome = PersonOutcome(1, role, disposals)
        referral_answers.tell_referral_outcome(outcome=outcome, **at)
        self.done["answered"] += 1
        self.done[role.value] += 1
        self.done.update(one.value for one in disposals)


@pytest.fixture(scope="module")
def story(world: World, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A list that is sealed and resolved, with its titles assessed; and a force in every prefecture."""
    force = Force.found(world)
    desk = Desk.of(world, (force.one, force.other), tmp_path_factory.mktemp("story"))
    out, truth = io.BytesIO(), io.BytesIO()
    write_list(ROWS, SEED, out=out, truth=truth)
    orders = dict(enumerate(csv.DictReader(io.StringIO(out.getvalue().decode("cp932"))), 1))
    known = {int(one["row"]): one for one in csv.DictReader(io.StringIO(truth.getvalue().decode()))}
    done = desk.bring_in(out.getvalue(), columns=ALL_COLUMNS)
    assert (done["imported"], done["refused"]) == (ROWS, {})
    desk.resolve()
    receivers = {}
    for code in prefectures():
        receivers[code], _ = world.found({Role.OFFICER, Role.COORDINATOR}, {Role.ADMINISTRATOR})
        be_of(world, receivers[code], f"JP-{code}")
    made = Story(desk, force, receivers, known, orders)
    _assess(made)
    return made


def _assess(story: Story) -> None:
    """Enter every title that a row names, and assess those that counsel has looked at."""
    said = {story.orders[row]["商品コード"]: told["assessment"] for row, told in story.truth.items()}
    for number in range(len(said)):
        code = f"T{number:04}"
        titles.add_title(words=TitleWords(f"記録集 第{number}巻", code=code), **story.at)
        if said[code] != "not assessed":
            value = TitleValue.ILLEGAL if said[code] == "illegal" else TitleValue.LAWFUL
            draft = AssessmentDraft(
                "JP", value, PUNISHABLE_FROM - timedelta(days=400), None, "counsel has looked at it"
            )
            titles.assess_title(title=number + 1, draft=draft, **story.at)


def _first_of(story: Story, kind: str, rows: tuple[int, ...]) -> int | None:
    """Return the first of somebody's rows that shows why the gate has to stop him, if all his rows do."""
    column, value = KINDS[kind]
    if story.is_workable(rows):
        return None
    return next((one for one in rows if story.truth[one][column] == value), None)


KINDS = {
    "payment-not-shown": ("stolen", "yes"),
    "delivery-not-shown": ("delivered", "no"),
    "item-not-shown": ("assessment", "lawful"),
    "day-not-shown": ("punishable", "no"),
    "juvenile": ("juvenile", "yes"),
}
"""Why the gate stops somebody, by what is true of his row."""


def test_about_2700_of_7000_rows_are_workable_and_the_list_names_their_people(story: Story) -> None:
    workable = sum(one["workable"] == "yes" for one in story.truth.values())
    assert workable == pytest.approx(2_700, rel=0.03)
    assert sum(map(len, story.persons)) == ROWS
    mixed = sum(len({story.truth[row]["person"] for row in rows}) > 1 for rows in story.persons)
    assert mixed / len(story.persons) < 0.005


def test_people_of_every_prefecture_pass_the_gate_and_nobody_whose_card_was_stolen_or_who_is_a_child(
    story: Story,
) -> None:
    taken: defaultdict[str, int] = defaultdict(int)
    for rows in story.persons:
        row = next((one for one in rows if story.truth[one]["workable"] == "yes"), None)
        if row is not None and taken[(lives_in := story.truth[row]["prefecture"])] < OF_EACH_PREFECTURE:
            taken[lives_in] += 1
            story.try_the_gate(rows, row)
    assert taken.keys() == prefectures().keys()
    assert len(story.suspects) == sum(taken.values())
    assert not story.stopped
    for kind in KINDS:
        found = ((rows, row) for rows in story.persons if (row := _first_of(story, kind, rows)) is not None)
        for (rows, row), _ in zip(found, range(OF_EACH_KIND), strict=False):
            if rows[0] not in story.stopped:
                story.try_the_gate(rows, row)
                assert kind in story.stopped[rows[0]]
    assert len(story.stopped) >= OF_EACH_KIND * (len(KINDS) - 1)


def test_each_package_goes_to_where_its_person_lives_and_comes_back_with_what_became_of_him(story: Story) -> None:
    for number, person in enumerate(story.suspects):
        story.send(person)
        story.answer(person, number)
    for code, receiver in story.receivers.items():
        told = story.desk.world.json(receiver, "referral", "list")
        assert len(told) == sum(one["prefecture"] == code for one in story.suspects.values())


def test_the_funnel_tells_what_was_done_each_stage_with_what_it_is_a_part_of(story: Story) -> None:
    stages, done = story.desk.stages(), story.done
    whole = {"rows", "persons", "pairs", "packages"}
    assert all((one["of"] is None) is (name in whole) for name, one in stages.items())
    for one in stages.values():
        assert one["of"] is None or one["count"] <= one["denominator"] == stages[one["of"]]["count"]
    counted = {name: one["count"] for name, one in stages.items()}
    stands = ("leads", "of-interest", "suspects", "juveniles", "no-case")
    assert counted["persons"] == len(story.persons) == sum(counted[one] for one in stands)
    assert counted["referred"] == counted["packages"] == len(story.sent)
    assert counted["suspects"] == len(story.suspects)
    assert counted["of-interest"] == len(story.stopped)
    for name in ("received", "returned", "answered", "arrested", "referred-on-papers", "referred-in-custody"):
        assert counted[name] == done[name]
    assert counted["cleared"] == done["referred-on-papers"] + done["referred-in-custody"]
    assert stages["answered"]["parts"] == {"no-case": done["no-case"], "suspect": done["suspect"]}


def test_the_published_funnel_is_a_reference_and_its_misreadings_are_refused(story: Story) -> None:
    table = [
        {
            "number": "2700",
            "unit": "rows",
            "population": "seized-list",
            "period": "2017",
            "definition": "workable-rows",
        },
        {"number": "1650", "unit": "persons", "population": "nationwide", "period": "2017"},
        {"number": "1650", "unit": "persons", "population": "from the list", "period": "2017"},
        {"number": "1703", "unit": "persons", "population": "from the list", "period": "2017"},
    ]
    path = story.desk.file(json.dumps(table).encode(), "figures.json")
    done = story.desk.world.run(story.force.one, "statistics", "check", path, "--json")
    assert [json.loads(line)["possible"] for line in done.stdout.splitlines()] == [True, True, False, False]
