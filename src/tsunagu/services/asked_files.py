"""Files that somebody asks about: decoded as every other, in the limited child, and kept nowhere."""

from __future__ import annotations

from datetime import datetime

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import InputError
from tsunagu.domain.look_up import Query
from tsunagu.domain.media import Examined
from tsunagu.domain.permission import Permission
from tsunagu.services.access import denials_recorded
from tsunagu.services.examination import examine_open
from tsunagu.services.known_index import KnownIndex
from tsunagu.services.look_ups import LookedUp, look_up
from tsunagu.services.parts import Keys, Ledger, Viewer

MOST_FILE_BYTES = 100 << 20
"""How large a file may be that is asked about; one that is larger is asked for by its digests."""
_NAME = b"file"


def examine_asked(*, actor: Actor, fd: int, viewer: Viewer, now: datetime, keys: Keys, ledger: Ledger) -> Examined:
    """Return what a file is known by, itself and not what may be packed in it.

    Args:
        fd: the whole file, open for reading.

    Raises:
        Forbidden: the actor may look nothing up.
        Unavailable: nothing can be decoded at this moment.
    """
    permission = Permission.MEDIA_LOOK_UP
    with (
        denials_recorded(actor=actor, permission=permission, asked=_NAME.decode(), now=now, keys=keys, ledger=ledger),
        viewer.at_work() as decoder,
    ):
        return next(one for one in examine_open(_NAME, fd, decoder=decoder) if one.path == _NAME)


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
    examined = examine_asked(actor=actor, fd=fd, viewer=viewer, now=now, keys=keys, ledger=ledger)
    query = Query.of_file(examined)
    if query.is_empty:
        raise InputError("this file is empty or cannot be read, so that nothing can be asked")
    return examined, look_up(actor=actor, queries=[query], known=known, now=now, keys=keys, ledger=ledger)
