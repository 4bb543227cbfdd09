"""The story of 2017, with pictures drawn here: two countries, one child, a wrong prefecture, 47 children safe."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from tsunagu.domain.agency_tree import AgencyKind
from tsunagu.services.intake.ingest import ingest
from tsunagu.services.media.examination import LocalExaminer

from .alerted import member
from .test_intake import InThisProcess
from .world import Person, World, now, random_name

SENTENCES = (96, 60, 48, 36, 24)
"""The ringleader's eight years and the others' two to five, in months."""


def draw(folder: Path) -> tuple[Path, Path, Path]:
    """Draw one picture, and return it as each of three agencies holds it: as it is, compressed anew, made smaller."""
    picture = Image.effect_noise((640, 480), 90).convert("RGB")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((180, 120, 420, 460), fill=(30, 40, 90))
    pen.ellipse((250, 40, 360, 150), fill=(200, 60, 60))
    paths = tuple(folder / f"{random_name('drawn')}{end}" for end in (".png", ".jpg", ".png"))
    picture.save(paths[0])
    picture.save(paths[1], quality=70)
    picture.resize((480, 360)).save(paths[2])
    return paths  # type: ignore[return-value]


def upload(world: World, person: Person, path: Path) -> str:
    """Let an agency bring a picture into a case of its own, and return the case."""
    case = random_name("case")
    assert world.run(person, "case", "open", case).status == 0
    ingest(
        actor=person.actor, case_reference=case, exhibit_reference="E1", paths=[os.fsencode(path)], clock=now,
        decoder=InThisProcess(), examiner=LocalExaminer(InThisProcess(), 1), keys=world.rooms.keys,
        ledger=world.rooms.ledger, queue=world.rooms.queue, vault=world.rooms.vault,
    )  # fmt: skip
    return case


@pytest.fixture(scope="module")
def people(world: World) -> dict[str, Person]:
    """Officers of six agencies in a tree."""
    body = member(world)
    npa = member(world, body, AgencyKind.NATIONAL_POLICE)
    return {
        "international body": body,
        "Denmark": member(world, body, AgencyKind.NATIONAL_POLICE),
        "Australia": member(world, body, AgencyKind.NATIONAL_POLICE),
        "NPA": npa,
        "Osaka": member(world, npa),
        "Kyoto": member(world, npa),
    }


def shared_overlaps(world: World, body: Person, others: tuple[Person, ...], case: str) -> list[str]:
    """Let both sides of each overlap of the body's case share it, and return them."""
    notices = [one["overlap"] for one in world.json(body, "notices") if one["case"] == case]
    for overlap in notices:
        assert world.run(body, "share", overlap).status == 0
        shared = [one for one in others if world.run(one, "share", overlap).status == 0]
        assert len(shared) == 1
    return notices


