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
BROKEN_OFF = "it was broken off"
ROOTS_HOME = Path("/var/lib/tsunagu")
DEMO_SUFFIX = "-demo"
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
        return cls._made(environ, _default(environ))

    @classmethod
    def for_demo(cls, environ: Mapping[str, str]) -> Home:
        """Return the home of the demonstration, made if it is missing: beside the default one, unless one is named.

        Raises:
            Unavailable: it cannot be made.
        """
        default = _default(environ)
        return cls._made(environ, default.with_name(default.name + DEMO_SUFFIX))

    @classmethod
    def _made(cls, environ: Mapping[str, str], default: Path) -> Home:
        named = environ.get(VARIABLE)
        folder = Path(named).absolute() if named else default
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
        except OSError as error:
            raise Unavailable("TSUNAGU_HOME cannot be made or is no folder") from error
        return cls(folder)

    def named_in(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Return the environment, naming this home."""
        return {**environ, VARIABLE: str(self.folder)}

    @property
    def ledger(self) -> Path:
        """The ledger's signed roots, kept outside the database."""
        return self.folder / "ledger"

    @property
    def kernels(self) -> Path:
        """Compiled kernels, made again when missing."""
        return self.folder / "cache" / "kernels"

    @property
    def index(self) -> Path:
        """Snapshots of the index of what banks know, made again when missing."""
        return self.folder / "index"

    @property
    def uploads(self) -> Path:
        """Uploaded bytes until they have been examined."""
        return self.folder / "uploads"

    @property
    def token(self) -> Path:
        """The sign-in of this system user."""
        return self.folder / "signed-in" / f"{os.geteuid()}.token"

    @property
    def cluster_token(self) -> Path:
        """What a process must show to a cluster; the same one on every node."""
        return self.folder / "cluster" / "token"

    @property
    def settings(self) -> Path:
        """The settings of this installation."""
        return self.folder / "settings.toml"

    @property
    def verified(self) -> Path:
        """When the ledger was last found sound."""
        return self.ledger / "verified.json"

    @property
    def unfinished_restore(self) -> Path:
        """Its presence says that a restore was begun here and did not end well; it holds the reason."""
        return self.folder / "RESTORE-UNFINISHED"

    def why_closed(self) -> str:
        """Return why the restore did not end well, as far as it was written down."""
        try:
            return self.unfinished_restore.read_text(encoding="utf-8").strip() or BROKEN_OFF
        except (OSError, UnicodeDecodeError):
            return BROKEN_OFF

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
