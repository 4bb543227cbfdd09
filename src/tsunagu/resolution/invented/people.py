"""One invented household at a time: who they are, where they live, how they are reached."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Final

from tsunagu.resolution.invented.words import Word, names
from tsunagu.resolution.prefectures import prefectures
from tsunagu.resolution.romaji import Romaji, romaji
from tsunagu.resolution.tables import rows

SHARE_NAMED_AS_ANOTHER: Final = 0.05
SHARE_FATHER_AND_SON: Final = 0.03
SHARE_MAIL_CHANGES: Final = 0.20
SHARE_MOVES: Final = 0.10
SHARE_JUVENILE: Final = 0.02
SHARE_AT_WORK: Final = 0.04
SHARE_IN_A_SHARED_HOUSE: Final = 0.02
_OCCUPATIONS: Final = (("teacher", 0.032), ("official", 0.02), ("police", 0.004), ("medical", 0.026))
_PROVIDERS: Final = (
    ("gmail.com", 24), ("docomo.ne.jp", 21), ("ezweb.ne.jp", 14), ("softbank.ne.jp", 11), ("yahoo.co.jp", 19),
    ("icloud.com", 4), ("hotmail.co.jp", 4), ("nifty.com", 3),
)  # fmt: skip
_INHABITANTS: Final = dict(zip(
    (f"{code:02}" for code in range(1, 48)),
    (52, 12, 12, 23, 10, 11, 18, 29, 19, 19, 73, 63, 140, 92, 22, 10, 11, 8, 8, 20, 20, 36, 75, 18, 14, 26, 88, 54, 13,
     9, 5, 7, 19, 28, 13, 7, 9, 13, 7, 51, 8, 13, 17, 11, 11, 16, 15),
    strict=True,
))  # fmt: skip
"""Roughly, in hundred thousands: enough for people who never were."""
_BUILDINGS: Final = ("コーポ", "メゾン", "ハイツ", "グリーンハイム", "サンライズ", "第二コーポ", "レジデンス")
_SOME: Final = 4000
_YOUNGEST: Final = date(2001, 12, 31)


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody lives, or works: postcode, prefecture's code, and the parts of the address."""

    postcode: str
    code: str
    prefecture: str
    city: str
    town: str
    house: tuple[int, ...]
    building: str = ""
    room: str = ""


@dataclass(slots=True)
class Person:
    """Somebody who never was.

    Attributes:
        homes: where he lives first, and where he moves to, if he does.
        mails: his first address, and the one he changes to, if he does.
        at_work: the address of a large firm that he gives in place of his home, or None.
        named_as: the number of another person of his name, made so on purpose, or None.
        household: the number of the person whose home he shares, or None.
    """

    number: int
    family: Word
    given: Word
    born: date
    occupation: str
    homes: list[Home]
    mails: list[str]
    mobile: str
    landline: str
    at_work: Home | None = None
    named_as: int | None = None
    household: int | None = None
    shares_a_house: bool = False


