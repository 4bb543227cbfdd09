"""Where somebody lives, by all his rows: they agree, or it goes to people."""

from __future__ import annotations

import numpy as np
import pytest

from tsunagu.resolution.people import groups, joint_residence
from tsunagu.resolution.residence import Method, Residence, residence_of

TOKYO = residence_of(postcode="100-0001", address="東京都千代田区千代田1-1")
NAGASAKI = residence_of(postcode="811-5301", address="")
TWO = residence_of(postcode="498-0000", address="")
BY_PHONE = residence_of(postcode="", address="", phone="0952-00-0000")
NOTHING = residence_of(postcode="", address="")


@pytest.mark.parametrize("rows", [[TOKYO], [TOKYO, TOKYO], [TOKYO, NOTHING], [TOKYO, BY_PHONE], [BY_PHONE, TOKYO]])
def test_rows_that_agree_answer_and_an_area_code_counts_where_nothing_else_is_told(rows: list[Residence]) -> None:
    assert joint_residence(rows).prefecture == "13"
    assert joint_residence(rows).method is Method.POSTCODE


def test_rows_that_tell_of_two_prefectures_are_answered_by_nobody_but_people() -> None:
    found = joint_residence([TOKYO, NAGASAKI])
    assert (found.prefecture, found.method, found.alternatives) == (None, Method.MOVED, ("13", "42"))
    assert found.needs_a_person


def test_where_no_row_answers_one_that_goes_to_people_does_so_for_all() -> None:
    assert joint_residence([NOTHING, TWO]).needs_a_person
    assert not joint_residence([NOTHING, NOTHING]).needs_a_person
    assert joint_residence([]).method is Method.NONE


def test_a_row_that_answers_keeps_in_sight_what_another_one_speaks_for() -> None:
    assert joint_residence([TOKYO, TWO]).alternatives == ("23", "24")


def test_groups_are_the_rows_of_each_label_in_order() -> None:
    assert groups(np.array([0, 1, 0, 3, 1], np.int32)) == [(0, 2), (1, 4), (3,)]
    assert groups(np.zeros(0, np.int32)) == []
