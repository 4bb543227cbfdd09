"""Lists made for the tests, and how they are read."""

import hashlib
import io
import json

from hypothesis import strategies as st

from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind
from tsunagu.domain.known import KnownFile, KnownItem, ListedCategory, LossReport, Marks, RefusedRow
from tsunagu.exchange.plain_rows import one_by_one
from tsunagu.exchange.reading import Stated
from tsunagu.exchange.registry import reader_for

MD5 = bytes(range(16))
SHA1 = bytes(range(20))
SHA256 = bytes(range(32))
US_2_0 = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#Media"
ICMEC_1_3 = "http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#Media"


def read(format_name, data, stated=None):
    """Every row of a list, and what was left behind."""
    data = data.encode() if isinstance(data, str) else data
    report = LossReport()
    return list(one_by_one(reader_for(format_name)(io.BytesIO(data), stated or Stated(), report))), report


def only(format_name, data, stated=None):
    """The one row of a list."""
    ((row,), _) = read(format_name, data, stated)
    return row


def reasons(rows):
    """The number and the reason of each refused row."""
    return {row.row: row.reason.value for row in rows if isinstance(row, RefusedRow)}


def vics(*records, context=US_2_0):
    """A hash set."""
    return json.dumps({"@odata.context": context, "value": records})


def media(**fields):
    """A record with an MD5 of its own."""
    return {"MD5": MD5.hex().upper(), **fields}


def numbered_md5(number):
    """The MD5 of a made-up content."""
    return hashlib.md5(str(number).encode(), usedforsecurity=False).digest()


# What a list can say: no line breaks, no outer spaces, nothing that stores cannot take.
words = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]) | st.sampled_from('";,\\='), min_size=1, max_size=12
).filter(lambda text: text == text.strip())
names = words.map(lambda text: text.replace(",", "")).filter(lambda text: text and text == text.strip())
tri_states = st.none() | st.booleans()
marks = st.tuples(*[tri_states] * 5).map(Marks._make)
times = st.datetimes().map(lambda moment: moment.isoformat())
scalars = (
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(allow_nan=False, allow_infinity=False) | words
)
jsons = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=6
)
extras = st.dictionaries(words.map(lambda text: f"X{text}".replace("odata.", "")), jsons, max_size=3)
texts, moments = st.none() | words, st.none() | times
files = st.tuples(texts, texts, moments, moments, moments, tri_states, tri_states, extras).map(KnownFile._make)
pdqs = st.binary(min_size=32, max_size=32).map(lambda data: Fingerprint(FingerprintKind.PDQ, data, 100))
categories = st.integers(0, 9).map(lambda code: ListedCategory("US", "2.0", code))


def optional(strategy):
    return st.none() | strategy


items = st.builds(
    lambda **told: KnownItem(1, **told),
    md5=st.binary(min_size=16, max_size=16),
    sha1=optional(st.binary(min_size=20, max_size=20)),
    sha256=optional(st.binary(min_size=32, max_size=32)),
    pdq=optional(pdqs),
    category=optional(categories),
    marks=marks,
    series=st.lists(names, max_size=3).map(tuple),
    tags=st.lists(names, max_size=3).map(tuple),
    files=st.lists(files, max_size=2).map(tuple),
    size_bytes=optional(st.integers(0, 2**63 - 1)),
    media_type=optional(words),
    updated=optional(times),
    comments=optional(words),
    extra=extras,
)
lists_of_items = st.lists(items, max_size=4).map(
    lambda some: [one._replace(row=number, list_id=str(number)) for number, one in enumerate(some, 1)]
)
