"""Installations and their keys, as rows. Call what writes or reads keys within `acting_for` the installation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from tsunagu.domain.errors import Conflict, Unavailable
from tsunagu.domain.hub import LineState, Member, MemberState
from tsunagu.federation.card import InstallationCard
from tsunagu.federation.keys import MemberKeys
from tsunagu.records.models import ComparisonRow, HubKey, HubMember

SealedKeys = tuple[MemberKeys, bytes]


def own_installation() -> tuple[UUID, str, str] | None:
    """Return this installation's own id, name and address; None as long as it has no card."""
    return HubMember.objects.filter(is_own=True).values_list("id", "name", "address").first()


def required_own_id() -> UUID:
    """Return this installation's own id.

    Raises:
        Unavailable: it has none yet.
    """
    found = own_installation()
    if found is None:
        raise Unavailable("this installation has no card yet: `tsunagu hub card` makes its keys")
    return found[0]


def add_installation(card: InstallationCard, *, sealed: bytes | None, now: datetime) -> None:
    """Enter an installation with its keys: this one itself where its private keys are given, sealed.

    Raises:
        Conflict: it is there already, or another one has its name.
    """
    try:
        with transaction.atomic():
            HubMember.objects.create(
                id=card.installation_id, name=card.name, address=card.address, is_own=sealed is not None, entered_at=now
            )
    except IntegrityError as error:
        raise Conflict("this installation, or one of its name, is there already") from error
    add_keys(card.installation_id, card.keys, sealed=sealed, now=now)


def set_address(member_id: UUID, address: str) -> None:
    """Keep where an installation takes messages."""
    HubMember.objects.filter(id=member_id).update(address=address)


def add_keys(member_id: UUID, keys: MemberKeys, *, sealed: bytes | None, now: datetime) -> None:
    """Add newer keys of an installation.

    Raises:
        Conflict: it has keys of this number already.
    """
    try:
        with transaction.atomic():
            HubKey.objects.create(
                member_id=member_id,
                number=keys.number,
                signing=keys.signing,
                recipient=keys.recipient,
                sealed=sealed,
                since=now,
            )
    except IntegrityError as error:
        raise Conflict("this installation has keys of that number already") from error


def keys_of(member_id: UUID) -> tuple[tuple[MemberKeys, datetime], ...]:
    """Return an installation's keys, and since when it has each, oldest first."""
    rows = HubKey.objects.filter(member_id=member_id).order_by("number")
    return tuple((MemberKeys(one.number, bytes(one.signing), one.recipient), one.since) for one in rows)


def sealed_keys_of(own_id: UUID) -> tuple[tuple[int, bytes], ...]:
    """Return this installation's own private keys, by number, oldest first, as they were sealed."""
    rows = HubKey.objects.filter(member_id=own_id, sealed__isnull=False).order_by("number")
    return tuple((one.number, bytes(one.sealed or b"")) for one in rows)


def member_ids(*, accepted: bool = True) -> tuple[UUID, ...]:
    """Return the other installations, by name: those that messages are exchanged with, or all ever entered."""
    rows = HubMember.objects.filter(is_own=False)
    if accepted:
        rows = rows.filter(accepted_at__isnull=False, ended_at=None)
    return tuple(rows.order_by("name").values_list("id", flat=True))


def accepted_names() -> tuple[str, ...]:
    """Return what the other installations are called that messages are exchanged with, in order."""
    rows = HubMember.objects.filter(is_own=False, accepted_at__isnull=False, ended_at=None)
    return tuple(rows.order_by("name").values_list("name", flat=True))


def names() -> dict[UUID, str]:
    """Return what other installations are called, by id."""
    return dict(HubMember.objects.filter(is_own=False).values_list("id", "name"))


def member_called(name: str) -> UUID | None:
    """Return the other installation of this name; None when there is none."""
    return HubMember.objects.filter(is_own=False, name=name).values_list("id", flat=True).first()


def member_of(member_id: UUID) -> Member | None:
    """Return another installation; None when there is none. Call it within `acting_for` it."""
    row = HubMember.objects.filter(id=member_id, is_own=False).first()
    keys = [] if row is None else keys_of(member_id)
    if row is None or not keys:
        return None
    state = MemberState.WAITING if row.accepted_at is None else MemberState.ACCEPTED
    newest = keys[-1][0]
    return Member(
        row.id,
        row.name,
        row.address,
        state if row.ended_at is None else MemberState.ENDED,
        newest.fingerprint,
        newest.number,
        row.entered_at,
        row.accepted_at,
        row.heard_at,
        _line(row),
    )


def accept(member_id: UUID, *, officer_id: UUID, now: datetime) -> bool:
    """Accept a member that waits, and return whether it did."""
    rows = HubMember.objects.filter(id=member_id, is_own=False, accepted_at=None, ended_at=None)
    return rows.update(accepted_at=now, accepted_by=officer_id) == 1


def end(member_id: UUID, *, now: datetime) -> bool:
    """End a membership for good, and return whether it lasted until now."""
    return HubMember.objects.filter(id=member_id, is_own=False, ended_at=None).update(ended_at=now) == 1


def is_asked(member_id: UUID) -> bool:
    """Return whether the agency that is acted for has asked something of a member that is not over."""
    return ComparisonRow.objects.filter(member_id=member_id, withdrawn_at=None, erased_at=None).exists()


def note_heard(member_id: UUID, now: datetime) -> None:
    """Keep when a genuine message came."""
    HubMember.objects.filter(id=member_id).update(heard_at=now)


def line_to(member_id: UUID) -> LineState:
    """Return how our calls to a member went."""
    return _line(HubMember.objects.get(id=member_id))


def _line(row: HubMember) -> LineState:
    return LineState(row.called_at, row.reached_at, row.failed_calls)


def note_call(member_id: UUID, *, is_answered: bool, now: datetime) -> None:
    """Keep that a member was called, and whether it has answered."""
    rows = HubMember.objects.filter(id=member_id)
    if is_answered:
        rows.update(called_at=now, reached_at=now, failed_calls=0)
    else:
        rows.update(called_at=now, failed_calls=F("failed_calls") + 1)


def their_keys(*, since: datetime) -> tuple[int, ...]:
    """Return which of our keys each member holds that was heard of since then, by number."""
    rows = HubMember.objects.filter(is_own=False, accepted_at__isnull=False, ended_at=None, heard_at__gte=since)
    return tuple(rows.values_list("their_key", flat=True))


def their_key(member_id: UUID) -> int:
    """Return which of our keys a member has last said to hold, by number."""
    return HubMember.objects.values_list("their_key", flat=True).get(id=member_id)


def note_their_key(member_id: UUID, number: int) -> None:
    """Keep which of our keys a member holds."""
    HubMember.objects.filter(id=member_id, their_key__lt=number).update(their_key=number)


def accepted_rows() -> tuple[tuple[UUID, str, str], ...]:
    """Return id, name and address of the installations that messages are exchanged with, by name."""
    rows = HubMember.objects.filter(is_own=False, accepted_at__isnull=False, ended_at=None)
    return tuple(rows.order_by("name").values_list("id", "name", "address"))
