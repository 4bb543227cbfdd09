"""Pages of titles, of the gate and of referrals: people record and decide, and one package goes to one receiver."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.http import HttpResponse

from tsunagu.domain.permission import Role
from tsunagu.services.cases.opening import staff_case

from ..gated import DAY, POINTS, Force, Gated  # noqa: TID252 - tests are no package with a name
from ..referred import be_of  # noqa: TID252 - likewise
from ..world import Person, World  # noqa: TID252 - likewise
from .visitors import Visitor

Visitors = Callable[[], Visitor]
DRAFT = {"hand_over": "designation", "authority": "an article", "handling": "for this case", "deconfliction": "nobody"}
RISK = {"tool": "a tool", "version": "2", "assessed_on": "2026-11-01", "band": "low", "assessor": "an assessor"}


@pytest.fixture(scope="module")
def force(world: World) -> Force:
    return Force.found(world)


@pytest.fixture(scope="module")
def receiver(world: World, force: Force) -> Person:
    made = Force.found(world).one
    be_of(world, made, "JP-42")
    return made


@pytest.fixture
def gated(world: World, force: Force, tmp_path: Path) -> Gated:
    return Gated.of(world, force, tmp_path)


def at(gated: Gated, *more: str) -> str:
    return "/".join((f"/cases/{gated.desk.case}/lists/1", *more, ""))


def sits(visitor: Visitors, gated: Gated) -> Visitor:
    return visitor().sits_down_as(gated.desk.one)


def read(answer: HttpResponse) -> str:
    assert answer.status_code == 200, answer.content.decode()
    return re.sub(r'"(?=\w*[G-Z])\w{64}"', "", answer.content.decode())  # tokens, whose letters may spell anything


def record(one: Visitor, gated: Gated, **typed: object) -> None:
    answer = one.post(at(gated, "persons", "1", "record"), **typed)
    assert answer.status_code == 302, answer.content.decode()


def decide(one: Visitor, gated: Gated, decision: str, **typed: str) -> HttpResponse:
    return one.post(at(gated, "persons", "1", "decide"), decision=decision, reason="as seen", **typed)


def takes_up(one: Visitor, gated: Gated) -> None:
    assert decide(one, gated, "take-up", conduct="JP possession_own_interest", act_on=DAY).status_code == 302


def sent(visitor: Visitors, gated: Gated) -> str:
    """Refer the person on his page, and return where the referral is."""
    one = sits(visitor, gated)
    record(one, gated, fact="risk", **RISK)
    record(one, gated, fact="welfare", suicide="a doctor beside", children="the centre knows")
    shown = read(one.post(at(gated, "persons", "1", "package"), **DRAFT))
    sha256 = shown.partition('name="sha256" value="')[2].partition('"')[0]
    assert one.post(at(gated, "persons", "1", "send"), sha256="0f" * 32, **DRAFT).status_code == 409
    answer = one.post(at(gated, "persons", "1", "send"), sha256=sha256, **DRAFT)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_a_title_is_entered_searched_and_assessed_and_its_like_is_proposed_and_decides_nothing(
    gated: Gated, visitor: Visitors
) -> None:
    one = sits(visitor, gated)
    assert one.post(at(gated, "titles"), title="記録集 第1巻", code="T9", edition="新版").status_code == 302
    register = read(one.get(at(gated, "titles"), text="t9"))
    assert "by nobody yet" in register
    assert "T0001" not in register
    assert "T9" not in read(one.get(at(gated, "titles"), state="illegal"))
    shown = read(one.get(at(gated, "titles", "2")))
    assert "Nobody has assessed it" in shown
    assert shown.count(f"case {gated.desk.case}, list 1, title 1") == 1
    said = {"jurisdiction": "JP", "value": "lawful", "reason": "seen whole"}
    assert one.post(at(gated, "titles", "2"), **said).status_code == 422
    assert one.post(at(gated, "titles", "2"), from_on="2015-07-15", **said).status_code == 302
    assert "seen whole" in read(one.get(at(gated, "titles", "2")))


def test_a_lead_is_listed_by_number_and_shown_with_what_is_missing_in_words(gated: Gated, visitor: Visitors) -> None:
    one = sits(visitor, gated)
    assert "江頭" not in read(one.get(at(gated, "persons")))
    assert at(gated, "persons", "1") in read(one.get(at(gated, "persons")))
    lead = read(one.get(at(gated, "persons", "1")))
    assert "江頭 佐江" in lead
    assert "No licensed assessment is recorded." in lead
    assert lead.index("Risk to children") < lead.index("How he stands")
    takes_up(one, gated)
    shown = read(one.get(at(gated, "persons", "1")))
    assert "the card may have been stolen" in shown
    assert "Decide that he is a suspect" not in shown
    assert decide(one, gated, "promote").status_code == 409
    assert at(gated, "persons", "1") not in read(one.get(at(gated, "persons")))
    assert at(gated, "persons", "1") in read(one.get(at(gated, "persons"), standing=""))


def test_points_are_recorded_and_an_officer_decides_and_a_lawful_title_ends_it(gated: Gated, visitor: Visitors) -> None:
    one = sits(visitor, gated)
    takes_up(one, gated)
    for point in POINTS:
        typed = {"evidence": ["E-1", "E-2", ""], "source": ["the register", "a carrier", ""], "title": "1"}
        record(one, gated, fact="found", point=point, showing="shown", **typed)
    record(one, gated, fact="age", majority="adult", evidence="E-1", source="the register")
    record(one, gated, fact="residence", prefecture="42", evidence="E-1", source="the register")
    assert "the machine has decided nothing" in read(one.get(at(gated, "persons", "1")))
    assert decide(one, gated, "promote").status_code == 302
    record(one, gated, fact="position", position="educator", basis="stated", contact="yes")
    shown = read(one.get(at(gated, "persons", "1")))
    assert "Nobody has found him guilty." in shown
    assert "educator" in shown
    gated.assess("lawful")
    assert "holds no more" in read(one.get(at(gated, "persons", "1")))
    assert decide(one, gated, "drop").status_code == 302
    assert "Nobody looks into him any more." in read(one.get(at(gated, "persons", "1")))


def test_a_juvenile_goes_his_own_way_and_nothing_more_is_recorded(gated: Gated, visitor: Visitors) -> None:
    one = sits(visitor, gated)
    takes_up(one, gated)
    record(one, gated, fact="age", majority="juvenile", evidence="E-1", source="the register")
    assert "Hand him over" in read(one.get(at(gated, "persons", "1")))
    handed = decide(one, gated, "juvenile", age_at_act="15", age_now="16")
    assert (handed.status_code, handed["Location"]) == (302, at(gated, "persons"))
    assert one.get(at(gated, "persons", "1")).status_code == 404
    june = gated.desk.world.enroll(gated.force.administrator, Role.JUVENILE)
    staff_case(actor=gated.desk.one.actor, reference=gated.desk.case, login=june.login, **gated.desk.world.parts)
    assigned = visitor().sits_down_as(june)
    shown = read(assigned.get(at(gated, "persons", "1")))
    assert "family court" in shown
    assert "Take him up" not in shown
    typed = {"decision": "hand-over", "office": "the office of Fukuoka", "reason": "No. 1"}
    assert assigned.post(at(gated, "persons", "1", "decide"), **typed).status_code == 302
    shown = read(assigned.get(at(gated, "persons", "1")))
    assert "received by: the office of Fukuoka" in shown
    assert "Next: family court." in shown


def test_who_records_that_a_suspect_is_police_is_not_told_of_him_any_more(gated: Gated, visitor: Visitors) -> None:
    gated.suspect()
    other = visitor().sits_down_as(gated.desk.other)
    typed = {"fact": "position", "position": "police", "basis": "stated", "contact": "unknown", "unit": "a station"}
    answer = other.post(at(gated, "persons", "1", "record"), **typed)
    assert (answer.status_code, answer["Location"]) == (302, at(gated, "persons"))
    assert other.get(at(gated, "persons", "1")).status_code == 404
    assert "a station" in read(sits(visitor, gated).get(at(gated, "persons", "1")))


def test_a_package_is_looked_at_sent_returned_and_sent_again_to_another(
    world: World, gated: Gated, receiver: Person, visitor: Visitors
) -> None:
    gated.suspect()
    path, one, two = sent(visitor, gated), sits(visitor, gated), visitor().sits_down_as(receiver)
    assert path in read(two.get("/referrals/"))
    assert "江頭 佐江" in read(two.get(path))
    assert two.get(at(gated, "persons", "1")).status_code == 404
    answer = two.post(f"{path}answer/", reply="return", because="moved", words="he has left")
    assert answer.status_code == 302
    returned = read(two.get(path))
    assert "江頭" not in returned
    assert "not told any more what it says" in returned
    assert "he has left" in read(one.get(path))
    assert one.post(at(gated, "persons", "1", "package"), **DRAFT).status_code == 409
    elsewhere, _ = world.found({Role.OFFICER, Role.COORDINATOR}, {Role.ADMINISTRATOR})
    be_of(world, elsewhere, "JP-40")
    record(one, gated, fact="residence", prefecture="40", evidence="E-7", source="a town hall")
    again = sent(visitor, gated)
    assert again in read(visitor().sits_down_as(elsewhere).get("/referrals/"))
    assert two.get(again).status_code == 404


def test_an_outcome_comes_back_and_what_was_printed_is_called_back(
    gated: Gated, receiver: Person, visitor: Visitors
) -> None:
    be_of(gated.desk.world, receiver, "JP-42")
    gated.suspect()
    path, one, two = sent(visitor, gated), sits(visitor, gated), visitor().sits_down_as(receiver)
    assert two.post(f"{path}answer/", reply="receive").status_code == 302
    printed = two.post(f"{path}form/", **{"as": "text"})
    assert printed["Content-Disposition"].startswith("attachment")
    assert "事件引継書" in printed.content.decode()
    typed = {"role": "suspect", "done": ["cleared", "referred-on-papers"], "age": "40s", "words": "done"}
    assert two.post(f"{path}answer/", reply="outcome", **typed).status_code == 302
    assert "referred on papers · suspects in their forties" in read(one.get(path))
    gated.assess("lawful")
    assert "he is no suspect any more" in read(one.get(at(gated, "packages")))
    assert one.post(f"{path}answer/", reply="withdraw", words="another title").status_code == 302
    assert "Prints to be called back" in read(one.get("/referrals/"))
    assert "Destroy your prints of these" in read(two.get("/referrals/"))
    assert "its receiver has printed it" in read(one.get(at(gated, "packages")))
    withdrawn = read(two.get(path))
    assert "江頭" not in withdrawn
    assert "another title" in withdrawn
    assert two.post(f"{path}form/", **{"as": "text"}).status_code == 409


@pytest.mark.parametrize(
    ("act", "typed"),
    [
        ("record", {"fact": "guilt"}),
        ("record", {"fact": "risk", "band": "low"}),
        ("record", {"fact": "found", "point": "item", "showing": "shown", "evidence": "E", "source": "s"}),
        ("decide", {"decision": "convict"}),
        ("decide", {"decision": "take-up", "conduct": "JP possession", "reason": "w"}),
        ("package", {"hand_over": "request"}),
    ],
)
def test_what_no_form_of_the_gate_offers_is_refused(
    act: str, typed: dict[str, str], gated: Gated, visitor: Visitors
) -> None:
    assert sits(visitor, gated).post(at(gated, "persons", "1", act), **typed).status_code == 422
