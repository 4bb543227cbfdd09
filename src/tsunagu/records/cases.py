"""Cases, their members and exhibits, as rows. Every function is called within `acting_for` an agency."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.case import CaseSummary, Colleague, ExhibitSummary, HoldingSummary
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.media import Refusal
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.search import CaseSearch, CaseState
from tsunagu.records.models import Case, CaseMember, CaseReason, Exhibit, Holding, Intake, SubmissionRow
from tsunagu.records.planned import rows_of

_CASE = """
SELECT c.id, c.agency_id, c.reference, c.purpose, c.covert, c.opened_at, c.keep_until, c.keep_limit, c.closed_at
FROM "case" c JOIN case_member m ON m.case_id = c.id
WHERE m.officer_id = $1::uuid AND c.reference = $2::text ORDER BY c.id LIMIT 1
"""


def add_case(case: CaseSummary, *, opened_by: UUID | None) -> None:
    """Open a case; who opens it works on it. Nobody opens one of an agency at another installation.

    Raises:
        Conflict: the agency has a case of this reference already.
    """
    try:
        with transaction.atomic():
            Case.objects.create(
                id=case.case_id,
                agency_id=case.agency_id,
                reference=case.reference,
                purpose=case.purpose,
                covert=case.covert,
                opened_at=case.opened_at,
                opened_by_id=opened_by,
                keep_until=case.keep_until,
                keep_limit=case.keep_limit,
            )
    except IntegrityError as error:
        raise Conflict("this case reference cannot be used") from error
    if opened_by is not None:
        add_member(case, officer_id=opened_by, added_by=opened_by, now=case.opened_at)


def add_member(case: CaseSummary, *, officer_id: UUID, added_by: UUID, now: datetime) -> None:
    """Let an officer work on a case; nothing happens when he does already."""
    CaseMember.objects.get_or_create(
        case_id=case.case_id,
        officer_id=officer_id,
        defaults={"agency_id": case.agency_id, "added_by_id": added_by, "added_at": now},
    )


def remove_member(case: CaseSummary, *, officer_id: UUID) -> None:
    """Let an officer work on a case no more.

    Raises:
        NotFound: he does not.
        Conflict: he is the last who does: nobody could read the case any more.
    """
    members = CaseMember.objects.filter(case_id=case.case_id, officer__is_active=True)
    working = set(members.values_list("officer_id", flat=True))
    if officer_id not in working:
        raise NotFound("no such officer")
    if len(working) == 1:
        raise Conflict("nobody would work on this case any more: let a colleague in first")
    CaseMember.objects.filter(case_id=case.case_id, officer_id=officer_id).delete()


def count_held_alone(officer_id: UUID) -> int:
    """Return how many open cases of the agency that is acted for no active officer but this one works on."""
    others = CaseMember.objects.filter(case_id=OuterRef("case_id"), officer__is_active=True).exclude(
        officer_id=officer_id
    )
    own = CaseMember.objects.filter(officer_id=officer_id, case__closed_at=None)
    return own.filter(~Exists(others)).count()


def colleagues_on(case: CaseSummary) -> tuple[Colleague, ...]:
    """Return who works on a case, in the order in which they were let in; those who left the agency left out."""
    rows = CaseMember.objects.filter(case_id=case.case_id, officer__is_active=True).select_related(
        "officer", "added_by"
    )
    return tuple(
        Colleague(row.officer_id, row.officer.login, row.officer.name, row.added_by.login, row.added_at)
        for row in rows.order_by("added_at", "id")
    )


def close(case: CaseSummary, *, now: datetime) -> bool:
    """Close a case, and return whether it was open.

    Raises:
        Conflict: an intake into it is under way.
    """
    if Intake.objects.filter(exhibit__case_id=case.case_id, ended_at=None).exists():
        raise Conflict("an intake into it is under way: let it end, or stop it, first")
    return Case.objects.filter(id=case.case_id, closed_at=None).update(closed_at=now) == 1


def reopen(case: CaseSummary) -> bool:
    """Open a closed case again, and return whether it was closed."""
    return Case.objects.filter(id=case.case_id).exclude(closed_at=None).update(closed_at=None) == 1


def keep_until(case: CaseSummary, day: date) -> None:
    """Set the last day on which a case is kept."""
    Case.objects.filter(id=case.case_id).update(keep_until=day)


def add_reason(case: CaseSummary, *, officer_id: UUID, act: Act, reason: str, now: datetime) -> None:
    """Keep why an officer did something, in his own words, beside the ledger."""
    CaseReason.objects.create(
        agency_id=case.agency_id,
        case_id=case.case_id,
        officer_id=officer_id,
        act=act,
        reason=reason,
        given_at=now,
    )


def case_of(actor: Actor, reference: str) -> CaseSummary:
    """Return one case that the actor works on, by its reference.

    Raises:
        NotFound: no such case, or not the actor's: the answer is the same for both.
    """
    rows = rows_of(_CASE, actor.officer_id, reference)
    if not rows:
        raise NotFound("no such case")
    case_id, agency_id, called, purpose, *said = rows[0]
    return CaseSummary(case_id, agency_id, called, Purpose(purpose), *said)


def cases_of(actor: Actor, search: CaseSearch | None = None, *, today: date | None = None) -> tuple[CaseSummary, ...]:
    """Return the cases that the actor works on, by reference.

    Args:
        search: which of them are looked for; all when it is left out.
        today: in UTC, for those that wait for their review.
    """
    rows = Case.objects.filter(casemember__officer_id=actor.officer_id).order_by("reference")
    if search is not None:
        rows = rows.filter(_looked_for(search))
    found = tuple(summary_of(row) for row in rows)
    if search is not None and search.state is CaseState.TO_REVIEW and today is not None:
        found = tuple(one for one in found if one.waits_for_review(today))
    return found


def _looked_for(search: CaseSearch) -> Q:
    wanted = Q()
    if search.text:
        wanted &= Q(reference__icontains=search.text)
    if search.since is not None:
        wanted &= Q(opened_at__gte=datetime.combine(search.since, time.min, UTC))
    if search.until is not None:
        wanted &= Q(opened_at__lte=datetime.combine(search.until, time.max, UTC))
    if search.state in {CaseState.OPEN, CaseState.CLOSED}:
        wanted &= Q(closed_at__isnull=search.state is CaseState.OPEN)
    return wanted


def exhibit_of(case: CaseSummary, reference: str, *, registered_by: UUID | None, now: datetime) -> tuple[UUID, bool]:
    """Return the id of an exhibit of the case, and whether it was registered just now.

    Raises:
        Conflict: the case is closed, as it stands now.
    """
    came = SubmissionRow.objects.filter(case_id=OuterRef("id"), receiver_id=OuterRef("agency_id"))
    is_taken = Case.objects.filter(id=case.case_id, closed_at=None).values_list(Exists(came), flat=True).first()
    if is_taken is None:
        raise Conflict("the case is closed: reopen it before anything is brought into it")
    if is_taken:
        raise Conflict("the case came from another agency, under its label: bring your own into a case of your own")
    row, is_new = Exhibit.objects.get_or_create(
        case_id=case.case_id,
        reference=reference,
        defaults={
            "id": uuid4(),
            "agency_id": case.agency_id,
            "registered_at": now,
            "registered_by_id": registered_by,
        },
    )
    return row.id, is_new


def exhibit_id_of(case: CaseSummary, reference: str) -> UUID | None:
    """Return the id of an exhibit of the case; None when none of this reference is registered."""
    return Exhibit.objects.filter(case_id=case.case_id, reference=reference).values_list("id", flat=True).first()


def exhibits_of(case: CaseSummary) -> tuple[ExhibitSummary, ...]:
    """Return the exhibits of a case, by reference."""
    rows = list(Exhibit.objects.filter(case_id=case.case_id).order_by("reference"))
    held = Holding.objects.filter(exhibit_id__in=[row.id for row in rows])
    places = _by_exhibit(held)
    # Apart, each by an index of its own: together every place and every item of the case would be read.
    unread, refused = (
        _by_exhibit(held.filter(refused__isnull=False)),
        _by_exhibit(held.filter(refused=None, item__refused__isnull=False)),
    )
    refusals = {row.id: unread[row.id] + refused[row.id] for row in rows}
    return tuple(
        ExhibitSummary(row.id, row.reference, places[row.id] - refusals[row.id], refusals[row.id]) for row in rows
    )


def _by_exhibit(held: QuerySet[Holding]) -> Counter[UUID]:
    return Counter(dict(held.order_by().values_list("exhibit_id").annotate(Count("id"))))


def holdings_of(case: CaseSummary) -> Iterator[HoldingSummary]:
    """Yield the holdings of a case, by exhibit and in the order they came in."""
    rows = (
        Holding.objects.filter(exhibit__case_id=case.case_id)
        .select_related("exhibit", "item")
        .order_by("exhibit__reference", "number")
    )
    return map(_holding, rows.iterator(chunk_size=2000))


def some_holdings_of(case: CaseSummary, exhibit: str, *, after: int, most: int) -> list[HoldingSummary]:
    """Return the next holdings of an exhibit of a case, in the order they came in; none where there is no such exhibit.

    Args:
        case: the case.
        exhibit: its reference.
        after: the number of the last one that was seen; 0 for the first ones.
        most: how many at most.
    """
    exhibit_id = exhibit_id_of(case, exhibit)
    if exhibit_id is None:
        return []
    rows = Holding.objects.filter(exhibit_id=exhibit_id, number__gt=after).select_related("exhibit", "item")
    return [_holding(row) for row in rows.order_by("number")[:most]]


def _holding(row: Holding) -> HoldingSummary:
    refused = row.refused or (row.item.refused if row.item else None)
    return HoldingSummary(
        number=row.number,
        path=bytes(row.path),
        exhibit=row.exhibit.reference,
        media_type=row.item.media_type if row.item else None,
        size_bytes=row.size_bytes,
        sha256=bytes(row.item.sha256) if row.item else None,
        refused=Refusal(refused) if refused else None,
        linked=row.linked_at is not None,
    )


def summary_of(row: Case) -> CaseSummary:
    """Return a case's row as those who work on the case see it."""
    return CaseSummary(
        row.id,
        row.agency_id,
        row.reference,
        Purpose(row.purpose),
        row.covert,
        row.opened_at,
        row.keep_until,
        row.keep_limit,
        row.closed_at,
    )
