"""Agencies and officers come in, sign in and sign out."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from pyotp import random_base32
from pyotp.totp import TOTP

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.country import is_country
from tsunagu.domain.errors import InputError, NotFound, NotSignedIn
from tsunagu.domain.ledger import Deed
from tsunagu.domain.party import AgencyCard, OfficerCard
from tsunagu.domain.permission import WORKING_ROLES, Role
from tsunagu.domain.purpose import Purpose
from tsunagu.records import agencies, second_factors, sign_ins
from tsunagu.records.session import acting_for
from tsunagu.services.access import check_agency, check_login, check_officer_name
from tsunagu.services.agencies.proving import (
    LOCKED_FOR,
    MOST_FAILURES,
    open_factor,
    proves_both,
    proves_newcomer,
    seal_factor,
)
from tsunagu.services.parts import Keys, Ledger

TOKEN = "token"  # noqa: S105 - the name of a key's purpose
SIGN_IN_LASTS = timedelta(hours=8)
CERTIFICATION_LASTS = timedelta(days=365)
NOBODY = "nobody is signed in, or the sign-in has expired"


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """Somebody who is to become an officer."""

    login: str
    name: str
    roles: frozenset[Role]
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a new officer is handed once: the secret for his one-time codes."""

    officer: OfficerCard
    totp_secret: str = field(repr=False)

    def totp_uri(self) -> str:
        """Return the address that an authenticator application reads."""
        return TOTP(self.totp_secret).provisioning_uri(name=self.officer.login, issuer_name="Tsunagu")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, and until when."""

    officer: OfficerCard
    agency: AgencyCard
    expires_at: datetime


def found_agency(
    *,
    name: str,
    country: str,
    contact: str,
    officers: tuple[NewOfficer, ...],
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> tuple[AgencyCard, tuple[Enrolment, ...]]:
    """Found an agency with at least two officers at once, since nobody grants a right to himself.

    A correspondent of this name becomes a member by it, and stays where it stands. An operator's act: it needs no
    sign-in, but the keys and the database of this home. By founding it he vouches for its first officers, who are
    certified for `CERTIFICATION_LASTS`.

    Raises:
        InputError: fewer than two officers, two with one login, a bad country code, a name or contact that is no
            printable text, a weak password, or roles that do not go together.
        Conflict: the agency's name or a login is taken.
    """
    if len({one.login for one in officers}) < 2:
        raise InputError("an agency begins with two officers of different logins")
    if not is_country(country):
        raise InputError("a country is a code of two capital letters that ISO 3166-1 assigns, such as DK or JP")
    check_agency(name, contact)
    card = AgencyCard(uuid4(), name, country, contact)
    before = agencies.agency_called(name)
    joins = before is not None and before.is_correspondent
    if before is not None and joins:
        card = replace(before, country=country, contact=contact, is_correspondent=False)
    with acting_for(card.agency_id):
        if joins:
            agencies.describe_agency(card)
        else:
            agencies.add_agency(card)
        enrolled = tuple(_enroll(one, card.agency_id, keys, now) for one in officers)
        ledger.write(
            Deed(Act.AGENCY_FOUNDED, now, card.agency_id),
            *(Deed(Act.OFFICER_ENROLLED, now, card.agency_id, details=_enrolled(one)) for one in enrolled),
        )
    return card, enrolled


def has_members() -> bool:
    """Return whether any agency has been founded in this home."""
    return bool(agencies.member_ids())


def sign_in(*, login: str, password: str, code: str, now: datetime, keys: Keys, ledger: Ledger) -> tuple[str, datetime]:
    """Check both factors and return a token with the time at which it expires.

    Every failure looks alike, and is recorded; after some the officer is locked out for a while (see `proving`).

    Raises:
        InputError: what is given can be no login, which is told without looking.
        NotSignedIn: the login, the password or the code is wrong, or the officer is locked out.
    """
    check_login(login)
    agency_id = agencies.agency_of_login(login)
    expires_at = now + SIGN_IN_LASTS
    token = None
    with acting_for(agency_id or uuid4()):
        held = agencies.credentials_of(login)
        if proves_both(held, password=password, code=code, now=now, keys=keys) and held is not None:
            sign_in_id = uuid4()
            token = f"{held.officer.agency_id}.{sign_in_id}.{secrets.token_urlsafe(32)}"
            sign_ins.begin(
                sign_in_id,
                agency_id=held.officer.agency_id,
                officer_id=held.officer.officer_id,
                token_mac=keys.mac(TOKEN, token.encode()),
                now=now,
                expires_at=expires_at,
            )
        act = Act.OFFICER_SIGNED_IN if token else Act.ACCESS_DENIED
        ledger.write(Deed(act, now, agency_id, held.officer.officer_id if held else None, details={"door": "sign-in"}))
    if token is None:
        raise NotSignedIn(
            "the login, the password or the code is wrong, or the code was used already: wait for the next code; "
            f"after {MOST_FAILURES} failures wait {LOCKED_FOR.seconds // 60} minutes, or ask for `officer unlock`"
        )
    return token, expires_at


def actor_of(*, token: str, purpose: Purpose | None, now: datetime, keys: Keys) -> Actor:
    """Return the officer whose token this is.

    Raises:
        NotSignedIn: the token is unknown, closed or expired, or its officer has left.
    """
    try:
        agency_id, sign_in_id = (UUID(part) for part in token.split(".")[:2])
    except ValueError as error:
        raise NotSignedIn(NOBODY) from error
    with acting_for(agency_id):
        found = sign_ins.officer_of(sign_in_id, now=now)
        if found is None or not hmac.compare_digest(found[1], keys.mac(TOKEN, token.encode())):
            raise NotSignedIn(NOBODY)
        try:
            card = agencies.officer_card(found[0])
        except NotFound as error:
            raise NotSignedIn(NOBODY) from error
    return Actor.of(card, purpose=purpose, now=now)


def who_is(*, token: str, now: datetime, keys: Keys) -> SignedIn:
    """Return whose token this is, at which agency, and until when.

    Raises:
        NotSignedIn: the token is unknown, closed or expired, or its officer has left.
    """
    actor = actor_of(token=token, purpose=None, now=now, keys=keys)
    with acting_for(actor.agency_id):
        card = agencies.officer_card(actor.officer_id)
        expires_at = sign_ins.expiry_of(UUID(token.split(".")[1]))
        return SignedIn(card, agencies.agency_cards()[actor.agency_id], expires_at)


def sign_out(*, token: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Close the sign-in of a token.

    Raises:
        NotSignedIn: it is not open.
    """
    actor = actor_of(token=token, purpose=None, now=now, keys=keys)
    with acting_for(actor.agency_id):
        sign_ins.end(UUID(token.split(".")[1]), now=now)
        ledger.write(Deed(Act.OFFICER_SIGNED_OUT, now, actor.agency_id, actor.officer_id))


