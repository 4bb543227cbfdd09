"""Three installations that are members of each other, within this process, and people at each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from tsunagu.domain.agency_tree import AgencyKind
from tsunagu.services.agencies import tree as agency_tree

from .alerted import Cascade, member, stand
from .homes import Home, exchange
from .linked import Held, Made, copy, overlap_between
from .world import Person, now


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

    def settle(self) -> None:
        """Let an hour pass, within which whatever was lost on a way is sent again."""
        exchange(*self.homes, at=now() + timedelta(hours=1))

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


def joined(body_home: Home, japan: Home, nordic: Home) -> Three:
    """Let people found their agencies and each two installations join that exchange alerts."""
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
