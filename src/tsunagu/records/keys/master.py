"""The master key, which seals all other keys, and the places where it is looked for.

In a file: `master.key`, and `master.key.next` while the keys are being rotated. In the environment:
TSUNAGU_MASTER_KEY and TSUNAGU_MASTER_KEY_NEXT; where the first is set, the files are not looked at. All of them hold 32
random bytes in base64. The keyring names the master key that seals it, so the right one of the two is always known.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from hashlib import sha256
from hmac import digest
from pathlib import Path
from typing import Self

from tsunagu.domain.errors import InputError, Unavailable
from tsunagu.records.keys.envelope import KEY_BYTES, open_under, seal_under
from tsunagu.records.keys.private_files import move_private, read_private, replace_private

VARIABLE = "TSUNAGU_MASTER_KEY"
NEXT_VARIABLE = "TSUNAGU_MASTER_KEY_NEXT"


class MasterKey:
    """256 random bits. It shows itself nowhere but in `to_text`."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        """Take `key`, 32 bytes.

        Raises:
            InputError: another length.
        """
        if len(key) != KEY_BYTES:
            raise InputError("a master key is 32 bytes in base64")
        self._key = key

    @classmethod
    def random(cls) -> Self:
        """Return a new key."""
        return cls(os.urandom(KEY_BYTES))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Return the key that `to_text` wrote.

        Raises:
            InputError: the text is not 32 bytes in base64.
        """
        try:
            return cls(base64.b64decode(text.strip(), validate=True))
        except ValueError:
            raise InputError("a master key is 32 bytes in base64") from None

    @property
    def key_id(self) -> str:
        """Which key this is, 16 hex digits that tell nothing of the key itself."""
        return digest(self._key, b"tsunagu master key id", sha256)[:8].hex()

    def to_bytes(self) -> bytes:
        """Return the secret itself, 32 bytes."""
        return self._key

    def to_text(self) -> str:
        """Return the secret itself, in base64."""
        return base64.b64encode(self._key).decode()

    def seal(self, plaintext: bytes, bound_to: bytes) -> bytes:
        """Return `plaintext` sealed and bound to `bound_to`."""
        return seal_under(self._sealing_key(), plaintext, bound_to)

    def open_sealed(self, sealed: bytes, bound_to: bytes) -> bytes | None:
        """Return what was sealed, or None when it is not as it was sealed."""
        return open_under(self._sealing_key(), sealed, bound_to)

    def _sealing_key(self) -> bytes:
        return digest(self._key, b"tsunagu master key seals", sha256)


class MasterPlace:
    """Where the master key of one home lives. Whoever calls holds the lock of the folder."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        """Look in `environ` when it names a master key, in `folder` otherwise."""
        self._current = folder / "master.key"
        self._next = folder / "master.key.next"
        self._environ = environ
        self._is_environment = VARIABLE in environ

    def find(self, key_id: str) -> MasterKey:
        """Return the master key of that id, the current one or the next.

        Raises:
            InputError: what the environment holds is no master key.
            Unavailable: neither is that key, or there is none.
        """
        current = self.current()
        if current is not None and current.key_id == key_id:
            return current
        following = self._next_one()
        if following is not None and following.key_id == key_id:
            return following
        if current is None:
            raise Unavailable("there is no master key: put it back, or restore it from its two custodians' shares")
        raise Unavailable("the master key is not the one that seals this keyring")

    def current(self) -> MasterKey | None:
        """Return the current master key, or None when there is none.

        Raises:
            InputError: what the environment holds is no master key.
            Unavailable: the file holds no master key, or cannot be read.
        """
        if self._is_environment:
            return MasterKey.from_text(self._environ[VARIABLE])
        return _read(self._current)

    def keep(self, master: MasterKey) -> None:
        """Write the first master key down, or one that was restored; the environment keeps its own."""
        if not self._is_environment:
            replace_private(self._current, _line(master))

    def prepare_next(self) -> MasterKey:
        """Return the master key to rotate to. A new one is in its file for good before this returns.

        Raises:
            InputError: the master key is in the environment, and the next one is not there beside it.
        """
        if not self._is_environment:
            master = MasterKey.random()
            replace_private(self._next, _line(master))
            return master
        master_text = self._environ.get(NEXT_VARIABLE)
        if master_text is None:
            raise InputError(f"the master key is in the environment: set {NEXT_VARIABLE} to the new one first")
        return MasterKey.from_text(master_text)

    def promote(self, key_id: str) -> None:
        """Make the next master key the current one if it has that id; a rotation may have stopped short of it."""
        if self._is_environment:
            return
        following = _read(self._next)
        if following is not None and following.key_id == key_id:
            move_private(self._next, self._current)

    def _next_one(self) -> MasterKey | None:
        if not self._is_environment:
            return _read(self._next)
        text = self._environ.get(NEXT_VARIABLE)
        return None if text is None else MasterKey.from_text(text)


def _line(master: MasterKey) -> bytes:
    return master.to_text().encode() + b"\n"


def _read(path: Path) -> MasterKey | None:
    content = read_private(path)
    if content is None:
        return None
    try:
        return MasterKey.from_text(content.decode("ascii"))
    except (InputError, UnicodeDecodeError):
        raise Unavailable("the file of the master key holds no master key") from None
