"""How pairs of rows agree, a million pairs at a time."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tsunagu.resolution.linking.levels import FIELDS, AddressLevel, BirthLevel, MailLevel, NameLevel, PhoneLevel
from tsunagu.resolution.linking.observed import Codes, Observed

Levels = NDArray[np.uint8]
Truths = NDArray[np.bool_]
_PIECE: Final = 1 << 20
_NEAR_FROM_LETTERS: Final = 8


def compared(rows: Observed, pairs: NDArray[np.int32]) -> Levels:
    """Return how each pair agrees, shape (pairs, fields), one level a field in the order of `FIELDS`."""
    levels = np.zeros((len(pairs), len(FIELDS)), np.uint8)
    readings = Readings(rows)
    for start in range(0, len(pairs), _PIECE):
        i, j = pairs[start : start + _PIECE].T
        here = levels[start : start + _PIECE]
        here[:, 0] = _names(rows, readings, i, j)
        here[:, 1] = _mails(rows, i, j)
        here[:, 2] = _phones(rows, i, j)
        here[:, 3] = _addresses(rows, i, j)
        here[:, 4] = np.where(rows.born[i] == rows.born[j], BirthLevel.SAME, BirthLevel.DIFFERENT)
        here[(rows.born[i] < 0) | (rows.born[j] < 0), 4] = BirthLevel.MISSING
    return levels


class Readings:
    """How the list itself reads the parts of names: one kanji has many readings, and it may know several."""

    def __init__(self, rows: Observed) -> None:
        """Learn from every row that writes a name in two parts and gives their reading."""
        self._words = int(max(rows.first.max(initial=0), rows.second.max(initial=0))) + 1
        known = (rows.ordered == 1) & (rows.family >= 0) & (rows.first >= 0)
        families = self._keys(rows.family[known], rows.first[known])
        givens = self._keys(rows.given[known], rows.second[known])
        self._known = np.unique(np.concatenate([families, givens]))
        self._read = np.unique(np.concatenate([rows.family[known], rows.given[known]]))

    def has(self, parts: Codes, words: Codes) -> Truths:
        """Return of each part of a written name whether the list reads it as the word beside it."""
        if not len(self._known):
            return np.zeros(len(parts), np.bool_)
        keys = self._keys(parts, words)
        at = np.minimum(np.searchsorted(self._known, keys), len(self._known) - 1)
        found: Truths = (self._known[at] == keys) & (parts >= 0) & (words >= 0)
        return found

    def knows(self, parts: Codes) -> Truths:
        """Return of each part of a written name whether the list reads it at all."""
        return np.isin(parts, self._read) & (parts >= 0)

    def _keys(self, parts: Codes, words: Codes) -> NDArray[np.int64]:
        return parts.astype(np.int64) * self._words + words


def _names(rows: Observed, readings: Readings, i: Codes, j: Codes) -> Levels:
    found = np.full(len(i), NameLevel.NOT_COMPARABLE, np.uint8)
    are_written = (rows.written[i] >= 0) & (rows.written[j] >= 0)
    are_heard = (rows.sound[i] >= 0) & (rows.sound[j] >= 0)
    for one, other in ((i, j), (j, i)):
        at = np.flatnonzero(~are_written & ~are_heard & (rows.written[one] >= 0) & (rows.sound[other] >= 0))
        found[at] = _read(rows, readings, one[at], other[at])
    for which, parts in ((are_written & ~are_heard, _as_written), (are_heard, _as_heard)):
        at = np.flatnonzero(which)
        found[at] = parts(rows, i[at], j[at])
    same_sound = are_heard & (rows.sound[i] == rows.sound[j])
    found[same_sound] = np.where(are_written[same_sound], NameLevel.SAME_SOUND_OTHER_KANJI, NameLevel.SAME_SOUND)
    found[are_written & (rows.written[i] == rows.written[j])] = NameLevel.SAME_WRITING
    return found


def _read(rows: Observed, readings: Readings, written: Codes, heard: Codes) -> Levels:
    """Return how a name in kanji agrees with one that is heard, by what the list reads elsewhere.

    A given name that it reads otherwise contradicts; one that it reads nowhere cannot be compared. Romaji come in
    either order.
    """
    family, given = rows.family[written], rows.given[written]
    is_turnable = rows.ordered[heard] == 0
    found = np.full(len(written), NameLevel.NOT_COMPARABLE, np.uint8)
    for first, second, may in (
        (rows.first[heard], rows.second[heard], np.ones(len(written), np.bool_)),
        (rows.second[heard], rows.first[heard], is_turnable),
    ):
        is_family = may & readings.has(family, first)
        found[is_family & readings.knows(given)] = NameLevel.FAMILY_NAME_ONLY
        found[is_family & readings.has(given, second)] = NameLevel.POSSIBLE_READING
    return found


def _as_written(rows: Observed, i: Codes, j: Codes) -> Levels:
    """Return how names agree that are not written the same."""
    return _by_parts(rows.family[i], rows.family[j], rows.given[i] == rows.given[j])


def _as_heard(rows: Observed, i: Codes, j: Codes) -> Levels:
    """Return how names agree that do not sound the same; of romaji either part may be the family's."""
    first_i, second_i, first_j, second_j = rows.first[i], rows.second[i], rows.first[j], rows.second[j]
    found = _by_parts(first_i, first_j, second_i == second_j)
    is_unordered = (rows.ordered[i] == 0) | (rows.ordered[j] == 0)
    shares = (first_i == first_j) | (first_i == second_j) | (second_i == first_j) | (second_i == second_j)
    found[is_unordered] = np.where(shares[is_unordered], NameLevel.FAMILY_NAME_ONLY, NameLevel.DIFFERENT)
    found[(first_i < 0) | (first_j < 0)] = NameLevel.DIFFERENT
    found[_are_near(rows, rows.sound[i], rows.sound[j])] = NameLevel.NEARLY_SAME_SOUND
    return found


