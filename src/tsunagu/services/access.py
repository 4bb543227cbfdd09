"""The one way to a case: permission, then the case, and a denial that is written down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import Forbidden, InputError, NotFound
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import BY_GRANT, Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.records import grants
from tsunagu.records.cases import case_of, exhibit_of
from tsunagu.records.session import acting_for
from tsunagu.services.parts import Keys, Ledger

REFERENCE = "reference"
MOST_REFERENCE = 200


@contextmanager
def denials_recorded(
    *, actor: Actor, permission: Permission, asked: str, now: datetime, keys: Keys, ledger: Ledger
) -> Iterator[None]:
    """Check the permission, and write every denial in the block down with a keyed reference to what was asked.

    "Absent" and "not yours" take the same way through here.

    Raises:
        InputError: what is asked for can be no reference, which is told without looking.
    """
    check_reference(asked)
    try:
        require(actor, permission, now=now)
        yield
    except (Forbidden, NotFound):
        details = {"permission": permission.value, "asked": keys.mac(REFERENCE, asked.encode()).hex()}
        ledger.record(Deed(Act.ACCESS_DENIED, now, actor.agency_id, actor.officer_id, actor.purpose, details=details))
        raise


@contextmanager
def changing_banks(actor: Actor, asked: str, *, now: datetime, keys: Keys, ledger: Ledger) -> Iterator[None]:
    """Act for the agency in one transaction, if the actor may change banks; every denial is written down."""
    permission = Permission.BANK_CHANGE
    with (
        denials_recorded(actor=actor, permission=permission, asked=asked, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        yield


@contextmanager
def reading_banks(actor: Actor, asked: str, *, now: datetime, keys: Keys, ledger: Ledger) -> Iterator[None]:
    """Act for the agency in one transaction, if the actor reads banks; every denial is written down."""
    permission = Permission.BANK_READ
    with (
        denials_recorded(actor=actor, permission=permission, asked=asked, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        yield


def require(actor: Actor, permission: Permission, *, now: datetime) -> None:
    """Do nothing when the actor may: by a role, or by a grant that counts at this moment.

    Raises:
        Forbidden: he may not. What is granted helps only who may read media at all, and nobody lends it to a key.
    """
    if permission not in BY_GRANT:
        actor.require(permission)
        return
    actor.require(Permission.MEDIA_READ)
    if actor.key is not None:
        raise Forbidden("this key was not lent this permission", permission=permission.value)
    with acting_for(actor.agency_id):
        granted = grants.granted(actor.officer_id, now=now)
    if permission not in granted:
        raise Forbidden("your agency has not switched this on, or you were not granted it, or not any more")


def case_for(
    *, actor: Actor, reference: str, permission: Permission, now: datetime, keys: Keys, ledger: Ledger
) -> CaseSummary:
    """Return a case that the actor may use in this way.

    Raises:
        Forbidden: none of the actor's roles carries the permission.
        NotFound: no such case, or not the actor's.
    """
    with (
        denials_recorded(actor=actor, permission=permission, asked=reference, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        return case_of(actor, reference)


def exhibit_for(*, actor: Actor, case: CaseSummary, reference: str, now: datetime, ledger: Ledger) -> UUID:
    """Return the id of an exhibit of a case, registered if it is new. Call it within `acting_for` the agency.

    Raises:
        Conflict: the case is closed.
    """
    exhibit_id, is_new = exhibit_of(case, reference, registered_by=actor.officer_id, now=now)
    if is_new:
        ledger.write(deed(Act.EXHIBIT_REGISTERED, actor=actor, case=case, now=now, exhibit=str(exhibit_id)))
    return exhibit_id


def purpose_of(actor: Actor, case: CaseSummary) -> Purpose:
    """Return why the actor asks: his stated purpose, or the case's own."""
    return actor.purpose or case.purpose


def deed(act: Act, *, actor: Actor, case: CaseSummary, now: datetime, **details: str | int) -> Deed:
    """Return the deed of an actor in a case, for the ledger."""
    return Deed(
        act, now, actor.agency_id, actor.officer_id, purpose_of(actor, case), case_id=case.case_id, details=details
    )


def check_reference(reference: str) -> None:
    """Do nothing when a case, an exhibit, a bank or an officer may be called this.

    Raises:
        InputError: it is empty, longer than `MOST_REFERENCE` characters, or not printable.
    """
    if not _is_short_text(reference):
        raise InputError(f"a reference is 1 to {MOST_REFERENCE} printable characters")


def check_login(login: str, *, is_new: bool = False) -> None:
    """Do nothing when an officer may have this login; one that is new has no space, so that it can be typed anywhere.

    Raises:
        InputError: it is empty, longer than `MOST_REFERENCE` characters, or not printable; or it is new with a space.
    """
    if not _is_short_text(login):
        raise InputError(f"a login is 1 to {MOST_REFERENCE} printable characters")
    if is_new and any(one.isspace() for one in login):
        raise InputError("a new login has no space in it")


def check_officer_name(name: str) -> None:
    """Do nothing when an officer may be called this.

    Raises:
        InputError: as for a reference.
    """
    if not _is_short_text(name):
        raise InputError(f"an officer's name (--name) is 1 to {MOST_REFERENCE} printable characters")


def check_agency(name: str, contact: str) -> None:
    """Do nothing when an agency may be called this, and others be told to talk to this contact.

    Raises:
        InputError: as for a reference, of either.
    """
    if not _is_short_text(name):
        raise InputError(f"an agency's name (--agency) is 1 to {MOST_REFERENCE} printable characters")
    if not _is_short_text(contact):
        raise InputError(f"an agency's contact (--contact) is 1 to {MOST_REFERENCE} printable characters")


def _is_short_text(text: str) -> bool:
    return bool(text.strip()) and len(text) <= MOST_REFERENCE and text.isprintable()
