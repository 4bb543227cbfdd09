"""A package while it is written, wherever that is, and what is written last: key, manifest and signature."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import BinaryIO, Protocol

from tsunagu.records.ledger.signing import Signer
from tsunagu.records.packages.manifest import MANIFEST, PUBLIC_KEY, SIGNATURE, manifest_text, public_key_to_pem


class Package(Protocol):
    """A package that is being written."""

    def writing(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Open one new file, one at a time.

        Raises:
            InputError: it cannot be written.
        """

    def finish(self, *, signer: Signer, public_key: bytes, now: datetime) -> None:
        """Sign what was written; nothing is written after it."""


def write_signed(
    package: Package, files: Mapping[str, str], *, signer: Signer, public_key: bytes, now: datetime
) -> None:
    """Write the public key, the manifest, and its signature.

    Args:
        files: what was written, by name, each with its SHA-256 in hex; the package notes in it what is written here.
    """
    with package.writing(PUBLIC_KEY) as file:
        file.write(public_key_to_pem(public_key))
    manifest = manifest_text(files, key_id=signer.key_id, now=now)
    for name, content in ((MANIFEST, manifest), (SIGNATURE, signer.sign(manifest))):
        with package.writing(name) as file:
            file.write(content)
