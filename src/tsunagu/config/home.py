"""Where everything that is kept lies: TSUNAGU_HOME."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path

from tsunagu.domain.errors import Unavailable

VARIABLE = "TSUNAGU_HOME"
ROOTS_HOME = Path("/var/lib/tsunagu")
"""Root's default: its home folder cannot be reached by the users that the database and the decoder run as."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds all state, and what lies in it."""

    folder: Path

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Home:
        """Return the home that the environment names, or the default, made if it is missing.

        Raises:
            Unavailable: it cannot be made.
        """
        named = environ.get(VARIABLE)
        folder = Path(named).absolute() if named else _default(environ)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
        except OSError as error:
            raise Unavailable("TSUNAGU_HOME cannot be made or is no folder") from error
        return cls(folder)

    @property
    def ledger(self) -> Path:
        """The ledger's signed roots, kept outside the database."""
        return self.folder / "ledger"

    @property
    def kernels(self) -> Path:
        """Compiled kernels, made again when missing."""
        return self.folder / "cache" / "kernels"

    @property
    def token(self) -> Path:
        """The sign-in of this system user."""
        return self.folder / "signed-in" / f"{os.geteuid()}.token"

    @property
    def demo_marker(self) -> Path:
        """Its presence says that everything here is the demo's."""
        return self.folder / "DEMO"


def make_passing_home(environ: MutableMapping[str, str]) -> None:
    """Name a home that ends with this program, unless there is one: for what keeps nothing, on a foreign host."""
    if VARIABLE in environ or _default(environ).exists():
        return
    environ[VARIABLE] = folder = tempfile.mkdtemp(prefix="tsunagu-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def _default(environ: Mapping[str, str]) -> Path:
    if os.geteuid() == 0:
        return ROOTS_HOME
    data = environ.get("XDG_DATA_HOME")
    return Path(data) / "tsunagu" if data else Path.home() / ".local" / "share" / "tsunagu"
