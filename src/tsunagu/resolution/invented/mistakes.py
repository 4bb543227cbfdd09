"""How what is true is written down: in romaji, in half-width letters, without its zero, with the old postcode."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

from tsunagu.resolution.invented.people import Home, Person
from tsunagu.resolution.invented.words import VARIANTS_TO_WRITE
from tsunagu.resolution.romaji import Romaji, romaji

SHARE_WITHOUT_PHONE: Final = 0.15
SHARE_REWRITTEN: Final = 0.15
_WIDE: Final = str.maketrans("0123456789-", "０１２３４５６７８９－")
_HALF_KANA: Final = dict(zip(
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンャュョッ"
    "ガギグゲゴザジズゼゾダデドバビブベボパピプペポヂヅ",
    [*"ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝｬｭｮｯ",
     *(f"{one}ﾞ" for one in "ｶｷｸｹｺｻｼｽｾｿﾀﾃﾄﾊﾋﾌﾍﾎ"), *(f"{one}ﾟ" for one in "ﾊﾋﾌﾍﾎ"), "ﾁﾞ", "ﾂﾞ"],
    strict=True,
))  # fmt: skip
_HALF: Final = {ord(kana): half for kana, half in _HALF_KANA.items()}
_ERAS: Final = ((1989, "平成", "H", 1988), (1926, "昭和", "S", 1925))
_KANJI: Final = "〇一二三四五六七八九"


class Mistakes:
    """Writes things down as people and programs do, the same way for the same numbers drawn."""

    def __init__(self, rng: Random) -> None:
        """Draw from `rng`."""
        self._rng = rng

    def name(self, person: Person) -> tuple[str, str, bool]:
        """Return a name, its reading, and whether it stands in romaji or in other kanji than usual."""
        rng, family, given = self._rng, person.family, person.given
        between = rng.choice((" ", "\u3000", "")) if rng.random() < 0.5 else " "
        if rng.random() < SHARE_REWRITTEN:
            kanji = "".join(VARIANTS_TO_WRITE.get(one, one) for one in family.kanji)
            if kanji != family.kanji and rng.random() < 0.6:
                return kanji + between + given.kanji, self._kana(person), True
            return self._roman(person), "" if rng.random() < 0.5 else self._kana(person), True
        return family.kanji + between + given.kanji, "" if rng.random() < 0.12 else self._kana(person), False

    def _roman(self, person: Person) -> str:
        rng = self._rng
        system = rng.choice((Romaji.HEPBURN, Romaji.PASSPORT, Romaji.PASSPORT, Romaji.KUNREI))
        parts = [romaji(person.family.kana, system).capitalize(), romaji(person.given.kana, system).capitalize()]
        if rng.random() < 0.5:
            parts.reverse()
        text = " ".join(parts)
        return text.upper() if rng.random() < 0.4 else text

    def _kana(self, person: Person) -> str:
        rng = self._rng
        text = f"{person.family.kana}{rng.choice((' ', chr(0x3000)))}{person.given.kana}"
        at = rng.random()
        if at < 0.15:
            return text.translate(_HALF)
        if at < 0.2:
            return text.translate({code: code - 0x60 for code in range(0x30A1, 0x30F4)})
        if at < 0.23:
            return text.replace("ョウ", "ョー").replace("ズ", "ヅ")
        return text

    def mail(self, mail: str) -> str:
        """Return an address, sometimes in capitals, sometimes at the domain that its carrier moved to."""
        at = self._rng.random()
        if at < 0.05:
            return mail.capitalize()
        if at < 0.15 and mail.endswith("@ezweb.ne.jp"):
            return mail.replace("@ezweb.ne.jp", "@au.com")
        if at < 0.1 and mail.endswith("@gmail.com"):
            return mail.replace("@", "+shop@")
        return mail

    def phone(self, person: Person, *, has_moved: bool) -> str:
        """Return a telephone number, or "" where none was given."""
        rng = self._rng
        if rng.random() < SHARE_WITHOUT_PHONE:
            return ""
        digits = person.mobile if has_moved or rng.random() < 0.75 else person.landline
        dashed = f"{digits[:-8]}-{digits[-8:-4]}-{digits[-4:]}"
        forms = (digits, dashed, digits[1:], digits.translate(_WIDE), f"{int(digits):.9E}", f"+81 {digits[1:]}")
        return rng.choices(forms, (45, 35, 8, 6, 2, 4))[0]

    def address(self, home: Home, before: Home | None) -> tuple[str, str, bool]:
        """Return a postcode, an address, and whether together they tell where somebody lives.

        Args:
            home: whose address it is.
            before: where he lived before, whose postcode he may still give.
        """
        rng = self._rng
        at, is_home = rng.random(), not home.building.endswith("本社ビル")
        postcode, tells = home.postcode, is_home
        has_prefecture = rng.random() < 0.75
        if before is not None and at < 0.04 and before.code != home.code:
            postcode, tells = before.postcode, tells and not has_prefecture
            tells = False
        elif at > 0.97 and is_home:
            postcode, has_prefecture = "", True
        text = self._written(home, has_prefecture=has_prefecture)
        return self._postcode(postcode), text, tells

    def _postcode(self, digits: str) -> str:
        at = self._rng.random()
        if not digits or at < 0.3:
            return digits
        if at < 0.9:
            return f"{digits[:3]}-{digits[3:]}"
        return digits.lstrip("0") if at < 0.95 else digits.translate(_WIDE)

    def _written(self, home: Home, *, has_prefecture: bool) -> str:
        rng, numbers = self._rng, home.house
        place = f"{home.prefecture if has_prefecture else ''}{home.city}{home.town}"
        at = rng.random()
        if at < 0.55:
            text = place + "-".join(map(str, numbers))
        elif len(numbers) == 3 and at < 0.85:
            block = _KANJI[numbers[0]] if at < 0.65 else str(numbers[0])
            text = (
                f"{place}{block}丁目{numbers[1]}番{numbers[2]}号"
                if at < 0.75
                else f"{place}{block}丁目{numbers[1]}-{numbers[2]}"
            )
        elif at < 0.92:
            text = f"{place} {'-'.join(map(str, numbers)).translate(_WIDE)}"
        else:
            text = f"{place}{numbers[0]}番地{'の' + '-'.join(map(str, numbers[1:])) if len(numbers) > 1 else ''}"
        if not home.building:
            return text
        if not home.room:
            return f"{text} {home.building}"
        if len(numbers) == 3 and rng.random() < 0.15:
            return f"{text.removesuffix('号')}-{home.room}"
        return text if rng.random() < 0.08 else f"{text} {home.building}{home.room}{rng.choice(('', '号室'))}"

    def birth(self, day: date) -> str:
        """Return a day of birth by an era or by the western calendar."""
        at = self._rng.random()
        if at < 0.6:
            return f"{day:%Y/%m/%d}" if at < 0.4 else day.isoformat()
        _, era, letter, before = next(one for one in _ERAS if day.year >= one[0])
        year = day.year - before
        if at < 0.8:
            return f"{era}{'元' if year == 1 else year}年{day.month}月{day.day}日"
        return f"{letter}{year}.{day.month}.{day.day}"
