"""Folders are walked in a fixed order, and nothing in them can hang, loop or lead elsewhere."""

# Paths are raw bytes, which pathlib refuses.
# ruff: noqa: PTH101, PTH102, PTH116, PTH123, PTH211

import os
import socket

import pytest

from tsunagu.domain.media import Refusal
from tsunagu.media.walk import Found, NotAFile, open_regular, walk


@pytest.fixture
def folder(tmp_path):
    return os.fsencode(tmp_path)


def write(path, content=b"x"):
    with open(path, "wb") as file:
        file.write(content)


def found(*paths):
    return {one.path: one.refused for one in walk(paths)}


def test_files_come_in_the_order_of_the_bytes_of_their_names_whatever_they_are(folder):
    names = [b"b", b"a.jpg", b"\xff\xfe", b"Z", "写真".encode(), b"new\nline"]
    for name in names:
        write(folder + b"/" + name, b"abc")
    os.mkdir(folder + b"/m")
    write(folder + b"/m/inner")
    walked = list(walk([folder]))
    assert [one.path for one in walked] == [folder + b"/" + name for name in sorted([*names, b"m/inner"])]
    assert all(one.refused is None for one in walked)
    assert walked[0] == Found(folder + b"/Z", 3, os.stat(folder + b"/Z").st_mtime_ns)


def test_paths_come_in_the_order_given(folder):
    for name in (b"/b", b"/a"):
        write(folder + name)
    assert [one.path for one in walk([folder + b"/b", folder + b"/a"])] == [folder + b"/b", folder + b"/a"]


def test_symbolic_links_are_refused_and_a_loop_ends(folder):
    os.mkdir(folder + b"/sub")
    write(folder + b"/sub/file")
    os.symlink(folder, folder + b"/sub/loop")
    os.symlink(b"file", folder + b"/sub/alias")
    os.symlink(b"nowhere", folder + b"/dangling")
    assert found(folder) == {
        folder + b"/dangling": Refusal.NOT_A_FILE,
        folder + b"/sub/alias": Refusal.NOT_A_FILE,
        folder + b"/sub/file": None,
        folder + b"/sub/loop": Refusal.NOT_A_FILE,
    }


def test_a_link_that_was_asked_for_is_followed_to_a_folder_only(folder):
    os.mkdir(folder + b"/sub")
    write(folder + b"/sub/file")
    os.symlink(b"sub", folder + b"/to-folder")
    os.symlink(b"sub/file", folder + b"/to-file")
    assert found(folder + b"/to-folder") == {folder + b"/to-folder/file": None}
    assert found(folder + b"/to-file") == {folder + b"/to-file": Refusal.NOT_A_FILE}


def test_a_folder_met_twice_is_walked_once(folder):
    write(folder + b"/file")
    assert len(list(walk([folder, folder]))) == 1


def test_a_file_named_twice_or_beside_its_folder_is_told_once(folder):
    file = folder + b"/file"
    write(file)
    missing = folder + b"/missing"
    asked = [file, file, folder, file, missing, missing]
    assert [one.path for one in walk(asked)] == [file, missing]


def test_a_link_to_a_folder_is_followed_though_a_walk_has_met_it_before(folder):
    for name in (b"/a", b"/b"):
        os.mkdir(folder + name)
    write(folder + b"/b/file")
    os.symlink(b"../b", folder + b"/a/link")
    link = folder + b"/a/link"
    assert [one.path for one in walk([folder + b"/a", link])] == [link, link + b"/file"]


def test_fifos_sockets_and_devices_are_refused_without_being_opened(folder):
    os.mkfifo(folder + b"/fifo")
    server = socket.socket(socket.AF_UNIX)
    server.bind(os.fsdecode(folder + b"/socket"))
    server.close()
    assert found(folder, b"/dev/null") == {
        folder + b"/fifo": Refusal.NOT_A_FILE,
        folder + b"/socket": Refusal.NOT_A_FILE,
        b"/dev/null": Refusal.NOT_A_FILE,
    }
    for path in (folder + b"/fifo", folder + b"/socket", folder, b"/dev/null"):
        with pytest.raises(NotAFile):
            open_regular(path)


def test_what_is_missing_or_impossible_is_unreadable(folder):
    odd = b"a" * 5000
    assert found(folder + b"/none", b"with\0nul", odd) == {
        folder + b"/none": Refusal.UNREADABLE,
        b"with\0nul": Refusal.UNREADABLE,
        odd: Refusal.UNREADABLE,
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_may_not_be_read_is_unreadable(folder):
    write(folder + b"/shut")
    os.mkdir(folder + b"/shut-folder")
    os.chmod(folder + b"/shut", 0)
    os.chmod(folder + b"/shut-folder", 0)
    try:
        assert set(found(folder).values()) == {Refusal.UNREADABLE}
        with pytest.raises(PermissionError):
            open_regular(folder + b"/shut")
    finally:
        os.chmod(folder + b"/shut-folder", 0o700)


def test_a_regular_file_is_opened_for_reading_and_closed_on_exec(folder):
    write(folder + b"/file", b"content")
    fd = open_regular(folder + b"/file")
    try:
        assert os.read(fd, 10) == b"content"
        assert not os.get_inheritable(fd)
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.write(fd, b"x")
    finally:
        os.close(fd)


def test_a_link_is_not_opened(folder):
    write(folder + b"/file")
    os.symlink(b"file", folder + b"/link")
    with pytest.raises(NotAFile):
        open_regular(folder + b"/link")
    with pytest.raises(FileNotFoundError):
        open_regular(folder + b"/none")


def test_a_time_beyond_64_bits_of_nanoseconds_is_held_within_them(folder):
    write(folder + b"/later")
    moment_s = 2**34 - 2**31 - 1
    os.utime(folder + b"/later", (moment_s, moment_s))
    if os.stat(folder + b"/later").st_mtime_ns < 2**63:
        pytest.skip("this file system knows no such time")
    assert [one.mtime_ns for one in walk([folder])] == [2**63 - 1]
