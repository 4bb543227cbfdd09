"""Agencies and their officers, as rows."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.hashers import check_password, is_password_usable, make_password
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from tsunagu.domain.agency_tree import AgencyKind
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.party import AgencyCard, Credentials, OfficerCard
from tsunagu.domain.permission import WORKING_ROLES, Role
from tsunagu.records import second_factors
from tsunagu.records.models import Agency, Login, Officer
from tsunagu.records.planned import columns_of, rows_of
from tsunagu.records.session import asking_for_login

_CARD = "SELECT id, name, country, contact, kind, local_name, code, is_correspondent, member_id FROM agency"
_CARDS = f"{_CARD} WHERE id = ANY(%s)"
_OFFICER_FIELDS = columns_of(Officer)
_OFFICER = f"SELECT {', '.join(_OFFICER_FIELDS)} FROM officer WHERE id = $1::uuid AND is_active"  # noqa: S608


def add_agency(card: AgencyCard) -> None:
    """Enter an agency into the directory. Call it within `acting_for` the agency.

    Raises:
        Conflict: an agency of this name is there already.
    """
    try:
        with transaction.atomic():
            Agency.objects.create(id=card.agency_id, **_fields(card))
    except IntegrityError as error:
        raise Conflict("an agency of this name is there already") from error


def agency_cards() -> dict[UUID, AgencyCard]:
    """Return the directory of agencies, by id. It is open to all members."""
    return {row[0]: _card_of(row) for row in rows_of(_CARD)}


def cards_of(agency_ids: Iterable[UUID]) -> dict[UUID, AgencyCard]:
    """Return these agencies, by id."""
    with connection.cursor() as cursor:  # not through the models: programs ask hundreds of times a second
        cursor.execute(_CARDS, [list(agency_ids)])
        return {row[0]: _card_of(row) for row in cursor.fetchall()}


def member_ids() -> tuple[UUID, ...]:
    """Return the agencies that work with this installation, by id."""
    rows = Agency.objects.filter(is_correspondent=False, member_id=None)
    return tuple(rows.order_by("id").values_list("id", flat=True))


def holder_ids() -> tuple[UUID, ...]:
    """Return the agencies that may hold anything here, by id: also those elsewhere, as far as they ask about it."""
    return tuple(Agency.objects.filter(is_correspondent=False).order_by("id").values_list("id", flat=True))


def elsewhere() -> dict[UUID, UUID]:
    """Return the agencies of other installations, each with the member through which it is reached."""
    return dict(Agency.objects.filter(member_id__isnull=False).values_list("id", "member_id"))


def count_through(member_id: UUID) -> int:
    """Return how many agencies are reached through another installation."""
    return Agency.objects.filter(member_id=member_id).count()


def agency_called(name: str) -> AgencyCard | None:
    """Return the agency of this name; None when there is none."""
    row = Agency.objects.filter(name=name).first()
    return None if row is None else _agency(row)


def describe_agency(card: AgencyCard) -> None:
    """Replace all that the directory says of an agency. Call it within `acting_for` the agency."""
    Agency.objects.filter(id=card.agency_id).update(**_fields(card))


def add_officer(card: OfficerCard, *, password: str | None) -> None:
    """Enter an officer; without a password he cannot sign in. Call it within `acting_for` his agency.

    Raises:
        Conflict: the login is taken, by whomever.
    """
    try:
        with transaction.atomic():
            Login.objects.create(login=card.login, agency_id=card.agency_id)
            Officer.objects.create(
                id=card.officer_id,
                agency_id=card.agency_id,
                login=card.login,
                name=card.name,
                roles=sorted(card.roles),
                password=make_password(password),
                certified_until=card.certified_until,
            )
    except IntegrityError as error:
        raise Conflict("this login cannot be used") from error


def agency_of_login(login: str) -> UUID | None:
    """Return the agency that a login belongs to; None when there is none. Opens its own transaction."""
    with asking_for_login(login):
        return Login.objects.filter(login=login).values_list("agency_id", flat=True).first()


def credentials_of(login: str) -> Credentials | None:
    """Return what is needed to check a sign-in, and lock it against a second attempt at the same time.

    Call it within `acting_for` the login's agency.
    """
    row = Officer.objects.select_for_update().filter(login=login).first()
    totp = second_factors.totp_of(row.id if row else uuid4())  # asked for nobody, too: both cost the same
    if row is None:
        return None
    return Credentials(_card(row), row.is_active, totp, row.last_totp_step, row.failures, row.locked_until)


def is_password(officer_id: UUID, password: str) -> bool:
    """Return whether the password is the officer's; where there is no such officer it takes as long and answers no."""
    row = Officer.objects.filter(id=officer_id).first()
    if row is None:
        make_password(password)
        return False
    return check_password(password, row.password)


