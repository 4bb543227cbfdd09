"""Two countries learn that both hold the same, over the line: hit or none, whom to call, and nothing else."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError, connection, transaction

from tsunagu.domain.claim import ClaimScope
from tsunagu.domain.comparison import LONGEST_COMPARISON, Comparison
from tsunagu.domain.erasure import Erasing, ErasureGround
from tsunagu.domain.errors import Conflict, Forbidden, InputError, NotFound
from tsunagu.domain.hub import Member, MessageKind
from tsunagu.domain.media import Examined, MediaFacts
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Role
from tsunagu.domain.purpose import Purpose
from tsunagu.federation.comparison_messages import (
    Asked,
    AskedItems,
    Mark,
    ToldHit,
    asked_body,
    hit_body,
    items_body,
    mark_body,
)
from tsunagu.records import agencies, cases, compared, holdings, hub_messages, interests
from tsunagu.records import erasing as erasure_rows
from tsunagu.records.compared import Compared
from tsunagu.records.ledger.book import all_entries
from tsunagu.records.ledger.roots import RootStore
from tsunagu.records.ledger.verify import verify
from tsunagu.records.models import (
    Case,
    ClaimRow,
    ComparisonHitRow,
    ComparisonRow,
    Exhibit,
    HitRow,
    Holding,
    HubIncoming,
    HubMember,
    HubOutgoing,
    MediaItem,
    OverlapNotice,
    Trace,
)
from tsunagu.records.session import LINKER, acting_for, looking_up
from tsunagu.services.cases.claims import ask_interest, claim, list_claims, release_claim
from tsunagu.services.cases.life import withdraw_exhibit
from tsunagu.services.cases.opening import staff_case
from tsunagu.services.comparisons import answers as comparison_answers
from tsunagu.services.comparisons import asking as comparisons
from tsunagu.services.comparisons import inbox as comparison_inbox
from tsunagu.services.comparisons.items import bared
from tsunagu.services.erasures import erasing
from tsunagu.services.erasures.erasing import complete_erasures
from tsunagu.services.hub import membership as hub_membership
from tsunagu.services.hub.membership import end_member
from tsunagu.services.intake.lines import encode_item
from tsunagu.services.members import agency_cards
from tsunagu.services.overlaps import linking
from tsunagu.services.overlaps.answers import acknowledge, release
from tsunagu.services.series.changes import add_to_series, merge_series
from tsunagu.services.series.facts import set_handling
from tsunagu.services.series.reading import open_series
from tsunagu.services.upkeep.retention import erase_expired

from .homes import Home, exchange
from .hub_forging import carried_by_a_bad_line, keys_at, refused, sealed
from .linked import Held, Made, copy, link
from .three_homes import Three
from .world import Person, now, random_name


@dataclass
class Asking:
    """Denmark, which asks the body's installation, and what both hold."""

    three: Three

    def holds(self, home: Home, person: Person, *examined: Examined, **more: Any) -> Held:
        with home.here() as world:
            return Held.open(world, person, **more).bring(*examined)

    def denmark_holds(self, *examined: Examined) -> Held:
        return self.holds(self.three.nordic, self.three.denmark, *examined)

    def body_holds(self, *examined: Examined, **more: Any) -> Held:
        return self.holds(self.three.body_home, self.three.body, *examined, **more)

    def ask(self, held: Held, **other: Any) -> UUID:
        asked = {
            "kind": ClaimScope.CASE,
            "name": held.case.reference,
            "to": self.three.body_home.name,
            "until": None,
            "reason": "the same room, it seems",
        }
        with self.three.nordic.here() as world:
            return comparisons.ask_comparison(actor=held.person.actor, **asked | other, **world.parts)

    def answered(self) -> None:
        """Let everything that waits be carried, and compared there."""
        self.three.exchange()
        with self.three.body_home.here() as world:
            link(world)
        self.three.exchange()

    def exchange(self) -> None:
        """Let everything that waits be carried, and the worker there erase what was withdrawn."""
        self.three.exchange()
        self.erase_there()
        self.three.exchange()

    def erase_there(self) -> None:
        with self.three.body_home.here() as world:
            complete_erasures(**world.parts)

    def shown(self, comparison_id: UUID) -> Comparison:
        with self.three.nordic.here() as world:
            view = comparisons.list_comparisons(actor=self.three.denmark.actor, **world.parts)
        [found] = [one for one in view.comparisons if one.comparison_id == comparison_id]
        return found

    def standing(self) -> list[UUID]:
        """Return what was asked and neither withdrawn nor erased."""
        with self.three.nordic.here() as world:
            view = comparisons.list_comparisons(actor=self.three.denmark.actor, **world.parts)
        return [one.comparison_id for one in view.comparisons if not (one.withdrawn_at or one.erased_at)]

    def state(self, comparison_id: UUID) -> str:
        return self.shown(comparison_id).state(now().date()).value


@pytest.fixture
def asking(three: Three) -> Asking:
    three.exchange()
    return Asking(three)


