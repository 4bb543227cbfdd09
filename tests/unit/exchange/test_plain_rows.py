"""Rows that say nothing but digests are read many at once, and are what they are row by row."""

import io
import re
from unittest import mock

from hypothesis import example, given
from hypothesis import strategies as st

from tsunagu.domain.known import EMPTY_FILE, LossReport
from tsunagu.exchange import plain_rows
from tsunagu.exchange.plain_rows import one_by_one
from tsunagu.exchange.reading import Of256Bits, PlainRows, Stated
from tsunagu.exchange.registry import reader_for

from .lists import numbered_md5

WIDEST = 512 * 8192
HEADERS = ["", "md5,pdq\n", "md5,size\n", "md5,sha1\n", "MD5;SHA-1;Hash\r\n", '"pdq","md5"\n']
HEADERS += ["sha256,name\n", "hash\n", "md5,hash\n"]
lengths = st.sampled_from([32, 40, 64, 96, 128])
digits = lengths.flatmap(lambda length: st.text("0123456789abcdef", min_size=length, max_size=length))
others = ["", " ", "x", "a name", "g" * 32, EMPTY_FILE.md5.hex(), "QUJDREVGR0hJSktMTU5PUA=="]
cells = digits | digits.map(str.upper) | st.sampled_from(others)


def lines_of(shape, values):
    """So many lines written alike, of other digests each."""
    return [re.sub("[MSP]", lambda found, value=value: written(found[0], value), shape) for value in values]


def written(kind, value):
    """A digest of its kind that no other value has."""
    return (numbered_md5(f"{kind}{value}").hex() * 2)[: {"M": 32, "S": 40, "P": 64}[kind]]


SHAPES = ["M\n", "M,P\n", "M;S;\r\n", '"P","M"\n', "P,\n", "S\n", " M , P \n", "M,M\n", "P,x\n", "M\tP\n", "M,;\n"]
alike = st.tuples(st.sampled_from(SHAPES), st.lists(st.integers(0, 99), min_size=1, max_size=60)).map(
    lambda made: "".join(lines_of(*made))
)
odd = st.lists(st.lists(cells, min_size=1, max_size=3), max_size=2).map(
    lambda rows: "".join(",".join(row) + "\n" for row in rows)
)
texts = st.tuples(st.sampled_from(HEADERS), st.lists(alike | odd, max_size=6), st.sampled_from(["", "\n\n", "ab"])).map(
    lambda made: made[0] + "".join(made[1]) + made[2]
)
stated = st.sampled_from([None, Of256Bits.PDQ, Of256Bits.SHA256]).map(Stated)


def read(data, said, most_patterns=64):
    """What a reader yields of a list, and what is left behind."""
    report = LossReport()
    with mock.patch.object(plain_rows, "_MOST_PATTERNS", most_patterns):
        return list(reader_for("csv")(io.BytesIO(data), said, report)), report


@given(texts, stated)
@example("md5,pdq\n" + "".join(lines_of("M,P\n", range(20))) + f"{EMPTY_FILE.md5.hex()},{'0' * 64}\n", Stated())
@example("md5,size\n" + "".join(lines_of("M,;\n", range(20))), Stated())
@example("md5,hash\n" + "".join(lines_of("M,M\n", [1, 2])) + f"{'0' * 32},{written('M', 1)}\n", Stated())
def test_rows_read_many_at_once_are_those_that_are_read_row_by_row(text, said):
    many, lost = read(text.encode(), said)
    single, lost_of_single = read(text.encode(), said, most_patterns=0)
    assert not any(isinstance(one, PlainRows) for one in single)
    assert list(one_by_one(many)) == single
    assert lost == lost_of_single


def test_lists_of_nothing_but_digests_are_read_thousands_at_once():
    for header, shape in (("md5,pdq\n", "M,P\n"), ("", "M\n"), ("SHA1;MD5\n", '"S";"M"\r\n')):
        rows, _ = read((header + "".join(lines_of(shape, range(30_000)))).encode(), Stated())
        assert len(rows) < 20
        assert len(list(one_by_one(rows))) == 30_000


def test_some_of_many_rows_keep_their_numbers():
    rows, _ = read("".join(lines_of("M\n", range(100))).encode(), Stated())
    some = rows[-1][3:5]
    assert list(one_by_one([some])) == list(one_by_one(rows))[some.first - 1 : some.first + 1]


class Watched(io.BytesIO):
    """A list that knows how much of it was read at once."""

    most = 0

    def read(self, size=-1):
        self.most = max(self.most, size)
        return super().read(size)


def test_however_long_the_lines_of_a_list_are_no_more_than_four_mebibytes_are_read_at_once():
    for padding in (0, 400, 100_000):
        source = Watched("".join(lines_of("M" + " " * padding + "\n", range(100))).encode())
        assert len(list(one_by_one(reader_for("csv")(source, Stated(), LossReport())))) == 100
        assert source.most <= WIDEST
