"""The keyring: all data keys, opened by the master key and held in memory only.

On disk it is one file, `keys/keyring.json`, replaced as a whole. Which master key opens it stands in that file, so its
replacement is the one moment at which a rotation happens: before it the old master key counts, after it the new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from hmac import digest
from pathlib import Path
from typing import Self

from tsunagu.domain.errors import Conflict, InputError, Unavailable
from tsunagu.records.keys.data_keys import (
    KEYING,
    SEALING,
    DataKeys,
    KeyPurpose,
    master_key_id_in,
    open_keys,
    public_keys_of,
    seal_keys,
    with_new_version,
)
from tsunagu.records.keys.envelope import open_under, seal_under
from tsunagu.records.keys.master import MasterKey, MasterPlace
from tsunagu.records.keys.private_files import locked, read_private, replace_private
from tsunagu.records.keys.signer import RootSigner, public_key_id

NO_KEYS = (
    "this home has no keys yet: `tsunagu init` makes those of a new one, `tsunagu keys restore` brings lost ones back"
)

_BLOB_FORMAT = b"\x01"
_HEADER_BYTES = 5


class Keyring:
    """The opened data keys of one home. Each purpose has versions: the newest seals, all of them open.

    A sealed blob is 1 byte of format, the key's version in 4 bytes big-endian, then the sealed text (`envelope`).
    """

    __slots__ = ("_home", "_keys")

    def __init__(self, home: Path, keys: DataKeys) -> None:
        """Hold `keys`, which were opened for `home`; use `create` or `open`."""
        self._home = home
        self._keys = keys

    @classmethod
    def create(cls, home: Path, environ: Mapping[str, str]) -> Self:
        """Make the keys of a new home, and a master key unless `environ` or an earlier, broken-off attempt has one.

        Raises:
            Conflict: the home has a keyring; it is never overwritten.
            InputError: what the environment holds is no master key.
            Unavailable: the folder cannot be written.
        """
        folder = home / "keys"
        with locked(folder, exclusive=True):
            if read_private(keyring_file(home)) is not None:
                raise Conflict("this home has its keys already")
            place = MasterPlace(folder, environ)
            master = place.current()
            if master is None:
                master = MasterKey.random()
                place.keep(master)
            keys = with_new_version({})
            replace_private(keyring_file(home), seal_keys(keys, master))
        return cls(home, keys)

    @classmethod
    def open(cls, home: Path, environ: Mapping[str, str]) -> Self:
        """Open the keys of a home. Nothing is written.

        Raises:
            InputError: what the environment holds is no master key.
            Unavailable: there is no keyring, no master key, a wrong one, or a file was changed or is open to others.
        """
        _master, _content, keys = open_home(home, environ)
        return cls(home, keys)

    def seal(self, purpose: str, plaintext: bytes, context: bytes) -> bytes:
        """Return `plaintext` sealed by the newest key of `purpose`.

        Args:
            purpose: a `KeyPurpose` that seals.
            plaintext: what nobody may read without the keyring.
            context: where the blob belongs, such as the id of its row: opening needs the same bytes again.

        Raises:
            InputError: that purpose does not seal.
            Unavailable: the keyring has no key for it yet.
        """
        found = _among(SEALING, purpose)
        versions = self._versions(found)
        header = _BLOB_FORMAT + len(versions).to_bytes(4)
        return header + seal_under(versions[-1], plaintext, _binding(found, header, context))

    def open_sealed(self, purpose: str, blob: bytes, context: bytes) -> bytes:
        """Return what `seal` put into `blob`, whichever version sealed it.

        Raises:
            InputError: that purpose does not seal.
            Unavailable: the blob was changed, belongs elsewhere, or was sealed by a key that this keyring lacks.
        """
        found = _among(SEALING, purpose)
        versions, version = self._versions(found), _version_of(blob)
        if not 1 <= version <= len(versions):
            raise Unavailable("what was sealed needs a key that this keyring does not hold")
        bound_to = _binding(found, blob[:_HEADER_BYTES], context)
        plaintext = open_under(versions[version - 1], blob[_HEADER_BYTES:], bound_to)
        if plaintext is None:
            raise Unavailable("what was sealed has been changed, or belongs elsewhere")
        return plaintext

    def mac(self, purpose: str, data: bytes) -> bytes:
        """Return the HMAC-SHA256 of `data` under the newest key of `purpose`, 32 bytes.

        Raises:
            InputError: that purpose makes no keyed digests.
            Unavailable: the keyring has no key for it yet.
        """
        return self.macs(purpose, data)[0]

    def macs(self, purpose: str, data: bytes) -> tuple[bytes, ...]:
        """Return the keyed digest of `data` under every version, newest first: to find what was written before.

        Raises:
            InputError: that purpose makes no keyed digests.
            Unavailable: the keyring has no key for it yet.
        """
        return tuple(digest(key, data, sha256) for key in reversed(self._versions(_among(KEYING, purpose))))

    def signer(self) -> RootSigner:
        """Return the newest key of the ledger's roots."""
        return RootSigner(self._versions(KeyPurpose.LEDGER_ROOT)[-1])

    def public_keys(self) -> dict[str, bytes]:
        """Return the raw Ed25519 public keys (32 bytes) of all versions of the ledger's key, by their key id."""
        return {public_key_id(key): key for key in public_keys_of(self._keys)}

    def rotate(self, environ: Mapping[str, str]) -> Self:
        """Change to a new master key and a new version of every data key, and return the keyring that has them.

        Older versions stay, so everything sealed before still opens; the caller seals it anew. A crash at any moment
        leaves either the old keyring with its master key or the new one with its own. Where the master key comes from
        the environment, the new one is taken from TSUNAGU_MASTER_KEY_NEXT; afterwards the operator moves it over.

        Raises:
            InputError: the environment has no new master key, or it is the one in use.
            Unavailable: as for `open`.
        """
        folder = self._home / "keys"
        with locked(folder, exclusive=True):
            place = MasterPlace(folder, environ)
            master, _content, keys = _open(self._home, place)
            place.promote(master.key_id)
            following = place.prepare_next()
            if following.key_id == master.key_id:
                raise InputError("the next master key is in use already: make it the current one, and set another")
            keys = with_new_version(keys)
            replace_private(keyring_file(self._home), seal_keys(keys, following))
            place.promote(following.key_id)
        return type(self)(self._home, keys)

    def _versions(self, purpose: KeyPurpose) -> tuple[bytes, ...]:
        versions = self._keys.get(purpose)
        if not versions:
            raise Unavailable("the keyring has no key for this yet: rotate the keys once")
        return versions


