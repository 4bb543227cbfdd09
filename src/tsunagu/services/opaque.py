"""What counts what all agencies do is told under another name: a number would tell how much others bring in.

The names are the numbers enciphered, one block each, so that no table of them is needed.
"""

from __future__ import annotations

from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB

from tsunagu.domain.errors import NotFound
from tsunagu.services.access import REFERENCE
from tsunagu.services.parts import Keys

_CONTEXT = b"items of banks"
_FILLING = bytes(8)


def item_name(keys: Keys, item_id: int) -> str:
    """Return by what people and programs call an item of a bank: a UUID, the same until the keys are rotated."""
    block = item_id.to_bytes(8, "big") + _FILLING
    cipher = Cipher(AES256(keys.mac(REFERENCE, _CONTEXT)), ECB()).encryptor()  # noqa: S305 - one block, never repeated
    return str(UUID(bytes=cipher.update(block)))


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


def index_name(keys: Keys, version: str) -> str:
    """Return what a state of the index is called: another state has another name, and the name tells no more."""
    return keys.mac(REFERENCE, b"state of the index " + version.encode())[:8].hex()
