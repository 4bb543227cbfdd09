"""What `doctor` finds of certificates, of the queue, of other installations and of uploads."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tsunagu.config.configuration import Configuration
from tsunagu.domain.errors import InputError, Unavailable
from tsunagu.domain.hub import Member, MemberState
from tsunagu.records.queue_state import STALLED_AFTER_S, queue_state
from tsunagu.services.house import Check
from tsunagu.services.hub.membership import exchange_status

GIB = 1 << 30
SILENT_AFTER = timedelta(hours=1)


def tls_files(configuration: Configuration) -> tuple[Path, Path] | None:
    """Return certificate and key as the settings name them; None when they name neither.

    Raises:
        InputError: they name one of the two, or a file that is not there.
    """
    certificate, key = configuration.tls_certificate_file, configuration.tls_key_file
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise InputError("the settings tls_certificate_file and tls_key_file belong together; one is missing")
    if not certificate.is_file() or not key.is_file():
        raise InputError("the certificate or its key is not where the settings say")
    return certificate, key


def expires_at(certificate: Path) -> datetime:
    """Return when the first certificate of a file's chain expires.

    Raises:
        Unavailable: the file cannot be read, or holds no certificate.
    """
    try:
        chain = x509.load_pem_x509_certificates(certificate.read_bytes())
    except (OSError, ValueError) as error:
        raise Unavailable("the certificate cannot be read") from error
    return min(one.not_valid_after_utc for one in chain)


def certificate_checks(configuration: Configuration, now: datetime) -> Iterator[Check]:
    """Examine the certificate that `serve` shows, and its key."""
    files = tls_files(configuration)
    if files is None:
        yield Check("certificate", None, "the settings name none; a web server in front has its own")
        return
    certificate, key = files
    left = expires_at(certificate) - now
    told = f"expires in {left.days} days" if left > timedelta(0) else "has expired"
    yield Check("certificate", left >= timedelta(days=configuration.certificate_least_days), told)
    is_open = bool(key.stat().st_mode & 0o007)
    fits = not is_open and _fits(certificate, key)
    problem = "open to everybody" if is_open else "not the key of the certificate, or it has a passphrase"
    yield Check("certificate key", fits, "fits the certificate" if fits else problem)


def _fits(certificate: Path, key: Path) -> bool:
    shown = x509.load_pem_x509_certificates(certificate.read_bytes())[0].public_key()
    try:
        return load_pem_private_key(key.read_bytes(), password=None).public_key() == shown
    except (ValueError, TypeError):
        return False


def job_checks(now: datetime) -> Iterator[Check]:
    """Examine the queue; call it while the database is open and its tables are up to date."""
    state = queue_state(now=now, stalled_after_s=STALLED_AFTER_S)
    waiting = sum(state.waiting.values())
    told = f"{waiting:,} waiting, {state.running:,} running, {state.stalled:,} stalled, {state.failed_lately:,} failed"
    yield Check("jobs", not state.stalled and not state.failed_lately, f"{told} within a day")
    told = f"{state.workers} at work"
    if not state.workers:
        told = "none is at work, and jobs wait" if waiting else "none is at work, and nothing waits"
    yield Check("worker", bool(state.workers) or not waiting, told)


def exchange_checks(now: datetime) -> Iterator[Check]:
    """Examine the exchange with other installations, where there is any; nothing of who they are.

    One that is called and has not answered for an hour is a fault, and so is a message that has waited for it as long.
    """
    members = [one for one in exchange_status() if one.member.state is MemberState.ACCEPTED]
    if not members:
        return
    called = [one for one in members if one.member.address]
    silent = sum(_is_silent(one.member, now) for one in called)
    late = sum(one.oldest is not None and now - one.oldest > SILENT_AFTER for one in called)
    waiting = sum(one.unsent + one.unanswered for one in members)
    told = f"{len(members):,} are members, {len(called):,} are called, {silent:,} do not answer"
    yield Check("other installations", not silent and not late, f"{told}; {waiting:,} messages wait")


def _is_silent(member: Member, now: datetime) -> bool:
    last = member.line.reached_at or member.accepted_at or member.entered_at
    return member.line.failed > 0 and now - last > SILENT_AFTER


def upload_checks(folder: Path, configuration: Configuration) -> Iterator[Check]:
    """Examine whether there is room for uploads, and how much lies there."""
    lying = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) if folder.exists() else 0
    free = shutil.disk_usage(folder if folder.exists() else folder.parent).free
    room = max(0, free - configuration.upload_spare_gib * GIB)
    yield Check("uploads", room > 0, f"{lying / GIB:.1f} GiB not examined yet, room for {room / GIB:.1f} GiB more")
