"""The quick question of an officer: who may ask it, and what to ask for a file."""

from __future__ import annotations

from datetime import datetime

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import InputError
from tsunagu.domain.look_up import Query
from tsunagu.domain.permission import Permission
from tsunagu.services.access import denials_recorded
from tsunagu.services.parts import Decoder, Keys, Ledger

_ASKED = "look-up"


def begin_to_ask(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Do nothing where the actor may look something up.

    Raises:
        Forbidden: he may not, which is written down.
    """
    with denials_recorded(
        actor=actor, permission=Permission.MEDIA_LOOK_UP, asked=_ASKED, now=now, keys=keys, ledger=ledger
    ):
        pass


def query_of_open_file(fd: int, *, decoder: Decoder) -> Query:
    """Return what to ask for an open file; an archive is asked for by its own digests.

    Raises:
        InputError: it is empty or cannot be read.
    """
    from tsunagu.services.examination import examine_alone  # noqa: PLC0415 - loads NumPy

    query = Query.of_file(examine_alone(fd, decoder=decoder))
    if query.is_empty:
        raise InputError("this file is empty or cannot be read, so that nothing can be asked")
    return query
