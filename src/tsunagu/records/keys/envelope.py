"""Sealing under one key: AES-256-GCM with a random nonce.

Layout: 12 bytes nonce, ciphertext, 16 bytes tag.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32

_NONCE_BYTES = 12


def seal_under(key: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
    """Return `plaintext` sealed under `key` (32 bytes) and bound to `bound_to`, which is not part of the result."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, bound_to)


def open_under(key: bytes, sealed: bytes, bound_to: bytes) -> bytes | None:
    """Return what was sealed, or None when key, binding or a single bit is another."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):
        return None
