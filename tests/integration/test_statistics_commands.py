"""`statistics table` and `statistics check`: what they print, what they write, and what their exit status says."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from tsunagu.cli.main import program

POSSIBLE, NOT_ALL_POSSIBLE, REFUSED = 0, 1, 2
HEAD = "number,unit,population,period\n"


def run(*words: str, fed: str | bytes = "") -> Result:
    """Run a command in this process, without any house: it needs none."""
    return CliRunner().invoke(program, ["statistics", *words], input=fed)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    ("table", "status"),
    [
        ("42.4,% of victims,nationwide,2017\n1650,persons,nationwide,2017\n", POSSIBLE),
        ("42.4,% of victims,nationwide,2017\n42.4,% of cases,nationwide,2017\n", NOT_ALL_POSSIBLE),
        ("500,persons,nationwide,2031\n", NOT_ALL_POSSIBLE),
        ("", REFUSED),
    ],
    ids=["possible", "impossible", "unknown", "empty"],
)
def test_the_exit_status_says_whether_every_figure_is_possible(table: str, status: int) -> None:
    assert run("check", "-", fed=HEAD + table).exit_code == status
    assert run("check", "-", "--json", fed=HEAD + table).exit_code == status


def test_a_verdict_says_why_and_what_was_published() -> None:
    table = HEAD + "42.4,% of cases,nationwide,2017\n1650,persons,from the list,2017\n1703,persons,nationwide,2017\n"
    first, second, third = lines(run("check", "-", "--json", fed=table))
    assert (first["row"], first["possible"], first["reason"]) == (1, False, "wrong-unit")
    assert (
        first["shares"][0] | {"percent": 42.35, "numerator": 515, "denominator": 1216, "unit": "victims"}
        == first["shares"][0]
    )
    assert (second["possible"], second["published"][0]["population"]) == (False, "seized-list")
    assert (third["possible"], third["verdict"]) == (True, "right")
    assert third["published"][0]["source"].startswith("http")
    assert {"unit", "population", "category", "period", "status", "vintage", "definition"} <= set(third["published"][0])


def test_the_same_table_is_read_as_csv_tsv_semicolons_and_json() -> None:
    row = {"number": "42.4 %", "unit": "victims", "population": "nationwide", "period": "2018"}
    tables = [sign.join(row) + "\n" + sign.join(row.values()) + "\n" for sign in ",;\t"]
    tables += [json.dumps([row]), json.dumps(row), json.dumps(row) + "\n", "\ufeff" + tables[0]]
    answers = [run("check", "-", "--json", fed=table.encode()).stdout for table in tables]
    assert len(set(answers)) == 1
    assert json.loads(answers[0])["possible"] is True


def test_a_number_of_json_and_japanese_headings_are_read() -> None:
    table = json.dumps([{"数": 42.4, "単位": "% of 被害児童", "対象": "全国", "期間": "平成29年"}])
    assert lines(run("check", "-", "--json", fed=table))[0]["shares"][0]["numerator"] == 515


@pytest.mark.parametrize(
    "table",
    [
        b"\xff\xfe\x00",
        b"unit,population\ncases,nationwide\n",
        b"number,number\n1,2\n",
        b"number,unit\n1,cases,too many\n",
        b"[{",
        b"[[1]]",
        b'[{"number": {"a": 1}}]',
        b"number\n" + b"1\n" * 2001,
        b"x" * 4_000_001,
        b"[" * 100_000,
    ],
    ids=["not text", "no number", "twice", "too wide", "broken", "no objects", "nested", "long", "large", "deep"],
)
def test_what_is_no_table_of_figures_is_refused_and_nothing_of_it_is_repeated(table: bytes) -> None:
    result = run("check", "-", fed=table)
    assert result.exit_code == REFUSED
    assert result.stdout == ""
    assert len(result.stderr) < 120


def test_a_table_for_people_speaks_their_language() -> None:
    table = HEAD + "42.4,% of cases,nationwide,2017\n"
    assert "The number is of another unit." in run("check", "-", fed=table).stdout
    assert "別の単位の数です。" in run("check", "-", "--language", "ja", fed=table).stdout
    assert "所持等" in run("table", "--by", "conduct", "--language", "ja").stdout


def test_the_table_shows_each_figure_with_all_it_needs_and_the_newest_vintage() -> None:
    every = lines(run("table", "--by", "half-year", "--json"))
    assert all(
        one["unit"] and one["population"] and one["period"] and one["vintage"] and one["source"] for one in every
    )
    wanted = ("--by", "half-year", "--unit", "cases", "--json")
    here = [one for one in lines(run("table", *wanted)) if (one["period"], one["category"]) == ("2016-H1", "csam")]
    assert [(one["number"], one["status"]) for one in here] == [(1019, "final")]
    both = [
        one
        for one in lines(run("table", *wanted, "--vintages"))
        if (one["period"], one["category"]) == ("2016-H1", "csam")
    ]
    assert [(one["number"], one["status"]) for one in both] == [(1023, "provisional"), (1019, "final")]
    assert {one["period"] for one in every} >= {f"{year}-H1" for year in range(2000, 2018)}
    assert {one["unit"] for one in lines(run("table", *wanted))} == {"cases"}


def test_a_break_in_the_series_is_told_beside_the_figure_that_it_touches() -> None:
    years = {
        (one["period"], one["category"]): one["breaks"] for one in lines(run("table", "--unit", "cases", "--json"))
    }
    assert years["2015", "csam"] == ["break:possession-penalty"]
    assert years["2016", "csam"] == []
    assert "break:seized-list" in years["2018", "csam/possession-etc"]


def test_nothing_such_ends_with_a_status_of_its_own() -> None:
    assert run("table", "--population", "nowhere").exit_code == NOT_ALL_POSSIBLE


def test_a_table_is_written_twice_as_the_same_bytes_and_never_over_another(tmp_path: Path) -> None:
    for name in ("one", "two"):
        wanted = ("--by", "all", "--vintages", "--csv", f"{tmp_path / name}.csv", "--excel", f"{tmp_path / name}.xlsx")
        assert run("table", *wanted).exit_code == 0
    for ending in ("csv", "xlsx"):
        assert (tmp_path / f"one.{ending}").read_bytes() == (tmp_path / f"two.{ending}").read_bytes()
    assert run("table", "--csv", str(tmp_path / "one.csv")).exit_code == 6
    text = (tmp_path / "one.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    sheet = load_workbook(tmp_path / "one.xlsx").active
    assert sheet is not None
    cells = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert cells == rows
    assert len(rows) == 320
