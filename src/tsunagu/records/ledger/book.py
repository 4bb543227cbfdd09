"""The ledger's table: one door to add entries, and the ways to read them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID

from django.db import DatabaseError, DataError, OperationalError, connections, transaction

from tsunagu.domain.act import Act
from tsunagu.domain.errors import Unavailable
from tsunagu.domain.ledger import Deed, LedgerEntry
from tsunagu.records.ledger.chain import canonical
from tsunagu.records.session import Statement

APP = "default"
OWNER = "owner"
_NAME_DIGITS = 16
_APPEND = "SELECT ledger.append(ARRAY(SELECT json_array_elements_text(%s::json)))"
_NO_ENTRY = "the ledger takes no entry, so nothing is done or answered"


@dataclass(slots=True, eq=False)
class _Waiting:
    bodies: list[str]
    is_written: bool = False
    error: Exception | None = field(default=None)


class Book:
    """Adds entries to the ledger. Threads may share one."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._queue: list[_Waiting] = []
        self._queue_lock = Lock()
        self._commit_lock = Lock()

    def write(self, *deeds: Deed, using: str = APP, together: Sequence[Statement] = ()) -> None:
        """Add entries within the caller's transaction: they are kept or lost together with what they tell of.

        Call it last: the ledger stays locked for every other writer until the transaction ends.

        Args:
            deeds: one entry each.
            using: the connection of the transaction.
            together: all else that is to be done: then there is no transaction of the caller's, but this and the
                entries are one, which is one message to the server.

        Raises:
            Unavailable: they could not be written; the transaction must not be committed.
            django.db.Error: nor could they because the database has gone away, or (`DataError`) because something of
                `together` is refused.
        """
        if deeds:
            _append([canonical(deed.body()) for deed in deeds], using, together)

    def record(self, *deeds: Deed) -> None:
        """Add entries in a transaction of their own, and return once it is committed.

        Entries that arrive while another commit is under way share the next one.

        Raises:
            Unavailable: the entry could not be written; the caller must not answer.
            django.db.Error: nor could it because the database has gone away.
        """
        mine = _Waiting([canonical(deed.body()) for deed in deeds])
        with self._queue_lock:
            self._queue.append(mine)
        with self._commit_lock:
            if not mine.is_written and mine.error is None:
                self._commit_queue()
        if not mine.is_written:
            raise mine.error or Unavailable(_NO_ENTRY)  # without an error when whoever committed it was interrupted

    def _commit_queue(self) -> None:
        with self._queue_lock:
            batch, self._queue = self._queue, []
        try:
            with transaction.atomic(using=APP, durable=True):
                _append([body for one in batch for body in one.bodies], APP)
        except Exception as error:  # noqa: BLE001 - every waiter must hear of it, whatever it is
            for one in batch:
                one.error = error
        else:
            for one in batch:
                one.is_written = True


def _append(bodies: list[str], using: str, together: Sequence[Statement] = ()) -> None:
    if together:
        connections[using].validate_no_atomic_block()
    # As one text: whatever is in an array is escaped quote by quote, and bodies are full of quotes.
    statements = [*together, (_APPEND, [json.dumps(bodies, ensure_ascii=False)])]
    try:
        with connections[using].cursor() as cursor:
            # Statements of one message are one transaction: PostgreSQL 18, "Multiple Statements in a Simple Query".
            cursor.execute("; ".join(sql for sql, _ in statements), [one for _, values in statements for one in values])
    except OperationalError:
        raise
    except DatabaseError as error:
        if together and isinstance(error, DataError):
            raise
        raise Unavailable(_NO_ENTRY) from error


def last_number() -> int:
    """Return the number of the newest entry; 0 for an empty ledger."""
    with connections[APP].cursor() as cursor:
        cursor.execute("SELECT ledger.last_number()")
        return int(cursor.fetchone()[0])


