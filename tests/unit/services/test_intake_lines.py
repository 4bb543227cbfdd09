"""A line says all that was learnt, in the one way there is to say it; nothing else is a line."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.digest import Digests
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, TimedFingerprint
from tsunagu.domain.intake import IntakeHeader
from tsunagu.domain.media import Examined, MediaFacts, MediaType
from tsunagu.media.walk import Found
from tsunagu.services.intake import lines as intake_lines
from tsunagu.services.intake.lines import (
    NotALine,
    decode_end,
    decode_file,
    decode_header,
    decode_item,
    decode_signature,
    encode_end,
    encode_file,
    encode_header,
    encode_item,
    encode_signature,
)

from .scanned import NOW, SIGNED, UNSIGNED, examined, paths

FINGERPRINT = Fingerprint(FingerprintKind.PDQ, bytes(range(32)), 90)
PICTURE = Examined(
    b"/a.jpg",
    5,
    MediaType.JPEG,
    Digests(bytes(16), bytes(20), bytes(32)),
    MediaFacts(8, 6, tags={"lens": "1"}),
    FINGERPRINT,
    (FINGERPRINT,) * 8,
)
VIDEO = replace(
    PICTURE,
    media_type=MediaType.MP4,
    facts=MediaFacts(8, 6, 2.5, ("h264",)),
    pdq=None,
    pdq_turns=(),
    frames=(TimedFingerprint(0.5, 7, FINGERPRINT),),
)


@given(examined())
def test_what_was_learnt_of_a_file_comes_back_as_it_was(item: Examined) -> None:
    line = encode_item(item)
    assert decode_item(line) == item
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")


@given(paths, st.integers(0, 2**63 - 1), st.integers(-(2**63) + 1, 2**63 - 1), st.integers(1, 2**40))
def test_where_a_file_lies_comes_back_as_it_was(path: bytes, size: int, mtime: int, items: int) -> None:
    assert decode_file(encode_file((Found(path, size, mtime), items))) == (Found(path, size, mtime), items)


@pytest.mark.parametrize("header", [SIGNED, UNSIGNED])
def test_the_header_comes_back_as_it_was(header: IntakeHeader) -> None:
    assert decode_header(encode_header(header)) == header


@given(st.integers(0, 2**40), st.integers(0, 2**40), st.binary(min_size=32, max_size=32))
def test_the_end_comes_back_as_it_was(files: int, items: int, digest: bytes) -> None:
    assert decode_end(encode_end((files, items, digest))) == (files, items, digest)


@pytest.mark.parametrize("signature", [None, bytes(range(64))])
def test_the_signature_comes_back_as_it_was(signature: bytes | None) -> None:
    assert decode_signature(encode_signature(signature)) == signature


def changed(line: bytes, **fields: Any) -> bytes:
    """Return a line with other values in it, written as a scan would."""
    return json.dumps(json.loads(line) | fields, separators=(",", ":")).encode() + b"\n"


BIG = 10**30
IN_AN_ITEM = {
    "path": ["", 5, None, "x" * 40_000, "\ud800", "\udcc3\udca9", ["a"]],
    "size_bytes": [-1, 2**63, 1.0, True, "5", None, BIG],
    "media_type": ["image/JPEG", "text/html", 5, ["image/jpeg"]],
    "digests": [[], ["00"], ["00" * 16, "00" * 20, "00" * 31], ["AB" * 16, "00" * 20, "00" * 32], "x", 0, None],
    "width": [0, -1, 2**31, 1.5, True, "8"],
    "height": [0, 2**31],
    "duration_s": [-1.0, 5, "5", True, float("inf"), float("nan")],
    "codecs": ["abc", [5], ["x" * 200], ["a"] * 20, ["a\n"], [["a"]], {}],
    "tags": [{"a": 5}, {"a": "\x1b[2J"}, {"a": "x" * 5000}, {str(n): "" for n in range(99)}, [], None, "a"],
    "refused": ["unknown", "", 5],
    "pdq-1": [[[90, "00" * 32]], [[101, "00" * 32]] * 8, [[90, "00" * 31]] * 8, [[90.0, "00" * 32]] * 8, [[90]] * 8,
              [[True, "00" * 32]] * 8, {}, None, [["90", "00" * 32]] * 8],
    "pdq-1/frame": [[[-1.0, 0, 90, "00" * 32]], [[1, 0, 90, "00" * 32]], [[43202.0, 0, 90, "00" * 32]],
                    [[1.0, 2**31, 90, "00" * 32]],
                    [[1.0, -1, 90, "00" * 32]], [[1.0, 1.0, 90, "00" * 32]], [[1.0, 0, 90, "zz" * 32]], {}, None],
    "chromaprint-2": ["0", "00", "zz" * 4, [1], 5, "00 00 00 00"],
    "another": [1, None],
}  # fmt: skip


@pytest.mark.parametrize(("name", "values"), IN_AN_ITEM.items(), ids=IN_AN_ITEM)
def test_a_value_out_of_its_bounds_makes_no_item(name: str, values: list[object]) -> None:
    line = encode_item(PICTURE)
    assert decode_item(line)
    for value in values:
        with pytest.raises(NotALine):
            decode_item(changed(line, **{name: value}))


def test_a_content_that_was_not_read_has_no_fingerprint_and_a_reason() -> None:
    for line in (encode_item(PICTURE), encode_item(VIDEO)):
        with pytest.raises(NotALine):
            decode_item(changed(line, digests=None, refused="unreadable"))
    with pytest.raises(NotALine):
        decode_item(encode_item(Examined(b"/a", 0)))


def test_more_frames_and_words_than_are_ever_decoded_make_no_item(monkeypatch: pytest.MonkeyPatch) -> None:
    line = changed(encode_item(VIDEO), **{"chromaprint-2": "00000000" * 2})
    assert decode_item(line)
    for bound, most in (("MOST_FRAMES", 0), ("MOST_WORDS", 1)):
        with monkeypatch.context() as patch:
            patch.setattr(intake_lines, bound, most)
            with pytest.raises(NotALine):
                decode_item(line)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=9) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(st.sampled_from(sorted(json.loads(encode_item(VIDEO)))), _json)
def test_any_value_in_the_place_of_any_other_makes_an_item_or_none_and_nothing_else(name: str, value: object) -> None:
    line = changed(encode_item(VIDEO), **{name: value})
    try:
        item = decode_item(line)
    except NotALine:
        return
    assert encode_item(item) == line


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: line.replace(b":", b": ", 1),
        lambda line: line.replace(b'"size_bytes":5', b'"size_bytes":4,"size_bytes":5'),
        lambda line: line.replace(b'"size_bytes":5', b'"size_bytes":5e0'),
        lambda line: line.replace(b"a.jpg", b"\\u0061.jpg"),
        lambda line: line[:-1],
        lambda line: line[:-1] + b"\r\n",
        lambda line: b" " + line,
        lambda line: b"\xef\xbb\xbf" + line,
        lambda line: line.replace(b"a.jpg", "ä.jpg".encode()),
        lambda line: line[: len(line) // 2],
        lambda _: b"",
        lambda _: b"\n",
        lambda _: b"null\n",
        lambda _: b"[]\n",
        lambda _: b"[" * 200_000,
        lambda _: b'{"path":' * 200_000,
        lambda _: b"9" * 10_000 + b"\n",
        lambda _: b"\xff\xfe\n",
    ],
)  # fmt: skip
def test_there_is_one_way_to_say_a_thing(spoil: Any) -> None:
    with pytest.raises(NotALine):
        decode_item(spoil(encode_item(PICTURE)))


@pytest.mark.parametrize(
    "fields",
    [
        {"tsunagu_intake": 2}, {"tsunagu_intake": True}, {"made_at": "yesterday"}, {"made_at": "2026-03-01T12:00:00"},
        {"made_at": "2026-03-01T12:00:00.000000+01:00"}, {"made_at": 5}, {"scanner": ""}, {"scanner": "é"},
        {"scanner": "x" * 65}, {"scanner": "a\n"}, {"scanner": 5}, {"exhibit": None}, {"key": None}, {"key": ""},
        {"exhibit": "x"}, {"exhibit": 5}, {"key": str(SIGNED.key_id).upper() + "0"}, {"another": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_value_out_of_its_bounds_makes_no_header(fields: dict[str, Any]) -> None:
    with pytest.raises(NotALine):
        decode_header(changed(encode_header(SIGNED), **fields))


@pytest.mark.parametrize(
    "fields",
    [{"file": ""}, {"size_bytes": -1}, {"mtime_ns": 2**63}, {"mtime_ns": 1.0}, {"items": 0}, {"a": 1}],
    ids=str,
)
def test_a_value_out_of_its_bounds_makes_no_file(fields: dict[str, Any]) -> None:
    with pytest.raises(NotALine):
        decode_file(changed(encode_file((Found(b"/a", 1, 1), 1)), **fields))


def test_an_end_and_a_signature_are_held_to_their_form_too() -> None:
    for fields in ({"files": -1}, {"items": "1"}, {"sha256": "0"}, {"sha256": 5}):
        with pytest.raises(NotALine):
            decode_end(changed(encode_end((1, 1, bytes(32))), **fields))
    for signature in ("00", "00" * 63, "signed", None, 5):
        with pytest.raises(NotALine):
            decode_signature(changed(encode_signature(bytes(64)), signature=signature))


def test_the_form_of_the_lines_never_changes() -> None:
    assert encode_header(SIGNED) == (
        b'{"tsunagu_intake":1,"made_at":"2026-03-01T12:00:00.000000Z","scanner":"1.0",'
        b'"exhibit":"00000000-0000-0000-0000-000000000001","key":"00000000-0000-0000-0000-000000000002"}\n'
    )
    assert UNSIGNED.made_at == NOW
    assert encode_file((Found(b"/\xff.mp4", 5, 6), 1)) == (
        b'{"file":"/\\udcff.mp4","size_bytes":5,"mtime_ns":6,"items":1}\n'
    )
    data = FINGERPRINT.data.hex().encode()
    assert encode_item(VIDEO) == (
        b'{"path":"/a.jpg","size_bytes":5,"media_type":"video/mp4","digests":["' + b"00" * 16 + b'","' + b"00" * 20
        + b'","' + b"00" * 32 + b'"],"width":8,"height":6,"duration_s":2.5,"codecs":["h264"],"tags":{},"refused":null,'
        b'"pdq-1":[],"pdq-1/frame":[[0.5,7,90,"' + data + b'"]],"chromaprint-2":null}\n'
    )  # fmt: skip
    assert encode_end((1, 2, bytes(32))) == b'{"files":1,"items":2,"sha256":"' + b"00" * 32 + b'"}\n'
    assert encode_signature(None) == b'{"signature":"unsigned"}\n'
