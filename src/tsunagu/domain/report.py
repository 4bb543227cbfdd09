"""Incoming reports: what a hotline, a provider, an agency abroad or the public tells, before it is anybody's case."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from tsunagu.domain.errors import InputError
from tsunagu.domain.look_up import Query
from tsunagu.domain.writing import is_printable

MOST_TEXT: Final = 20_000
MOST_NAME: Final = 200
MOST_PARTS: Final = 500
"""So many digests, or observations, one report names at most."""


class SourceKind(StrEnum):
    """Who reports."""

    HOTLINE = "hotline"
    PROVIDER = "provider"
    FOREIGN_AGENCY = "foreign-agency"
    PUBLIC = "public"


class ObservationKind(StrEnum):
    """What somebody is called by, or where he is met, as a report has it."""

    HANDLE = "handle"
    ACCOUNT = "account"
    CHAT = "chat"
    EMAIL = "e-mail"
    PHONE = "phone"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class SourceGrading:
    """How far a source is relied on, and what it says, as an officer or the source has graded both.

    Attributes:
        reliability: of the source, A to E.
        information: of what it says, 1 to 5.
    """

    reliability: str
    information: int

    def __post_init__(self) -> None:
        if self.reliability not in "ABCDE" or len(self.reliability) != 1 or self.information not in range(1, 6):
            raise InputError("a source is graded from A1 to E5")

    @classmethod
    def parse(cls, typed: str) -> SourceGrading:
        """Return a grading as it is typed, such as B2.

        Raises:
            InputError: it is none.
        """
        found = re.fullmatch("([A-E])([1-5])", typed.strip().upper())
        if found is None:
            raise InputError("a source is graded from A1 to E5")
        return cls(found[1], int(found[2]))

    def __str__(self) -> str:
        return f"{self.reliability}{self.information}"


@dataclass(frozen=True, slots=True)
class ReportedObservation:
    """A handle, an account, a chat or the like that a report names. What it is of, nobody has said yet.

    Attributes:
        value: as the source has written it.
        platform: the service on which it means something; empty where it means the same everywhere.
    """

    kind: ObservationKind
    value: str = field(repr=False)
    platform: str = ""

    def __post_init__(self) -> None:
        _check_line(self.value, "value")
        if self.platform:
            _check_line(self.platform, "platform")

    @property
    def compared(self) -> str:
        """In which form it is compared: the writing is evened out, and a handle's leading @ left out."""
        value = evened(self.value)
        if self.kind is ObservationKind.HANDLE:
            value = value.removeprefix("@")
        if self.kind is ObservationKind.PHONE:
            value = "".join(one for one in value if one.isdecimal() or one == "+") or value
        return "\n".join((self.kind.value, evened(self.platform), value))


@dataclass(frozen=True, slots=True)
class IncomingReport:
    """One report as it came in. It says something: by a text, by digests, or by observations; a text alone is enough.

    Attributes:
        source: what the source is called.
        source_reference: what the source itself calls the report by.
        received_at: when the source's report reached the agency.
        language: of the text, as ISO 639-1 has it; empty where nobody has said so.
        known_by: digests and fingerprints of what it is about.
        grading: None where nobody has graded it.
        is_imminent: a person has said that a child is at imminent risk. No machine says so.
    """

    source_kind: SourceKind
    source: str
    source_reference: str
    received_at: datetime
    text: str = field(default="", repr=False)
    language: str = ""
    known_by: Query = field(default_factory=Query, repr=False)
    observations: tuple[ReportedObservation, ...] = ()
    grading: SourceGrading | None = None
    is_imminent: bool = False

    def __post_init__(self) -> None:
        _check_line(self.source, "source")
        _check_line(self.source_reference, "source_reference")
        if len(self.text) > MOST_TEXT or "\0" in self.text:
            raise InputError(f"the text of a report has at most {MOST_TEXT:,} characters", field="text")
        if self.language and not (self.language.isascii() and self.language.islower() and len(self.language) == 2):
            raise InputError("a language is two letters of ISO 639-1, such as ja", field="language")
        if max(len(self.known_by.digests) + len(self.known_by.pdq), len(self.observations)) > MOST_PARTS:
            raise InputError(
                f"one report names at most {MOST_PARTS} digests and as many observations", field="known_by"
            )
        if not self.text.strip() and self.known_by.is_empty and not self.observations:
            raise InputError("a report says something: by a text, a digest or an observation", field="text")

    @property
    def compared_text(self) -> str:
        """The text in the form in which it is compared; empty where there is none."""
        return evened(self.text)


def evened(text: str) -> str:
    """Return a text without what is only a way of writing: width, case and white space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _check_line(text: str, field_name: str) -> None:
    if not text.strip() or len(text) > MOST_NAME or not is_printable(text):
        raise InputError(
            f"a source, a reference, an observation: each is 1 to {MOST_NAME} printable characters", field=field_name
        )
