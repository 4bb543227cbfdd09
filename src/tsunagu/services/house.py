"""What a door (command, page, job) is given to call services with."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tsunagu.records.keys.keyring import Keyring
from tsunagu.records.ledger.book import Book
from tsunagu.records.ledger.roots import RootStore
from tsunagu.services.parts import Decoder, Queue


@dataclass(frozen=True, slots=True)
class Rooms:
    """The parts that need the database, while it is open."""

    keys: Keyring
    ledger: Book
    roots: RootStore
    queue: Queue


class House(Protocol):
    """One installation: its home, its database, its decoder."""

    home: Path
    demo_marker: Path
    workers: int

    def open(self) -> AbstractContextManager[Rooms]:
        """Start or join the database, and leave it again at the end.

        Entering raises:
            Unavailable: the keys, the database or its guards are not as they must be; the message says which.
        """

    def decoder(self) -> AbstractContextManager[Decoder]:
        """Start the limited children that decode, and end them again."""

    def token(self) -> str:
        """Return the sign-in of this system user.

        Raises:
            NotSignedIn: there is none.
        """

    def drop_token(self) -> None:
        """Forget the sign-in of this system user."""

    def keep_token(self, token: str) -> None:
        """Keep a sign-in for this system user alone."""

    def operator(self) -> Operator:
        """Return what only the operator of this host may use. None of it prints content."""


class Operator(Protocol):
    """What the operator of the host does: keys, roles, checks."""

    def has_keys(self) -> bool:
        """Return whether this home has a keyring."""

    def create_keys(self) -> None:
        """Make the keyring of a new home.

        Raises:
            Conflict: there is one already.
        """

    def claim_for_demo(self) -> None:
        """Make this home a demonstration's: an empty one, or one that an earlier demonstration is removed from.

        Raises:
            Conflict: it is in use, or holds anything that is not a demonstration's.
        """

    def rotate_keys(self) -> int:
        """Change every key, seal the second factors anew, and return how many."""

    def export_keys(self, folder: Path, passphrases: tuple[str, str]) -> tuple[Path, Path]:
        """Write the two custodians' shares."""

    def restore_keys(self, shares: tuple[Path, Path], passphrases: tuple[str, str]) -> None:
        """Bring the keys back from both shares."""

    def roles_sql(self) -> str:
        """Return what an administrator of a foreign server runs when the owner may not create roles."""

    def database_state(self) -> tuple[Check, ...]:
        """Return how the database stands, without starting it."""

    def check(self) -> tuple[Check, ...]:
        """Examine the installation, every part whether or not another fails."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was examined.

    Attributes:
        ok: None where there is nothing to judge, as with a version.
        detail: what was found; no content, no secret.
    """

    name: str
    ok: bool | None
    detail: str
