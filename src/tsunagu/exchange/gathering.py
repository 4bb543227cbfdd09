"""From the digests of one row to an item or a refusal, the same for every format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tsunagu.domain.known import NOTHING, KnownItem, LossReport, RefusedRow, RowRefusal, is_empty_file
from tsunagu.exchange.digest_forms import Form, pdq_fingerprint, recognized
from tsunagu.exchange.reading import Of256Bits, Row, Stated

_USED: Final = frozenset(Form) - {Form.SHA384, Form.SHA512, Form.OF_256_BITS}
_FINAL: Final = frozenset({RowRefusal.AMBIGUOUS, RowRefusal.MALFORMED})
"""Reasons that refuse a row even when something else in it could be taken."""


class Gathered:
    """What one row is known by, gathered text by text.

    The first text of a kind stays; a different one of the same kind makes the row malformed, since nobody can tell
    which of the two is meant.
    """

    __slots__ = ("_found", "_of_256_bits", "_refusal", "_report")

    def __init__(self, stated: Stated, report: LossReport) -> None:
        """Begin a row."""
        self._of_256_bits: Of256Bits | None = stated.of_256_bits
        self._report = report
        self._found: dict[str, Any] = {}
        self._refusal: RowRefusal | None = None

    def take(self, text: str, named: Form | None = None) -> None:
        """Take one text in that should be a digest; if it is none, it is counted as lost. Nothing is no text."""
        if text and not self.offer(text, named):
            self._report.lost[named or "hash"] += 1
            self._refuse(RowRefusal.BAD_DIGEST)

    def offer(self, text: str, named: Form | None = None) -> bool:
        """Take one text in if it is a digest of any kind, and return whether it was."""
        found = recognized(text, named, self._of_256_bits)
        if found is None:
            return False
        form, data = found
        if form in _USED:
            if self._found.setdefault(form, data) != data:
                self._refuse(RowRefusal.MALFORMED)
        elif form is Form.OF_256_BITS:
            self._refuse(RowRefusal.AMBIGUOUS)
        else:
            self._report.lost[form] += 1
            self._refuse(RowRefusal.UNSUPPORTED)
        return True

    def row(self, number: int, told: Mapping[str, Any] = NOTHING) -> Row:
        """Return the item of all that was taken in, with what else is `told` of it, or why there is none."""
        found, refusal = self._found, self._refusal
        if not found or refusal in _FINAL:
            return RefusedRow(number, refusal or RowRefusal.NO_DIGEST)
        if is_empty_file(found.get("md5"), found.get("sha1"), found.get("sha256")):
            return RefusedRow(number, RowRefusal.EMPTY_FILE)
        if pdq := found.get("pdq"):
            found["pdq"] = pdq_fingerprint(pdq)
        if photodna := found.get("photodna"):
            found["photodna"] = photodna.decode()
        return KnownItem(number, **found, **told)

    def _refuse(self, reason: RowRefusal) -> None:
        if self._refusal not in _FINAL:
            self._refusal = reason
