"""Digests: the cryptographic names of a content."""

from dataclasses import dataclass

from tsunagu.domain.errors import InputError


@dataclass(frozen=True, slots=True)
class Digests:
    """MD5, SHA-1 and SHA-256 of one content, raw bytes. A media item is known by its SHA-256."""

    md5: bytes
    sha1: bytes
    sha256: bytes

    def __post_init__(self) -> None:
        """Refuse digests of a wrong length.

        Raises:
            InputError: a digest is not 16, 20 or 32 bytes long, in that order.
        """
        if (len(self.md5), len(self.sha1), len(self.sha256)) != (16, 20, 32):
            raise InputError("a digest has the wrong length")
