"""What an agency's records hold: each value of each field as it would be read, and whose business its row is."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tsunagu.domain.search import LedgerSearch
from tsunagu.records.juveniles import see_juveniles
from tsunagu.records.ledger.pages import entries_sought
from tsunagu.records.models import (
    AlertNoteRow,
    AlertPersonRow,
    AlertRow,
    AlertStepRow,
    EnquiryRequestRow,
    GuestAnswerRow,
    GuestRow,
    HitRow,
    Holding,
    Overlap,
    ReferralRow,
    ReferralStepRow,
    ReportContentRow,
    ReportKeyRow,
    ReportRow,
    ReportStepRow,
    SubmissionItemRow,
    SubmissionRow,
)
from tsunagu.records.session import LINKER, acting_for

COUNTS = (models.DateField, models.BooleanField, models.FloatField, models.IntegerField)
"""Numbers, days and switches: too common to be recognised. That none of them tells strangers anything is shown by what
stays the same for them when an agency gains something."""
SHORT_ID, SHORT_DIGEST = 8, 16
"""So many hex digits of an id or of a digest name it on a page."""
STANDING_ALONE = re.compile(r"(?<![0-9a-f-])[0-9a-f]{8}(?![0-9a-f-])")
MOST_ENTRIES = 10_000
LEAST = 8
"""A shorter text would be found where nobody put it."""
CASE_OF = {
    "AssessmentRow": "case_id",
    "Agency": "case__id",
    "AlertNoteRow": "alert__case_id",
    "AlertPartyRow": "alert__case_id",
    "AlertPersonRow": "step__alert__case_id",
    "AlertRow": "case_id",
    "AlertStepRow": "alert__case_id",
    "Case": "id",
    "CaseMember": "case_id",
    "CaseReason": "case_id",
    "ClaimRow": "case_id series__seriescase__case_id",
    "DisputeRow": "case_id",
    "ClueRow": "case_id",
    "ComparisonHitRow": "comparison__case",
    "ComparisonRow": "case",
    "EnquiryRequestRow": "enquiryrequestsourcerow__list__exhibit__case_id",
    "EnquiryRequestSourceRow": "list__exhibit__case_id",
    "EnquiryRow": "case_id",
    "Erasure": "case_id",
    "Exhibit": "case_id",
    "ExhibitKeyRow": "exhibit__case_id",
    "GuestAnswerRow": "guest__series__seriescase__case_id",
    "GuestRow": "series__seriescase__case_id",
    "GateStepRow": "list__exhibit__case_id",
    "Holding": "exhibit__case_id",
    "Intake": "exhibit__case_id",
    "IntakeChange": "intake__exhibit__case_id",
    "IntakeFile": "intake__exhibit__case_id",
    "JuvenileRow": "list__exhibit__case_id",
    "ListedPersonRow": "list__exhibit__case_id",
    "MediaItem": "holding__exhibit__case_id",
    "Officer": "casemember__case_id",
    "OverlapNotice": "case_id",
    "PairAnswerRow": "list__exhibit__case_id",
    "PersonOpeningRow": "case_id",
    "PersonRecallRow": "withdrawal__case_id",
    "PersonRow": "case_id",
    "PersonStepRow": "person__case_id",
    "PersonTieRow": "case_id",
    "PersonToldRow": "person__case_id",
    "PersonWithdrawalRow": "case_id",
    "PrefectureDecisionRow": "list__exhibit__case_id",
    "PublishedItem": "case_id",
    "ReferralCaseRow": "case_id",
    "ReferralRow": "referralsourcerow__list__exhibit__case_id referralcaserow__case_id",
    "ReferralSourceRow": "list__exhibit__case_id",
    "ReferralStepRow": "referral__referralsourcerow__list__exhibit__case_id referral__referralcaserow__case_id",
    "ReportContentRow": "report__case_id",
    "ReportKeyRow": "report__case_id",
    "ReportRow": "case_id",
    "ReportStepRow": "report__case_id",
    "RevealRow": "case_id",
    "SchemeRow": "voterow__case_id",
    "SeizedListRow": "exhibit__case_id",
    "Series": "seriescase__case_id",
    "SeriesAlias": "series__seriescase__case_id",
    "SeriesStep": "series__seriescase__case_id",
    "SubmissionItemRow": "case_id",
    "SubmissionRow": "submissionitemrow__case_id",
    "TitleAssessmentRow": "list__exhibit__case_id",
    "TitleRow": "list__exhibit__case_id",
    "Trace": "item__holding__exhibit__case_id",
}
"""How a row leads to the cases that it belongs to; where a table is missing here, to none."""
OFFICER_OF = {"Officer": "id", "JudgementRow": "officer_id", "RevealRow": "officer_id", "ApiKeyRow": "officer_id"}
"""Whose own a row is."""
MADE_UP_KEYS = {"IncomingListRow.categories", "MediaItem.tags", "VoteRow.answers"}
"""Structures whose keys are no words of ours."""
ENDS = ("ended_at", "settled_at", "used_at")
"""What tells that a row is of something that is over, where it is set."""
FLAGS = ("held", "is_active")
OF_ITS_PATH = {
    AlertNoteRow, AlertRow, AlertStepRow, AlertPersonRow, EnquiryRequestRow, GuestAnswerRow, GuestRow, ReferralRow,
    ReferralStepRow,
    ReportContentRow, ReportKeyRow, ReportRow, ReportStepRow, SubmissionItemRow, SubmissionRow,
}  # fmt: skip
"""Tables without an agency, of which each sees the rows of the alerts, guests, referrals, reports and submissions that
it is told of."""
OF_BOTH_SIDES = {HitRow: "overlap__case_a overlap__case_b", Overlap: "case_a case_b"}
"""Tables without an agency, read as the linker, which sees across."""


@dataclass(frozen=True)
class Needle:
    """One value of one field, as anybody would read it.

    Attributes:
        field: the table and its field.
        texts: forms in which it may stand, any of them a find; none is shorter than to be recognised.
        word: a short form that is a find where it stands by itself.
        cases: the cases that the row belongs to.
        officer: whose own the row is.
        is_held: whether the row is kept for a co-ordinator alone.
        is_past: whether the row is of what has ended, or of somebody who has left: lists leave it out.
        held_in: the cases, of whatever agency, in which the same content is held.
    """

    field: str
    texts: frozenset[str]
    word: str = ""
    cases: frozenset[UUID] = frozenset()
    officer: UUID | None = None
    is_held: bool = False
    held_in: frozenset[UUID] = frozenset()
    is_past: bool = False

    def __str__(self) -> str:
        return f"{self.field}={min(self.texts, key=len)}"


class Haystack:
    """All that may be looked for, so laid out that a page takes no longer than to read it once."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        self.needles = tuple(needles)
        self._by_beginning: dict[str, list[tuple[str, int]]] = {}
        self._by_word: dict[str, list[int]] = {}
        self._of_several_lines: list[tuple[str, int]] = []
        self._read: dict[str, set[int]] = {}
        for number, one in enumerate(self.needles):
            for text in one.texts:
                assert len(text) >= LEAST, f"{one.field} holds what is found elsewhere too"
                if "\n" in text:
                    self._of_several_lines.append((text, number))
                else:
                    self._by_beginning.setdefault(text[:LEAST], []).append((text, number))
            if one.word:
                self._by_word.setdefault(one.word, []).append(number)

    def found_in(self, text: str) -> set[int]:
        """Return the numbers of the needles that a text tells of."""
        # Most lines of a page stand on every other page too.
        lines = {*text.split("\n")}
        for line in lines - self._read.keys():
            self._read[line] = self._found_in(line)
        plain = unescape(text)
        found = {number for form, number in self._of_several_lines if form in plain}
        return found.union(*(self._read[line] for line in lines))

    def _found_in(self, line: str) -> set[int]:
        plain = unescape(line)
        parts = {plain[at : at + LEAST] for at in range(len(plain) - LEAST + 1)}
        candidates = (each for part in parts & self._by_beginning.keys() for each in self._by_beginning[part])
        found = {number for form, number in candidates if form in plain}
        for word in self._by_word.keys() & set(STANDING_ALONE.findall(plain)):
            found.update(self._by_word[word])
        return found


