"""Keys of exhibits sign as RFC 8032 says, over what tells an intake file from everything else that is signed."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.domain.intake import ScanKey
from tsunagu.records.keys.exhibit_keys import is_signed_by, key_from_file, key_to_file, make_key, public_part, sign

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
EXHIBIT = UUID(int=1)
# RFC 8032 section 7.1, test 1: the private key and its public key.
PRIVATE = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
VECTOR = ScanKey(UUID(int=2), EXHIBIT, NOW, PRIVATE)
# Over a digest of zeros; Ed25519 leaves nothing to chance, so it never changes.
SIGNATURE = (
    "0be4f44c79b4f8ee540a54b3c896de5397c9acf4133d6b3a3b0c2e7cc7769d87"
    "fd1996409364990895d4ffea7f2a0517d6c971165ee2a925bd8311006f6a820f"
)


def test_the_public_part_is_that_of_the_standard() -> None:
    assert public_part(VECTOR).public_key == PUBLIC


def test_a_signature_never_changes() -> None:
    assert sign(VECTOR, bytes(32)).hex() == SIGNATURE


@given(st.binary(min_size=32, max_size=32))
def test_a_signature_is_over_the_digest_behind_what_it_is_for(digest: bytes) -> None:
    signature = sign(VECTOR, digest)
    Ed25519PublicKey.from_public_bytes(PUBLIC).verify(signature, b"tsunagu-intake/1\0" + digest)
    assert is_signed_by(public_part(VECTOR), digest, signature)


def test_another_digest_another_key_or_another_signature_is_wrong() -> None:
    key, digest = public_part(VECTOR), bytes(32)
    signature = sign(VECTOR, digest)
    assert not is_signed_by(key, bytes(31) + b"\1", signature)
    assert not is_signed_by(public_part(make_key(EXHIBIT, expires_at=NOW)), digest, signature)
    assert not is_signed_by(replace(key, public_key=b"short"), digest, signature)
    for spoilt in (b"", signature[:-1], signature + b"\0", bytes(64), bytes([signature[0] ^ 1]) + signature[1:]):
        assert not is_signed_by(key, digest, spoilt)


def test_every_key_is_another() -> None:
    one, other = (make_key(EXHIBIT, expires_at=NOW) for _ in range(2))
    assert one.key_id != other.key_id
    assert one.private_key != other.private_key
    assert (one.exhibit_id, one.expires_at) == (EXHIBIT, NOW)


def test_a_key_does_not_show_itself() -> None:
    assert "private" not in repr(VECTOR)
    assert repr(PRIVATE) not in repr(VECTOR)


def test_a_key_comes_back_from_its_file_which_names_nothing_but_random_ids(tmp_path: Path) -> None:
    key = make_key(EXHIBIT, expires_at=NOW.astimezone(timezone(timedelta(hours=9))))
    path = tmp_path / "key"
    path.write_bytes(key_to_file(key))
    assert key_from_file(path) == key
    fields = json.loads(path.read_bytes())
    assert set(fields) == {"tsunagu_exhibit_key", "key", "exhibit", "expires_at", "private_key"}


@pytest.mark.parametrize(
    "fields",
    [
        {"tsunagu_exhibit_key": 2}, {"key": "x"}, {"key": 5}, {"exhibit": None}, {"expires_at": "2026-03-01T12:00"},
        {"expires_at": 5}, {"private_key": "AAAA"}, {"private_key": "?"}, {"private_key": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, fields: dict[str, object]) -> None:
    path = tmp_path / "key"
    path.write_text(json.dumps(json.loads(key_to_file(VECTOR)) | fields))
    with pytest.raises(InputError):
        key_from_file(path)


@pytest.mark.parametrize(
    "content", [b"", b"null", b"[]", b"\xff", b"[" * 4000, bytes(100_000)], ids=lambda one: one[:9]
)
def test_any_other_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(InputError):
        key_from_file(path)
    with pytest.raises(InputError):
        key_from_file(Path(os.fsdecode(tmp_path)))
