"""What stands for words and names in the ledger: keyed references, which tell nothing to who does not know them."""

from __future__ import annotations

from uuid import UUID

from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import InputError
from tsunagu.domain.writing import is_printable
from tsunagu.services.access import REFERENCE
from tsunagu.services.parts import Keys

MOST_REASON = 1000


def case_reference(keys: Keys, reference: str) -> bytes:
    """Return the keyed reference by which a case's erasures are found by who knows what it was called."""
    return keys.mac(REFERENCE, f"case {reference}".encode())


def exhibit_reference(keys: Keys, case_id: UUID, exhibit: str) -> bytes:
    """Return the keyed reference by which the erasure of an exhibit is found by who knows what it was called."""
    return keys.mac(REFERENCE, f"exhibit {case_id} {exhibit}".encode())


def erased_reference(keys: Keys, text: str) -> bytes:
    """Return the keyed reference by which an erasure names what is gone, and tells nobody of it."""
    return keys.mac(REFERENCE, f"erased {text}".encode())


def reason_reference(keys: Keys, case: CaseSummary, reason: str) -> str:
    """Return the keyed reference that binds somebody's words to the ledger, and tells nothing of them."""
    return keys.mac(REFERENCE, f"reason {case.case_id} {reason}".encode()).hex()


def check_reason(reason: str) -> None:
    """Do nothing when somebody may have said this.

    Raises:
        InputError: it is empty, longer than `MOST_REASON` characters, or not printable.
    """
    text = reason.replace("\r", "").replace("\n", "")
    if not text.strip() or len(reason) > MOST_REASON or not is_printable(text):
        raise InputError(f"a reason is 1 to {MOST_REASON} printable characters")
