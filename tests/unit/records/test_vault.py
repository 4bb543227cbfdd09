"""A vault gives back what was put into it, to who holds its key, or says that it cannot; its names tell nothing."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tsunagu.domain.errors import Conflict, Unavailable
from tsunagu.records.vault import contents
from tsunagu.records.vault.contents import AgencyVault
from tsunagu.records.vault.store import FolderVault

AGENCY = UUID("11111111-1111-4111-8111-111111111111")
KEY = bytes(range(64))
SEGMENT = 3 << 20
"""A stream's chunk is 1 MiB and its tag: a segment of three ends in the middle of one."""


@pytest.fixture(autouse=True)
def _short_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "SEGMENT_BYTES", SEGMENT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "vault"


def vault(folder: Path, agency: UUID = AGENCY, key: bytes = KEY) -> AgencyVault:
    return AgencyVault(FolderVault(folder), agency, key)


def digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def files(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, SEGMENT, 2 * SEGMENT + 5])
def test_what_was_kept_comes_back_in_small_pieces(folder: Path, size: int) -> None:
    content = os.urandom(size)
    assert vault(folder).keep(digest(content), (content[at : at + 7777] for at in range(0, size, 7777)))
    pieces = list(vault(folder).read(digest(content)))
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) <= 1 << 20
    assert all(len(data) <= SEGMENT for data in files(folder).values())


def test_nothing_in_the_folder_tells_what_is_kept_nor_whether_another_agency_has_it(folder: Path) -> None:
    content, picture = secrets.token_bytes(5000) + b"a telling line", b"a small picture"
    other = uuid4()
    for one in (vault(folder), vault(folder, other, secrets.token_bytes(64))):
        one.keep(digest(content), [content])
        one.keep_small(digest(content), picture)
    found = files(folder)
    by_agency = {agency: {name for name in found if name.startswith(str(agency))} for agency in (AGENCY, other)}
    assert [len(names) for names in by_agency.values()] == [3, 3]
    bare = [{name.split("/", 1)[1] for name in names} for names in by_agency.values()]
    assert not bare[0] & bare[1]
    sha256 = hashlib.sha256(content).hexdigest()
    for name, data in found.items():
        assert b"telling" not in data
        assert b"small picture" not in data
        assert sha256[:8] not in name
        assert bytes.fromhex(sha256)[:8] not in data
    assert not set(found.values()) & {content}
    assert folder.stat().st_mode & 0o077 == 0


def test_a_content_is_kept_once_and_never_changed(folder: Path) -> None:
    content = os.urandom(100)
    assert vault(folder).keep(digest(content), [content])
    before = files(folder)

    def unread() -> Iterator[bytes]:
        raise AssertionError("what is here is not read again")
        yield b""

    assert vault(folder).keep(digest(content), unread())
    vault(folder).keep_small(digest(content), b"one")
    vault(folder).keep_small(digest(content), b"two")
    assert vault(folder).read_small(digest(content)) == b"one"
    assert before.items() <= files(folder).items()


def test_what_turns_out_to_be_something_else_is_not_kept(folder: Path) -> None:
    assert not vault(folder).keep(digest(b"what was examined"), [b"what lies there now"])
    assert files(folder) == {}
    with pytest.raises(Unavailable, match="lacks"):
        list(vault(folder).read(digest(b"what was examined")))


def test_what_breaks_off_leaves_nothing_that_is_ever_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = os.urandom(2 * SEGMENT)

    def broken() -> Iterator[bytes]:
        yield content[: SEGMENT + 9]
        raise OSError("the file cannot be read")

    with pytest.raises(OSError, match="cannot be read"):
        vault(folder).keep(digest(content), broken())
    assert files(folder) == {}
    with monkeypatch.context() as patch:  # killed: nothing tidies up
        patch.setattr(FolderVault, "remove_folder", lambda *_: None)
        with pytest.raises(OSError, match="cannot be read"):
            vault(folder).keep(digest(content), broken())
    assert files(folder)
    assert vault(folder).keep(digest(content), [content])
    assert b"".join(vault(folder).read(digest(content))) == content


@pytest.mark.parametrize("change", ["flip", "cut", "swap", "lose", "renamed"])
def test_what_was_changed_is_refused(folder: Path, change: str) -> None:
    content, other = os.urandom(2 * SEGMENT), os.urandom(2 * SEGMENT)
    for one in (content, other):
        vault(folder).keep(digest(one), [one])
    header = folder / vault(folder)._name(b"content", digest(content))
    [stream] = header.parent.glob(f"{header.name}.*")
    first, second = sorted(stream.iterdir())[:2]
    match change:
        case "flip":
            data = bytearray(second.read_bytes())
            data[77] ^= 1
            second.write_bytes(data)
        case "cut":
            second.write_bytes(second.read_bytes()[:-1])
        case "swap":
            held = first.read_bytes()
            first.write_bytes(second.read_bytes())
            second.write_bytes(held)
        case "lose":
            second.unlink()
        case "renamed":
            header.write_bytes((folder / vault(folder)._name(b"content", digest(other))).read_bytes())
    with pytest.raises(Conflict):
        list(vault(folder).read(digest(content)))


@pytest.mark.parametrize("half", [0, 1])
def test_without_the_whole_key_nothing_opens(folder: Path, half: int) -> None:
    content = os.urandom(100)
    vault(folder).keep(digest(content), [content])
    vault(folder).keep_small(digest(content), b"small")
    wrong = bytearray(KEY)
    wrong[half * 32] ^= 1
    with pytest.raises((Conflict, Unavailable)):
        list(vault(folder, key=bytes(wrong)).read(digest(content)))
    with pytest.raises((Conflict, Unavailable)):
        vault(folder, key=bytes(wrong)).read_small(digest(content))
    with pytest.raises(Unavailable):
        list(vault(folder, agency=uuid4()).read(digest(content)))


def test_what_is_removed_is_gone_and_nothing_else(folder: Path) -> None:
    content, other = os.urandom(SEGMENT + 1), os.urandom(10)
    vault(folder).keep(digest(other), [other])
    before = files(folder)
    vault(folder).keep(digest(content), [content])
    vault(folder).keep_small(digest(content), b"small")
    vault(folder).remove(digest(content))
    vault(folder).remove(digest(content))
    assert files(folder) == before


@pytest.mark.parametrize("change", ["other bytes", "gone"])
def test_a_header_that_nobody_can_open_hinders_neither_removing_nor_keeping_anew(folder: Path, change: str) -> None:
    content, other = os.urandom(SEGMENT + 1), os.urandom(10)
    vault(folder).keep(digest(other), [other])
    before = files(folder)

    def spoil() -> None:
        vault(folder).keep(digest(content), [content])
        vault(folder).keep_small(digest(content), b"small")
        header = folder / vault(folder)._name(b"content", digest(content))
        header.unlink() if change == "gone" else header.write_bytes(b"what somebody else has put here")

    spoil()
    vault(folder).remove(digest(content))
    assert files(folder) == before
    spoil()
    assert vault(folder).keep(digest(content), [content])
    assert b"".join(vault(folder).read(digest(content))) == content


def test_a_folder_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable):
        vault(tmp_path / "file").keep(digest(b""), [])
