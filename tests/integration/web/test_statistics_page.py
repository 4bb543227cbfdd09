"""The page of statistics: each figure with its unit and vintages, a chart a unit, in both languages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

from tsunagu.counting.grids import Arrangement, chosen
from tsunagu.counting.series import COLUMNS, list_funnel, national_series
from tsunagu.web.charts import HEIGHT, drawn_series

from ..scene import Scene  # noqa: TID252 - tests are no package with a name
from .visitors import Visitor


def page(visitor: Callable[[], Visitor], scene: Scene, who: str = "anna", *, language: str = "en", by: str = "") -> str:
    seated = visitor().sits_down_as(scene.people[who])
    seated.post("/language/", language=language)
    return seated.get("/statistics/", by=by).content.decode()


def plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def test_everybody_who_is_signed_in_sees_the_same_figures(visitor, common_scene: Scene) -> None:
    tables = {
        re.sub(r'nonce-\S+|value="\S{64}"', "", page(visitor, common_scene, who).partition('<nav class="tabs"')[2])
        for who in ("anna", "adam", "audra", "carl")
    }
    assert len(tables) == 1


def test_a_year_shows_its_conducts_its_share_and_its_breaks(visitor, common_scene: Scene) -> None:
    text = plain(page(visitor, common_scene))
    assert "2017 2,413 1,414" in text
    assert "42.4 % (515 of 1,216 victims)" in text
    assert "2018 †" in text
    assert "From 2018 a seized customer list moves possession and cases." in text
    assert "from memory" in text


def test_both_vintages_of_a_half_year_are_shown_and_the_newest_is_drawn(visitor, common_scene: Scene) -> None:
    text = plain(page(visitor, common_scene, by="half-year"))
    assert "2016-H1 1,019 provisional 2016: 1,023 618 60.6 % (618 of 1,019 cases) provisional 2016: 622" in text


def test_the_funnel_tells_each_stage_with_its_unit_and_day(visitor, common_scene: Scene) -> None:
    text = plain(page(visitor, common_scene))
    assert "rows imported 2017-12-31 about 7,000 rows" in text
    assert "persons cleared 2018-06-30 476 persons" in text
    numbers = [one.figure.number for one in list_funnel()]
    assert numbers == [7000, 2700, 200, 476, 870]


def test_every_published_figure_is_given_out_with_its_source(visitor, common_scene: Scene) -> None:
    seated = visitor().sits_down_as(common_scene.people["anna"])
    given = seated.get("/statistics/", **{"as": "csv"})
    assert given["Content-Disposition"] == 'attachment; filename="statistics-published-en.csv"'
    rows = list(csv.DictReader(io.StringIO(given.content.decode("utf-8-sig"))))
    assert [int(row["number"]) for row in rows] == [one.figure.number for one in chosen(Arrangement.ALL)]
    assert all(row["source"] for row in rows)
    assert seated.get("/statistics/", **{"as": "xlsx"}).content.startswith(b"PK")
    assert seated.get("/statistics/", **{"as": "pdf"}).status_code == 422


def test_the_page_speaks_japanese_in_the_words_of_the_tables(visitor, common_scene: Scene) -> None:
    text = plain(page(visitor, common_scene, language="ja"))
    assert "検挙件数" in text
    assert "42.4%(1,216人中515人)" in text
    assert "of 1,216" not in text


def test_a_chart_has_one_unit_a_place_for_each_period_and_bars_to_scale_from_nought() -> None:
    rows = national_series(Arrangement.YEAR)
    charts = drawn_series(rows)
    assert [one.column.definition.unit.value for one in charts] == ["cases", "persons", "victims"]
    for chart in charts:
        assert [bar.label for bar in chart.bars] == [str(row.period) for row in rows]
        drawn = [bar for bar in chart.bars if bar.reference is not None]
        scales = {round(bar.height / bar.reference.figure.number, 6) for bar in drawn if bar.reference}
        assert len(scales) == 1
        assert all(bar.y + bar.height == HEIGHT for bar in drawn)
        assert all(bar.reference.is_vouched_for for bar in drawn if bar.reference)
    persons = {bar.label: bar.reference for bar in charts[1].bars}
    assert persons["2019"] is None, "a figure from memory is not drawn"
    assert len(rows[0].cells) == len(COLUMNS)


def test_a_vintage_is_shown_drawn_and_given_out_as_files_that_are_the_same_each_time(
    visitor, common_scene: Scene
) -> None:
    """Nothing was told in the scene's year, so every number is nought; kept back is tried where something is."""
    one = visitor().sits_down_as(common_scene.people["stella"])
    path = f"/statistics/own/{common_scene.targets['vintage']}/"
    text = plain(one.get(path).content.decode())
    assert "Hokkaido 0 0 0" in text
    assert "These are no national figures" in text
    for kind, begins in (("csv", b"\xef\xbb\xbfperiod,"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        first, second = (one.get(path, **{"as": kind}) for _ in range(2))
        assert first.content == second.content
        assert first.content.startswith(begins)
        assert first["Content-Disposition"].endswith(f'-en.{kind}"')
    assert one.get(path, **{"as": "zip"}).status_code == 422
    assert "could not be read" not in plain(one.get(path, unread="7").content.decode()), "no address says a number"
