"""Rows that are decoded whole say what their cells say one by one, whatever bytes and encodings they are of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tsunagu.exchange.seized.encodings import Encoding, RowDecoder, decoded

WORDS = st.sampled_from(["髙橋 﨑", "表ソ能", "〓", "?", "佐藤?", "タカハシ", "a,b", "\x1f", "", "ﾀｶﾊｼ", "東京都港区"])
CODECS = st.sampled_from(["utf-8", "cp932", "euc-jp"])


@st.composite
def cells(draw: st.DrawFn) -> bytes:
    """Bytes that are text in some encoding, or none at all."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.binary(max_size=6))
    return draw(WORDS).encode(draw(CODECS), "replace")


@given(rows=st.lists(st.tuples(cells(), st.sampled_from(Encoding)), min_size=1, max_size=6))
def test_a_row_decoded_whole_says_what_its_cells_say_one_by_one(rows: list[tuple[bytes, Encoding]]) -> None:
    texts, lossy = RowDecoder([one for _, one in rows]).decoded([cell.decode("latin-1") for cell, _ in rows])
    by_definition = [decoded(*one) for one in rows]
    assert texts == tuple(text for text, _ in by_definition)
    assert lossy == tuple(at for at, (_, is_lossy) in enumerate(by_definition) if is_lossy)


@given(columns=st.integers(1, 5), encoding=st.sampled_from(list(Encoding)), data=st.data())
def test_the_same_holds_where_all_columns_are_in_one_encoding(
    columns: int, encoding: Encoding, data: st.DataObject
) -> None:
    row = data.draw(st.lists(cells(), min_size=columns, max_size=columns))
    texts, lossy = RowDecoder([encoding] * columns).decoded([cell.decode("latin-1") for cell in row])
    by_definition = [decoded(cell, encoding) for cell in row]
    assert texts == tuple(text for text, _ in by_definition)
    assert lossy == tuple(at for at, (_, is_lossy) in enumerate(by_definition) if is_lossy)
