"""A case leaves the house as a package: what may go along is decided here, and written down before the first byte."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.ledger import Deed
from tsunagu.domain.notice import HitView
from tsunagu.domain.package import CustodyEntry, Finding, PackagedCase, PackagedFile
from tsunagu.domain.permission import Permission
from tsunagu.exchange.case_report import Report, Reporter
from tsunagu.exchange.case_writing import write_case
from tsunagu.exchange.package_readme import readme
from tsunagu.records import agencies, notices, packaged
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.ledger.pages import all_entries_of_case
from tsunagu.records.ledger.signing import Signer
from tsunagu.records.packages.manifest import OPENSSL, SHA256SUM, public_key_to_pem
from tsunagu.records.packages.written import Package
from tsunagu.records.session import acting_for
from tsunagu.services.access import case_for, deed, denials_recorded
from tsunagu.services.labels import check_may_leave
from tsunagu.services.overlaps.linking import link_first
from tsunagu.services.parts import Keys, Ledger, Queue

CASE_FILE = "case.jsonld"
README = "readme.txt"
OF_ITS_OWN = frozenset(
    {"case", "clue", "country", "deletion", "erasure", "exhibit", "intake", "media", "retention", "reveal"}
)
"""What acts are about whose entries leave with a case. Any other may tell that somebody else holds something, or is
told something: it stays at home, and is not counted either."""
_NAMES_OTHERS = frozenset({"overlap", "hit", "alert"})


@dataclass(frozen=True, slots=True)
class ExportedCase:
    """What went out.

    Attributes:
        waiting: how many places had not been compared, so that findings on them may be missing.
    """

    places: int
    findings: int
    waiting: int


@dataclass(slots=True)
class _Told:
    """What the files told on their way out.

    Attributes:
        first: the first ones.
        by_exhibit: how many each exhibit has.
        contents: the SHA-256 of each that has one.
        places: how many there were.
    """

    first: list[PackagedFile] = field(default_factory=list)
    by_exhibit: dict[str, int] = field(default_factory=dict)
    contents: list[bytes] = field(default_factory=list)
    places: int = 0


def export_case(
    *,
    actor: Actor,
    reference: str,
    package: Package,
    reporter: Reporter | None,
    release: str,
    signer: Signer,
    public_key: bytes,
    queue: Queue,
    most_places: int | None = None,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> ExportedCase:
    """Write one of the actor's cases into a package, and sign it.

    With it go its exhibits, places, digests, facts and fingerprints; the hits that both sides have shared, with the own
    item and the own judgement alone; and the ledger's entries of the case, but for those that tell of others. Of
    another agency, of another case, or of a hit that is not shared nothing goes along, not as a number either.

    Args:
        package: nothing is written into it yet.
        reporter: sets the summaries for people; None where they are not wanted.
        release: of this program.
        signer: the ledger's key.
        public_key: its public part, raw.
        most_places: a case of more is refused; none where it is left out.

    Raises:
        Forbidden: the actor exports no cases, or it came from another agency, whose label does not let it go on.
        NotFound: no such case, or not the actor's.
        InputError: the package cannot be written, or the case has too many places.
        Conflict: the case changed while it was written, so that the ledger says something else; nothing goes out.
    """
    leaving = Permission.CASE_EXPORT
    case = case_for(actor=actor, reference=reference, permission=leaving, now=now, keys=keys, ledger=ledger)
    with denials_recorded(actor=actor, permission=leaving, asked=reference, now=now, keys=keys, ledger=ledger):
        check_may_leave(actor.agency_id, case.case_id)
    link_first(queue=queue, now=now, ledger=ledger)
    with acting_for(actor.agency_id):
        places, contents = packaged.contents_of(case)
        if most_places is not None and places > most_places:
            raise InputError("so large a case is exported by the command `tsunagu case export`")
        root = merkle_root(contents).hex()
        ledger.write(deed(Act.CASE_EXPORTED, actor=actor, case=case, now=now, places=places, merkle_root=root))
    # Only now: nothing may leave before its entry is committed.
    with _failure_told(deed(Act.CASE_EXPORT_FAILED, actor=actor, case=case, now=now, merkle_root=root), ledger):
        with acting_for(actor.agency_id):
            report, written = _written(case, actor, package, release=release, now=now)
        if (written.places, merkle_root(written.contents).hex()) != (places, root):
            raise Conflict("the case changed while it was written into the package: export it again")
        _write_for_people(package, report, reporter, key_id=signer.key_id, public_key=public_key)
        package.finish(signer=signer, public_key=public_key, now=now)
        return ExportedCase(places, len(report.findings), report.case.waiting)


def _written(case: CaseSummary, actor: Actor, package: Package, *, release: str, now: datetime) -> tuple[Report, _Told]:
    """Write what the case holds into the package, and return what its summaries tell. Call it within `acting_for`."""
    whole = _whole(case, actor, release=release, now=now)
    exhibits = packaged.packaged_exhibits(case)
    findings = _findings(actor, case)
    custody = tuple(_custody(case, {str(one.exhibit_id): one.reference for one in exhibits}))
    told = _Told()
    with package.writing(CASE_FILE) as file:
        files = _noted(packaged.packaged_files(case), told)
        told.places = write_case(whole, file, exhibits=exhibits, files=files, findings=findings, custody=custody)
    return Report(whole, exhibits, told.by_exhibit, tuple(told.first), findings, custody), told


def _write_for_people(
    package: Package, report: Report, reporter: Reporter | None, *, key_id: str, public_key: bytes
) -> None:
    """Write the summaries, where they are wanted, and how the package is verified."""
    for name, content in reporter.pdfs(report) if reporter is not None else ():
        with package.writing(name) as file:
            file.write(content)
    with package.writing(README) as file:
        pem = public_key_to_pem(public_key)
        file.write(readme(report.case, key_id=key_id, pem=pem, openssl=OPENSSL, sha256sum=SHA256SUM))


@contextmanager
def _failure_told(failure: Deed, ledger: Ledger) -> Iterator[None]:
    """Write down that the package did not go out after all, whatever the reason."""
    try:
        yield
    except BaseException:
        ledger.record(failure)
        raise


def _whole(case: CaseSummary, actor: Actor, *, release: str, now: datetime) -> PackagedCase:
    agency = agencies.cards_of([actor.agency_id])[actor.agency_id]
    return PackagedCase(
        case.case_id,
        case.reference,
        case.purpose,
        case.covert,
        case.opened_at,
        case.closed_at,
        case.keep_until,  # nobody keeps it longer than its own agency
        agency.name,
        agency.country,
        packaged.waiting_in(case),
        now,
        agencies.logins()[actor.officer_id],
        release,
    )


def _noted(files: Iterator[PackagedFile], told: _Told) -> Iterator[PackagedFile]:
    for file in files:
        told.by_exhibit[file.exhibit] = told.by_exhibit.get(file.exhibit, 0) + 1
        if len(told.first) < Report.MOST_FILES:
            told.first.append(file)
        if file.examined.digests:
            told.contents.append(file.examined.digests.sha256)
        yield file


def _findings(actor: Actor, case: CaseSummary) -> tuple[Finding, ...]:
    """Return the hits of the case that both sides have shared, by the place of the own item; held ones never."""
    told = [
        one
        for one in notices.notices_of(actor)
        if one.case_id == case.case_id and not one.held and not one.ended and one.revealed
    ]
    hits = [hit for one in told for hit in notices.hits_seen(one, lambda _: "")]
    answers = packaged.latest_answers([hit.hit_id for hit in hits])
    found = (_finding(hit, answers) for hit in hits)
    return tuple(sorted(found, key=lambda one: (one.number, one.kind, one.distance_bits)))


def _finding(hit: HitView, answers: Mapping[int, tuple[datetime, str]]) -> Finding:
    at, login = answers.get(hit.hit_id, (None, None))
    return Finding(
        hit.number,
        hit.evidence.kind,
        hit.evidence.distance_bits,
        hit.evidence.turn,
        tuple((one.a_from_s, one.a_to_s) for one in hit.evidence.stretches),
        hit.silenced,
        hit.holds,
        hit.judgement,
        hit.sameness,
        at,
        login,
    )


def _custody(case: CaseSummary, exhibits: Mapping[str, str]) -> Iterator[CustodyEntry]:
    logins = {str(officer): login for officer, login in agencies.logins().items()}
    for entry in all_entries_of_case(case.case_id):
        body = json.loads(entry.body)
        details = body.get("details", {})
        if body["act"].partition(":")[0] not in OF_ITS_OWN or "cases" in body or _NAMES_OTHERS & details.keys():
            continue
        exhibit = exhibits.get(str(details.get("exhibit")))
        yield CustodyEntry(entry.hash, entry.body, logins.get(str(body.get("officer"))), exhibit)
