"""The main job, end to end, as its users would do it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tsunagu.records.postgres.server import EmbeddedPostgres
from tsunagu.services.demo import drawing

from .conftest import Installation


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two seizures: a photograph and a clip, and copies of both among other things."""
    root = tmp_path_factory.mktemp("seizures")
    pictures = drawing.photographs()
    files = {
        "one/china.jpg": drawing.jpeg(pictures["china"]),
        "one/cat.jpg": drawing.jpeg(pictures["chelsea"]),
        "two/edited.jpg": drawing.jpeg(drawing.with_mark(pictures["china"]), quality=50),
        "two/same.jpg": drawing.jpeg(pictures["chelsea"]),
        "two/broken.jpg": drawing.jpeg(pictures["coffee"])[:5000],
    }
    for name, content in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(content)
    return root


@pytest.fixture
def house(two_agencies: Installation) -> Iterator[Installation]:
    with two_agencies.copied() as copy, EmbeddedPostgres(copy.home).use():
        yield copy


def test_two_agencies_bring_media_in_are_told_of_each_other_and_see_what_overlaps_once_both_share(
    house: Installation, folders: Path
) -> None:
    house.run("case", "open", "DK-1", officer="anna")
    house.run("case", "open", "AU-1", officer="ben")
    house.run("ingest", "--case", "DK-1", "--exhibit", "E1", folders / "one", officer="anna")
    ingested = house.json("ingest", "--case", "AU-1", "--exhibit", "P7", folders / "two", officer="ben", status=2)
    broken = {"path": str(folders / "two" / "broken.jpg"), "path_b64": None, "reason": "damaged"}
    assert ingested == [{"files": 3, "kept": 3, "skipped": 0, "refused": {"damaged": 1}, "refused_items": [broken]}]

    [before] = house.json("overlaps", officer="anna")
    assert before["cases"] == ["DK-1"]
    assert before["agencies"] == ["Agency of Anna", "Agency of Ben"]
    assert {before[one] for one in ("exact", "near", "video_stretches", "audio", "strength")} == {None}
    assert house.json("hits", before["overlap"], officer="anna") == []

    house.run("share", before["overlap"], officer="anna")
    assert house.json("overlaps", officer="anna")[0]["shared"] is False
    house.run("share", before["overlap"], officer="ben")
    [after] = house.json("overlaps", officer="anna")
    assert after["cases"] == ["DK-1", "AU-1"]
    assert (after["exact"], after["near"]) == (1, 1)
    [mirror] = house.json("overlaps", officer="ben")
    assert mirror["cases"] == ["AU-1", "DK-1"]

    exact, near = house.json("hits", before["overlap"], officer="ben")
    assert Path(exact["path"]).name == "same.jpg"
    assert (exact["kind"], exact["distance_bits"], exact["judgement"]) == ("exact", 0, "none-yet")
    assert (near["kind"], near["turn"]) == ("near", "upright")
    house.run("judge", str(exact["hit"]), "same", "--what", "file", officer="ben")
    assert house.json("hits", before["overlap"], officer="ben")[0]["judgement"] == "same"
    assert house.json("hits", before["overlap"], officer="anna")[0]["judgement"] == "none-yet"
    assert house.json("ledger", "verify")[0]["ledger_ok"] is True


def test_a_second_run_of_the_same_ingest_keeps_nothing_twice(house: Installation, folders: Path) -> None:
    house.run("case", "open", "DK-1", officer="anna")
    first = house.json("ingest", "--case", "DK-1", "--exhibit", "E1", folders / "one", officer="anna")
    second = house.json("ingest", "--case", "DK-1", "--exhibit", "E1", folders / "one", officer="anna")
    assert first == [{"files": 2, "kept": 2, "skipped": 0, "refused": {}, "refused_items": []}]
    assert second == [{"files": 2, "kept": 0, "skipped": 2, "refused": {}, "refused_items": []}]
    assert len(house.json("items", "--case", "DK-1", officer="anna")) == 2
