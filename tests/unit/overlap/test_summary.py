"""The summary of an overlap: counts, strength, reasons."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.fingerprint import Turn
from tsunagu.domain.hit import Evidence, EvidenceKind, Stretch
from tsunagu.domain.overlap import Commonness, Strength
from tsunagu.overlap.summary import CAVEAT, WeighedEvidence, summarise

RARE, SOME, COMMON = Commonness
EXACT = Evidence(EvidenceKind.EXACT, 0)
NEAR = Evidence(EvidenceKind.NEAR, 12, Turn.UPRIGHT)


def timed(kind, *seconds):
    return Evidence(kind, 5, None, tuple(Stretch(10.0, 10.0 + s, 70.0, 70.0 + s, 5) for s in seconds))


def summary(*pairs):
    return summarise(WeighedEvidence(evidence, band) for evidence, band in pairs)


everything = st.lists(
    st.tuples(
        st.sampled_from(
            [EXACT, NEAR, timed(EvidenceKind.VIDEO, 12.0, 8.0), timed(EvidenceKind.SOUND, 30.0), timed("video", 4000.0)]
        ),
        st.sampled_from(Commonness),
    ),
    max_size=30,
)


def test_nothing_shared_is_weak_and_says_what_pdq_cannot_do():
    found = summary()
    assert (found.exact, found.near, found.video_stretches, found.sound) == (0, 0, 0, 0)
    assert found.strength is Strength.WEAK
    assert found.reasons == (CAVEAT,)


def test_each_kind_is_counted_and_video_by_stretches():
    found = summary(
        (EXACT, RARE), (EXACT, SOME), (NEAR, RARE),
        (timed(EvidenceKind.VIDEO, 12.0, 8.0), RARE), (timed(EvidenceKind.SOUND, 30.0, 9.0), RARE),
    )  # fmt: skip
    assert (found.exact, found.near, found.video_stretches, found.sound) == (2, 1, 2, 1)


@pytest.mark.parametrize(
    ("evidence", "strength"),
    [
        (EXACT, Strength.MODERATE),
        (NEAR, Strength.MODERATE),
        (timed(EvidenceKind.VIDEO, 12.0), Strength.MODERATE),
        (timed(EvidenceKind.VIDEO, 60.0), Strength.STRONG),
        (timed(EvidenceKind.SOUND, 10.0), Strength.WEAK),
        (timed(EvidenceKind.SOUND, 3600.0), Strength.MODERATE),
    ],
)
def test_one_rare_piece_of_evidence_weighs_by_its_kind_and_length(evidence, strength):
    assert summary((evidence, RARE)).strength is strength


def test_three_rare_identical_files_are_strong():
    assert summary(*[(EXACT, RARE)] * 3).strength is Strength.STRONG


def test_no_number_of_common_files_makes_an_overlap():
    found = summary(*[(EXACT, COMMON)] * 10_000)
    assert found.strength is Strength.WEAK
    assert found.exact == 0
    assert found.reasons == ("10000 shared contents turn up in many cases and weigh nearly nothing.", CAVEAT)


def test_no_number_of_less_rare_files_makes_a_strong_overlap():
    assert summary(*[(EXACT, SOME)] * 10_000).strength is Strength.MODERATE
    assert summary((EXACT, SOME)).strength is Strength.WEAK


def test_reasons_tell_rare_before_less_rare_and_the_caveat_last():
    found = summary(
        (EXACT, SOME), (EXACT, RARE), (EXACT, RARE), (timed(EvidenceKind.VIDEO, 12.0), RARE), (NEAR, COMMON)
    )
    assert found.reasons == (
        "2 files are identical and rare.",
        "12 s of video are shared.",
        "1 file is identical; not rare, so less weight.",
        "1 shared content turns up in many cases and weighs nearly nothing.",
        CAVEAT,
    )


@given(everything, everything)
def test_more_evidence_never_weakens_an_overlap(some, more):
    order = list(Strength)
    assert order.index(summary(*some, *more).strength) >= order.index(summary(*some).strength)


@given(everything)
def test_each_reason_is_one_sentence_without_digest_or_path(pairs):
    for reason in summary(*pairs).reasons:
        assert reason.endswith(".")
        assert reason.count(".") == 1
        assert not re.search(r"[0-9a-f]{8}|/|\\|\{", reason.replace("10000", ""))
