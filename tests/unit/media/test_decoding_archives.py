"""Archives are folders whose members are streamed within bounds, each refused alone."""

import io
import os
import stat
import struct
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.media import MediaFacts, MediaType, Refusal
from tsunagu.media.decoding import decode
from tsunagu.media.decoding.archives import safe_name
from tsunagu.media.messages import DecodeOptions, MemberData, MemberRefused, MemberStart, Refused

PLAIN = DecodeOptions()
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


def zipped(members, method=zipfile.ZIP_DEFLATED):
    item = io.BytesIO()
    with zipfile.ZipFile(item, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return item.getvalue()


def taped(members, form=tarfile.PAX_FORMAT):
    item = io.BytesIO()
    with tarfile.open(fileobj=item, mode="w", format=form) as tape:
        for name, content in members:
            entry = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            entry.size = len(content)
            tape.addfile(entry, io.BytesIO(content))
    return item.getvalue()


def unpacked(content, media_type, options=PLAIN):
    """Members in their order as (name, content or refusal), and the refusal of the whole, if any."""
    members, refusal, facts = [], None, []
    try:
        for message in decode(io.BytesIO(content), media_type, options):
            match message:
                case MemberStart():
                    members.append((message.name, b""))
                case MemberData():
                    assert 0 < len(message.data) <= 1 << 20
                    members[-1] = (members[-1][0], members[-1][1] + message.data)
                case MemberRefused():
                    if members and members[-1][0] == message.name and isinstance(members[-1][1], bytes):
                        members.pop()
                    members.append((message.name, message.refusal))
                case _:
                    facts.append(message)
    except Refused as refused:
        refusal = refused.refusal
    assert facts in ([], [MediaFacts()])
    return members, refusal


@pytest.mark.parametrize("method", METHODS)
def test_members_of_a_zip_come_out_in_their_order(method):
    members = [("b.jpg", os.urandom(3_000_000)), ("a/写真.png", b"x"), ("empty", b""), ("a/b/c", b"deep")]
    expected = [(name.encode(), content) for name, content in members]
    assert unpacked(zipped([("a/", b""), *members], method), MediaType.ZIP) == (expected, None)


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_members_of_a_tar_come_out_in_their_order(form):
    folder = tarfile.TarInfo("a")
    folder.type = tarfile.DIRTYPE
    members = [("b.jpg", os.urandom(3_000_000)), ("a/写真.png", b"x"), ("empty", b""), ("a/" + "d" * 90, b"deep")]
    expected = [(name.encode(), content) for name, content in members]
    assert unpacked(taped([(folder, b""), *members], form), MediaType.TAR) == (expected, None)


def test_a_name_in_broken_utf8_keeps_its_bytes():
    content = taped([("x" * 20, b"1")], tarfile.GNU_FORMAT)
    header = bytearray(content[:512])
    header[0:20] = b"\xff\xfe" * 10
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    assert unpacked(bytes(header) + content[512:], MediaType.TAR) == ([(b"\xff\xfe" * 10, b"1")], None)


ESCAPES = ["../up", "a/../../up", "/etc/passwd", "C:\\windows\\x", "c:x", "a\\..\\b", "\\\\host\\share", ".."]


@pytest.mark.parametrize("name", ESCAPES)
def test_names_that_escape_are_refused_and_the_rest_goes_on(name):
    for content, media_type in (
        (zipped([(name, b"1"), ("ok", b"2")]), MediaType.ZIP),
        (taped([(name, b"1"), ("ok", b"2")]), MediaType.TAR),
    ):
        assert unpacked(content, media_type) == ([(name.encode(), Refusal.PATH_ESCAPES), (b"ok", b"2")], None)


@given(st.binary(max_size=60))
def test_a_safe_name_stays_beneath_the_folder_it_is_joined_to(name):
    safe = safe_name(name)
    if safe is not None:
        assert os.path.normpath(b"/base/" + safe) == b"/base/" + safe
        assert not set(safe) & set(b"\\\0")


def test_plain_names_are_made_plain():
    assert safe_name(b"./a//b\\c/.") == b"a/b/c"
    assert safe_name(b"...") == b"..."
    assert safe_name(b"") is None
    assert safe_name(b"./") is None
    assert safe_name(b"a\0b") is None


def test_an_encrypted_member_is_refused_alone():
    content = bytearray(zipped([("secret", b"1" * 50), ("ok", b"2")]))
    first = content.index(b"PK\x01\x02")
    content[first + 8] |= 1
    content[6] |= 1
    assert unpacked(bytes(content), MediaType.ZIP) == ([(b"secret", Refusal.ENCRYPTED), (b"ok", b"2")], None)


def test_links_and_devices_are_refused_alone():
    members = [("ok", b"2")]
    for kind, name in ((tarfile.SYMTYPE, "sym"), (tarfile.LNKTYPE, "hard"), (tarfile.FIFOTYPE, "fifo"),
                       (tarfile.CHRTYPE, "device")):  # fmt: skip
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, "ok"
        members.append((entry, b""))
    refused = [(name, Refusal.NOT_A_FILE) for name in (b"sym", b"hard", b"fifo", b"device")]
    assert unpacked(taped(members), MediaType.TAR) == ([(b"ok", b"2"), *refused], None)
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    assert unpacked(zipped([(link, b"/etc/passwd")]), MediaType.ZIP) == ([(b"link", Refusal.NOT_A_FILE)], None)


def test_a_zip_bomb_is_suspicious_and_its_neighbours_come_out():
    content = zipped([("bomb", bytes(50_000_000)), ("ok", b"2")])
    assert unpacked(content, MediaType.ZIP) == ([(b"bomb", Refusal.SUSPICIOUS_RATIO), (b"ok", b"2")], None)
    assert unpacked(content, MediaType.ZIP, DecodeOptions(max_ratio=2000))[0][0][1] == bytes(50_000_000)


def test_a_sparse_tape_member_is_suspicious_too():
    entry = tarfile.TarInfo("holes")
    entry.size = 512
    entry.pax_headers = {"GNU.sparse.map": "0,512", "GNU.sparse.size": str(400_000_000)}
    item = io.BytesIO()
    with tarfile.open(fileobj=item, mode="w", format=tarfile.PAX_FORMAT) as tape:
        tape.addfile(entry, io.BytesIO(bytes(512)))
        tape.addfile(tarfile.TarInfo("ok"))
    assert unpacked(item.getvalue(), MediaType.TAR)[0] == [(b"holes", Refusal.SUSPICIOUS_RATIO), (b"ok", b"")]


def test_members_that_overlap_do_not_multiply_the_archive():
    packed = zipped([("0", os.urandom(1_500_000))])
    at = packed.index(b"PK\x01\x02")
    end = packed.index(b"PK\x05\x06")
    directory = packed[at:end] * 400
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 400, 400, len(directory), at, 0)
    content = packed[:at] + directory + tail
    members, refusal = unpacked(content, MediaType.ZIP, DecodeOptions(max_ratio=20))
    assert sum(len(member) for _, member in members if isinstance(member, bytes)) <= 20 * len(content)
    assert refusal is Refusal.SUSPICIOUS_RATIO or {member for _, member in members[1:]} == {Refusal.DAMAGED}


@pytest.mark.parametrize(("make", "media_type"), [(zipped, MediaType.ZIP), (taped, MediaType.TAR)])
def test_the_bounds_on_size_and_number_hold(make, media_type):
    members = [(f"{n}", bytes([n]) * 1000) for n in range(8)]
    content = make(members)
    expected = [(name.encode(), body) for name, body in members]
    assert unpacked(content, media_type, DecodeOptions(max_members=8)) == (expected, None)
    assert unpacked(content, media_type, DecodeOptions(max_members=5)) == (expected[:5], Refusal.TOO_MANY_MEMBERS)
    assert unpacked(content, media_type, DecodeOptions(max_member_bytes=1000)) == (expected, None)
    small = unpacked(content, media_type, DecodeOptions(max_member_bytes=999))
    assert small == ([(name, Refusal.TOO_LARGE) for name, _ in expected], None)
    cut = unpacked(content, media_type, DecodeOptions(max_total_bytes=3500))
    assert cut == ([*expected[:3], (b"3", Refusal.TOO_LARGE)], Refusal.TOO_LARGE)


def test_a_member_that_does_not_unpack_is_damaged_alone():
    content = bytearray(zipped([("bad", os.urandom(5000)), ("ok", b"2")], zipfile.ZIP_STORED))
    content[2000] ^= 0xFF
    assert unpacked(bytes(content), MediaType.ZIP) == ([(b"bad", Refusal.DAMAGED), (b"ok", b"2")], None)


