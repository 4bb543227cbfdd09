"""Lines and cells of text lists."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.known import LossReport
from tsunagu.exchange.lines import Lines, delimited_rows, split_cells

cells_of_one_line = st.lists(st.text(st.sampled_from('ab",; \u00e4'), max_size=6), min_size=1, max_size=5)
cells_of_lines = st.lists(st.text(st.sampled_from('ab",;\n'), max_size=6), min_size=2, max_size=4)


def written(rows, delimiter, quoting):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows(rows)
    return text.getvalue()


@given(cells_of_one_line, st.sampled_from(",;\t"), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_cells_are_split_as_they_were_written(cells, delimiter, quoting):
    assert split_cells(written([cells], delimiter, quoting)[:-1], delimiter) == cells


@given(st.lists(cells_of_lines.map(lambda cells: ["x", *cells]), max_size=5))
def test_rows_are_read_as_they_were_written_over_however_many_lines(rows):
    lines = Lines(io.BytesIO(written(rows, ",", csv.QUOTE_ALL).encode()), LossReport())
    assert [cells for _, cells, _ in delimited_rows(iter(lines), ",")] == rows


def test_a_cell_that_is_not_closed_within_sixteen_lines_costs_its_first_line_alone():
    text = 'a,"b\n' + "c,d\n" * 16 + 'e"\n'
    rows = list(delimited_rows(iter(Lines(io.BytesIO(text.encode()), LossReport())), ","))
    assert rows[0] == (1, None, False)
    assert [cells for _, cells, _ in rows[1:-1]] == [["c", "d"]] * 16


def test_the_end_of_a_line_may_be_written_in_two_ways():
    lines = Lines(io.BytesIO(b"\xef\xbb\xbfa\r\nb\nc"), LossReport())
    assert list(lines) == [(1, "a"), (2, "b"), (3, "c")]
