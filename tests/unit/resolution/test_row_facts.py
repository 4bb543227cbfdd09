"""What is kept of rows comes back as it was, and finds every row that bears a name."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tsunagu.resolution.residence import residence_of
from tsunagu.resolution.row_facts import facts_bytes, facts_in, name_keys, row_facts

NAMES = [
    ("佐藤 太郎", "サトウ タロウ"),
    ("髙﨑 渡", ""),
    ("高崎 渡", ""),
    ("Sato Taro", ""),
    ("", ""),
    ("山田 花子", ""),
]
CODES = ["811-5301", "498-0000", "060-0001", ""]
rows = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(CODES)), max_size=30)


@given(rows)
def test_facts_come_back_from_their_bytes(said: list[tuple[tuple[str, str], str]]) -> None:
    lives = [residence_of(postcode=code, address="") for _, code in said]
    numbers = [2 * at + 1 for at in range(len(said))]
    facts = facts_in(facts_bytes(row_facts(numbers, lives, [name for name, _ in said])))
    assert facts.by_row() == dict(zip(numbers, lives, strict=True))
    for name in NAMES:
        keys = name_keys(*name)
        bear = [number for number, (own, _) in zip(numbers, said, strict=True) if keys & name_keys(*own)]
        assert facts.bearing(keys).tolist() == bear


def test_variants_of_a_kanji_are_found_by_each_other_and_a_name_by_its_sound() -> None:
    facts = row_facts([1, 2, 3], [residence_of(postcode="", address="")] * 3, NAMES[:1] + NAMES[2:4])
    assert facts.bearing(name_keys("髙﨑 渡", "")).tolist() == [2]
    assert facts.bearing(name_keys("Taro Sato", "")).tolist() == [1, 3]
