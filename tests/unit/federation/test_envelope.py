"""An envelope tells its receiver what its sender signed, and everything else about it is refused with its reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pyrage
import pytest
from joserfc import jws

from tsunagu.domain.hub import SENT_LASTS, SKEW, HubRefusal, MessageKind, MessageRefused
from tsunagu.federation.envelope import MOST_BYTES, Envelope, seal, unseal
from tsunagu.federation.keys import MemberKeys, OwnKeys, is_same_fingerprint, keys_from

NOW = datetime(2017, 2, 14, 9, 0, tzinfo=UTC)
SENDER, RECEIVER = UUID(int=1), UUID(int=2)
OURS, THEIRS, THIEF = OwnKeys.fresh(1), OwnKeys.fresh(1), OwnKeys.fresh(1)


def envelope(**other: object) -> Envelope:
    made = Envelope(
        uuid4(), SENDER, RECEIVER, MessageKind.ALERT_STEP, "alert:1", 1, NOW, NOW + SENT_LASTS, {"says": "京都"}
    )
    return replace(made, **other)  # type: ignore[arg-type]


def opened(sealed: bytes, *, now: datetime = NOW, keys: MemberKeys = THEIRS.public) -> Envelope:
    return unseal(sealed, [OURS]).verified(keys, own_id=RECEIVER, now=now)


def refusal(deed: Callable[[], object]) -> HubRefusal:
    with pytest.raises(MessageRefused) as caught:
        deed()
    return caught.value.refusal


def test_what_was_signed_is_what_is_read() -> None:
    sent = envelope()
    assert opened(seal(sent, THEIRS, OURS.public)) == sent


def test_nobody_else_reads_it_and_not_even_its_writer_is_told_outside() -> None:
    sealed = seal(envelope(), THEIRS, OURS.public)
    assert refusal(lambda: unseal(sealed, [THIEF])) is HubRefusal.UNREADABLE
    assert str(SENDER).encode() not in sealed
    assert "京都".encode() not in sealed


@pytest.mark.parametrize("at", [0, 40, -1])
def test_a_changed_byte_is_refused(at: int) -> None:
    sealed = bytearray(seal(envelope(), THEIRS, OURS.public))
    sealed[at] ^= 1
    assert refusal(lambda: unseal(bytes(sealed), [OURS])) is HubRefusal.UNREADABLE


@pytest.mark.parametrize("content", [b"", b"junk", bytes(MOST_BYTES + 1)])
def test_what_is_no_message_is_refused(content: bytes) -> None:
    assert refusal(lambda: unseal(content, [OURS])) is HubRefusal.UNREADABLE


def test_what_is_sealed_without_a_signed_message_in_it_is_refused() -> None:
    sealed = pyrage.encrypt(b"a.b.c", [pyrage.x25519.Recipient.from_str(OURS.public.recipient)])
    assert refusal(lambda: unseal(sealed, [OURS])) is HubRefusal.UNREADABLE


def test_a_thief_who_signs_as_a_member_is_refused() -> None:
    sealed = seal(envelope(), THIEF, OURS.public)
    assert unseal(sealed, [OURS]).sender_id == SENDER
    assert refusal(lambda: opened(sealed)) is HubRefusal.FORGED


def test_a_message_to_somebody_else_that_was_sealed_anew_for_us_is_refused() -> None:
    sealed = seal(envelope(receiver_id=UUID(int=3)), THEIRS, OURS.public)
    assert refusal(lambda: opened(sealed)) is HubRefusal.RE_ADDRESSED


def test_a_message_under_another_name_than_its_signature_is_refused() -> None:
    said = {
        "id": str(uuid4()), "from": str(UUID(int=9)), "to": str(RECEIVER), "kind": "alert-step", "stream": "s",
        "number": 1, "made_at": NOW.isoformat(), "until": (NOW + SENT_LASTS).isoformat(), "body": {},
    }  # fmt: skip
    header = {"alg": "Ed25519", "typ": "tsunagu-message/1", "kid": f"{SENDER}:1"}
    signed = jws.serialize_compact(header, json.dumps(said).encode(), THEIRS.signing_key(), algorithms=["Ed25519"])
    sealed = pyrage.encrypt(signed.encode(), [pyrage.x25519.Recipient.from_str(OURS.public.recipient)])
    assert refusal(lambda: opened(sealed)) is HubRefusal.RE_ADDRESSED


def test_it_is_good_until_its_hour_and_not_from_the_future() -> None:
    sealed = seal(envelope(), THEIRS, OURS.public)
    end = NOW + SENT_LASTS
    assert opened(sealed, now=end - timedelta(microseconds=1))
    assert refusal(lambda: opened(sealed, now=end)) is HubRefusal.EXPIRED
    assert opened(sealed, now=NOW - SKEW)
    assert refusal(lambda: opened(sealed, now=NOW - SKEW - timedelta(seconds=1))) is HubRefusal.FROM_THE_FUTURE


@pytest.mark.parametrize(
    "other",
    [{"number": 0}, {"number": -1}, {"number": True}, {"stream": ""}, {"stream": "x" * 101}, {"stream": "a\nb"},
     {"body": []}, {"kind": MessageKind.RECEIPT}],
)  # fmt: skip
def test_an_envelope_without_its_place_is_refused(other: dict[str, object]) -> None:
    sealed = seal(envelope(**other), THEIRS, OURS.public)
    assert refusal(lambda: opened(sealed)) is HubRefusal.MALFORMED


def test_a_content_has_one_digest_however_often_it_is_sealed() -> None:
    one, other = envelope(), envelope(made_at=NOW + timedelta(days=1))
    assert one.digest == other.digest != envelope(body={"says": "大阪"}).digest


def test_keys_are_read_back_and_compared_by_a_fingerprint_however_it_is_spaced() -> None:
    keys = OURS.public
    assert keys_from(json.loads(json.dumps(keys.plain()))) == keys
    assert is_same_fingerprint(keys.fingerprint.upper().replace(" ", ""), keys.fingerprint)
    assert not is_same_fingerprint(THEIRS.public.fingerprint, keys.fingerprint)


def test_private_keys_are_not_shown() -> None:
    assert OURS.identity not in repr(OURS)
    assert OURS.secret.hex() not in repr(OURS)
    assert repr(OURS.secret) not in repr(OURS)
