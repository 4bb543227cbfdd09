"""Packages: a case written out for a court or for another agency, as the values that stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tsunagu.domain.fingerprint import Turn
from tsunagu.domain.hit import EvidenceKind
from tsunagu.domain.judgement import Judgement, Sameness
from tsunagu.domain.media import Examined
from tsunagu.domain.purpose import Purpose


@dataclass(frozen=True, slots=True)
class PackagedCase:
    """The case that a package is of.

    Attributes:
        reference: its agency's own name for it.
        covert: whether its agency tells overlaps of it to the co-ordinator alone.
        keep_limit: the last day on which whoever receives it may keep it.
        agency: the name of the agency that wrote the package.
        country: that agency's, ISO 3166-1 alpha-2.
        waiting: how many of its places had not been compared with what is held when it was written.
        exported_at: when the package was written.
        exported_by: the login of who let it be written.
        release: of the program that wrote it.
    """

    case_id: UUID
    reference: str
    purpose: Purpose
    covert: bool
    opened_at: datetime
    closed_at: datetime | None
    keep_limit: date
    agency: str
    country: str
    waiting: int
    exported_at: datetime
    exported_by: str
    release: str


@dataclass(frozen=True, slots=True)
class PackagedExhibit:
    """A seized thing of the case.

    Attributes:
        registered_by: the login of who registered it.
    """

    exhibit_id: UUID
    reference: str
    registered_at: datetime
    registered_by: str


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """One place in an exhibit, with all that is known of its content.

    Attributes:
        exhibit: the reference of the exhibit.
        number: of the place within its case.
        mtime_ns: when the file was changed last, as its file system said, nanoseconds since 1970 in UTC.
        examined: path, digests, facts and fingerprints.
    """

    exhibit: str
    number: int
    mtime_ns: int
    examined: Examined


@dataclass(frozen=True, slots=True)
class Finding:
    """One hit of the case with what its own agency judged of it; of the other side nothing but that there is one.

    Attributes:
        number: of the place of the own item within its case.
        turn: how the other picture lies on the own one; None where that does not apply.
        seconds: the stretches of the own recording that were found again, as (from, to) in seconds.
        silenced: benign content explains it; it does not count.
        holds: false when it was not found again later; it does not count either.
        judgement: the latest answer of the own agency.
        judged_by: the login of who gave it; None while there is none.
    """

    number: int
    kind: EvidenceKind
    distance_bits: int
    turn: Turn | None
    seconds: tuple[tuple[float, float], ...]
    silenced: bool
    holds: bool
    judgement: Judgement
    sameness: Sameness | None
    judged_at: datetime | None
    judged_by: str | None


@dataclass(frozen=True, slots=True)
class CustodyEntry:
    """One deed of the case as the ledger holds it, for who wants to prove that it does.

    Attributes:
        hash: of the ledger entry, 32 bytes.
        body: the entry's text exactly as it was hashed.
        login: of who did it; None for the machine.
        exhibit: the reference of the exhibit that it was done to; None where it names none.
    """

    hash: bytes
    body: str
    login: str | None
    exhibit: str | None


@dataclass(frozen=True, slots=True)
class OfferedCase:
    """What a package offers to who reads it in.

    Attributes:
        reference: the case's, at the agency that wrote the package.
        keep_limit: the last day on which it may be kept.
        agency: the name of that agency.
        exhibits: the references of all exhibits, those without a file too.
        files: how many places they have together.
    """

    reference: str
    purpose: Purpose
    covert: bool
    keep_limit: date
    agency: str
    exhibits: tuple[str, ...]
    files: int


@dataclass(frozen=True, slots=True)
class PackageReport:
    """What checking a package found.

    Attributes:
        key_id: which key signed it, the first 16 hex digits of the public key's SHA-256; empty where none can be read.
        files: the files that the manifest names, each with its SHA-256 in hex.
        problems: one sentence for each thing that is wrong, in the order of the files; empty when all is well.
    """

    key_id: str
    files: Mapping[str, str]
    problems: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class ImportedPackage:
    """What came in with a package.

    Attributes:
        reference: the case's, here.
        places: how many places its exhibits have.
        key_id: of the key that signed it.
    """

    reference: str
    exhibits: int
    places: int
    key_id: str