def test_an_unknown_compression_is_damaged_alone():
    content = bytearray(zipped([("odd", b"1" * 50), ("ok", b"2")]))
    first = content.index(b"PK\x01\x02")
    content[8:10] = content[first + 10 : first + 12] = b"\x61\0"
    assert unpacked(bytes(content), MediaType.ZIP) == ([(b"odd", Refusal.DAMAGED), (b"ok", b"2")], None)


def test_a_tape_with_a_broken_header_in_the_middle_is_damaged_and_not_silently_short():
    content = bytearray(taped([("a", b"1"), ("b", b"2"), ("c", b"3")], tarfile.USTAR_FORMAT))
    content[1024 + 148] ^= 0xFF
    assert unpacked(bytes(content), MediaType.TAR) == ([(b"a", b"1")], Refusal.DAMAGED)


def test_cut_archives_are_damaged():
    members = [("a", os.urandom(9000)), ("b", os.urandom(9000))]
    assert unpacked(zipped(members)[:-30], MediaType.ZIP) == ([], Refusal.DAMAGED)
    whole = taped(members)
    assert unpacked(whole[: 512 + 4000], MediaType.TAR)[0] == [(b"a", Refusal.DAMAGED)]
    assert unpacked(b"", MediaType.TAR)[1] is Refusal.DAMAGED


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_changed_bytes_never_raise_anything_but_refused(data):
    make, media_type = data.draw(st.sampled_from([(zipped, MediaType.ZIP), (taped, MediaType.TAR)]))
    content = bytearray(make([("a", b"1" * 700), ("b/c", b"2")]))
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=8)):
        content[at] = data.draw(st.integers(0, 255))
    unpacked(bytes(content[: data.draw(st.integers(0, len(content)))]), media_type)


@pytest.mark.parametrize(("make", "media_type"), [(zipped, MediaType.ZIP), (taped, MediaType.TAR)])
def test_a_name_of_any_length_is_cut_and_its_member_comes_out(make, media_type):
    for name in ("n" * 40_000, "d/" * 2000 + "n", "n" * 1021 + "/..n/x", "n" * 1022 + "../x"):
        [(cut, body), after] = unpacked(make([(name, b"1"), ("ok", b"2")]), media_type)[0]
        assert (name.encode()[:1000], body, after) == (cut[:1000], b"1", (b"ok", b"2"))
        assert len(cut) <= 1024
        assert safe_name(cut) == cut


def test_a_refusal_says_whether_its_member_had_begun():
    content = bytearray(zipped([("./bad", os.urandom(5000)), ("../up", b"1")], zipfile.ZIP_STORED))
    content[2000] ^= 0xFF
    refused = [one for one in decode(io.BytesIO(content), MediaType.ZIP, PLAIN) if isinstance(one, MemberRefused)]
    begun = MemberRefused(b"bad", Refusal.DAMAGED, has_begun=True)
    assert refused == [begun, MemberRefused(b"../up", Refusal.PATH_ESCAPES)]
