"""What belongs to a backup, signed by the ledger's key: nothing in it is changed, exchanged or taken away unseen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tsunagu.domain.errors import InputError, Unavailable
from tsunagu.records.ledger.chain import canonical
from tsunagu.records.ledger.signing import Signer

FORMAT = "tsunagu-backup/1"
_SIGNS = b"tsunagu backup manifest\n"


@dataclass(frozen=True, slots=True)
class BackupFile:
    """One file of a backup.

    Attributes:
        sha256: in hex.
    """

    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is of.

    Attributes:
        name: of the backup, and of the folder that it was written to.
        taken_at: when it was begun, ISO 8601 in UTC.
        release: of the program that made it.
        postgres: major version of the server that it comes from.
        migrations: what had been applied, as (application, migration), sorted.
        entries: how many entries the ledger had.
        last_hash: the hash of the last of them in hex, which binds all before it; empty when there was none.
        signed: how many of them the last signed root covered; 0 when nothing was signed yet.
        root: that root in hex; empty when there was none.
        sealed_key: the key of the database's copy, sealed by the keyring, in hex.
        files: what belongs to it, by file name.
    """

    name: str
    taken_at: str
    release: str
    postgres: int
    migrations: tuple[tuple[str, str], ...]
    entries: int
    last_hash: str
    signed: int
    root: str
    sealed_key: str
    files: Mapping[str, BackupFile]


def signed_manifest(manifest: Manifest, signer: Signer) -> bytes:
    """Return the text of a manifest with its signature, one line."""
    fields = _fields(manifest, signer.key_id)
    signature = signer.sign(_SIGNS + canonical(fields).encode())
    return canonical(fields | {"signature": signature.hex()}).encode() + b"\n"


def read_manifest(text: bytes, public_keys: Mapping[str, bytes]) -> Manifest:
    """Return the manifest that `signed_manifest` wrote.

    Args:
        text: the file.
        public_keys: the ledger's, raw, by their ids.

    Raises:
        InputError: it is no manifest, of a format that this release does not know, or was changed.
        Unavailable: it was signed by a key that this keyring does not know.
    """
    fields, signature = _parsed(text)
    public_key = public_keys.get(str(fields.get("key_id")))
    if public_key is None:
        raise Unavailable("the backup was signed by a key that is not in this keyring: restore the keys it belongs to")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, _SIGNS + canonical(fields).encode())
    except InvalidSignature:
        raise InputError("the manifest of the backup was changed: its signature does not hold") from None
    del fields["format"], fields["key_id"]
    migrations = tuple((app, name) for app, name in fields.pop("migrations"))
    files = {name: BackupFile(**one) for name, one in fields.pop("files").items()}
    return Manifest(**fields, migrations=migrations, files=files)


def _parsed(text: bytes) -> tuple[dict[str, Any], bytes]:
    unreadable = InputError("the manifest of the backup cannot be read")
    try:
        fields = json.loads(text)
        signature = bytes.fromhex(fields.pop("signature"))
        known = fields["format"] == FORMAT
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise unreadable from None
    if not known:
        raise InputError("the backup is of a format that this release does not know")
    return fields, signature


def _fields(manifest: Manifest, key_id: str) -> dict[str, object]:
    return {"format": FORMAT, "key_id": key_id, **asdict(manifest)}
