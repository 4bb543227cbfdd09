"""One failure among many: the others have their turn all the same, and the failure is told at the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from logging import Logger
from traceback import format_tb

from tsunagu.records.session import DATABASE_FAILED


@contextmanager
def logged(log: Logger, what: str) -> Iterator[None]:
    """Write into the log what the block raises, and go on.

    Args:
        log: takes it.
        what: what has failed, as a sentence.

    Raises:
        django.db.Error: the database cannot go on; nothing else could.
    """
    try:
        yield
    except DATABASE_FAILED:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go their way
        # Neither the error's message nor its values: they may hold content.
        log.error("%s: %s\n%s", what, type(error).__name__, "".join(format_tb(error.__traceback__)))  # noqa: TRY400


class Isolated:
    """Runs steps of which none stands in the way of the others."""

    def __init__(self) -> None:
        """Begin with nothing that failed."""
        self._failed: list[Exception] = []

    @contextmanager
    def step(self) -> Iterator[None]:
        """Keep what the block raises, for `finish`.

        Raises:
            django.db.Error: the database cannot go on; no other step could.
        """
        try:
            yield
        except DATABASE_FAILED:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told by `finish`
            self._failed.append(error)

    def finish(self) -> None:
        """Raise the first thing that a step raised, with the number of the others; nothing where all went well."""
        if self._failed:
            first, *others = self._failed
            if others:
                first.add_note(f"and {len(others)} more failed")
            raise first
