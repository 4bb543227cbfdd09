"""Fingerprints are taken where a picture is decoded."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tsunagu.domain.fingerprint import TimedFingerprint
from tsunagu.domain.media import MediaFacts, MediaType, Refusal
from tsunagu.fingerprints import pdq, taking
from tsunagu.media.decoding import decode
from tsunagu.media.messages import DecodeOptions, Message, PictureFingerprints, Refused
from tsunagu.media.picture import Picture, TimedPicture

LONG = Picture(np.zeros((1, pdq.LONGEST_SIDE_PX + 1), np.uint8), pdq.LONGEST_SIDE_PX + 1, 1)
GOOD = TimedPicture(0.5, 7, Picture(np.arange(64, dtype=np.uint8).reshape(8, 8), 8, 8))


def _picture() -> BytesIO:
    file = BytesIO()
    Image.radial_gradient("L").resize((640, 480)).save(file, "JPEG")
    file.seek(0)
    return file


def test_in_place_of_a_picture_come_its_eight_turns_and_its_facts_stay() -> None:
    facts, picture = decode(_picture(), MediaType.JPEG, DecodeOptions())
    assert isinstance(picture, Picture)
    taken = list(taking.fingerprint(_picture(), MediaType.JPEG, DecodeOptions()))
    assert taken == [facts, PictureFingerprints(pdq.turned(picture))]


@pytest.mark.parametrize("odd", [LONG, TimedPicture(1.0, 1, LONG)])
def test_a_picture_that_contradicts_itself_is_refused_and_what_came_before_stands(
    monkeypatch: pytest.MonkeyPatch, odd: Message
) -> None:
    def says(*_: object) -> Iterator[Message]:
        yield MediaFacts(7, 5)
        yield GOOD
        yield odd

    monkeypatch.setattr(taking, "decode", says)
    taken: list[Message] = []
    with pytest.raises(Refused) as caught:  # noqa: PT012 - which message it is does not matter
        for message in taking.fingerprint(BytesIO(), MediaType.MP4, DecodeOptions()):
            taken.append(message)  # noqa: PERF402 - likewise
    assert caught.value.refusal is Refusal.DAMAGED
    assert taken == [MediaFacts(7, 5), TimedFingerprint(0.5, 7, pdq.fingerprint(GOOD.picture))]
