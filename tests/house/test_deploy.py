"""What is deployed fits the program: its commands, its settings, the size of its uploads; and is shut in well."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tsunagu.records.uploads import MOST_CHUNK_BYTES

SYSTEMD = shutil.which("systemd-analyze")
OWN_OF_UNITS = {"TSUNAGU_HUB_HOST", "TSUNAGU_NAME", "TSUNAGU_WITNESS"}
MOST_EXPOSURE = 2.5
"""Of 10, as `systemd-analyze security` counts."""


@pytest.fixture(scope="module")
def deploy(root: Path) -> Path:
    return root / "deploy"


def services(deploy: Path) -> list[Path]:
    found = sorted((deploy / "systemd").glob("*.service"))
    assert len(found) == 5
    return found


def test_every_command_that_is_deployed_exists_with_its_options(deploy: Path, root: Path) -> None:
    commands = (root / "docs" / "commands.md").read_text(encoding="utf-8")
    text = "".join(one.read_text(encoding="utf-8") for one in services(deploy))
    found = re.findall(r"/bin/tsunagu ((?:[a-z]+ ?)+)([^\n']*)", text)
    assert len(found) == 6
    for command, rest in found:
        heading = re.search(rf"^## `tsunagu {command.strip()}`$(.*?)(?=^## |\Z)", commands, re.MULTILINE | re.DOTALL)
        assert heading, command
        assert [option for option in re.findall(r"--[a-z-]+", rest) if option not in heading[1]] == []


def test_every_variable_that_is_deployed_is_told_of(deploy: Path, root: Path) -> None:
    told = set(re.findall(r"`(TSUNAGU_\w+)`", (root / "docs" / "settings.md").read_text(encoding="utf-8")))
    used = {
        name
        for path in deploy.rglob("*")
        if path.is_file()
        for name in re.findall(r"TSUNAGU_[A-Z_]+", path.read_text(encoding="utf-8"))
    }
    assert "TSUNAGU_HOME" in used
    assert used - told - OWN_OF_UNITS == set()


def test_the_server_in_front_lets_one_part_of_an_upload_through_and_not_two(deploy: Path) -> None:
    [mib] = re.findall(r"client_max_body_size (\d+)m;", (deploy / "nginx" / "tsunagu.conf").read_text(encoding="utf-8"))
    assert MOST_CHUNK_BYTES < int(mib) << 20 < 2 * MOST_CHUNK_BYTES


def test_the_installer_is_a_script_that_a_plain_shell_reads(deploy: Path) -> None:
    subprocess.run(["sh", "-n", deploy / "install.sh"], check=True)


def test_systemd_takes_every_unit_and_counts_it_as_shut_in(deploy: Path, tmp_path: Path) -> None:
    if SYSTEMD is None:
        pytest.skip("MISSING: systemd-analyze (Debian: systemd). The units are not examined.")
    for unit in [*services(deploy), *(deploy / "systemd").glob("*.timer")]:
        text = unit.read_text(encoding="utf-8")
        (tmp_path / unit.name).write_text(text.replace("/opt/tsunagu/bin/tsunagu", "/bin/true"), encoding="utf-8")
    verified = subprocess.run(
        [SYSTEMD, "verify", "--man=no", *sorted(tmp_path.iterdir())], capture_output=True, text=True, check=False
    )
    assert [line for line in verified.stderr.splitlines() if "tsunagu" in line] == []
    for unit in services(deploy):
        found = subprocess.run(
            [SYSTEMD, "security", "--offline=true", "--no-pager", unit], capture_output=True, text=True, check=False
        )
        [exposure] = re.findall(r"Overall exposure level for \S+: ([\d.]+)", found.stdout)
        assert float(exposure) < MOST_EXPOSURE, unit.name
