"""What the reader of VICS JSON makes of case files and hash sets."""

import io
import json

import pytest

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind
from tsunagu.domain.known import UNMAPPED, KnownFile, KnownItem, ListedCategory, LossReport, Marks
from tsunagu.exchange.reading import Stated
from tsunagu.exchange.registry import reader_for

from .lists import ICMEC_1_3, MD5, SHA1, SHA256, US_2_0, media, numbered_md5, only, read, reasons, vics

PHOTODNA = "AAAA" * 48


def test_a_hash_set_gives_its_items_in_order():
    rows, report = read("vics", vics({"MD5": "01" * 16}, {"MD5": "02" * 16, "SHA1": SHA1.hex()}))
    assert [(row.row, row.md5, row.sha1) for row in rows] == [(1, b"\1" * 16, None), (2, b"\2" * 16, SHA1)]
    assert not report.lost


@pytest.mark.parametrize("padding", [0, 300_000], ids=["short", "longer than what is read at once"])
def test_a_case_file_gives_the_media_of_all_its_cases_and_counts_what_it_says_of_them(padding):
    cases = [
        {"CaseID": "x" * padding, "Odd": 1, "Media": [media(), media()]},
        {"CaseNumber": "2", "Media": [media()], "ContactName": "somebody"},
    ]
    rows, report = read("vics", json.dumps({"odata.metadata": ICMEC_1_3, "value": cases}))
    assert [row.row for row in rows] == [1, 2, 3]
    assert report.lost == {"case.CaseID": 1, "case.other": 1, "case.CaseNumber": 1, "case.ContactName": 1}


def test_a_byte_order_mark_is_passed_over():
    assert isinstance(only("vics", "\ufeff" + vics(media())), KnownItem)


def test_everything_that_is_understood_has_its_place():
    record = media(
        MediaID=7, Category=1, SHA1=SHA1.hex().upper(), PhotoDNA=PHOTODNA, MediaSize=12, MimeType="image/jpeg",
        Series="Alpha, Beta", Tags="a,b", Comments="seen before", DateUpdated="2020-02-03T04:05:06Z",
        VictimIdentified=True, OffenderIdentified=None, IsDistributed=False,
        AlternativeHashes=[
            {"MD5": MD5.hex(), "HashName": "SHA-256", "HashValue": SHA256.hex()},
            {"MD5": MD5.hex(), "HashName": "pdq", "HashValue": SHA256.hex()},
        ],
        MediaFiles=[
            {"MD5": MD5.hex(), "FileName": "p.jpg", "FilePath": "a\\b", "Deleted": "true", "Unallocated": False}
        ],
    )  # fmt: skip
    stated = Stated(categories={("US", "2.0"): {1: "one"}})
    assert only("vics", vics(record), stated) == KnownItem(
        1, MD5, SHA1, SHA256, Fingerprint(FingerprintKind.PDQ, SHA256, 100), PHOTODNA, list_id="7",
        category=ListedCategory("US", "2.0", 1, "one"), marks=Marks(True, None, False), series=("Alpha", "Beta"),
        tags=("a", "b"), files=(KnownFile("a\\b", "p.jpg", is_deleted=True, is_unallocated=False),), size_bytes=12,
        media_type="image/jpeg", updated="2020-02-03T04:05:06Z", comments="seen before",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "read_as"),
    [
        (True, True),
        (False, False),
        (None, None),
        ("true", True),
        ("False", False),
        (" Y ", True),
        ("no", False),
        ("", None),
    ],
)
def test_marks_are_read_as_booleans_texts_or_nothing(value, read_as):
    item = only("vics", vics(media(VictimIdentified=value)))
    assert item.marks.victim_identified is read_as
    assert item.extra == {}


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ("/Date(0)/", "1970-01-01T00:00:00+00:00"),
        ("/Date(1580702706123+0900)/", "2020-02-03T04:05:06.123000+00:00"),
        ("2020-02-03", "2020-02-03"),
        ("", None),
        (None, None),
    ],
)
def test_times_are_iso_text_or_milliseconds(text, read_as):
    item = only("vics", vics(media(DateUpdated=text)))
    assert item.updated == read_as
    assert item.extra == {}


@pytest.mark.parametrize("text", ["yesterday", "/Date(999999999999999)/", 5, "2020-13-01"])
def test_what_is_no_time_is_carried_as_it_is(text):
    item = only("vics", vics(media(DateUpdated=text)))
    assert (item.updated, item.extra) == (None, {"DateUpdated": text})


def test_a_miniature_is_dropped_and_counted():
    rows, report = read("vics", vics(media(Miniature="AAAA"), media(Miniature=None)))
    assert all(row.extra == {} for row in rows)
    assert report.lost == {"Miniature": 1}