def note_attempt(officer_id: UUID, *, failures: int, locked_until: datetime | None, totp_step: int | None) -> None:
    """Keep how many attempts failed, until when the officer is locked out, and the last code that was used."""
    used = {} if totp_step is None else {"last_totp_step": totp_step}
    Officer.objects.filter(id=officer_id).update(failures=failures, locked_until=locked_until, **used)


def set_password(officer_id: UUID, password: str) -> None:
    """Replace an officer's password; every session of his ends with the old one."""
    Officer.objects.filter(id=officer_id).update(password=make_password(password), failures=0, locked_until=None)


def certify(officer_id: UUID, until: datetime | None) -> None:
    """Keep until when an officer is certified; None takes his certification away."""
    Officer.objects.filter(id=officer_id).update(certified_until=until)


def begin_anew(officer_id: UUID) -> None:
    """End every session that an officer has in a browser, and let the codes of his next second factor count anew."""
    Officer.objects.filter(id=officer_id).update(session_epoch=F("session_epoch") + 1, last_totp_step=0)


def certifications(*, now: datetime, soon: datetime) -> tuple[int, int]:
    """Return how many who work on cases have no certification at `now`, and how many more will have none at `soon`."""
    active = Officer.objects.filter(is_active=True, roles__overlap=sorted(WORKING_ROLES))
    lapsed = active.exclude(certified_until__gt=now)
    return lapsed.count(), active.filter(certified_until__gt=now, certified_until__lte=soon).count()


def cards_of_accepted() -> tuple[OfficerCard, ...]:
    """Return the active officers of the agency that is acted for who have accepted their invitation, by id.

    Their rows stay locked until the transaction ends: two who let each other go at once do not both leave.
    """
    rows = Officer.objects.select_for_update().filter(is_active=True).order_by("id")
    return tuple(_card(row) for row in rows if is_password_usable(row.password))


def deactivate(officer_id: UUID) -> None:
    """Let an officer sign in no more; whoever asks for his row as an active one finds none."""
    Officer.objects.filter(id=officer_id).update(is_active=False, password=make_password(None))


def active_officer(officer_id: UUID) -> Officer | None:
    """Return the row of one active officer of the agency that is acted for; None where there is no such officer."""
    rows = rows_of(_OFFICER, officer_id)
    return Officer.from_db("default", _OFFICER_FIELDS, rows[0]) if rows else None


def officer_card(officer_id: UUID) -> OfficerCard:
    """Return one active officer of the agency that is acted for.

    Raises:
        NotFound: no such officer, or not of this agency, or no longer active.
    """
    row = active_officer(officer_id)
    if row is None:
        raise NotFound("no such officer")
    return _card(row)


def officer_called(login: str) -> OfficerCard:
    """Return the active officer of this login, of the agency that is acted for.

    Raises:
        NotFound: no such officer, or not of this agency, or no longer active.
    """
    row = Officer.objects.filter(login=login, is_active=True).first()
    if row is None:
        raise NotFound("no such officer")
    return _card(row)


def officer_cards() -> tuple[OfficerCard, ...]:
    """Return the active officers of the agency that is acted for, by login."""
    return tuple(_card(row) for row in Officer.objects.filter(is_active=True).order_by("login"))


def logins() -> dict[UUID, str]:
    """Return the login of every officer whom the agency that is acted for has or had, by id."""
    return dict(rows_of("SELECT id, login FROM officer"))


def _agency(row: Agency) -> AgencyCard:
    told = (row.name, row.country, row.contact, row.kind, row.local_name, row.code)
    return _card_of((row.id, *told, row.is_correspondent, row.member_id))


def _card_of(values: Sequence[Any]) -> AgencyCard:
    """Return what a row says, in the order of `_CARD`."""
    agency_id, name, country, contact, kind, local_name, code, is_correspondent, member_id = values
    known = None if kind is None else AgencyKind(kind)
    of_tree = {"is_correspondent": is_correspondent, "member_id": member_id}
    return AgencyCard(agency_id, name, country, contact, known, local_name, code, **of_tree)


def _fields(card: AgencyCard) -> dict[str, Any]:
    names = ("name", "country", "contact", "kind", "local_name", "code", "is_correspondent", "member_id")
    return {name: getattr(card, name) for name in names}


def _card(row: Officer) -> OfficerCard:
    return OfficerCard(row.id, row.agency_id, row.login, row.name, frozenset(map(Role, row.roles)), row.certified_until)
