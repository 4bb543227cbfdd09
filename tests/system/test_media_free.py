"""Nothing of the media themselves is kept anywhere: not in the database, its write-ahead log, the home or any log.

Ten benign items of high entropy, drawn by code, are planted under names that occur nowhere else and brought in; then
everything that the program and its database have written is searched for any 32-byte run of their files or of what
they decode to, in raw, hex and base64.
"""

from __future__ import annotations

import base64
import io
import os
import signal
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from PIL import Image
from psycopg import sql

from tsunagu.domain.media import MediaKind
from tsunagu.media.decoding.dispatch import decode
from tsunagu.media.messages import DecodeOptions, SoundChunk
from tsunagu.media.picture import Picture, TimedPicture
from tsunagu.media.probe import probe
from tsunagu.records.postgres.processes import listening_process
from tsunagu.records.postgres.server import EmbeddedPostgres
from tsunagu.records.postgres.users import database_account

NAME = b"zqplantedname"
RUN, BLOCK = 32, 16
"""Every run of 32 bytes holds a whole block of 16 that begins at a multiple of 16: only these are looked for first."""
LEAST_DISTINCT = 8
"""A block of fewer distinct bytes (a flat area, padding) is nobody's, and is found everywhere."""
FOLD = np.uint64(0x9E37_79B9_7F4A_7C15)


