"""What one side may not learn, take or stop by a side way: of alerts, of claims, and of what leaves with a case."""

from __future__ import annotations

import json
import secrets
from uuid import UUID

import pytest

from tsunagu.domain.alert import RefusalReason
from tsunagu.domain.alert_path import AlertState
from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.permission import Role
from tsunagu.domain.purpose import Purpose
from tsunagu.records import series_erasing
from tsunagu.records.models import ClaimRow, SeriesStep
from tsunagu.services.alerts.letters import write_letter
from tsunagu.services.cases.opening import open_case, staff_case
from tsunagu.services.erasures.deletion import confirm_deletion, propose_deletion

from .alerted import Cascade, command, correspondent
from .test_claims import Side
from .world import World, random_name


@pytest.fixture
def cascade(world: World) -> Cascade:
    return Cascade.open(world)


def test_a_package_tells_of_no_alert_neither_of_who_raised_it_nor_of_who_contributed(
    world: World, cascade: Cascade
) -> None:
    alert = cascade.raise_alert()
    for held in (cascade.held, cascade.theirs):
        out = world.folder / random_name("package")
        done = world.run(held.person, "case", "export", held.case.reference, "--out", str(out), "--without-pdf")
        assert done.status == 0, done.text
        told = b"".join(path.read_bytes() for path in out.iterdir()).decode(errors="replace")
        others = {cascade.body, cascade.bureau, cascade.denmark} - {held.person}
        assert not [one for one in (str(alert), *(str(one.actor.agency_id) for one in others)) if one in told]
        acts = {json.loads(one["tsunagu:ledgerBody"])["act"] for one in json.loads((out / "case.jsonld").read_text())
                ["@graph"] if "tsunagu:ledgerBody" in one}  # fmt: skip
        assert {"case:opened", "case:exported"} <= acts


def test_no_key_of_an_officer_takes_the_place_of_the_clocks_own() -> None:
    with pytest.raises(InputError):
        command("clock of anything at 2")


def test_who_is_not_told_what_an_alert_says_writes_no_letter_with_it(world: World, cascade: Cascade) -> None:
    name = correspondent(world, cascade.bureau)
    alert = cascade.raise_alert(agencies=(name,))
    cascade.pass_on(cascade.bureau, alert, name)
    assert cascade.view(cascade.bureau, alert).alert is None
    signer = world.rooms.keys.signer()
    with pytest.raises(Conflict, match="your agency"):
        write_letter(actor=cascade.bureau.actor, alert_id=alert, to=name, signer=signer, **cascade.parts)


def test_what_came_back_is_handed_back_without_being_taken(cascade: Cascade) -> None:
    alert = cascade.raise_alert()
    cascade.pass_on(cascade.bureau, alert, cascade.osaka.agency)
    cascade.refuse(cascade.osaka, alert, RefusalReason.WRONG_PLACE)
    assert cascade.view(cascade.bureau, alert).may_refuse
    cascade.pass_on(cascade.bureau, alert, None)
    view = cascade.view(cascade.body, alert)
    assert (view.state, view.is_yours) == (AlertState.RETURNED, True)


def test_who_has_left_the_way_is_not_told_how_the_clock_stands_now(cascade: Cascade) -> None:
    alert = cascade.raise_alert()
    cascade.pass_on(cascade.bureau, alert, cascade.osaka.agency)
    cascade.refuse(cascade.osaka, alert, RefusalReason.WRONG_PLACE)
    cascade.pass_on(cascade.bureau, alert, cascade.kyoto.agency)
    cascade.wait(days=60)
    assert cascade.overdue(cascade.bureau) == [alert]
    assert cascade.overdue(cascade.osaka) == []


def test_an_alert_that_was_withdrawn_is_news_until_it_was_read(cascade: Cascade) -> None:
    alert = cascade.raise_alert()
    cascade.pass_on(cascade.bureau, alert, cascade.osaka.agency)
    cascade.refuse(cascade.osaka, alert, RefusalReason.WRONG_PLACE)
    cascade.withdraw(cascade.body, alert)
    assert [cascade.view(cascade.osaka, alert).is_new for _ in range(2)] == [True, False]


def test_erasing_another_case_ends_no_claim_of_a_series_that_was_merged(world: World) -> None:
    side = Side.of(world, secrets.token_bytes(20))
    assert side.claim() == 0
    into = random_name("series")
    assert world.run(side.officer, "series", "open", into, "--case", side.case).status == 0
    assert world.run(side.officer, "series", "merge", into, side.series, "--reason", "one child").status == 0
    before = side.claims()
    assert len(before) == 1
    _erase_another_case(world, side)
    assert side.claims() == before


def test_the_database_itself_lets_the_erasure_of_another_case_take_no_claim_along(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if this release had forgotten to say of which case."""
    side, forget, taken = Side.of(world, secrets.token_bytes(20)), series_erasing.forget_case, []
    assert side.claim() == 0
    assert side.run("claim", "--case", side.case, "--reason", "w") == 0

    def forget_all(case_id: UUID) -> None:
        taken.append(ClaimRow.objects.all().delete()[0])
        taken.append(SeriesStep.objects.update(reason="", value=""))
        forget(case_id)

    monkeypatch.setattr(series_erasing, "forget_case", forget_all)
    _erase_another_case(world, side)
    assert taken == [0, 0]
    assert len(side.claims()) == 2


def _erase_another_case(world: World, side: Side) -> None:
    actor, case, parts = side.officer.actor, random_name("case"), world.parts
    helper = world.enroll(side.overseer, Role.OFFICER)
    open_case(actor=actor, reference=case, purpose=Purpose.INVESTIGATION, covert=False, **parts)
    staff_case(actor=actor, reference=case, login=helper.login, **parts)
    propose_deletion(actor=actor, reference=case, ground=ErasureGround.ORDERED, **parts)
    confirm_deletion(actor=helper.actor, reference=case, queue=world.rooms.queue, **parts)
