"""The data keys: which there are, and how all of them lie sealed in one file.

The file is one JSON object: `format`, `master_key_id` (which master key seals it), `public_keys` (of the keys that
sign, by purpose, oldest first, in clear so that anyone may verify) and `sealed`, all data keys under the master key.
The seal is bound to the other fields: none of them can be changed, and no version taken out, without its breaking.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tsunagu.domain.errors import Unavailable
from tsunagu.records.keys.envelope import KEY_BYTES
from tsunagu.records.keys.master import MasterKey

_FORMAT = "tsunagu-keyring/1"


class KeyPurpose(StrEnum):
    """What a data key is for. Its value is in files and seals, and never changes."""

    TOTP = "totp"
    TOKEN = "token"  # noqa: S105 - the name of a purpose
    REFERENCE = "reference"
    LEDGER_ROOT = "ledger-root"
    SESSION = "session"
    BACKUP = "backup"
    VAULT = "vault"
    HUB = "hub"
    IDENTITY = "identity"


SEALING = frozenset(
    {
        KeyPurpose.TOTP,
        KeyPurpose.SESSION,
        KeyPurpose.BACKUP,
        KeyPurpose.VAULT,
        KeyPurpose.HUB,
        KeyPurpose.IDENTITY,
    }
)
KEYING = frozenset({KeyPurpose.TOKEN, KeyPurpose.REFERENCE})

DataKeys = Mapping[KeyPurpose, tuple[bytes, ...]]
"""The keys of each purpose, 32 bytes each, oldest first: version 1 is the first of them."""


def with_new_version(keys: DataKeys) -> DataKeys:
    """Return `keys` with one new random key for every purpose there is, also for one that had none."""
    return {purpose: (*keys.get(purpose, ()), os.urandom(KEY_BYTES)) for purpose in KeyPurpose}


def public_keys_of(keys: DataKeys) -> tuple[bytes, ...]:
    """Return the raw Ed25519 public keys of all versions of the ledger's key, oldest first."""
    private = (Ed25519PrivateKey.from_private_bytes(key) for key in keys.get(KeyPurpose.LEDGER_ROOT, ()))
    return tuple(one.public_key().public_bytes_raw() for one in private)


def seal_keys(keys: DataKeys, master: MasterKey) -> bytes:
    """Return the file that holds `keys` under `master`."""
    header: dict[str, object] = {
        "format": _FORMAT,
        "master_key_id": master.key_id,
        "public_keys": {KeyPurpose.LEDGER_ROOT.value: [_text(key) for key in public_keys_of(keys)]},
    }
    secret = _json({purpose.value: [_text(key) for key in versions] for purpose, versions in keys.items()})
    return _json(header | {"sealed": _text(master.seal(secret, _json(header)))}) + b"\n"


def open_keys(content: bytes, master: MasterKey) -> DataKeys:
    """Return the keys that `seal_keys` put away.

    Raises:
        Unavailable: the file is no keyring, was changed, or is sealed by another master key.
    """
    header = _read(content)
    try:
        sealed = base64.b64decode(str(header.pop("sealed", "")), validate=True)
    except ValueError:
        raise Unavailable("the keyring cannot be read") from None
    secret = master.open_sealed(sealed, _json(header))
    if secret is None:
        raise Unavailable("the keyring was changed, or is sealed by another master key")
    try:
        found = json.loads(secret)
        return {
            KeyPurpose(purpose): tuple(base64.b64decode(one) for one in versions) for purpose, versions in found.items()
        }
    except ValueError:
        raise Unavailable("the keyring holds keys of a newer release") from None


def master_key_id_in(content: bytes) -> str:
    """Return the id of the master key that seals the file.

    Raises:
        Unavailable: the file is no keyring.
    """
    return str(_read(content).get("master_key_id"))


def _read(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("format") != _FORMAT:
        raise Unavailable("the keyring cannot be read")
    return found


def _json(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