def test_a_near_copy_there_is_a_hit_and_both_sides_are_told_whom_to_call_and_no_more(asking: Asking) -> None:
    made = Made()
    rows = made.rng.bytes(32)
    mine = asking.denmark_holds(made.picture(rows), made.file())
    theirs = asking.body_holds(made.picture(made.worn(rows)))
    comparison = asking.ask(mine)
    assert asking.state(comparison) == "asked"
    asking.answered()
    assert asking.state(comparison) == "hit"
    [hit] = asking.shown(comparison).hits
    assert hit.agency_id == asking.three.body.actor.agency_id
    with asking.three.body_home.here():
        [notice] = theirs.notices()
        assert notice.other_agency_id == asking.three.denmark.actor.agency_id
        assert notice.revealed is None


def acts(home: Home, *wanted: str) -> list[dict[str, Any]]:
    with home.here() as world:
        return [one for one in world.entries() if one["act"] in wanted]


def test_a_hit_that_both_sides_acknowledge_says_so_on_both_sides(asking: Asking) -> None:
    three, made = asking.three, Made()
    first = made.file()
    theirs = asking.body_holds(copy(first))
    comparison = asking.ask(asking.denmark_holds(first))
    asking.answered()
    with three.nordic.here() as world:
        actor = three.denmark.actor
        assert comparisons.acknowledge_comparison(actor=actor, comparison_id=comparison, **world.parts) == 1
        assert comparisons.acknowledge_comparison(actor=actor, comparison_id=comparison, **world.parts) == 0
    with three.body_home.here() as world:
        [notice] = theirs.notices()
        acknowledge(actor=three.body.actor, overlap_id=notice.overlap_id, **world.parts)
    three.exchange()
    [hit] = asking.shown(comparison).hits
    assert hit.acknowledged_at is not None
    assert hit.is_acknowledged_there
    [told] = [
        one
        for one in acts(three.body_home, "comparison:acknowledged")
        if one["agency"] == str(three.body.actor.agency_id)
    ]
    assert told["details"]["by"] == str(three.denmark.actor.agency_id)


def test_that_there_is_none_is_answered_and_in_both_ledgers_until_something_comes_in(asking: Asking) -> None:
    made = Made()
    first = made.picture()
    comparison = asking.ask(asking.denmark_holds(first))
    asking.answered()
    assert asking.state(comparison) == "no-hit"
    for home in (asking.three.nordic, asking.three.body_home):
        told = [one["details"] for one in acts(home, "comparison:answered")]
        assert [one["hits"] for one in told if one["comparison"] == str(comparison)] == [0]
    asking.body_holds(copy(first))
    asking.answered()
    assert asking.state(comparison) == "hit"


def test_what_is_covert_there_is_told_to_its_coordinator_alone_until_he_releases_it(asking: Asking) -> None:
    first = Made().file()
    theirs = asking.body_holds(copy(first), covert=True)
    comparison = asking.ask(asking.denmark_holds(first))
    asking.answered()
    assert asking.state(comparison) == "no-hit"
    with asking.three.body_home.here() as world:
        [notice] = theirs.notices()
        assert notice.held
        release(actor=theirs.person.actor, overlap_id=notice.overlap_id, **world.parts)
    asking.three.exchange()
    assert asking.state(comparison) == "hit"


def left_there(asking: Asking, comparison_id: UUID) -> dict[str, int]:
    """Return how many rows at the body's installation are, or say anything, of a comparison."""
    with asking.three.body_home.here(), acting_for(asking.three.denmark.actor.agency_id):
        found = {
            "cases": Case.objects.filter(id=comparison_id).count(),
            "places": Holding.objects.count(),
            "items": MediaItem.objects.count(),
            "fingerprints": Trace.objects.count(),
            "notices": OverlapNotice.objects.filter(case_id=comparison_id).count(),
        }
    return found | {"said": said(asking.three.body_home, asking.three.nordic, comparison_id)}


def said(home: Home, other: Home, comparison_id: UUID) -> int:
    """Return how many messages of a comparison, come or to go, still say anything at an installation."""
    assert other.installation_id
    with home.here(), acting_for(other.installation_id):
        return sum(
            rows.objects.filter(stream=f"comparison:{comparison_id}").exclude(body={}).count()
            for rows in (HubIncoming, HubOutgoing)
        )


NOTHING = dict.fromkeys(("cases", "places", "items", "fingerprints", "notices", "said"), 0)


def withdraw(asking: Asking, comparison_id: UUID) -> None:
    with asking.three.nordic.here() as world:
        comparisons.withdraw_comparison(actor=asking.three.denmark.actor, comparison_id=comparison_id, **world.parts)


@pytest.fixture
def alone(asking: Asking) -> Asking:
    """An asking before which nothing that was asked is left."""
    for one in asking.standing():
        withdraw(asking, one)
    asking.exchange()
    return asking


