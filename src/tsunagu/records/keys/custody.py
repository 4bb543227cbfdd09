"""Two custodians: the master key in two shares, of which neither alone tells anything.

A share file is one JSON object: `format`, `share` (1 or 2), `export` (which two belong together), `salt` and `sealed`.
Sealed under the custodian's passphrase (Argon2id) lie one half of the master key (one half is random, the other is the
key XOR the first) and a copy of the keyring, which stays sealed under the master key.
"""

from __future__ import annotations

import base64
import json
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from argon2.low_level import Type, hash_secret_raw

from tsunagu.domain.errors import Conflict, InputError, Unavailable
from tsunagu.records.keys.data_keys import master_key_id_in, open_keys
from tsunagu.records.keys.envelope import KEY_BYTES, open_under, seal_under
from tsunagu.records.keys.keyring import keyring_file, open_home
from tsunagu.records.keys.master import MasterKey, MasterPlace
from tsunagu.records.keys.private_files import create_private, locked, read_private, replace_private

LEAST_CHARACTERS = 12

_FORMAT = "tsunagu-share/1"
_SALT_BYTES = 16


@dataclass(frozen=True, slots=True, repr=False)
class _Share:
    number: int
    export: str
    half: bytes
    keyring: bytes


def export(home: Path, environ: Mapping[str, str], folder: Path, *, passphrases: tuple[str, str]) -> tuple[Path, Path]:
    """Write the two custodians' share files into `folder`, mode 0600, and return their paths, first and second.

    Shares are good for the keys as they are now: after a rotation they are written anew, and the older ones destroyed
    once nothing is left that only they can restore.

    Raises:
        InputError: a passphrase is shorter than 12 characters, or both are the same.
        Conflict: a share file stands there already.
        Unavailable: the keys of the home do not open, or `folder` cannot be written.
    """
    first, second = checked(passphrases)
    master, keyring, _keys = open_home(home, environ)
    half = os.urandom(KEY_BYTES)
    name = os.urandom(8).hex()
    paths = folder / f"tsunagu-share-{name}-1.json", folder / f"tsunagu-share-{name}-2.json"
    create_private(paths[0], _sealed(_Share(1, name, half, keyring), first))
    create_private(paths[1], _sealed(_Share(2, name, _xor(half, master.to_bytes()), keyring), second))
    return paths


def checked(passphrases: tuple[str, str]) -> tuple[str, str]:
    """Return the two custodians' passphrases in the form in which they seal.

    Raises:
        InputError: one is shorter than 12 characters, or both are the same.
    """
    first, second = (unicodedata.normalize("NFC", one) for one in passphrases)
    if min(len(first), len(second)) < LEAST_CHARACTERS:
        raise InputError("a custodian's passphrase needs 12 characters or more")
    if first == second:
        raise InputError("the two custodians need different passphrases")
    return first, second


def restore(share1: Path, share2: Path, p1: str, p2: str, home: Path) -> None:
    """Bring the master key back into `home` from both shares, and the keyring too where the home has none.

    No key that stands there is ever overwritten. A restore that was broken off can be run again.

    Args:
        share1: one share file; the order does not matter.
        share2: the other.
        p1: the passphrase of `share1`.
        p2: the passphrase of `share2`.
        home: where the keys go.

    Raises:
        InputError: a passphrase is wrong, a file is no share or was changed, or the two do not belong together.
        Conflict: the home has another master key, or a keyring of another one: move it away first.
        Unavailable: a file cannot be read or written.
    """
    one, other = _opened(share1, p1), _opened(share2, p2)
    if one.export != other.export or {one.number, other.number} != {1, 2} or one.keyring != other.keyring:
        raise InputError("the two shares do not belong together")
    master = MasterKey(_xor(one.half, other.half))
    open_keys(one.keyring, master)
    folder = home / "keys"
    with locked(folder, exclusive=True):
        place = MasterPlace(folder, {})
        here, standing = read_private(keyring_file(home)), place.current()
        if here is not None and master_key_id_in(here) != master.key_id:
            raise Conflict("the keyring here is sealed by another master key: move it away first")
        if standing is not None and standing.key_id != master.key_id:
            raise Conflict("another master key stands here: move it away first")
        place.keep(master)
        if here is None:
            replace_private(keyring_file(home), one.keyring)


def _sealed(share: _Share, passphrase: str) -> bytes:
    salt = os.urandom(_SALT_BYTES)
    header = {"format": _FORMAT, "share": share.number, "export": share.export, "salt": salt.hex()}
    secret = _json({"half": _text(share.half), "keyring": _text(share.keyring)})
    return _json(header | {"sealed": _text(seal_under(_stretched(passphrase, salt), secret, _json(header)))}) + b"\n"


def _opened(path: Path, passphrase: str) -> _Share:
    content = read_private(path, is_sealed=True)
    if content is None:
        raise Unavailable("there is no such share")
    header, sealed = _read(content)
    secret = open_under(_stretched(passphrase, bytes.fromhex(header["salt"])), sealed, _json(header))
    if secret is None:
        raise InputError("the passphrase does not open this share, or the file was changed")
    found = json.loads(secret)
    half, keyring = base64.b64decode(found["half"]), base64.b64decode(found["keyring"])
    return _Share(header["share"], header["export"], half, keyring)


def _read(content: bytes) -> tuple[dict[str, Any], bytes]:
    """Return what stands in a share in clear, and what is sealed."""
    try:
        header = json.loads(content)
        sealed = base64.b64decode(header.pop("sealed"), validate=True)
        is_share = header["format"] == _FORMAT and len(bytes.fromhex(header["salt"])) == _SALT_BYTES
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError("the file is no share of a master key") from None
    if not is_share:
        raise InputError("the file is no share of a master key")
    return header, sealed


def _stretched(passphrase: str, salt: bytes) -> bytes:
    """Return the key of a passphrase: Argon2id, second recommended option of RFC 9106 section 4 (64 MiB, 3 passes)."""
    typed = unicodedata.normalize("NFC", passphrase).encode(errors="surrogatepass")
    return hash_secret_raw(
        typed, salt, time_cost=3, memory_cost=64 * 1024, parallelism=4, hash_len=KEY_BYTES, type=Type.ID
    )


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(one, other, strict=True))


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