def test_from_two_uploads_to_47_children_safe_and_both_contributors_told(
    world: World, people: dict[str, Person], tmp_path: Path
) -> None:
    body, denmark, australia, npa, osaka, kyoto = people.values()

    def run(person: Person, *typed: str) -> dict[str, Any]:
        [answer] = world.json(person, "alerts", *typed)
        return answer

    # Upload, and what all three have in common.
    pictures = draw(tmp_path)
    cases = {
        one.agency: upload(world, one, path) for one, path in zip((denmark, australia, body), pictures, strict=True)
    }
    overlaps = shared_overlaps(world, body, (denmark, australia), cases[body.agency])
    assert len(overlaps) == 2

    # An officer weighs countries and raises an alert; Denmark and Australia learn that it rests on their cases too.
    before = world.entry_count()
    raising = ("raise", "--case", cases[body.agency], *(part for one in overlaps for part in ("--overlap", one)))
    alert = run(
        body, *raising, "--to", npa.agency, "--country", "JP=0.85", "--country", "TW=0.1", "--finding",
        "a school uniform and a chime that Japan knows", "--priority", "high", "--reason", "it seems to go on",
    )["alert"]  # fmt: skip
    for one in (denmark, australia, npa):
        assert alert in [each["alert"] for each in world.json(one, "alerts", "list")]
    for one in (osaka, kyoto):
        assert world.json(one, "alerts", "list") == []
        assert world.run(one, "alerts", "show", alert).status == 4

    # Hop by hop; Osaka is wrong, and says so.
    words = ("--words", "by the uniform")
    run(npa, "acknowledge", alert)
    run(npa, "pass", alert, "--to", osaka.agency, *words)
    run(osaka, "acknowledge", alert)
    run(osaka, "refuse", alert, "--because", "wrong-place", "--words", "no school here wears it")
    run(npa, "pass", alert, "--to", kyoto.agency, *words)
    run(kyoto, "acknowledge", alert)
    found = random_name("case")
    assert world.run(kyoto, "case", "open", found).status == 0
    run(kyoto, "take", alert, "--case", found)

    # The outcome: one child found, then 47; one who led, as a court found, and four others.
    run(kyoto, "outcome", alert, "--children", "located=1")
    persons = [
        f"{number}:convicted:arrested+referred-in-custody+indicted+sentenced:{'organizer' * (number == 1)}:{months}:30s"
        for number, months in enumerate(SENTENCES, start=1)
    ]
    run(
        kyoto,
        "outcome",
        alert,
        "--children",
        "safeguarded=47",
        *("--school", "elementary=40", "--method", "voyeur=47"),
        *(part for one in persons for part in ("--person", one)),
    )

    # It is home: the body and both contributors are told, with persons who have numbers and no names.
    for one in (body, denmark, australia, npa, kyoto):
        shown = run(one, "show", alert)
        outcome = shown["steps"][-1]["outcome"]
        assert outcome["children"] == {"safeguarded": 47}
        assert (outcome["schools"], outcome["methods"]) == ({"elementary": 40}, {"voyeur": 47})
        assert {each["age"] for each in outcome["persons"]} == {"30s"}
        assert [each["sentence_months"] for each in outcome["persons"]] == list(SENTENCES)
        assert [each["part"] for each in outcome["persons"]] == ["organizer", "", "", "", ""]
        assert [each["agency"] for each in shown["path"] if each["on_the_way_home"]] == [
            body.agency, npa.agency, kyoto.agency,
        ]  # fmt: skip
        assert shown["state"] == "answered"
    theirs = run(osaka, "show", alert)
    assert theirs["withheld"] == "left"
    assert [one["outcome"] for one in theirs["steps"]] == [None] * 5
    assert kyoto.agency not in json.dumps(theirs)
    assert run(body, "show", alert)["contributors"] == sorted((denmark.agency, australia.agency))
    assert "contributors" not in run(npa, "show", alert)

    # Every hop's time is in the ledger, in order; the path as a person would read it.
    names = {str(one.actor.agency_id): name for name, one in people.items()}
    told = [one for one in world.entries()[before:] if one["act"].startswith("alert:") and one["act"] != "alert:read"]
    told = [one for one in told if one["details"].get("alert") == alert]
    for one in told:
        print(f"{one['at'][:19]}  {names[one['agency']]:18}  {one['act']}")
    assert [(names[one["agency"]], one["act"].removeprefix("alert:")) for one in told] == [
        ("international body", "raised"), ("NPA", "arrived"), *_in_any_order(told, names, "contributed"),
        ("NPA", "acknowledged"), ("NPA", "passed"), ("Osaka", "arrived"), ("Osaka", "acknowledged"),
        ("Osaka", "refused"), ("NPA", "returned"), ("NPA", "passed"), ("Kyoto", "arrived"), ("Kyoto", "acknowledged"),
        ("Kyoto", "taken"),
        *(("Kyoto", "disposed"), ("NPA", "informed"), ("international body", "informed"),
          *_in_any_order(told, names, "informed", {"Denmark", "Australia"})[:2]) * 2,
    ]  # fmt: skip
    times = [datetime.fromisoformat(one["at"]) for one in told]
    assert times == sorted(times)
    assert all(one.tzinfo is UTC or one.utcoffset() is not None for one in times)


def _in_any_order(
    told: list[dict[str, Any]], names: dict[str, str], act: str, of: set[str] | None = None
) -> list[tuple[str, str]]:
    """Return who was told of an act, in the order of the ledger: of two contributors either may come first."""
    found = [names[one["agency"]] for one in told if one["act"] == f"alert:{act}"]
    return [(one, act) for one in found if of is None or one in of]
