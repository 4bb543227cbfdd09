"""How often the database is asked, through each of its doors."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from django.db import connections

DOORS_TO_THE_DATABASE = ("default", "linker", "owner")
_OF_TRANSACTIONS = ("_commit", "_rollback")


@contextmanager
def counting(*doors: str) -> Iterator[dict[str, int]]:
    """Count the statements sent through these doors, or through all of them, and the ends of transactions.

    Django's own log of queries is no help to those who only count: it keeps the newest 9,000, of which one command
    that serves every agency in turn may need more.
    """
    counts = dict.fromkeys(doors or DOORS_TO_THE_DATABASE, 0)

    def counted(door: str, send: Callable[..., Any], *given: Any) -> Any:
        counts[door] += 1
        return send(*given)

    with ExitStack() as stack:
        for door in counts:
            stack.enter_context(connections[door].execute_wrapper(partial(counted, door)))
            for name in _OF_TRANSACTIONS:
                send = getattr(connections[door], name)
                stack.enter_context(patch.object(connections[door], name, partial(counted, door, send)))
        yield counts
