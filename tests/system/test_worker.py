"""A real worker: killed or stopped at any moment, it leaves what the next one completes, and nothing is doubled."""

from __future__ import annotations

import io
import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tsunagu.records.postgres.server import EmbeddedPostgres

from .test_crashes import State, kill_database, processes, state_of

UNAVAILABLE = 7
FILES = 63
SLOW_S = 0.02
COUNTS = {
    "state": "done", "files_total": FILES, "files_done": FILES, "kept": FILES + 5, "skipped": 0,
    "refused": {"damaged": 1, "empty": 1}, "failure": None, "places": ["upload:broken.jpg", "upload:empty.jpg"],
}  # fmt: skip
DRIVER = Path(__file__).with_name("uploading.py")
ROUNDS = 20


@dataclass
class Site:
    """A home in whose queue one upload waits.

    Attributes:
        undisturbed: what is held after a worker that nobody disturbed.
    """

    template: Any
    media: Path
    intake: str
    undisturbed: State


def drive(house: Any, *arguments: str | Path, status: int = 0) -> str:
    """Run the process that stands for the web server, as anna."""
    house._sit_down("anna")
    done = subprocess.run(
        [sys.executable, DRIVER, *arguments], capture_output=True, text=True, env=house.environ(), check=False
    )
    assert done.returncode == status, done.stderr
    return done.stdout.strip()


def stand(house: Any, intake: str) -> dict[str, Any]:
    return dict(json.loads(drive(house, "state", intake)))


@contextmanager
def admin_of(house: Any) -> Iterator[psycopg.Connection]:
    server = EmbeddedPostgres(house.home)
    with server.use():
        address = replace(server.admin_address(), database="tsunagu")
        with psycopg.connect(address.conninfo(), autocommit=True) as connection:
            yield connection


