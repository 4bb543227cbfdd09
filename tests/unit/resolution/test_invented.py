"""The invented list: the same for the same seed, with the mistakes that were asked for, and the truth kept apart."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict

import pytest

from tsunagu.domain.errors import InputError
from tsunagu.resolution.dates import date_of
from tsunagu.resolution.invented.orders import COLUMNS
from tsunagu.resolution.invented.writing import LOST, write_list
from tsunagu.resolution.postcodes import is_firms, postcode_of
from tsunagu.resolution.residence import Method, residence_of

ROWS = 3000
Both = list[tuple[dict[str, str], dict[str, str]]]


def invented(rows: int, seed: int, encoding: str = "cp932") -> tuple[bytes, bytes]:
    out, truth = io.BytesIO(), io.BytesIO()
    write_list(rows, seed, out=out, truth=truth, encoding=encoding)
    return out.getvalue(), truth.getvalue()


@pytest.fixture(scope="module")
def both() -> Both:
    """Each row of one list with what is true of it."""
    out, truth = (io.StringIO(data.decode(codec), newline="") for data, codec in zip(
        invented(ROWS, 11), ("cp932", "utf-8"), strict=True
    ))  # fmt: skip
    return list(zip(csv.DictReader(out), csv.DictReader(truth), strict=True))


def share(both: Both, fact: str) -> float:
    return sum(told[fact] not in {"no", "0", ""} for _, told in both) / len(both)


def test_the_same_seed_gives_the_same_bytes_and_another_one_others() -> None:
    assert invented(300, 3) == invented(300, 3)
    assert invented(300, 3)[0] != invented(300, 4)[0]


def test_a_list_has_as_many_rows_as_asked_for_each_with_its_truth(both: Both) -> None:
    assert len(both) == ROWS
    assert [int(told["row"]) for _, told in both] == list(range(1, ROWS + 1))
    assert list(both[0][0]) == list(COLUMNS)
    assert [row["注文日"] for row, _ in both] == sorted(row["注文日"] for row, _ in both)


def test_the_truth_stands_nowhere_in_the_list() -> None:
    assert not {"person", "workable", "illegal", "teacher"} & set(invented(500, 5, "utf-8")[0].decode().split(","))


def test_cp932_loses_what_it_cannot_write_and_utf8_does_not() -> None:
    assert LOST in invented(1500, 8)[0].decode("cp932")
    assert "𠮷" in invented(1500, 8, "utf-8")[0].decode()


@pytest.mark.parametrize(
    ("fact", "about"), [("rewritten", 0.15), ("stolen", 0.04), ("workable", 2700 / 7000), ("named_as", 0.05)]
)
def test_mistakes_are_as_frequent_as_asked_for(both: Both, fact: str, about: float) -> None:
    assert share(both, fact) == pytest.approx(about, rel=0.25)


def test_a_sixth_of_the_rows_has_no_telephone(both: Both) -> None:
    assert sum(not row["電話番号"] for row, _ in both) / ROWS == pytest.approx(0.15, rel=0.2)


def test_people_who_order_again_have_changed_their_address_or_moved_as_often_as_asked_for(
    both: Both,
) -> None:
    of_person = defaultdict(list)
    for _, told in both:
        of_person[told["person"]].append(told)
    again = [rows for rows in of_person.values() if len(rows) > 1]
    for fact, about in (("mail_changed", 0.2), ("moved", 0.1)):
        assert sum(any(one[fact] == "yes" for one in rows) for rows in again) / len(again) == pytest.approx(
            about, abs=0.05
        )


def test_father_and_son_live_at_one_address_under_one_family_name(
    both: Both,
) -> None:
    sons = {told["person"]: told["household"] for _, told in both if told["household"] != "0"}
    assert 0.01 < len(sons) / len({told["person"] for _, told in both}) < 0.03
    codes = defaultdict(set)
    for _, told in both:
        if told["moved"] == "no" and told["answerable"] == "yes":
            codes[told["person"]].add(told["prefecture"])
    met = [(codes[son], codes[father]) for son, father in sons.items() if codes[son] and codes[father]]
    assert met
    assert all(one == other for one, other in met)


def test_no_juvenile_and_nobody_whose_card_was_stolen_is_workable(
    both: Both,
) -> None:
    workable = [told for _, told in both if told["workable"] == "yes"]
    assert {
        (one["juvenile"], one["stolen"], one["assessment"], one["delivered"], one["punishable"]) for one in workable
    } == {("no", "no", "illegal", "yes", "yes")}
    assert any(told["juvenile"] == "yes" for _, told in both)
    assert Counter(told["occupation"] for _, told in both)["teacher"]


def test_days_of_birth_are_readable_whatever_calendar_they_are_in(
    both: Both,
) -> None:
    told = [row["生年月日"] for row, _ in both if row["生年月日"]]
    assert None not in {date_of(text) for text in told}
    assert any(text.startswith("昭和") for text in told)
    assert any(text.startswith("H") for text in told)


def test_firms_postcodes_are_among_them_and_every_telephone_is_one_that_nobody_has(
    both: Both,
) -> None:
    assert sum(is_firms(postcode_of(row["郵便番号"])) for row, _ in both) / ROWS == pytest.approx(0.04, abs=0.02)
    mobiles = [row["電話番号"] for row, _ in both if row["電話番号"].startswith(("070", "080", "090"))]
    assert {one.replace("-", "")[3] for one in mobiles} == {"0"}


def test_prefectures_are_right_where_answered_and_answered_where_they_can_be(
    both: Both,
) -> None:
    right = answered = answerable = 0
    for row, told in both:
        found = residence_of(postcode=row["郵便番号"], address=row["住所"], phone=row["電話番号"])
        answerable += told["answerable"] == "yes"
        answered += found.prefecture is not None and told["answerable"] == "yes"
        right += found.prefecture == told["prefecture"]
        if found.prefecture is not None and found.method is not Method.PHONE:
            assert told["answerable"] == "yes" or found.prefecture == told["prefecture"]
    assert right / answered >= 0.995
    assert answered / answerable >= 0.97


@pytest.mark.parametrize("rows", [0, -1, 2_000_001])
def test_a_list_of_no_rows_or_of_too_many_is_refused(rows: int) -> None:
    with pytest.raises(InputError):
        invented(rows, 1)


def test_an_encoding_that_lists_do_not_come_in_is_refused() -> None:
    with pytest.raises(InputError):
        invented(1, 1, "latin-1")