def test_unknown_keys_and_values_that_are_not_understood_are_carried():
    odd = {
        "Something": {"a": [1, None]}, "MediaSize": "many", "IsSuspected": "perhaps", "Category": "A", "Tags": [1],
        "Comments": 5, "MediaFiles": ["no object"], "AlternativeHashes": [{"HashName": "TLSH", "HashValue": "x"}],
        "Exifs": [{"PropertyName": "Make", "PropertyValue": "x"}], "IsPrecategorized": True, "Nothing": None,
    }  # fmt: skip
    item = only("vics", vics(media(**odd)))
    assert item.extra == odd
    assert (item.category, item.tags, item.files) == (None, (), ())


@pytest.mark.parametrize(
    "hashes",
    [
        [1], [{"HashName": 5}], [{"HashName": "SHA256", "HashValue": None}], [{"HashName": "PDQ", "HashValue": "x"}],
        "text",
    ],
)  # fmt: skip
def test_alternative_hashes_that_are_not_understood_are_carried(hashes):
    item = only("vics", vics(media(AlternativeHashes=hashes)))
    assert (item.sha256, item.pdq, item.extra) == (None, None, {"AlternativeHashes": hashes})


def test_links_of_odata_programs_are_passed_over():
    links = {"MediaFiles@odata.navigationLinkUrl": "x", "odata.id": "x", "odata.editLink": "x"}
    rows, report = read("vics", vics(media(**links, MediaFiles=[{"odata.id": "x"}])))
    assert (rows[0].extra, rows[0].files, report.lost) == ({}, (KnownFile(),), {})


@pytest.mark.parametrize(
    ("series", "names", "extra"),
    [
        ("A", ("A",), {}),
        ("A,, B ", ("A", "B"), {}),
        (["A", "B"], ("A", "B"), {}),
        ({"Name": "A", "Id": 3}, ("A",), {"Series": {"Name": "A", "Id": 3}}),
        ({"Id": 3}, (), {"Series": {"Id": 3}}),
        (7, (), {"Series": 7}),
        (None, (), {}),
    ],
)
def test_a_series_is_a_text_a_list_or_an_object(series, names, extra):
    item = only("vics", vics(media(Series=series)))
    assert (item.series, item.extra) == (names, extra)


CODES_0_AND_5 = {
    ("", "1.3"): {0: "uncategorized", 5: "non-pertinent"},
    ("US", "2.0"): {0: "non-pertinent", 5: "uncategorized"},
}


@pytest.mark.parametrize(
    ("context", "code", "meaning"),
    [
        (ICMEC_1_3, 0, "uncategorized"),
        (ICMEC_1_3, 5, "non-pertinent"),
        (US_2_0, 0, "non-pertinent"),
        (US_2_0, 5, "uncategorized"),
        (US_2_0, 3, UNMAPPED),
        (US_2_0.replace("/US/", "/UK/"), 0, UNMAPPED),
        (ICMEC_1_3.replace("1.3", "1.1"), 0, UNMAPPED),
        ("something else", 0, UNMAPPED),
    ],
)
def test_a_category_means_what_the_table_of_its_context_and_version_says_and_else_nothing(context, code, meaning):
    item = only("vics", vics(media(Category=code), context=context), Stated(categories=CODES_0_AND_5))
    assert (item.category.code, item.category.meaning) == (code, meaning)


def test_a_context_that_comes_after_the_records_gives_no_meaning_and_is_counted():
    rows, report = read(
        "vics", json.dumps({"value": [media(Category=0)], "@odata.context": US_2_0}), Stated(categories=CODES_0_AND_5)
    )
    assert rows[0].category == ListedCategory("", "", 0, UNMAPPED)
    assert report.lost == {"context": 1}


def test_records_that_come_again_are_given_and_counted():
    records = [{"MD5": numbered_md5(1 + number % 14_316).hex()} for number in range(34_731)]
    rows, report = read("vics", vics(*records))
    assert len(rows) == 34_731
    assert len({row.md5 for row in rows}) == 14_316
    assert report.repeated == 34_731 - 14_316


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"SHA1": None}, "no-digest"),
        ({"MD5": "xyz"}, "bad-digest"),
        ({"MD5": 12}, "bad-digest"),
        ({"MD5": "d41d8cd98f00b204e9800998ecf8427e"}, "empty-file"),
        ({"MD5": "01" * 16, "SHA1": "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"}, "empty-file"),
        ("no object", "malformed"),
        (None, "malformed"),
        ({"MD5": "01" * 16, "X": [[[[[[[[[1]]]]]]]]]}, "too-deep"),
        ({"MD5": "01" * 16, "MediaFiles": [{"X": [[[[[[[[[1]]]]]]]]]}]}, "too-deep"),
    ],
)
def test_a_record_that_names_no_item_is_refused_and_the_next_is_read(record, reason):
    rows, _ = read("vics", vics(record, media()))
    assert reasons(rows) == {1: reason}
    assert rows[1].md5 == MD5