def fields() -> Iterator[tuple[type[models.Model], models.Field[Any, Any]]]:
    """Yield every field of every table of the project's own, but for links to other rows, which are those rows'."""
    for model in apps.get_app_config("records").get_models():
        for one in model._meta.concrete_fields:
            if not isinstance(one, models.ForeignKey):
                yield model, one


def name_of(model: type[models.Model], one: models.Field[Any, Any]) -> str:
    return f"{model.__name__}.{one.name}"


def is_count(one: models.Field[Any, Any]) -> bool:
    """Whether a field holds but a number, a day or a switch. Rows' own numbers are names."""
    return isinstance(one, COUNTS) and not one.primary_key


def needles_of(agency_id: UUID) -> Iterator[Needle]:
    """Yield all values of an agency's rows."""
    for model, one in fields():
        if is_count(one):
            continue
        if model in OF_BOTH_SIDES:
            yield from _read(model, one, OF_BOTH_SIDES[model], agency_id, using=LINKER)
        elif _has_agency(model) or model.__name__ == "Agency" or model in OF_ITS_PATH:
            with acting_for(agency_id):
                see_juveniles()
                yield from list(_read(model, one, CASE_OF.get(model.__name__, ""), agency_id))
    with acting_for(agency_id):
        entries = entries_sought(LedgerSearch(), before=None, most=MOST_ENTRIES)
    for entry in entries:
        body = json.loads(entry.body)
        told_of, officer = [body.get("case"), *body.get("cases", ())], body.get("officer")
        name = frozenset({entry.hash.hex()[:SHORT_DIGEST]})
        cases = frozenset(UUID(one) for one in told_of if one)
        yield Needle("ledger entry", name, cases=cases, officer=UUID(officer) if officer else None)


