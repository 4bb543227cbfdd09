"""Alerts and their steps, as rows. Call everything within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Case, IntegerField, OuterRef, Q, Subquery, When
from django.db.models.functions import Greatest

from tsunagu.domain.actor import Actor
from tsunagu.domain.alert import Alert
from tsunagu.domain.alert_path import AlertPath, AlertStepKind
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.outcome import PersonOutcome
from tsunagu.records.alert_news import with_news
from tsunagu.records.alert_rows import ALERT, STEP, KeptStep, alert_from, person_from, step_from
from tsunagu.records.models import AlertPartyRow, AlertPersonRow, AlertRow, AlertStepRow, CaseMember
from tsunagu.records.planned import rows_of

LOCK_ALERT = 7400106
"""The advisory lock under which steps are added to one alert."""

_PARTY_COLUMNS = "p.alert_id, p.agency_id, p.case_id, p.told, p.notes_told"
_PARTY_FIELDS = 5
"""How many columns of a row tell of the party; those after them are the alert's."""
HIS = """WHERE p.agency_id = $1::uuid
AND (p.case_id IS NULL OR p.case_id IN (SELECT case_id FROM case_member WHERE officer_id = $2::uuid))"""
"""Which parties `p` of the agency `$1` the officer `$2` is told of, as `his` asks by way of the models."""
_PARTY = f"SELECT {_PARTY_COLUMNS} FROM alert_party p {HIS}"  # noqa: S608
_TOLD = f"SELECT {_PARTY_COLUMNS}, {ALERT} FROM alert_party p JOIN alert a ON a.id = p.alert_id {HIS}"  # noqa: S608
DUE = """SELECT s.due_at FROM alert_step s WHERE s.alert_id = p.alert_id
ORDER BY s.kind = 'withdrawn' DESC, s.number DESC LIMIT 1"""
"""By when a party `p` is due, as `newest` asks by way of the models."""
_STEPS = f"""
SELECT alert_id, id, {STEP}
FROM alert_step WHERE alert_id = ANY($1::uuid[]) ORDER BY alert_id, kind = 'withdrawn', number
"""  # noqa: S608
_PERSONS = """
SELECT step_id, number, role, disposals, part, sentence_months, age
FROM alert_person WHERE step_id = ANY($1::bigint[]) ORDER BY step_id, number
"""

_WITHDRAWN = Case(When(kind=AlertStepKind.WITHDRAWN, then=1), default=0, output_field=IntegerField())
"""Puts a withdrawal behind all other steps."""


@dataclass(frozen=True, slots=True)
class Party:
    """That the agency which is acted for is told of an alert.

    Attributes:
        case_id: the case of this agency for which it is told; None at a hop that has none for it.
        told: the number of the newest step that somebody of the agency has read.
        notes_told: how many notes.
    """

    alert_id: UUID
    agency_id: UUID
    case_id: UUID | None
    told: int
    notes_told: int


