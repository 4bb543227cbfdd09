"""Who somebody is, proven by what he knows and what he has; every attempt is counted. Needs `acting_for` around it."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from pyotp.totp import TOTP

from tsunagu.domain.party import Credentials
from tsunagu.records import agencies
from tsunagu.services.parts import Keys

SECOND_FACTOR = "totp"
"""The key's purpose."""
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
TOTP_STEP_S = 30


def seal_factor(secret: str, keys: Keys) -> str:
    """Return the secret of a second factor as it is kept."""
    return base64.b64encode(keys.seal(SECOND_FACTOR, secret.encode(), b"")).decode("ascii")


def open_factor(sealed: str, keys: Keys) -> str:
    """Return the secret of a second factor that was sealed."""
    return keys.open_sealed(SECOND_FACTOR, base64.b64decode(sealed, validate=True), b"").decode()


def proves_both(held: Credentials | None, *, password: str, code: str, now: datetime, keys: Keys) -> bool:
    """Check password and one-time code, without stopping at the first that fails, and count the attempt.

    For a login that nobody has, the database and the processor do the same work.

    Args:
        held: what is held of the login, locked; None when nobody has it.
    """
    if held is None:
        return _nobody(password)
    right = agencies.is_password(held.officer.officer_id, password)
    step = _step_of(held, code, now, keys)
    return _counted(held, proven=right and step is not None, step=step, now=now)


def proves_password(held: Credentials | None, *, password: str, now: datetime) -> bool:
    """Check the password alone, as the first of two steps; only a wrong one is counted.

    Args:
        held: as for `proves_both`.
    """
    if held is None:
        return _nobody(password)
    right = agencies.is_password(held.officer.officer_id, password)
    if right and held.is_active and not _is_locked(held, now):
        return True
    return _counted(held, proven=False, step=None, now=now)


def proves_newcomer(held: Credentials | None, *, password: str, has_factor: bool, now: datetime) -> bool:
    """Check the password of an officer who has no second factor yet, and count the attempt: whoever has one fails.

    Args:
        held: as for `proves_both`.
    """
    if held is None:
        return _nobody(password)
    right = agencies.is_password(held.officer.officer_id, password)
    return _counted(held, proven=right and not has_factor, step=None, now=now)


def proves_code(held: Credentials, *, code: str, now: datetime, keys: Keys) -> bool:
    """Check a one-time code, as the second of two steps, and count the attempt.

    Args:
        held: what is held of the officer, locked.
    """
    step = _step_of(held, code, now, keys)
    return _counted(held, proven=step is not None, step=step, now=now)


def spend_code(officer_id: UUID, *, secret: str, code: str, now: datetime) -> None:
    """Let a code by which a second factor was just enrolled sign nobody in.

    Args:
        officer_id: the officer whom it was enrolled for.
        secret: the second factor's, not sealed.
        code: as it was typed; it was found right.
        now: when that was.
    """
    step = _matching_step(secret, code, now)
    latest = int(now.timestamp()) // TOTP_STEP_S + 1
    agencies.note_attempt(officer_id, failures=0, locked_until=None, totp_step=latest if step is None else step)


def _nobody(password: str) -> bool:
    nobody = uuid4()
    agencies.is_password(nobody, password)
    agencies.note_attempt(nobody, failures=1, locked_until=None, totp_step=None)
    return False


def _is_locked(held: Credentials, now: datetime) -> bool:
    return held.locked_until is not None and held.locked_until > now


def _counted(held: Credentials, *, proven: bool, step: int | None, now: datetime) -> bool:
    is_locked = _is_locked(held, now)
    proven = proven and held.is_active and not is_locked
    failures = 0 if proven else held.failures + 1
    locked_until = held.locked_until if is_locked else None
    if failures >= MOST_FAILURES:
        failures, locked_until = 0, now + LOCKED_FOR
    agencies.note_attempt(
        held.officer.officer_id, failures=failures, locked_until=locked_until, totp_step=step if proven else None
    )
    return proven


def _step_of(held: Credentials, code: str, now: datetime, keys: Keys) -> int | None:
    """Return the 30-second step of a code: this one, or the one before or after; None if wrong or used already."""
    if held.totp_sealed is None:
        return None
    step = _matching_step(open_factor(held.totp_sealed, keys), code, now)
    return step if step is not None and step > held.last_totp_step else None


def _matching_step(secret: str, code: str, now: datetime) -> int | None:
    totp = TOTP(secret)
    typed = "".join(code.split()).encode(errors="replace")  # applications show 123 456
    current = int(now.timestamp()) // TOTP_STEP_S
    for step in (current, current - 1, current + 1):
        if hmac.compare_digest(totp.at(step * TOTP_STEP_S).encode(), typed):
            return step
    return None
