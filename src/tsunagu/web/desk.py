"""A page's request as services see it: who asks, why and when, and with which parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypedDict, TypeVar, cast
from uuid import UUID

from django.http import HttpRequest

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import InputError
from tsunagu.domain.party import OfficerCard
from tsunagu.domain.permission import Permission, Role
from tsunagu.domain.purpose import Purpose
from tsunagu.services.access import check_reference
from tsunagu.services.parts import Keys, Ledger
from tsunagu.web.no_files import DOCUMENT
from tsunagu.web.rooms import now, rooms

ROWS_A_PAGE = 50
MOST_DIGITS = 19
"""A longer number is of nothing: the database could not hold it."""

Choice = TypeVar("Choice", bound=StrEnum)
Search = TypeVar("Search")


class SignedIn(Protocol):
    """The officer of a request, as far as pages may look at him."""

    pk: UUID
    agency_id: UUID
    login: str
    name: str
    roles: list[str]
    certified_until: datetime | None


class Parts(TypedDict):
    """What every service is given besides its own arguments."""

    actor: Actor
    now: datetime
    keys: Keys
    ledger: Ledger


def officer_of(request: HttpRequest) -> SignedIn:
    """Return who is signed in; every page but the open ones is asked by somebody."""
    return cast("SignedIn", request.user)


def actor_of(request: HttpRequest, purpose: str | None = None) -> Actor:
    """Return the officer who is signed in, asking for a purpose, or for the case's own."""
    officer = officer_of(request)
    roles = frozenset(map(Role, officer.roles))
    card = OfficerCard(officer.pk, officer.agency_id, officer.login, officer.name, roles, officer.certified_until)
    return Actor.of(card, purpose=Purpose(purpose) if purpose else None, now=now())


def parts_of(request: HttpRequest) -> Parts:
    """Return what a service is called with for this request."""
    return Parts(actor=actor_of(request), now=now(), keys=rooms().keys, ledger=rooms().ledger)


def may(request: HttpRequest, permission: Permission) -> bool:
    """Return whether to show a way in at all; services decide when it is taken."""
    return actor_of(request).may(permission)


def is_barred(request: HttpRequest) -> bool:
    """Return whether the officer's roles would let him reach content, and only his certification does not."""
    actor = actor_of(request)
    return not actor.is_certified and replace(actor, is_certified=True).may(Permission.CASE_READ)


def chosen(choices: type[Choice], typed: str) -> Choice:
    """Return what was chosen in a form.

    Raises:
        InputError: the form offers no such choice.
    """
    try:
        return choices(typed)
    except ValueError as error:
        raise InputError("there is no such choice") from error


def document_digest(request: HttpRequest) -> bytes | None:
    """Return the SHA-256 of the document that a form has sent; None where it sent none.

    The document itself was not kept: see `no_files`. With the form it has at most 9 MiB.
    """
    sent = request.FILES.get(DOCUMENT)
    return None if sent is None else sent.read()


def day(typed: str) -> date | None:
    """Return the day that was typed in a form; None where the field was left empty.

    Raises:
        InputError: it is no day.
    """
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise InputError("a day is written as year, month and day, such as 2026-03-01") from error


def number(typed: str) -> int:
    """Return the number by which an address says where a list goes on; 0, its beginning, for anything else."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < MOST_DIGITS else 0


def id_named(typed: str) -> UUID | None:
    """Return the id that an address or a form names; None for anything else: a list begins with its first page."""
    made: Callable[[str], UUID] = UUID  # called with whatever was typed, it may say that this is none
    try:
        return made(typed) if typed else None
    except ValueError:
        return None


def whole(typed: str, *, most: int) -> int:
    """Return the whole number that was typed in a form, 0 or more.

    Raises:
        InputError: it is none, or longer than `most` is.
    """
    if not typed.isascii() or not typed.isdigit() or len(typed) > len(str(most)):
        raise InputError("this is no such number")
    return int(typed)


def narrowed(choices: type[Choice], typed: str) -> Choice | None:
    """Return what a list is narrowed down to; None where the field was left empty.

    Raises:
        InputError: the form offers no such choice.
    """
    return chosen(choices, typed) if typed else None


def sought(typed: str) -> str:
    """Return the text that a list is narrowed down by; empty where the field was left empty.

    Raises:
        InputError: it can be no part of a reference.
    """
    text = typed.strip()
    if text:
        check_reference(text)
    return text


def search_or_all(read: Callable[[], Search], everything: Search) -> tuple[Search, str]:
    """Return what is looked for; where it cannot be looked for, everything, and the words that say why."""
    try:
        return read(), ""
    except InputError as error:
        return everything, str(error)
