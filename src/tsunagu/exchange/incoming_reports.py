"""Incoming reports as JSON: our own shape, read strictly and written back without loss. `docs/reports.md` shows it.

A report that is wrong is refused with the name of its field, and none of what the field holds is repeated.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final, TypeVar

from tsunagu.domain.clock import utc_text
from tsunagu.domain.errors import InputError
from tsunagu.domain.look_up import PDQ, Query
from tsunagu.domain.report import IncomingReport, ObservationKind, ReportedObservation, SourceGrading, SourceKind

MOST_REPORTS: Final = 500
MOST_FILE_BYTES: Final = 32 << 20
SKEW: Final = timedelta(minutes=10)
"""By so much a source's clock may be ahead of ours."""
EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""No report is older: what says so has a digit of its year wrong."""
WRONG: Final = "a field of this report is missing, unknown or not what it should be"
_FIELDS: Final = frozenset(
    {
        "source_kind",
        "source",
        "source_reference",
        "received_at",
        "text",
        "language",
        "known_by",
        "observations",
        "grading",
        "imminent_risk",
    }
)
_OF_A_DIGEST: Final = frozenset({"type", "value"})
_OF_AN_OBSERVATION: Final = frozenset({"kind", "value", "platform"})
_Choice = TypeVar("_Choice", bound=Enum)


def read_report(told: object, *, now: datetime) -> IncomingReport:
    """Return the report that a JSON object tells.

    Args:
        told: what the JSON decoder made of it.
        now: when it is received, where it does not say so.

    Raises:
        InputError: it is none; the details name the field.
    """
    if not isinstance(told, Mapping):
        raise InputError(WRONG, field="report")
    _refuse_unknown(told, _FIELDS)
    return _report(told, _received(told.get("received_at"), now))


def kept_report(told: Mapping[str, Any]) -> IncomingReport:
    """Return a report that `written_report` wrote; when it was received was looked at when it came in."""
    return _report(told, datetime.fromisoformat(told["received_at"]))


def _report(told: Mapping[str, Any], received_at: datetime) -> IncomingReport:
    grading = _text(told, "grading", required=False)
    known_by = _objects(told, "known_by", _OF_A_DIGEST)
    observations = _objects(told, "observations", _OF_AN_OBSERVATION)
    with_field = {
        "known_by": lambda: _known_by(known_by),
        "observations": lambda: tuple(map(_observation, observations)),
        "grading": lambda: SourceGrading.parse(grading) if grading else None,
    }
    made = {name: _named(name, make) for name, make in with_field.items()}
    return IncomingReport(
        _choice(SourceKind, told.get("source_kind"), "source_kind"),
        _text(told, "source"),
        _text(told, "source_reference"),
        received_at,
        _text(told, "text", required=False),
        _text(told, "language", required=False),
        made["known_by"],
        made["observations"],
        made["grading"],
        _flag(told, "imminent_risk"),
    )


def written_report(report: IncomingReport) -> dict[str, Any]:
    """Return a report as JSON has it."""
    known = [{"type": kind.value, "value": value.hex()} for kind, value in report.known_by.digests]
    known += [{"type": PDQ, "value": value.hex()} for value in report.known_by.pdq]
    return {
        "source_kind": report.source_kind.value,
        "source": report.source,
        "source_reference": report.source_reference,
        "received_at": utc_text(report.received_at),
        "text": report.text,
        "language": report.language,
        "known_by": known,
        "observations": [
            {"kind": one.kind.value, "value": one.value, "platform": one.platform} for one in report.observations
        ],
        "grading": "" if report.grading is None else str(report.grading),
        "imminent_risk": report.is_imminent,
    }


def read_file(content: bytes) -> Iterator[object]:
    """Yield what a file holds: a JSON array of reports, one report, or one a line.

    A line that is no JSON is yielded as None, so that it is refused by its place and the others go on.

    Raises:
        InputError: the file is too large.
    """
    if len(content) > MOST_FILE_BYTES:
        raise InputError("a file of reports has at most 32 MiB")
    text = content.decode("utf-8-sig", errors="surrogateescape")
    whole = _decoded(text)
    if isinstance(whole, list):
        yield from whole
    elif whole is not None:
        yield whole
    else:
        # Other ends of a line, such as U+2028, may stand within a string of JSON.
        yield from (_decoded(line) for line in text.split("\n") if line.strip())


def _decoded(text: str) -> object:
    try:
        told: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return told


def _named(name: str, make: Callable[[], Any]) -> Any:
    try:
        return make()
    except InputError as error:
        raise InputError(str(error), **{**error.details, "field": name}) from None


def _known_by(told: list[Mapping[str, Any]]) -> Query:
    found = [Query.of_hex(_text(one, "value"), _text(one, "type")) for one in told]
    return Query(
        tuple(dict.fromkeys(each for one in found for each in one.digests)),
        tuple(dict.fromkeys(each for one in found for each in one.pdq)),
    )


def _observation(told: Mapping[str, Any]) -> ReportedObservation:
    kind = _choice(ObservationKind, told.get("kind"), "kind")
    return ReportedObservation(kind, _text(told, "value"), _text(told, "platform", required=False))


def _refuse_unknown(told: Mapping[str, Any], known: frozenset[str], within: str = "") -> None:
    for name in told:
        if name not in known:
            raise InputError(WRONG, field=within + (str(name)[:100] if str(name).isprintable() else "?"))


def _objects(told: Mapping[str, Any], name: str, known: frozenset[str]) -> list[Mapping[str, Any]]:
    found = told.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise InputError(WRONG, field=name)
    for one in found:
        _refuse_unknown(one, known, f"{name}.")
    return found


def _text(told: Mapping[str, Any], name: str, *, required: bool = True) -> str:
    found = told.get(name)
    if found is None and not required:
        return ""
    if not isinstance(found, str) or (required and not found.strip()):
        raise InputError(WRONG, field=name)
    # A form ends its lines in two characters, a program in one: the text is the same.
    return found.replace("\r\n", "\n") if name == "text" else found.strip()


def _flag(told: Mapping[str, Any], name: str) -> bool:
    found = told.get(name, False)
    if not isinstance(found, bool):
        raise InputError(WRONG, field=name)
    return found


def _choice(kind: type[_Choice], told: object, name: str) -> _Choice:
    found = next((one for one in kind if one.value == told), None)
    if found is None:
        raise InputError(WRONG, field=name)
    return found


def _received(told: object, now: datetime) -> datetime:
    if told is None:
        return now
    try:
        moment = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not EARLIEST <= moment <= now + SKEW:
        raise InputError(WRONG, field="received_at")
    return moment
