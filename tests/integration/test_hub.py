"""Installations that exchange alerts: members and keys, what is refused, and the way of an alert over three homes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tsunagu.domain.agency_tree import AgencyKind
from tsunagu.domain.alert import RefusalReason
from tsunagu.domain.outcome import Outcome, OutcomeCode
from tsunagu.domain.purpose import Purpose
from tsunagu.records.postgres.server import EmbeddedPostgres
from tsunagu.services import agency_tree

from .alerted import Cascade, member, stand
from .homes import Home, drop_homes, exchange, open_homes
from .linked import Held, Made, copy, overlap_between
from .world import Person, World, now

SAFE = Outcome({OutcomeCode.SAFEGUARDED: 47})


@dataclass
class Three:
    """An international body; Japan, with Osaka and Kyoto beneath its police; and a home of Denmark and Australia.

    Denmark and Australia hold the same, and Denmark raises its alerts from that.
    """

    body_home: Home
    japan: Home
    nordic: Home
    body: Person
    npa: Person
    osaka: Person
    kyoto: Person
    denmark: Person
    australia: Person
    cascade: Cascade

    @property
    def homes(self) -> tuple[Home, ...]:
        return self.body_home, self.japan, self.nordic

    def exchange(self) -> None:
        exchange(*self.homes)

    def at(self, home: Home, person: Person, deed: str, alert_id: UUID, *rest: Any, **more: Any) -> Any:
        """Let somebody do something to an alert at his installation."""
        with home.here() as world:
            return getattr(replace(self.cascade, world=world, at=now()), deed)(person, alert_id, *rest, **more)

    def raise_alert(self, **other: Any) -> UUID:
        with self.nordic.here():
            self.cascade.at = now()
            return self.cascade.raise_alert(to=self.body.agency, **other)

    def state(self, home: Home, person: Person, alert_id: UUID) -> tuple[Any, ...]:
        """Return what an officer is shown of an alert, as values that two installations can be compared by."""
        view = self.at(home, person, "view", alert_id)
        steps = [(one.step, one.words, one.document, one.outcome, one.entered_by) for one in view.steps]
        said = None if view.alert is None else replace(view.alert, contributors=frozenset())
        return view.state, view.path, steps, said

    def shown(self, home: Home, person: Person, alert_id: UUID) -> str:
        return str(self.at(home, person, "view", alert_id).state.value)


@pytest.fixture(scope="module")
def three(world: World, world_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Three]:
    server = EmbeddedPostgres(world_home).admin_address()
    homes = open_homes(world, server, tmp_path_factory.mktemp("homes"), "body", "japan", "nordic")
    try:
        yield _joined(*homes)
    finally:
        drop_homes(server, homes)


def _joined(body_home: Home, japan: Home, nordic: Home) -> Three:
    with body_home.here() as world:
        body = member(world)
    with japan.here() as world:
        npa = member(world)
        osaka, kyoto = member(world, npa), member(world, npa)
    with nordic.here() as world:
        denmark, australia = member(world), member(world)
        first = Made().file()
        held, theirs = Held.open(world, denmark).bring(first), Held.open(world, australia).bring(copy(first))
        overlap = overlap_between(held, theirs)
        held.share(overlap)
        theirs.share(overlap)
        cascade = Cascade(world, denmark, australia, denmark, osaka, kyoto, australia, held, theirs, overlap)
    for home, people in ((body_home, (body,)), (japan, (npa,)), (nordic, (denmark,))):
        home.write_card(*(one.agency for one in people))
    for home, other, by in (
        (body_home, japan, body), (japan, body_home, npa), (body_home, nordic, body), (nordic, body_home, denmark),
    ):  # fmt: skip
        home.join(other, by)
    with body_home.here() as world:
        for name in (npa.agency, denmark.agency):
            stand(world, name, body, AgencyKind.NATIONAL_POLICE)
    for home, name in ((japan, npa.agency), (nordic, denmark.agency)):
        with home.here() as world:
            assert agency_tree.place_agency(
                name=name, under=body.agency, kind=None, now=now(), ledger=world.rooms.ledger
            )
    return Three(body_home, japan, nordic, body, npa, osaka, kyoto, denmark, australia, cascade)


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
