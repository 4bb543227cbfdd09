"""Lists of digests as text, in the forms that people have."""

import base64

import pytest

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind
from tsunagu.domain.known import KnownFile, KnownItem
from tsunagu.exchange.reading import Of256Bits, Stated

from .lists import MD5, SHA1, SHA256, only, read, reasons

PDQ = Fingerprint(FingerprintKind.PDQ, SHA256, 100)
AS_SHA256 = Stated(Of256Bits.SHA256)
AS_PDQ = Stated(Of256Bits.PDQ)


def b64(data):
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        (MD5.hex(), "md5", MD5),
        (MD5.hex().upper(), "md5", MD5),
        (f"  {SHA1.hex()}\t", "sha1", SHA1),
        (b64(MD5), "md5", MD5),
        (b64(SHA1), "sha1", SHA1),
        (base64.b32encode(SHA1).decode(), "sha1", SHA1),
        ("AAAA" * 48, "photodna", "AAAA" * 48),
    ],
)
def test_the_length_of_a_digest_tells_what_it_is(text, field, value):
    item = only("csv", text + "\n")
    assert item == KnownItem(1, **{field: value})


@pytest.mark.parametrize("text", [SHA256.hex(), b64(SHA256)])
def test_256_bits_are_refused_unless_somebody_states_what_they_are(text):
    assert reasons(read("csv", text)[0]) == {1: "ambiguous-256-bits"}
    assert only("csv", text, AS_SHA256) == KnownItem(1, sha256=SHA256)
    assert only("csv", text, AS_PDQ) == KnownItem(1, pdq=PDQ)


@pytest.mark.parametrize("beside", [f"{MD5.hex()},", f"x,{MD5.hex()},"])
def test_256_bits_refuse_their_row_even_beside_another_digest(beside):
    assert reasons(read("csv", f"{beside}{SHA256.hex()}")[0]) == {1: "ambiguous-256-bits"}


def test_a_column_or_a_tag_that_names_its_256_bits_needs_no_statement():
    assert only("csv", f"SHA-256\n{SHA256.hex()}\n").sha256 == SHA256
    assert only("csv", f"pdq_hash\n{SHA256.hex()}\n", AS_SHA256).pdq == PDQ
    assert only("csv", f"SHA256 (a.jpg) = {SHA256.hex()}\n", AS_PDQ).sha256 == SHA256


@pytest.mark.parametrize(("length", "name"), [(48, "sha384"), (64, "sha512")])
def test_longer_digests_are_told_as_lost(length, name):
    rows, report = read("csv", f"{'ab' * length}\n{'ab' * length},{MD5.hex()}\n")
    assert (reasons(rows), rows[1].md5, report.lost) == ({1: "unsupported"}, MD5, {name: 2})


@pytest.mark.parametrize(
    "digest",
    ["d41d8cd98f00b204e9800998ecf8427e", "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
)  # fmt: skip
def test_the_empty_file_never_enters(digest):
    assert reasons(read("csv", f"{digest}\nx,{digest}", AS_SHA256)[0]) == {1: "empty-file", 2: "empty-file"}
    assert reasons(read("csv", f"hash,md5\n{digest},{MD5.hex()}\n", AS_SHA256)[0])[2] in {"empty-file", "malformed"}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (f"{MD5.hex()}  dir/p 1.jpg", "dir/p 1.jpg"),
        (f"{MD5.hex()} *p,1;.jpg", "p,1;.jpg"),
        (f"\\{MD5.hex()}  a\\\\b\\nc", "a\\b\nc"),
        (f"MD5 (p (1).jpg) = {MD5.hex()}", "p (1).jpg"),
    ],
)
def test_lines_of_md5sum_and_its_kin_give_digest_and_name(line, name):
    assert only("csv", line) == KnownItem(1, MD5, files=(KnownFile(name=name),))


