"""The log of changes of all banks' fingerprints, as the linker: what every index is made from, and follows.

A place in the log is a number that only grows, and what has a smaller one was committed before. Of what is known of an
item beside its fingerprint nothing is read here.
"""

from typing import NamedTuple

import numpy as np
from django.db import connections, transaction
from numpy.typing import NDArray

from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.records.session import LINKER

_PDQ_BYTES = FingerprintKind.PDQ.bits // 8
_LINE = np.dtype([("id", ">i8"), ("data", np.uint8, (_PDQ_BYTES,))])
_LINES_AT_ONCE = 1 << 15
_PIECE = """
SELECT string_agg(int8send(id) || pdq, '' ORDER BY id) FROM (
    SELECT id, pdq FROM bank_item WHERE id > %(after)s AND pdq IS NOT NULL ORDER BY id LIMIT %(most)s) AS piece
"""
"""Many rows as one value, since each row of an answer costs the program as much as ten numbers."""
_FOLLOWED_MOST = 200_000
"""Changes that are read at once: what bounds the memory of one step."""


class Additions(NamedTuple):
    """Items by their place in the log, which is their id.

    Attributes:
        item_ids: shape (n,), int64, ascending.
        table: shape (n, 32), uint8: the fingerprint of each.
    """

    item_ids: NDArray[np.int64]
    table: NDArray[np.uint8]


class Withdrawals(NamedTuple):
    """Items that were withdrawn, by the place of that.

    Attributes:
        positions, item_ids: shape (n,), int64; the positions ascend.
    """

    positions: NDArray[np.int64]
    item_ids: NDArray[np.int64]


def fingerprints() -> tuple[Additions, int]:
    """Return every fingerprint that banks hold now, and the place in the log up to which that is so.

    Beside the two arrays it holds some megabytes.
    """
    with transaction.atomic(using=LINKER, durable=True), connections[LINKER].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute(
            "SELECT greatest(0, (SELECT max(id) FROM bank_item WHERE pdq IS NOT NULL), (SELECT max(withdrawn) FROM"
            " bank_item WHERE withdrawn > 0)), (SELECT count(*) FROM bank_item WHERE pdq IS NOT NULL)"
        )
        position, count = cursor.fetchone()
        held = Additions(np.empty(count, np.int64), np.empty((count, _PDQ_BYTES), np.uint8))
        row, last = 0, 0
        while row < count:
            cursor.execute(_PIECE, {"after": last, "most": _LINES_AT_ONCE})
            lines = np.frombuffer(cursor.fetchone()[0], _LINE)
            held.item_ids[row : row + len(lines)] = lines["id"]
            held.table[row : row + len(lines)] = lines["data"]
            row, last = row + len(lines), int(lines["id"][-1])
    return held, int(position)


def changes_after(position: int) -> tuple[Additions, Withdrawals]:
    """Return what was added and what was withdrawn after a place in the log, in order, so many of the first at most.

    What was added and withdrawn since is told as neither. An item that is withdrawn may never have had a fingerprint.
    """
    with connections[LINKER].cursor() as cursor:
        # One statement, and so one moment.
        cursor.execute(
            "(SELECT id, 0, pdq FROM bank_item WHERE id > %(after)s AND pdq IS NOT NULL ORDER BY id LIMIT %(most)s)"
            " UNION ALL"
            " (SELECT withdrawn, id, NULL FROM bank_item WHERE withdrawn > %(after)s AND id <= %(after)s"
            " ORDER BY withdrawn LIMIT %(most)s)",
            {"after": position, "most": _FOLLOWED_MOST},
        )
        rows = cursor.fetchall()
    added = [(place, data) for place, _, data in rows if data is not None]
    gone = [(place, item) for place, item, data in rows if data is None]
    if len(added) == _FOLLOWED_MOST or len(gone) == _FOLLOWED_MOST:
        end = min(part[-1][0] for part in (added, gone) if len(part) == _FOLLOWED_MOST)
        added = [one for one in added if one[0] <= end]
        gone = [one for one in gone if one[0] <= end]
    table = np.frombuffer(b"".join(data for _, data in added), np.uint8).reshape(-1, _PDQ_BYTES)
    withdrawals = np.array(gone, np.int64).reshape(-1, 2)
    return (
        Additions(np.array([place for place, _ in added], np.int64), table),
        Withdrawals(withdrawals[:, 0], withdrawals[:, 1]),
    )


def count_after(position: int, *, most: int) -> int:
    """Return how many changes the log has after a place, at most so many of either kind."""
    with connections[LINKER].cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM (SELECT FROM bank_item WHERE id > %(after)s AND pdq IS NOT NULL"
            " ORDER BY id LIMIT %(most)s) AS added)"
            " + (SELECT count(*) FROM (SELECT FROM bank_item WHERE withdrawn > %(after)s AND id <= %(after)s"
            " ORDER BY withdrawn LIMIT %(most)s) AS gone)",
            {"after": position, "most": most},
        )
        return int(cursor.fetchone()[0])


def fingerprints_of(item_ids: NDArray[np.int64]) -> Additions:
    """Return the fingerprints that these items have now; those that have none, or are not there, are left out."""
    with connections[LINKER].cursor() as cursor:
        cursor.execute(
            "SELECT id, pdq FROM bank_item WHERE id = ANY(%s) AND pdq IS NOT NULL ORDER BY id", [item_ids.tolist()]
        )
        rows = cursor.fetchall()
    table = np.frombuffer(b"".join(data for _, data in rows), np.uint8).reshape(-1, _PDQ_BYTES)
    return Additions(np.array([item for item, _ in rows], np.int64), table)
