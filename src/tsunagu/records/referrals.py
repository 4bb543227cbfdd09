"""Referrals and their steps, as rows. Call everything within `acting_for` an agency."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.outcome import AgeBand, Disposal, PersonOutcome, PersonRole
from tsunagu.domain.referral import ENDS_IT, ReferralPath, ReferralStep, ReferralStepKind, ReturnReason
from tsunagu.records.keys.envelope import open_under, seal_under
from tsunagu.records.models import (
    ListedPersonRow,
    ReferralCaseRow,
    ReferralRow,
    ReferralSourceRow,
    ReferralStepRow,
    SeizedListRow,
)
from tsunagu.records.referral_packages import CHANGED, SignedPackage, package_from

LOCK_REFERRAL: Final = 7400141
"""The advisory lock under which steps are added to one referral, or a person is referred."""

NO_SUCH: Final = "no such referral"


@dataclass(frozen=True, slots=True)
class Source:
    """From whom a package was made; the sender alone knows."""

    case_id: UUID
    list_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class PlaceOfSource:
    """Where a package was made: the case's reference, the list's number, and the person's first row."""

    case: str
    list: int
    person: int | None


@dataclass(frozen=True, slots=True)
class KeptReferral:
    """A referral with its steps, as one of its two sides sees it.

    Attributes:
        source: None at the receiver.
        case: the reference of the receiver's case that it was taken into; None at the sender, or where in none.
    """

    package: SignedPackage
    steps: tuple[ReferralStep, ...]
    source: Source | None
    case: str | None

    def is_over(self, today: date) -> bool:
        """Return whether its receiver is told no more what it says: its last day has passed, and no case keeps it."""
        return self.source is None and self.case is None and self.package.keep_until < today

    @property
    def path(self) -> ReferralPath:
        """How it stands."""
        return ReferralPath.of(self.package.sender_id, self.package.receiver_id, self.steps)


def lock(name: UUID) -> None:
    """Let nobody else do anything to a referral, or refer a person, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_REFERRAL, str(name)])


def add_referral(package: SignedPackage, source: Source) -> None:
    """Keep a package, and whom it is about."""
    _add(package, kept_by_sender=True)
    ReferralSourceRow.objects.create(
        agency_id=package.sender_id,
        referral_id=package.referral_id,
        list_id=source.list_id,
        person_id=source.person_id,
    )


def add_told(package: SignedPackage) -> None:
    """Keep a package that another installation has sent, whose sender keeps nothing of it here.

    Raises:
        Conflict: it is somebody else's id.
    """
    try:
        with transaction.atomic():
            _add(package, kept_by_sender=False)
    except IntegrityError as error:
        raise Conflict("this id is another referral's") from error


def _add(package: SignedPackage, *, kept_by_sender: bool) -> None:
    ReferralRow.objects.create(
        id=package.referral_id,
        sender_id=package.sender_id,
        receiver_id=package.receiver_id,
        form=package.form,
        coordinators_alone=package.coordinators_alone,
        key=package.key,
        sealed=package.sealed,
        sent_at=package.sent_at,
        keep_until=package.keep_until,
        by_line=package.by_line,
        kept_by_sender=kept_by_sender,
    )


def add_step(
    referral_id: UUID,
    step: ReferralStep,
    *,
    entered_by: UUID,
    officer_id: UUID | None,
    words: str,
    key: bytes,
    document: bytes | None = None,
    number_there: int | None = None,
) -> None:
    """Add a step.

    Args:
        words: sealed under the referral's key.
        document: SHA-256 of what a correspondent sent.
        number_there: the step's number at the other side's installation, where that has told it.

    Raises:
        Conflict: somebody else has added one meanwhile.
    """
    outcome = step.outcome
    try:
        with transaction.atomic():
            ReferralStepRow.objects.create(
                referral_id=referral_id,
                number=step.number,
                kind=step.kind,
                of_id=step.agency_id,
                entered_by_id=entered_by,
                officer_id=officer_id,
                at=step.at,
                returned=step.returned,
                role=None if outcome is None else outcome.role,
                disposals=[] if outcome is None else list(outcome.disposals),
                age=None if outcome is None else outcome.age,
                sealed=seal_under(key, json.dumps(words).encode(), _place(referral_id, step.number)),
                document=document,
                number_there=number_there,
                told_at=step.told_at,
            )
    except IntegrityError as error:
        raise Conflict("something else was done to this referral meanwhile: look at it again") from error


def words_of(referral_id: UUID, key: bytes) -> dict[int, str]:
    """Return what was said in each step, by number.

    Raises:
        Conflict: what is kept of it was changed.
    """
    found = {}
    for row in ReferralStepRow.objects.filter(referral_id=referral_id).order_by("number"):
        plain = open_under(key, bytes(row.sealed), _place(referral_id, row.number))
        if plain is None:
            raise Conflict(CHANGED)
        found[row.number] = str(json.loads(plain))
    return found


def told_before(referral_id: UUID, number_there: int) -> ReferralStep | None:
    """Return the step that the other side's installation has told under a number; None where it has told none."""
    row = ReferralStepRow.objects.filter(referral_id=referral_id, number_there=number_there).first()
    return None if row is None else _step(row)


