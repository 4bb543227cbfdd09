"""Names as lists write them: kanji variants, kana, three kinds of romaji."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.resolution.kana import katakana
from tsunagu.resolution.names import name_of
from tsunagu.resolution.romaji import Romaji, romaji, sound_key
from tsunagu.resolution.variants import VARIANTS
from tsunagu.resolution.writing import is_lossy, plain, written

MORAE = [
    *"アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンガギグゲゴザジズゼゾダデドバビブベボパピプペポ",
    *(f"{one}{small}" for one in "キシチニヒミリギジビピ" for small in "ャュョ"),
    "ッカ", "ッシ", "ッチ", "ッタ", "コウ", "オオ", "ユウ", "ショウ", "ヂ", "ヅ", "ヴ",
]  # fmt: skip


def test_the_bytes_ee_e0_are_the_tall_taka_and_one_name_with_the_common_one() -> None:
    assert b"\xee\xe0".decode("cp932") == "髙"
    assert written("髙橋") == written("高橋")


@pytest.mark.parametrize(
    "forms",
    ["斎藤 齋藤 齊藤 斉藤", "渡邉 渡邊 渡辺", "山崎 山﨑 山嵜", "吉田 𠮷田", "沢田 澤田", "桜井 櫻井", "恵子 惠子",
     "浜田 濱田", "中島 中嶋 中嶌", "国広 國廣"],
)  # fmt: skip
def test_variants_of_one_kanji_are_one_name_and_unicode_alone_does_not_say_so(forms: str) -> None:
    names = forms.split()
    assert len({written(one) for one in names}) == 1
    assert len({unicodedata.normalize("NFKC", one) for one in names}) == len(names)


def test_no_variant_stands_for_another_that_is_itself_folded() -> None:
    assert [one for one in VARIANTS.values() if ord(one) in VARIANTS] == []


@pytest.mark.parametrize("codec", ["cp932", "shift_jis"])
def test_wave_and_minus_are_one_from_either_codec(codec: str) -> None:
    assert plain(b"\x81\x60\x81\x7c".decode(codec)) == "~-"


@pytest.mark.parametrize("word", ["表", "ソ", "能", "予", "構"])
def test_a_second_byte_that_is_the_yen_sign_escapes_nothing(word: str) -> None:
    assert word.encode("cp932")[1] == 0x5C
    assert written(word.encode("cp932").decode("cp932")) == word


@pytest.mark.parametrize("text", ["〓田", "吉\ufffd", "?田"])
def test_a_lost_character_is_told_and_not_guessed(text: str) -> None:
    assert is_lossy(text)
    assert not is_lossy("吉田")


@pytest.mark.parametrize(
    ("one", "other"),
    [("サトウ", "さとう"), ("ｻﾄｳ", "サトウ"), ("サトー", "サトウ"), ("オオノ", "オーノ"), ("ヴァイ", "バイ"),
     ("ミカヅキ", "ミカズキ"), ("チヂミ", "チジミ"), ("ユウジ", "ユージ")],
)  # fmt: skip
def test_kana_that_people_mix_up_are_one(one: str, other: str) -> None:
    assert sound_key(one) == sound_key(other)


def test_half_width_voiced_kana_become_one_letter() -> None:
    assert katakana("ﾜﾀﾅﾍﾞ ｹﾝｼﾞ") == "ワタナベ ケンジ"


@pytest.mark.parametrize(
    ("kana", "hepburn", "kunrei", "passport"),
    [("シンイチロウ", "shinichirou", "sinitirou", "shinichiro"), ("ホンマ", "honma", "honma", "homma"),
     ("ジュンコ", "junko", "zyunko", "junko"), ("ハットリ", "hattori", "hattori", "hattori"),
     ("エッチュウ", "etchuu", "ettyuu", "etchu"), ("フジツカ", "fujitsuka", "huzituka", "fujitsuka"),
     ("オオツカ", "ootsuka", "ootuka", "otsuka")],
)  # fmt: skip
def test_kana_in_latin_letters_by_each_system(kana: str, hepburn: str, kunrei: str, passport: str) -> None:
    assert [romaji(kana, one) for one in Romaji] == [hepburn, kunrei, passport]


@given(st.lists(st.sampled_from(MORAE), min_size=1, max_size=7).map("".join))
def test_every_romaji_of_a_name_has_the_sound_of_its_kana(kana: str) -> None:
    assert {sound_key(romaji(kana, one)) for one in Romaji} == {sound_key(kana)}


@pytest.mark.parametrize("spelled", ["Satoh", "SATO", "Satou", "satō", "SATÔ", "さとう", "ｻﾄｳ", "サトー"])
def test_every_spelling_of_sato_meets(spelled: str) -> None:
    assert sound_key(spelled) == "sato"


@pytest.mark.parametrize("spelled", ["Ohno", "ONO", "Oono", "オオノ"])
def test_a_long_o_of_a_passport_meets_its_kana(spelled: str) -> None:
    assert sound_key(spelled) == sound_key("オオノ")


def test_family_and_given_name_come_in_either_order_in_romaji() -> None:
    assert name_of("Taro WATANABE").sound == name_of("Watanabe, Tarō").sound == name_of("渡邉 太郎", "ﾜﾀﾅﾍﾞ ﾀﾛｳ").sound
    assert not name_of("Taro WATANABE").is_ordered
    assert name_of("渡邉 太郎", "ﾜﾀﾅﾍﾞ ﾀﾛｳ").sounds == ("watanabe", "taro")


def test_kanji_alone_claim_no_sound() -> None:
    assert name_of("東海林 裕子様") == name_of("東海林　裕子")
    assert name_of("東海林 裕子").sounds == ()


def test_a_name_of_another_script_keeps_what_is_written() -> None:
    assert name_of("Анна Иванова").written == "аннаиванова"
    assert name_of("").written == name_of("").sound == ""
