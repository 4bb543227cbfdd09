"""Chunks of files that other hosts examine: the same is learnt as here, and nothing else is believed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tsunagu.domain.errors import Unavailable
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, TimedFingerprint
from tsunagu.domain.media import MediaFacts, MediaType, Refusal
from tsunagu.media.messages import Message, Refused
from tsunagu.media.walk import Found, walk
from tsunagu.services.intake import chunks
from tsunagu.services.intake.chunks import Answer, Chunk, ClusterExaminer, chunks_of, examine_chunk, read_answer
from tsunagu.services.media.examination import LocalExaminer

PNG = b"\x89PNG\r\n\x1a\n"
FRAME = TimedFingerprint(0.0, 0, Fingerprint(FingerprintKind.PDQ, bytes(32), 90))


class Says:
    """Gives a frame for every file that is no sheer damage."""

    def fingerprint(self, fd: int, media_type: MediaType) -> Iterator[Message]:
        yield MediaFacts(7, 5)
        if os.pread(fd, 100, 0).endswith(b"damaged"):
            raise Refused(Refusal.DAMAGED)
        yield FRAME


class Done:
    """An answer that is there."""

    is_cancelled = False

    def __init__(self, say: Callable[[], bytes]) -> None:
        self._say = say

    def result(self) -> bytes:
        return self._say()

    def cancel(self) -> None:
        self.is_cancelled = True


class OneHost:
    """A host that sees other things than this machine, where it is told to."""

    most_chunks = 2

    def __init__(self, see: Callable[[Found], Found] = lambda one: one) -> None:
        self._see = see
        self.begun: list[Done] = []

    def begin(self, chunk: Chunk) -> Answer:
        seen = [self._see(one) for one in chunk]
        self.begun.append(Done(lambda: answer_of(seen)))
        return self.begun[-1]


def answer_of(chunk: Sequence[Found], release: str = "1") -> bytes:
    return examine_chunk(chunk, decoder=Says(), workers=2, release=release)


@pytest.fixture
def found(tmp_path: Path) -> list[Found]:
    for number in range(5):
        (tmp_path / f"{number}.png").write_bytes(PNG + bytes([number]))
    (tmp_path / "5.png").write_bytes(PNG + b"damaged")
    (tmp_path / "6.txt").write_text("of no type that is read")
    (tmp_path / "7").symlink_to("6.txt")
    (tmp_path / os.fsdecode(b"8-\xff.png")).write_bytes(PNG)
    return list(walk([os.fsencode(tmp_path)]))


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_FILES", 2)


def test_a_cluster_learns_of_every_file_what_this_machine_does_in_the_same_order(found: list[Found]) -> None:
    examiner = ClusterExaminer(OneHost(), Says(), "1")
    assert list(examiner.examine_all(found)) == list(LocalExaminer(Says(), 1).examine_all(found))
    assert examiner.examined_here == 0


def test_a_chunk_ends_with_the_file_that_makes_it_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 100)
    files = [Found(bytes([65 + number]), size) for number, size in enumerate([1, 1, 200, 1, 99, 1])]
    assert [len(one) for one in chunks_of(files)] == [2, 1, 2, 1]
    assert list(chunks_of([])) == []


@pytest.mark.parametrize(
    "see",
    [
        pytest.param(lambda one: Found(one.path, refused=Refusal.UNREADABLE), id="a disk that a host lacks"),
        pytest.param(lambda one: Found(one.path + b"?", one.size_bytes), id="no such file"),
        pytest.param(lambda one: Found(one.path, one.size_bytes + 1, one.mtime_ns), id="another content"),
    ],
)
def test_what_a_host_does_not_see_as_this_machine_does_is_examined_here(
    found: list[Found], see: Callable[[Found], Found]
) -> None:
    examiner = ClusterExaminer(OneHost(see), Says(), "1")
    assert list(examiner.examine_all(found)) == list(LocalExaminer(Says(), 1).examine_all(found))
    assert examiner.examined_here == len(found)


def test_no_more_chunks_are_begun_than_hosts_want_and_those_of_an_ingest_that_ends_are_given_up(
    found: list[Found],
) -> None:
    hosts = OneHost()
    examined = ClusterExaminer(hosts, Says(), "1").examine_all(found)
    assert next(examined)[0] == found[0]
    assert len(hosts.begun) == 3
    examined.close()
    assert [one.is_cancelled for one in hosts.begun] == [False, True, True]


def test_what_another_release_learnt_is_not_taken(found: list[Found]) -> None:
    with pytest.raises(Unavailable, match="another release"):
        read_answer(answer_of(found, release="2"), found, release="1")


def test_files_that_nobody_asked_for_are_not_taken(found: list[Found]) -> None:
    with pytest.raises(Unavailable, match="not asked for"):
        read_answer(answer_of(found), found[1:], release="1")


@pytest.mark.parametrize("place", [0, 40, -1])
def test_a_damaged_answer_is_not_taken(found: list[Found], place: int) -> None:
    answer = bytearray(answer_of(found))
    answer[place] ^= 1
    with pytest.raises(Unavailable, match="damaged"):
        read_answer(bytes(answer), found, release="1")
    with pytest.raises(Unavailable, match="damaged"):
        read_answer(b"", found, release="1")
