"""Contents on their way to be compared: without a place, and never more in a message than one can hold."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from tsunagu.domain.digest import Digests
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, SoundFingerprint, SoundKind, TimedFingerprint
from tsunagu.domain.hub import MessageRefused
from tsunagu.domain.media import Examined, MediaFacts
from tsunagu.federation.comparison_messages import MOST_LINES_BYTES, AskedItems, items_body
from tsunagu.federation.envelope import MOST_BYTES
from tsunagu.services.comparisons.items import bared, lines_of, understood
from tsunagu.services.intake.lines import MOST_FRAMES, MOST_WORDS, encode_item

PDQ = Fingerprint(FingerprintKind.PDQ, bytes(32), 100)


def content(name: bytes) -> Examined:
    digests = Digests(*(hashlib.new(kind, name).digest() for kind in ("md5", "sha1", "sha256")))
    return Examined(b"/seized/somebody/" + name, 8, digests=digests)


def frames(count: int) -> tuple[TimedFingerprint, ...]:
    return tuple(TimedFingerprint(float(at), at, PDQ) for at in range(count))


def test_contents_are_read_back_in_their_order_without_their_paths() -> None:
    asked = [replace(content(b"%d" % number), pdq=PDQ, pdq_turns=(PDQ,) * 8) for number in range(5000)]
    messages = list(lines_of(asked))
    assert len(messages) > 1
    assert all(sum(map(len, lines)) <= MOST_LINES_BYTES for lines in messages)
    found = [one for lines in messages for one in understood(lines)]
    assert [one.digests for one in found] == [one.digests for one in asked]
    assert {one.path for one in found} == {b"asked %d" % number for number in range(1, 5001)}


@pytest.mark.parametrize(
    "more",
    [
        {"path": b"asked " + b"9" * 5000},
        {"path": b"asked 01"},
        {"path": b"1"},
        {"facts": MediaFacts(codecs=("h264", "free-text-name"))},
        {"facts": MediaFacts(tags={"title": "a name"})},
    ],
)
def test_what_tells_more_than_a_bare_content_is_malformed(more: dict[str, Any]) -> None:
    with pytest.raises(MessageRefused, match="malformed"):
        understood([encode_item(replace(bared(1, content(b"one")), **more))])


def test_a_video_or_a_recording_that_no_message_holds_is_asked_about_without_what_is_too_much() -> None:
    sound = SoundFingerprint(SoundKind.CHROMAPRINT, (7,) * MOST_WORDS)
    hour = replace(content(b"an hour"), frames=frames(3600))
    day = replace(content(b"too long"), frames=frames(MOST_FRAMES))
    both = replace(content(b"too long and loud"), frames=frames(MOST_FRAMES), sound=sound)
    found = [one for lines in lines_of([hour, day, both]) for one in understood(lines)]
    assert [(len(one.frames), one.sound) for one in found] == [(3600, None), (0, None), (0, None)]


def test_a_full_message_goes_into_an_envelope() -> None:
    asked = [replace(content(b"%d" % number), frames=frames(100)) for number in range(400)]
    lines = next(lines_of(asked))
    assert sum(map(len, lines)) > MOST_LINES_BYTES * 0.9
    body = json.dumps(items_body(AskedItems(uuid4(), UUID(int=1), lines)))
    assert len(body) * 4 / 3 < MOST_BYTES * 0.95
