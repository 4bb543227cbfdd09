"""How often the database is asked, through each of its doors."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connections

DOORS_TO_THE_DATABASE = ("default", "linker", "owner")


@contextmanager
def counting(*doors: str) -> Iterator[dict[str, int]]:
    """Count the statements sent through these doors, or through all of them.

    Django's own log of queries is no help to those who only count: it keeps the newest 9,000, of which one command
    that serves every agency in turn may need more.
    """
    counts = dict.fromkeys(doors or DOORS_TO_THE_DATABASE, 0)

    def counter(door: str) -> Callable[..., Any]:
        def count(execute: Callable[..., Any], *asked: Any) -> Any:
            counts[door] += 1
            return execute(*asked)

        return count

    with ExitStack() as stack:
        for door in counts:
            stack.enter_context(connections[door].execute_wrapper(counter(door)))
        yield counts