def prove_again(*, actor: Actor, password: str, code: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Check both factors of an officer who is signed in, before a grave act; every attempt is counted.

    Raises:
        NotSignedIn: one of them is wrong, or the officer is locked out.
    """
    with acting_for(actor.agency_id):
        held = agencies.credentials_of(agencies.officer_card(actor.officer_id).login)
        is_proven = proves_both(held, password=password, code=code, now=now, keys=keys)
        if not is_proven:
            details = {"door": "proof-again"}
            ledger.write(Deed(Act.ACCESS_DENIED, now, actor.agency_id, actor.officer_id, details=details))
    if not is_proven:
        raise NotSignedIn("the password or the code is wrong, or the code was used already: wait for the next code")


def enroll_factor(*, login: str, password: str, now: datetime, keys: Keys, ledger: Ledger) -> Enrolment:
    """Give an officer who has no second factor one-time codes, by his password alone: after an invitation or a reset.

    Whoever has a second factor is refused like anybody whose password is wrong, and as often.

    Raises:
        InputError: what is given can be no login, which is told without looking.
        NotSignedIn: the login or the password is wrong, the officer is locked out, or has a second factor.
    """
    check_login(login)
    agency_id = agencies.agency_of_login(login)
    enrolled = None
    with acting_for(agency_id or uuid4()):
        held = agencies.credentials_of(login)
        has_factor = second_factors.has_factor(held.officer.officer_id if held else uuid4())
        if proves_newcomer(held, password=password, has_factor=has_factor, now=now) and held is not None:
            enrolled = Enrolment(held.officer, random_base32())
            second_factors.add_totp(held.officer.officer_id, seal_factor(enrolled.totp_secret, keys))
        act = Act.FACTOR_ADDED if enrolled else Act.ACCESS_DENIED
        details = {"door": "second-factor"}
        ledger.write(Deed(act, now, agency_id, held.officer.officer_id if held else None, details=details))
    if enrolled is None:
        raise NotSignedIn("the login or the password is wrong, or there is a second factor already")
    return enrolled


def reseal_second_factors(*, keys: Keys) -> int:
    """Seal every second factor anew with the newest key, and return how many. An operator's act."""
    resealed = 0
    for agency_id in agencies.member_ids():
        with acting_for(agency_id):
            for row_id, name, sealed in list(second_factors.sealed_fields()):
                second_factors.replace_sealed(row_id, name, seal_factor(open_factor(sealed, keys), keys))
                resealed += 1
    return resealed


def check_roles(roles: frozenset[Role]) -> None:
    """Do nothing when one person may have these roles.

    Raises:
        InputError: none at all, or one that works on cases with one that oversees.
    """
    if not roles or (roles & WORKING_ROLES and roles - WORKING_ROLES):
        raise InputError("an officer works on cases, or administers and audits: not both, and not neither")


def check_password(password: str) -> None:
    """Do nothing when a password is strong enough.

    Raises:
        InputError: it is not.
    """
    try:
        validate_password(password)
    except ValidationError as error:
        raise InputError("the password is shorter than 12 characters or too common") from error


def _enroll(officer: NewOfficer, agency_id: UUID, keys: Keys, now: datetime) -> Enrolment:
    check_roles(officer.roles)
    check_login(officer.login, is_new=True)
    check_officer_name(officer.name)
    check_password(officer.password)
    until = now + CERTIFICATION_LASTS
    card = OfficerCard(uuid4(), agency_id, officer.login, officer.name, officer.roles, until)
    secret = random_base32()
    agencies.add_officer(card, password=officer.password)
    second_factors.add_totp(card.officer_id, seal_factor(secret, keys))
    return Enrolment(card, secret)


def _enrolled(enrolment: Enrolment) -> dict[str, str | int]:
    return {"enrolled": str(enrolment.officer.officer_id), "roles": ",".join(sorted(enrolment.officer.roles))}
