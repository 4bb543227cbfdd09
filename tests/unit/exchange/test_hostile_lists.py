"""Lists that are damaged or made to harm: rows, refusals or an `InputError`, in bounded memory, and nothing else."""

import contextlib
import io
import itertools
import json
import os
import random
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.domain.known import EMPTY_FILE, KnownItem, LossReport, RefusedRow
from tsunagu.exchange.icse import HEADER
from tsunagu.exchange.reading import Of256Bits, Stated
from tsunagu.exchange.registry import READERS, reader_for

from .lists import MD5, SHA1, SHA256, media, numbered_md5, read, vics

SEEDS = {
    "vics": vics(
        *[
            media(
                SHA1=SHA1.hex(),
                MediaFiles=[{"FileName": "\u00e4.jpg", "Created": "/Date(1)/"}],
                Tags="a,b",
                X=[{"y": 1.5}],
            )
            for _ in range(4)
        ],
        {"CaseID": "x", "Media": [media(Category="1", VictimIdentified="true")]},
    ),
    "icse": ";".join(HEADER) + f'\r\n{MD5.hex()};{SHA1.hex()};;I;y;n;;"A;\n""B""";1;y;Image;\u00e4\r\n' * 3,
    "nsrl": f'"SHA-1","MD5","FileName","FileSize"\r\n"{SHA1.hex()}","{MD5.hex()}","a ""b"", c",12\r\n' * 3,
    "csv": f"md5,sha1,name,size\n{MD5.hex()},{SHA1.hex()},\u00e4.jpg,12\n" + f"{MD5.hex()},,x,\n" * 3,
    "tx": f'pdq {SHA256.hex()}\nvideo_md5 {MD5.hex()}\nvpdq ["{SHA256.hex()},50,0.0"]\nurl_md5 {MD5.hex()}\nurl x\n',
}
SHAPED = f"{MD5.hex()}\n{SHA1.hex()}  a\n\\{SHA256.hex()} *b\\n\nMD5 (x) = {MD5.hex()}\n{MD5.hex()},{SHA1.hex()}\n"


def assert_sound(rows):
    """Each row is an item that may enter, or a refusal; numbers rise."""
    numbers = []
    for row in rows:
        numbers.append(row.row)
        if isinstance(row, RefusedRow):
            continue
        assert isinstance(row, KnownItem)
        assert row.md5 or row.sha1 or row.sha256 or row.pdq or row.photodna or row.frames or row.signals
        assert row.md5 is None or (len(row.md5) == 16 and row.md5 != EMPTY_FILE.md5)
        assert row.sha1 is None or (len(row.sha1) == 20 and row.sha1 != EMPTY_FILE.sha1)
        assert row.sha256 is None or (len(row.sha256) == 32 and row.sha256 != EMPTY_FILE.sha256)
        text = json.dumps([*row[8:-1], dict(row.extra)], default=str, ensure_ascii=False)
        assert "\0" not in text
        text.encode()
    assert numbers == sorted(set(numbers))


def spoilt(whole, rng):
    """The bytes with some flipped, cut out, doubled or cut off."""
    data = bytearray(whole)
    for _ in range(rng.randint(0, 6)):
        data[rng.randrange(len(data))] = rng.choice([0, 0x22, 0x5C, 0x2C, 0x7B, 0x5B, 0x0A, 0xFF, rng.randrange(256)])
    at, length = rng.randrange(len(data)), rng.randrange(40)
    match rng.randrange(4):
        case 0:
            del data[at:]
        case 1:
            del data[at : at + length]
        case 2:
            data[at:at] = data[at : at + length]
    return bytes(data)


@pytest.mark.parametrize(("format_name", "whole"), [*SEEDS.items(), ("csv", SHAPED)])
def test_a_thousand_spoilt_lists_give_sound_rows_or_an_input_error(format_name, whole):
    rng = random.Random(11)
    for _ in range(1000):
        with contextlib.suppress(InputError):
            assert_sound(read(format_name, spoilt(whole.encode(), rng), Stated(Of256Bits.PDQ))[0])


@pytest.mark.parametrize("format_name", READERS)
@given(data=st.binary(max_size=300))
def test_bytes_of_any_kind_give_sound_rows_or_an_input_error(format_name, data):
    with contextlib.suppress(InputError):
        assert_sound(read(format_name, data, Stated(Of256Bits.SHA256))[0])


@pytest.mark.parametrize("format_name", READERS)
@given(data=st.binary(max_size=100), at=st.integers(0, 400))
def test_strange_bytes_within_a_list_give_sound_rows_or_an_input_error(format_name, data, at):
    whole = SEEDS[format_name].encode()
    with contextlib.suppress(InputError):
        assert_sound(read(format_name, whole[:at] + data + whole[at:])[0])


