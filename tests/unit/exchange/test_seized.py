"""Files seized from shops: every row comes out or is refused with its place and bytes, in whatever encoding."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.domain.known import RowRefusal
from tsunagu.exchange.seized.delimited import SeizedRow, UnreadRow, layout_of, rows_of
from tsunagu.exchange.seized.encodings import Encoding, decoded, likeliest

HEADER = "氏名,フリガナ,住所"
ROWS = [
    "髙橋 一郎,タカハシ イチロウ,東京都新宿区西新宿2-8-1",
    "山﨑 花子,ヤマサキ ハナコ,神奈川県横浜市西区高島1-2",
    "表 能子,オモテ ヨシコ,埼玉県川口市本町3-4",
]


def found(data: bytes):
    stream = io.BytesIO(data)
    layout = layout_of(stream)
    return layout, list(rows_of(stream, layout))


@pytest.mark.parametrize("codec", ["cp932", "utf-8", "utf-8-sig", "euc_jp", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_list_reads_the_same_in_every_encoding(codec: str, delimiter: str) -> None:
    rows = ROWS if codec != "euc_jp" else [ROWS[2]]
    text = "\r\n".join([HEADER, *rows, ""]).replace(",", delimiter)
    layout, read = found(text.encode(codec))
    assert layout.columns == tuple(HEADER.split(","))
    assert [row.cells for row in read] == [tuple(one.split(",")) for one in rows]
    assert not any(row.lossy for row in read)


def test_columns_of_one_file_may_be_in_several_encodings() -> None:
    lines = [b"name,kana,address"]
    for row in ROWS * 3:
        name, kana, address = row.split(",")
        lines.append(
            name.encode("cp932")
            + b","
            + kana.encode("utf-8")
            + b","
            + address.encode("utf-8").decode("latin-1").encode("utf-8")
        )
    layout, read = found(b"\n".join(lines))
    assert layout.encodings == (Encoding.CP932, Encoding.UTF_8, Encoding.UTF_8_TWICE)
    assert [row.cells for row in read] == [tuple(one.split(",")) for one in ROWS * 3]


def test_half_width_kana_of_cp932_is_not_taken_for_something_else() -> None:
    cells = [one.encode("cp932") for one in ("ﾀｶﾊｼ ｲﾁﾛｳ", "ﾜﾀﾅﾍﾞ", "ｻﾄｳ ｼﾞﾛｳ", "ﾔﾏｻﾞｷ")]
    assert likeliest(cells) is Encoding.CP932


def test_the_yen_sign_as_second_byte_ends_no_cell_and_escapes_nothing() -> None:
    _, read = found(f"{HEADER}\n表,ソ,能\n".encode("cp932"))
    assert [row.cells for row in read] == [("表", "ソ", "能")]


def test_each_row_keeps_its_place_and_its_own_bytes() -> None:
    data = "\r\n".join([HEADER, ROWS[0], "", f'"{ROWS[1][:5]}\r\n(続き)",a,b', ROWS[2]]).encode("cp932")
    _, read = found(data)
    assert [row.line for row in read] == [2, 4, 6]
    assert all(data[row.offset :].startswith(row.raw) for row in read)
    assert read[1].cells[0].endswith("(続き)")
    assert b"".join(row.raw for row in read) == data[data.index(b"\r\n") + 2 :]


def test_a_character_that_was_lost_is_flagged_in_its_cell_and_the_row_stays() -> None:
    _, read = found(f"{HEADER}\n〓田 一郎,ヨシダ,東京都\n吉田,?,東京都\n?田,ヨシダ,東京都\n".encode("cp932"))
    assert [row.lossy for row in read] == [(0,), (), (0,)]
    text, is_lossy = decoded(b"\x8d\x82\x81", Encoding.CP932)
    assert (text[0], is_lossy) == ("高", True)


def test_a_row_with_other_cells_than_the_header_is_refused_with_its_bytes() -> None:
    data = f"{HEADER}\na,b\n{ROWS[0]}\na,b,c,d\n".encode("cp932")
    _, read = found(data)
    assert [type(row) for row in read] == [UnreadRow, SeizedRow, UnreadRow]
    assert (read[0].reason, read[0].raw, read[0].line) == (RowRefusal.MALFORMED, b"a,b\n", 2)


def test_a_stray_quote_costs_one_row() -> None:
    _, read = found(f'{HEADER}\n"a,b,c\n{ROWS[0]}\n{ROWS[1]}\n'.encode("cp932"))
    assert [type(row) for row in read] == [UnreadRow, SeizedRow, SeizedRow]


def test_an_empty_file_is_refused_and_a_header_alone_has_no_rows() -> None:
    with pytest.raises(InputError):
        found(b"")
    assert found(HEADER.encode("cp932"))[1] == []


@given(st.lists(st.binary(max_size=30).map(lambda data: data.replace(b"\n", b"").replace(b"\r", b"")), max_size=8))
def test_every_line_that_is_not_empty_comes_out_or_is_refused_whatever_its_bytes(lines: list[bytes]) -> None:
    _, read = found(b"a,b\n" + b"".join(line + b"\n" for line in lines))
    assert _said(b"".join(row.raw for row in read).split(b"\n")) == _said(lines)


def _said(lines: list[bytes]) -> list[bytes]:
    return [line for line in lines if line and not line.decode("latin-1").isspace()]
