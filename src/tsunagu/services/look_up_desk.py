"""One desk for all programs that look up at the same moment: they share a check of keys, a search and a commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock

import numpy as np

from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import NotSignedIn, Unavailable
from tsunagu.domain.look_up import Query
from tsunagu.domain.purpose import Purpose
from tsunagu.records.session import connections_renewed
from tsunagu.services.api_keys import NO_KEY, actor_by_key, actors_by_keys
from tsunagu.services.house import Rooms
from tsunagu.services.known_index import KIND
from tsunagu.services.look_ups import LookedUp, LookUp, look_up_together

MOST_TOGETHER = 64
"""Askers that are answered at once."""
MOST_QUERIES_TOGETHER = 4096
"""Things that are asked for at once; an asker who asks for more than others leave is answered with the next ones."""


@dataclass(slots=True, eq=False)
class _Waiting:
    token: str
    purpose: Purpose | None
    queries: Sequence[Query]
    of_own_all: bool
    outcome: LookedUp | Exception | None = None


class LookUpDesk:
    """Answers programs by their keys. Threads share one: whoever holds the desk answers all who wait by then.

    A key is looked at anew each time, and what its officer may do is decided with the answer.
    """

    def __init__(self, *, rooms: Callable[[], Rooms], now: Callable[[], datetime]) -> None:
        """Begin with nobody waiting."""
        self._rooms = rooms
        self._now = now
        self._queue: list[_Waiting] = []
        self._queue_lock = Lock()
        self._desk_lock = Lock()

    def ask(
        self, token: str, purpose: Purpose | None, queries: Sequence[Query], *, of_own_all: bool = False
    ) -> LookedUp:
        """Return what the banks that answer this program know, once it is written down.

        Args:
            token: its key, which nobody has looked at yet.
            purpose: None where it states none, and is refused.
            queries: what it asks for.
            of_own_all: whether banks of its own agency answer with all their items, also those that are switched off.

        Raises:
            NotSignedIn: no such key, or it does not open anything any more.
            Forbidden: the key may look nothing up.
            InputError: it states no purpose, or asks for nothing or for too much at once.
            Exhausted: the key's budget is used up for today.
            Unavailable: not everything can be searched, or the ledger takes no entry: then nothing is told.
            django.db.Error: the database has gone away.
        """
        mine = _Waiting(token, purpose, queries, of_own_all)
        with self._queue_lock:
            self._queue.append(mine)
        with self._desk_lock:
            while mine.outcome is None and mine in self._queue:
                self._answer(self._next())
        if isinstance(mine.outcome, Exception):
            raise mine.outcome
        if mine.outcome is None:
            raise Unavailable("whoever looked this up for all who waited was interrupted: ask again")
        return mine.outcome

    def check(self, token: str) -> None:
        """Do nothing when a key opens anything.

        Raises:
            NotSignedIn: no such key, or it does not open anything any more.
            django.db.Error: the database has gone away.
        """
        connections_renewed()
        rooms = self._rooms()
        actor_by_key(token=token, now=self._now(), keys=rooms.keys, ledger=rooms.ledger)

    def warm(self) -> None:
        """Open the index and load the kernels, so that nobody's first question waits for them.

        Raises:
            django.db.Error: the database has gone away.
        """
        self._rooms().known().search(np.zeros((1, KIND.bits // 8), np.uint8))

    def _next(self) -> list[_Waiting]:
        """Take those who have waited longest, at least one."""
        with self._queue_lock:
            queries, batch = 0, 0
            for one in self._queue[:MOST_TOGETHER]:
                queries += len(one.queries)
                if batch and queries > MOST_QUERIES_TOGETHER:
                    break
                batch += 1
            taken, self._queue = self._queue[:batch], self._queue[batch:]
        return taken

    def _answer(self, batch: Sequence[_Waiting]) -> None:
        connections_renewed()
        try:
            self._answer_together(batch)
        except Exception as error:  # noqa: BLE001 - every waiter must hear of it, whatever it is
            if len(batch) == 1:
                batch[0].outcome = error
                return
            for one in batch:  # nothing was committed; what one of them asked breaks nobody else's answer
                self._answer([one])

    def _answer_together(self, batch: Sequence[_Waiting]) -> None:
        rooms, now = self._rooms(), self._now()
        tokens = {one.token for one in batch}
        actors = actors_by_keys(tokens=tokens, now=now, keys=rooms.keys, ledger=rooms.ledger)
        known = [one for one in batch if one.token in actors]
        asked = [_look_up(one, actors[one.token]) for one in known]
        answered = (
            look_up_together(asked, known=rooms.known(), now=now, keys=rooms.keys, ledger=rooms.ledger) if asked else []
        )
        for one in batch:
            one.outcome = NotSignedIn(NO_KEY)
        for one, outcome in zip(known, answered, strict=True):
            one.outcome = outcome


def _look_up(one: _Waiting, actor: Actor) -> LookUp:
    return LookUp(replace(actor, purpose=one.purpose), one.queries, of_own_all=one.of_own_all)
