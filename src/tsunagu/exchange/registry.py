"""The formats of lists by name."""

from __future__ import annotations

from typing import Final

from tsunagu.domain.errors import InputError
from tsunagu.exchange.digest_lists import read_digest_list
from tsunagu.exchange.icse import read_icse
from tsunagu.exchange.nsrl import read_nsrl
from tsunagu.exchange.reading import Reader
from tsunagu.exchange.tx import read_tx
from tsunagu.exchange.vics import read_vics

READERS: Final[dict[str, Reader]] = {
    "vics": read_vics,
    "icse": read_icse,
    "nsrl": read_nsrl,
    "csv": read_digest_list,
    "tx": read_tx,
}


def reader_for(format_name: str) -> Reader:
    """Return the reader of a format: vics, icse, nsrl, csv or tx.

    Raises:
        InputError: there is no such format.
    """
    reader = READERS.get(format_name)
    if reader is None:
        raise InputError("no list is read in this format")
    return reader