def keyring_file(home: Path) -> Path:
    """Return where the keyring of `home` lies."""
    return home / "keys" / "keyring.json"


def open_home(home: Path, environ: Mapping[str, str]) -> tuple[MasterKey, bytes, DataKeys]:
    """Return the master key of `home`, the file that it seals, and the keys in it.

    Raises:
        InputError: what the environment holds is no master key.
        Unavailable: as for `Keyring.open`.
    """
    folder = home / "keys"
    if not folder.is_dir():
        raise Unavailable(NO_KEYS)
    with locked(folder, exclusive=False):
        return _open(home, MasterPlace(folder, environ))


def _open(home: Path, place: MasterPlace) -> tuple[MasterKey, bytes, DataKeys]:
    content = read_private(keyring_file(home))
    if content is None:
        raise Unavailable(NO_KEYS)
    master = place.find(master_key_id_in(content))
    return master, content, open_keys(content, master)


def _among(allowed: frozenset[KeyPurpose], purpose: str) -> KeyPurpose:
    for one in allowed:
        if one == purpose:
            return one
    raise InputError("a key of that purpose cannot do this")


def _binding(purpose: KeyPurpose, header: bytes, context: bytes) -> bytes:
    return purpose.value.encode() + b"\0" + header + context


def _version_of(blob: bytes) -> int:
    if len(blob) < _HEADER_BYTES or blob[:1] != _BLOB_FORMAT:
        raise Unavailable("what was sealed cannot be read")
    return int.from_bytes(blob[1:_HEADER_BYTES])
