"""What is asked for by hexadecimal digits: what they are is told, never guessed."""

from __future__ import annotations

import pytest

from tsunagu.domain.errors import InputError
from tsunagu.domain.look_up import PDQ, TYPES, DigestKind, Query


@pytest.mark.parametrize("kind", list(DigestKind))
def test_digits_of_a_digest_of_either_case_ask_for_it(kind: DigestKind) -> None:
    digest = bytes(range(100, 100 + kind.size_bytes))
    for typed in (digest.hex(), digest.hex().upper()):
        assert Query.of_hex(typed, kind.value) == Query(digests=((kind, digest),))


def test_digits_of_a_fingerprint_ask_for_what_is_near_it() -> None:
    assert Query.of_hex("0f" * 32, PDQ) == Query(pdq=(b"\x0f" * 32,))


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("typed", ["", "0", "xy", "00" * 15, "00" * 33, "\uff10\uff10" * 16, "00 " * 16])
def test_what_is_none_of_the_kind_is_refused(kind: str, typed: str) -> None:
    with pytest.raises(InputError):
        Query.of_hex(typed, kind)


def test_a_kind_is_taken_from_the_number_of_digits_where_that_leaves_one_and_never_guessed() -> None:
    assert Query.of_digits("0F" * 16) == Query.of_hex("0f" * 16, "md5")
    assert Query.of_digits("0f" * 20) == Query.of_hex("0f" * 20, "sha1")
    with pytest.raises(InputError, match="or a PDQ fingerprint: say which"):
        Query.of_digits("0f" * 32)
    for typed in ("", "0f" * 15, "xy" * 16):
        with pytest.raises(InputError):
            Query.of_digits(typed)


def test_a_kind_that_is_none_is_refused() -> None:
    with pytest.raises(InputError):
        Query.of_hex("00" * 16, "crc32")
