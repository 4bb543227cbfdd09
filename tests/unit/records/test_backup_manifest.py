"""A manifest is read as it was signed, or refused with the reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tsunagu.domain.errors import InputError, Unavailable
from tsunagu.records.backup.manifest import BackupFile, Manifest, read_manifest, signed_manifest

MANIFEST = Manifest(
    name="20260301T120000Z-00000000",
    taken_at="2026-03-01T12:00:00.000000Z",
    release="0.1.0",
    postgres=18,
    migrations=(("auth", "0001_initial"), ("records", "0001_initial")),
    entries=7,
    last_hash="ab",
    signed=6,
    root="cd",
    sealed_key="ef",
    files={"database.sealed": BackupFile(5, "00")},
)


def test_a_manifest_is_read_as_it_was_signed(maker) -> None:
    assert read_manifest(signed_manifest(MANIFEST, maker.signer), maker.signer.public_keys) == MANIFEST


@pytest.mark.parametrize("field", ["name", "entries", "migrations", "files", "sealed_key", "signed", "key_id"])
def test_a_changed_field_is_refused(maker, field: str) -> None:
    fields = json.loads(signed_manifest(MANIFEST, maker.signer))
    fields[field] = maker.stranger.key_id if field == "key_id" else {"entries": 6, "files": {}}.get(field, [])
    keys = maker.signer.public_keys | maker.stranger.public_keys
    with pytest.raises(InputError, match="its signature does not hold"):
        read_manifest(json.dumps(fields).encode(), keys)


def test_a_manifest_of_other_keys_is_told_from_a_changed_one(maker) -> None:
    with pytest.raises(Unavailable, match="not in this keyring"):
        read_manifest(signed_manifest(MANIFEST, maker.stranger), maker.signer.public_keys)


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"\xff", b'{"signature": "zz"}', b'{"signature": 1}', b"[" * 5000])
def test_what_is_no_manifest_is_refused(maker, text: bytes) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_manifest(text, maker.signer.public_keys)


def test_a_later_format_is_named_as_such(maker) -> None:
    fields: dict[str, Any] = json.loads(signed_manifest(MANIFEST, maker.signer))
    fields["format"] = "tsunagu-backup/2"
    with pytest.raises(InputError, match="of a format that this release does not know"):
        read_manifest(json.dumps(fields).encode(), maker.signer.public_keys)
