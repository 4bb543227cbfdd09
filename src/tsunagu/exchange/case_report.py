"""A case set as PDF for people to read, in English and Japanese.

Typst sets it (see `case_report.typ`). What stands in the case is handed over as data and never read as markup.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Final

from tsunagu.domain.package import CustodyEntry, Finding, PackagedCase, PackagedExhibit, PackagedFile
from tsunagu.exchange.case_files import shown
from tsunagu.exchange.report_words import WORDS
from tsunagu.exchange.typesetting import Typesetter

Words = Callable[[str, str], str]
"""Returns what people call a code of the domain, given the code and a language."""

_TEMPLATE: Final = Path(__file__).with_name("case_report.typ")
_ENTRY_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class Report:
    """What is set.

    Attributes:
        by_exhibit: how many files each exhibit has, by its reference.
        files: the first ones; the rest is in the JSON-LD alone.
    """

    MOST_FILES: ClassVar = 500
    MOST_DEEDS: ClassVar = 500

    case: PackagedCase
    exhibits: Sequence[PackagedExhibit]
    by_exhibit: Mapping[str, int]
    files: Sequence[PackagedFile]
    findings: Sequence[Finding]
    custody: Sequence[CustodyEntry]


class Reporter:
    """Sets reports. Nothing is fetched: the fonts are those of this machine."""

    def __init__(self, words: Words) -> None:
        """Find what is needed to set them.

        Raises:
            Unavailable: Typst, or a font with Japanese letters, is not installed.
        """
        self._typesetter = Typesetter()
        self._words = words

    def pdfs(self, report: Report) -> Iterator[tuple[str, bytes]]:
        """Yield the report in each language, with the name of its file."""
        for language, words in WORDS.items():
            told = {"language": language, "words": words, **self._told(report, language)}
            content = self._typesetter.pdf(_TEMPLATE, told, at=report.case.exported_at)
            yield f"summary.{language}.pdf", content

    def _told(self, report: Report, language: str) -> dict[str, Any]:
        def word(code: str) -> str:
            return self._words(code, language)

        case, paths = report.case, {one.number: shown(one.examined.path) for one in report.files}
        return {
            "reference": case.reference,
            "agency": f"{case.agency} ({case.country})",
            "facts": [
                ["purpose", word(case.purpose)],
                ["opened", _time(case.opened_at)],
                ["closed", _time(case.closed_at)],
                ["keep", case.keep_limit.isoformat()],
                ["covert", WORDS[language]["yes" if case.covert else "no"]],
                ["waiting", str(case.waiting)],
                ["exported", f"{_time(case.exported_at)}, {case.exported_by}"],
                ["release", f"Tsunagu {case.release}"],
            ],
            "exhibits": [_exhibit(one, report.by_exhibit.get(one.reference, 0)) for one in report.exhibits],
            "findings": _breaking(_finding(one, paths, word) for one in report.findings),
            "files": _breaking(_file(one, word) for one in report.files),
            "files_left": sum(report.by_exhibit.values()) - len(report.files),
            "deeds": [_deed(one, word) for one in report.custody[: report.MOST_DEEDS]],
            "deeds_left": max(0, len(report.custody) - report.MOST_DEEDS),
        }


def _breaking(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    """Return the rows with places where a line may break in what has none, such as a path or a digest."""
    return [[Typesetter.breaking(cell) for cell in row] for row in rows]


def _time(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _exhibit(one: PackagedExhibit, files: int) -> list[str]:
    return [one.reference, _time(one.registered_at), one.registered_by, str(files)]


def _finding(one: Finding, paths: Mapping[int, str], word: Callable[[str], str]) -> list[str]:
    judged = " ".join(word(code) for code in (one.judgement, one.sameness) if code)
    return [
        str(one.number),
        paths.get(one.number, ""),
        word(one.kind),
        str(one.distance_bits),
        judged,
        one.judged_by or "",
        _time(one.judged_at),
    ]


def _file(one: PackagedFile, word: Callable[[str], str]) -> list[str]:
    examined = one.examined
    refused = word(examined.refused) if examined.refused else ""
    return [
        one.exhibit,
        str(one.number),
        shown(examined.path),
        (examined.media_type.mime if examined.media_type else "") or refused,
        str(examined.size_bytes),
        examined.digests.sha256.hex() if examined.digests else "",
    ]


def _deed(one: CustodyEntry, word: Callable[[str], str]) -> list[str]:
    body = json.loads(one.body)
    at = datetime.fromisoformat(body["at"])
    return [_time(at), word(body["act"]), one.login or "Tsunagu", one.exhibit or "", one.hash.hex()[:_ENTRY_DIGITS]]
