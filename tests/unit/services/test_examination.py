"""What is learnt of one file, whatever its decoder says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event

from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, TimedFingerprint
from tsunagu.domain.media import MediaFacts, MediaType, Refusal
from tsunagu.media.messages import Message, Refused
from tsunagu.media.walk import Found
from tsunagu.services.media.examination import examine_all

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
FRAME = TimedFingerprint(0.0, 0, Fingerprint(FingerprintKind.PDQ, bytes(32), 90))


class SaysAndRefuses:
    """Gives the same messages for every file, and refuses it in the middle."""

    def fingerprint(self, _: int, media_type: MediaType) -> Iterator[Message]:
        yield MediaFacts(7, 5)
        yield FRAME
        raise Refused(Refusal.DAMAGED)


class WaitsForTheFirst:
    """Is done with the first file at once, and with the others when that has been handed on."""

    def __init__(self, first: Path) -> None:
        self.was_handed_on = Event()
        self._first = first.stat().st_ino

    def fingerprint(self, fd: int, media_type: MediaType) -> Iterator[Message]:
        assert os.fstat(fd).st_ino == self._first or self.was_handed_on.wait(30)
        yield MediaFacts(7, 5)


def put(folder: Path, names: str) -> list[Found]:
    """Put a file of each name into a folder."""
    for name in names:
        (folder / name).write_bytes(PNG)
    return [Found(bytes(folder / name), len(PNG)) for name in names]


def test_a_file_is_handed_on_while_later_ones_are_still_examined(tmp_path: Path) -> None:
    found, examined = put(tmp_path, "abc"), []
    decoder = WaitsForTheFirst(tmp_path / "a")
    for file, _ in examine_all(found, decoder=decoder, workers=3):
        examined.append(file)
        if len(examined) == 1:
            decoder.was_handed_on.set()
    assert examined == found


def test_what_came_before_a_refusal_stands_and_the_other_files_come(tmp_path: Path) -> None:
    found = put(tmp_path, "ab")
    examined = [items for _, items in examine_all(found, decoder=SaysAndRefuses(), workers=2)]
    for [item] in examined:
        assert item.refused is Refusal.DAMAGED
        assert item.digests is not None
        assert item.facts == MediaFacts(7, 5)
        assert item.frames == (FRAME,)
        assert item.pdq is None
    assert len(examined) == 2
