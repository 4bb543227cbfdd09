"""One desk for all programs that look up at the same moment: they share a check of keys, a search and a commit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Condition, Lock, Thread
from typing import TYPE_CHECKING, Self

from tsunagu.domain.errors import NotSignedIn, Unavailable
from tsunagu.domain.look_up import Query
from tsunagu.domain.purpose import Purpose
from tsunagu.records.session import connections_left, connections_renewed
from tsunagu.services.agencies.api_keys import NO_KEY, actor_by_key, actors_by_keys
from tsunagu.services.house import Rooms

if TYPE_CHECKING:
    from tsunagu.services.look_ups.asking import LookedUp

Answered = Callable[["LookedUp | Exception"], None]

log = logging.getLogger("tsunagu.index")

_CLOSING = "this server is closing: ask again"
MOST_TOGETHER = 64
"""Askers that are answered at once."""
MOST_QUERIES_TOGETHER = 4096
"""Things that are asked for at once; an asker who asks for more than others leave is answered with the next ones."""
MOST_WAITING = 16_384
"""Things that are asked for and wait; who comes then is let in once others have been taken: it bounds the memory."""
CLERKS = 2
"""Who work at a desk: one searches while what the other has found is written down and committed."""


@dataclass(slots=True, eq=False)
class _Waiting:
    """Somebody who asks, with his answer once there is one.

    Attributes:
        answered: is told it.
    """

    token: str
    purpose: Purpose | None
    queries: Sequence[Query]
    of_own_all: bool
    answered: Answered
    outcome: LookedUp | Exception = field(default_factory=lambda: Unavailable(_CLOSING))

    def tell(self) -> None:
        try:
            self.answered(self.outcome)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are told theirs
            log.error("an answer could not be given: %s", type(error).__name__)  # noqa: TRY400 - values may be content


class LookUpDesk:
    """Answers programs by their keys, in threads of its own: all who have come while it searched for those before.

    Threads share one. A key is looked at anew each time, and what its officer may do is decided with the answer.
    """

    def __init__(self, *, rooms: Callable[[], Rooms], now: Callable[[], datetime]) -> None:
        """Begin with nobody waiting."""
        self._rooms = rooms
        self._now = now
        self._queue: list[_Waiting] = []
        self._waiting = 0
        lock = Lock()
        self._has_come, self._has_room = Condition(lock), Condition(lock)
        self._is_open = True
        self._turn = Lock()
        self._clerks = [Thread(target=self._work, name="look-ups", daemon=True) for _ in range(CLERKS)]

    def __enter__(self) -> Self:
        """Open: the index and the kernels are loaded first, beside whatever else goes on."""
        for one in self._clerks:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Answer who still waits, and close."""
        with self._has_come:
            self._is_open = False
            self._has_come.notify_all()
            self._has_room.notify_all()
        for one in self._clerks:
            one.join()

    def ask(
        self,
        *,
        token: str,
        purpose: Purpose | None,
        queries: Sequence[Query],
        of_own_all: bool = False,
        answered: Answered,
    ) -> None:
        """Have a program told what the banks that answer it know, once it is written down: nobody waits here for that.

        Args:
            token: its key, which nobody has looked at yet.
            purpose: None where it states none, and is refused.
            queries: what it asks for.
            of_own_all: whether banks of its own agency answer with all their items, also those that are switched off.
            answered: is called once, in a thread of the desk that others wait for, with the answer or with why there
                is none: `NotSignedIn`: no such key, or it does not open anything any more; `Forbidden`: the key may
                look nothing up; `InputError`: it states no purpose, or asks for nothing or for too much at once;
                `Exhausted`: the key's budget is used up for today; `Unavailable`: not everything can be searched, or
                the ledger takes no entry; `django.db.Error`: the database has gone away.

        Raises:
            Unavailable: the desk is closing; `answered` is not called.
        """
        mine = _Waiting(token, purpose, queries, of_own_all, answered)
        with self._has_come:
            while self._is_open and self._waiting >= MOST_WAITING:
                self._has_room.wait()
            if not self._is_open:
                raise Unavailable(_CLOSING)
            self._queue.append(mine)
            self._waiting += len(queries)
            self._has_come.notify()

    def check(self, token: str) -> None:
        """Do nothing when a key opens anything.

        Raises:
            NotSignedIn: no such key, or it does not open anything any more.
            django.db.Error: the database has gone away.
        """
        connections_renewed()
        rooms = self._rooms()
        actor_by_key(token=token, now=self._now(), keys=rooms.keys, ledger=rooms.ledger)

    def _work(self) -> None:
        try:
            self._warm()
            while self._answer_next():
                pass
        finally:
            self._dismiss()
            connections_left()

    def _answer_next(self) -> bool:
        """Answer those who wait, and return whether there was anybody: nobody once the desk is closed.

        Only one waits and searches at a time: two would each take half of those who come together.
        """
        batch: list[_Waiting] = []
        try:
            with ExitStack() as turn:
                turn.enter_context(self._turn)
                batch = self._next()
                self._answer(batch, found=turn.close)
        finally:  # whatever ends this thread, who was taken from the queue is told by nobody else
            for one in batch:
                one.tell()
        return bool(batch)

    def _dismiss(self) -> None:
        """Let nobody wait for a desk at which nobody works."""
        with self._has_come:
            self._is_open = False
            left, self._queue = self._queue, []
            self._has_room.notify_all()
        for one in left:
            one.outcome = Unavailable(_CLOSING)
            one.tell()

    def _warm(self) -> None:
        """Open the index and load the kernels, so that nobody's first question waits for them."""
        try:
            self._rooms().known().warm()
        except Exception as error:  # noqa: BLE001 - whatever it is, the desk stays: each question tries again
            log.warning("the index is not open yet: %s", type(error).__name__)

    def _next(self) -> list[_Waiting]:
        """Wait until somebody asks, and take those who have waited longest; nobody once it is closed."""
        with self._has_come:
            while self._is_open and not self._queue:
                self._has_come.wait()
            queries, batch = 0, 0
            for one in self._queue[:MOST_TOGETHER]:
                queries += len(one.queries)
                if batch and queries > MOST_QUERIES_TOGETHER:
                    break
                batch += 1
            taken, self._queue = self._queue[:batch], self._queue[batch:]
            self._waiting -= sum(len(one.queries) for one in taken)
            self._has_room.notify_all()
        return taken

    def _answer(self, batch: Sequence[_Waiting], *, found: Callable[[], object]) -> None:
        try:
            connections_renewed()
            self._answer_together(batch, found=found)
        except Exception as error:  # noqa: BLE001 - every waiter must hear of it, whatever it is
            if len(batch) == 1:
                batch[0].outcome = error
                return
            for one in batch:  # nothing was committed; what one of them asked breaks nobody else's answer
                self._answer([one], found=found)

    def _answer_together(self, batch: Sequence[_Waiting], *, found: Callable[[], object]) -> None:
        from tsunagu.services.look_ups.asking import look_up_together  # noqa: PLC0415 - loads the kernels
        from tsunagu.services.look_ups.hits import LookUp  # noqa: PLC0415 - loads the kernels

        rooms, now = self._rooms(), self._now()
        tokens = {one.token for one in batch}
        actors = actors_by_keys(tokens=tokens, now=now, keys=rooms.keys, ledger=rooms.ledger)
        known = [one for one in batch if one.token in actors]
        for one in batch:
            if one.token not in actors:
                one.outcome = NotSignedIn(NO_KEY)
        asking = {key: replace(actors[key[0]], purpose=key[1]) for key in {(one.token, one.purpose) for one in known}}
        asked = [LookUp(asking[one.token, one.purpose], one.queries, of_own_all=one.of_own_all) for one in known]
        if not asked:
            return
        answered = look_up_together(
            asked, known=rooms.known(), now=now, keys=rooms.keys, ledger=rooms.ledger, found=found
        )
        for one, outcome in zip(known, answered, strict=True):
            one.outcome = outcome
