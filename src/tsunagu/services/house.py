"""What a door (command, page, job) is given to call services with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol

from tsunagu.domain.ledger import LedgerReport
from tsunagu.records.keys.keyring import Keyring
from tsunagu.records.ledger.book import Book
from tsunagu.records.ledger.roots import RootStore
from tsunagu.records.uploads import UploadStore
from tsunagu.records.vault.store import VaultStore
from tsunagu.records.watched import WatchedFolders
from tsunagu.services.parts import Decoder, Queue, Viewer

if TYPE_CHECKING:
    from tsunagu.exchange.seized.opening import TableReader
    from tsunagu.services.banks.known_index import KnownIndex, Searchable
    from tsunagu.services.erasures.replaying import Replayed
    from tsunagu.services.intake.chunks import ClusterExaminer
    from tsunagu.services.upkeep.backups import TakenBackup


@dataclass(frozen=True, slots=True)
class Rooms:
    """The parts that need the database, while it is open."""

    keys: Keyring
    ledger: Book
    roots: RootStore
    queue: Queue
    uploads: UploadStore
    watched: WatchedFolders
    viewer: Viewer
    vault: VaultStore
    known: Callable[[], KnownIndex]
    """Returns the index of this process, made when it is first asked for: it loads the kernels."""
    tables: Callable[[], AbstractContextManager[TableReader]]
    """Starts the limited child that reads workbooks and databases, and ends it again."""
    fetch: Callable[[str], Iterator[bytes]]
    """Returns a file elsewhere piece by piece, where the settings allow that: see `records.remote_files`."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore found: how the ledger stood, and what was erased anew."""

    report: LedgerReport
    replayed: Replayed


class House(Protocol):
    """One installation: its home, its database, its decoder."""

    home: Path
    demo_marker: Path
    workers: int

    def for_demo(self) -> House:
        """Return the house of the demonstration, which has a home of its own unless this one's was named."""

    def open(self, *, for_workers: bool = False) -> AbstractContextManager[Rooms]:
        """Start or join the database, and leave it again at the end.

        Args:
            for_workers: whether what is deferred waits for a worker, and is not done by this process.

        Entering raises:
            Unavailable: the keys, the database or its guards are not as they must be; the message says which.
        """

    def decoder(self) -> AbstractContextManager[Decoder]:
        """Start the limited children that decode, and end them again."""

    def tables(self) -> AbstractContextManager[TableReader]:
        """Start the limited child that reads workbooks and databases, and end it again."""

    def work(self, *, once: bool, is_quiet: bool) -> None:
        """Run what was deferred until this process is told to end, or `once`, until nothing waits.

        Args:
            once: whether it ends when nothing waits.
            is_quiet: whether only what goes wrong is told, in sentences.

        Raises:
            Unavailable: the database cannot be used, or has gone away.
        """

    def token(self) -> str:
        """Return the sign-in of this system user.

        Raises:
            NotSignedIn: there is none.
        """

    def drop_token(self) -> None:
        """Forget the sign-in of this system user."""

    def keep_token(self, token: str) -> None:
        """Keep a sign-in for this system user alone."""

    def refuse_unservable(self, *, host: str, port: int, tls: tuple[Path, Path] | None) -> None:
        """Refuse what the web server could not serve.

        Raises:
            Conflict: something listens at the port already.
            InputError: this machine has no such address, or certificate and key are not what they should be.
            Unavailable: the system lets nobody listen there, or not this user.
        """

    def serve(
        self, *, host: str, port: int, names: Sequence[str], tls: tuple[Path, Path] | None, with_worker: bool
    ) -> None:
        """Serve the workplace in the browser until interrupted.

        Args:
            host: the address to listen at.
            port: the port.
            names: host names that requests may name beside this machine's own.
            tls: certificate and key, PEM files; None leaves encryption to a web server in front.
            with_worker: whether a worker runs beside it; without one, intakes wait for a worker elsewhere.
        """

    def serve_hub(self, rooms: Rooms, *, host: str, port: int) -> None:
        """Hear other installations until this process is told to end.

        Args:
            rooms: of this house, which is open.
            host, port: where to listen.
        """

    def tls(self) -> tuple[Path, Path] | None:
        """Return certificate and key as the settings name them; None when they name neither.

        Raises:
            InputError: they name one of the two, or a file that is not there.
        """

    def cluster(self, address: str) -> AbstractContextManager[Cluster]:
        """Attach to a cluster, and leave it again at the end.

        Args:
            address: `HOST:PORT` of its first node.

        Entering raises:
            InputError: it leads out of this machine, or has a node elsewhere, without encryption.
            Unavailable: nobody answers there, or not to this home.
        """

    def become_node(self, address: str, *, own: str | None) -> NoReturn:
        """Become a node of a cluster: the first one, which listens at `address`, or one that joins there as `own`.

        Raises:
            InputError: an address is none, or leads out of this machine without encryption.
            Unavailable: a part is missing; the message says which.
        """

    def operator(self) -> Operator:
        """Return what only the operator of this host may use. None of it prints content."""