@dataclass
class Inventor:
    """Invents households, one after the other, the same for the same seed."""

    rng: Random
    _number: int = 0
    _earlier: deque[Person] = field(default_factory=lambda: deque(maxlen=_SOME))
    _shared: deque[Home] = field(default_factory=lambda: deque(maxlen=8))

    def households(self) -> Iterator[list[Person]]:
        """Yield households without end: one person, or father and son."""
        while True:
            father = self._person()
            household = [father]
            if self.rng.random() < SHARE_FATHER_AND_SON / 2:
                household.append(self._son(father))
            self._earlier.extend(household)
            yield household

    def _person(self) -> Person:
        rng = self.rng
        is_man = rng.random() < 0.93
        family, given, named_as = names().family(rng), names().given(rng, is_man=is_man), None
        if self._earlier and rng.random() < SHARE_NAMED_AS_ANOTHER:
            other = rng.choice(self._earlier)
            family, given, named_as = other.family, other.given, other.number
        self._number += 1
        home = self._home()
        is_shared = rng.random() < SHARE_IN_A_SHARED_HOUSE
        if is_shared:
            home = self._shared_home(home)
        return Person(
            self._number, family, given, self._born(), self._occupation(),
            [home, self._home()] if rng.random() < SHARE_MOVES else [home],
            self._mails(family, given), self._mobile(), self._landline(home),
            firm(rng) if rng.random() < SHARE_AT_WORK else None, named_as, None, is_shared,
        )  # fmt: skip

    def _son(self, father: Person) -> Person:
        """Return his son, who lives with him, shares the telephone and often a letter of the name."""
        rng = self.rng
        self._number += 1
        given = names().given(rng, is_man=True)
        while given == father.given:
            given = names().given(rng, is_man=True)
        born = min(father.born + timedelta(days=rng.randrange(21 * 365, 36 * 365)), _YOUNGEST)
        return Person(
            self._number, father.family, given, born, "", list(father.homes), self._mails(father.family, given),
            self._mobile(), father.landline, None, None, father.number,
        )  # fmt: skip

    def _shared_home(self, home: Home) -> Home:
        """Return a house that several strangers give as theirs, without a room."""
        if self._shared and self.rng.random() < 0.7:
            return self.rng.choice(self._shared)
        self._shared.append(Home(home.postcode, home.code, home.prefecture, home.city, home.town, home.house, "学生寮"))
        return self._shared[-1]

    def _born(self) -> date:
        if self.rng.random() < SHARE_JUVENILE:
            return date(1998, 1, 1) + timedelta(days=self.rng.randrange(1200))
        return date(1950, 1, 1) + timedelta(days=int(self.rng.triangular(0, 16500, 10500)))

    def _occupation(self) -> str:
        at = self.rng.random()
        for name, share in _OCCUPATIONS:
            at -= share
            if at < 0:
                return name
        return ""

    def _home(self) -> Home:
        rng = self.rng
        code = rng.choices(*_weighed_prefectures())[0]
        postcode, prefecture, city, town = rng.choice(_places()[code])
        house = (rng.randrange(1, 7), rng.randrange(1, 40), rng.randrange(1, 30))[: rng.choice((2, 3, 3))]
        if rng.random() < 0.45:
            return Home(postcode, code, prefecture, city, town, house)
        building = rng.choice(_BUILDINGS) + town[:2]
        return Home(
            postcode, code, prefecture, city, town, house, building, f"{rng.randrange(1, 10)}0{rng.randrange(1, 9)}"
        )

    def _mails(self, family: Word, given: Word) -> list[str]:
        first = self._mail(family, given)
        return [first, self._mail(family, given)] if self.rng.random() < SHARE_MAIL_CHANGES else [first]

    def _mail(self, family: Word, given: Word) -> str:
        rng = self.rng
        domain = rng.choices(*_weighed_providers())[0]
        a, b, tail = (
            romaji(given.kana, Romaji.PASSPORT),
            romaji(family.kana, Romaji.PASSPORT),
            rng.randrange(100, 1_000_000),
        )
        between = rng.choice(("", ".", "_", "-"))
        if domain == "docomo.ne.jp":
            between = rng.choice(("..", ".", "-", "_"))
        if rng.random() < 0.3:
            return f"{rng.choice('abcdefghkmnpqrstuvwxyz')}{rng.randrange(16**7):07x}{between}{a[:2]}@{domain}"
        return f"{a}{between}{b}{tail}@{domain}"

    def _mobile(self) -> str:
        """Return a mobile number: none is given out whose fourth digit is 0."""
        return f"0{self.rng.choice('789')}00{self.rng.randrange(10_000_000):07}"

    def _landline(self, home: Home) -> str:
        """Return a number of the capital of the prefecture: none is given out that goes on with 1."""
        area = prefectures()[home.code].area_code
        return f"{area}1{self.rng.randrange(10 ** (9 - len(area))):0{9 - len(area)}}"


@cache
def _places() -> dict[str, list[tuple[str, str, str, str]]]:
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for postcode, prefecture, city, town, code in rows("places.tsv"):
        found.setdefault(code, []).append((postcode, prefecture, city, town))
    return found


@cache
def _weighed_prefectures() -> tuple[list[str], list[int]]:
    return list(_INHABITANTS), list(_INHABITANTS.values())


@cache
def _weighed_providers() -> tuple[list[str], list[int]]:
    return [name for name, _ in _PROVIDERS], [weight for _, weight in _PROVIDERS]


def firm(rng: Random) -> Home:
    """Return the address of a large firm with a postcode of its own."""
    prefix, runs, code, (_, prefecture, city, town) = rng.choice(_firms())
    suffix = int(rng.choice(runs).partition("+")[0])
    house = (rng.randrange(1, 9), rng.randrange(1, 30))
    return Home(f"{prefix}{suffix:04}", code, prefecture, city, town, house, "見本本社ビル")


@cache
def _firms() -> list[tuple[str, list[str], str, tuple[str, str, str, str]]]:
    """Return prefixes of one prefecture alone, with the suffixes of firms and a town that has the prefix too."""
    places: dict[str, list[tuple[str, tuple[str, str, str, str]]]] = {}
    for code, those in _places().items():
        for place in those:
            places.setdefault(place[0][:3], []).append((code, place))
    return [
        (prefix, runs, *places[prefix][0])
        for prefix, *runs in rows("firms.txt", None)
        if len({code for code, _ in places.get(prefix, ())}) == 1
    ]