class Search:
    """Finds runs of the planted bytes, in every encoding, in whatever it is shown."""

    def __init__(self, planted: Iterable[bytes]) -> None:
        parts, runs = [], []
        for content in planted:
            for needle, run in encodings(content):
                parts.append(needle + bytes(BLOCK + -len(needle) % BLOCK))
                runs.append(np.full(len(parts[-1]) // BLOCK, run))
        self.needles = b"".join(parts)
        blocks = np.frombuffer(self.needles, dtype=np.uint8).reshape(-1, BLOCK)
        telling = np.flatnonzero((np.diff(np.sort(blocks, axis=1)) != 0).sum(axis=1) + 1 >= LEAST_DISTINCT)
        words = np.frombuffer(self.needles, dtype="<u8")[::2][telling]
        order = np.argsort(words, kind="stable")
        self.words, self.starts, self.runs = words[order], telling[order] * BLOCK, np.concatenate(runs)[telling][order]
        self.sieve = np.zeros(1 << 25, dtype=bool)
        self.sieve[self._fold(self.words)] = True

    @staticmethod
    def _fold(words: np.ndarray) -> np.ndarray:
        return (words * FOLD) >> np.uint64(39)

    def runs_in(self, data: bytes) -> list[bytes]:
        """The runs of planted bytes in `data`, as they stand there."""
        found = []
        for shift in range(min(8, max(0, len(data) - BLOCK + 1))):
            words = np.frombuffer(data, dtype="<u8", count=(len(data) - shift) // 8, offset=shift)
            maybe = np.flatnonzero(self.sieve[self._fold(words)])
            first, last = (np.searchsorted(self.words, words[maybe], side) for side in ("left", "right"))
            for number in np.flatnonzero(first < last).tolist():
                at = int(maybe[number]) * 8 + shift
                found += self._confirmed(data, at, range(first[number], last[number]))
        return found

    def _confirmed(self, data: bytes, at: int, candidates: range) -> Iterator[bytes]:
        for one in candidates:
            whole = longest_common(data, at, self.needles, int(self.starts[one]))
            if len(whole) >= self.runs[one]:
                yield whole
                return


def longest_common(data: bytes, at: int, needle: bytes, begin: int) -> bytes:
    """The longest run around a place that both hold."""
    before = 0
    while at > before and begin > before and data[at - before - 1] == needle[begin - before - 1]:
        before += 1
    after = 0
    while at + after < len(data) and begin + after < len(needle) and data[at + after] == needle[begin + after]:
        after += 1
    return data[at - before : at + after]


def encodings(content: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield the content in raw, hex and base64, each with the length of what 32 bytes take in it at the least."""
    yield content, RUN
    yield content.hex().encode(), 2 * RUN
    yield content.hex().upper().encode(), 2 * RUN
    for alignment in range(3):
        # The first and the last character may hold bits of a neighbour.
        yield base64.b64encode(content[alignment:]), RUN * 4 // 3 - 2


@dataclass
class Planted:
    """What was planted.

    Attributes:
        folder: where the files lie.
        contents: bytes of the files, their members and all that they decode to.
    """

    folder: Path
    contents: list[bytes]


def files() -> dict[str, bytes]:
    """Ten files, each full of what does not occur by chance."""
    from tsunagu.services.demo import drawing  # an extra

    rng = np.random.default_rng(77)
    photographs = list(drawing.photographs().values())

    def noisy(number: int, *, width: int = 160, height: int = 120) -> Image.Image:
        picture = np.asarray(photographs[number].resize((width, height))).astype(np.int16)
        return Image.fromarray((picture + rng.normal(0, 12, picture.shape)).clip(0, 255).astype(np.uint8))

    def saved(picture: Image.Image, form: str, **options: Any) -> bytes:
        out = io.BytesIO()
        picture.save(out, form, **options)
        return out.getvalue()

    exif = Image.Exif()
    exif[0x010F], exif[0x010E] = "Drawn", "a description of sixty letters that nobody needs, and no one keeps"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"in/{NAME.decode()}-member.jpg", drawing.jpeg(noisy(0)))
        archive.writestr(f"in/{NAME.decode()}-text.txt", rng.bytes(600).hex())
    clip = (noisy(number % 3, width=320, height=240) for number in range(12))
    return {
        "1.jpg": saved(noisy(1), "JPEG", quality=90, exif=exif),
        "2.jpg": drawing.jpeg(noisy(2, width=240, height=180)),
        "3.png": saved(noisy(3), "PNG"),
        "4.png": saved(noisy(4).convert("L"), "PNG"),
        "5.tif": saved(noisy(5), "TIFF"),
        "6.webp": saved(noisy(6), "WEBP", quality=90),
        "7.bmp": saved(noisy(7), "BMP"),
        "8.mp4": drawing.mp4(clip, drawing.tune(seconds=2, seed=4)),
        "9.wav": drawing.wav(drawing.tune(seconds=6, seed=5)),
        "10.zip": packed.getvalue(),
    }


def decoded(content: bytes) -> Iterator[bytes]:
    """Yield what a file decodes to: rows of luma and of RGB, and samples of sound; and members, themselves decoded."""
    kind = probe(content)
    if kind is None:
        return
    if kind.kind is MediaKind.ARCHIVE:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield archive.read(name)
                yield from decoded(archive.read(name))
        return
    for message in decode(io.BytesIO(content), kind, DecodeOptions(frames_per_s=4)):
        match message:
            case Picture():
                yield message.luma.tobytes()
            case TimedPicture():
                yield message.picture.luma.tobytes()
            case SoundChunk():
                yield message.samples.tobytes()
    if kind.kind is MediaKind.PICTURE:
        picture = Image.open(io.BytesIO(content))
        yield picture.convert("RGB").tobytes()
        yield picture.convert("L").tobytes()


@pytest.fixture(scope="module")
def planted(tmp_path_factory) -> Planted:
    folder = tmp_path_factory.mktemp("seizure")
    contents = []
    for name, content in files().items():
        (folder / f"{NAME.decode()}-{name}").write_bytes(content)
        contents += [content, *decoded(content)]
    (folder / f"{NAME.decode()}-broken.jpg").write_bytes(files()["2.jpg"][:4000])
    return Planted(folder, contents)


@pytest.fixture(scope="module")
def search(planted: Planted) -> Search:
    return Search(planted.contents)


@dataclass
class Leavings:
    """All that was written: by whom, and what."""

    house: Any
    temporary: Path
    said: dict[str, bytes]
    dump: dict[str, bytes]

    def files(self) -> Iterator[tuple[str, bytes]]:
        for folder in (self.house.home, self.temporary):
            for parent, _, names in os.walk(folder):
                for name in names:
                    path = Path(parent) / name
                    if path.is_file() and not path.is_symlink():
                        yield str(path), path.read_bytes()


@pytest.fixture(scope="module")
def leavings(two_agencies: Any, planted: Planted, tmp_path_factory) -> Iterator[Leavings]:
    """Two agencies bring the same files in, through a crash of the database and to a judgement."""
    temporary = tmp_path_factory.mktemp("temporary")
    said: dict[str, bytes] = {}
    with two_agencies.copied() as house:
        house.extra_environ = {"TMPDIR": str(temporary)}

        def run(*words: str | Path, officer: str | None = None) -> None:
            done = house.run(*words, officer=officer, status=None)
            said[f"{officer}: {words[0]}"] = (done.stdout + done.stderr).encode()

        house.run("case", "open", "DK-1", officer="anna")
        house.run("case", "open", "AU-1", officer="ben")
        said["crash"] = ingest_through_a_crash(house, planted.folder)
        run("ingest", "--case", "DK-1", "--exhibit", "E1", planted.folder, officer="anna")
        run("ingest", "--case", "AU-1", "--exhibit", "P7", planted.folder, officer="ben")
        [found] = house.json("overlaps", officer="anna")
        for officer in ("anna", "ben"):
            run("share", found["overlap"], officer=officer)
        run("notices", officer="anna")
        hits = house.json("hits", found["overlap"], officer="anna")
        assert len(hits) >= 10
        run("judge", str(hits[0]["hit"]), "same", "--what", "file", officer="anna")
        run("bank", "open", "logos", "--semantics", "benign", "--ground", "consent", officer="anna")
        run("bank", "add", "logos", planted.folder, officer="anna")
        run("doctor")
        yield Leavings(house, temporary, said, dump_of(house.home))


def ingest_through_a_crash(house: Any, folder: Path) -> bytes:
    """Begin an ingest, kill the database while it writes, and return what the ingest said."""
    server = EmbeddedPostgres(house.home)
    address = replace(server.admin_address(), database="tsunagu")
    with server.use(), psycopg.connect(address.conninfo()) as admin:
        admin.execute("LOCK TABLE holding IN SHARE MODE")
        process = house.start("ingest", "--case", "DK-1", "--exhibit", "E1", folder, officer="anna")
        while admin.execute("SELECT FROM pg_locks WHERE NOT granted").fetchone() is None:
            assert process.poll() is None
            time.sleep(0.02)
        pid = listening_process(database_account(), house.home / "pg" / "run")
        assert pid
        os.kill(pid, signal.SIGKILL)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 7
        admin.close()
    return (out + err).encode()


def dump_of(home: Path) -> dict[str, bytes]:
    """The rows of every table, as text; and an error that quotes a value, for the server's log."""
    server, dump = EmbeddedPostgres(home), {}
    address = replace(server.admin_address(), database="tsunagu")
    with server.use(), psycopg.connect(address.conninfo(), autocommit=True) as admin:
        tables = admin.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'ledger')"
        ).fetchall()
        for table in tables:
            with admin.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(*table))) as copy:
                dump[".".join(table)] = b"".join(bytes(part) for part in copy)
        with pytest.raises(psycopg.DataError):
            admin.execute("SELECT %s::text::int", [NAME.decode()])
    assert {"public.holding", "public.fingerprint", "ledger.entry"} <= dump.keys()
    return dump


