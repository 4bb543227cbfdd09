"""What a report must say, in which form it is compared, and what can be done to it from where it stands."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest

from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.report import IncomingReport, ObservationKind, ReportedObservation, SourceGrading, SourceKind
from tsunagu.domain.report_steps import ReportState, ReportStepKind, after

AT = datetime(2026, 11, 26, tzinfo=UTC)


def test_a_text_alone_is_a_report_and_nothing_at_all_is_none() -> None:
    assert IncomingReport(SourceKind.PUBLIC, "s", "1", AT, "he writes to her").text
    with pytest.raises(InputError):
        IncomingReport(SourceKind.PUBLIC, "s", "1", AT, " \n")


@pytest.mark.parametrize("typed", ["A1", " e5 ", "c3"])
def test_a_source_is_graded_by_a_letter_and_a_digit(typed: str) -> None:
    assert str(SourceGrading.parse(typed)) == typed.strip().upper()


@pytest.mark.parametrize("typed", ["", "A", "A0", "F1", "A6", "AA", "1A", "A12"])
def test_what_is_no_grading_is_refused(typed: str) -> None:
    with pytest.raises(InputError):
        SourceGrading.parse(typed)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (ObservationKind.HANDLE, "@Some One", "ｓｏｍｅｏｎｅ"),  # noqa: RUF001 - full width
        (ObservationKind.PHONE, "+81 (0)90-1234", "+810901234"),
        (ObservationKind.EMAIL, "A@Example.org", "a@example.ORG"),
    ],
)
def test_ways_of_writing_are_evened_out(kind: ObservationKind, one: str, other: str) -> None:
    assert ReportedObservation(kind, one, "Game").compared == ReportedObservation(kind, other, "game").compared


def test_the_same_handle_on_another_service_or_of_another_kind_is_another_one() -> None:
    of = {
        ReportedObservation(kind, "x", platform).compared
        for kind, platform in product((ObservationKind.HANDLE, ObservationKind.ACCOUNT), ("", "a", "b"))
    }
    assert len(of) == 2 * 3


@pytest.mark.parametrize(("state", "kind"), list(product(ReportState, ReportStepKind)))
def test_what_waits_is_worked_on_and_what_does_not_is_put_back_alone(state: ReportState, kind: ReportStepKind) -> None:
    leads_to = {
        ReportStepKind.ASSIGNED: ReportState.WAITING,
        ReportStepKind.JOINED: ReportState.JOINED,
        ReportStepKind.MERGED: ReportState.MERGED,
        ReportStepKind.CLOSED: ReportState.CLOSED,
    }
    at_any_time = {ReportStepKind.ANSWERED, ReportStepKind.RISK_SET, ReportStepKind.RISK_LIFTED}
    if kind in at_any_time:
        assert after(state, kind) is state
    elif kind is ReportStepKind.PUT_BACK and state is not ReportState.WAITING:
        assert after(state, kind) is ReportState.WAITING
    elif kind in leads_to and state is ReportState.WAITING:
        assert after(state, kind) is leads_to[kind]
    else:
        with pytest.raises(Conflict):
            after(state, kind)