def test_what_was_withdrawn_is_erased_there_and_the_proof_comes_back(alone: Asking) -> None:
    made = Made()
    first = made.picture()
    theirs = alone.body_holds(copy(first))
    comparison = alone.ask(alone.denmark_holds(first, made.video(made.rows(40)), made.file()))
    alone.answered()
    there = left_there(alone, comparison)
    assert (there["cases"], there["places"], there["items"]) == (1, 3, 3)
    withdraw(alone, comparison)
    assert alone.state(comparison) == "withdrawn"
    alone.exchange()
    assert left_there(alone, comparison) == NOTHING
    assert alone.state(comparison) == "erased"
    [proof] = [
        one["details"]
        for one in acts(alone.three.nordic, "comparison:erased")
        if one["details"]["comparison"] == str(comparison)
    ]
    [done] = [one for one in acts(alone.three.body_home, "erasure:completed") if one["case"] == str(comparison)]
    assert (proof["items"], proof["merkle_root"]) == (3, done["details"]["merkle_root"])
    with alone.three.body_home.here():
        [notice] = theirs.notices()
        assert notice.ended
    with pytest.raises(Conflict, match="over already"):
        withdraw(alone, comparison)
    with alone.three.nordic.here() as world:
        parts = {"actor": alone.three.denmark.actor, "comparison_id": comparison, **world.parts}
        assert comparisons.acknowledge_comparison(**parts) == 1
    assert said(alone.three.nordic, alone.three.body_home, comparison) == 0


def test_what_was_not_sent_yet_is_not_and_what_overtakes_its_withdrawal_is_not_kept(alone: Asking) -> None:
    comparison = alone.ask(alone.denmark_holds(Made().picture()))
    nordic, body = alone.three.nordic, alone.three.body_home
    assert body.installation_id
    on_its_way = nordic.out()[body.installation_id]
    assert len(on_its_way) == 2
    withdraw(alone, comparison)
    assert said(nordic, body, comparison) == 0
    alone.exchange()
    assert alone.state(comparison) == "erased"
    assert body.take(on_its_way[::-1]).refused == ()
    assert left_there(alone, comparison) == NOTHING
    alone.exchange()


def test_what_is_erased_here_is_erased_there_too(alone: Asking) -> None:
    held = alone.denmark_holds(Made().picture())
    comparison = alone.ask(held)
    alone.answered()
    with alone.three.nordic.here() as world:
        withdraw_exhibit(
            actor=held.person.actor,
            reference=held.case.reference,
            exhibit="E1",
            ground=ErasureGround.WRONG_EXHIBIT,
            queue=world.rooms.queue,
            **world.parts,
        )
    alone.exchange()
    assert left_there(alone, comparison) == NOTHING
    shown = alone.shown(comparison)
    assert shown.erased_at is not None
    assert (shown.reason, shown.hits) == ("", ())


def test_what_is_erased_here_is_forgotten_of_comparisons_too_that_were_over(alone: Asking) -> None:
    first = Made().file()
    alone.body_holds(copy(first))
    held, other = alone.denmark_holds(first), alone.denmark_holds(copy(first))
    over, lasting = alone.ask(held), alone.ask(other)
    alone.answered()
    withdraw(alone, over)
    alone.exchange()
    assert (alone.state(over), len(alone.shown(over).hits)) == ("erased", 1)
    with alone.three.nordic.here() as world:
        with acting_for(held.case.agency_id):  # nothing is being erased: the rows stay
            assert ComparisonRow.objects.filter(id=over).update(reason="") == 0
            assert ComparisonHitRow.objects.filter(comparison=over).delete()[0] == 0
        withdraw_exhibit(
            actor=held.person.actor,
            reference=held.case.reference,
            exhibit="E1",
            ground=ErasureGround.WRONG_EXHIBIT,
            queue=world.rooms.queue,
            **world.parts,
        )
    shown, left = alone.shown(over), alone.shown(lasting)
    assert (shown.reason, shown.hits) == ("", ())
    assert (left.reason != "", len(left.hits)) == (True, 1)


def test_while_something_is_being_erased_only_what_it_was_asked_for_may_be_forgotten(alone: Asking) -> None:
    first = Made().file()
    alone.body_holds(copy(first))
    held, other = alone.denmark_holds(first), alone.denmark_holds(copy(first))
    mine, others = alone.ask(held), alone.ask(other)
    alone.answered()
    withdraw(alone, mine)
    alone.exchange()
    agency = held.case.agency_id
    with alone.three.nordic.here(), suppress(Undone), acting_for(agency):
        exhibit = Exhibit.objects.get(case_id=held.case.case_id)
        erasure_rows.begin(
            Erasing(uuid4(), agency, held.case.case_id, exhibit.id, ErasureGround.WRONG_EXHIBIT, now(),
                    held.person.actor.officer_id),
            case_mac=bytes(32), exhibit_mac=bytes(32),
        )  # fmt: skip
        rows = ComparisonRow.objects.filter(id=mine)
        for change in ({"reason": "another"}, {"withdrawn_at": now()}, {"erased_at": None}):
            with pytest.raises(ProgrammingError), transaction.atomic():
                rows.update(**change)
        assert ComparisonHitRow.objects.filter(comparison=others).delete()[0] == 0
        assert ComparisonHitRow.objects.filter(comparison=mine).delete()[0] == 1
        assert rows.update(reason="") == 1
        raise Undone


class Undone(Exception):
    """Takes back what a test has begun."""


def test_after_its_last_day_it_is_erased_there_and_here_they_are_told(alone: Asking) -> None:
    comparison = alone.ask(alone.denmark_holds(Made().picture()), until=now().date())
    alone.answered()
    with alone.three.body_home.here() as world:
        with acting_for(alone.three.denmark.actor.agency_id):
            Case.objects.filter(id=comparison).update(keep_until=now().date() - timedelta(days=1))
        erase_expired(**world.parts)
    alone.exchange()
    assert left_there(alone, comparison) == NOTHING
    assert alone.state(comparison) == "erased"


