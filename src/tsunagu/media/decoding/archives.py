"""ZIP and TAR as folders: their members streamed one after the other, nothing written, nothing trusted."""

from __future__ import annotations

import re
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, BinaryIO, Final, cast

from tsunagu.domain.media import MediaFacts, MediaType, Refusal
from tsunagu.media.decoding.refusing import refusing
from tsunagu.media.messages import DecodeOptions, MemberData, MemberRefused, MemberStart, Message, Refused

_CHUNK_BYTES: Final = 1 << 20
_MAX_NAME_BYTES: Final = 1024
_DRIVE: Final = re.compile(rb"[A-Za-z]:")
_ENCRYPTED_FLAGS: Final = 0x0001 | 0x0040 | 0x2000
_UTF8_FLAG: Final = 0x0800
_UNIX: Final = 3


@dataclass(frozen=True, slots=True)
class _Member:
    """One entry of an archive, before anything of it is unpacked."""

    name: bytes
    size_bytes: int
    packed_bytes: int
    is_folder: bool
    refusal: Refusal | None
    open: Callable[[], IO[bytes] | None]


def decode_archive(file: BinaryIO, media_type: MediaType, options: DecodeOptions) -> Iterator[Message]:
    """Stream the members of an archive in its own order; folders are passed over.

    A member is refused alone: PATH_ESCAPES for a name that is absolute, has a drive, a NUL or a part `..`;
    NOT_A_FILE for links and devices; ENCRYPTED; TOO_LARGE; SUSPICIOUS_RATIO; DAMAGED; OUT_OF_MEMORY.

    Raises:
        Refused: TOO_MANY_MEMBERS, TOO_LARGE, SUSPICIOUS_RATIO for the archive as a whole, after the members
            within the bounds; DAMAGED where its directory or a header cannot be read.
    """
    yield MediaFacts()
    archive_bytes = file.seek(0, 2)
    file.seek(0)
    budget = min(options.max_total_bytes, max(options.max_ratio * archive_bytes, _CHUNK_BYTES))
    over_budget = Refusal.TOO_LARGE if budget == options.max_total_bytes else Refusal.SUSPICIOUS_RATIO
    members = _members_of_zip(file) if media_type is MediaType.ZIP else _members_of_tar(file)
    for count, member in enumerate(members):
        if count >= options.max_members:
            raise Refused(Refusal.TOO_MANY_MEMBERS)
        if member.is_folder:
            continue
        name, has_begun = member.name[:_MAX_NAME_BYTES], False
        try:
            name = _checked_name(member, options)
            yield MemberStart(name, member.size_bytes)
            has_begun = True
            for chunk in _content(member, options):
                budget -= len(chunk)
                if budget < 0:
                    break
                yield MemberData(chunk)
        except Refused as refused:
            yield MemberRefused(name, refused.refusal, has_begun)
        if budget < 0:
            yield MemberRefused(name, over_budget, has_begun)
            raise Refused(over_budget)


def safe_name(name: bytes) -> bytes | None:
    """Return a member's name as relative path of plain parts, backslashes read as slashes; None when it escapes."""
    path = name.replace(b"\\", b"/")
    parts = [part for part in path.split(b"/") if part not in {b"", b"."}]
    escapes = path.startswith(b"/") or b"\0" in path or b".." in parts or _DRIVE.match(path)
    return None if escapes or not parts else b"/".join(parts)


def _checked_name(member: _Member, options: DecodeOptions) -> bytes:
    """Return the safe name of a member that may be unpacked, as far as its header tells.

    Raises:
        Refused: it may not.
    """
    name = safe_name(member.name)
    if name is not None and len(name) > _MAX_NAME_BYTES:
        name = safe_name(name[:_MAX_NAME_BYTES].rstrip(b"./"))
    if name is None:
        raise Refused(Refusal.PATH_ESCAPES)
    if member.refusal is not None:
        raise Refused(member.refusal)
    if member.size_bytes < 0:
        raise Refused(Refusal.DAMAGED)
    if member.size_bytes > options.max_member_bytes:
        raise Refused(Refusal.TOO_LARGE)
    _check_ratio(member.size_bytes, member, options)
    return name


def _check_ratio(unpacked_bytes: int, member: _Member, options: DecodeOptions) -> None:
    """Refuse a member that grows out of all proportion, once it has grown at all.

    Raises:
        Refused: SUSPICIOUS_RATIO.
    """
    if unpacked_bytes >= _CHUNK_BYTES and unpacked_bytes > options.max_ratio * max(1, member.packed_bytes):
        raise Refused(Refusal.SUSPICIOUS_RATIO)


def _content(member: _Member, options: DecodeOptions) -> Iterator[bytes]:
    """Unpack one member, chunk by chunk.

    Raises:
        Refused: it is larger than it may be, or cannot be unpacked.
    """
    unpacked_bytes = 0
    with refusing():
        stream = member.open()
        if stream is None:
            raise Refused(Refusal.NOT_A_FILE)
        with stream:
            while chunk := stream.read(_CHUNK_BYTES):
                unpacked_bytes += len(chunk)
                if unpacked_bytes > options.max_member_bytes:
                    raise Refused(Refusal.TOO_LARGE)
                _check_ratio(unpacked_bytes, member, options)
                yield chunk
        if unpacked_bytes != member.size_bytes:
            raise Refused(Refusal.DAMAGED)


def _members_of_zip(file: BinaryIO) -> Iterator[_Member]:
    """List a ZIP by its central directory."""
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            mode = info.external_attr >> 16 if info.create_system == _UNIX else 0
            refusal = None
            if info.flag_bits & _ENCRYPTED_FLAGS:
                refusal = Refusal.ENCRYPTED
            elif stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
                refusal = Refusal.NOT_A_FILE
            yield _Member(
                name=info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8_FLAG else "cp437", "replace"),
                size_bytes=info.file_size,
                packed_bytes=info.compress_size,
                is_folder=info.is_dir(),
                refusal=refusal,
                open=partial(archive.open, info),
            )


def _members_of_tar(file: BinaryIO) -> Iterator[_Member]:
    """List a TAR header by header.

    Raises:
        Refused: DAMAGED, when the headers stop before the end.
    """
    with tarfile.open(fileobj=file, mode="r:", encoding="utf-8", errors="surrogateescape") as archive:
        for info in archive:
            yield _Member(
                name=info.name.encode("utf-8", "surrogateescape"),
                size_bytes=info.size,
                packed_bytes=_stored_bytes(info) if info.issparse() else info.size,
                is_folder=info.isdir(),
                refusal=None if info.isreg() else Refusal.NOT_A_FILE,
                open=partial(archive.extractfile, info),
            )
        # tarfile takes a broken header for the end of the archive; the true end is a block of zeros, or nothing.
        file.seek(archive.offset)
        if any(file.read(tarfile.BLOCKSIZE)):
            raise Refused(Refusal.DAMAGED)


def _stored_bytes(info: tarfile.TarInfo) -> int:
    """Return how much of a sparse member lies in the archive; the rest are holes."""
    return sum(size for _, size in cast("list[tuple[int, int]]", info.sparse))
