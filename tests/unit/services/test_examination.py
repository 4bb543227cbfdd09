"""What is learnt of one file, whatever its decoder says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, TimedFingerprint
from tsunagu.domain.media import MediaFacts, MediaType, Refusal
from tsunagu.media.messages import Message, Refused
from tsunagu.media.walk import Found
from tsunagu.services.examination import examine_all

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
FRAME = TimedFingerprint(0.0, 0, Fingerprint(FingerprintKind.PDQ, bytes(32), 90))


class SaysAndRefuses:
    """Gives the same messages for every file, and refuses it in the middle."""

    def fingerprint(self, _: int, media_type: MediaType) -> Iterator[Message]:
        yield MediaFacts(7, 5)
        yield FRAME
        raise Refused(Refusal.DAMAGED)


def test_what_came_before_a_refusal_stands_and_the_other_files_come(tmp_path: Path) -> None:
    found = []
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(PNG)
        found.append(Found(bytes(tmp_path / name), len(PNG)))
    examined = [items for _, items in examine_all(found, decoder=SaysAndRefuses(), workers=2)]
    for [item] in examined:
        assert item.refused is Refusal.DAMAGED
        assert item.digests is not None
        assert item.facts == MediaFacts(7, 5)
        assert item.frames == (FRAME,)
        assert item.pdq is None
    assert len(examined) == 2
