"""An alert raised in the browser: on what the case holds at that moment, by the officer, once."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

from tsunagu.domain.assessment import CountryState
from tsunagu.domain.clue import Bearing, ClueDraft, ClueKind, Support, Weighing
from tsunagu.services.cases.clues import record_clue, sign_assessment, view_clues

from ..alerted import Cascade  # noqa: TID252 - tests are no package with a name
from ..world import World  # noqa: TID252 - likewise
from .visitors import Visitor


def signed(cascade: Cascade) -> str:
    """Let the body's officer sign that a chime speaks for Japan, and return the weight as the form shows it."""
    reference = cascade.held.case.reference
    asked = {"actor": cascade.body.actor, "reference": reference, **cascade.world.parts}
    weighing = Weighing(Bearing.SUPPORTS, frozenset({"JP"}), support=Support.STRONG)
    record_clue(draft=ClueDraft(1, ClueKind.SOUND, "a chime at noon", weighing), **asked)
    seal = view_clues(**asked).seal
    done = sign_assessment(seal=seal, state=CountryState.PROBABLE, statement="the chime", **asked)
    return f"JP={done.weighed.countries[0].weight:.2f}"


def test_an_alert_rests_on_what_was_signed_and_shared_and_is_raised_once(
    world: World, visitor: Callable[[], Visitor]
) -> None:
    cascade = Cascade.open(world)
    grounds = signed(cascade)
    seat = visitor().sits_down_as(cascade.body)
    path = f"/cases/{cascade.held.case.reference}/alert/"
    form = seat.get(path).content.decode()
    assert f'value="{grounds}' in form
    assert re.search(rf'value="{cascade.overlap}" checked', form)
    assert f"<option>{cascade.bureau.agency}</option>" in form
    assert cascade.stranger.agency not in form
    typed = {
        "overlap": [str(cascade.overlap)],
        "grounds": grounds,
        "to": cascade.bureau.agency,
        "finding": "a chime at noon",
        "priority": "imminent-risk",
        "reason": "the recording is of this week",
        "purpose": ["victim-identification", "investigation"],
        "days": "30",
        "key": str(uuid4()),
    }
    refused = seat.post(f"{path}raise/", **typed | {"grounds": "JP", "only": "Nobody & sons", "no_forward": "yes"})
    again = refused.content.decode()
    assert refused.status_code == 422
    assert "A country is given with its weight, such as JP=0.8." in again
    for kept in (
        'name="grounds" required value="JP"', ">a chime at noon</textarea>", 'value="imminent-risk" selected',
        'value="the recording is of this week"', ">Nobody &amp; sons</textarea>", 'value="30"',
        'name="no_forward" value="yes" checked',
        f'value="{cascade.overlap}" checked', f"<option selected>{cascade.bureau.agency}</option>",
    ):  # fmt: skip
        assert kept in again, "nothing is typed twice"
    assert cascade.listed(cascade.bureau) == []
    answers = [seat.post(f"{path}raise/", **typed) for _ in range(2)]
    assert {one.status_code for one in answers} == {302}
    assert len({one["Location"] for one in answers}) == 1
    [told] = cascade.listed(cascade.bureau)
    alert = cascade.view(cascade.bureau, told).alert
    assert alert is not None
    assert (alert.finding, [one.country for one in alert.grounds]) == ("a chime at noon", ["JP"])
    assert len(alert.evidence) == 1


def test_an_agency_that_nobody_stands_beside_is_told_so_in_place_of_a_form(
    world: World, visitor: Callable[[], Visitor]
) -> None:
    cascade = Cascade.open(world)
    alone = cascade.stranger
    world.run(alone, "case", "open", "alone")
    shown = visitor().sits_down_as(alone).get("/cases/alone/alert/").content.decode()
    assert "an alert could go nowhere" in shown
    assert 'name="finding"' not in shown
