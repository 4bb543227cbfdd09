"""An agency without Tsunagu: an alert leaves for it as files that anybody can check, and its answers are entered."""

from __future__ import annotations

import hashlib
import json
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from tsunagu.cli.alerts import CHECK
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.domain.outcome import AgeBand, Disposal, Outcome, OutcomeCode, PersonOutcome, PersonRole, SchoolBand
from tsunagu.services.alerts.letters import write_letter
from tsunagu.services.letters import Letter

from .alerted import Cascade, correspondent
from .world import Person, World, random_name

DOCUMENT = hashlib.sha256(b"a letter").digest()


@pytest.fixture
def cascade(world: World) -> Cascade:
    return Cascade.open(world)


def sent(world: World, cascade: Cascade, **other: object) -> tuple[UUID, str]:
    """Let an alert be with a correspondent beneath the bureau."""
    name = correspondent(world, cascade.bureau)
    alert = cascade.raise_alert(**other)
    cascade.pass_on(cascade.bureau, alert, name)
    return alert, name


def letter(cascade: Cascade, person: Person, alert: UUID, name: str) -> Letter:
    signer = cascade.world.rooms.keys.signer()
    return write_letter(actor=person.actor, alert_id=alert, to=name, signer=signer, **cascade.parts)


def check(folder: Path) -> int:
    return subprocess.run(shlex.split(CHECK), cwd=folder, check=False, capture_output=True).returncode


def test_anybody_checks_a_letter_by_openssl_and_a_changed_byte_shows(world: World, cascade: Cascade) -> None:
    alert, name = sent(world, cascade)
    out = world.folder / random_name("letter")
    done = world.run(cascade.bureau, "alerts", "letter", str(alert), "--to", name, "--out", str(out))
    assert done.status == 0, done.text
    assert CHECK in done.stdout
    assert world.last_entry()["act"] == "alert:printed"
    assert check(out) == 0
    body = (out / "alert.json").read_bytes()
    (out / "alert.json").write_bytes(body.replace(b"JP", b"KR"))
    assert check(out) != 0
    fields = json.loads(body)
    assert fields["countries"] == [{"country": "JP", "weight": "0.8000"}, {"country": "TW", "weight": "0.1000"}]
    assert fields["to"]["agency"] == name
    assert "contributors" not in fields
    assert cascade.denmark.agency not in body.decode()
    text = (out / "alert.txt").read_text()
    assert all(one in text for one in (name, "警報", fields["finding"], fields["answer_due_at"]))


def test_a_letter_brings_the_outcome_in_japans_words_where_the_receiver_is_japanese(
    world: World, cascade: Cascade
) -> None:
    alert, name = sent(world, cascade)
    cascade.take(cascade.bureau, alert, document=DOCUMENT)
    done = (Disposal.CLEARED, Disposal.REFERRED_ON_PAPERS)
    person = PersonOutcome(1, PersonRole.SUSPECT, done, age=AgeBand.THIRTIES)
    outcome = Outcome({OutcomeCode.SAFEGUARDED: 2}, (person,), {SchoolBand.HIGH: 1})
    cascade.tell(cascade.bureau, alert, outcome, document=DOCUMENT)
    written = letter(cascade, cascade.bureau, alert, name)
    assert [one["term"] for one in written.fields["outcomes"][0]["persons"][0]["disposals"]] == ["検挙", "書類送検"]
    told = ("2 safeguarded / 保護済み", "1 high school / 高校生", "age at the act / 行為時の年齢 30s")
    assert all(one in written.text for one in told)


def test_a_letter_says_what_the_label_allows_and_who_speaks_for_the_receiver_writes_it(
    world: World, cascade: Cascade
) -> None:
    alert, name = sent(world, cascade)
    with pytest.raises(Conflict, match="another agency"):
        letter(cascade, cascade.body, alert, name)
    with pytest.raises(NotFound):
        letter(cascade, cascade.bureau, alert, cascade.bureau.agency)
    with pytest.raises(Conflict, match="label"):
        letter(replace(cascade).wait(days=401), cascade.bureau, alert, name)
    cascade.withdraw(cascade.body, alert)
    written = letter(cascade, cascade.bureau, alert, name)
    assert written.fields["withdrawn"] is True
    assert "finding" not in written.fields
    assert "WITHDRAWN" in written.text
    assert "uniform" not in written.text


def test_a_correspondent_is_spoken_for_by_who_sent_it_the_alert_with_its_document(
    world: World, cascade: Cascade
) -> None:
    name = correspondent(world, cascade.bureau)
    alert = cascade.raise_alert()
    cascade.pass_on(cascade.bureau, alert, name)
    with pytest.raises(InputError):
        cascade.acknowledge(cascade.bureau, alert)
    with pytest.raises(Conflict):
        cascade.acknowledge(cascade.body, alert, document=DOCUMENT)
    cascade.wait(days=3)
    assert cascade.overdue(cascade.bureau) == [alert], "the clock runs alike"
    cascade.acknowledge(cascade.bureau, alert, document=DOCUMENT)
    cascade.take(cascade.bureau, alert, document=DOCUMENT)
    cascade.tell(cascade.bureau, alert, Outcome({OutcomeCode.SAFEGUARDED: 1}), document=DOCUMENT)
    step = cascade.view(cascade.body, alert).steps[-1]
    assert step.step.agency_id == cascade.id_of(name)
    assert (step.entered_by, step.document) == (cascade.bureau.actor.agency_id, DOCUMENT)
    second = cascade.raise_alert()
    with pytest.raises(InputError):
        cascade.acknowledge(cascade.bureau, second, document=DOCUMENT)  # it answers for itself
