"""The names under which files may be uploaded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.domain.intake_run import MOST_NAME_BYTES, OfferedFile, place_of

BAD = [
    "",
    "/",
    "/a",
    "a/",
    "a//b",
    ".",
    "..",
    "a/../b",
    "./a",
    "a\0b",
    "\ud800",
    "x" * (MOST_NAME_BYTES + 1),
    "é" * 2049,
]
GOOD = ["a", "a/b/c", "...", "写真/«1».jpg", " ", "a\nb", "C:\\x", "-rf", "x" * MOST_NAME_BYTES, "é" * 2048]


@pytest.mark.parametrize("name", BAD, ids=lambda one: ascii(one[:9]))
def test_a_name_that_is_no_relative_path_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        OfferedFile(name, 1)


@pytest.mark.parametrize("name", GOOD, ids=lambda one: ascii(one[:9]))
def test_any_other_name_is_taken_as_it_is(name: str) -> None:
    assert OfferedFile(name, 0).name == name


def test_no_file_is_shorter_than_nothing() -> None:
    with pytest.raises(InputError):
        OfferedFile("a", -1)


@given(st.lists(st.sampled_from(["!", "/", "!/", "a"]), min_size=1, max_size=8).map("".join))
def test_two_names_never_share_a_place_and_none_is_that_of_a_member(name: str) -> None:
    place = place_of(name)
    assert place.removeprefix(b"upload:").replace(b"!//", b"!/").decode() == name
    for at in range(len(place)):
        if place[at : at + 2] == b"!/":
            assert place[at + 2 : at + 3] == b"/"