def referral_of(referral_id: UUID) -> KeptReferral | None:
    """Return a referral of which the agency that is acted for is a side; None where there is none."""
    found = kept_referrals(ReferralRow.objects.filter(id=referral_id))
    return found[0] if found else None


def erase_said(referral_id: UUID) -> None:
    """Keep no more of a package what it says, nor what was said in its steps: their key goes."""
    ReferralRow.objects.filter(id=referral_id).update(key=None, sealed=None)


def referral_told(actor: Actor, referral_id: UUID, *, tells_all: bool) -> KeptReferral:
    """Return a referral that an officer is told of.

    Args:
        tells_all: whether he is told too of what is for co-ordinators alone.

    Raises:
        NotFound: there is none, or it is not his: the answer is the same, by the same queries.
    """
    found = kept_referrals(told_to(actor, tells_all=tells_all).filter(id=referral_id))
    if not found:
        raise NotFound(NO_SUCH)
    return found[0]


def source_of(referral_id: UUID) -> Source | None:
    """Return from whom a package was made, if the agency that is acted for sent it and still keeps the list."""
    row = ReferralSourceRow.objects.filter(referral_id=referral_id).select_related("list__exhibit").first()
    return None if row is None else _source(row)


def place_of(source: Source) -> PlaceOfSource:
    """Return where a package was made; `person` is None where the list does not name him any more."""
    lists = SeizedListRow.objects.filter(id=source.list_id)
    case, number = lists.values_list("exhibit__case__reference", "number").get()
    rows = ListedPersonRow.objects.filter(id=source.person_id, ended_at=None).values_list("rows", flat=True).first()
    return PlaceOfSource(case, number, None if rows is None else rows[0])


def referrals_sent(*, list_id: UUID | None = None, person_id: UUID | None = None) -> tuple[KeptReferral, ...]:
    """Return the referrals that the agency which is acted for made from a list, or of a person, the newest first."""
    rows = ReferralRow.objects.filter(referralsourcerow__isnull=False)
    if list_id is not None:
        rows = rows.filter(referralsourcerow__list_id=list_id)
    if person_id is not None:
        rows = rows.filter(referralsourcerow__person_id=person_id)
    return kept_referrals(rows)


def sent_and_ended() -> tuple[Source, ...]:
    """Return of whom the agency that is acted for made referrals which an outcome has ever ended, each once."""
    ended = ReferralStepRow.objects.filter(role__in=list(ENDS_IT), referral__referralsourcerow__isnull=False)
    rows = ReferralSourceRow.objects.filter(referral_id__in=ended.values("referral_id")).select_related("list__exhibit")
    return tuple({_source(row): None for row in rows.order_by("id")})


def told_to(actor: Actor, *, tells_all: bool) -> QuerySet[ReferralRow]:
    """Return the rows sent to an officer's agency, and those made in cases that he works on.

    Of what his agency has taken into a case those who work on it are told, and nobody once that case is erased.
    """
    mine = {"list__exhibit__case__casemember__officer_id": actor.officer_id}
    made = ReferralSourceRow.objects.filter(referral_id=OuterRef("id"), **mine)
    taken = ReferralCaseRow.objects.filter(referral_id=OuterRef("id"))
    received = ~Exists(taken) | Exists(taken.filter(case__casemember__officer_id=actor.officer_id))
    rows = ReferralRow.objects.filter(Q(received, receiver_id=actor.agency_id) | Exists(made))
    return rows if tells_all else rows.filter(coordinators_alone=False)


def kept_referrals(rows: QuerySet[ReferralRow]) -> tuple[KeptReferral, ...]:
    """Return these referrals with their steps, the newest first."""
    return with_steps(tuple(map(package_from, rows.order_by("-sent_at", "id"))))


def with_steps(packages: Collection[SignedPackage]) -> tuple[KeptReferral, ...]:
    """Return the referrals of these packages with their steps, in the same order."""
    ids = [one.referral_id for one in packages]
    sources = {
        one.referral_id: _source(one)
        for one in ReferralSourceRow.objects.filter(referral_id__in=ids).select_related("list__exhibit")
    }
    taken = ReferralCaseRow.objects.filter(referral_id__in=ids, case__isnull=False)
    cases = dict(taken.values_list("referral_id", "case__reference"))
    steps: dict[UUID, list[ReferralStep]] = {}
    for one in ReferralStepRow.objects.filter(referral_id__in=ids).order_by("referral_id", "number"):
        steps.setdefault(one.referral_id, []).append(_step(one))
    return tuple(
        KeptReferral(one, tuple(steps[one.referral_id]), sources.get(one.referral_id), cases.get(one.referral_id))
        for one in packages
    )


def _source(row: ReferralSourceRow) -> Source:
    return Source(row.list.exhibit.case_id, row.list_id, row.person_id)


def _step(row: ReferralStepRow) -> ReferralStep:
    outcome = None
    if row.role is not None:
        age = None if row.age is None else AgeBand(row.age)
        outcome = PersonOutcome(1, PersonRole(row.role), tuple(map(Disposal, row.disposals)), age=age)
    returned = None if row.returned is None else ReturnReason(row.returned)
    return ReferralStep(row.number, ReferralStepKind(row.kind), row.of_id, row.at, returned, outcome, row.told_at)


def _place(referral_id: UUID, number: int) -> bytes:
    return f"step {number} of referral {referral_id}".encode()
