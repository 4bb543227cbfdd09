"""A scan made elsewhere comes in: checked as a whole, then kept as if its files had been examined here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import InputError
from tsunagu.domain.intake import ExhibitKey, IntakeHeader, IntakeRefusal, IntakeRefused, IntakeStanding
from tsunagu.domain.permission import Permission
from tsunagu.media.walk import open_regular
from tsunagu.records import cases as case_rows
from tsunagu.records import exhibit_keys
from tsunagu.records.keys.exhibit_keys import is_signed_by
from tsunagu.records.session import acting_for
from tsunagu.services.access import REFERENCE, case_for, check_reference, deed
from tsunagu.services.intake.file import Checked, IntakeReader, is_intake_file
from tsunagu.services.intake.keeping import IngestReport, Keeping, Progress
from tsunagu.services.parts import Keys, Ledger, Queue


def intake_among(paths: Sequence[bytes]) -> bytes | None:
    """Return the intake file that is to be brought in, or None when `paths` are media.

    Only what is named itself is taken for an intake file. One that lies in a folder is a file of that folder: whoever
    filled it may have put it there.

    Raises:
        InputError: an intake file is named together with something else.
    """
    found = [path for path in paths if is_intake_file(path)]
    if found and len(paths) > 1:
        raise InputError("an intake file comes in alone: name it and nothing else")
    return found[0] if found else None


def ingest_intake(
    *,
    actor: Actor,
    case_reference: str,
    exhibit_reference: str,
    path: bytes,
    takes_unsigned: bool,
    clock: Callable[[], datetime],
    keys: Keys,
    ledger: Ledger,
    queue: Queue,
    told: Callable[[Progress], None] = lambda _: None,
) -> IngestReport:
    """Bring what an intake file tells into an exhibit of a case, and compare it with all that is held.

    Paths are those at the machine that was scanned. Safe to run again, as `ingest` is. The ledger says of every chunk
    whether a key of the exhibit vouches for it.

    Args:
        path: the intake file.
        takes_unsigned: the officer vouches for a file that no key signs. A signature that is there must be good.
        clock: asked for the time of every chunk.
        told: called after every chunk.

    Raises:
        Forbidden: the actor brings in no media.
        NotFound: no such case, or not the actor's.
        IntakeRefused: the file is damaged, is not signed by a key of this exhibit that has not expired, or is unsigned
            and not to be taken so; nothing of it is kept, and the ledger says why.
    """
    check_reference(exhibit_reference)
    case = case_for(
        actor=actor, reference=case_reference, permission=Permission.MEDIA_INGEST, now=clock(), keys=keys, ledger=ledger
    )
    with _opened(path) as file:
        with _refusals_recorded(actor=actor, case=case, clock=clock, ledger=ledger):
            reader = IntakeReader(file)
            key = _vouching(reader.header, exhibit_reference, actor=actor, case=case, now=clock())
            checked = _checked(reader, key, takes_unsigned=takes_unsigned)
        keeping = Keeping(
            exhibit_reference,
            actor=actor,
            case=case,
            clock=clock,
            ledger=ledger,
            queue=queue,
            scanned=True,
            intake=(IntakeStanding.SIGNED if key else IntakeStanding.UNSIGNED).value,
            intake_file=keys.mac(REFERENCE, checked.digest).hex(),
        )
        _keep_all(reader, keeping, checked.files, told)
    return keeping.finish()


def _checked(reader: IntakeReader, key: ExhibitKey | None, *, takes_unsigned: bool) -> Checked:
    """Return what a file is that may be taken.

    Raises:
        IntakeRefused: DAMAGED, UNREADABLE, UNSIGNED or WRONG_SIGNATURE.
    """
    if key is None and not takes_unsigned:
        raise IntakeRefused(
            "the intake file is unsigned: scan with the exhibit's key, or vouch for it yourself with --unsigned",
            IntakeRefusal.UNSIGNED,
        )
    checked = reader.check()
    if key and not is_signed_by(key, checked.digest, checked.signature or b""):
        raise IntakeRefused("the intake file's signature is wrong", IntakeRefusal.WRONG_SIGNATURE)
    return checked


def _keep_all(reader: IntakeReader, keeping: Keeping, files: int, told: Callable[[Progress], None]) -> None:
    """Keep every item of a file that is not held yet."""
    keeping.report.files = files
    file, is_wanted, done = None, False, 0
    for block in reader.blocks():
        kept = []
        for found, item in block:
            if found is not file:
                file, is_wanted, done = found, keeping.is_wanted(found), done + 1
            if is_wanted:
                kept.append((item, found.mtime_ns))
        if kept:
            keeping.keep(kept)
        told(Progress(done, files))


def _vouching(
    header: IntakeHeader, exhibit_reference: str, *, actor: Actor, case: CaseSummary, now: datetime
) -> ExhibitKey | None:
    """Return the key that is said to sign, when it is one of this exhibit and counts still; None for an unsigned file.

    Raises:
        IntakeRefused: FOREIGN_KEY or EXPIRED_KEY.
    """
    if header.key_id is None:
        return None
    with acting_for(actor.agency_id):
        exhibit_id = case_rows.exhibit_id_of(case, exhibit_reference)
        key = exhibit_keys.key_of(exhibit_id, header.key_id) if exhibit_id else None
    if key is None or key.exhibit_id != header.exhibit_id:
        raise IntakeRefused(
            "the intake file is signed by a key that this exhibit did not give out", IntakeRefusal.FOREIGN_KEY
        )
    if key.expires_at <= now:
        raise IntakeRefused("the key that signs the intake file has expired", IntakeRefusal.EXPIRED_KEY)
    return key


def _opened(path: bytes) -> BinaryIO:
    try:
        return open(open_regular(path), "rb")  # noqa: PTH123 - a descriptor
    except OSError:
        raise IntakeRefused("the intake file cannot be read", IntakeRefusal.UNREADABLE) from None


@contextmanager
def _refusals_recorded(
    *, actor: Actor, case: CaseSummary, clock: Callable[[], datetime], ledger: Ledger
) -> Iterator[None]:
    """Write down why the block refuses a file: a forged one is an event of its own."""
    try:
        yield
    except IntakeRefused as refused:
        ledger.record(deed(Act.INTAKE_REFUSED, actor=actor, case=case, now=clock(), reason=refused.refusal.value))
        raise
