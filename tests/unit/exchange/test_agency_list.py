"""Files of agencies: what ships, and what is refused whole."""

from __future__ import annotations

import pytest

from tsunagu.domain.agency_tree import AgencyKind
from tsunagu.domain.errors import InputError
from tsunagu.exchange.agency_list import COLUMNS, agencies_from, shipped_list, shipped_lists

HEAD = "\t".join(COLUMNS)
GOOD = "Kyoto\t京都府警察本部\tregional-police\tJP-26\tJP\t\tthe desk"


def test_the_list_of_japan_has_the_national_police_and_each_prefecture_by_its_code_of_iso_3166_2() -> None:
    assert "japan" in shipped_lists()
    first, *others = shipped_list("japan")
    assert (first.kind, first.local_name, first.parent) == (AgencyKind.NATIONAL_POLICE, "警察庁", "")
    assert [one.code for one in others] == [f"JP-{number:02}" for number in range(1, 48)]
    assert {(one.kind, one.parent) for one in others} == {(AgencyKind.REGIONAL_POLICE, first.name)}
    called = {one.code: (one.name, one.local_name) for one in others}
    assert called["JP-13"] == ("Tokyo Metropolitan Police Department", "警視庁")
    assert called["JP-26"] == ("Kyoto Prefectural Police", "京都府警察本部")


def test_columns_come_in_any_order_and_a_mark_of_the_byte_order_is_passed_over() -> None:
    head, line = ("\t".join(reversed(one.split("\t"))) for one in (HEAD, GOOD))
    assert agencies_from(f"\ufeff{head}\n{line}\n") == agencies_from(f"{HEAD}\n{GOOD}\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name\tkind\nKyoto\tregional-police\n",
        f"{HEAD}\tmore\n{GOOD}\tx\n",
        f"{HEAD}\n{GOOD}\tx\n",
        f"{HEAD}\nKyoto\n",
        f"{HEAD}\n{GOOD}\n{GOOD}\n",
        f"{HEAD}\n{GOOD.replace('regional-police', 'police')}\n",
        f"{HEAD}\n{GOOD.replace(chr(9) + 'JP' + chr(9), chr(9) + 'XX' + chr(9))}\n",
        f"{HEAD}\n{GOOD.replace('the desk', '')}\n",
        f"{HEAD}\n{GOOD.replace('Kyoto', 'Kyo' + chr(7))}\n",
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused_whole(text: str) -> None:
    with pytest.raises(InputError):
        agencies_from(text)


def test_no_list_is_called_by_a_path() -> None:
    with pytest.raises(InputError, match="japan"):
        shipped_list("../agency_list")
