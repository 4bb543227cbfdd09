"""Killed at any moment - the ingest, a child that decodes, the database - the next run completes what was begun.

Every round begins with a copy of one home, in which another agency holds things already. What is held after the second
run is compared row by row with what an undisturbed run leaves.
"""

from __future__ import annotations

import io
import json
import os
import random
import signal
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tsunagu.records.postgres.processes import listening_process
from tsunagu.records.postgres.server import EmbeddedPostgres
from tsunagu.records.postgres.users import database_account

UNAVAILABLE = 7
FILES = 149
BUSY_S = 0.05
LINKER_LOCK = 7400101
GONE_WITHIN_S = 10.0
ROUNDS = 20
SOAKED = [pytest.param(part / ROUNDS, marks=pytest.mark.soak, id=f"round {part}") for part in range(ROUNDS)]
SAMPLE = [pytest.param(0.55, id="sample")]
STATE = {
    "places": """
        SELECT c.reference, e.reference, h.path, h.size_bytes, h.mtime_ns, h.refused, i.sha256, h.linked_at IS NULL
        FROM holding h JOIN exhibit e ON e.id = h.exhibit_id JOIN "case" c ON c.id = e.case_id
        LEFT JOIN media_item i ON i.id = h.item_id""",
    "items": """
        SELECT agency_id, sha256, sha1, md5, size_bytes, media_type, width, height, duration_s, codecs, tags, refused
        FROM media_item""",
    "fingerprints": """
        SELECT i.agency_id, i.sha256, f.kind, f.data, f.turns, f.quality, f.at_s, f.frame
        FROM fingerprint f JOIN media_item i ON i.id = f.item_id""",
    "hits": """
        SELECT o.case_a, o.case_b, h.kind, a.sha256, b.sha256, h.distance_bits, h.turn, h.stretches, h.commonness,
               h.silenced
        FROM hit h JOIN overlap o ON o.id = h.overlap_id
        JOIN media_item a ON a.id = h.item_a JOIN media_item b ON b.id = h.item_b""",
    "overlaps": "SELECT case_a, case_b, agency_a, agency_b FROM overlap",
    "notices": "SELECT case_id, agency_id, other_agency_id, held, withheld FROM overlap_notice",
}

State = dict[str, list[str]]


def state_of(home: Path) -> State:
    """What is held, without numbers and times that two runs need not share."""
    server = EmbeddedPostgres(home)
    with server.use(), psycopg.connect(replace(server.admin_address(), database="tsunagu").conninfo()) as admin:
        return {name: sorted(map(repr, admin.execute(query).fetchall())) for name, query in STATE.items()}


@dataclass
class Site:
    """What every round starts from.

    Attributes:
        template: a stopped home with another agency's holdings, and an officer who has brought in nothing.
        media: what he is going to bring in.
        undisturbed: what is held after a run that nobody disturbed.
        took_s: how long that run took.
    """

    template: Any
    media: Path
    undisturbed: State
    took_s: float


@dataclass
class Run:
    """One ingest under way, with every process that was seen to belong to it."""

    house: Any
    process: subprocess.Popen[str]
    began: float
    seen: set[tuple[int, str]]

    def children(self) -> list[int]:
        """The decode children that live now: the grandchildren of the ingest."""
        parents = {pid: parent for pid, parent, _ in processes()}
        family = {pid for pid, parent in parents.items() if parent == self.process.pid}
        children = [pid for pid, parent in parents.items() if parent in family]
        self.seen |= {(pid, started) for pid, _, started in processes() if pid in family or pid in children}
        return children

    def wait_until(self, after_s: float) -> None:
        """Wait until a moment of the run, or its end, and note its processes meanwhile."""
        while time.monotonic() - self.began < after_s and self.process.poll() is None:
            self.children()
            time.sleep(0.01)
        self.children()

    def end(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=120)
        return self.process.returncode, out, err


def processes() -> Iterator[tuple[int, int, str]]:
    """Yield number, parent and start of every process that lives."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z":
            yield int(folder.name), int(fields[1]), fields[19]


def strays(home: Path, seen: set[tuple[int, str]]) -> list[int]:
    """The processes that work in a home, or were seen to work for it."""
    found = []
    for pid, _, started in processes():
        try:
            folder = str(Path(f"/proc/{pid}/cwd").readlink())
            words = Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            continue
        if (pid, started) in seen or folder.startswith(str(home)) or str(home).encode() in words:
            found.append(pid)
    return found


def is_running(pid: int) -> bool:
    """Whether a process uses the processor just now: a child that does is in the middle of an item."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "R"
    except (FileNotFoundError, ProcessLookupError):
        return False


