"""A case in CASE 1.4: what is written is read back as it was, and nothing that is damaged is read at all."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.digest import Digests
from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import (
    Fingerprint,
    FingerprintKind,
    SoundFingerprint,
    SoundKind,
    TimedFingerprint,
)
from tsunagu.domain.media import Examined, MediaFacts, MediaType, Refusal
from tsunagu.domain.package import OfferedCase, PackagedCase, PackagedExhibit, PackagedFile
from tsunagu.domain.purpose import Purpose
from tsunagu.exchange.case_reading import read_case, read_files
from tsunagu.exchange.case_writing import write_case

AT = datetime(2026, 11, 26, 10, 0, 0, 5, tzinfo=UTC)
CASE = PackagedCase(
    UUID(int=7),
    "事件-17",
    Purpose.INVESTIGATION,
    True,
    AT,
    None,
    date(2030, 1, 2),
    "Police",
    "JP",
    0,
    AT,
    "anna",
    "1.0",
)
EXHIBITS = (PackagedExhibit(UUID(int=1), "E1", AT, "anna"), PackagedExhibit(UUID(int=2), "電話", AT, "ben"))

prints = st.builds(Fingerprint, st.just(FingerprintKind.PDQ), st.binary(min_size=32, max_size=32), st.integers(0, 100))
seconds = st.floats(0, 1e6, allow_nan=False)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
digests = st.builds(
    Digests,
    st.binary(min_size=16, max_size=16),
    st.binary(min_size=20, max_size=20),
    st.binary(min_size=32, max_size=32),
)
facts = st.builds(
    MediaFacts,
    st.none() | st.integers(0, 2**31 - 1),
    st.none() | st.integers(0, 2**31 - 1),
    st.none() | seconds,
    st.lists(texts, max_size=2).map(tuple),
    st.dictionaries(texts, texts, max_size=3),
)
quality = st.integers(0, 100)


@st.composite
def pictures(draw: st.DrawFn) -> tuple[Fingerprint, tuple[Fingerprint, ...]]:
    all_of_one = draw(quality)
    nine = draw(st.lists(st.binary(min_size=32, max_size=32), min_size=9, max_size=9))
    upright, *turns = (Fingerprint(FingerprintKind.PDQ, one, all_of_one) for one in nine)
    return upright, tuple(turns)


@st.composite
def files(draw: st.DrawFn, number: int) -> PackagedFile:
    upright, turns = draw(st.just((None, ())) | pictures())
    examined = Examined(
        draw(st.binary(min_size=1, max_size=40)),
        draw(st.integers(0, 2**62)),
        draw(st.none() | st.sampled_from(MediaType)),
        draw(st.none() | digests),
        draw(facts),
        upright,
        turns,
        tuple(draw(st.lists(st.builds(TimedFingerprint, seconds, st.integers(0, 10**6), prints), max_size=3))),
        draw(
            st.none()
            | st.builds(
                SoundFingerprint,
                st.just(SoundKind.CHROMAPRINT),
                st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=5).map(tuple),
            )
        ),
        draw(st.none() | st.sampled_from(Refusal)),
    )
    return PackagedFile(draw(st.sampled_from(["E1", "電話"])), number, draw(st.integers(-(2**62), 2**62)), examined)


def written(held: list[PackagedFile], case: PackagedCase = CASE) -> bytes:
    out = io.BytesIO()
    assert write_case(case, out, exhibits=EXHIBITS, files=held, findings=(), custody=()) == len(held)
    return out.getvalue()


@given(data=st.data())
def test_whatever_is_held_is_read_back_as_it_was(data: st.DataObject) -> None:
    held = [data.draw(files(number)) for number in range(1, data.draw(st.integers(0, 3)) + 1)]
    document = written(held)
    assert list(read_files(io.BytesIO(document))) == held
    offered = OfferedCase(CASE.reference, CASE.purpose, True, CASE.keep_limit, CASE.agency, ("E1", "電話"), len(held))
    assert read_case(io.BytesIO(document)) == offered


def test_the_same_case_is_the_same_document() -> None:
    held = [PackagedFile("E1", 1, 0, Examined(b"/a", 1))]
    assert written(held) == written(held)
    assert written(held) != written(held, replace(CASE, covert=False))


def graph_of(document: bytes) -> dict[str, Any]:
    return dict(json.loads(document))


WHOLE = written(
    [
        PackagedFile(
            "E1",
            1,
            0,
            Examined(
                b"/a",
                1,
                MediaType.JPEG,
                Digests(bytes(16), bytes(20), bytes(32)),
                MediaFacts(1, 1, 1.5, ("c",), {"a": "b"}),
                Fingerprint(FingerprintKind.PDQ, bytes(32), 1),
                (Fingerprint(FingerprintKind.PDQ, bytes(32), 1),) * 8,
                (TimedFingerprint(0.5, 1, Fingerprint(FingerprintKind.PDQ, bytes(32), 1)),),
                SoundFingerprint(SoundKind.CHROMAPRINT, (1, 2)),
            ),
        )
    ]
)


def all_places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in pairs for place in [(*path, key), *all_places(inner, (*path, key))]]


@given(data=st.data())
def test_a_document_with_any_value_exchanged_is_read_or_refused_and_never_fails_otherwise(data: st.DataObject) -> None:
    document = graph_of(WHOLE)
    *way, last = data.draw(st.sampled_from(all_places(document["@graph"])))
    at = document["@graph"]
    for step in way:
        at = at[step]
    at[last] = data.draw(
        st.sampled_from([None, 1, "", "x", "\ud800", [], {}, {"@value": "-1"}, {"@value": "9" * 30}, True])
    )
    text = json.dumps(document).encode()
    try:
        read_case(io.BytesIO(text))
        list(read_files(io.BytesIO(text)))
    except InputError:
        pass


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b'{"@graph":[]}', b'{"@graph":[{"@type":"x"}]}', WHOLE[:-20], b"\xff"]
)
def test_what_is_no_whole_case_is_refused(text: bytes) -> None:
    with pytest.raises(InputError):
        read_case(io.BytesIO(text))


def changed(old: bytes, new: bytes) -> bytes:
    assert old in WHOLE
    return WHOLE.replace(old, new)


@pytest.mark.parametrize(
    "text",
    [
        changed(b"tsunagu-case/1", b"tsunagu-case/2"),
        changed(b'"tsunagu:exhibit":"E1"', b'"tsunagu:exhibit":"E3"'),
        changed(b'"exhibitNumber":"E1"'.replace(b'"ex', b'"case-investigation:ex'),
                b'"case-investigation:exhibitNumber":"\\u96fb\\u8a71"'),
        changed(b'"tsunagu:durationS":"1.5"', b'"tsunagu:durationS":"nan"'),
        changed(b"image/jpeg", b"image/other"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_or_is_of_another_release_is_refused(text: bytes) -> None:
    with pytest.raises(InputError):
        read_case(io.BytesIO(text))