def test_a_claim_is_seen_on_both_sides_as_long_as_it_lasts(asking: Asking) -> None:
    three, first = asking.three, Made().file()
    mine, theirs = asking.denmark_holds(first), asking.body_holds(copy(first))

    def named(held: Held) -> dict[str, Any]:
        return {"actor": held.person.actor, "kind": ClaimScope.CASE, "name": held.case.reference}

    comparison = asking.ask(mine)
    asking.answered()
    why = {"reason": "we are on it"}
    with three.nordic.here() as world:
        claim(**named(mine), **why, is_imminent=False, **world.parts)
    with three.body_home.here() as world:
        assert ask_interest(**named(theirs), **world.parts) == ()
    three.exchange()
    with three.body_home.here() as world:
        [found] = ask_interest(**named(theirs), **world.parts)
        assert found.agency_id == three.denmark.actor.agency_id
        with pytest.raises(Conflict):
            claim(**named(theirs), **why, is_imminent=False, **world.parts)
        claim(**named(theirs), **why, is_imminent=True, **world.parts)
    three.exchange()
    assert [hit.is_claimed for hit in asking.shown(comparison).hits] == [True]
    with three.nordic.here() as world:
        release_claim(**named(mine), **why, **world.parts)
    with three.body_home.here() as world:
        release_claim(**named(theirs), **why, **world.parts)
    three.exchange()
    assert [hit.is_claimed for hit in asking.shown(comparison).hits] == [False]
    with three.body_home.here() as world:
        assert ask_interest(**named(theirs), **world.parts) == ()


def series_of(asking: Asking, held: Held, *contents: Examined, context: Sequence[Examined] = ()) -> str:
    """Return the name of a new series of contents of a case."""
    name = random_name("series")
    with asking.three.nordic.here() as world:
        actor = {"actor": held.person.actor, **world.parts}
        open_series(name=name, case=held.case.reference, purpose=None, **actor)
        for some, is_context in ((contents, False), (context, True)):
            items = [one.digests.sha256.hex() for one in some if one.digests]
            if items:
                add_to_series(name=name, case=held.case.reference, items=items, is_context=is_context, **actor)
    return name


def let(asking: Asking, held: Held, name: str, *, days: int = 40) -> None:
    """Let every agency of the body's installation be given a series of a case for some days."""
    until = now().date() + timedelta(days=days)
    with asking.three.nordic.here() as world:
        cards = agencies.agency_cards()
        there = cards[asking.three.body.actor.agency_id].member_id
        receivers = [one.name for one in cards.values() if one.member_id == there]
        handling = {"receivers": receivers, "purposes": [Purpose.INVESTIGATION], "may_forward": False}
        parts = {"actor": held.person.actor, **world.parts}
        set_handling(name=name, until=until, reason="agreed", **handling, **parts)


def test_a_series_goes_only_where_its_handling_lets_it_and_is_withdrawn_once_it_does_not(alone: Asking) -> None:
    made = Made()
    held = alone.denmark_holds(*(contents := (made.picture(), made.file(), made.file())))
    name = series_of(alone, held, contents[0], context=contents[1:2])
    with pytest.raises(Forbidden):
        alone.ask(held, kind=ClaimScope.SERIES, name=name)
    let(alone, held, name)
    with pytest.raises(Forbidden):
        alone.ask(held, kind=ClaimScope.SERIES, name=name, until=now().date() + timedelta(days=41))
    comparison = alone.ask(held, kind=ClaimScope.SERIES, name=name)
    assert alone.shown(comparison).items == 1  # what it consists of: neither its context, nor what is not in it
    with pytest.raises(Conflict):
        alone.ask(held, kind=ClaimScope.SERIES, name=name)
    alone.answered()
    assert alone.state(comparison) == "no-hit"
    let(alone, held, name, days=50)
    assert alone.state(comparison) == "no-hit"
    let(alone, held, name, days=3)
    alone.exchange()
    assert alone.state(comparison) == "erased"
    assert left_there(alone, comparison) == NOTHING


def test_a_series_that_was_merged_goes_only_where_the_handling_of_the_other_lets_it(alone: Asking) -> None:
    three, made = alone.three, Made()
    held = alone.denmark_holds(*(contents := (made.file(), made.file())))
    away, into = (series_of(alone, held, one) for one in contents)
    let(alone, held, away)
    comparison = alone.ask(held, kind=ClaimScope.SERIES, name=away)
    with three.nordic.here() as world:
        merge_series(actor=held.person.actor, name=into, other=away, reason="one child", **world.parts)
    for name in (away, into):
        with pytest.raises(Forbidden):
            alone.ask(held, kind=ClaimScope.SERIES, name=name)
    let(alone, held, into)
    with pytest.raises(Conflict):  # under its former name
        alone.ask(held, kind=ClaimScope.SERIES, name=into)
    with three.nordic.here() as world:
        named = {"actor": held.person.actor, "kind": ClaimScope.SERIES, "name": into}
        claim(**named, reason="we are on it", is_imminent=False, **world.parts)
    three.exchange()
    with three.body_home.here(), acting_for(held.case.agency_id):
        assert ClaimRow.objects.filter(case_id=comparison).exists()
    let(alone, held, into, days=3)
    alone.exchange()
    assert alone.state(comparison) == "erased"


