"""Files that somebody asks about: decoded as every other, in the limited child, and kept nowhere."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import InputError
from tsunagu.domain.look_up import Query
from tsunagu.domain.media import Examined
from tsunagu.domain.permission import Permission
from tsunagu.services.access import denials_recorded
from tsunagu.services.parts import Keys, Ledger, Viewer

if TYPE_CHECKING:
    from tsunagu.services.banks.known_index import KnownIndex
    from tsunagu.services.look_ups.asking import LookedUp

MOST_FILE_BYTES = 100 << 20
"""How large a file may be that is asked about; one that is larger is asked for by its digests."""
_ASKED = "file"


def begin_to_ask(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Do nothing where the actor may look something up.

    Raises:
        Forbidden: he may not, which is written down.
    """
    permission = Permission.MEDIA_LOOK_UP
    with denials_recorded(actor=actor, permission=permission, asked=_ASKED, now=now, keys=keys, ledger=ledger):
        pass


def examine_asked(*, actor: Actor, fd: int, viewer: Viewer, now: datetime, keys: Keys, ledger: Ledger) -> Examined:
    """Return what a file is known by, itself and not what may be packed in it.

    Args:
        fd: the whole file, open for reading.

    Raises:
        Forbidden: the actor may look nothing up.
        Unavailable: nothing can be decoded at this moment.
    """
    from tsunagu.services.media.examination import examine_alone  # noqa: PLC0415 - loads NumPy

    begin_to_ask(actor=actor, now=now, keys=keys, ledger=ledger)
    with viewer.at_work() as decoder:
        return examine_alone(fd, decoder=decoder)


def look_up_file(
    *, actor: Actor, fd: int, known: KnownIndex, viewer: Viewer, now: datetime, keys: Keys, ledger: Ledger
) -> tuple[Examined, LookedUp]:
    """Return what a file is known by, and what the banks that answer this actor know of it.

    Raises:
        Forbidden: the actor may look nothing up.
        InputError: he states no purpose, or the file is empty or cannot be read.
        Exhausted: his budget, or his key's, is used up for today.
        Unavailable: nothing can be decoded, not everything can be searched, or the ledger takes no entry.
    """
    from tsunagu.services.look_ups.asking import look_up  # noqa: PLC0415 - loads the kernels

    examined = examine_asked(actor=actor, fd=fd, viewer=viewer, now=now, keys=keys, ledger=ledger)
    query = Query.of_file(examined)
    if query.is_empty:
        raise InputError("this file is empty or cannot be read, so that nothing can be asked")
    return examined, look_up(actor=actor, queries=[query], known=known, now=now, keys=keys, ledger=ledger)