def add_alert(alert: Alert, *, case_id: UUID | None) -> None:
    """Keep an alert that the agency which is acted for raises; from no case here where it did elsewhere.

    Raises:
        Conflict: there is another alert of this id.
    """
    label = alert.restrictions
    row = AlertRow(
        id=alert.alert_id,
        originator_id=alert.originator_id,
        case_id=case_id,
        contributors=sorted(map(str, alert.contributors)),
        finding=alert.finding,
        grounds=[[one.country, one.weight] for one in alert.grounds],
        evidence=[asdict(one) for one in alert.evidence],
        priority=alert.priority,
        reason=alert.reason,
        agencies=sorted(map(str, label.agencies)),
        purposes=sorted(label.purposes),
        may_forward=label.may_forward,
        until=label.until,
        raised_at=alert.raised_at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("there is another alert of this id") from error


def add_party(alert_id: UUID, agency_id: UUID, *, case_id: UUID | None = None) -> None:
    """Let an agency be told of an alert; who is told already stays as he is."""
    try:
        with transaction.atomic():
            AlertPartyRow.objects.create(alert_id=alert_id, agency_id=agency_id, case_id=case_id)
    except IntegrityError:
        return  # whether another agency has its row nobody can see


def party_of(actor: Actor, alert_id: UUID) -> Party:
    """Return that the actor is told of an alert: his agency is, and he works on the case that it is for, if any.

    Raises:
        NotFound: no such alert, or not his: the answer is the same for both.
    """
    rows = rows_of(f"{_PARTY} AND p.alert_id = $3::uuid", actor.agency_id, actor.officer_id, alert_id)
    if not rows:
        raise NotFound("no such alert")
    return Party(*rows[0])


def alert_of(alert_id: UUID) -> Alert:
    """Return an alert that the agency which is acted for is told of.

    Raises:
        NotFound: there is none.
    """
    rows = rows_of(f"SELECT {ALERT} FROM alert a WHERE a.id = $1::uuid", alert_id)  # noqa: S608
    if not rows:
        raise NotFound("no such alert")
    return alert_from(rows[0])


def lock(alert_id: UUID) -> None:
    """Let nobody else add a step to an alert until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK_ALERT, str(alert_id)])


def steps_of(alert_ids: Iterable[UUID]) -> dict[UUID, tuple[KeptStep, ...]]:
    """Return all steps of these alerts, in order; a withdrawal last."""
    rows = rows_of(_STEPS, list(alert_ids))
    persons: dict[int, list[PersonOutcome]] = {}
    for step_id, *told in rows_of(_PERSONS, [row[1] for row in rows if row[3] == AlertStepKind.OUTCOME]):
        persons.setdefault(step_id, []).append(person_from(told))
    found: dict[UUID, list[KeptStep]] = {}
    for alert_id, step_id, *told in rows:
        found.setdefault(alert_id, []).append(step_from(told, tuple(persons.get(step_id, ()))))
    return {alert_id: tuple(steps) for alert_id, steps in found.items()}


def repeated(agency_id: UUID, key: str, digest: bytes) -> tuple[UUID, int] | None:
    """Return the alert and the number of the step that a command with this key has brought about; None if none has.

    Raises:
        Conflict: another command of this agency had the same key.
    """
    row = AlertStepRow.objects.filter(entered_by_id=agency_id, key=key).first()
    if row is None:
        return None
    if bytes(row.digest) != digest:
        raise Conflict("another command had this key")
    return row.alert_id, row.number


def add_step(
    alert_id: UUID, kept: KeptStep, path: AlertPath, *, officer_id: UUID | None, key: str, digest: bytes
) -> None:
    """Add a step, with how the alert stands after it.

    Raises:
        Conflict: somebody else has added one meanwhile.
    """
    step, outcome = kept.step, kept.outcome
    try:
        with transaction.atomic():
            row = AlertStepRow.objects.create(
                alert_id=alert_id,
                number=step.number,
                kind=step.kind,
                of_id=step.agency_id,
                entered_by_id=kept.entered_by,
                officer_id=officer_id,
                at=step.at,
                to_id=step.to_id,
                form=step.form,
                refusal=step.refusal,
                words=kept.words,
                document=kept.document,
                children={} if outcome is None else dict(outcome.children),
                schools={} if outcome is None else dict(outcome.schools),
                methods={} if outcome is None else dict(outcome.methods),
                key=key,
                digest=digest,
                holder_id=path.holder_id,
                state=path.state,
                due_at=path.due_at,
            )
    except IntegrityError as error:
        raise Conflict("something else was done to this alert meanwhile: look at it again") from error
    persons = () if outcome is None else outcome.persons
    AlertPersonRow.objects.bulk_create(
        AlertPersonRow(
            step=row,
            number=one.number,
            role=one.role,
            disposals=list(one.disposals),
            part=one.part,
            sentence_months=one.sentence_months,
            age=one.age,
        )
        for one in persons
    )


def link_case(alert_id: UUID, agency_id: UUID, case_id: UUID) -> None:
    """Let an alert be told to those alone who work on this case of the agency's own."""
    AlertPartyRow.objects.filter(alert_id=alert_id, agency_id=agency_id).update(case_id=case_id)


def note_told(party: Party, number: int, *, notes: int) -> None:
    """Note that somebody of the agency has read the steps up to this one, and so many notes."""
    AlertPartyRow.objects.filter(
        Q(told__lt=number) | Q(notes_told__lt=notes), alert_id=party.alert_id, agency_id=party.agency_id
    ).update(told=Greatest("told", number), notes_told=Greatest("notes_told", notes))


def alerts_told(
    actor: Actor,
    *,
    case_id: UUID | None = None,
    overdue_at: datetime | None = None,
    news_at: datetime | None = None,
    after: UUID | None = None,
    most: int | None = None,
) -> tuple[tuple[Alert, Party], ...]:
    """Return the alerts that the actor is told of, the newest first.

    Args:
        actor: who reads.
        case_id: those alone that he is told of for this case; of all when it is left out.
        overdue_at: those alone whose holder's time is over then; all when it is left out.
        news_at: those alone that have news for him then; all when it is left out.
        after: the alert after which to go on; None, or one that is not his, for the first ones.
        most: how many at most; all when it is left out.
    """
    told: str = _TOLD
    values: list[object] = [actor.agency_id, actor.officer_id]

    def narrow(condition: str, *with_: object) -> None:
        nonlocal told
        marks = (f"${len(values) + place + 1}" for place in range(len(with_)))
        told += f" AND {condition.format(*marks)}"
        values.extend(with_)

    if case_id is not None:
        narrow("p.case_id = {}::uuid", case_id)
    if overdue_at is not None:
        narrow(f"({DUE}) <= {{}}::timestamptz", overdue_at)
    last = [] if after is None else rows_of(f"{told} AND a.id = ${len(values) + 1}::uuid", *values, after)
    if news_at is not None:
        parties = AlertPartyRow.objects.filter(his(actor), agency_id=actor.agency_id)
        news = with_news(parties, actor, now=news_at).filter(Q(has_news=True))
        narrow("a.id = ANY({}::uuid[])", list(news.values_list("alert_id", flat=True)))
    for row in last:
        alert = alert_from(row[_PARTY_FIELDS:])
        narrow("(a.raised_at, {}::uuid) < ({}::timestamptz, a.id)", alert.alert_id, alert.raised_at)
    rows = rows_of(f"{told} ORDER BY a.raised_at DESC, a.id LIMIT ${len(values) + 1}::bigint", *values, most)
    return tuple((alert_from(row[_PARTY_FIELDS:]), Party(*row[:_PARTY_FIELDS])) for row in rows)


def overdue_of(agency_id: UUID, *, now: datetime) -> tuple[UUID, ...]:
    """Return the alerts whose holder's time is over, which an agency has raised or has from elsewhere."""
    theirs = Q(originator_id=agency_id) | Q(originator__member_id__isnull=False)
    rows = AlertRow.objects.filter(theirs).annotate(due=newest("due_at", "id"))
    return tuple(rows.filter(due__lte=now).order_by("id").values_list("id", flat=True))


def newest(field: str, alert: str) -> Subquery:
    """Return a field of an alert's newest step, beside rows that name the alert in this column."""
    found = AlertStepRow.objects.filter(alert_id=OuterRef(alert)).order_by(_WITHDRAWN.desc(), "-number")
    return Subquery(found.values(field)[:1])


def his(actor: Actor) -> Q:
    """Return which of his agency's parties an officer is told of."""
    mine = CaseMember.objects.filter(officer_id=actor.officer_id).values("case_id")
    return Q(case_id=None) | Q(case_id__in=mine)
