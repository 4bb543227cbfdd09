"""How much each agreement weighs: Fellegi and Sunter's weights, with what is frequent in the list weighing less.

Source: I. P. Fellegi, A. B. Sunter, "A Theory for Record Linkage", Journal of the American Statistical Association 64
(1969), 1183-1210; weights here are binary logarithms (bits).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tsunagu.resolution.linking.comparing import Levels
from tsunagu.resolution.linking.levels import (
    FIELDS,
    AddressLevel,
    BirthLevel,
    MailLevel,
    NameLevel,
    PhoneLevel,
)
from tsunagu.resolution.linking.observed import NOTHING, Observed

Bits = NDArray[np.float32]
_RAREST_ROWS: Final = 2


@dataclass(frozen=True, slots=True)
class Weights:
    """A model: how often two rows of one person agree at each level, and two rows of two people.

    Attributes:
        name: of the model; one that was used is never changed, a better one gets another name.
        same: by field and level, the share among pairs of one person that state the value in these two forms: that one
            of them is in romaji, or without a room, says nothing about whether they are one person.
        other: the same among pairs of two people; where two values are one, that value's own frequency in the list
            takes its place.
        prior: how many pairs of one person a row is taken to have.
    """

    name: str
    same: Mapping[str, tuple[float, ...]]
    other: Mapping[str, tuple[float, ...]]
    prior: float


WEIGHTS: Final = Weights(
    name="people-1",
    same={
        "name": (1, 0.97, 0.95, 0.03, 0.9, 0.01, 0.002, 0.002, 0.005),
        "e-mail": (1, 0.85, 0.85, 0.01, 0.14),
        "telephone": (1, 0.85, 0.85, 0.15),
        "address": (1, 0.85, 0.85, 0.001, 0.01, 0.1),
        "birth": (1, 0.99, 0.01),
    },
    other={
        "name": (1, 0, 0, 0, 0, 1e-4, 0.01, 0.01, 0.97),
        "e-mail": (1, 0, 0, 1e-5, 1),
        "telephone": (1, 0, 0, 1),
        "address": (1, 0, 0, 1e-5, 1e-3, 1),
        "birth": (1, 0, 1),
    },
    prior=0.9,
)

_BY_VALUE: Final = {
    ("name", NameLevel.SAME_WRITING): "written", ("name", NameLevel.SAME_SOUND): "sound",
    ("name", NameLevel.SAME_SOUND_OTHER_KANJI): "sound", ("name", NameLevel.POSSIBLE_READING): "sound",
    ("e-mail", MailLevel.SAME): "extra", ("e-mail", MailLevel.SAME_MAILBOX): "extra",
    ("telephone", PhoneLevel.SAME_MOBILE): "phone", ("telephone", PhoneLevel.SAME_LANDLINE): "phone",
    ("address", AddressLevel.SAME): "home", ("address", AddressLevel.SAME_HOUSE_ROOM_MISSING): "house",
    ("birth", BirthLevel.SAME): "born",
}  # fmt: skip
"""Which value two rows have in common at a level: its frequency in this list is the chance that strangers share it."""


def weighed(rows: Observed, pairs: NDArray[np.int32], levels: Levels, model: Weights = WEIGHTS) -> Bits:
    """Return the weight of each field of each pair in bits, shape (pairs, fields): 0 where nothing can be compared.

    Args:
        rows: all rows of the list: frequencies are of this list and of no other.
        pairs: shape (pairs, 2).
        levels: as `compared` returns them for these pairs.
        model: the shares to weigh by.
    """
    frequencies = _frequencies(rows)
    bits = np.zeros(levels.shape, np.float32)
    for column, (field, kinds) in enumerate(FIELDS):
        with np.errstate(divide="ignore"):
            table = np.log2(np.array(model.same[field]) / np.maximum(np.array(model.other[field]), 1e-12))
        bits[:, column] = table[levels[:, column]]
        for level in kinds:
            if value := _BY_VALUE.get((field, level)):
                at = np.flatnonzero(levels[:, column] == level)
                shared = np.maximum(frequencies[value][pairs[at, 0]], frequencies[value][pairs[at, 1]])
                bits[at, column] = np.log2(model.same[field][level] / shared)
    return bits


def prior_bits(rows: Observed, model: Weights = WEIGHTS) -> float:
    """Return the weight of two rows before anything of them is compared."""
    return float(np.log2(2 * model.prior / max(len(rows), 2)))


def _frequencies(rows: Observed) -> dict[str, NDArray[np.float64]]:
    """Return, by the value's name, for each row the share of the list that has the row's value."""
    n = max(len(rows), _RAREST_ROWS)
    place = np.where(rows.place >= 0, rows.place, rows.postcode).astype(np.int64)
    house = _keyed(place, rows.house)
    values: dict[str, NDArray[Any]] = {
        "written": rows.written, "sound": rows.sound, "extra": rows.extra, "phone": rows.phone, "born": rows.born,
        "house": house, "home": _keyed(house, rows.room),
    }  # fmt: skip
    shares = {}
    for name, codes in values.items():
        _, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
        held = np.maximum(counts[inverse], _RAREST_ROWS)
        shares[name] = np.where(codes == NOTHING, _RAREST_ROWS, held) / n
    return shares


def _keyed(one: NDArray[np.int64], other: NDArray[np.int32]) -> NDArray[np.int64]:
    return one * (int(other.max(initial=0)) + 2) + other + 1
