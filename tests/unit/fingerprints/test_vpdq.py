import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, TimedFingerprint
from tsunagu.fingerprints import vpdq

HASH = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
LINE = f"30,100,{HASH},1.001"

frames = st.builds(
    TimedFingerprint,
    at_s=st.integers(0, 10**9).map(lambda ms: ms / 1000),
    frame=st.integers(0, 10**9),
    fingerprint=st.builds(
        Fingerprint,
        kind=st.just(FingerprintKind.PDQ),
        data=st.binary(min_size=32, max_size=32),
        quality=st.integers(0, 100),
    ),
)


def test_a_line_is_frame_quality_hash_and_seconds() -> None:
    one = TimedFingerprint(1.001, 30, Fingerprint(FingerprintKind.PDQ, bytes.fromhex(HASH), 100))
    assert vpdq.to_text([one]) == LINE + "\n"
    assert vpdq.from_text(LINE) == (one,)


@given(given=st.lists(frames, max_size=10))
def test_what_is_written_is_read_back_to_the_millisecond(given: list[TimedFingerprint]) -> None:
    assert vpdq.from_text(vpdq.to_text(given)) == tuple(given)


def test_a_video_without_frames_is_empty_text() -> None:
    assert vpdq.to_text([]) == ""
    assert vpdq.from_text("") == ()


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        " " + LINE,
        LINE + ",",
        LINE.replace("100", "101"),
        LINE.replace("f8f8", "F8F8"),
        LINE.replace("f8f8", "g8f8"),
        LINE.replace("f8f8", "f8"),
        LINE.replace("30,", "-1,"),
        LINE.replace("30,", "1e1,"),
        LINE.replace("1.001", "nan"),
        LINE.replace("1.001", "-1"),
        LINE.replace("1.001", "\u0661"),
        f"30,{HASH},100,1.0",
        LINE + "\r",
        LINE + "\x0c" + LINE,
    ],
)
def test_a_line_of_another_form_is_refused_by_its_number_and_without_its_content(wrong: str) -> None:
    with pytest.raises(InputError, match=r"^line 3 is no vPDQ frame$") as refused:
        vpdq.from_text(f"{LINE}\n{LINE}\n{wrong}\n{LINE}")
    assert refused.value.details == {"line": 3}