def _by_parts(family_i: Codes, family_j: Codes, is_given: Truths) -> Levels:
    is_known = (family_i >= 0) & (family_j >= 0)
    found = np.full(len(family_i), NameLevel.DIFFERENT, np.uint8)
    found[is_known & is_given] = NameLevel.GIVEN_NAME_ONLY
    found[is_known & (family_i == family_j)] = NameLevel.FAMILY_NAME_ONLY
    return found


def _are_near(rows: Observed, one: Codes, other: Codes) -> Truths:
    """Return where one letter was added, left out, or put for another, in names of at least 8 letters."""
    a, b = rows.sound_lengths[one], rows.sound_lengths[other]
    shortest, longest = np.minimum(a, b), np.maximum(a, b)
    found = np.zeros(len(one), np.bool_)
    at = np.flatnonzero(
        (shortest >= _NEAR_FROM_LETTERS) & (longest - shortest <= 1) & (longest <= rows.sounds.shape[1])
    )
    ahead = _agreeing(rows.sounds[one[at]], rows.sounds[other[at]])
    behind = _agreeing(rows.sounds_reversed[one[at]], rows.sounds_reversed[other[at]])
    found[at] = longest[at] - np.minimum(ahead, shortest[at]) - np.minimum(behind, shortest[at]) <= 1
    return found


def _agreeing(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return how many letters agree from the left."""
    agrees = one == other
    letters: NDArray[np.int64] = np.where(agrees.all(axis=1), one.shape[1], np.argmin(agrees, axis=1))
    return letters


def _mails(rows: Observed, i: Codes, j: Codes) -> Levels:
    found = np.full(len(i), MailLevel.DIFFERENT, np.uint8)
    found[rows.local[i] == rows.local[j]] = MailLevel.SAME_ACCOUNT_ELSEWHERE
    found[rows.extra[i] == rows.extra[j]] = MailLevel.SAME_MAILBOX
    found[rows.mail[i] == rows.mail[j]] = MailLevel.SAME
    found[(rows.mail[i] < 0) | (rows.mail[j] < 0)] = MailLevel.MISSING
    return found


def _phones(rows: Observed, i: Codes, j: Codes) -> Levels:
    """Return how telephones agree; a household's and a person's cannot be compared."""
    found = np.where(rows.mobile[i] == rows.mobile[j], np.uint8(PhoneLevel.DIFFERENT), np.uint8(PhoneLevel.MISSING))
    is_same = rows.phone[i] == rows.phone[j]
    found[is_same] = np.where(rows.mobile[i][is_same], PhoneLevel.SAME_MOBILE, PhoneLevel.SAME_LANDLINE)
    found[(rows.phone[i] < 0) | (rows.phone[j] < 0)] = PhoneLevel.MISSING
    return found


def _addresses(rows: Observed, i: Codes, j: Codes) -> Levels:
    is_place = (rows.place[i] >= 0) & (rows.place[i] == rows.place[j])
    is_postcode = (rows.postcode[i] >= 0) & (rows.postcode[i] == rows.postcode[j])
    is_house = (rows.house[i] >= 0) & (rows.house[i] == rows.house[j])
    has_room = (rows.room[i] >= 0) & (rows.room[j] >= 0)
    is_told = ((rows.place[i] >= 0) | (rows.postcode[i] >= 0)) & ((rows.place[j] >= 0) | (rows.postcode[j] >= 0))
    same_house = np.where(has_room, np.uint8(AddressLevel.OTHER_ROOM), np.uint8(AddressLevel.SAME_HOUSE_ROOM_MISSING))
    same_house[rows.room[i] == rows.room[j]] = AddressLevel.SAME
    near = np.where(is_house, same_house, np.uint8(AddressLevel.SAME_TOWN))
    far = np.where(is_told, np.uint8(AddressLevel.DIFFERENT), np.uint8(AddressLevel.MISSING))
    return np.where(is_place | is_postcode, near, far)