def test_sums_of_all_lengths_are_read():
    rows, _ = read("csv", f"{SHA1.hex()}  a\n{SHA256.hex()}  b\n", AS_SHA256)
    assert [(row.sha1, row.sha256) for row in rows] == [(SHA1, None), (None, SHA256)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_header_tells_which_column_is_what(delimiter):
    header = delimiter.join(["File Name", "SHA1", "md5", "Size", "Odd", "Comment", "Tags", "Full Path"])
    row = delimiter.join(["p.jpg", SHA1.hex(), MD5.hex(), "12", "x", "seen", "t", "C:\\a"])
    assert only("csv", f"{header}\n{row}\n") == KnownItem(
        2,
        MD5,
        SHA1,
        files=(KnownFile("C:\\a", "p.jpg"),),
        size_bytes=12,
        comments="seen",
        tags=("t",),
        extra={"Odd": "x"},
    )


def test_a_list_of_hashkeeper_is_read_by_its_header():
    data = (
        '"file_id","hashset_id","file_name","directory","hash","file_size"\n'
        f'"1","7","p, ""1"".jpg","a\\b","{MD5.hex()}","12"\n'
    )
    assert only("csv", data) == KnownItem(
        2, MD5, files=(KnownFile("a\\b", 'p, "1".jpg'),), size_bytes=12, extra={"file_id": "1", "hashset_id": "7"}
    )


def test_cells_without_a_header_are_known_by_their_shape_and_the_others_are_carried():
    assert only("csv", f"p.jpg,{MD5.hex()},,{SHA1.hex()}") == KnownItem(1, MD5, SHA1, extra={"column 1": "p.jpg"})


def test_of_two_columns_with_one_meaning_the_first_has_it_and_the_other_is_carried():
    item = only("csv", f"md5,Name,File Name\n{MD5.hex()},a,b\n")
    assert (item.files, item.extra) == ((KnownFile(name="a"),), {"File Name": "b"})


def test_empty_lines_and_remarks_at_the_top_are_passed_over_and_numbers_are_those_of_the_lines():
    rows, _ = read("csv", f"# made up\n\n{MD5.hex()}\n   \n#\n{SHA1.hex()}\nnot a digest\n")
    assert [row.row for row in rows] == [3, 5, 6, 7]
    assert reasons(rows) == {5: "bad-digest", 7: "bad-digest"}


def test_a_name_that_begins_like_a_remark_loses_no_row():
    assert read("csv", f"name,md5\n#1.jpg,{MD5.hex()}\n")[0][0].files == (KnownFile(name="#1.jpg"),)


@pytest.mark.parametrize("data", ["", "\n\n", "# nothing\n", "\ufeff"])
def test_an_empty_list_has_no_rows(data):
    assert read("csv", data)[0] == []


def test_cells_that_are_no_digest_are_counted_and_refuse_a_row_that_has_nothing_else():
    rows, report = read("csv", f"md5,sha1,size\n{MD5.hex()},{MD5.hex()},many\nx,,\n,,3\n")
    assert (rows[0].md5, rows[0].sha1, rows[0].size_bytes) == (MD5, None, None)
    assert reasons(rows) == {3: "bad-digest", 4: "no-digest"}
    assert report.lost == {"sha1": 1, "size_bytes": 1, "md5": 1}


def test_two_different_digests_of_one_kind_make_a_row_malformed():
    assert reasons(read("csv", f"{MD5.hex()},{'01' * 16}")[0]) == {1: "malformed"}


@pytest.mark.parametrize("text", ["ab " * 16, "g" * 32, "=" * 24, "*" * 27 + "=", "*" * 192, "ab" * 15, "\u0661" * 32])
def test_what_only_looks_like_a_digest_is_refused(text):
    assert reasons(read("csv", text)[0]) == {1: "bad-digest"}


def test_a_stray_quote_costs_one_row():
    rows, _ = read("csv", f'md5,name\n{MD5.hex()},"a\n{MD5.hex()},"b"\n{MD5.hex()},c\n')
    assert reasons(rows) == {2: "malformed"}
    assert [row.files[0].name for row in rows[1:]] == ["b", "c"]


def test_a_quoted_cell_may_go_over_several_lines():
    rows, _ = read("csv", f'md5,comment\n{MD5.hex()},"a\nb ""c""\n\nd"\n{MD5.hex()},e\n')
    assert [(row.row, row.comments) for row in rows] == [(2, 'a\nb "c"\n\nd'), (6, "e")]


def test_bytes_that_are_no_text_and_nul_are_replaced_and_counted():
    rows, report = read("csv", f"md5,name\n{MD5.hex()},".encode() + b"\xff\n" + f"{MD5.hex()},\0".encode())
    assert [row.files[0].name for row in rows] == ["\ufffd", "\ufffd"]
    assert report.lost == {"unreadable-text": 2}


def test_a_line_that_is_too_long_is_refused_and_the_next_is_read():
    rows, _ = read("csv", b"a" * (9 << 20) + f"\n{MD5.hex()}\n".encode())
    assert reasons(rows) == {1: "too-long"}
    assert (rows[1].row, rows[1].md5) == (2, MD5)


@pytest.mark.parametrize("format_name", ["csv", "icse", "nsrl", "tx"])
def test_a_list_in_utf_16_is_refused_as_a_whole(format_name):
    with pytest.raises(InputError):
        read(format_name, f"md5\n{MD5.hex()}\n".encode("utf-16"))


def test_a_column_without_a_title_is_carried_under_its_place():
    assert only("csv", f",md5\nx,{MD5.hex()}\n").extra == {"column 1": "x"}
