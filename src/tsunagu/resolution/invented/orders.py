"""The orders of invented people, as a shop wrote them down: changed, mistyped, and some of them paid by thieves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from tsunagu.resolution.invented.mistakes import Mistakes
from tsunagu.resolution.invented.people import Home, Inventor, Person

COLUMNS: Final = (
    "注文番号", "注文日", "氏名", "フリガナ", "メールアドレス", "電話番号",
    "郵便番号", "住所", "生年月日", "商品コード", "商品名", "支払方法",
    "カード名義", "配送先郵便番号", "配送先住所", "発送日", "備考",
)  # fmt: skip
"""The shop's columns: order, its day, name, reading, e-mail, telephone, postcode, address, birth, title's code and
name, payment, card holder, where the parcel went (postcode, address), when it went, remarks."""
SHARE_STOLEN: Final = 0.04
_PEOPLE_STOLEN_FROM: Final = SHARE_STOLEN * 1.8
"""A theft is one row, and everybody else has 1.8 on average: so many people make that share of the rows."""
SHARE_DELIVERED: Final = 0.93
PUNISHABLE_FROM: Final = date(2015, 7, 15)
_FIRST_DAY: Final = date(2015, 1, 1)
_DAYS: Final = 850
_TITLES: Final = 400
_ILLEGAL, _LAWFUL, _UNASSESSED = "illegal", "lawful", "not assessed"
_ORDERS_OF_A_THIEF: Final = 5
_ADULT_FROM_YEARS: Final = 20


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of one row, and stands nowhere in the list.

    Attributes:
        person: the number of the person whom the row names; with a stolen card that is not who ordered.
        prefecture: the code of where he lived then.
        answerable: whether the row's own postcode, address or landline tell it at all.
        mail_changed, moved: whether this row has his second address.
        rewritten: whether his name stands in romaji or in variant kanji.
        named_as: another person of the same name, made so on purpose; 0 where there is none.
        household: whom he lives with as father and son; 0 where with nobody.
        stolen: whether the card is stolen.
        assessment: of the title, by counsel: illegal, lawful, not assessed.
        delivered: whether the parcel arrived.
        punishable: whether the order falls into the punishable period.
        juvenile: whether he was under 20 then.
        occupation: teacher, official, police, medical, or "".
        workable: whether all points of the corroboration gate can be shown of him, and he is no juvenile.
    """

    row: int
    person: int
    prefecture: str
    answerable: bool
    mail_changed: bool
    moved: bool
    rewritten: bool
    named_as: int
    household: int
    stolen: bool
    assessment: str
    delivered: bool
    punishable: bool
    juvenile: bool
    occupation: str
    workable: bool


@dataclass(frozen=True, slots=True)
class Ordered:
    """One row of the list, without its number, and what is true of it; the truth's row number is still 0."""

    day: date
    cells: list[str]
    truth: Truth


@dataclass
class Shop:
    """Writes orders down, the same ones for the same seed."""

    rng: Random

    def __post_init__(self) -> None:
        """Open the shop."""
        self._mistakes = Mistakes(self.rng)
        self._inventor = Inventor(self.rng)
        self._thief: tuple[str, Home] | None = None
        self._thief_has_left = 0

    def orders(self) -> Iterator[Ordered]:
        """Yield orders without end, each person's in a run."""
        for household in self._inventor.households():
            for person in household:
                if self.rng.random() < _PEOPLE_STOLEN_FROM:
                    yield self._stolen(person)
                else:
                    yield from self._of_one(person)

    def _of_one(self, person: Person) -> Iterator[Ordered]:
        """Yield all orders of one person, in order of time."""
        rng = self.rng
        count = rng.choices((1, 2, 3, 4, 6, 12), (58, 24, 9, 5, 3, 1))[0]
        days = sorted(rng.randrange(_DAYS) for _ in range(count))
        changes_mail, moves = rng.randrange(1, max(2, count)), rng.randrange(1, max(2, count))
        for at, day in enumerate(days):
            mail = person.mails[-1 if at >= changes_mail else 0]
            has_moved = at >= moves and len(person.homes) > 1
            home = person.homes[-1 if has_moved else 0]
            yield self._order(person, _FIRST_DAY + timedelta(days=day), mail, home, has_moved=has_moved)

    def _stolen(self, named: Person) -> Ordered:
        """Return an order under the name of somebody whose card was stolen, for a thief's e-mail and place."""
        rng = self.rng
        if self._thief is None or not self._thief_has_left:
            shop = Home("", "", "", "", "", (), f"コンビニ店舗受取 {rng.randrange(1000, 9999)}")
            self._thief = (f"{rng.randrange(16**8):08x}@{rng.choice(('yopmail.com', 'gmail.com'))}", shop)
            self._thief_has_left = _ORDERS_OF_A_THIEF
        self._thief_has_left -= 1
        mail, place = self._thief
        day = _FIRST_DAY + timedelta(days=rng.randrange(_DAYS))
        return self._order(named, day, mail, named.homes[0], parcel=place)

    def _order(
        self, person: Person, day: date, mail: str, home: Home, *, has_moved: bool = False, parcel: Home | None = None
    ) -> Ordered:
        rng, mistakes = self.rng, self._mistakes
        is_stolen = parcel is not None
        given = person.at_work if person.at_work and not is_stolen else home
        name, kana, is_rewritten = mistakes.name(person)
        postcode, address, tells = mistakes.address(given, person.homes[0] if has_moved else None)
        phone = mistakes.phone(person, has_moved=has_moved)
        title = rng.randrange(_TITLES)
        is_delivered, sent = rng.random() < SHARE_DELIVERED, day + timedelta(days=rng.randrange(1, 5))
        by_card = is_stolen or rng.random() < 0.5
        cells = [
            day.isoformat(), name, kana, mistakes.mail(mail), phone, postcode, address,
            mistakes.birth(person.born) if rng.random() < 0.35 else "", f"T{title:04}", f"記録集 第{title}巻",
            "カード" if by_card else "代金引換", name if by_card else "",
            "" if is_stolen else postcode, parcel.building if parcel else address,
            sent.isoformat() if is_delivered else "", "",
        ]  # fmt: skip
        assessment = _ILLEGAL if title % 20 < 12 else _LAWFUL if title % 20 < 17 else _UNASSESSED
        age = day.year - person.born.year - ((day.month, day.day) < (person.born.month, person.born.day))
        is_juvenile, is_punishable = age < _ADULT_FROM_YEARS, day >= PUNISHABLE_FROM
        truth = Truth(
            row=0, person=person.number, prefecture=home.code, answerable=tells,
            mail_changed=mail == person.mails[-1] and len(person.mails) > 1, moved=has_moved, rewritten=is_rewritten,
            named_as=person.named_as or 0, household=person.household or 0, stolen=is_stolen, assessment=assessment,
            delivered=is_delivered, punishable=is_punishable, juvenile=is_juvenile, occupation=person.occupation,
            workable=tells and not is_stolen and not is_juvenile and is_delivered and is_punishable
            and assessment == _ILLEGAL,
        )  # fmt: skip
        return Ordered(day, cells, truth)
