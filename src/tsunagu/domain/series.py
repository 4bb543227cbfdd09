"""Series: media of the same child or event, as one agency has put them together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.handling import Handling
from tsunagu.domain.purpose import Purpose


class SeriesStatus(StrEnum):
    """How far the search for the child of a series is. `claimed` is told of a claim that lasts, and is never set."""

    UNIDENTIFIED = "unidentified"
    CLAIMED = "claimed"
    COUNTRY_ASSESSED = "country_assessed"
    ALERTED = "alerted"
    LOCATED = "located"
    IDENTIFIED_SAFEGUARDED = "identified_safeguarded"
    IDENTIFIED_HISTORIC = "identified_historic"
    IDENTIFIED_ELSEWHERE = "identified_elsewhere"
    SELF_GENERATED_NO_COERCION_FOUND = "self_generated_no_coercion_found"
    NOT_A_REAL_CHILD = "not_a_real_child"
    NOT_ILLEGAL = "not_illegal"
    CANNOT_PROGRESS = "cannot_progress"
    REOPENED = "reopened"


class Distributed(StrEnum):
    """Whether a series is in circulation: what was found on its producer's device alone is never to be published."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


_S = SeriesStatus
ENDS = frozenset(
    {
        _S.IDENTIFIED_SAFEGUARDED,
        _S.IDENTIFIED_HISTORIC,
        _S.IDENTIFIED_ELSEWHERE,
        _S.SELF_GENERATED_NO_COERCION_FOUND,
        _S.NOT_A_REAL_CHILD,
        _S.NOT_ILLEGAL,
        _S.CANNOT_PROGRESS,
    }
)
"""With these the search ends. Only a co-ordinator ends it, and only he opens it again."""
WAITING = frozenset({_S.UNIDENTIFIED, _S.REOPENED})
"""Of these a claim that lasts is told in their place."""
TRANSITIONS = MappingProxyType(
    {
        _S.UNIDENTIFIED: ENDS | {_S.COUNTRY_ASSESSED, _S.ALERTED, _S.LOCATED},
        _S.COUNTRY_ASSESSED: ENDS | {_S.UNIDENTIFIED, _S.ALERTED, _S.LOCATED},
        _S.ALERTED: ENDS | {_S.UNIDENTIFIED, _S.COUNTRY_ASSESSED, _S.LOCATED},
        _S.LOCATED: ENDS | {_S.COUNTRY_ASSESSED, _S.ALERTED},
        _S.REOPENED: ENDS | {_S.COUNTRY_ASSESSED, _S.ALERTED, _S.LOCATED},
        **dict.fromkeys(ENDS, frozenset({_S.REOPENED})),
    }
)
"""What may follow what. An end is followed by nothing but that it is reopened."""


def check_transition(before: SeriesStatus, after: SeriesStatus) -> None:
    """Do nothing when one status may follow the other.

    Raises:
        InputError: `claimed`, which nobody sets: it is told of a claim.
        Conflict: it may not, or it is the same.
    """
    if after is SeriesStatus.CLAIMED:
        raise InputError("nobody sets this: a series is claimed by `tsunagu claims claim`")
    if after not in TRANSITIONS[before]:
        raise Conflict("this status does not follow the present one")


@dataclass(frozen=True, slots=True)
class SeriesSummary:
    """A series as those who work on one of its cases see it.

    Attributes:
        name: the agency's own name for it, unique within the agency.
        aliases: what others call it, sorted; of series that were merged into it their names too.
        status: as it was set; see `shown_status`.
        claimed_until: when the agency's own claim on it expires; None where there is none that lasts.
        handling: who else may be given it, for what, and until when.
        cases: references of its cases that the reader works on, sorted.
        items, context: how many items of those cases are in it, and how many of them are context: not illegal.
        is_covert: whether it rests on a covert case, so that others' interest in it is the co-ordinator's alone.
    """

    series_id: UUID
    agency_id: UUID
    name: str
    aliases: tuple[str, ...]
    purpose: Purpose
    status: SeriesStatus
    distributed: Distributed
    handling: Handling
    opened_at: datetime
    opened_by: UUID
    cases: tuple[str, ...]
    items: int
    context: int
    is_covert: bool
    claimed_until: datetime | None = None

    def shown_status(self, now: datetime) -> SeriesStatus:
        """Return how it stands at a moment: a claim that lasts is told in place of one of `WAITING`."""
        is_claimed = self.claimed_until is not None and self.claimed_until > now
        return SeriesStatus.CLAIMED if is_claimed and self.status in WAITING else self.status


@dataclass(frozen=True, slots=True)
class SeriesItem:
    """One item of a series, of a case that the reader works on.

    Attributes:
        number: the first place of the item in its case.
        path: of that place, raw bytes.
        is_context: not illegal: it shows the child or the place, and belongs to the series all the same.
    """

    case: str
    number: int
    path: bytes
    sha256: bytes
    media_type: str | None
    is_context: bool


@dataclass(frozen=True, slots=True)
class SeriesSearch:
    """Which series are looked for; what is left empty narrows nothing down.

    Attributes:
        text: a part of the name or of an alias, in any case.
        status: as it is shown.
        since: the first day, in UTC, on which it was opened.
    """

    text: str = ""
    status: SeriesStatus | None = None
    since: date | None = None