def test_a_bad_sha1_costs_the_sha1_alone():
    rows, report = read("vics", vics(media(SHA1="no digest")))
    assert (rows[0].md5, rows[0].sha1, report.lost) == (MD5, None, {"sha1": 1})


@pytest.mark.parametrize(
    "record",
    [
        f'{{"MD5":"{"01" * 16}","MD5":"{"02" * 16}"}}',
        f'{{"MD5":"{"01" * 16}","MediaFiles":[{{"FileName":"a","FileName":"b"}}]}}',
        f'{{"MD5":"{"01" * 16}","X":{{"a":1,"a":2}}}}',
        f'{{"MD5":"{"01" * 16}","X":"{"x" * 400_000}","X":1}}',
    ],
)
def test_a_record_that_says_two_things_under_one_key_is_refused(record):
    rows, _ = read("vics", f'{{"value":[{record}]}}')
    assert reasons(rows) == {1: "repeated-key"}


@pytest.mark.parametrize("padding", [0, 400_000])
def test_a_case_with_two_lists_of_media_is_refused_as_a_whole(padding):
    case = f'{{"X":"{"x" * padding}","Media":[],"Media":[]}}'
    with pytest.raises(InputError):
        read("vics", f'{{"value":[{case}]}}')


def test_a_truncated_file_raises_wherever_it_ends():
    whole = json.dumps({"value": [media(MediaSize=5), {"CaseID": "x", "Media": [media()]}], "x": 12}).encode()
    read("vics", whole)
    for length in range(len(whole)):
        with pytest.raises(InputError):
            read("vics", whole[:length])


def test_rows_before_the_place_where_a_file_ends_are_given_so_that_the_caller_can_take_them_back():
    rows = reader_for("vics")(io.BytesIO(vics(media(), media()).encode()[:-20]), Stated(), LossReport())
    assert next(rows).md5 == MD5
    with pytest.raises(InputError):
        next(rows)


@pytest.mark.parametrize(
    "document",
    [
        "", "null", "[]", "{}", '{"value":1}', '{"value":[]} x', '{"value":[],"value":[]}', '{"value":[{"a":NaN}]}',
        '{"value":[1 2]}', '{"value":[' + "[" * 5000, '{"value":[{"a":' + "9" * 5000 + "}]}", "{1:2}",
        "\x00\x00", '{"value":[{"MD5":' + '"a' * 10,
    ],
    ids=str.__len__,
)  # fmt: skip
def test_what_is_no_list_is_refused_as_a_whole(document):
    with pytest.raises(InputError):
        read("vics", document)


def test_a_list_without_records_is_empty():
    assert read("vics", '{"value":[]}') == ([], LossReport())


def test_a_number_of_the_document_that_ends_with_it_is_no_reason_to_wait():
    assert read("vics", f'{{"value":[{json.dumps(media())}],"n":1{"2" * 30}}}')[1].lost == {"document": 1}


def test_bytes_that_are_no_text_and_characters_that_no_store_takes_are_replaced_and_counted():
    data = vics(media(Comments="\x00a", Series="S\ud800", X={"k": "\udc80"}, MimeType="?!")).encode()
    rows, report = read("vics", data.replace(b"?!", b"\xff"))
    item = rows[0]
    assert (item.comments, item.series, item.extra) == ("\ufffda", ("S\ufffd",), {"X": {"k": "\ufffd"}})
    assert item.media_type == "\ufffd"
    assert report.lost == {"unreadable-text": 4}


def test_a_record_larger_than_what_is_read_at_once_is_read():
    item = only("vics", vics(media(Comments="x" * 1_000_000, X="y" * 3_000_000)))
    assert (len(item.comments), len(item.extra["X"])) == (1_000_000, 3_000_000)


@pytest.mark.parametrize("record", [{"X": "x" * 9_000_000}, {f"X{n}": "x" * 900_000 for n in range(6)}])
def test_a_record_over_its_bound_is_refused_with_its_file(record):
    with pytest.raises(InputError):
        read("vics", vics(media(**record)))


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_a_number_without_end_refuses_its_row(number):
    rows, _ = read("vics", f'{{"value":[{{"MD5":"{"01" * 16}","X":{number}}}]}}')
    assert reasons(rows) == {1: "malformed"}


def test_two_different_digests_of_one_kind_make_a_record_malformed():
    hashes = [{"HashName": "SHA256", "HashValue": f"0{n}" * 32} for n in (1, 2)]
    assert reasons(read("vics", vics(media(AlternativeHashes=hashes)))[0]) == {1: "malformed"}
