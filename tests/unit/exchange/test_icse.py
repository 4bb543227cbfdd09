"""ICSE lists, read and written."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.domain.known import KnownItem, ListedCategory, Marks
from tsunagu.exchange.icse import HEADER, write_icse

from .lists import MD5, SHA1, SHA256, names, only, read, reasons, tri_states, words

TITLES = ";".join(HEADER)
HEX = MD5.hex().upper()


def written(items, **options):
    stream = io.BytesIO()
    report = write_icse(items, stream, **options)
    return stream.getvalue(), report


@pytest.mark.parametrize(
    ("flag", "read_as"),
    [
        ("y", True),
        ("YES", True),
        ("True", True),
        ("n", False),
        ("No", False),
        ("FALSE", False),
        ("", None),
        ("  ", None),
    ],
)
def test_flags_are_yes_no_or_not_told(flag, read_as):
    rows, report = read("icse", f"{TITLES}\n{HEX};;;;{flag};{flag};{flag};;;;;\n")
    assert (rows[0].marks, report.lost) == (Marks(read_as, read_as, read_as), {})


def test_a_flag_that_is_neither_is_not_told_and_counted():
    rows, report = read("icse", f"MD5;Victim identified\n{HEX};perhaps\n")
    assert (rows[0].marks, report.lost) == (Marks(), {"victim_identified": 1})


def test_columns_are_known_by_their_names_in_any_order_and_case():
    item = only("icse", f"Series name;SHA1;LACE;md5;ZZ40\r\nAlpha;{SHA1.hex()};7;{HEX};\r\n")
    assert item == KnownItem(2, MD5, SHA1, series=("Alpha",), extra={"LACE": "7"})


def test_every_column_has_its_place():
    item = only("icse", f'{TITLES}\n{HEX};{SHA1.hex()};;IM-1;n;y;;"Alpha; ""B""";3;y;Image;1\n')
    assert item == KnownItem(
        2, MD5, SHA1, list_id="IM-1", marks=Marks(victim_identified=True, is_distributed=False),
        series=('Alpha; "B"',), media_type="Image",
        extra={"Number of submissions": "3", "File Available": "y", "Baseline": "1"},
    )  # fmt: skip


def test_photodna_may_lack_and_is_carried_where_it_is():
    value = "AAAA" * 48
    assert only("icse", f"MD5;PhotoDNA\n{HEX};{value}\n").photodna == value
    assert only("icse", f"MD5\n{HEX}\n").photodna is None


def test_a_row_may_lack_cells_and_have_no_more_than_there_are_columns():
    rows, _ = read("icse", f"MD5;SHA1;Baseline\n{HEX}\n{HEX};;;\n{HEX};;;x\n")
    assert reasons(rows) == {4: "malformed"}
    assert rows[0].md5 == rows[1].md5 == MD5


@pytest.mark.parametrize("data", ["", "\n", "a;b\n", f"{HEX};;\n", "MD5;MD5\n", 'MD5;"a\n', "MD5;x;x\n"])
def test_a_list_without_a_proper_header_is_refused_as_a_whole(data):
    with pytest.raises(InputError):
        read("icse", data)


writable = st.builds(
    lambda **told: KnownItem(1, **told),
    md5=st.binary(min_size=16, max_size=16),
    sha1=st.none() | st.binary(min_size=20, max_size=20),
    list_id=st.none() | words,
    marks=st.tuples(tri_states, tri_states, tri_states).map(lambda told: Marks(*told)),
    series=st.none() | names,
    media_type=st.none() | words,
    extra=st.dictionaries(st.sampled_from(["Number of submissions", "File Available", "Baseline", "LACE"]), words),
).map(lambda item: item._replace(series=(item.series,) if item.series else ()))


@given(st.lists(writable, max_size=4))
def test_what_is_written_is_read_again_as_it_was(items):
    data, report = written(items, extra_columns=["LACE"])
    assert read("icse", data)[0] == [one._replace(row=number) for number, one in enumerate(items, 2)]
    assert report.lost == {}


def test_the_header_is_the_published_one():
    assert written([])[0] == (TITLES + "\r\n").encode()


def test_what_cannot_travel_is_counted_by_its_field():
    items = [
        KnownItem(1, sha256=SHA256),
        KnownItem(
            2, MD5, sha256=SHA256, photodna="AAAA" * 48, category=ListedCategory("US", "2.0", 1), size_bytes=3,
            marks=Marks(is_suspected=False), series=("a", "b", "c"), tags=("d",), updated="2020-01-01", comments="e",
            extra={"Baseline": [1], "Other": 1, "File Available": 2}, media_type="two\r\nlines",
        ),
    ]  # fmt: skip
    data, report = written(items)
    assert report.lost == {
        "item": 1, "sha256": 1, "photodna": 1, "category": 1, "size_bytes": 1, "is_suspected": 1, "series": 2,
        "tags": 1, "updated": 1, "comments": 1, "extra": 2, "end-of-line": 1,
    }  # fmt: skip
    assert data.splitlines()[1] == f"{HEX};;;;;;;a;;2;two  lines;".encode()


@pytest.mark.parametrize("titles", [["MD5"], ["x", "X"]])
def test_two_columns_of_one_title_are_refused(titles):
    with pytest.raises(InputError):
        written([], extra_columns=titles)
