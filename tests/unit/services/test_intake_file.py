"""An intake file comes back as it was written, or is refused as a whole with the line that is wrong."""

from __future__ import annotations

import gzip
import hashlib
import io
import itertools
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.domain.intake import IntakeRefusal, IntakeRefused
from tsunagu.services.intake import file as intake_file
from tsunagu.services.intake.file import Checked, IntakeReader, is_intake_file
from tsunagu.services.intake.lines import encode_end, encode_file, encode_header, encode_item, encode_signature

from .scanned import SIGNATURE, SIGNED, UNSIGNED, Group, groups, plain, written

SMALL = gzip.decompress(written([plain(1), plain(2)], SIGNED, lambda _: SIGNATURE))


def read(data: bytes) -> tuple[Checked, list[tuple]]:
    """Check a file and read it."""
    reader = IntakeReader(io.BytesIO(data))
    checked = reader.check()
    return checked, [one for block in reader.blocks() for one in block]


def refusal(data: bytes) -> IntakeRefused:
    with pytest.raises(IntakeRefused) as caught:
        read(data)
    return caught.value


def line_of(refused: IntakeRefused) -> int:
    """The line that a refusal names."""
    assert refused.refusal is IntakeRefusal.DAMAGED
    return int(re.fullmatch(r"the intake file is damaged: line (\d+) is not as a scan writes it", str(refused))[1])


@given(groups(), st.booleans(), st.booleans())
def test_what_was_scanned_comes_back_as_it_was(made: list[Group], is_packed: bool, is_signed: bool) -> None:
    digests = []

    def sign(digest: bytes) -> bytes:
        digests.append(digest)
        return SIGNATURE

    data = written(made, SIGNED, sign) if is_signed else written(made)
    text = gzip.decompress(data)
    checked, items = read(data if is_packed else text)
    assert items == [(found, item) for found, items in made for item in items]
    before_the_end = text[: text.rindex(b'{"files":')]
    assert checked == Checked(
        len(made), len(items), hashlib.sha256(before_the_end).digest(), SIGNATURE if is_signed else None
    )
    assert digests == ([checked.digest] if is_signed else [])


def test_the_header_is_known_before_anything_else_is_read() -> None:
    assert IntakeReader(io.BytesIO(SMALL)).header == SIGNED
    assert IntakeReader(io.BytesIO(encode_header(UNSIGNED))).header == UNSIGNED


def test_the_same_scan_gives_the_same_bytes() -> None:
    assert written([plain()]) == written([plain()])


@pytest.mark.parametrize("cut_at", range(0, len(SMALL), 7))
def test_a_file_that_was_cut_is_refused(cut_at: int) -> None:
    refusal(SMALL[:cut_at])


@pytest.mark.parametrize("cut_at", range(0, len(gzip.compress(SMALL)), 5))
def test_a_packed_file_that_was_cut_is_refused(cut_at: int) -> None:
    refusal(gzip.compress(SMALL)[:cut_at])


@given(st.integers(0, len(SMALL) - 1), st.integers(1, 255))
def test_a_byte_that_was_changed_is_refused_or_leaves_another_signature(at: int, by: int) -> None:
    data = bytearray(SMALL)
    data[at] ^= by
    is_in_the_signature = at > SMALL.rindex(b":")
    try:
        checked, items = read(bytes(data))
    except IntakeRefused as error:
        refused = error
    else:
        assert is_in_the_signature
        assert checked.signature != SIGNATURE
        assert items == read(SMALL)[1]
        return
    assert line_of(refused) >= SMALL[:at].count(b"\n") + 1


def test_the_line_that_is_wrong_is_named() -> None:
    lines = SMALL.splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        spoilt = [*lines[: number - 1], line[:-2] + b" }\n", *lines[number:]]
        assert line_of(refusal(b"".join(spoilt))) == number


@pytest.mark.parametrize("given_up", [0, 1, 2, 3, 4, 5, 6])
def test_a_line_that_is_missing_is_missed(given_up: int) -> None:
    lines = SMALL.splitlines(keepends=True)
    refusal(b"".join(lines[:given_up] + lines[given_up + 1 :]))


def test_lines_in_another_order_are_refused() -> None:
    header, *lines, end, signature = SMALL.splitlines(keepends=True)
    for order in itertools.permutations(lines):
        if list(order) != lines:
            refusal(b"".join([header, *order, end, signature]))


@given(st.binary(max_size=99), st.sampled_from([b"", b"\x1f\x8b", gzip.compress(SMALL)[:20], SMALL[:9], SMALL[:300]]))
def test_any_other_bytes_are_refused_and_break_nothing(rest: bytes, beginning: bytes) -> None:
    refusal(beginning + rest)


@pytest.mark.parametrize("more", [b"\n", b"x", SMALL, b"\0"])
def test_nothing_may_follow_the_signature(more: bytes) -> None:
    assert line_of(refusal(SMALL + more)) == 8


def test_what_follows_the_packed_file_is_refused_too() -> None:
    refusal(gzip.compress(SMALL) + gzip.compress(b"x"))
    refusal(gzip.compress(SMALL) + b"x")


def composed(*lines: bytes, header: bytes = encode_header(UNSIGNED), files: int = 1, items: int = 1) -> bytes:
    """Return an unsigned file of these lines, whose end is right."""
    before = b"".join((header, *lines))
    return before + encode_end((files, items, hashlib.sha256(before).digest())) + encode_signature(None)