def _has_agency(model: type[models.Model]) -> bool:
    return any(each.attname == "agency_id" for each in model._meta.concrete_fields)


def contents() -> dict[str, frozenset[UUID]]:
    """Return the cases that hold each content, of whatever agency, by the beginning of its digest."""
    found: dict[str, set[UUID]] = {}
    for digest, case in Holding.objects.using(LINKER).values_list("item__sha256", "exhibit__case_id"):
        found.setdefault(bytes(digest or b"").hex()[:SHORT_DIGEST], set()).add(case)
    return {name: frozenset(cases) for name, cases in found.items()}


def _read(
    model: type[models.Model], one: models.Field[Any, Any], leads: str, agency_id: UUID, *, using: str = "default"
) -> Iterator[Needle]:
    there = {each for field in model._meta.concrete_fields for each in (field.name, field.attname)}
    extra = {name for name in (OFFICER_OF.get(model.__name__), *ENDS, *FLAGS) if name in there}
    rows = _of_agency(model, agency_id, using)
    content = contents() if name_of(model, one) == "MediaItem.sha256" else {}
    cases: dict[Any, set[UUID]] = {}
    of_row: dict[Any, dict[str, Any]] = {}
    for row in rows.values("pk", one.name, *leads.split(), *extra):
        cases.setdefault(row["pk"], set()).update(row[lead] for lead in leads.split() if row[lead])
        of_row[row["pk"]] = row
    for pk, row in of_row.items():
        for name, texts, word in readings(one, name_of(model, one), row[one.name]):
            yield Needle(
                name,
                texts,
                word,
                cases=frozenset(cases[pk]),
                officer=row.get(OFFICER_OF.get(model.__name__, "")),
                is_held=row.get("held", False),
                is_past=not row.get("is_active", True) or any(row.get(each) for each in ENDS),
                held_in=frozenset().union(*(content.get(form, ()) for form in texts)),
            )


def _of_agency(model: type[models.Model], agency_id: UUID, using: str) -> models.QuerySet[Any]:
    """Return the rows that are an agency's own, or of which it is a side."""
    rows = model._default_manager.using(using)
    if model.__name__ == "Agency":
        return rows.filter(pk=agency_id)
    if model in OF_BOTH_SIDES:
        side = "overlap__" if model is HitRow else ""
        return rows.filter(Q(**{f"{side}agency_a": agency_id}) | Q(**{f"{side}agency_b": agency_id}))
    return rows.all()


def readings(one: models.Field[Any, Any], name: str, value: Any) -> Iterator[tuple[str, frozenset[str], str]]:
    """Yield the forms in which the values of a field may be read: of each that it holds, with its own name."""
    if value in (None, "", b"", [], {}):
        return
    if isinstance(value, UUID):
        yield name, frozenset({str(value), value.hex}), str(value)[:SHORT_ID]
    elif isinstance(value, bytes | memoryview):
        yield name, frozenset(_of_bytes(bytes(value))), ""
    elif isinstance(one, models.JSONField | ArrayField):
        yield from ((inner, frozenset({text}), "") for inner, text in _texts_in(name, value))
    else:
        yield name, frozenset({str(value)}), ""


def _of_bytes(value: bytes) -> Iterator[str]:
    """Yield a path or a name as text, its last part alone too; a digest in hex from its beginning; both in base64."""
    yield base64.b64encode(value).decode()
    if value.isascii() and value.decode().isprintable():
        yield value.decode().rpartition("/")[2]
    else:
        yield value.hex()[:SHORT_DIGEST]
        yield value.hex()[:SHORT_DIGEST].upper()


def _texts_in(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield the texts of a structure under the names that lead to them; where keys are made up, they are texts too."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if name in MADE_UP_KEYS:
                yield name, key
            yield from _texts_in(name if name in MADE_UP_KEYS else f"{name}.{key}", inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts_in(name, inner)
    elif isinstance(value, str):
        yield name, value
