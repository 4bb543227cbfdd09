"""A sealed stream opens whole, in its order and in its place, or not at all."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.records.backup import sealed
from tsunagu.records.backup.sealed import read_sealed, write_sealed

KEY, HERE = bytes(range(32)), b"backup one"
CHUNK = 16
SEALED_CHUNK = CHUNK + 16


@pytest.fixture(autouse=True, scope="module")
def _small_chunks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealed, "CHUNK_BYTES", CHUNK)
        yield


def seal(*pieces: bytes, key: bytes = KEY, bound_to: bytes = HERE) -> bytes:
    file = io.BytesIO()
    write_sealed(file, pieces, key=key, bound_to=bound_to)
    return file.getvalue()


def opened(data: bytes, *, key: bytes = KEY, bound_to: bytes = HERE) -> bytes:
    return b"".join(read_sealed(io.BytesIO(data), key=key, bound_to=bound_to))


@settings(deadline=None)
@given(st.lists(st.binary(max_size=3 * CHUNK), max_size=6))
def test_what_is_sealed_opens_again_however_it_was_cut(pieces: list[bytes]) -> None:
    assert opened(seal(*pieces)) == b"".join(pieces)


@settings(deadline=None)
@given(st.binary(max_size=4 * CHUNK), st.data())
def test_one_changed_bit_anywhere_is_refused(plaintext: bytes, data: st.DataObject) -> None:
    whole = bytearray(seal(plaintext))
    at = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[at // 8] ^= 1 << at % 8
    with pytest.raises(InputError):
        opened(bytes(whole))


@settings(deadline=None)
@given(st.binary(max_size=4 * CHUNK), st.data())
def test_a_stream_that_was_cut_anywhere_is_refused(plaintext: bytes, data: st.DataObject) -> None:
    whole = seal(plaintext)
    with pytest.raises(InputError):
        opened(whole[: data.draw(st.integers(0, len(whole) - 1))])


@pytest.mark.parametrize(
    "damage",
    [
        lambda chunks: [chunks[1], chunks[0], *chunks[2:]],
        lambda chunks: [chunks[0], chunks[0], *chunks[1:]],
        lambda chunks: chunks[1:],
        lambda chunks: [*chunks, chunks[-1]],
        lambda chunks: chunks[:-1],
        lambda chunks: [*chunks[:-1], chunks[0]],
    ],
    ids=["reordered", "doubled", "beginning lost", "lengthened", "cut at a chunk's end", "another's end"],
)
def test_chunks_open_in_their_own_place_only(damage) -> None:
    whole = seal(bytes(3 * CHUNK))
    chunks = [whole[start : start + SEALED_CHUNK] for start in range(0, len(whole), SEALED_CHUNK)]
    assert len(chunks) == 3
    with pytest.raises(InputError, match="changed, cut or put in another order"):
        opened(b"".join(damage(chunks)))


def test_another_key_and_another_backup_open_nothing() -> None:
    whole = seal(b"rows")
    for other in ({"key": bytes(32)}, {"bound_to": b"backup two"}):
        with pytest.raises(InputError):
            opened(whole, **other)


def test_nothing_of_what_is_sealed_stands_in_the_stream() -> None:
    assert b"a name" not in seal(b"a name" * 20)
