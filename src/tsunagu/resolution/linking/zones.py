"""The three zones: the machine proposes, or asks, or leaves apart; and the rules that no weight can outvote."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tsunagu.resolution.linking.comparing import Levels
from tsunagu.resolution.linking.levels import (
    CONTRADICTING_NAMES,
    AddressLevel,
    BirthLevel,
    MailLevel,
    NameLevel,
    PhoneLevel,
)
from tsunagu.resolution.linking.weighing import Bits

LINK_FROM_BITS: Final = 6.0
REVIEW_FROM_BITS: Final = -3.0


class Zone(IntEnum):
    """What becomes of a pair."""

    APART = 0
    REVIEW = 1
    LINK = 2


def zoned(levels: Levels, bits: Bits, prior: float) -> NDArray[np.uint8]:
    """Return the zone of each pair.

    A pair is linked when it weighs enough and the rules allow it; it goes to people when it weighs enough to be asked
    about; else it stays apart.

    Args:
        levels: shape (pairs, fields).
        bits: of the same shape.
        prior: the weight before anything is compared.
    """
    total = bits.sum(axis=1) + prior
    zones = np.where(total >= REVIEW_FROM_BITS, np.uint8(Zone.REVIEW), np.uint8(Zone.APART))
    zones[(total >= LINK_FROM_BITS) & may_be_linked(levels)] = Zone.LINK
    return zones


def may_be_linked(levels: Levels) -> NDArray[np.bool_]:
    """Return which pairs a machine may link: never by a name alone, never against the names, never against two births.

    Names that agree need something besides the name. Names that are nearly the same need the mailbox. Names that cannot
    be compared need the mailbox, and a birth or a mobile telephone: a home and its telephone are a family's.
    """
    name, mail, phone, address, birth = levels.T
    is_mail = (mail == MailLevel.SAME) | (mail == MailLevel.SAME_MAILBOX)
    is_phone = (phone == PhoneLevel.SAME_MOBILE) | (phone == PhoneLevel.SAME_LANDLINE)
    is_home = (address == AddressLevel.SAME) | (address == AddressLevel.SAME_HOUSE_ROOM_MISSING)
    is_born = birth == BirthLevel.SAME
    agrees = np.isin(name, _AGREEING) & (is_mail | is_phone | is_home | is_born)
    nearly = (name == NameLevel.NEARLY_SAME_SOUND) & is_mail
    unknown = (name == NameLevel.NOT_COMPARABLE) & is_mail & (is_born | (phone == PhoneLevel.SAME_MOBILE))
    may: NDArray[np.bool_] = (agrees | nearly | unknown) & (birth != BirthLevel.DIFFERENT)
    return may


_AGREEING: Final = np.array(
    [one for one in NameLevel if one not in CONTRADICTING_NAMES
     and one not in {NameLevel.NOT_COMPARABLE, NameLevel.NEARLY_SAME_SOUND}], np.uint8,
)  # fmt: skip


def contradicts(levels: Levels) -> NDArray[np.bool_]:
    """Return which pairs are two people by their names or births: nothing joins them through third rows either."""
    by_name = np.isin(levels[:, 0], np.array(sorted(CONTRADICTING_NAMES), np.uint8))
    either: NDArray[np.bool_] = by_name | (levels[:, 4] == BirthLevel.DIFFERENT)
    return either