def used_s(pid: int) -> float:
    """Seconds of the processor that a process has used."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture(scope="module")
def media(tmp_path_factory) -> dict[str, Path]:
    """Two seizures of small files: what one agency holds, and what the other is going to bring in."""
    from tsunagu.services.demo import drawing  # an extra

    root = tmp_path_factory.mktemp("crashes")
    rng = random.Random(11)
    photographs = list(drawing.photographs().values())

    def crop() -> Any:
        picture = rng.choice(photographs)
        width, height = picture.size
        left, top = rng.randrange(width // 2), rng.randrange(height // 2)
        return picture.crop((left, top, left + width // 2, top + height // 2)).resize((400, 300))

    def png(picture: Any) -> bytes:
        out = io.BytesIO()
        picture.resize((160, 120)).save(out, "PNG")
        return out.getvalue()

    crops = [crop() for _ in range(110)]
    song = drawing.tune(seconds=20, seed=8)
    clip = [*drawing.pan(photographs[0], seconds=8, box=(0, 0, 1, 1))]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, one in enumerate(crops[100:]):
            archive.writestr(f"in/{number}.jpg", drawing.jpeg(one, quality=77))
    files = {
        **{f"mine/pictures/{number:03}.jpg": drawing.jpeg(one) for number, one in enumerate(crops[:100])},
        **{f"mine/drawings/{number:03}.png": png(crop()) for number in range(36)},
        **{f"mine/sounds/{seed}.wav": drawing.wav(drawing.tune(seconds=6, seed=seed)) for seed in range(5)},
        "mine/sounds/song.wav": drawing.wav(song),
        **{
            f"mine/clips/{number}.mp4": drawing.mp4(drawing.pan(one, seconds=4, box=(0, 0, 1, 1)))
            for number, one in enumerate(photographs[2:5])
        },
        "mine/clips/long.mp4": drawing.mp4(iter(clip)),
        "mine/packed.zip": packed.getvalue(),
        "mine/broken.jpg": drawing.jpeg(crops[0])[:3000],
        "mine/again.jpg": drawing.jpeg(crops[1]),
        **{f"theirs/{number}.jpg": drawing.jpeg(one, quality=45) for number, one in enumerate(crops[:105:7])},
        "theirs/same.jpg": drawing.jpeg(crops[50]),
        "theirs/cut.mp4": drawing.mp4(iter(clip[24:]), bit_rate=300_000),
        "theirs/part.mp3": drawing.mp3(song[4 * drawing.SOUND_HZ :]),
    }
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return {"mine": root / "mine", "theirs": root / "theirs"}


@pytest.fixture(scope="module")
def site(two_agencies: Any, media: dict[str, Path]) -> Iterator[Site]:
    with two_agencies.copied() as template:
        template.run("case", "open", "DK-1", officer="anna")
        template.run("case", "open", "AU-1", officer="ben")
        template.run("ingest", "--case", "AU-1", "--exhibit", "P7", media["theirs"], officer="ben")
        with template.copied() as house:
            began = time.monotonic()
            done = ingest(house, media["mine"], status=2)
            took_s = time.monotonic() - began
            assert done == {"files": FILES, "kept": FILES + 10, "skipped": 0, "refused": {"damaged": 1}}
            undisturbed = state_of(house.home)
            again = ingest(house, media["mine"], status=0)
            assert again == {"files": FILES, "kept": 0, "skipped": FILES, "refused": {}}
            assert state_of(house.home) == undisturbed
        assert len(undisturbed["notices"]) == 2
        for kind in ("exact", "near", "video", "sound"):
            assert any(f"'{kind}'" in hit for hit in undisturbed["hits"])
        yield Site(template, media["mine"], undisturbed, took_s)


def ingest(house: Any, media: Path, *, status: int) -> dict[str, Any]:
    """Return the counts of an ingest."""
    [done] = house.json("ingest", "--case", "DK-1", "--exhibit", "E1", media, officer="anna", status=status)
    assert len(done.pop("refused_items")) == sum(done["refused"].values())
    return done


@pytest.fixture
def begun(site: Site) -> Iterator[Run]:
    """An ingest that has just begun, in a home of its own."""
    with site.template.copied() as house:
        began = time.monotonic()
        command = ("ingest", "--case", "DK-1", "--exhibit", "E1", site.media, "--json")
        with house.start(*command, officer="anna") as process:
            try:
                yield Run(house, process, began, set())
            finally:
                process.kill()


def check_completes(run: Run, site: Site) -> dict[str, Any]:
    """Run again, and find what an undisturbed run leaves, a sound ledger, and nobody left behind."""
    done = ingest(run.house, site.media, status=None)
    assert done["files"] == FILES
    with EmbeddedPostgres(run.house.home).use():
        assert state_of(run.house.home) == site.undisturbed
        assert run.house.json("ledger", "verify")[0]["ledger_ok"] is True
    until = time.monotonic() + GONE_WITHIN_S
    while (left := strays(run.house.home, run.seen)) and time.monotonic() < until:
        time.sleep(0.05)
    assert left == []
    return done


def kill_database(house: Any) -> None:
    """Kill the postmaster, if there is one yet, or still."""
    pid = listening_process(database_account(), house.home / "pg" / "run")
    if pid is not None:
        os.kill(pid, signal.SIGKILL)


def check_says_that_the_database_is_gone(house: Any, out: str, err: str) -> None:
    assert out == ""
    assert err.startswith("tsunagu: the database ")
    assert "Traceback" not in err
    assert str(house.home) not in err


@contextmanager
def blocked(run: Run, *statements: str) -> Iterator[None]:
    """Hold locks in the running database, from before the ingest needs them, until it waits for one of them."""
    server = EmbeddedPostgres(run.house.home)
    with ExitStack() as stack:
        stack.enter_context(server.use())
        address = replace(server.admin_address(), database="tsunagu")
        admin = stack.enter_context(psycopg.connect(address.conninfo(), autocommit=True))
        holder = psycopg.connect(address.conninfo())
        stack.callback(holder.close)
        for statement in statements:
            holder.execute(statement)
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while admin.execute(waiting).fetchone() == (0,):
            assert run.process.poll() is None
            run.children()
            time.sleep(0.01)
        yield


BEFORE_LINKING = f"SELECT pg_advisory_lock({LINKER_LOCK})"
WITHIN_LINKING = "LOCK TABLE hit IN SHARE MODE"


@pytest.mark.parametrize("part", [*SAMPLE, *SOAKED])
def test_after_the_ingest_is_killed_the_next_run_completes_it(begun: Run, site: Site, part: float) -> None:
    begun.wait_until(site.took_s * (part + random.random() / ROUNDS))
    begun.process.kill()
    begun.end()
    check_completes(begun, site)


@pytest.mark.soak
@pytest.mark.parametrize("lock", [BEFORE_LINKING, WITHIN_LINKING], ids=["before", "within"])
def test_after_the_ingest_is_killed_around_linking_the_next_run_links(begun: Run, site: Site, lock: str) -> None:
    with blocked(begun, lock):
        begun.process.kill()
        begun.end()
    assert check_completes(begun, site)["kept"] == 0


@pytest.mark.parametrize("part", [*SAMPLE, *SOAKED])
def test_after_the_database_is_killed_the_ingest_says_so_and_the_next_run_completes_it(
    begun: Run, site: Site, part: float
) -> None:
    begun.wait_until(site.took_s * (part + random.random() / ROUNDS))
    kill_database(begun.house)
    # One that was starting, or had all but ended, does not notice.
    status, out, err = begun.end()
    if status == UNAVAILABLE:
        check_says_that_the_database_is_gone(begun.house, out, err)
    else:
        assert (status, err) == (2, "")
    check_completes(begun, site)


@pytest.mark.soak
@pytest.mark.parametrize("lock", [BEFORE_LINKING, WITHIN_LINKING], ids=["before", "within"])
def test_after_the_database_is_killed_around_linking_the_next_run_links(begun: Run, site: Site, lock: str) -> None:
    with blocked(begun, lock):
        kill_database(begun.house)
        status, out, err = begun.end()
    assert status == UNAVAILABLE
    check_says_that_the_database_is_gone(begun.house, out, err)
    assert check_completes(begun, site)["kept"] == 0


@pytest.mark.parametrize("part", [*SAMPLE, *SOAKED])
def test_a_killed_child_costs_one_item_at_most_and_the_next_run_tries_it_again(
    begun: Run, site: Site, part: float
) -> None:
    begun.wait_until(site.took_s * (part + random.random() / ROUNDS))
    if children := begun.children():
        busy = [pid for pid in children if is_running(pid)]
        os.kill(random.choice(busy or children), signal.SIGKILL)
    status, out, err = begun.end()
    assert (status, err) == (2, "")
    died = json.loads(out)["refused"].get("decoder-died", 0)
    assert died <= 1
    kept = check_completes(begun, site)["kept"]
    # An archive comes in with all its members again.
    assert kept == died or (died and kept > 10)


@pytest.mark.soak
@pytest.mark.parametrize("form", ["clip", "archive"])
def test_what_a_killed_child_was_in_the_middle_of_is_refused_in_that_run_and_whole_after_the_next(
    site: Site, tmp_path: Path, form: str
) -> None:
    from tsunagu.services.demo import drawing  # an extra

    china = drawing.photographs()["china"]
    clip = drawing.mp4(drawing.pan(china, seconds=40, box=(0, 0, 1, 1)))
    with zipfile.ZipFile(tmp_path / "archive", "w") as archive:
        archive.writestr("clip.mp4", clip)
    (tmp_path / "clip").write_bytes(clip)
    media, places = tmp_path / form, 1 if form == "clip" else 2
    with site.template.copied() as house:
        command = ("ingest", "--case", "DK-1", "--exhibit", "E1", media, "--json")
        with house.start(*command, officer="anna") as process:
            run = Run(house, process, time.monotonic(), set())
            while not (busy := [pid for pid in run.children() if used_s(pid) >= BUSY_S]):
                assert process.poll() is None
            os.kill(busy[0], signal.SIGKILL)
            status, out, err = run.end()
        assert (status, err) == (2, "")
        done = json.loads(out)
        assert [one["reason"] for one in done.pop("refused_items")] == ["decoder-died"]
        assert done == {"files": 1, "kept": places, "skipped": 0, "refused": {"decoder-died": 1}}
        assert ingest(house, media, status=0) == {"files": 1, "kept": places, "skipped": 0, "refused": {}}
        after = state_of(house.home)
    with site.template.copied() as house:
        ingest(house, media, status=0)
        assert state_of(house.home) == after
