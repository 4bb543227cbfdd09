"""One installation put together: the only place that names concrete parts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from django.conf import settings as django_settings

from tsunagu.config.children import decode_children, table_child
from tsunagu.config.configuration import Configuration
from tsunagu.config.databases import check_roles, connect, disconnect, outages_told, point
from tsunagu.config.home import Home
from tsunagu.config.listening import refuse_unservable
from tsunagu.config.logs import log_pages
from tsunagu.config.places import vault_place
from tsunagu.config.queue import InlineQueue, WorkerQueue
from tsunagu.config.viewing import LazyViewer
from tsunagu.domain.errors import NotSignedIn, Unavailable
from tsunagu.media.sandbox.begun import Begun
from tsunagu.records.keys.keyring import Keyring
from tsunagu.records.keys.private_files import replace_private
from tsunagu.records.ledger.book import Book
from tsunagu.records.ledger.roots import RootStore
from tsunagu.records.postgres.addresses import Addresses
from tsunagu.records.postgres.opening import open_database, revive_database
from tsunagu.records.remote_files import RemoteFiles
from tsunagu.records.uploads import UploadStore
from tsunagu.records.watched import WatchedFolders
from tsunagu.services.clock import note_clock
from tsunagu.services.house import Rooms
from tsunagu.services.ledger.accounts import sign_root
from tsunagu.services.parts import Decoder

if TYPE_CHECKING:
    from tsunagu.config.operator import HostOperator
    from tsunagu.exchange.seized.opening import TableReader
    from tsunagu.services.banks.known_index import KnownIndex
    from tsunagu.services.house import Cluster

GIB = 1 << 30


class Application:
    """The installation that the environment names. It satisfies `services.house.House`."""

    def __init__(self, environ: Mapping[str, str], begun: Begun | None = None) -> None:
        """Find the home and read its settings; nothing is started yet.

        Args:
            environ: names the home, and may hold settings.
            begun: the zygote of the children that decode, where it has been started ahead.

        Raises:
            InputError: a setting is unknown or wrong.
            Unavailable: the home cannot be made, or its settings not be read.
        """
        home = Home.of(environ)
        self._configuration = Configuration.of(home.settings, environ)
        self._home = home
        self._environ = environ
        self._begun = begun
        self.home: Path = home.folder
        self.demo_marker: Path = home.demo_marker
        # Two more than processors: workers that wait for their child, the disk or the interpreter leave one to others.
        self.workers: int = self._configuration.workers or len(os.sched_getaffinity(0)) + 2

    def for_demo(self) -> Application:
        """Return the installation of the demonstration, in a home of its own unless the environment names one.

        Raises:
            InputError: a setting of that home is unknown or wrong.
            Unavailable: its home cannot be made, or its settings not be read.
        """
        return Application(Home.for_demo(self._environ).named_in(self._environ), self._begun)

    @contextmanager
    def open(self, *, for_workers: bool = False) -> Iterator[Rooms]:
        """Start or join the database; at the end sign the ledger's root and leave.

        Args:
            for_workers: whether what is deferred waits for a worker, and is not done by this process.

        Raises:
            Unavailable: the keys, the database or its guards are not as they must be; the message says which. The
                block, too, ends with it when the database goes away.
        """
        with self._opened(connect, for_workers=for_workers) as rooms:
            note_clock(now=datetime.now(UTC), ledger=rooms.ledger)
            yield rooms

    @contextmanager
    def open_as_found(self) -> Iterator[Rooms]:
        """Open the house for the operator, whatever release the tables are of.

        Raises:
            Unavailable: as for `open`, but for the tables.
        """

        def connect_as_found(addresses: Addresses) -> None:
            point(addresses)
            check_roles(addresses)

        with self._opened(connect_as_found) as rooms:
            yield rooms

    @contextmanager
    def _opened(self, connected: Callable[[Addresses], None], *, for_workers: bool = False) -> Iterator[Rooms]:
        if self._home.unfinished_restore.exists():
            raise Unavailable(f"this home is closed, for a restore into it did not end well: {self._home.why_closed()}")
        keys = Keyring.open(self.home, self._environ)
        with outages_told(), open_database(self.home, self._environ) as addresses, LazyViewer(self.decoder) as viewer:
            try:
                connected(addresses)
                django_settings.TSUNAGU_HELD_FOLDER = self._home.index / "held"
                queue = WorkerQueue() if for_workers else InlineQueue(self)
                rooms = Rooms(
                    keys,
                    Book(),
                    RootStore(self._home.ledger),
                    queue,
                    self._uploads(),
                    WatchedFolders(self._configuration.watched_folder),
                    viewer,
                    vault_place(self._home, self._configuration, self._environ),
                    cache(self._known_index),
                    self.tables,
                    RemoteFiles(self._configuration.hma_fetch_hosts),
                )
                if isinstance(queue, InlineQueue):
                    queue.serve(rooms)
                yield rooms
                newest = Keyring.open(self.home, self._environ)  # they may have been rotated meanwhile
                sign_root(store=rooms.roots, signer=newest.signer(), now=datetime.now(UTC))
            finally:
                disconnect()

    def _known_index(self) -> KnownIndex:
        from tsunagu.services.banks.known_index import KnownIndex  # noqa: PLC0415 - only who looks up waits for the kernels

        return KnownIndex(self._home.index, threads=len(os.sched_getaffinity(0)))

    @contextmanager
    def decoder(self) -> Iterator[Decoder]:
        """Start the limited children that decode, and end them again.

        An archive holds a child while its members are examined, so there is one a worker and depth.

        Entering raises:
            Unavailable: children cannot be started or not be shut in.
        """
        from tsunagu.services.media.examination import MOST_DEPTH  # noqa: PLC0415 - only who decodes waits for NumPy

        begun, self._begun = self._begun, None  # for the first pool alone
        with decode_children(self.workers * (MOST_DEPTH + 1), begun) as pool:
            yield pool

    @contextmanager
    def tables(self) -> Iterator[TableReader]:
        """Start the limited child that reads workbooks and databases, and end it again.

        Entering raises:
            Unavailable: it cannot be started, or not be shut in.
        """
        with table_child() as pool:
            yield pool

    def work(self, *, once: bool, is_quiet: bool) -> None:
        """Run what was deferred; see `services.house.House`."""
        from tsunagu.config.worker import work  # noqa: PLC0415

        with self.open(for_workers=True) as rooms:
            work(self, rooms, once=once, is_quiet=is_quiet)

    def token(self) -> str:
        """Return the sign-in of this system user.

        Raises:
            NotSignedIn: there is none.
        """
        try:
            return self._home.token.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            if not self.operator().has_keys():
                raise NotSignedIn("this home is empty: `tsunagu init` founds its first agency") from error
            raise NotSignedIn("nobody is signed in: use `tsunagu sign-in`") from error

    def keep_token(self, token: str) -> None:
        """Keep a sign-in so that only this system user reads it."""
        path = self._home.token
        path.parent.mkdir(mode=0o700, exist_ok=True)
        replace_private(path, token.encode("ascii"))

    def drop_token(self) -> None:
        """Forget the sign-in of this system user."""
        self._home.token.unlink(missing_ok=True)

    def serve(
        self, *, host: str, port: int, names: Sequence[str], tls: tuple[Path, Path] | None, with_worker: bool
    ) -> None:
        """Serve the workplace in the browser until interrupted; see `services.house.House`."""
        from tsunagu.config.beside import kept_beside  # noqa: PLC0415 - only who serves loads the server
        from tsunagu.config.serving import serve  # noqa: PLC0415 - likewise

        os.environ.update(self._home.named_in({}))  # for the processes that are started
        worker = ("worker",) if self._configuration.json_logs else ("worker", "--quiet")
        with kept_beside(lambda: revive_database(self.home, self._environ), worker=worker if with_worker else None):
            serve(
                host=host,
                port=port,
                names=names,
                tls=tls,
                as_json=self._configuration.json_logs,
                processes=self._configuration.server_processes,
            )

    def serve_hub(self, rooms: Rooms, *, host: str, port: int) -> None:
        """Hear other installations until this process is told to end; see `services.house.House`."""
        from tsunagu.config.beside import kept_beside  # noqa: PLC0415 - only who serves loads the server
        from tsunagu.config.hub_serving import serve_hub  # noqa: PLC0415 - likewise

        with kept_beside(lambda: revive_database(self.home, self._environ), worker=None):
            serve_hub(rooms, host=host, port=port, as_json=self._configuration.json_logs)

    def refuse_unservable(self, *, host: str, port: int, tls: tuple[Path, Path] | None) -> None:
        """Refuse what the web server could not serve; see `config.listening`."""
        refuse_unservable(host=host, port=port, tls=tls)

    def tls(self) -> tuple[Path, Path] | None:
        """Return certificate and key as the settings name them; None when they name neither.

        Raises:
            InputError: they name one of the two, or a file that is not there.
        """
        from tsunagu.config.examining import tls_files  # noqa: PLC0415 - likewise

        return tls_files(self._configuration)

    def serve_pages(self, rooms: Rooms) -> None:
        """Let the pages of this process work in these rooms.

        Raises:
            InputError: the token that opens `/metrics` is missing or too short, a proxy is no address, or the
                settings name a provider of sign-ins by half.
            Unavailable: others may read it.
        """
        from tsunagu.config.measures import InstallationMeasures, metrics_token  # noqa: PLC0415 - likewise
        from tsunagu.config.providers import policy_with, provider_of  # noqa: PLC0415 - likewise
        from tsunagu.web.client_address import networks_of  # noqa: PLC0415 - likewise
        from tsunagu.web.rooms import serve_from  # noqa: PLC0415 - likewise

        django_settings.TSUNAGU_TRUSTED_PROXIES = networks_of(self._configuration.trusted_proxies)
        provider = provider_of(self._configuration)
        if provider is not None:
            django_settings.CONTENT_SECURITY_POLICY = policy_with(provider)
        log_pages(as_json=self._configuration.json_logs)
        serve_from(
            rooms,
            demo=self.demo_marker.exists(),
            token=metrics_token(self._configuration),
            provider=provider,
            measures=InstallationMeasures(self._home, self._environ, self._configuration),
        )

    @contextmanager
    def cluster(self, address: str) -> Iterator[Cluster]:
        """Attach to a cluster, and leave it again at the end; see `services.house.House`."""
        from tsunagu.config.cluster.attaching import attached  # noqa: PLC0415 - only who wants a cluster loads Ray
        from tsunagu.config.cluster.clusters import RayCluster  # noqa: PLC0415 - likewise

        with attached(address, token=self._home.cluster_token, environ=self._environ) as ray:
            yield RayCluster(ray)

    def become_node(self, address: str, *, own: str | None) -> NoReturn:
        """Become a node of a cluster; see `services.house.House`."""
        from tsunagu.config.cluster.attaching import become_node  # noqa: PLC0415 - likewise

        become_node(address, own=own, token=self._home.cluster_token, environ=os.environ)

    def operator(self) -> HostOperator:
        """Return what only the operator of this host may use."""
        from tsunagu.config.operator import HostOperator  # noqa: PLC0415 - likewise

        return HostOperator(self._home, self._environ, self._configuration, self)

    def _uploads(self) -> UploadStore:
        settings = self._configuration
        return UploadStore(
            self._home.uploads,
            quota_bytes=settings.upload_quota_gib * GIB,
            spare_bytes=settings.upload_spare_gib * GIB,
        )
