"""Between installations nothing is lost or doubled, and what is not genuine is refused and recorded."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tsunagu.domain.alert_path import AlertStep, AlertStepKind
from tsunagu.domain.errors import Conflict, InputError, NotFound
from tsunagu.domain.hub import CARRIED_LASTS, CLOSING, MemberState, MessageKind
from tsunagu.domain.outcome import Outcome, OutcomeCode
from tsunagu.domain.party import AgencyCard
from tsunagu.federation.alert_messages import ToldStep, body_of
from tsunagu.federation.card import InstallationCard, written
from tsunagu.federation.envelope import Envelope, seal
from tsunagu.federation.keys import OwnKeys
from tsunagu.records import alerts, hub_messages
from tsunagu.records.ledger.book import all_entries
from tsunagu.records.ledger.roots import RootStore
from tsunagu.records.ledger.verify import verify
from tsunagu.records.session import acting_for
from tsunagu.services.hub import carrying as hub_carrying
from tsunagu.services.hub import exchange as hub_exchange
from tsunagu.services.hub import visits as hub_visits
from tsunagu.services.hub.membership import accept_member, end_member, exchange_status, join_member, rotate_keys

from .homes import Home
from .hub_forging import carried_by_a_bad_line, keys_at, refused, sealed, sealed_as_written
from .three_homes import Three
from .world import now, random_name

SAFE = Outcome({OutcomeCode.SAFEGUARDED: 1})


@pytest.mark.parametrize(
    ("reason", "other"),
    [
        ("forged", {"by": OwnKeys.fresh(1)}),
        ("unknown-key", {"by": OwnKeys.fresh(9)}),
        ("unknown-member", {"sender_id": UUID(int=7)}),
        ("re-addressed", {"receiver_id": UUID(int=7)}),
        ("expired", {"until": now() - timedelta(seconds=1)}),
        ("from-the-future", {"made_at": now() + timedelta(hours=1)}),
        ("malformed", {"stream": ""}),
        ("too-far-ahead", {"number": 10_001}),
    ],
)
def test_what_is_not_genuine_is_refused_and_recorded(three: Three, reason: str, other: dict[str, Any]) -> None:
    with refused(three.body_home, reason):
        done = three.body_home.take([sealed(three, **other)])
    assert (done.taken, done.refused, done.acted_upon) == (0, (reason,), 0)


def test_what_was_changed_on_its_way_is_refused_and_recorded(three: Three) -> None:
    changed = bytearray(sealed(three))
    changed[-1] ^= 1
    with refused(three.body_home, "unreadable"):
        assert three.body_home.take([bytes(changed)]).refused == ("unreadable",)


ILL_FORMED = (
    '{"x":NaN}', '{"x":1e999}', '{"x":"\\ud800"}', '{"x":"\\u0000"}', '{"\\u0000":1}',
    f'{{"x":{"9" * 5000}}}', f'{{"x":{"[" * 900}{"]" * 900}}}', '{"x":-Infinity}', "7", "{",
)  # fmt: skip
RECEIPTS = (
    '{"answers":[["s",1e999,null]]}', '{"answers":[["\\u0000",1,null]]}', '{"answers":[["s",1,{}]]}', '{"answers":7}',
)  # fmt: skip


def test_a_well_signed_message_of_no_sense_is_refused_and_recorded_and_the_one_behind_it_is_taken(three: Three) -> None:
    receipt = {"kind": MessageKind.RECEIPT, "stream": "", "number": 0}
    bad = [sealed_as_written(three, one) for one in ILL_FORMED]
    bad += [sealed_as_written(three, one, **receipt) for one in RECEIPTS]
    with three.body_home.here() as world:
        before = world.entry_count()
    done = three.body_home.take([*bad, sealed(three)])
    assert (done.taken, done.failed, done.refused) == (1, 0, ("malformed",) * len(bad))
    with three.body_home.here() as world:
        told = [one["details"]["reason"] for one in world.entries()[before:] if one["act"] == "hub:refused"]
    assert told == ["malformed"] * (len(bad) + 1)  # the last one is genuine, and then refused for what it says


def random_value(chance: random.Random, deep: int = 3) -> Any:
    """Return some value of JSON, of which a part is what messages are made of."""
    if deep and chance.random() < 0.6:
        inner = [random_value(chance, deep - 1) for _ in range(chance.randint(0, 4))]
        return inner if chance.random() < 0.4 else {chance.choice(WORDS): one for one in inner}
    return chance.choice([*LEAVES, str(uuid4()), *WORDS])


def changed_somewhere(value: Any, chance: random.Random) -> Any:
    """Return a value with something within it replaced by another value."""
    if not isinstance(value, dict | list) or not value or chance.random() < 0.1:
        return random_value(chance, 1)
    at = chance.choice(list(value) if isinstance(value, dict) else range(len(value)))
    other = value.copy()
    other[at] = changed_somewhere(value[at], chance)
    return other


LEAVES = (None, True, 0, -1, 1.5, 2**62, 2**70, 1e300, "", "\0", "\ud800", "京都")
WORDS = (
    "alert", "step", "kind", "at", "agency", "id", "words", "comparison", "items", "keys", "number", "said", "label",
    "until", "asked_by", "2017-02-14T09:00:00Z", "request", "referral", "package", "lines", "purposes", "answers",
)  # fmt: skip


def test_whatever_a_member_signs_is_taken_or_refused_with_an_entry_and_holds_up_nothing(three: Three) -> None:
    three.exchange()  # whatever other tests have left
    chance = random.Random(47)
    kinds = [one for one in MessageKind if one not in {*CLOSING, MessageKind.RECEIPT, MessageKind.KEYS}]
    bodies = [json.dumps({one: random_value(chance) for one in chance.sample(WORDS, 8)}) for _ in range(60)]
    messages = [sealed_as_written(three, one, kind=chance.choice(kinds)) for one in (*ILL_FORMED[:6], *bodies)]
    real = json.loads(json.dumps(body_of(raised(three)[1])))
    messages += [sealed_as_written(three, json.dumps(changed_somewhere(real, chance))) for _ in range(40)]
    with three.body_home.here() as world:
        before = world.entry_count()
    done = three.body_home.take([*messages, sealed(three)])
    assert done.failed == 0
    assert done.taken + len(done.refused) == len(messages) + 1
    assert status_of(three.body_home, three.japan).waiting == 0
    with three.body_home.here() as world:
        told = [one["act"] for one in world.entries()[before:]]
    assert told.count("hub:refused") == len(messages) + 1
    assert told.count("hub:received") == done.taken


def test_an_error_of_ours_at_one_message_holds_up_its_own_stream_alone(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    three.exchange()  # whatever other tests have left
    first, second = (sealed(three, stream=f"test:{letter}{uuid4()}") for letter in "ab")

    def fail(body: dict[str, Any]) -> Any:
        monkeypatch.undo()
        raise ZeroDivisionError

    monkeypatch.setattr(hub_exchange, "told_in", fail)
    done = three.body_home.take([first, second])
    assert (done.taken, done.acted_upon) == (2, 1)
    assert status_of(three.body_home, three.japan).waiting == 1
    assert three.body_home.take([sealed(three)]).acted_upon == 2


def test_an_error_of_ours_at_one_member_keeps_no_other_from_being_sent_to(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    visited: list[str] = []

    def visit(*, member: Any, **_: object) -> bool:
        visited.append(member.name)
        raise ZeroDivisionError

    def draw(*, member_id: UUID, **_: object) -> tuple[bytes, ...]:
        if member_id != three.japan.installation_id:
            raise ZeroDivisionError
        return (b"sealed",)

    members = [replace(one, address="https://somewhere.example") for one in members_of(three.body_home)]
    monkeypatch.setattr(hub_visits, "accepted_members", lambda _: members)
    monkeypatch.setattr(hub_visits, "visit_member", visit)
    monkeypatch.setattr(hub_carrying, "outgoing_messages", draw)
    with three.body_home.here() as world, pytest.raises(ZeroDivisionError):
        hub_visits.visit_named(to=None, clock=now, keys=world.rooms.keys, ledger=world.rooms.ledger)
    assert sorted(visited) == sorted([three.japan.name, three.nordic.name])
    assert set(three.body_home.out()) == {three.japan.installation_id}


def members_of(home: Home) -> tuple[hub_carrying.NamedMember, ...]:
    with home.here():
        return tuple(one for one in hub_carrying.accepted_members(None) if not one.name.startswith("elsewhere"))


def test_the_same_envelope_again_is_a_replay_and_the_same_message_sealed_anew_is_not(three: Three) -> None:
    three.exchange()  # whatever other tests have left
    three.raise_alert()
    [first] = three.nordic.out()[three.body_home.installation_id]  # type: ignore[index]
    [anew] = three.nordic.out(again=True)[three.body_home.installation_id]  # type: ignore[index]
    assert three.body_home.take([first]).acted_upon == 1
    with refused(three.body_home, "replayed"):
        assert three.body_home.take([first]).refused == ("replayed",)
    done = three.body_home.take([anew])
    assert (done.taken, done.refused, done.acted_upon) == (1, (), 0)
    three.exchange()


def raised(three: Three) -> tuple[UUID, ToldStep]:
    """Let Denmark raise an alert that reaches the body, and return what was told of the raising."""
    alert_id = three.raise_alert()
    three.exchange()
    with three.nordic.here(), acting_for(three.denmark.actor.agency_id):
        alert, [kept] = alerts.alert_of(alert_id), alerts.steps_of([alert_id])[alert_id]
    said = replace(alert, contributors=frozenset())
    return alert_id, ToldStep(alert_id, said, kept.step, kept.entered_by, "", None, None, ())


def labelled(told: ToldStep, three: Three) -> ToldStep:
    assert told.alert
    label = replace(told.alert.restrictions, until=told.alert.restrictions.until + timedelta(days=9))
    return replace(told, alert=replace(told.alert, restrictions=label))


def answered_for_us(told: ToldStep, three: Three) -> ToldStep:
    body = three.body.actor.agency_id
    return replace(told, alert=None, entered_by=body, step=AlertStep(2, AlertStepKind.ACKNOWLEDGED, body, now()))


def out_of_turn(told: ToldStep, three: Three) -> ToldStep:
    denmark = three.denmark.actor.agency_id
    return replace(told, alert=None, entered_by=denmark, step=AlertStep(2, AlertStepKind.ACKNOWLEDGED, denmark, now()))


def raised_to_another(told: ToldStep, three: Three) -> ToldStep:
    assert told.alert
    stranger = AgencyCard(uuid4(), random_name("elsewhere"), "DK", "a desk")
    alert = replace(told.alert, alert_id=uuid4(), originator_id=stranger.agency_id)
    step = replace(told.step, agency_id=stranger.agency_id)
    return ToldStep(alert.alert_id, alert, step, stranger.agency_id, "", None, None, (stranger,))


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        ("re-labelled", labelled),
        ("not-theirs", answered_for_us),
        ("contradicts", out_of_turn),
        ("no-neighbor", raised_to_another),
    ],
)
def test_what_a_member_may_not_say_is_refused_recorded_and_told_it(
    three: Three, reason: str, change: Callable[[ToldStep, Three], ToldStep]
) -> None:
    alert_id, told = raised(three)
    before = three.state(three.body_home, three.body, alert_id)
    message = sealed(
        three,
        by=keys_at(three.nordic),
        sender_id=three.nordic.installation_id,
        body=body_of(change(told, three)),
        stream=f"alert:{uuid4()}",
    )
    with refused(three.body_home, reason):
        assert three.body_home.take([message]).taken == 1
    assert three.state(three.body_home, three.body, alert_id) == before
    three.exchange()


def test_a_member_speaks_for_no_agency_of_another_member(three: Three) -> None:
    alert_id, told = raised(three)
    before = three.state(three.body_home, three.body, alert_id)
    over = AlertStep(2, AlertStepKind.WITHDRAWN, told.entered_by, now())
    assert told.alert
    another = replace(told.alert, alert_id=uuid4())
    said = (
        replace(told, alert=None, step=over, words="by mistake"),
        replace(told, alert_id=another.alert_id, alert=another),
    )
    for one in said:
        message = sealed(three, body=body_of(one), stream=f"alert:{uuid4()}")
        with refused(three.body_home, "not-theirs"):
            assert three.body_home.take([message]).taken == 1
    assert three.state(three.body_home, three.body, alert_id) == before
    three.exchange()


def status_of(home: Home, other: Home) -> Any:
    with home.here():
        return next(one for one in exchange_status() if one.member.name == other.name)


def test_a_partition_with_messages_in_any_order_and_doubled_leaves_both_sides_equal(three: Three) -> None:
    _live_through_a_partition(three, alerts_of_it=2, outcomes=1, seed=20170214)


@pytest.mark.soak
def test_ten_thousand_messages_in_any_order_and_doubled_leave_both_sides_equal(three: Three) -> None:
    _live_through_a_partition(three, alerts_of_it=70, outcomes=17, seed=47)


def _live_through_a_partition(three: Three, *, alerts_of_it: int, outcomes: int, seed: int) -> None:
    """Let Japan work on alerts and Denmark withdraw one while no line is up, and bring messages as a bad line does."""
    chance = random.Random(seed)
    found = [three.raise_alert() for _ in range(alerts_of_it)]
    three.exchange()
    for alert in found:
        three.at(three.body_home, three.body, "pass_on", alert, three.npa.agency)
    three.exchange()
    for alert in found:
        three.at(three.japan, three.npa, "pass_on", alert, three.kyoto.agency)
        three.at(three.japan, three.kyoto, "take", alert)
        for _ in range(outcomes):
            three.at(three.japan, three.kyoto, "tell", alert, SAFE)
    three.at(three.nordic, three.denmark, "withdraw", found[0])
    carried = carried_by_a_bad_line(three, chance)
    assert carried > alerts_of_it * (outcomes + 2) * 2
    for alert in found:
        whole = three.state(three.japan, three.kyoto, alert)
        assert three.state(three.body_home, three.body, alert) == whole
        if alert is not found[0]:
            assert three.state(three.nordic, three.denmark, alert) == whole
    assert three.shown(three.japan, three.kyoto, found[0]) == "withdrawn"
    for home in three.homes:
        with home.here() as world:
            assert verify(all_entries(), RootStore(world.folder / "roots"), {}).is_sound


def test_killed_after_a_step_was_kept_and_before_it_was_noted_it_goes_on_and_doubles_nothing(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = three.raise_alert()
    assert three.body_home.installation_id
    messages = three.nordic.out()[three.body_home.installation_id]

    class Killed(BaseException):
        """What no code expects."""

    def kill(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(hub_messages, "note_done", kill)
        with pytest.raises(Killed):
            three.body_home.take(messages)
    assert status_of(three.body_home, three.nordic).waiting == 1
    assert three.body_home.take(three.nordic.out(again=True)[three.body_home.installation_id]).refused == ()
    assert status_of(three.body_home, three.nordic).waiting == 0
    with three.body_home.here() as world:
        told = [one["act"] for one in world.entries() if one.get("details", {}).get("alert") == str(alert)]
    assert told == ["alert:raised", "alert:arrived"]
    three.exchange()


def test_new_keys_are_told_by_the_old_ones_which_end_after_a_month(three: Three) -> None:
    with three.japan.here() as world:
        rotate_keys(**world.parts)
    with_old = sealed(three, by=keys_at(three.japan, 1))
    three.exchange()
    three.exchange()
    assert status_of(three.body_home, three.japan).member.key_number == 2
    assert three.body_home.take([with_old]).refused == ()
    assert three.body_home.take([sealed(three, by=keys_at(three.japan, 2))]).refused == ()
    later = now() + CARRIED_LASTS + timedelta(days=1)
    dated = {"made_at": later, "until": later + CARRIED_LASTS}
    old, new = (sealed(three, by=keys_at(three.japan, number), **dated) for number in (1, 2))
    assert three.body_home.take([old, new], later).refused == ("unknown-key",)


def test_a_member_is_accepted_by_its_fingerprint_alone_and_heard_no_more_once_ended(three: Three) -> None:
    keys = OwnKeys.fresh(1)
    card = InstallationCard(uuid4(), random_name("elsewhere"), "", keys.public, ())
    receiver = keys_at(three.body_home).public
    with three.body_home.here() as world:
        member = join_member(text=written(card, keys), now=now(), ledger=world.rooms.ledger)
        assert member.state is MemberState.WAITING
        accepting = {"actor": three.body.actor, "name": card.name, **world.parts}
        with pytest.raises(InputError, match="fingerprint"):
            accept_member(fingerprint=OwnKeys.fresh(1).public.fingerprint, **accepting)
        with pytest.raises(NotFound):
            accept_member(fingerprint=member.fingerprint, **accepting | {"name": random_name("absent")})

    def message() -> bytes:
        envelope = Envelope(
            uuid4(), card.installation_id, three.body_home.installation_id or uuid4(), MessageKind.ALERT_STEP,
            f"test:{uuid4()}", 1, now(), now() + CARRIED_LASTS, {},
        )  # fmt: skip
        return seal(envelope, keys, receiver)

    assert three.body_home.take([message()]).refused == ("unknown-member",)
    with three.body_home.here() as world:
        assert accept_member(fingerprint=member.fingerprint, **accepting).state is MemberState.ACCEPTED
    assert three.body_home.take([message()]).refused == ()
    with three.body_home.here() as world:
        assert end_member(name=card.name, **world.parts).state is MemberState.ENDED
        with pytest.raises(Conflict):
            end_member(name=card.name, **world.parts)
    assert three.body_home.take([message()]).refused == ("unknown-member",)