def hashes_after(number: int) -> Iterator[bytes]:
    """Yield the hashes of the entries after one, in order. They tell nothing of what was done."""
    with transaction.atomic(using=APP), connections[APP].chunked_cursor() as cursor:
        cursor.execute("SELECT hash FROM ledger.hashes(%s)", [number])
        while rows := cursor.fetchmany(2000):
            for (value,) in rows:
                yield bytes(value)


def newest_entry() -> LedgerEntry | None:
    """Return the newest entry, as the owner: for its time, never for showing; None for an empty ledger."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT number, body, hash FROM ledger.entry ORDER BY number DESC LIMIT 1")
        row = cursor.fetchone()
    return LedgerEntry(row[0], row[1], bytes(row[2])) if row else None


def machine_entries(act: Act) -> int:
    """Return how many entries of an act that belongs to no agency there are, as the owner."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ledger.entry WHERE agency_id IS NULL AND body::jsonb ->> 'act' = %s", [act.value]
        )
        return int(cursor.fetchone()[0])


def newest_machine_entry(act: Act) -> LedgerEntry | None:
    """Return the newest entry of an act that belongs to no agency, as the owner; None when there is none."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            "SELECT number, body, hash FROM ledger.entry WHERE agency_id IS NULL AND body::jsonb ->> 'act' = %s "
            "ORDER BY number DESC LIMIT 1",
            [act.value],
        )
        row = cursor.fetchone()
    return LedgerEntry(row[0], row[1], bytes(row[2])) if row else None


def entry_named(name: str) -> LedgerEntry | None:
    """Return the entry of this number, or whose hash begins with these 16 or more hex digits, as the owner.

    It is for proving, never for showing; None when there is none.
    """
    where, value = "number = %s", name
    if len(name) >= _NAME_DIGITS:
        where, value = "encode(hash, 'hex') LIKE %s", f"{name}%"
    with connections[OWNER].cursor() as cursor:
        cursor.execute(f"SELECT number, body, hash FROM ledger.entry WHERE {where} ORDER BY number LIMIT 1", [value])  # noqa: S608
        row = cursor.fetchone()
    return LedgerEntry(row[0], row[1], bytes(row[2])) if row else None


def all_entries() -> Iterator[LedgerEntry]:
    """Yield every entry in order, as the owner: for verifying, never for showing. Memory stays bounded."""
    connection = connections[OWNER]
    with transaction.atomic(using=OWNER), connection.chunked_cursor() as cursor:
        cursor.execute("SELECT number, body, hash FROM ledger.entries()")
        while rows := cursor.fetchmany(2000):
            for number, body, value in rows:
                yield LedgerEntry(number, body, bytes(value))


def completed_erasures() -> list[LedgerEntry]:
    """Return the entries of all completed erasures, whoever's, oldest first, as the owner: to be listed elsewhere."""
    return _entries_of((Act.ERASURE_COMPLETED,))


def withdrawn_submissions() -> list[LedgerEntry]:
    """Return the entries of all that owners withdrew of submissions, likewise.

    Those of the receivers name no items, nor do those that releases before this list wrote: they are left out.
    """
    told = _entries_of((Act.SUBMISSION_WITHDRAWN, Act.SUBMISSION_WITHDRAWN_AGAIN))
    return [one for one in told if "numbers" in json.loads(one.body)["details"]]


def _entries_of(acts: Sequence[Act]) -> list[LedgerEntry]:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            "SELECT number, body, hash FROM ledger.entry WHERE body::jsonb ->> 'act' = ANY(%s) ORDER BY number",
            [[one.value for one in acts]],
        )
        return [LedgerEntry(number, body, bytes(hashed)) for number, body, hashed in cursor]


def entries_naming(detail: str, value: UUID) -> list[LedgerEntry]:
    """Return the entries of the agency that is acted for that name an opaque id in this detail, oldest first."""
    with connections[APP].cursor() as cursor:
        cursor.execute(
            "SELECT number, body, hash FROM ledger.entry WHERE body::jsonb -> 'details' ->> %s = %s ORDER BY number",
            [detail, str(value)],
        )
        return [LedgerEntry(number, body, bytes(hashed)) for number, body, hashed in cursor]