def bytes_left(house: Any) -> list[Path]:
    return [one for one in (house.home / "uploads").rglob("*") if one.is_file()]


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tsunagu.services.demo import drawing  # an extra

    root = tmp_path_factory.mktemp("uploaded")
    rng = random.Random(5)
    photographs = list(drawing.photographs().values())

    def crop() -> bytes:
        picture = rng.choice(photographs)
        left, top = rng.randrange(picture.width // 2), rng.randrange(picture.height // 2)
        box = (left, top, left + picture.width // 2, top + picture.height // 2)
        return drawing.jpeg(picture.crop(box).resize((400, 300)))

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(5):
            archive.writestr(f"{number}.jpg", crop())
    files = {f"DCIM/{number:03}.jpg": crop() for number in range(FILES - 4)}
    files["packed.zip"] = packed.getvalue()
    files["clip.mp4"] = drawing.mp4(drawing.pan(photographs[0], seconds=4, box=(0, 0, 1, 1)))
    files["broken.jpg"] = files["DCIM/000.jpg"][:3000]
    files["empty.jpg"] = b""
    for name, content in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(content)
    return root


@pytest.fixture(scope="module")
def site(two_agencies: Any, media: Path) -> Iterator[Site]:
    with two_agencies.copied() as template:
        template.run("case", "open", "DK-1", officer="anna")
        intake = drive(template, "upload", "DK-1", "E1", media)
        assert stand(template, intake)["state"] == "waiting"
        assert len(bytes_left(template)) == FILES - 1  # a file of no length has no bytes
        with template.copied() as house:
            lines = house.run("worker", "--once").stderr
            assert stand(house, intake) == COUNTS
            assert not bytes_left(house)
            undisturbed = state_of(house.home)
        check_log(lines, house, media)
        yield Site(template, media, intake, undisturbed)


def check_log(lines: str, house: Any, media: Path) -> None:
    """Find one JSON object a line, which tells of the run and of no content, and none that tells of nothing."""
    told = [json.loads(line) for line in lines.splitlines()]
    assert not [one for one in told if one["event"] == "other" and one["level"] == "info"]
    assert {"event": "job_success", "task": "run-intake"}.items() <= next(
        one.items() for one in told if one["event"] == "job_success" and one.get("task") == "run-intake"
    )
    names = [path.name for path in media.rglob("*")]
    assert not [word for word in (*names, "DK-1", str(house.home), "anna") if word in lines]


@contextmanager
def working(site: Site) -> Iterator[tuple[Any, subprocess.Popen[str], psycopg.Connection]]:
    """A worker that has just been started in a home of its own."""
    with site.template.copied() as house, admin_of(house) as admin, house.start("worker") as process:
        try:
            yield house, process, admin
        finally:
            process.kill()


def wait_until_held(admin: psycopg.Connection, process: subprocess.Popen[str], part: float) -> None:
    """Wait until so much of the exhibit is held, or its run has just begun."""
    while process.poll() is None:
        [(state, done)] = admin.execute("SELECT state, files_done FROM intake").fetchall()
        if state == "running" and done >= part * FILES:
            return
        assert state != "done", "it was over too soon"
        time.sleep(SLOW_S)
    raise AssertionError(process.communicate())


def check_next_completes(house: Any, site: Site) -> None:
    """Let half a minute pass, run the next worker, and find what an undisturbed one leaves."""
    with admin_of(house) as admin:
        admin.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
        house.run("worker", "--once")
        left = admin.execute("SELECT task_name, status FROM procrastinate_jobs WHERE status <> 'succeeded'").fetchall()
        assert left == []
        assert stand(house, site.intake) == COUNTS
        assert house.json("ledger", "verify")[0]["ledger_ok"] is True
    assert state_of(house.home) == site.undisturbed
    assert not bytes_left(house)


@pytest.mark.soak
@pytest.mark.parametrize("part", [part / ROUNDS for part in range(ROUNDS)])
def test_what_a_killed_worker_was_at_is_completed_by_the_next(site: Site, part: float) -> None:
    with working(site) as (house, process, admin):
        wait_until_held(admin, process, part)
        children = [pid for pid, parent, _ in processes() if parent == process.pid]
        process.kill()
        process.wait()
        check_next_completes(house, site)
        assert not {pid for pid, _, _ in processes()} & set(children)


@pytest.mark.soak
def test_a_worker_that_is_asked_to_end_gives_its_intake_back(site: Site) -> None:
    with working(site) as (house, process, admin):
        wait_until_held(admin, process, 0)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        assert admin.execute("SELECT state, attempts FROM intake").fetchall() == [("waiting", 0)]
        assert admin.execute(
            "SELECT status::text FROM procrastinate_jobs WHERE task_name = 'run-intake'"
        ).fetchall() == [("todo",)]
        check_next_completes(house, site)


@pytest.mark.soak
def test_a_worker_whose_database_is_killed_says_so_and_the_next_completes(site: Site) -> None:
    with working(site) as (house, process, admin):
        wait_until_held(admin, process, 0)
        kill_database(house)
        _, err = process.communicate(timeout=60)
        assert process.returncode == UNAVAILABLE
        last = err.splitlines()[-1]
        assert last.startswith("tsunagu: the database ")
        assert "Traceback" not in err
        check_next_completes(house, site)


@pytest.mark.soak
def test_an_upload_whose_server_is_killed_goes_on_where_it_was(site: Site, media: Path) -> None:
    with site.template.copied() as house:
        house._sit_down("anna")
        command = [sys.executable, DRIVER, "upload", "DK-1", "E2", media]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=house.environ()) as process:
            assert process.stdout is not None
            intake = process.stdout.readline().strip()
            before = len(bytes_left(house))
            while len(bytes_left(house)) < before + FILES // 2:
                assert process.poll() is None
                time.sleep(SLOW_S)
            os.kill(process.pid, signal.SIGKILL)
        assert stand(house, intake)["state"] == "uploading"
        drive(house, "upload", "DK-1", "E2", media, intake)
        house.run("worker", "--once")
        assert stand(house, intake) == COUNTS
        assert not bytes_left(house)