class Cluster(Protocol):
    """Many hosts as one."""

    def examiner(self, decoder: Decoder) -> ClusterExaminer:
        """Return who examines files on all of them; `decoder` is for what only this machine sees."""

    def known(self) -> Searchable:
        """Return what banks know, as the cluster serves it; call it while the house is open.

        Raises:
            Conflict: it serves an index that is not of this database.
            Unavailable: it serves none, or not all of it.
        """

    def serve(self, position: int, paths: Sequence[Path], *, told: Callable[[], None]) -> None:
        """Have two nodes map each snapshot, and see to it that they do until this process is told to end.

        Args:
            position: the place in the log up to which the snapshots go.
            paths: the snapshots, one a shard, at the same path on every node.
            told: called once all are searched.

        Raises:
            Unavailable: there are no two nodes, or one cannot open its shard.
        """


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

    def refuse_without_database(self) -> None:
        """Refuse to look where nothing is: opening the house would make a database there.

        Raises:
            Unavailable: there is none in this home yet.
        """

    def database_state(self) -> tuple[Check, ...]:
        """Return how the database stands, without starting it."""

    def run_database(self) -> None:
        """Keep the embedded database running until this process is told to end.

        Raises:
            InputError: the database is on a server of somebody else.
            Unavailable: it cannot run here.
        """

    def check(self) -> tuple[Check, ...]:
        """Examine the installation, every part whether or not another fails."""

    def status(self) -> tuple[Check, ...]:
        """Return how the installation stands, in numbers and times; nothing of its content."""

    def note_verified(self, report: LedgerReport) -> None:
        """Keep when the ledger was found sound."""

    def back_up(self, place: Path | str | None) -> TakenBackup:
        """Write a backup into a folder of its own at `place`, or where the settings say.

        Args:
            place: a folder, or `s3://bucket/prefix`.

        Raises:
            InputError: neither says where, or the place is within this home.
            Unavailable: a part is missing; the message says which.
        """

    def restore(self, place: Path | str, roots_elsewhere: Path | None, erasures: Path | None) -> Restored:
        """Bring a backup back into this home, which holds its keys and nothing else, and erase anew what was erased.

        Args:
            place: a backup or a folder of backups, of which the newest is meant; or the same in a bucket.
            roots_elsewhere: a folder with roots that somebody else kept.
            erasures: a list of erasures that was kept elsewhere, as `ledger erasures` printed it.

        Raises:
            Conflict: the home or the database is not empty, or a later release made the backup.
            InputError: the backup was damaged.
            LedgerBroken: the ledger does not fit roots that were kept elsewhere, or does not verify.
        """

    def upgrade(self) -> int:
        """Bring the tables up to date with this release, and return how many migrations were applied."""


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
