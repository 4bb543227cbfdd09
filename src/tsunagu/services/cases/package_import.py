"""A package comes in as a case: verified first, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.ledger import Deed
from tsunagu.domain.package import ImportedPackage, OfferedCase, PackagedFile, PackageReport
from tsunagu.domain.permission import Permission
from tsunagu.domain.retention import checked_until
from tsunagu.exchange.case_reading import read_case, read_files
from tsunagu.records import cases, holdings, retention
from tsunagu.records.holdings import path_digest
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.packages.folder import check_package, reading
from tsunagu.records.session import acting_for
from tsunagu.services.access import REFERENCE, check_reference, deed, denials_recorded
from tsunagu.services.cases.packaging import CASE_FILE
from tsunagu.services.overlaps.linking import link_all
from tsunagu.services.parts import Keys, Ledger

CHUNK_FILES = 200


@dataclass(slots=True)
class _Exhibit:
    """What came into one exhibit."""

    exhibit_id: UUID
    places: set[bytes] = field(default_factory=set)
    contents: list[bytes] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _BroughtIn:
    """What a package has become."""

    case: CaseSummary
    offered: OfferedCase
    filled: dict[str, _Exhibit]

    @property
    def places(self) -> int:
        return sum(len(one.places) for one in self.filled.values())


def import_case(
    *,
    actor: Actor,
    folder: Path,
    reference: str | None,
    public_key: bytes | None,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> ImportedPackage:
    """Open a new case with all that a package holds of media, and compare that with all that is held.

    Exhibits, places, digests, facts and fingerprints come in as they are; the purpose, the covert flag and the last
    day stay in force. Findings, judgements and custody are what another agency says: they stay in the package, which
    the ledger's entry binds to the case by a keyed digest of its manifest.

    Args:
        reference: the new case's; None for the one that it had.
        public_key: the raw Ed25519 key that is known to be the signer's; None where the officer compares it himself.

    Raises:
        Forbidden: the actor opens no cases, or brings in no media.
        InputError: the package does not verify, cannot be read, or may be kept no longer; nothing of it is kept.
        Conflict: the agency has a case of this reference already.
    """
    for permission in (Permission.CASE_OPEN, Permission.MEDIA_INGEST):
        asked = reference or "package"
        with denials_recorded(actor=actor, permission=permission, asked=asked, now=now, keys=keys, ledger=ledger):
            pass
    report = check_package(folder, public_key)
    try:
        done = _brought_in(actor, folder, reference, report, now=now, keys=keys, ledger=ledger)
    except (InputError, Conflict):
        told: dict[str, str | int] = {"signer": report.key_id, "problems": len(report.problems)}
        ledger.record(Deed(Act.PACKAGE_REFUSED, now, actor.agency_id, actor.officer_id, actor.purpose, details=told))
        raise
    link_all(now=now, ledger=ledger)
    ledger.record(deed(Act.MEDIA_COMPARED, actor=actor, case=done.case, now=now, files=done.offered.files))
    return ImportedPackage(done.case.reference, len(done.filled), done.places, report.key_id)


def _brought_in(
    actor: Actor,
    folder: Path,
    reference: str | None,
    report: PackageReport,
    *,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> _BroughtIn:
    offered = _offered(folder, report)
    named = reference or offered.reference
    for one in (named, *offered.exhibits):
        check_reference(one)
    manifest = "".join(f"{name} {digest}\n" for name, digest in sorted(report.files.items())).encode()
    with acting_for(actor.agency_id):
        until = checked_until(None, limit=offered.keep_limit, keep_months=retention.keep_months(), today=now.date())
        case = CaseSummary(
            uuid4(), actor.agency_id, named, offered.purpose, offered.covert, now, until, offered.keep_limit
        )
        cases.add_case(case, opened_by=actor.officer_id)
        filled = {
            one: _Exhibit(cases.exhibit_of(case, one, registered_by=actor.officer_id, now=now)[0])
            for one in offered.exhibits
        }
        with reading(folder, CASE_FILE, report.files[CASE_FILE]) as file:
            _keep(case, filled, read_files(file))
        bound = {"package": keys.mac(REFERENCE, manifest).hex(), "signer": report.key_id}
        ledger.write(*_deeds(actor, case, filled, bound, now=now))
    return _BroughtIn(case, offered, filled)


def _offered(folder: Path, report: PackageReport) -> OfferedCase:
    """Return the case of a package that verifies.

    Raises:
        InputError: it does not, or holds no case that can be read.
    """
    if not report.is_sound:
        raise InputError(f"the package does not verify, and nothing of it is kept: {report.problems[0]}")
    if CASE_FILE not in report.files:
        raise InputError("the package holds no case")
    with reading(folder, CASE_FILE, report.files[CASE_FILE]) as file:
        return read_case(file)


def _keep(case: CaseSummary, filled: dict[str, _Exhibit], files: Iterator[PackagedFile]) -> None:
    """Keep the files in their order, so many at once as one statement takes.

    Raises:
        InputError: a place is named twice.
    """
    for reference, some in groupby(files, attrgetter("exhibit")):
        exhibit = filled[reference]
        while chunk := list(islice(some, CHUNK_FILES)):
            holdings.keep(
                [(one.examined, one.mtime_ns) for one in chunk],
                agency_id=case.agency_id,
                exhibit_id=exhibit.exhibit_id,
                scanned=True,
                claimed=True,
            )
            places = len(exhibit.places) + len(chunk)
            exhibit.places |= {path_digest(one.examined.path) for one in chunk}
            if len(exhibit.places) != places:
                raise InputError("the package names one place twice")
            exhibit.contents += [one.examined.digests.sha256 for one in chunk if one.examined.digests]


def _deeds(
    actor: Actor, case: CaseSummary, filled: dict[str, _Exhibit], bound: dict[str, str], *, now: datetime
) -> Iterator[Deed]:
    yield deed(Act.CASE_OPENED, actor=actor, case=case, now=now, until=case.keep_until.isoformat())
    for one in filled.values():
        exhibit = str(one.exhibit_id)
        yield deed(Act.EXHIBIT_REGISTERED, actor=actor, case=case, now=now, exhibit=exhibit)
        counts = {"places": len(one.places), "items": len(one.contents)}
        root = merkle_root(one.contents).hex()
        if one.places:
            yield deed(Act.MEDIA_ACQUIRED, actor=actor, case=case, now=now, exhibit=exhibit, merkle_root=root, **counts)
    places = sum(len(one.places) for one in filled.values())
    yield deed(Act.CASE_IMPORTED, actor=actor, case=case, now=now, places=places, exhibits=len(filled), **bound)