def test_a_case_goes_only_where_the_series_in_which_its_contents_stand_may_go(alone: Asking) -> None:
    held = alone.denmark_holds(*(contents := (Made().file(), Made().file())))
    name = series_of(alone, held, contents[0])
    with pytest.raises(Forbidden, match=name):
        alone.ask(held)
    let(alone, held, name)
    assert alone.shown(alone.ask(held)).items == 2


def test_it_is_asked_about_what_was_examined_here_by_who_works_on_it_for_a_time(asking: Asking) -> None:
    held = asking.denmark_holds(Made().file())
    for until in (now().date() - timedelta(days=1), now().date() + LONGEST_COMPARISON + timedelta(days=1)):
        with pytest.raises(InputError, match="lasts until"):
            asking.ask(held, until=until)
    with pytest.raises(NotFound, match="member"):
        asking.ask(held, to=random_name("nobody"))
    with pytest.raises(NotFound, match="case"):
        asking.ask(held, name=asking.three.cascade.theirs.case.reference)  # Australia's
    with asking.three.nordic.here() as world:
        empty = Held.open(world, asking.three.denmark)
    with pytest.raises(InputError, match="nothing of it"):
        asking.ask(empty)
    with asking.three.nordic.here(), acting_for(held.case.agency_id):
        exhibit, _ = cases.exhibit_of(empty.case, "E2", registered_by=held.person.actor.officer_id, now=now())
        holdings.keep([(Made().file(), 1)], agency_id=held.case.agency_id, exhibit_id=exhibit, claimed=True)
    with pytest.raises(InputError, match="nothing of it"):  # another agency's package: it is its to ask about
        asking.ask(empty)


def test_nothing_of_where_it_lies_or_what_it_is_called_is_sent(asking: Asking) -> None:
    secret = random_name("holiday")
    tagged = replace(
        Made().picture(),
        path=f"/{secret}.jpg".encode(),
        facts=MediaFacts(800, 600, None, ("mjpeg",), {"maker": secret}),
    )
    held = asking.denmark_holds(tagged)
    comparison = asking.ask(held)
    asking.answered()
    denmark = held.case.agency_id
    with asking.three.body_home.here(), acting_for(denmark):
        [place] = Holding.objects.filter(exhibit__case_id=comparison).select_related("item")
        assert bytes(place.path) == b"asked 1"
        assert place.item
        assert (place.item.width, place.item.tags, place.item.codecs) == (800, {}, [])
        case = Case.objects.get(id=comparison)
        assert (case.reference, case.opened_by_id) == (str(comparison), None)
    with asking.three.body_home.here() as world:
        assert secret not in str(world.entries())
        assert held.case.reference not in str(world.entries())


class Killed(BaseException):
    """What no code expects."""


def killed(*_: Any, **__: Any) -> None:
    raise Killed


@contextmanager
def ending(home: Home, other: Home) -> Iterator[Callable[[], Member]]:
    """Let the membership of another installation be ended; all tests share it, so that it lasts again in the end."""
    assert other.installation_id
    with home.here() as world:
        try:
            yield partial(end_member, name=other.name, **world.parts)
        finally:
            with acting_for(other.installation_id):
                HubMember.objects.filter(id=other.installation_id).update(ended_at=None)


