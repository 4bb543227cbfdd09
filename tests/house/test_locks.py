"""The locks pin everything by hash, hold no address, and satisfy what the project asks for."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

RUNTIME, DEVELOPMENT, ORACLE = "requirements.lock", "requirements-dev.lock", "make/oracle.lock"
CLUSTER = "requirements-cluster.lock"
LOCKS = [RUNTIME, DEVELOPMENT, CLUSTER, ORACLE, "make/builders.lock", "make/peers.lock"]
# A line that pins: name, version, perhaps a condition of the platform; its hashes follow, one a line.
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)(?: ; (?P<marker>.+?))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def pins(lock: Path) -> dict[str, set[Version]]:
    """The versions of each package; more than one where platforms or Python versions differ."""
    found: dict[str, set[Version]] = {}
    for line in lock.read_text(encoding="utf-8").splitlines():
        if pin := PIN.match(line):
            found.setdefault(canonicalize_name(pin["name"]), set()).add(Version(pin["version"]))
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_of_a_lock_is_a_pin_or_a_hash(name: str, root: Path) -> None:
    lines = (root / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not PIN.match(line) and not HASH.match(line)] == []
    after_pins = [following for line, following in itertools.pairwise(lines) if PIN.match(line)]
    assert all(HASH.match(line) for line in after_pins)


@pytest.mark.parametrize(
    # The oracle comes as source, so it has a lock of its own: not every machine can build it.
    ("names", "extras"),
    [
        ([RUNTIME], {"build", "demo"}),
        ([CLUSTER], {"build", "cluster"}),
        ([DEVELOPMENT, ORACLE], {"build", "demo", "dev"}),
    ],
)
def test_a_lock_satisfies_what_the_project_asks_for(
    names: list[str], extras: set[str], root: Path, pyproject: dict[str, Any]
) -> None:
    project = pyproject["project"]
    asked = [*project["dependencies"], *(one for extra in extras for one in project["optional-dependencies"][extra])]
    locked = {package: versions for name in names for package, versions in pins(root / name).items()}
    for requirement in map(Requirement, asked):
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement.name} is not locked"
        assert all(requirement.specifier.contains(one) for one in versions), f"{requirement.name} is locked elsewhere"


def test_no_two_locks_pin_different_versions(root: Path) -> None:
    first: dict[str, set[Version]] = {}
    for name in LOCKS:
        for package, versions in pins(root / name).items():
            assert first.setdefault(package, versions) == versions, f"{package} in {name}"


def test_the_builder_is_in_the_runtime_lock(root: Path, pyproject: dict[str, Any]) -> None:
    locked = pins(root / "requirements.lock")
    for requirement in map(Requirement, pyproject["build-system"]["requires"]):
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert versions
        assert all(requirement.specifier.contains(one) for one in versions)


def test_what_every_newcomer_installs_holds_no_cluster(root: Path) -> None:
    assert "ray" in pins(root / CLUSTER)
    assert not any("ray" in pins(root / name) for name in LOCKS if name != CLUSTER)


def test_no_file_names_a_package_registry(project_files: list[Path], root: Path) -> None:
    registries = re.compile(
        r"pypi\.org|pythonhosted\.org|registry\.npmjs\.org|index-url\s*[=:]\s*\S*://|deb\.debian\.org|crates\.io",
        re.IGNORECASE,
    )
    found = [
        path.relative_to(root).as_posix()
        for path in project_files
        if path != Path(__file__) and registries.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []
