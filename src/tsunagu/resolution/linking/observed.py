"""The rows of a list as numbers: one code a normal form, so that a million rows are compared within seconds."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tsunagu.resolution.addresses import address_of
from tsunagu.resolution.dates import date_of
from tsunagu.resolution.mail import mail_of
from tsunagu.resolution.names import Name, name_of
from tsunagu.resolution.phones import phone_of
from tsunagu.resolution.postcodes import postcode_of

NOTHING: Final = -1
"""The code of what a row does not say."""
SOUND_LETTERS: Final = 24
Codes = NDArray[np.int32]


class Said(NamedTuple):
    """What one row says, as the list has it; "" where it says nothing."""

    name: str
    kana: str
    mail: str
    phone: str
    postcode: str
    address: str
    born: str


@dataclass(frozen=True)
class Observed:
    """The normal forms of all rows, each as one array of codes with one place a row; NOTHING where there is none.

    Attributes:
        written: of the written name. family, given: of its two parts, where they are told apart.
        sound: of the name's sound, its parts in alphabetical order. first, second: of these parts as they came.
        ordered: whether `first` is known to be the family name.
        mail, extra, local: of an e-mail address, of its key by the provider's rules, of its local part.
        phone: of a telephone number. mobile: whether it is one.
        postcode: its seven digits as a number. place, house, room: of the parts of an address.
        born: the day as an ordinal.
        sounds: each sound's letters, shape (sounds, 24), uint8, padded with 0 and cut off.
        sounds_reversed: the same from the end.
        sound_lengths: how many letters each sound has before it was cut off.
    """

    written: Codes
    family: Codes
    given: Codes
    sound: Codes
    first: Codes
    second: Codes
    ordered: Codes
    mail: Codes
    extra: Codes
    local: Codes
    phone: Codes
    mobile: Codes
    postcode: Codes
    place: Codes
    house: Codes
    room: Codes
    born: Codes
    sounds: NDArray[np.uint8]
    sounds_reversed: NDArray[np.uint8]
    sound_lengths: Codes

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.written)


class _Interned(dict[str, int]):
    """Gives each text a code, in order of appearance, and the empty one NOTHING."""

    def __init__(self) -> None:
        super().__init__({"": NOTHING})

    def __missing__(self, text: str) -> int:
        code = self[text] = len(self) - 1
        return code


class _Names:
    """Codes of names, and how names without a space part: as the list's own names with one do."""

    def __init__(self) -> None:
        self.written, self.parts, self.sounds, self.words = _Interned(), _Interned(), _Interned(), _Interned()
        self._families: set[str] = set()
        self._givens: set[str] = set()
        self._known: dict[tuple[str, str], tuple[int, ...]] = {}
        self.unparted: dict[int, str] = {}

    def codes(self, text: str, kana: str) -> tuple[int, ...]:
        """Return written, family, given, sound, first, second, ordered."""
        found = self._known.get((text, kana))
        if found is None:
            found = self._known[text, kana] = self._codes(name_of(text, kana))
        return found

    def _codes(self, name: Name) -> tuple[int, ...]:
        family, given = name.written_parts or ("", "")
        written = self.written[name.written]
        if family:
            self._families.add(family)
            self._givens.add(given)
        elif name.written:
            self.unparted[written] = name.written
        sounds = name.sounds if len(name.sounds) == 2 else ("", "")
        return (
            written, self.parts[family], self.parts[given], self.sounds[name.sound],
            self.words[sounds[0]], self.words[sounds[1]], int(name.is_ordered),
        )  # fmt: skip

    def parted(self) -> dict[int, tuple[int, int]]:
        """Return family and given name of each written name without a space that parts in one known way alone."""
        found = {}
        for code, text in self.unparted.items():
            ways = [at for at in range(1, len(text)) if text[:at] in self._families and text[at:] in self._givens]
            if len(ways) == 1:
                found[code] = (self.parts[text[: ways[0]]], self.parts[text[ways[0] :]])
        return found


def observed(rows: Iterable[Said]) -> Observed:
    """Return the normal forms of all rows as codes; the same rows in the same order give the same codes."""
    names = _Names()
    mails, extras, locals_, phones, places, houses, rooms = (_Interned() for _ in range(7))
    columns = [array("i") for _ in range(17)]
    put = [one.append for one in columns]
    known_places: dict[str, tuple[int, int, int]] = {}
    known_days: dict[str, int] = {}
    known_postcodes: dict[str, int] = {}
    for name, kana, mail, phone, postcode, address, born in rows:
        for place, code in enumerate(names.codes(name, kana)):
            put[place](code)
        if mail and (told := mail_of(mail)) is not None:
            put[7](mails[told.key])
            put[8](extras[told.extra])
            put[9](locals_[told.local])
        else:
            put[7](NOTHING)
            put[8](NOTHING)
            put[9](NOTHING)
        number = phone_of(phone) if phone else None
        put[10](phones[number.digits] if number else NOTHING)
        put[11](bool(number and number.is_mobile))
        digits = known_postcodes.get(postcode)
        if digits is None:
            digits = known_postcodes[postcode] = int(postcode_of(postcode) or NOTHING)
        put[12](digits)
        where = known_places.get(address)
        if where is None:
            parts = address_of(address)
            where = known_places[address] = (places[parts.place], houses[parts.house], rooms[parts.room])
        put[13](where[0])
        put[14](where[1])
        put[15](where[2])
        day = known_days.get(born)
        if day is None:
            date = date_of(born) if born else None
            day = known_days[born] = date.toordinal() if date else NOTHING
        put[16](day)
    arrays = [np.frombuffer(one, dtype=np.int32) if one else np.zeros(0, np.int32) for one in columns]
    _part(names, arrays)
    texts = [text for text in names.sounds if text]
    lengths = np.array([len(text) for text in texts], np.int32)
    named = dict(zip((one.name for one in fields(Observed)), arrays, strict=False))
    return Observed(
        **named,
        sounds=_letters(texts),
        sounds_reversed=_letters([text[::-1] for text in texts]),
        sound_lengths=lengths,
    )


def _part(names: _Names, arrays: list[Codes]) -> None:
    """Fill in family and given names of what the list writes without a space."""
    parted = names.parted()
    if not parted:
        return
    table = np.full((len(names.written) - 1, 2), NOTHING, np.int32)
    for code, both in parted.items():
        table[code] = both
    for place, column in ((0, 1), (1, 2)):
        filled = arrays[column].copy()
        empty = (filled == NOTHING) & (arrays[0] != NOTHING)
        filled[empty] = table[arrays[0][empty], place]
        arrays[column] = filled


def _letters(texts: list[str]) -> NDArray[np.uint8]:
    table = np.zeros((len(texts), SOUND_LETTERS), np.uint8)
    for at, text in enumerate(texts):
        letters = text.encode()[:SOUND_LETTERS]
        table[at, : len(letters)] = np.frombuffer(letters, np.uint8)
    return table