def test_items_lie_in_their_file_and_it_comes_last() -> None:
    found, (item,) = plain()
    file = encode_file((found, 2))
    member, stranger = (replace(item, path=path) for path in (b"/1!/a", b"/2"))
    assert read(composed(file, encode_item(member), encode_item(item), items=2))
    for items in ((item, member), (stranger, item), (member, stranger), (item, item)):
        assert line_of(refusal(composed(file, *map(encode_item, items), items=2))) in {3, 4}


@pytest.mark.parametrize(("files", "items"), [(0, 1), (1, 0), (2, 1), (1, 2)])
def test_counts_that_are_not_those_of_the_lines_are_refused(files: int, items: int) -> None:
    found, (item,) = plain()
    lines = encode_file((found, 1)), encode_item(item)
    assert read(composed(*lines))
    assert line_of(refusal(composed(*lines, files=files, items=items))) == 4


def test_one_place_is_told_of_once_and_one_content_in_one_way() -> None:
    found, (item,) = plain()
    lines = encode_file((found, 1)), encode_item(item)
    refusal(composed(*lines, *lines, files=2, items=2))
    other, (its,) = plain(2)
    contradicting = replace(its, digests=replace(its.digests, sha256=item.digests.sha256))
    refusal(composed(*lines, encode_file((other, 1)), encode_item(contradicting), files=2, items=2))
    agreeing = replace(its, digests=item.digests)
    assert read(composed(*lines, encode_file((other, 1)), encode_item(agreeing), files=2, items=2))


def test_a_signature_is_there_when_the_header_names_a_key_and_only_then() -> None:
    signed, unsigned = (gzip.decompress(written([plain()], *how)) for how in ((SIGNED, lambda _: SIGNATURE), ()))
    swapped = signed.replace(encode_signature(SIGNATURE), encode_signature(None))
    assert line_of(refusal(swapped)) == 5
    swapped = unsigned.replace(encode_signature(None), encode_signature(SIGNATURE))
    assert line_of(refusal(swapped)) == 5


@pytest.mark.parametrize(
    ("bound", "most"),
    [("MOST_LINE_BYTES", 200), ("MOST_BYTES", 300), ("MOST_ITEMS", 1)],
)
def test_a_file_beyond_a_bound_is_refused(bound: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_file, bound, most)
    refusal(SMALL)


def test_a_file_that_unpacks_to_far_more_than_it_is_is_refused_before_it_is_unpacked() -> None:
    bomb = gzip.compress(encode_header(UNSIGNED) + b"\0" * (64 << 20))
    assert line_of(refusal(bomb)) == 2


def test_a_file_that_shrank_by_more_than_fingerprints_do_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = written([plain(number) for number in range(1, 1000)])
    assert read(packed)
    monkeypatch.setattr(intake_file, "FREE_BYTES", 1 << 13)
    assert read(packed)
    monkeypatch.setattr(intake_file, "MOST_RATIO", 2)
    refusal(packed)


def test_a_long_scan_is_read_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_file, "BLOCK_ITEMS", 3)
    made = [plain(number) for number in range(1, 9)]
    reader = IntakeReader(io.BytesIO(written(made)))
    reader.check()
    assert [len(block) for block in reader.blocks()] == [3, 3, 2]
    monkeypatch.setattr(intake_file, "BLOCK_BYTES", 1)
    reader.check()
    assert [len(block) for block in reader.blocks()] == [1] * 8


@pytest.mark.parametrize("number", range(1, 9))
def test_a_file_that_changes_after_it_was_checked_gives_no_block_that_was_not(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_file, "BLOCK_ITEMS", 1)
    made = [plain(one) for one in range(1, 9)]
    file = io.BytesIO(gzip.decompress(written(made)))
    reader = IntakeReader(file)
    reader.check()
    changed = [(found, (replace(items[0], size_bytes=9),)) if found.path == b"/%d" % number else (found, items)
               for found, items in made]  # fmt: skip
    for other in (changed, made[: number - 1]):
        file.seek(0)
        file.truncate()
        file.write(gzip.decompress(written(other)))
        got = []
        with pytest.raises(IntakeRefused):
            got.extend(block for block in reader.blocks())
        assert got == [[(found, items[0])] for found, items in made[: number - 1]]


def test_an_item_too_long_for_a_file_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_file, "MOST_LINE_BYTES", 200)
    with pytest.raises(InputError):
        written([plain()])


def test_a_file_is_told_by_its_content(tmp_path: Path) -> None:
    def is_one(content: bytes) -> bool:
        path = tmp_path / "picture.jpg"
        path.write_bytes(content)
        return is_intake_file(os.fsencode(path))

    assert is_one(SMALL)
    assert is_one(gzip.compress(SMALL))
    assert is_one(SMALL[:60])
    for other in (
        b"",
        b"{",
        gzip.compress(b"other"),
        gzip.compress(SMALL)[:9],
        b"\x1f\x8b",
        b"\x1f\x8bxxxxxxxxxxxxxxx",
    ):
        assert not is_one(other)


def test_what_is_no_regular_file_is_no_intake_file_and_nothing_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "file").write_bytes(SMALL)
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert [is_intake_file(os.fsencode(tmp_path / name)) for name in ("file", "link", "fifo", ".", "none")] == [
        True, False, False, False, False,
    ]  # fmt: skip


class Failing(io.BytesIO):
    """A file on a medium that breaks."""

    def readline(self, size: int | None = -1) -> bytes:
        raise OSError


def test_a_medium_that_breaks_is_told_apart_from_a_damaged_file() -> None:
    with pytest.raises(IntakeRefused) as caught:
        IntakeReader(Failing(SMALL))
    assert caught.value.refusal is IntakeRefusal.UNREADABLE
