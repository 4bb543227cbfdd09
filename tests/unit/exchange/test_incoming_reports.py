"""Reports as JSON: read strictly, named by the field that is wrong, and written back without loss."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tsunagu.domain.errors import InputError
from tsunagu.exchange.incoming_reports import MOST_FILE_BYTES, kept_report, read_file, read_report, written_report

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
WHOLE: dict[str, Any] = {
    "source_kind": "foreign-agency",
    "source": "A bureau",
    "source_reference": "X-1",
    "received_at": "2026-11-25T10:00:00.000000Z",
    "text": "　彼は…\n",
    "language": "ja",
    "known_by": [{"type": "md5", "value": "0f" * 16}, {"type": "pdq", "value": "0f" * 32}],
    "observations": [{"kind": "chat", "value": "room 5", "platform": "a game"}],
    "grading": "B2",
    "imminent_risk": True,
}
LEAST = {"source_kind": "public", "source": "s", "source_reference": "1", "text": "t"}


def test_a_report_is_written_back_as_it_was_read() -> None:
    assert written_report(read_report(WHOLE, now=NOW)) == WHOLE


def test_what_was_kept_is_read_whatever_the_clock_says_now() -> None:
    late = {**WHOLE, "received_at": (NOW + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    assert written_report(kept_report(late)) == late


@pytest.mark.parametrize(("field", "one"), [("known_by", {"type": "md5", "value": "0f" * 16}), ("observations", {})])
def test_an_unknown_field_within_a_report_is_refused_by_its_name(field: str, one: dict[str, str]) -> None:
    with pytest.raises(InputError) as refused:
        read_report({**LEAST, field: [{**one, "colour": "red"}]}, now=NOW)
    assert refused.value.details["field"] == f"{field}.colour"


def test_a_text_is_the_same_however_its_lines_end() -> None:
    assert read_report({**LEAST, "text": "one\r\ntwo"}, now=NOW) == read_report({**LEAST, "text": "one\ntwo"}, now=NOW)


def test_what_is_not_said_is_not_made_up() -> None:
    read = read_report(LEAST, now=NOW)
    assert (read.received_at, read.language, read.grading, read.is_imminent) == (NOW, "", None, False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source_kind", "neighbour"),
        ("source", " "),
        ("source_reference", 7),
        ("received_at", "yesterday"),
        ("received_at", "2026-11-25T10:00:00"),
        ("received_at", (NOW + timedelta(days=1)).isoformat()),
        ("received_at", "0026-11-26T09:00:00Z"),
        ("received_at", "0001-01-01T00:00:00+14:00"),
        ("received_at", "9999-12-31T23:59:59-14:00"),
        ("text", ["t"]),
        ("text", " "),
        ("text", "t" * 20_001),
        ("source", "s" * 201),
        ("language", "jpn"),
        ("observations", [{"kind": "handle", "value": "x" * 201}]),
        ("known_by", [{"type": "sha256", "value": "0f" * 16}]),
        ("known_by", [{"type": "crc", "value": "0f"}]),
        ("known_by", {"type": "md5"}),
        ("observations", ["@x"]),
        ("observations", [{"kind": "face", "value": "x"}]),
        ("grading", "Z9"),
        ("imminent_risk", "yes"),
        ("score", 1),
    ],
)
def test_what_is_wrong_is_named_by_its_field_and_not_repeated(field: str, value: object) -> None:
    with pytest.raises(InputError) as refused:
        read_report({**LEAST, field: value}, now=NOW)
    assert refused.value.details["field"] == field
    assert value == " " or str(value) not in str(refused.value)


def test_a_file_is_an_array_or_one_report_or_one_a_line_and_a_broken_line_keeps_its_place() -> None:
    one = json.dumps(LEAST)
    assert list(read_file(f"[{one}, {one}]".encode())) == [LEAST, LEAST]
    assert list(read_file(one.encode())) == [LEAST]
    odd = {**LEAST, "text": "one\u2028two\u2029three\u0085four"}
    assert list(read_file(f"{json.dumps(odd, ensure_ascii=False)}\r\n{one}\r\n".encode())) == [odd, LEAST]
    assert list(read_file(f"\ufeff{one}\n{{\n\n{one}\n".encode())) == [LEAST, None, LEAST]
    with pytest.raises(InputError):
        list(read_file(bytes(MOST_FILE_BYTES + 1)))
