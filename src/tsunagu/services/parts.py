"""The parts that services are given: small protocols, filled in by the wiring."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from tsunagu.domain.ledger import Deed
from tsunagu.domain.media import Examined, MediaType

if TYPE_CHECKING:
    from tsunagu.media.messages import Message, RgbPicture  # at run time every command would wait for NumPy
    from tsunagu.media.walk import Found
    from tsunagu.records.session import Statement


class Ledger(Protocol):
    """Where deeds are written. No entry, no answer."""

    def write(self, *deeds: Deed, using: str = "default", together: Sequence[Statement] = ()) -> None:
        """Add entries within the caller's transaction, or as one of their own with other statements."""

    def record(self, *deeds: Deed) -> None:
        """Add entries in a transaction of their own, and return once it is committed."""


class Keys(Protocol):
    """The keyring, as far as services use it."""

    def seal(self, purpose: str, plaintext: bytes, context: bytes) -> bytes:
        """Return the plaintext sealed for a purpose, bound to a context."""

    def open_sealed(self, purpose: str, blob: bytes, context: bytes) -> bytes:
        """Return what was sealed."""

    def mac(self, purpose: str, data: bytes) -> bytes:
        """Return a keyed digest, 32 bytes, by the newest version of the key."""

    def macs(self, purpose: str, data: bytes) -> tuple[bytes, ...]:
        """Return the keyed digest by every version of the key, newest first: to find what was written before."""


class Decoder(Protocol):
    """The pool of limited children that decodes hostile files."""

    def decode(self, fd: int, media_type: MediaType) -> Generator[Message, None, None]:
        """Yield what the content says; raises `Refused` at any time."""

    def fingerprint(self, fd: int, media_type: MediaType) -> Generator[Message, None, None]:
        """Yield the same, with fingerprints in place of pictures and frames."""

    def decode_rgb(self, fd: int, media_type: MediaType, *, max_side: int) -> RgbPicture:
        """Return a picture for eyes, no side longer than `max_side` pixels; raises `Refused`."""


class Examiner(Protocol):
    """Learns what files are: by the processors of this machine, or by those of many."""

    def examine_all(self, found: Iterable[Found]) -> Generator[tuple[Found, tuple[Examined, ...]], None, None]:
        """Yield every file with what was learnt of it, in the order given; see `media.examination.examine_all`."""


class Viewer(Protocol):
    """Decoders for what officers are shown, few at a time."""

    def at_work(self) -> AbstractContextManager[Decoder]:
        """Wait for one's turn, and decode as long as the block lasts.

        Entering raises:
            Unavailable: it does not come soon; or children cannot be started or not be shut in.
        """


class Queue(Protocol):
    """Work that is done later, or elsewhere, by the name of its task.

    Attributes:
        is_at_once: whether this process does it itself, as soon as it is deferred and committed to.
    """

    is_at_once: bool

    def defer(self, task: str, arguments: Mapping[str, str | int]) -> None:
        """See to it that the task runs at least once with these arguments, once the caller's transaction is committed.

        Args:
            task: a name of `jobs.tasks`.
            arguments: opaque ids alone; whoever looks after the queue may read them.
        """


class HandedBack(Exception):
    """A task gives its work back, since its worker is asked to stop. It is taken up again where it was left."""
