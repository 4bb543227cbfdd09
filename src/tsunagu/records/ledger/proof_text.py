"""Proofs as JSON: one line of canonical JSON, bytes in hex, and read back with care: they come from elsewhere."""

from __future__ import annotations

import json
from typing import Any, Final

from tsunagu.domain.errors import InputError, LedgerBroken
from tsunagu.domain.ledger import EntryProof
from tsunagu.records.ledger.chain import HASH_BYTES, canonical
from tsunagu.records.ledger.signing import root_fields, root_from_json

_FORMAT: Final = "tsunagu-proof/1"
_MOST_STEPS: Final = 128
_MOST_NUMBER: Final = 2**63 - 1


def proof_to_json(proof: EntryProof) -> str:
    """Return a proof as one line."""
    return canonical(
        {
            "format": _FORMAT,
            "number": proof.number,
            "hash": proof.hash.hex(),
            "previous": proof.previous.hex(),
            "root": root_fields(proof.root),
            "inclusion": [one.hex() for one in proof.inclusion],
            "held": proof.held,
            "consistency": [one.hex() for one in proof.consistency],
        }
    )


def proof_from_json(text: str | bytes) -> EntryProof:
    """Return the proof that `proof_to_json` wrote.

    Raises:
        InputError: the text is no such proof.
    """
    try:
        found = json.loads(text)
        if found["format"] != _FORMAT:
            raise InputError("the proof is of a format that this release does not know")
        return EntryProof(
            _number(found["number"], least=1),
            _hash(found["hash"]),
            _hash(found["previous"]),
            root_from_json(json.dumps(found["root"])),
            _path(found["inclusion"]),
            _number(found["held"], least=0),
            _path(found["consistency"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, LedgerBroken):
        raise InputError("the proof cannot be read") from None


def _path(steps: Any) -> tuple[bytes, ...]:
    if not isinstance(steps, list) or len(steps) > _MOST_STEPS:
        raise TypeError
    return tuple(_hash(one) for one in steps)


def _hash(text: Any) -> bytes:
    value = bytes.fromhex(text)
    if len(value) != HASH_BYTES:
        raise ValueError
    return value


def _number(value: Any, *, least: int) -> int:
    if not isinstance(value, int) or not least <= value <= _MOST_NUMBER:
        raise TypeError
    return value
