"""Local lists of python-threatexchange."""

import json

import pytest

from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, TimedFingerprint
from tsunagu.domain.known import KnownItem, KnownSignal, SignalKind

from .lists import MD5, SHA256, only, read, reasons

PDQ = Fingerprint(FingerprintKind.PDQ, SHA256, 100)
HEX = SHA256.hex()


@pytest.mark.parametrize(
    ("line", "known_by"),
    [
        (f"pdq {HEX}", {"pdq": PDQ}),
        (f"video_md5 {MD5.hex()}", {"md5": MD5, "media_type": "video"}),
        ("url https://media.example/a b", {"signals": (KnownSignal(SignalKind.URL, "https://media.example/a b"),)}),
        (f"url_md5 {MD5.hex().upper()}", {"signals": (KnownSignal(SignalKind.URL_MD5, MD5.hex()),)}),
        ("raw_text some  words", {"signals": (KnownSignal(SignalKind.RAW_TEXT, "some  words"),)}),
    ],
)
def test_a_line_is_read_by_its_kind(line, known_by):
    assert only("tx", line + "\r\n") == KnownItem(1, **known_by)


def test_a_video_has_its_frames_in_the_order_of_the_list():
    item = only("tx", "vpdq " + json.dumps([f"{HEX},50,0.0", f"{HEX},100,1.5"]))
    assert item.frames == (
        TimedFingerprint(0.0, 0, Fingerprint(FingerprintKind.PDQ, SHA256, 50)),
        TimedFingerprint(1.5, 1, PDQ),
    )
    assert item.media_type == "video"


@pytest.mark.parametrize(
    "value",
    ["x", "[]", "{}", "[1]", f'["{HEX}"]', f'["{HEX},101,0"]', f'["{HEX},50,-1"]', f'["{HEX},50,nan"]', '["00,50,0"]',
     f'["{HEX},x,0"]', "[" * 100_000, json.dumps([f"{HEX},50,0"] * 50_001)],
    ids=len,
)  # fmt: skip
def test_what_is_no_video_is_refused_and_counted(value):
    rows, report = read("tx", f"vpdq {value}")
    assert (reasons(rows), report.lost) == ({1: "bad-digest"}, {"vpdq": 1})


@pytest.mark.parametrize(
    ("kind", "counted"),
    [("tlsh", "tlsh"), ("trend_query", "trend_query"), ("made_up", "other-signal"), (HEX, "other-signal")],
)
def test_other_kinds_are_refused_and_counted_and_never_named_if_they_are_unknown(kind, counted):
    rows, report = read("tx", f"{kind} value\n\npdq {HEX}\n")
    assert (reasons(rows), report.lost) == ({1: "unsupported"}, {counted: 1})
    assert rows[1] == KnownItem(3, pdq=PDQ)


@pytest.mark.parametrize(
    ("line", "reason"),
    [("pdq", "no-digest"), ("pdq  ", "no-digest"), (f"pdq {MD5.hex()}", "bad-digest"), ("url_md5 x", "bad-digest"),
     (f"video_md5 {HEX}", "bad-digest"), ("video_md5 d41d8cd98f00b204e9800998ecf8427e", "empty-file")],
)  # fmt: skip
def test_a_value_that_is_not_of_its_kind_is_refused(line, reason):
    assert reasons(read("tx", line)[0]) == {1: reason}