@pytest.mark.parametrize("step", ["end_with", "end_comparisons", "complete_erasures"])
def test_the_end_of_a_membership_is_completed_by_whoever_calls_again_after_a_kill(
    alone: Asking, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    nordic, body = alone.three.nordic, alone.three.body_home
    comparison = alone.ask(alone.denmark_holds(Made().picture()))
    alone.answered()
    for home, other, killed_at in ((body, nordic, step), (nordic, body, "end_with")):
        with ending(home, other) as end:
            with monkeypatch.context() as patch:
                patch.setattr(hub_membership, killed_at, killed)
                with pytest.raises(Killed):
                    end()
            end()
            with pytest.raises(Conflict):
                end()
    assert left_there(alone, comparison) == NOTHING
    assert alone.state(comparison) == "withdrawn"
    alone.exchange()
    assert alone.state(comparison) == "erased"


def test_an_erasure_that_fails_or_takes_long_holds_up_no_message(
    alone: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    three = alone.three
    comparison = alone.ask(alone.denmark_holds(Made().picture()))
    alone.answered()
    withdraw(alone, comparison)
    alert = three.raise_alert()
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "erase", killed)
        three.exchange()
    assert three.shown(three.body_home, three.body, alert) == "sent"
    assert alone.state(comparison) == "withdrawn"
    alone.exchange()
    assert alone.state(comparison) == "erased"


def test_what_cannot_be_told_of_one_comparison_is_logged_and_holds_up_nothing_else(
    asking: Asking, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    three, tell, secret = asking.three, comparison_answers._tell, random_name("seized")
    bad, good = (asking.ask(asking.denmark_holds(Made().file())) for _ in range(2))

    def fails(one: Compared, **more: Any) -> None:
        if one.comparison_id == bad:
            raise ValueError(secret)
        tell(one, **more)

    with monkeypatch.context() as patch:
        patch.setattr(comparison_answers, "_tell", fails)
        asking.answered()
        assert [asking.state(one) for one in (bad, good)] == ["asked", "no-hit"]
    assert "a comparison cannot be told of: ValueError" in caplog.text
    assert secret not in caplog.text
    three.exchange()
    assert asking.state(bad) == "no-hit"


def test_of_a_covert_case_a_coordinator_asks_and_is_told_alone(asking: Asking) -> None:
    three, first = asking.three, Made().file()
    asking.body_holds(copy(first))
    held = asking.holds(three.nordic, three.denmark, first, covert=True)
    with three.nordic.here() as world:
        officer = world.enroll(world.founders[three.denmark.agency][1], Role.OFFICER)
        staff_case(actor=three.denmark.actor, reference=held.case.reference, login=officer.login, **world.parts)
        with pytest.raises(Forbidden):
            comparisons.ask_comparison(
                actor=officer.actor, kind=ClaimScope.CASE, name=held.case.reference, to=three.body_home.name,
                until=None, reason="why", **world.parts,
            )  # fmt: skip
    comparison = asking.ask(held)
    asking.answered()
    assert asking.state(comparison) == "hit"
    with three.nordic.here() as world:
        assert comparisons.list_comparisons(actor=officer.actor, **world.parts).comparisons == ()
        with pytest.raises(NotFound):
            comparisons.acknowledge_comparison(actor=officer.actor, comparison_id=comparison, **world.parts)
        told = {one: list_claims(actor=one.actor, **world.parts).interests for one in (officer, three.denmark)}
    assert [one for one in told[officer] if one.name == held.case.reference] == []
    [interest] = [one for one in told[three.denmark] if one.name == held.case.reference]
    assert interest.is_held


def cases_told(asking: Asking, comparison_id: UUID) -> list[str]:
    """Return the cases in whose time-lines the withdrawal of a comparison here stands."""
    withdrawn = acts(asking.three.nordic, "comparison:withdrawn")
    [told] = [one for one in withdrawn if one["details"]["comparison"] == str(comparison_id)]
    return [*told.get("cases", ()), *([told["case"]] if "case" in told else [])]


@pytest.mark.parametrize("covert", [False, True])
def test_in_a_covert_case_it_is_not_written_down_that_its_comparison_was_withdrawn(
    alone: Asking, *, covert: bool
) -> None:
    three, contents = alone.three, (Made().file(), Made().file())
    held = alone.holds(three.nordic, three.denmark, *contents, covert=covert)
    name = series_of(alone, held, contents[0])
    let(alone, held, name)
    narrowed = alone.ask(held, kind=ClaimScope.SERIES, name=name)
    by_case = alone.ask(held)
    let(alone, held, name, days=1)
    with three.nordic.here() as world:
        parts = {"actor": held.person.actor, "queue": world.rooms.queue, **world.parts}
        ground = ErasureGround.WRONG_EXHIBIT
        withdraw_exhibit(reference=held.case.reference, exhibit="E1", ground=ground, **parts)
    told = [] if covert else [str(held.case.case_id)]
    assert [cases_told(alone, one) for one in (narrowed, by_case)] == [told, told]


def test_killed_after_each_message_was_kept_it_goes_on_and_doubles_nothing(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, three = Made().file(), asking.three
    asking.body_holds(copy(first))
    comparison = asking.ask(asking.denmark_holds(first))
    note, seen = hub_messages.note_done, set()

    def killed_once(row_id: int, **more: Any) -> None:
        one = (connection.settings_dict["NAME"], row_id)
        if one not in seen:
            seen.add(one)
            raise Killed
        note(row_id, **more)

    def go_on() -> None:
        for hours in range(1, 40):
            with suppress(Killed):
                exchange(*three.homes, at=now() + timedelta(hours=hours))
                return

    with monkeypatch.context() as patch:
        patch.setattr(hub_messages, "note_done", killed_once)
        go_on()
        with three.body_home.here() as world:
            link(world)
        go_on()
    assert len(seen) == 4
    assert asking.state(comparison) == "hit"
    for home, acts_there in (
        (three.body_home, {"arrived": 1, "items_kept": 1, "hit": 1, "answered": 1}),
        (three.nordic, {"asked": 1, "hit": 1, "answered": 1}),
    ):
        with home.here() as world:
            told = [one for one in world.entries() if one.get("details", {}).get("comparison") == str(comparison)]
        assert Counter(one["act"].removeprefix("comparison:") for one in told) == acts_there


def told_by_body(asking: Asking, comparison_id: UUID, **other: Any) -> ToldHit:
    """Return a hit as the body's installation may tell it."""
    body = asking.three.body.actor.agency_id
    with asking.three.nordic.here():
        card = agencies.agency_cards()[body]
    said = ToldHit(
        comparison_id, asking.three.denmark.actor.agency_id, uuid4(), card, now(),
        is_claimed=False, is_ended=False, is_acknowledged=False,
    )  # fmt: skip
    return replace(said, **other)


def asked_by_denmark(asking: Asking, **other: Any) -> Asked:
    with asking.three.nordic.here():
        card = agencies.agency_cards()[asking.three.denmark.actor.agency_id]
    return replace(Asked(uuid4(), card, Purpose.INVESTIGATION, 1, now().date(), None), **other)


def line(**other: Any) -> bytes:
    return encode_item(replace(bared(1, Made().file()), **other))


def refused_at_body(asking: Asking, reason: str, kind: MessageKind, body: dict[str, Any], **other: Any) -> None:
    """Check that a message of Denmark's installation is refused at the body's, and changes nothing."""
    message = sealed(
        asking.three, by=keys_at(asking.three.nordic), sender_id=asking.three.nordic.installation_id,
        kind=kind, body=body, **{"stream": f"test:{uuid4()}"} | other,
    )  # fmt: skip
    with refused(asking.three.body_home, reason):
        asking.three.body_home.take([message])
    asking.three.exchange()


def test_what_a_member_may_not_ask_is_refused_and_recorded(asking: Asking) -> None:
    stranger = replace(asked_by_denmark(asking).agency, agency_id=asking.three.body.actor.agency_id)
    today = now().date()
    for reason, other in (
        ("expired", {"until": today - timedelta(days=2)}),
        ("malformed", {"until": today + LONGEST_COMPARISON + timedelta(days=2)}),
        ("not-theirs", {"agency": stranger}),
    ):
        refused_at_body(asking, reason, MessageKind.COMPARISON, asked_body(asked_by_denmark(asking, **other)))
    comparison = asking.ask(asking.denmark_holds(Made().file()))
    asking.answered()
    denmark = asking.three.denmark.actor.agency_id

    def items(*lines: bytes, of: UUID = comparison, agency: UUID = denmark) -> dict[str, Any]:
        return items_body(AskedItems(of, agency, lines))

    tagged = MediaFacts(8, 8, None, (), {"maker": "somebody"})
    for reason, body in (
        ("contradicts", items(line(path=b"asked 2"))),  # more than was announced
        ("contradicts", items(line(), of=uuid4())),
        ("not-theirs", items(line(), agency=asking.three.body.actor.agency_id)),
        ("malformed", items(line(path=b"/seized/somebody"))),
        ("malformed", items(line(facts=tagged))),
        ("malformed", items(b"{}")),
    ):
        refused_at_body(asking, reason, MessageKind.COMPARISON_ITEMS, body)
    over = mark_body(Mark(comparison, denmark, now()))
    refused_at_body(asking, "malformed", MessageKind.COMPARISON_OVER, over)  # in a stream that closes none
    foreign = mark_body(Mark(comparison, asking.three.body.actor.agency_id, now()))
    stream = {"stream": f"over:comparison:{uuid4()}"}
    refused_at_body(asking, "not-theirs", MessageKind.COMPARISON_OVER, foreign, **stream)
    assert asking.state(comparison) == "no-hit"


def test_what_a_member_may_not_tell_is_refused_and_recorded(asking: Asking) -> None:
    """Nobody tells of a comparison that was asked of another member, nor of agencies that are not his."""
    three = asking.three
    comparison = asking.ask(asking.denmark_holds(Made().file()))
    three.exchange()
    kyoto = replace(told_by_body(asking, comparison).agency, agency_id=three.denmark.actor.agency_id)
    for reason, hit in (
        ("not-theirs", told_by_body(asking, comparison, agency=kyoto)),
        ("not-theirs", told_by_body(asking, uuid4())),
        ("not-theirs", told_by_body(asking, comparison, agency_id=three.body.actor.agency_id)),
        ("from-the-future", told_by_body(asking, comparison, at=now() + timedelta(hours=1))),
    ):
        message = sealed(
            three, by=keys_at(three.body_home), sender_id=three.body_home.installation_id, to=three.nordic,
            kind=MessageKind.COMPARISON_HIT, body=hit_body(hit), stream=f"test:{uuid4()}",
        )  # fmt: skip
        with refused(three.nordic, reason):
            three.nordic.take([message])
    three.exchange()
    assert asking.shown(comparison).hits == ()


def test_more_fingerprints_than_are_sent_at_once_are_not_kept(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compared, "MOST_TRACES", 0)
    comparison = asking.ask(asking.denmark_holds(Made().picture()))
    asking.answered()
    with asking.three.body_home.here(), acting_for(asking.three.denmark.actor.agency_id):
        assert not Holding.objects.filter(exhibit__case_id=comparison).exists()


def test_what_one_member_asks_about_again_and_again_becomes_common_to_nobody_here(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linking, "COMMON_CASES", 4)
    one = Made().file()
    for _ in range(4):
        asking.ask(asking.denmark_holds(copy(one)))
    asking.answered()
    first, second = asking.body_holds(copy(one)), asking.body_holds(copy(one))
    with asking.three.body_home.here(), looking_up():
        ids = [first.case.case_id, second.case.case_id]
        assert HitRow.objects.using(LINKER).filter(overlap__case_a__in=ids, overlap__case_b__in=ids).exists()


def stranger_of(asking: Asking, home: Home) -> AgencyCard:
    """Return an agency, of the member at home there, that nobody knows elsewhere."""
    person = asking.three.denmark if home is asking.three.nordic else asking.three.body
    with home.here():
        card = agencies.agency_cards()[person.actor.agency_id]
    return replace(card, agency_id=uuid4(), name=random_name("agency"))


def is_known(home: Home, card: AgencyCard) -> bool:
    with home.here():
        return card.agency_id in agencies.agency_cards()


def test_who_asks_too_often_within_a_day_is_refused_in_whosever_name(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking.ask(asking.denmark_holds(Made().file()))
    asking.answered()
    monkeypatch.setattr(comparison_inbox, "MOST_A_DAY", 1)
    stranger = stranger_of(asking, asking.three.nordic)
    for asked in (asked_by_denmark(asking), asked_by_denmark(asking, agency=stranger)):
        refused_at_body(asking, "too-many", MessageKind.COMPARISON, asked_body(asked))
    assert not is_known(asking.three.body_home, stranger)


def test_a_member_enters_agencies_without_end_neither_by_asking_nor_by_telling(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    three = asking.three
    comparison = asking.ask(asking.denmark_holds(Made().file()))
    three.exchange()
    asker, holder = stranger_of(asking, three.nordic), stranger_of(asking, three.body_home)
    monkeypatch.setattr(agency_cards, "MOST_AGENCIES", 1)
    asked = asked_body(asked_by_denmark(asking, agency=asker))
    refused_at_body(asking, "too-many", MessageKind.COMPARISON, asked)
    message = sealed(
        three, by=keys_at(three.body_home), sender_id=three.body_home.installation_id, to=three.nordic,
        kind=MessageKind.COMPARISON_HIT, body=hit_body(told_by_body(asking, comparison, agency=holder)),
        stream=f"test:{uuid4()}",
    )  # fmt: skip
    with refused(three.nordic, "too-many"):
        three.nordic.take([message])
    three.exchange()
    assert not is_known(three.body_home, asker)
    assert not is_known(three.nordic, holder)


def test_killed_after_a_hit_was_kept_the_interest_is_told_all_the_same(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    three, first = asking.three, Made().file()
    asking.body_holds(copy(first))
    held = asking.denmark_holds(first)
    comparison = asking.ask(held)
    three.exchange()
    with three.body_home.here() as world:
        link(world)
    with monkeypatch.context() as patch:
        patch.setattr(interests, "tell", killed)
        with pytest.raises(Killed):
            three.exchange()
    three.settle()
    assert asking.state(comparison) == "hit"
    with three.nordic.here() as world:
        told = list_claims(actor=three.denmark.actor, **world.parts).interests
    assert [one.agency_id for one in told if one.name == held.case.reference] == [three.body.actor.agency_id]


def live_through_a_partition(asking: Asking, *, count: int, seed: int) -> None:
    """Let comparisons be asked, answered, claimed, acknowledged and withdrawn while a bad line carries all of it."""
    three, chance, made = asking.three, random.Random(seed), Made()
    contents = [made.file() for _ in range(count)]
    asking.body_holds(*(copy(one) for one in contents[::2]))
    found = [asking.ask(asking.denmark_holds(one)) for one in contents]
    carried_by_a_bad_line(three, chance)
    with three.body_home.here() as world:
        link(world)
    withdrawn = found[::3]
    for one in withdrawn:
        withdraw(asking, one)
    carried_by_a_bad_line(three, chance)
    for one in found:
        if one not in withdrawn:
            with three.nordic.here() as world:
                parts = {"actor": three.denmark.actor, **world.parts}
                name = asking.shown(one).name
                claim(kind=ClaimScope.CASE, name=name, reason="we are on it", is_imminent=False, **parts)
                comparisons.acknowledge_comparison(comparison_id=one, **parts)
    carried_by_a_bad_line(three, chance)
    asking.erase_there()
    carried_by_a_bad_line(three, chance)
    states = {one: asking.state(one) for one in found}
    assert states == {
        one: "erased" if one in withdrawn else "no-hit" if place % 2 else "hit" for place, one in enumerate(found)
    }
    denmark = three.denmark.actor.agency_id
    with three.body_home.here(), acting_for(denmark):
        kept = {one for one in found if Case.objects.filter(id=one).exists()}
        claimed = set(ClaimRow.objects.filter(case_id__in=found).values_list("case_id", flat=True))
        noted = OverlapNotice.objects.filter(case_id__in=found, acknowledged_at__isnull=False)
        hits = set(noted.values_list("case_id", flat=True))
    assert kept == claimed == set(found) - set(withdrawn)
    assert hits == {one for one, state in states.items() if state == "hit"}
    assert all(
        said(three.body_home, three.nordic, one) == said(three.nordic, three.body_home, one) == 0 for one in found
    )
    for home in three.homes:
        with home.here() as world:
            assert verify(all_entries(), RootStore(world.folder / "roots"), {}).is_sound


def test_a_partition_with_messages_in_any_order_and_doubled_leaves_both_sides_equal(asking: Asking) -> None:
    live_through_a_partition(asking, count=3, seed=32)


@pytest.mark.soak
def test_hundreds_of_comparisons_over_a_bad_line_leave_both_sides_equal(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison_inbox, "MOST_A_DAY", 1000)
    live_through_a_partition(asking, count=200, seed=5)
