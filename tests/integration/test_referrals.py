"""From a list to an outcome and back: one suspect, one package, one receiver, and a funnel of what was done."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typst
from psycopg import sql

from tsunagu.cli.referral_answers import CHECK
from tsunagu.domain.permission import Role
from tsunagu.exchange.typesetting import FONTS
from tsunagu.records import agencies, referrals
from tsunagu.records.models import Officer
from tsunagu.records.referral_lists import packages_told
from tsunagu.records.session import acting_for
from tsunagu.services.cases.opening import staff_case
from tsunagu.services.referrals import answers as referral_answers
from tsunagu.services.upkeep.retention import erase_expired

from .gated import BUYER, Force, Gated
from .referred import be_of
from .seized import fillers
from .world import Person, World, random_name

REFUSED, NOT_FOUND, CONFLICT = 2, 4, 6
SAID = ("--authority", "規則第11条", "--handling", "捜査以外に用いない", "--deconfliction", "該当なし")
RISK = ("--tool", "a tool", "--tool-version", "1", "--on", "2026-11-01", "--band", "high", "--assessor", "A. B., no. 7")
POLICE = ("--as", "police", "--basis", "stated", "--children", "no", "--unit", "a station")


@pytest.fixture(scope="module")
def force(world: World) -> Force:
    return Force.found(world)


@pytest.fixture(scope="module")
def nagasaki(world: World) -> Person:
    one, _ = world.found({Role.OFFICER, Role.COORDINATOR}, {Role.ADMINISTRATOR})
    be_of(world, one, "JP-42")
    return one


@pytest.fixture(scope="module")
def fukuoka(world: World) -> Person:
    one, _ = world.found({Role.OFFICER, Role.COORDINATOR}, {Role.ADMINISTRATOR})
    be_of(world, one, "JP-40")
    return one


@pytest.fixture
def gated(world: World, force: Force, nagasaki: Person, tmp_path: Path) -> Gated:
    """Give a suspect of whom all is recorded."""
    others = [(*one, *("",) * (len(BUYER) - len(one))) for one in fillers(3)]
    made = Gated.of(world, force, tmp_path, BUYER, *others)
    made.suspect()
    made.gate("risk", *RISK)
    made.gate("welfare", "--suicide", "a physician is told", "--children", "the centre is told")
    return made


def make(gated: Gated, status: int = 0) -> dict[str, Any]:
    made = gated.run("referral", "make", "--person", "1", *SAID, status=status)
    return made[0] if made else {}


def send(gated: Gated) -> str:
    typed = ("referral", "send", "--person", "1", "--sha256", make(gated)["sha256"], *SAID)
    [sent] = gated.run(*typed)
    return str(sent["referral"])


def do(gated: Gated, by: Person, command: str, referral: str, *typed: str, status: int = 0) -> list[dict[str, Any]]:
    done = gated.desk.world.run(by, "referral", command, referral, *typed, "--json")
    assert done.status == status, done.text
    return [json.loads(line) for line in done.stdout.splitlines()] if not status else []


def told(gated: Gated, by: Person) -> dict[str, dict[str, Any]]:
    return {one["referral"]: one for one in gated.desk.world.json(by, "referral", "list")}


def counts(gated: Gated) -> dict[str, int]:
    return {name: one["count"] for name, one in gated.desk.stages().items()}


def test_a_suspect_is_referred_returned_referred_again_and_his_outcome_comes_back(
    gated: Gated, nagasaki: Person, fukuoka: Person
) -> None:
    sender = gated.desk.one
    before = counts(gated)
    assert (before["persons"], before["leads"], before["suspects"], before["referred"]) == (4, 3, 1, 0)
    first = send(gated)
    assert make(gated, status=CONFLICT) == {}  # one package has one receiver
    assert told(gated, nagasaki)[first]["state"] == "sent"
    assert first not in told(gated, fukuoka)
    do(gated, fukuoka, "receive", first, status=NOT_FOUND)
    do(gated, sender, "receive", first, status=CONFLICT)
    do(gated, nagasaki, "outcome", first, "--role", "suspect", "--done", "cleared", status=CONFLICT)
    do(gated, nagasaki, "receive", first)
    do(gated, nagasaki, "return", first, "--because", "wrong-area", "--words", "he lives in Fukuoka")
    assert told(gated, sender)[first]["returned"] == "wrong-area"
    done = gated.desk.world.run(nagasaki, "referral", "letter", first, "--out", str(gated.desk.folder / "back"))
    assert done.status == CONFLICT  # who has returned it is not told any more what it says
    make(gated, status=CONFLICT)  # nothing says that he lives elsewhere
    gated.gate("residence", "--prefecture", "40", "--evidence", "E-5=the resident register")
    second = send(gated)
    do(gated, fukuoka, "receive", second)
    do(gated, fukuoka, "outcome", second, "--role", "suspect", "--done", "cleared", "--done", "referred-on-papers")
    do(gated, fukuoka, "outcome", second, "--role", "charged", "--done", "summary-order")
    stages = gated.desk.stages()
    assert {name: stages[name]["count"] for name in (
        "persons", "leads", "of-interest", "suspects", "referred", "received", "returned", "answered", "cleared",
        "referred-on-papers", "summary-order", "packages", "packages-to-recall",
    )} == {
        "persons": 4, "leads": 3, "of-interest": 0, "suspects": 1, "referred": 1, "received": 1, "returned": 1,
        "answered": 1, "cleared": 1, "referred-on-papers": 1, "summary-order": 1, "packages": 2,
        "packages-to-recall": 0,
    }  # fmt: skip
    assert (stages["returned"]["parts"], stages["answered"]["parts"]) == ({"wrong-area": 1}, {"charged": 1})
    for name, of in (("suspects", "persons"), ("referred", "persons"), ("cleared", "answered")):
        assert (stages[name]["unit"], stages[name]["of"]) == ("persons", of)
        assert stages[name]["count"] <= stages[name]["denominator"]


def test_whoever_is_no_suspect_at_this_moment_is_not_referred(gated: Gated) -> None:
    sha256 = make(gated)["sha256"]
    gated.find("payment", "disputed")
    make(gated, status=CONFLICT)
    gated.run("referral", "send", "--person", "1", "--sha256", sha256, *SAID, status=CONFLICT)
    gated.gate("drop", "--reason", "the card was stolen")
    make(gated, status=CONFLICT)


def test_nobody_is_referred_before_risk_welfare_and_where_he_lives_are_known(
    world: World, force: Force, nagasaki: Person, tmp_path: Path
) -> None:
    nowhere = (*BUYER[:4], "", "", *BUYER[6:])
    gated = Gated.of(world, force, tmp_path, nowhere)
    gated.suspect()
    make(gated, status=CONFLICT)
    gated.gate("residence", "--prefecture", "42", "--evidence", "E-5=the resident register")
    gated.gate("risk", *RISK)
    make(gated, status=CONFLICT)
    gated.gate("welfare", "--suicide", "s", "--children", "c")
    assert make(gated)["to"] == nagasaki.agency


def test_what_is_sent_is_what_was_looked_at(gated: Gated) -> None:
    sha256 = make(gated)["sha256"]
    gated.find("payment", "shown", "--words", "the bank says so")
    gated.run("referral", "send", "--person", "1", "--sha256", sha256, *SAID, status=CONFLICT)


def test_a_package_says_what_its_receiver_needs_and_nothing_of_anybody_else(gated: Gated, nagasaki: Person) -> None:
    made = make(gated)["package"]
    assert made["person"]["said"]["name"] == [{"said": BUYER[0], "rows": 1}]
    assert [one["point"] for one in made["checklist"]] == ["identity", "payment", "delivery", "item", "day"]
    [rule] = made["law"]["rules"]
    assert (rule["rule"], bool(rule["reviewer"])) == ("JP-CP-03", True)
    assert f"element:{rule['missing_elements'][0]['code']}" in made["not_known"]
    assert "position" in made["not_known"]
    [exhibit] = made["exhibits"]
    assert len(bytes.fromhex(exhibit["sha256"])) == 32
    whole = json.dumps(made, ensure_ascii=False)
    for other in fillers(3):
        assert other[0] not in whole
        assert other[2] not in whole
    assert "offender" not in whole


def test_the_receiver_sees_the_package_and_nothing_else_of_the_case_or_the_list(
    gated: Gated, nagasaki: Person, admin: psycopg.Connection
) -> None:
    send(gated)
    run = gated.desk.world.run
    assert run(nagasaki, "gate", "show", "--case", gated.desk.case).status == NOT_FOUND
    assert run(nagasaki, "case", "show", gated.desk.case).status == NOT_FOUND
    with acting_for(nagasaki.actor.agency_id):
        packages = packages_told(nagasaki.actor, None, tells_all=True)
        assert {one.source for one in referrals.with_steps(packages)} == {None}


def test_anybody_checks_a_printed_package_by_openssl_and_the_form_says_that_nobody_is_guilty(
    gated: Gated, nagasaki: Person
) -> None:
    referral, out = send(gated), gated.desk.folder / random_name("letter")
    has_font = bool(set(FONTS) & set(typst.Fonts().families()))
    typed = ("referral", "letter", referral, "--out", str(out), *(() if has_font else ("--without-pdf",)))
    done = gated.desk.world.run(nagasaki, *typed)
    assert done.status == 0, done.text
    check = [shlex.split(CHECK)]
    assert subprocess.run(*check, cwd=out, check=False, capture_output=True).returncode == 0
    body = (out / "referral.json").read_bytes()
    (out / "referral.json").write_bytes(body.replace(b"JP-CP-03", b"JP-CP-04"))
    assert subprocess.run(*check, cwd=out, check=False, capture_output=True).returncode != 0
    text = (out / "referral.txt").read_text(encoding="utf-8")
    assert all(one in text for one in ("事件引継書", "指名通報", "有罪と認められた者ではない", BUYER[0], "規則第11条"))
    if has_font:
        assert (out / "referral.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_package_as_case_conforms_loses_nothing_and_calls_nobody_what_a_row_says(
    gated: Gated, nagasaki: Person
) -> None:
    from case_utils.case_validate import validate

    out = gated.desk.folder / random_name("letter")
    typed = ("referral", "letter", send(gated), "--out", str(out), "--without-pdf")
    assert gated.desk.world.run(nagasaki, *typed).status == 0
    told = validate(str(out / "referral.jsonld"), case_version="case-1.4.0", inference="none")
    assert told.conforms, told.text
    assert told.undefined_concepts == set()
    graph = json.loads((out / "referral.jsonld").read_bytes())["@graph"]
    whole = json.dumps(graph, ensure_ascii=False).replace('\\"', '"')
    said = json.loads((out / "referral.json").read_bytes())
    assert [one for one in leaves(said) if one not in whole] == []
    [person] = [one for one in graph if one["@type"] == "uco-identity:Person"]
    assert BUYER[0] not in json.dumps(person, ensure_ascii=False)
    assert person["tsunagu:standing"] == "suspect"


def leaves(said: Any) -> Iterator[str]:
    """Yield every text and number that a package says, each as it stands in JSON."""
    if isinstance(said, dict | list):
        for one in said.values() if isinstance(said, dict) else said:
            yield from leaves(one)
    elif said is not None:
        yield json.dumps(said, ensure_ascii=False).strip('"')


def test_a_withdrawal_reaches_every_receiver_and_tells_who_has_prints(
    gated: Gated, nagasaki: Person, fukuoka: Person
) -> None:
    first = send(gated)
    out = str(gated.desk.folder / random_name("letter"))
    assert gated.desk.world.run(nagasaki, "referral", "letter", first, "--out", out, "--without-pdf").status == 0
    do(gated, nagasaki, "return", first, "--because", "moved")
    gated.gate("residence", "--prefecture", "40", "--evidence", "E-5=the resident register")
    second = send(gated)
    do(gated, fukuoka, "withdraw", second, "--reason", "w", status=CONFLICT)
    recalled = do(gated, gated.desk.one, "withdraw", second, "--reason", "the card was stolen")
    assert {one["receiver"]: one["was_printed"] for one in recalled} == {nagasaki.agency: True, fukuoka.agency: False}
    assert {told(gated, nagasaki)[first]["state"], told(gated, fukuoka)[second]["state"]} == {"withdrawn"}
    do(gated, fukuoka, "receive", second, status=CONFLICT)
    assert gated.desk.world.run(fukuoka, "referral", "letter", second, "--out", out, "--without-pdf").status == CONFLICT


def test_that_there_is_no_case_is_told_to_everybody_who_had_a_package(
    gated: Gated, nagasaki: Person, fukuoka: Person
) -> None:
    first = send(gated)
    do(gated, nagasaki, "return", first, "--because", "moved")
    gated.gate("residence", "--prefecture", "40", "--evidence", "E-5=the resident register")
    second = send(gated)
    do(gated, fukuoka, "receive", second)
    do(gated, fukuoka, "outcome", second, "--role", "no-case")
    assert told(gated, nagasaki)[first]["state"] == "withdrawn"
    assert told(gated, fukuoka)[second]["outcomes"] == [{"role": "no-case", "disposals": []}]


def test_a_recall_that_a_kill_has_prevented_is_made_up_for_once(
    gated: Gated, nagasaki: Person, fukuoka: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = send(gated)
    do(gated, nagasaki, "return", first, "--because", "moved")
    gated.gate("residence", "--prefecture", "40", "--evidence", "E-5=the resident register")
    second = send(gated)
    do(gated, fukuoka, "receive", second)
    with monkeypatch.context() as patch:
        patch.setattr(referral_answers, "recall_others", lambda *_, **__: None)
        do(gated, fukuoka, "outcome", second, "--role", "acquitted")
    assert told(gated, nagasaki)[first]["state"] == "returned"
    assert [referral_answers.recall_left(**gated.desk.world.parts) for _ in range(2)] == [1, 0]
    assert (told(gated, nagasaki)[first]["state"], told(gated, fukuoka)[second]["state"]) == ("withdrawn", "answered")


def test_a_package_about_who_is_a_suspect_no_more_is_counted_until_it_is_called_back(gated: Gated) -> None:
    referral = send(gated)
    assert counts(gated)["packages-to-recall"] == 0
    gated.assess("lawful")
    assert counts(gated)["packages-to-recall"] == 1
    do(gated, gated.desk.one, "withdraw", referral, "--reason", "the title is lawful")
    assert (counts(gated)["packages-to-recall"], counts(gated)["withdrawn"]) == (0, 1)


def test_a_package_about_police_is_for_the_coordinators_of_either_side_alone(
    gated: Gated, world: World, nagasaki: Person
) -> None:
    gated.gate("position", *POLICE)
    referral = send(gated)
    [administrator] = [one for one in world.founders[nagasaki.agency] if one is not nagasaki]
    plain = world.enroll(administrator, Role.OFFICER)
    assert referral in told(gated, nagasaki)
    for who in (plain, gated.desk.other):
        assert referral not in told(gated, who)
        do(gated, who, "receive", referral, status=NOT_FOUND)


def test_whoever_bears_the_suspects_name_is_told_nothing_of_the_package_nor_are_his_colleagues(
    gated: Gated, nagasaki: Person, world: World
) -> None:
    [administrator] = [one for one in world.founders[nagasaki.agency] if one is not nagasaki]
    plain = world.enroll(administrator, Role.OFFICER)
    referral = send(gated)
    assert referral in told(gated, plain)
    with acting_for(nagasaki.actor.agency_id):
        Officer.objects.filter(id=plain.actor.officer_id).update(name="江頭 佐江")
    colleague = world.enroll(administrator, Role.OFFICER)
    for who in (plain, colleague):
        assert referral not in told(gated, who)
        do(gated, who, "receive", referral, status=NOT_FOUND)
    assert referral in told(gated, nagasaki)  # a co-ordinator, of another name
    do(gated, nagasaki, "receive", referral)
    with acting_for(nagasaki.actor.agency_id):
        Officer.objects.filter(id=plain.actor.officer_id).update(name="Name")


def test_a_package_in_a_case_is_told_to_who_works_on_that_case_and_to_nobody_else_of_its_receiver(
    gated: Gated, world: World, nagasaki: Person, fukuoka: Person
) -> None:
    [administrator] = [one for one in world.founders[nagasaki.agency] if one is not nagasaki]
    colleague, case, referral = world.enroll(administrator, Role.OFFICER), random_name("case"), send(gated)
    assert world.run(nagasaki, "case", "open", case).status == 0
    do(gated, nagasaki, "take", referral, "--case", case, status=CONFLICT)  # it has not arrived
    do(gated, nagasaki, "receive", referral)
    do(gated, fukuoka, "take", referral, "--case", case, status=NOT_FOUND)
    do(gated, gated.desk.one, "take", referral, "--case", gated.desk.case, status=CONFLICT)
    do(gated, nagasaki, "take", referral, "--case", random_name("case"), status=NOT_FOUND)
    assert told(gated, colleague)[referral]["case"] is None
    do(gated, nagasaki, "take", referral, "--case", case)
    assert world.last_entry()["act"] == "referral:taken"
    do(gated, nagasaki, "take", referral, "--case", case, status=CONFLICT)
    assert told(gated, nagasaki)[referral]["case"] == case
    assert told(gated, gated.desk.one)[referral]["case"] is None
    assert referral not in told(gated, colleague)
    do(gated, colleague, "outcome", referral, "--role", "no-case", status=NOT_FOUND)
    staff_case(actor=nagasaki.actor, reference=case, login=colleague.login, **world.parts)
    assert told(gated, colleague)[referral]["case"] == case


@pytest.mark.parametrize("is_taken", [False, True], ids=["in-no-case", "in-a-case"])
def test_a_package_goes_once_neither_its_sender_nor_its_receiver_keeps_it(
    gated: Gated, world: World, nagasaki: Person, admin: psycopg.Connection, *, is_taken: bool
) -> None:
    referral, case = send(gated), random_name("case")
    do(gated, nagasaki, "receive", referral)
    if is_taken:
        assert world.run(nagasaki, "case", "open", case).status == 0
        do(gated, nagasaki, "take", referral, "--case", case)

    def is_kept() -> bool:
        erase_expired(**world.parts)
        rows = [
            admin.execute(found, [referral]).rowcount > 0
            for found in ("SELECT FROM referral WHERE id = %s", "SELECT FROM referral_step WHERE referral_id = %s")
        ]
        admin.commit()
        assert len(set(rows)) == 1
        return rows[0]

    def let_go(table: str, column: str, key: str) -> None:
        over = sql.SQL("UPDATE {} SET keep_until = '2020-01-01' WHERE {} = %s")
        admin.execute(over.format(sql.Identifier(table), sql.Identifier(column)), [key])
        admin.commit()

    let_go("referral", "id", referral)
    out = str(gated.desk.folder / random_name("letter"))
    letter = world.run(nagasaki, "referral", "letter", referral, "--out", out, "--without-pdf")
    assert letter.status == (0 if is_taken else CONFLICT)
    assert is_kept()  # by its sender
    let_go("case", "reference", gated.desk.case)
    assert is_kept() is is_taken
    if is_taken:
        assert told(gated, nagasaki)[referral]["case"] == case
        let_go("case", "reference", case)
        assert not is_kept()
    assert referral not in told(gated, nagasaki)
    expired = [one for one in world.entries() if one["act"] == "referral:expired"]
    assert referral in {one["details"]["referral"] for one in expired}


def test_for_a_receiver_without_tsunagu_the_sender_enters_the_answers_with_their_documents(
    gated: Gated, world: World, nagasaki: Person, admin: psycopg.Connection
) -> None:
    with acting_for(nagasaki.actor.agency_id):
        card = agencies.cards_of([nagasaki.actor.agency_id])[nagasaki.actor.agency_id]
    try:
        with acting_for(card.agency_id):
            agencies.describe_agency(replace(card, is_correspondent=True))
        referral = send(gated)
        do(gated, gated.desk.one, "receive", referral, status=REFUSED)  # by which document?
        document = ("--document", gated.desk.file(b"a letter", "letter"))
        do(gated, gated.desk.one, "receive", referral, *document)
        do(gated, gated.desk.one, "outcome", referral, "--role", "suspect", "--done", "cleared", *document)
        assert counts(gated)["cleared"] == 1
        admin.execute("UPDATE referral SET keep_until = '2020-01-01' WHERE id = %s", [referral])
        admin.execute("UPDATE \"case\" SET keep_until = '2020-01-01' WHERE reference = %s", [gated.desk.case])
        admin.commit()
        erase_expired(**world.parts)  # its receiver keeps nothing here that anybody else could erase
        assert admin.execute("SELECT FROM referral WHERE id = %s", [referral]).rowcount == 0
        admin.commit()
    finally:
        with acting_for(card.agency_id):
            agencies.describe_agency(card)


def test_erasing_the_list_leaves_the_package_to_its_receiver_and_nothing_of_it_to_its_sender(
    gated: Gated, nagasaki: Person, admin: psycopg.Connection
) -> None:
    referral = send(gated)
    [exhibit] = make_exhibits(gated)
    done = gated.desk.world.run(
        gated.desk.one, "exhibit", "withdraw", "--case", gated.desk.case, "--exhibit", exhibit, "--ground",
        "wrong-exhibit", "--yes",
    )  # fmt: skip
    assert done.status == 0, done.text
    assert referral in told(gated, nagasaki)
    assert referral not in told(gated, gated.desk.one)
    assert admin.execute("SELECT count(*) FROM referral_source WHERE referral_id = %s", [referral]).fetchone() == (0,)


def make_exhibits(gated: Gated) -> list[str]:
    [shown] = gated.desk.world.json(gated.desk.one, "case", "show", gated.desk.case)
    return [one["exhibit"] for one in shown["exhibits"]]


def test_every_step_is_in_the_ledgers_of_both_sides_without_words(gated: Gated, nagasaki: Person) -> None:
    referral = send(gated)
    do(gated, nagasaki, "return", referral, "--because", "moved", "--words", "to another town")
    entry = gated.desk.world.last_entry()
    assert entry["act"] in {"referral:returned", "referral:informed"}
    assert entry["details"]["reason"] == "moved"
    assert "another town" not in str(entry)
