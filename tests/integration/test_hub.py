"""The way of an alert over three installations, there and back."""

from __future__ import annotations

from uuid import UUID

from tsunagu.domain.alert import RefusalReason
from tsunagu.domain.outcome import Outcome, OutcomeCode
from tsunagu.domain.purpose import Purpose

from .homes import Home
from .three_homes import Three

SAFE = Outcome({OutcomeCode.SAFEGUARDED: 47})


def test_an_alert_goes_over_three_homes_and_its_outcome_comes_back_to_both_contributors(three: Three) -> None:
    """The story of 2017: Denmark raises, the body passes on, the police of Japan first try Osaka, then Kyoto."""
    alert = three.raise_alert()
    three.exchange()
    three.at(three.body_home, three.body, "acknowledge", alert)
    three.at(three.body_home, three.body, "pass_on", alert, three.npa.agency)
    three.exchange()
    assert three.shown(three.japan, three.npa, alert) == "sent"
    three.at(three.japan, three.npa, "acknowledge", alert)
    three.at(three.japan, three.npa, "pass_on", alert, three.osaka.agency)
    three.at(three.japan, three.osaka, "refuse", alert, RefusalReason.WRONG_PLACE)
    three.at(three.japan, three.npa, "pass_on", alert, three.kyoto.agency)
    three.at(three.japan, three.kyoto, "take", alert)
    three.at(three.japan, three.kyoto, "tell", alert, SAFE)
    three.exchange()
    whole = three.state(three.japan, three.kyoto, alert)
    assert whole[0].value == "answered"
    assert three.state(three.body_home, three.body, alert) == whole
    assert three.state(three.nordic, three.denmark, alert) == whole
    assert three.state(three.nordic, three.australia, alert) == whole
    told = {home.name: _acts_of(home, alert) for home in three.homes}
    assert (str(three.australia.actor.agency_id), "alert:informed") in told[three.nordic.name]
    assert (str(three.body.actor.agency_id), "alert:informed") in told[three.body_home.name]
    assert (str(three.kyoto.actor.agency_id), "alert:taken") in told[three.nordic.name]
    # Nobody at the other homes is told that it rests on Australia's case as well.
    australia = str(three.australia.actor.agency_id)
    assert not any(agency == australia for home in three.homes[:2] for agency, _ in told[home.name])
    for home in three.homes:
        with home.here() as world:
            assert {"hub:sent", "hub:received", "hub:answered"} <= {one["act"] for one in world.entries()}


def _acts_of(home: Home, alert_id: UUID) -> set[tuple[str, str]]:
    with home.here() as world:
        return {
            (one["agency"], one["act"])
            for one in world.entries()
            if one["act"].startswith("alert:") and one["details"].get("alert") == str(alert_id)
        }


def test_a_withdrawal_reaches_all_even_while_the_alert_moves_on_elsewhere(three: Three) -> None:
    alert = three.raise_alert()
    three.exchange()
    three.at(three.body_home, three.body, "pass_on", alert, three.npa.agency)
    three.exchange()
    # While the line is down, Denmark withdraws it, and Japan goes on with it: both have the same number for a step.
    three.at(three.nordic, three.denmark, "withdraw", alert)
    three.at(three.japan, three.npa, "acknowledge", alert)
    three.at(three.japan, three.npa, "pass_on", alert, three.kyoto.agency)
    three.exchange()
    for home, person in (
        (three.nordic, three.denmark), (three.body_home, three.body), (three.japan, three.npa),
        (three.japan, three.kyoto),
    ):  # fmt: skip
        view = three.at(home, person, "view", alert)
        assert view.state.value == "withdrawn"
        assert (view.alert is None) is (person is not three.denmark)
    paths = [
        three.at(home, person, "view", alert).path
        for home, person in ((three.nordic, three.denmark), (three.body_home, three.body), (three.japan, three.npa))
    ]
    assert paths[0] == paths[1] == paths[2]


def test_a_label_travels_and_is_held_against_at_reading_there(three: Three) -> None:
    alert = three.raise_alert(purposes=frozenset({Purpose.INVESTIGATION}))
    three.exchange()
    assert three.at(three.body_home, three.body, "view", alert).alert is not None
    view = three.at(three.body_home, three.body, "view", alert, Purpose.VICTIM_IDENTIFICATION)
    assert view.alert is None
    assert view.withheld is not None
    assert view.withheld.value == "by-label"
