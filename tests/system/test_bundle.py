"""What is handed out holds all that it needs: a wheel its translations, a bundle everything, without a network."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..conftest import quick_folder  # noqa: TID252 - tests are no package with a name

ROOT = Path(__file__).parents[2]
BUILT_OF = ("LICENSE", "README.md", "make", "pyproject.toml", "src")
CATALOG = "tsunagu/web/locale/ja/LC_MESSAGES/django.mo"
MOST_MIB = 300
INSTALL = re.compile(r"^```sh install\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_a_wheel_that_is_built_without_make_speaks_japanese(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in BUILT_OF:
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, source / name, ignore=shutil.ignore_patterns("*.mo", "__pycache__"))
        else:
            shutil.copy(place, source / name)
    command = ["pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([sys.executable, "-m", *command, "--wheel-dir", tmp_path, source], check=True)
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        compiled = opened.read(CATALOG)
        names = opened.namelist()
    assert compiled == (ROOT / "src" / CATALOG).read_bytes(), "make compiles the same"
    assert {"tsunagu/web/static/web/tsunagu.css", "tsunagu/records/migrations/0002_guards.sql"} <= set(names)
    assert not [name for name in names if not name.startswith(("tsunagu/", "tsunagu-"))]


@pytest.fixture
def top() -> Iterator[Path]:
    """A folder that every user may pass."""
    folder = Path(tempfile.mkdtemp(prefix="tsunagu-test-", dir=quick_folder()))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.soak
def test_a_bundle_installs_without_a_network_and_runs_the_demonstration(top: Path) -> None:
    subprocess.run([sys.executable, ROOT / "make" / "bundle.py", top], check=True, cwd=ROOT)
    [archive] = top.glob("*.tar")
    assert archive.stat().st_size < MOST_MIB << 20
    digest = archive.with_suffix(".tar.sha256").read_text().split()[0]
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == digest
    with tarfile.open(archive) as file:
        file.extractall(top, filter="data")
    [unpacked] = [one for one in top.iterdir() if one.is_dir()]
    check_bill(unpacked)

    alone = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-current-user", "--net"]
    environ = {"PATH": os.environ["PATH"], "PYTHON": sys.executable, "TSUNAGU_HOME": str(top / "home")}

    def run(*command: str | Path, status: int = 0) -> str:
        done = subprocess.run([*alone, *command], capture_output=True, text=True, env=environ, check=False, cwd=top)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    lock = unpacked / "requirements.lock"
    kept = lock.read_bytes()
    lock.write_bytes(kept + b"\n")
    assert "nothing was installed" in run("sh", unpacked / "install.sh", top / "program", status=1)
    assert not (top / "program").exists()
    lock.write_bytes(kept)
    [block] = INSTALL.findall((ROOT / "docs" / "operations.md").read_text(encoding="utf-8"))
    shutil.rmtree(unpacked)
    run("sh", "-eu", "-c", block.replace("/opt/tsunagu", str(top / "program")))
    program = top / "program" / "bin" / "tsunagu"
    assert "overlap" in run(program, "demo")
    assert json.loads(run(program, "ledger", "verify", "--json"))["ledger_ok"] is True


def check_bill(unpacked: Path) -> None:
    """Find every wheel of the bundle in its bill of materials, by its hash, and no address of anybody else."""
    bill = json.loads((unpacked / "sbom.cdx.json").read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "tsunagu")
    told = {
        file["url"]: file["hashes"][0]["content"] for part in bill["components"] for file in part["externalReferences"]
    }
    release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    there = {
        f"wheels/{one.name}": hashlib.sha256(one.read_bytes()).hexdigest()
        for one in (unpacked / "wheels").iterdir()
        if not one.name.startswith(f"tsunagu-{release}-")
    }
    assert told == there
    assert not re.search(r'"url": "(?!wheels/)', json.dumps(bill["components"]))
