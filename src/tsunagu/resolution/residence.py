"""In which prefecture somebody lives, as one row of a list says; unanswered rather than wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from tsunagu.domain.seized import BY_OFFICER
from tsunagu.resolution.addresses import Address, address_of
from tsunagu.resolution.phones import phone_of
from tsunagu.resolution.postcodes import is_firms, postcode_of, postcode_prefectures
from tsunagu.resolution.prefectures import municipality_prefectures, prefectures


class Method(StrEnum):
    """What a prefecture was told by, the surest first; or why none was told.

    CONFLICT: postcode and address contradict each other. NOT_A_HOME: a firm, a box or a shop. MOVED: rows of one person
    answer differently. OFFICER: somebody has looked at the rows, and decided.
    """

    POSTCODE = "postcode"
    NAMED = "prefecture named"
    MUNICIPALITY = "municipality"
    PHONE = "area code"
    CONFLICT = "conflict"
    NOT_A_HOME = "no home"
    MOVED = "moved"
    OFFICER = BY_OFFICER
    NONE = "nothing"


class Confidence(StrEnum):
    """How far an answer carries; a word, since nothing was counted that a number could stand on."""

    FIRM = "firm"
    FAIR = "fair"
    WEAK = "weak"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Residence:
    """Where somebody lives, by one row.

    Attributes:
        prefecture: its code, or None where it is not answered.
        method: what it was told by, or why it is not answered.
        confidence: FIRM where two agree, or the postcode alone tells; WEAK by telephone.
        alternatives: every other prefecture that something in the row speaks for, in order.
    """

    prefecture: str | None
    method: Method
    confidence: Confidence
    alternatives: tuple[str, ...] = ()

    @property
    def needs_a_person(self) -> bool:
        """Return whether an officer has to look: the row contradicts itself, or speaks for several."""
        return self.prefecture is None and bool(self.alternatives)


_AREA_CODES_OF_TWO: Final[dict[str, tuple[str, ...]]] = {"06": ("27", "28"), "075": ("26", "27"), "025": ("15", "20")}
"""Area codes whose telephones stand in two prefectures."""


def residence_of(*, postcode: str, address: str, phone: str = "") -> Residence:
    """Return the prefecture of residence that a row tells, by its postcode, its address, its telephone, in this order.

    The address has to be the person's own: where a parcel goes is not where somebody lives.
    """
    return residence(postcode_of(postcode), address_of(address), phone)


def residence(postcode: str, told: Address, phone: str) -> Residence:
    """Return the same of a postcode and an address in their normal forms."""
    by_postcode = postcode_prefectures(postcode)
    named = frozenset({told.prefecture}) if told.prefecture else frozenset()
    by_city = municipality_prefectures(told.place) if told.place else frozenset()
    by_text = (named & by_city or named) if named else by_city
    if not told.is_home or is_firms(postcode):
        return Residence(None, Method.NOT_A_HOME, Confidence.NONE, tuple(sorted(by_postcode | by_text)))
    if (named and by_city and not named & by_city) or (by_postcode and by_text and not by_postcode & by_text):
        return Residence(None, Method.CONFLICT, Confidence.NONE, tuple(sorted(by_postcode | named | by_city)))
    if by_postcode:
        both = by_postcode & by_text if by_text else by_postcode
        return _answered(both, by_postcode | by_text, Method.POSTCODE, Confidence.FIRM)
    if named:
        return _answered(named, named, Method.NAMED, Confidence.FIRM if by_city else Confidence.FAIR)
    if by_city:
        return _answered(by_city, by_city, Method.MUNICIPALITY, Confidence.FAIR)
    return _by_phone(phone)


def _answered(those: frozenset[str], all_: frozenset[str], method: Method, confidence: Confidence) -> Residence:
    """Return the one prefecture, or that there are several."""
    if len(those) > 1:
        return Residence(None, method, Confidence.NONE, tuple(sorted(all_)))
    (one,) = those
    return Residence(one, method, confidence, tuple(sorted(all_ - those)))


@cache
def _area_codes() -> dict[str, tuple[str, ...]]:
    one_each: dict[str, tuple[str, ...]] = {one.area_code: (one.code,) for one in prefectures().values()}
    return one_each | _AREA_CODES_OF_TWO


def _by_phone(text: str) -> Residence:
    """Return what a landline's area code tells: where a household's telephone once stood, and no more."""
    number = phone_of(text) if text else None
    if number is not None and not number.is_mobile:
        for length in (4, 3, 2):
            if those := _area_codes().get(number.digits[:length]):
                return _answered(frozenset(those), frozenset(those), Method.PHONE, Confidence.WEAK)
    return Residence(None, Method.NONE, Confidence.NONE)
