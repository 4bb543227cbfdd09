"""What the writer of VICS JSON gives out, and what it tells of what it leaves behind."""

import io
import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, TimedFingerprint
from tsunagu.domain.known import KnownFile, KnownItem, KnownSignal, ListedCategory, SignalKind
from tsunagu.exchange.vics_writing import VicsCase, VicsTarget, VicsVersion, write_vics

from .lists import MD5, SHA1, SHA256, lists_of_items, media, read, vics

US = VicsTarget(VicsVersion.V2_0, "US")
ICMEC = VicsTarget(VicsVersion.V1_3)
CASE = VicsCase(UUID(int=1), "2026-1", "An agency", "Tsunagu", "0.1")


def written(items, target=US, case=None):
    stream = io.BytesIO()
    report = write_vics(items, stream, target=target, case=case)
    return stream.getvalue(), report


@given(lists_of_items, st.sampled_from([None, CASE]))
def test_what_is_written_is_read_again_as_it_was(items, case):
    data, report = written(items, case=case)
    rows, read_report = read("vics", data)
    assert rows == items
    assert report.lost == {}
    told = set(json.loads(data)["value"][0]) - {"Media"} if case else set()
    assert set(read_report.lost) == {f"case.{key}" for key in told}


@given(lists_of_items)
def test_into_the_other_version_all_but_the_category_travels(items):
    data, report = written(items, ICMEC)
    assert read("vics", data)[0] == [one._replace(category=None) for one in items]
    assert report.lost["category"] == sum(one.category is not None for one in items)


def test_a_foreign_list_comes_out_as_it_went_in():
    odd = {
        "Series": {"Id": 3},
        "AlternativeHashes": [{"HashName": "TLSH", "HashValue": "x"}],
        "New": [1],
        "MediaSize": "?",
    }
    places = [
        {"FileName": "a", "FilePath": "b\\c", "Deleted": True, "Unallocated": False, "SourceID": "disk", "Created": "?"}
    ]
    rows, _ = read("vics", vics(media(MediaID=1, Tags="a,b", Category=3, MediaFiles=places, **odd)))
    data, report = written(rows)
    assert (read("vics", data)[0], report.lost) == (rows, {})
    (record,) = json.loads(data)["value"]
    assert record["MediaFiles"] == [{"MD5": MD5.hex().upper(), "Written": None, "Accessed": None, **places[0]}]
    assert {key: record[key] for key in odd} == odd


def test_a_case_file_counts_its_media_and_says_that_its_writer_is_uncertified():
    graded = KnownItem(1, MD5, category=ListedCategory("US", "2.0", 1))
    document = json.loads(written([graded, graded, KnownItem(1, MD5)], case=CASE)[0])
    (case,) = document["value"]
    assert document["@odata.context"].endswith("2.0.xml/US/$metadata#Cases")
    assert case.pop("Media")[2]["MediaID"] == 3
    assert case == {
        "CaseID": str(CASE.case_id), "CaseNumber": "2026-1", "ContactOrganization": "An agency",
        "SourceApplicationName": "Tsunagu (uncertified)", "SourceApplicationVersion": "0.1",
        "TotalMediaFiles": 3, "TotalPrecategorized": 2,
    }  # fmt: skip


def test_a_hash_set_of_1_3_has_its_own_context_and_no_photodna():
    document = json.loads(written([KnownItem(1, MD5, SHA1)], ICMEC)[0])
    assert document["odata.metadata"].endswith("DataModels/1.3.xml#Media")
    assert "PhotoDNA" not in document["value"][0]
    assert document["value"][0]["SHA1"] == SHA1.hex().upper()


def test_photodna_is_never_filled_by_whatever_way_it_came():
    value = "AAAA" * 48
    extra = {"AlternativeHashes": [{"HashName": "Photo-DNA", "HashValue": value}], "PhotoDNA": value}
    data, report = written([KnownItem(1, MD5, photodna=value, extra=extra)])
    assert value not in data.decode()
    assert json.loads(data)["value"][0]["PhotoDNA"] is None
    assert report.lost == {"photodna": 2, "extra": 1}


def test_what_cannot_travel_is_counted_by_its_field():
    pdq = Fingerprint(FingerprintKind.PDQ, SHA256, 100)
    items = [
        KnownItem(1, sha1=SHA1),
        KnownItem(2, MD5, list_id="12", series=("a,b", "c"), tags=("d,e",), category=ListedCategory("UK", "2.0", 1)),
        KnownItem(
            3, MD5, frames=(TimedFingerprint(0, 0, pdq),), signals=(KnownSignal(SignalKind.URL, "x"),), list_id="2",
            extra={"MD5": "x"}, files=(KnownFile(name="a", extra={"FileName": "b"}),),
        ),
    ]  # fmt: skip
    data, report = written(items)
    assert report.lost == {
        "item": 1, "list_id": 1, "series": 1, "tags": 1, "category": 1, "frames": 1, "signals": 1, "extra": 2
    }  # fmt: skip
    first, second = json.loads(data)["value"]
    assert (first["Series"], first["Tags"], first["Category"]) == ("c", None, None)
    assert (second["MD5"], second["MediaFiles"][0]["FileName"]) == (MD5.hex().upper(), "a")


def test_the_same_items_give_the_same_bytes_and_their_order_is_kept():
    items = [KnownItem(n, bytes([n]) * 16, extra={"b": 1, "a": 2}) for n in (3, 1, 2)]
    assert written(items)[0] == written(items)[0]
    assert [record["MD5"][:2] for record in json.loads(written(items)[0])["value"]] == ["03", "01", "02"]


def test_items_are_taken_one_at_a_time():
    stream = io.BytesIO()
    sizes = []

    def items():
        for number in range(1, 4):
            sizes.append(len(stream.getvalue()))
            yield KnownItem(number, MD5)

    write_vics(items(), stream, target=US)
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize(("version", "context"), [("2.0", ""), ("2.0", "us"), ("2.0", "JP"), ("1.3", "US")])
def test_a_context_that_the_version_has_not_is_refused(version, context):
    with pytest.raises(InputError):
        VicsTarget(VicsVersion(version), context)