def decoded_hex(dump: bytes) -> bytes:
    """The binary columns of a dump as bytes, one after the other."""
    return b"\0".join(bytes.fromhex(word[3:].decode()) for word in dump.split() if word.startswith(b"\\\\x"))


@pytest.mark.parametrize("encode", [bytes, lambda run: run.hex().encode(), lambda run: run.hex().upper().encode()])
@pytest.mark.parametrize("before", [0, 1, 5, 1001])
def test_the_search_finds_every_run_of_32_bytes_and_nothing_in_noise(
    planted: Planted, search: Search, encode: Callable[[bytes], bytes], before: int
) -> None:
    noise = np.random.default_rng(before).bytes(5000)
    assert search.runs_in(noise) == []
    for content in planted.contents[:3]:
        run = content[1507 : 1507 + RUN]
        assert encode(run) in search.runs_in(noise[:before] + encode(run) + noise[before:])


@pytest.mark.parametrize("alignment", [0, 1, 2])
def test_the_search_finds_every_run_of_32_bytes_in_base64(planted: Planted, search: Search, alignment: int) -> None:
    for content in planted.contents[:3]:
        run = b"\xff" * alignment + content[1507 : 1507 + RUN]
        assert search.runs_in(b'{"thumbnail": "' + base64.b64encode(run) + b'"}')


def test_no_file_of_the_home_or_its_temporary_folder_holds_a_run_of_what_was_planted(
    leavings: Leavings, search: Search
) -> None:
    names = []
    for name, content in leavings.files():
        names.append(name)
        assert search.runs_in(content) == [], name
    assert any("pg_wal" in name for name in names)
    assert any("/pg/log/" in name for name in names)


def test_no_row_holds_a_run_of_what_was_planted(leavings: Leavings, search: Search) -> None:
    assert NAME.hex().encode() in leavings.dump["public.holding"]
    for table, rows in leavings.dump.items():
        assert search.runs_in(rows) == [], table
        assert search.runs_in(decoded_hex(rows)) == [], table


def test_no_command_says_a_run_or_a_name_of_what_was_planted(leavings: Leavings, search: Search) -> None:
    for command, words in leavings.said.items():
        assert search.runs_in(words) == [], command
        # An ingest names to its own officer what it refused.
        assert command.endswith("ingest") or not has_name(words), command


def test_no_log_and_no_ledger_names_what_was_planted(leavings: Leavings) -> None:
    assert not has_name(leavings.dump["ledger.entry"])
    data = str(leavings.house.home / "pg" / "data")
    beside = [(name, content) for name, content in leavings.files() if not name.startswith(data)]
    assert any(
        b"invalid input syntax for type integer" in content or b"interrupted" in content for _, content in beside
    )
    for name, content in beside:
        assert not has_name(content), name
        assert NAME not in name.encode()


def has_name(text: bytes) -> bool:
    """Whether the planted name is in a text, in any of the encodings."""
    plain = text.lower()
    inner = [base64.b64encode(NAME[alignment:])[1:12] for alignment in range(3)]
    return NAME in plain or NAME.hex().encode() in plain or any(one in text for one in inner)


def test_the_search_for_a_name_finds_it_in_every_encoding() -> None:
    assert all(map(has_name, (b"/x/" + NAME, NAME.hex().encode(), NAME.upper())))
    assert all(has_name(base64.b64encode(b"-" * shift + NAME + b"-9.jpg")) for shift in range(3))
    assert not has_name(b"another-name")


def test_no_process_of_the_home_is_left(leavings: Leavings) -> None:
    done = subprocess.run(["ps", "-eo", "args"], capture_output=True, check=True)
    assert str(leavings.house.home).encode() not in done.stdout
