"""How far two rows agree, field by field, in words that an officer reads."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class NameLevel(IntEnum):
    """How two names agree."""

    NOT_COMPARABLE = 0
    SAME_WRITING = 1
    SAME_SOUND = 2
    SAME_SOUND_OTHER_KANJI = 3
    POSSIBLE_READING = 4
    NEARLY_SAME_SOUND = 5
    FAMILY_NAME_ONLY = 6
    GIVEN_NAME_ONLY = 7
    DIFFERENT = 8


class MailLevel(IntEnum):
    """How two e-mail addresses agree."""

    MISSING = 0
    SAME = 1
    SAME_MAILBOX = 2
    SAME_ACCOUNT_ELSEWHERE = 3
    DIFFERENT = 4


class PhoneLevel(IntEnum):
    """How two telephone numbers agree."""

    MISSING = 0
    SAME_MOBILE = 1
    SAME_LANDLINE = 2
    DIFFERENT = 3


class AddressLevel(IntEnum):
    """How two addresses agree."""

    MISSING = 0
    SAME = 1
    SAME_HOUSE_ROOM_MISSING = 2
    OTHER_ROOM = 3
    SAME_TOWN = 4
    DIFFERENT = 5


class BirthLevel(IntEnum):
    """How two days of birth agree."""

    MISSING = 0
    SAME = 1
    DIFFERENT = 2


FIELDS: Final = (
    ("name", NameLevel), ("e-mail", MailLevel), ("telephone", PhoneLevel), ("address", AddressLevel),
    ("birth", BirthLevel),
)  # fmt: skip
"""Each field with its levels, in the order of the columns of `compared`."""
CONTRADICTING_NAMES: Final = frozenset({NameLevel.FAMILY_NAME_ONLY, NameLevel.GIVEN_NAME_ONLY, NameLevel.DIFFERENT})
"""Two rows whose names agree so are never joined by the machine, whatever else they share: father and son do."""
