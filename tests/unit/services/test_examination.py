"""What is learnt of one file, whatever its decoder says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tsunagu.domain.media import MediaFacts, MediaType, Refusal
from tsunagu.fingerprints import pdq
from tsunagu.media.messages import Message
from tsunagu.media.picture import Picture, TimedPicture
from tsunagu.media.walk import Found
from tsunagu.services.examination import examine_all

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


class Says:
    """Gives the same messages for every file."""

    def __init__(self, *messages: Message) -> None:
        self._messages = messages

    def decode(self, _: int, media_type: MediaType) -> Iterator[Message]:
        yield from self._messages


LONG = Picture(np.zeros((1, pdq.LONGEST_SIDE_PX + 1), np.uint8), pdq.LONGEST_SIDE_PX + 1, 1)
GOOD = TimedPicture(0.0, 0, Picture(np.zeros((8, 8), np.uint8), 8, 8))


@pytest.mark.parametrize("odd", [LONG, TimedPicture(1.0, 1, LONG)])
def test_an_item_that_contradicts_itself_is_refused_and_the_others_come(tmp_path: Path, odd: Message) -> None:
    found = []
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(PNG)
        found.append(Found(bytes(tmp_path / name), len(PNG)))
    decoder = Says(MediaFacts(7, 5), GOOD, odd)
    examined = [items for _, items in examine_all(found, decoder=decoder, workers=2)]
    for [item] in examined:
        assert item.refused is Refusal.DAMAGED
        assert item.digests is not None
        assert item.facts == MediaFacts(7, 5)
        assert len(item.frames) == 1
        assert item.pdq is None
    assert len(examined) == 2
