"""Looking up: whether something is known in a bank, whose bank that is, and what being in it means."""

from __future__ import annotations

from binascii import unhexlify
from dataclasses import dataclass
from enum import StrEnum

from tsunagu.domain.bank import BankSemantics
from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.domain.media import Examined
from tsunagu.domain.party import AgencyCard


class DigestKind(StrEnum):
    """The digests that banks know."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"

    @property
    def size_bytes(self) -> int:
        """The length of such a digest."""
        return {"md5": 16, "sha1": 20, "sha256": 32}[self.value]


OFFICER_A_DAY = 2_000
"""Things that an officer may ask for by hand in one day; a key has a budget of its own, and this one by default."""
PDQ = "pdq"
"""The name by which people and programs call the fingerprint of pictures."""
TYPES = (*(kind.value for kind in DigestKind), PDQ)
"""What can be asked for by hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Query:
    """One thing that is asked for: by any of these, whatever it has.

    Attributes:
        digests: raw bytes, by their kind.
        pdq: the eight turns of a picture, the frames of a video, or one fingerprint as it was given; none that is too
            plain to be searched.
    """

    digests: tuple[tuple[DigestKind, bytes], ...] = ()
    pdq: tuple[bytes, ...] = ()

    @classmethod
    def of_file(cls, examined: Examined) -> Query:
        """Return what to ask for a file: its digests, its picture in all eight turns, the frames of its video."""
        digests = examined.digests
        named = () if digests is None or not examined.size_bytes else (
            (DigestKind.MD5, digests.md5), (DigestKind.SHA1, digests.sha1), (DigestKind.SHA256, digests.sha256),
        )  # fmt: skip
        turns = examined.pdq_turns if examined.pdq is not None and examined.pdq.is_searchable else ()
        frames = (frame.fingerprint for frame in examined.frames)
        return cls(named, (*(one.data for one in turns), *(one.data for one in frames if one.is_searchable)))

    @classmethod
    def of_digits(cls, typed: str) -> Query:
        """Return what to ask for by hexadecimal digits whose number leaves but one kind.

        Raises:
            InputError: it leaves two, or none; or they are no digits.
        """
        kinds = {2 * one.size_bytes: one for one in (DigestKind.MD5, DigestKind.SHA1)}
        if len(typed) in kinds:
            return cls.of_hex(typed, kinds[len(typed)])
        if len(typed) == 2 * DigestKind.SHA256.size_bytes:
            raise InputError("64 digits may be an SHA-256 digest or a PDQ fingerprint: say which")
        raise InputError("an MD5 digest has 32 hexadecimal digits, an SHA-1 digest 40, an SHA-256 digest 64")

    @classmethod
    def of_hex(cls, typed: str, kind: str) -> Query:
        """Return what to ask for by hexadecimal digits.

        Args:
            typed: the digits, of either case.
            kind: what they are: the name of a digest, or `PDQ`; never guessed.

        Raises:
            InputError: they are none, or too many or few, or there is no such kind.
        """
        try:
            data = unhexlify(typed)
        except ValueError as error:
            raise InputError("these are no hexadecimal digits") from error
        if kind == PDQ:
            if len(data) * 8 != FingerprintKind.PDQ.bits:
                raise InputError("a PDQ fingerprint has 64 hexadecimal digits")
            return cls(pdq=(data,))
        digest = next((one for one in DigestKind if one.value == kind), None)
        if digest is None:
            raise InputError("there is no such choice")
        if len(data) != digest.size_bytes:
            raise InputError("an MD5 digest has 32 hexadecimal digits, an SHA-1 digest 40, an SHA-256 digest 64")
        return cls(digests=((digest, data),))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for: then nothing can be said of it, not even that it is unknown."""
        return not self.digests and not self.pdq


@dataclass(frozen=True, slots=True)
class Known:
    """One item of a bank that is what was asked for, or is near it. A hit, no match: a person decides.

    Attributes:
        bank: its name.
        owner: whose bank it is, and whom to call.
        item: by what the item is called; opaque.
        distance_bits: 0 for the same digest; None for an asker who may not see it.
        is_exact: whether a digest is the same.
        is_disputed: whether the owner doubts it: it never acts alone.
    """

    bank: str
    owner: AgencyCard
    semantics: BankSemantics
    item: str
    distance_bits: int | None
    is_exact: bool
    is_disputed: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one thing that was asked for.

    Attributes:
        known: each item once, the nearest first; empty when everything was searched and nothing found.
    """

    known: tuple[Known, ...]
