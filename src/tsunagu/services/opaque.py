"""What counts what all agencies do is told under another name: a number would tell how much others bring in.

The names are the numbers enciphered, one block each, so that no table of them is needed.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB

from tsunagu.domain.errors import NotFound
from tsunagu.services.access import REFERENCE
from tsunagu.services.parts import Keys

_CONTEXT = b"items of banks"
_FILLING = bytes(8)
_NUMBERS = b"numbers of contents"
_TURNS = 8
_HALF_BITS = 26
_HALF = (1 << _HALF_BITS) - 1


def item_name(keys: Keys, item_id: int) -> str:
    """Return by what people and programs call an item of a bank: a UUID, the same until the keys are rotated."""
    return item_names(keys, [item_id])[item_id]


def item_names(keys: Keys, item_ids: Collection[int]) -> dict[int, str]:
    """Return by what items are called, by their ids: many take no longer than one."""
    if not item_ids:
        return {}
    cipher = Cipher(AES256(keys.mac(REFERENCE, _CONTEXT)), ECB()).encryptor()  # noqa: S305 - each block is another one
    names = cipher.update(b"".join(item_id.to_bytes(8, "big") + _FILLING for item_id in item_ids)).hex()
    digits = [names[begin : begin + 32] for begin in range(0, len(names), 32)]
    return {
        item_id: f"{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}"  # as `UUID` writes itself
        for item_id, name in zip(item_ids, digits, strict=True)
    }


def item_number(keys: Keys, name: str) -> int:
    """Return the item that is called this, by any version of the keys.

    Raises:
        NotFound: no item is called this.
    """
    try:
        block = UUID(name).bytes
    except ValueError as error:
        raise NotFound("no such item in this bank") from error
    for key in keys.macs(REFERENCE, _CONTEXT):
        opened = Cipher(AES256(key), ECB()).decryptor().update(block)  # noqa: S305 - as above
        if opened[8:] == _FILLING:
            return int.from_bytes(opened[:8], "big")
    raise NotFound("no such item in this bank")


def content_number(keys: Keys, item_id: int) -> int:
    """Return the number by which programs that know numbers alone call an item: less than 2**52, as JSON carries it."""
    left, right = item_id >> _HALF_BITS, item_id & _HALF
    for turn in range(_TURNS):
        left, right = right, left ^ _turned(keys.mac(REFERENCE, _NUMBERS), turn, right)
    return left << _HALF_BITS | right


def item_of_content(keys: Keys, number: int) -> int:
    """Return the item that is called by this number, by the newest version of the keys; for others one that is not.

    Raises:
        NotFound: no item is called this.
    """
    if not 0 <= number < 1 << 2 * _HALF_BITS:
        raise NotFound("no such item in this bank")
    left, right = number >> _HALF_BITS, number & _HALF
    for turn in reversed(range(_TURNS)):
        left, right = right ^ _turned(keys.mac(REFERENCE, _NUMBERS), turn, left), left
    return left << _HALF_BITS | right


def _turned(key: bytes, turn: int, half: int) -> int:
    """Return the round function of a Feistel cipher."""
    return int.from_bytes(hmac.digest(key, bytes([turn]) + half.to_bytes(4), "sha256")[:4]) & _HALF


def index_name(keys: Keys, version: str) -> str:
    """Return what a state of the index is called: another state has another name, and the name tells no more."""
    return keys.mac(REFERENCE, b"state of the index " + version.encode())[:8].hex()
