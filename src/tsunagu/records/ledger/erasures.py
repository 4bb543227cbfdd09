"""The list of all erasures that the ledger tells of, signed, to be held elsewhere: a restore does them again.

One line of canonical JSON an erasure, oldest first, then one for each withdrawal of what was submitted to others, then
a head: how many there are of each, how many entries the ledger had, when, and an Ed25519 signature over these and the
Merkle root of the lines. So no line can be changed, added or taken away. It holds opaque ids, times, codes, numbers and
roots; nothing of it names anybody.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tsunagu.domain.clock import utc_text
from tsunagu.domain.erasure import ErasureList, ListedErasure, ListedWithdrawal
from tsunagu.domain.errors import LedgerBroken
from tsunagu.domain.ledger import LedgerEntry
from tsunagu.domain.submission import numbers_from_text
from tsunagu.records.ledger.chain import canonical
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.ledger.signing import Signer


def erasures_to_lines(
    entries: Iterable[LedgerEntry], withdrawals: Iterable[LedgerEntry], *, size: int, now: datetime, signer: Signer
) -> list[str]:
    """Return the signed list of erasures, a line each, the head last.

    Args:
        entries: those of completed erasures, oldest first.
        withdrawals: those of what owners withdrew of submissions, likewise.
        size: how many entries the ledger has.
    """
    erased = [_line(json.loads(entry.body)) for entry in entries]
    withdrawn = [_withdrawal_line(json.loads(entry.body)) for entry in withdrawals]
    lines = [*erased, *withdrawn]
    head = {
        "erasures": len(erased),
        "withdrawals": len(withdrawn),
        "entries": size,
        "listed_at": utc_text(now),
        "root": merkle_root([line.encode() for line in lines]).hex(),
        "key_id": signer.key_id,
    }
    return [*lines, canonical({**head, "signature": signer.sign(canonical(head).encode()).hex()})]


def erasures_from_lines(text: bytes, public_keys: Mapping[str, bytes]) -> ErasureList:
    """Return the list that `erasures_to_lines` wrote.

    Raises:
        LedgerBroken: it is no such list, was changed or cut, or was signed by no key of this ledger.
    """
    try:
        *lines, last = text.splitlines()
        head = json.loads(last)
        signature = bytes.fromhex(head.pop("signature"))
        Ed25519PublicKey.from_public_bytes(public_keys[head["key_id"]]).verify(signature, canonical(head).encode())
        erased = head["erasures"]
        # A list of before there were submissions knows no withdrawals.
        if erased + head.get("withdrawals", 0) != len(lines) or head["root"] != merkle_root(lines).hex():
            raise LedgerBroken("the list of erasures was changed")
        found = tuple(_listed(json.loads(line)) for line in lines[:erased])
        withdrawn = tuple(_listed_withdrawal(json.loads(line)) for line in lines[erased:])
        return ErasureList(found, head["entries"], datetime.fromisoformat(head["listed_at"]), withdrawn)
    except InvalidSignature:
        raise LedgerBroken("the list of erasures was not signed by this ledger's key, or was changed") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise LedgerBroken("the list of erasures cannot be read, or was signed by no key of this ledger") from None


def _line(body: Mapping[str, Any]) -> str:
    details = body["details"]
    fields = {
        "erasure": details["erasure"],
        "agency": body["agency"],
        "case": body["case"],
        "exhibit": details.get("exhibit"),
        "merkle_root": details["merkle_root"],
        "at": body["at"],
    }
    return canonical(fields)


def _withdrawal_line(body: Mapping[str, Any]) -> str:
    details = body["details"]
    fields = {
        "submission": details["submission"],
        "agency": body["agency"],
        "numbers": details["numbers"],
        "at": body["at"],
    }
    return canonical(fields)


def _listed(fields: Mapping[str, Any]) -> ListedErasure:
    return ListedErasure(
        UUID(fields["erasure"]),
        UUID(fields["agency"]),
        UUID(fields["case"]),
        UUID(fields["exhibit"]) if fields["exhibit"] else None,
        bytes.fromhex(fields["merkle_root"]),
        datetime.fromisoformat(fields["at"]),
    )


def _listed_withdrawal(fields: Mapping[str, Any]) -> ListedWithdrawal:
    return ListedWithdrawal(
        UUID(fields["submission"]),
        UUID(fields["agency"]),
        numbers_from_text(fields["numbers"]),
        datetime.fromisoformat(fields["at"]),
    )
