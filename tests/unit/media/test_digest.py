"""Digests are those of the standard tools, from one reading."""

import hashlib
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.digest import Digests
from tsunagu.media.digest import digest


@given(st.binary(max_size=5000), st.integers(1, 400))
@settings(deadline=None, max_examples=30)
def test_digests_and_length_are_those_of_the_whole_content(part, times):
    content = part * times
    fd = os.memfd_create("content")
    try:
        os.write(fd, content)
        position = os.lseek(fd, 0, os.SEEK_CUR)
        digests, length = digest(fd)
        assert length == len(content)
        assert digests == Digests(
            hashlib.md5(content, usedforsecurity=False).digest(),
            hashlib.sha1(content, usedforsecurity=False).digest(),
            hashlib.sha256(content).digest(),
        )
        assert os.lseek(fd, 0, os.SEEK_CUR) == position
    finally:
        os.close(fd)


def test_the_empty_content_has_the_well_known_digests():
    fd = os.memfd_create("empty")
    try:
        digests, length = digest(fd)
    finally:
        os.close(fd)
    assert length == 0
    assert digests.md5.hex() == "d41d8cd98f00b204e9800998ecf8427e"
    assert digests.sha1.hex() == "da39a3ee5e6b4b0d3255bfef95601890afd80709"


def test_what_cannot_be_read_raises():
    with pytest.raises(OSError, match="Bad file descriptor"):
        digest(999_999)
