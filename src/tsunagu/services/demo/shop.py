"""The demonstration's seized list: of an invented shop, some titles assessed, and one person at the gate."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from tsunagu.domain.actor import Actor
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.seized import ListField, ListMapping
from tsunagu.domain.title import TitleValue, TitleWords
from tsunagu.law.applying import Showing
from tsunagu.law.gate import Allegation
from tsunagu.law.points import Evidence, Point
from tsunagu.resolution.invented.orders import COLUMNS
from tsunagu.resolution.invented.writing import write_list
from tsunagu.services.cases.opening import open_case
from tsunagu.services.gate.decisions import record_fact, take_up
from tsunagu.services.gate.facts import PointFact
from tsunagu.services.house import Rooms
from tsunagu.services.seized.imports import OfferedFileOfRows, import_seized
from tsunagu.services.seized.resolving import resolve_seized
from tsunagu.services.seized.titles import AssessmentDraft, add_title, assess_title

CASE: Final = "JP-R8-0101"
ROWS: Final = 160
SEED: Final = 7
FIELDS: Final = (
    ListField.ORDER, ListField.ORDERED_ON, ListField.NAME, ListField.KANA, ListField.MAIL, ListField.PHONE,
    ListField.POSTCODE, ListField.ADDRESS, ListField.BORN, ListField.TITLE_CODE, ListField.TITLE, ListField.PAYMENT,
    ListField.CARD_HOLDER, ListField.SENT_POSTCODE, ListField.SENT_ADDRESS, ListField.SENT_ON, ListField.REMARKS,
)  # fmt: skip
"""What the invented shop's columns say, in their order."""
LAW_FROM: Final = date(2015, 7, 15)
ASSESSED: Final = (TitleValue.ILLEGAL, TitleValue.LAWFUL, None)
"""What an officer says of the three titles that are entered; of the last one nobody has said anything yet."""

Row = Mapping[ListField, str]


def bring_the_list(*, rooms: Rooms, officer: Actor, **parts: Any) -> None:
    """Let an officer open a case, bring an invented list in, resolve it, assess titles, and look into one buyer.

    Args:
        parts: `now`, `keys` and `ledger`, as services take them.
    """
    open_case(actor=officer, reference=CASE, purpose=Purpose.DEMONSTRATION, covert=False, **parts)
    asked: dict[str, Any] = {"actor": officer, "reference": CASE, **parts}
    content, rows = _invented()
    offered = OfferedFileOfRows(io.BytesIO(content), "orders.csv", _mapping(), "shop server")
    import_seized(offered=offered, readers=rooms.tables, **asked)
    at = {**asked, "number": None}
    resolve_seized(**at)
    buyer = _buyer(rows)
    titles = [(row[ListField.TITLE_CODE], row[ListField.TITLE]) for row in (rows[buyer - 1], *rows)]
    for (code, title), value in zip(dict.fromkeys(titles), ASSESSED, strict=False):
        made = add_title(words=TitleWords(title, code=code, maker="Demonstration", series="記録集"), **at)
        if value is not None:
            draft = AssessmentDraft("JP", value, LAW_FROM, None, "as two assessors have seen it: a demonstration")
            assess_title(title=made.number, draft=draft, **at)
    _look_into(buyer, date.fromisoformat(rows[buyer - 1][ListField.ORDERED_ON]), at)


def _invented() -> tuple[bytes, Sequence[Row]]:
    """Return the list as the shop has written it, and its rows."""
    out = io.BytesIO()
    write_list(ROWS, SEED, out=out, truth=io.BytesIO(), encoding="utf-8")
    lines = list(csv.reader(io.StringIO(out.getvalue().decode())))[1:]
    return out.getvalue(), [dict(zip(FIELDS, line, strict=True)) for line in lines]


def _mapping() -> ListMapping:
    return ListMapping(dict(zip(FIELDS, COLUMNS, strict=True)))


def _buyer(rows: Sequence[Row]) -> int:
    """Return the number of the first row after the law's day that no other one could be of the same person."""
    own = (ListField.NAME, ListField.MAIL, ListField.POSTCODE)
    counts = Counter(row[one] for row in rows for one in own)
    return next(
        number
        for number, row in enumerate(rows, 1)
        if row[ListField.ORDERED_ON] >= LAW_FROM.isoformat() and all(counts[row[one]] == 1 for one in own)
    )


def _look_into(buyer: int, ordered_on: date, at: dict[str, Any]) -> None:
    """Take one buyer up, and record what was found of three points: he is a person of interest and no suspect."""
    at = {**at, "person": buyer}
    take_up(allegation=Allegation("JP", "possession", ordered_on), reasons="the shop's parcel was delivered", **at)
    register, carrier = Evidence("E-1", "the family register"), Evidence("E-2", "the carrier")
    found = (
        PointFact(Point.IDENTITY, Showing.SHOWN, (register, carrier)),
        PointFact(Point.DELIVERY, Showing.SHOWN, (carrier,), words="signed for by him"),
        PointFact(Point.PAYMENT, Showing.DISPUTED, words="he says that his card was used by somebody else"),
    )
    for fact in found:
        record_fact(fact=fact, **at)
