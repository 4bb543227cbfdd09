"""Clues: what somebody has seen or heard in a media item, and what it tells of where it was made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from tsunagu.domain.country import is_country
from tsunagu.domain.errors import InputError

MOST_TEXT: Final = 1_000
"""Characters of a description."""
_PLACE = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")


class ClueKind(StrEnum):
    """What somebody has seen or heard."""

    UNIFORM = "uniform"
    CREST = "crest"
    WRITING = "writing"
    SPEECH = "speech"
    SOUND = "sound"
    SOCKET = "socket"
    PACKAGING = "packaging"
    CURRENCY = "currency"
    VEHICLE = "vehicle"
    BUILDING = "building"
    INTERIOR = "interior"
    LANDSCAPE = "landscape"
    PLANT = "plant"
    OBJECT = "object"
    METADATA = "metadata"


class Bearing(StrEnum):
    """What a clue does to the countries that it names. A neutral one was checked, is common everywhere, and is kept."""

    SUPPORTS = "supports"
    EXCLUDES = "excludes"
    NEUTRAL = "neutral"


class Support(StrEnum):
    """How much more readily one meets what was seen in the countries that are named than elsewhere."""

    WEAK = "weak"
    MODERATE = "moderate"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of a picture or a frame, in fractions of its width and height, from its upper left corner.

    Attributes:
        left, top: from 0 to below 1.
        width, height: above 0; the rectangle lies within the picture.
    """

    left: float
    top: float
    width: float
    height: float

    def __post_init__(self) -> None:
        for begin, length in ((self.left, self.width), (self.top, self.height)):
            if not (0 <= begin < 1 and 0 < length <= 1 and begin + length <= 1 + 1e-9):
                raise InputError("a region lies within the picture: left, top, width and height are fractions of it")


@dataclass(frozen=True, slots=True)
class Span:
    """A time within a recording, in seconds from its beginning."""

    from_s: float
    to_s: float

    def __post_init__(self) -> None:
        if not 0 <= self.from_s <= self.to_s < float("inf"):
            raise InputError("a time span begins at 0 s or later and ends no earlier than it begins")


@dataclass(frozen=True, slots=True)
class Weighing:
    """What a clue says of countries.

    Attributes:
        bearing: what it does to them.
        countries: ISO 3166-1 alpha-2 codes; none where it is neutral.
        places: parts of one country, as ISO 3166-2 has them (`JP-26`): only where that country alone is supported.
        support: of a clue that supports; None otherwise.
    """

    bearing: Bearing
    countries: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    support: Support | None = None

    def __post_init__(self) -> None:
        if not all(map(is_country, self.countries)):
            raise InputError("this is no country's code of ISO 3166-1")
        if (self.bearing is Bearing.NEUTRAL) is bool(self.countries):
            raise InputError("a clue supports or excludes at least one country, or is neutral and names none")
        if (self.bearing is Bearing.SUPPORTS) is (self.support is None):
            raise InputError("a clue that supports countries says how much, any other does not")
        if self.places and (self.bearing is not Bearing.SUPPORTS or len(self.countries) != 1):
            raise InputError("places are told of where one country alone is supported")
        for place in self.places:
            if not _PLACE.fullmatch(place) or place[:2] not in self.countries:
                raise InputError("a place is a part of the supported country, as ISO 3166-2 codes it")


@dataclass(frozen=True, slots=True)
class ClueDraft:
    """A clue as an officer enters it.

    Attributes:
        item: the number of the holding within the case that it was seen or heard in.
        text: what it is, in the officer's words.
        region: where in the picture or the frame; None for all of it.
        span: when in the recording; None for all of it.
    """

    item: int
    kind: ClueKind
    text: str
    weighing: Weighing
    region: Region | None = None
    span: Span | None = None

    def __post_init__(self) -> None:
        if not self.text.strip() or len(self.text) > MOST_TEXT or "\x00" in self.text:
            raise InputError(f"say in 1 to {MOST_TEXT} characters what it is")


@dataclass(frozen=True, slots=True)
class Clue:
    """A clue as it is kept: never changed, only taken back.

    Attributes:
        number: its number within the case.
        exhibit: the reference of the exhibit of its item.
        source: equal for clues of one content: they do not count twice.
        recorded_by: the officer's login.
        withdrawn_at: None while it counts.
        withdrawn_why: the reason in the words of who took it back.
    """

    clue_id: UUID
    number: int
    exhibit: str
    source: int
    draft: ClueDraft
    recorded_by: str
    recorded_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_why: str | None = None