def told_of(format_name, data):
    """All that reading a list tells outside its rows: names of losses, or an error with its facts."""
    try:
        return " ".join(read(format_name, data)[1].lost)
    except InputError as error:
        return f"{error} {error.details}"


@pytest.mark.parametrize("format_name", READERS)
def test_neither_an_error_nor_a_loss_says_what_the_list_holds(format_name):
    secret = "a-name-that-nobody-may-see"
    whole = SEEDS[format_name].replace("x", secret).replace("y", secret).encode()
    rng = random.Random(5)
    for _ in range(300):
        assert secret not in told_of(format_name, spoilt(whole, rng))


class Made(io.RawIOBase):
    """A stream made part by part while it is read."""

    def __init__(self, parts):
        self._parts = parts
        self._ahead = memoryview(b"")

    def readable(self):
        return True

    def readinto(self, room):
        while not self._ahead:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._ahead = memoryview(part)
        count = min(len(room), len(self._ahead))
        room[:count], self._ahead = self._ahead[:count], self._ahead[count:]
        return count


def stream(*parts):
    return io.BufferedReader(Made(itertools.chain(*parts)), 1 << 16)


def most_bytes_while(read_all):
    """What `read_all` returned, and the most memory that Python held meanwhile."""
    tracemalloc.start()
    try:
        return read_all(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def records(total_bytes, *, case):
    """The parts of a VICS document of about so many bytes, 100 records of 10 kB a part, and how many records."""
    filling = "x" * 9_500
    template = media(MD5="%s", Comments=filling, SHA1=None, MediaFiles=[{"FileName": "a.jpg", "FilePath": "b\\c"}])
    record = json.dumps(template).replace('"MD5": "%s"', '"MD5": "{}"', 1)
    head, tail = record.split("{}", 1)
    parts = max(total_bytes // (100 * len(record)), 1)

    def document():
        yield b'{"value":[' + (b'{"CaseID":"x","Media":[' if case else b"")
        for part in range(parts):
            texts = [f"{head}{numbered_md5(part * 100 + n).hex()}{tail}" for n in range(100)]
            yield (("," if part else "") + ",".join(texts)).encode()

    return document(), b"]}]}" if case else b"]}", parts * 100


def count_rows(format_name, source):
    return sum(1 for _ in reader_for(format_name)(source, Stated(), LossReport()))


@pytest.mark.parametrize(
    "case", [pytest.param(True, id="case file"), pytest.param(False, id="hash set", marks=pytest.mark.soak)]
)
def test_a_vics_file_of_200_mb_is_read_in_20_mb(case):
    parts, end, expected = records(200_000_000, case=case)
    rows, most = most_bytes_while(lambda: count_rows("vics", stream(parts, [end])))
    assert rows == expected
    assert most < 20_000_000


@pytest.mark.soak
@pytest.mark.skipif(not os.environ.get("TSUNAGU_SOAK"), reason="a long round")
def test_a_vics_file_of_3_gb_is_read_in_30_mb():
    parts, end, expected = records(3_000_000_000, case=True)
    rows, most = most_bytes_while(lambda: count_rows("vics", stream(parts, [end])))
    assert rows == expected
    assert most < 30_000_000


BOMBS = {
    "a string without end": (b'{"value":[{"MD5":"', b"a" * 65_536, b""),
    "spaces without end": (b'{"value":[', b" " * 65_536, b""),
    "depth without end": (b'{"value":[', b"[" * 65_536, b""),
    "objects without end": (b'{"value":[', b'{"a":' * 13_000, b""),
    "keys without end": (b'{"value":[{', b'"a":1,' * 10_000, b""),
    "a number without end": (b'{"value":[', b"1" * 65_536, b""),
    "digits of a fraction": (b'{"value":[{"MD5":0.', b"1" * 65_536, b""),
    "a case without end": (b'{"value":[{"Media":[],', b'"CaseID":"x",' * 5_000, b""),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_vics_file_made_to_fill_the_memory_is_refused_before_it_does(bomb):
    head, part, end = BOMBS[bomb]

    def refused():
        with pytest.raises(InputError):
            count_rows("vics", stream([head], [part] * 1000, [end]))

    _, most = most_bytes_while(refused)
    assert most < 40_000_000


@pytest.mark.parametrize("format_name", ["csv", "icse", "nsrl", "tx"])
@pytest.mark.parametrize(
    ("part", "times"),
    [(b"a" * 65_536, 150), (b'"a,;' * 16_384, 150), (b",;" * 32_768, 150), (b'"\n' * 10_000, 3), (b"\n" * 65_536, 3)],
    ids=["one line", "quotes", "cells", "open quotes", "empty lines"],
)
def test_a_text_list_made_to_fill_the_memory_does_not(format_name, part, times):
    whole = SEEDS[format_name].encode()
    _, most = most_bytes_while(lambda: count_rows(format_name, stream([whole], [part] * times)))
    assert most < 40_000_000
