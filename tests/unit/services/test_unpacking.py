"""Members of archives come out once each, whole or refused, and a nest of archives has one allowance."""

import io
import mmap
import os
import tarfile
import zipfile

import pytest

from tsunagu.domain.media import Examined, MediaFacts, MediaType, Refusal
from tsunagu.fingerprints.taking import decode, fingerprint
from tsunagu.media.messages import DecodeOptions, MemberData, MemberRefused, MemberStart, Refused
from tsunagu.media.walk import Found
from tsunagu.services.media import unpacking
from tsunagu.services.media.examination import examine_file
from tsunagu.services.media.unpacking import Allowance, each_once, members


class InThisProcess:
    """Decodes without a child."""

    def decode(self, fd, media_type):
        with open(os.dup(fd), "rb") as file:  # noqa: PTH123 - a descriptor
            yield from decode(file, media_type, DecodeOptions(max_members=500))

    def fingerprint(self, fd, media_type):
        with open(os.dup(fd), "rb") as file:  # noqa: PTH123 - a descriptor
            yield from fingerprint(file, media_type, DecodeOptions())


class Says:
    """Gives the messages it was told, then refuses when it was told so."""

    def __init__(self, *messages, refusal=None):
        self.messages, self.refusal = messages, refusal

    def decode(self, fd, media_type):
        yield from self.messages
        if self.refusal:
            raise Refused(self.refusal)


def given(decoder, allowance=None):
    found = []
    try:
        for name, member in members(-1, MediaType.ZIP, decoder, allowance or Allowance(1 << 20)):
            if isinstance(member, Refusal):
                found.append((name, member))
            else:
                with open(member, "rb") as file:  # noqa: PTH123 - a descriptor
                    file.seek(0)
                    found.append((name, file.read()))
    except Refused as refused:
        found.append(refused.refusal)
    return found


def zipped(entries, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def examined(tmp_path, content):
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    items = examine_file(Found(os.fsencode(path), len(content)), decoder=InThisProcess())
    start = len(os.fsencode(path))
    return [(item.path[start:], item.refused) for item in items], items


START, DATA = MemberStart(b"a", 3), MemberData(b"abc")


def test_the_last_member_of_an_archive_that_breaks_off_after_it_is_kept():
    assert given(Says(START, DATA, refusal=Refusal.DAMAGED)) == [(b"a", b"abc"), Refusal.DAMAGED]


def test_a_member_in_which_the_archive_breaks_off_is_refused_and_not_taken_for_whole():
    messages = (MemberStart(b"a", 4), DATA)
    broken = [(b"a", Refusal.DECODER_DIED), Refusal.DECODER_DIED]
    assert given(Says(*messages, refusal=Refusal.DECODER_DIED)) == broken


def test_a_member_that_is_refused_after_it_began_is_not_given_as_well():
    refused = MemberRefused(b"a", Refusal.DAMAGED, has_begun=True)
    assert given(Says(MediaFacts(), START, DATA, refused)) == [(b"a", Refusal.DAMAGED)]


def test_a_refused_member_of_the_same_name_leaves_the_one_before_it_whole():
    refused = MemberRefused(b"a", Refusal.ENCRYPTED)
    assert given(Says(START, DATA, refused)) == [(b"a", b"abc"), (b"a", Refusal.ENCRYPTED)]


def test_a_member_cannot_be_changed_by_who_is_lent_its_descriptor():
    found = members(-1, MediaType.ZIP, Says(START, DATA), Allowance(1 << 20))
    fd = next(found)[1]
    for change in (lambda: os.pwrite(fd, b"x", 0), lambda: mmap.mmap(fd, 3), lambda: os.truncate(fd, 1)):
        with pytest.raises(PermissionError):
            change()
    assert os.pread(fd, 9, 0) == b"abc"
    os.close(fd)
    found.close()


def test_every_descriptor_is_closed_when_nobody_asks_on():
    before = os.listdir("/proc/self/fd")  # noqa: PTH208
    found = members(-1, MediaType.ZIP, Says(START, DATA, START, DATA, START), Allowance(1 << 20))
    os.close(next(found)[1])
    found.close()
    assert os.listdir("/proc/self/fd") == before  # noqa: PTH208


def test_all_archives_in_one_file_share_one_allowance_of_members(monkeypatch):
    monkeypatch.setattr(unpacking, "MOST_MEMBERS", 3)
    allowance = Allowance(1 << 20)
    assert given(Says(START, DATA, START, DATA), allowance) == [(b"a", b"abc"), (b"a", b"abc")]
    assert given(Says(START, DATA, START, DATA), allowance) == [(b"a", b"abc"), Refusal.TOO_MANY_MEMBERS]
    assert given(Says(START), allowance) == [Refusal.TOO_MANY_MEMBERS]


@pytest.mark.parametrize(("most", "refusal"), [(16 << 30, Refusal.SUSPICIOUS_RATIO), (1500, Refusal.TOO_LARGE)])
def test_all_archives_in_one_file_share_one_allowance_of_bytes(monkeypatch, most, refusal):
    monkeypatch.setattr(unpacking, "MOST_UNPACKED_BYTES", most)
    monkeypatch.setattr(unpacking, "FREE_BYTES", 10)
    allowance = Allowance(10)
    messages = (MemberStart(b"a", 2200), MemberData(bytes(1100)), MemberData(bytes(1100)))
    half = (MemberStart(b"a", 1100), MemberData(bytes(1100)))
    assert given(Says(*half), allowance) == [(b"a", bytes(1100))]
    assert given(Says(*messages), allowance) == [(b"a", refusal), refusal]
    assert given(Says(*half), Allowance(10)) == [(b"a", bytes(1100))]


def test_a_nest_of_archives_that_are_each_within_bounds_is_cut_off(tmp_path):
    zeros = zipped([("zeros", bytes(1_000_000))])
    stored = zipped([(f"{number}.zip", zeros) for number in range(50)], zipfile.ZIP_STORED)
    content = zipped([(f"{number}.zip", stored) for number in range(10)])
    answers, items = examined(tmp_path, content)
    assert answers[-1] == (b"", Refusal.SUSPICIOUS_RATIO)
    assert sum(item.size_bytes for item in items) < 2 * unpacking.MOST_RATIO * len(content)


def test_no_member_hides_another_of_the_same_name(tmp_path):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tape:
        for name in ("a", "a", "a!2", "b.zip!/c"):
            entry = tarfile.TarInfo(name)
            entry.size = 1
            tape.addfile(entry, io.BytesIO(b"1"))
    answers, _ = examined(tmp_path, out.getvalue())
    unknown = Refusal.UNKNOWN_TYPE
    paths = (b"!/a", b"!/a!2", b"!/a!2!2", b"!/b.zip!/c")
    assert answers == [*((path, unknown) for path in paths), (b"", None)]


def test_a_folder_that_is_called_like_the_inside_of_an_archive_hides_no_member(tmp_path):
    (tmp_path / "x.zip!").mkdir()
    (tmp_path / "x.zip!" / "a").write_bytes(b"real")
    answers, _ = examined(tmp_path, zipped([("a", b"1"), ("b", b"2")]))
    assert [path for path, _ in answers] == [b"!/a!2", b"!/b", b""]


def test_ten_thousand_members_of_one_name_take_no_longer_than_others():
    items = [Examined(b"x!/a", 0)] * 10_000
    assert [item.path for item in each_once(b"x", items)][-1] == b"x!/a!10000"
