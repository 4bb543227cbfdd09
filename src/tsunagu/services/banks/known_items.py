"""What a list says of an item, as a bank keeps it beside its digests, and back again: nothing is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from tsunagu.domain.bank import BankItem
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, TimedFingerprint
from tsunagu.domain.known import KnownFile, KnownItem, KnownSignal, ListedCategory, Marks, SignalKind
from tsunagu.records.new_items import NewItem

_PLAIN: Final = ("photodna", "list_id", "size_bytes", "media_type", "updated", "comments")
_COLUMNS: Final = {"row", "md5", "sha1", "sha256", "pdq"}
_NOTHING_ELSE: Final = KnownItem(0)
_SILENT: Final[tuple[Any, ...]] = (None, (), [], {})
GIVEN_OUT: Final = 100
"""The quality of a fingerprint that somebody chose to give out: lists tell none."""


def new_item(known: KnownItem) -> NewItem:
    """Return an item of a list as a bank takes it."""
    pdq = None if known.pdq is None else known.pdq.data
    return NewItem(known.md5, known.sha1, known.sha256, pdq, _details(known))


def known_item(item: BankItem, row: int) -> KnownItem:
    """Return an item of a bank as lists tell of it.

    Args:
        row: its number in the list that is written.
    """
    told: Mapping[str, Any] = item.details or {}
    more: dict[str, Any] = {name: told[name] for name in _PLAIN if name in told}
    if "frames" in told:
        more["frames"] = tuple(
            TimedFingerprint(at_s, frame, Fingerprint(FingerprintKind.PDQ, bytes.fromhex(data), quality))
            for at_s, frame, data, quality in told["frames"]
        )
    if "signals" in told:
        more["signals"] = tuple(KnownSignal(SignalKind(kind), value) for kind, value in told["signals"])
    if "category" in told:
        more["category"] = ListedCategory(*told["category"])
    if "marks" in told:
        more["marks"] = Marks(**told["marks"])
    for names in ("series", "tags"):
        if names in told:
            more[names] = tuple(told[names])
    if "files" in told:
        more["files"] = tuple(KnownFile(**file) for file in told["files"])
    if "extra" in told:
        more["extra"] = told["extra"]
    pdq = None if item.pdq is None else Fingerprint(FingerprintKind.PDQ, item.pdq, GIVEN_OUT)
    return KnownItem(row, item.md5, item.sha1, item.sha256, pdq, **more)


def _details(known: KnownItem) -> str | None:
    # Tens of millions of items: most have nothing else, and are compared in one step.
    if known[len(_COLUMNS) :] == _NOTHING_ELSE[len(_COLUMNS) :]:
        return None
    told: dict[str, Any] = {name: getattr(known, name) for name in (*_PLAIN, "series", "tags")}
    told["frames"] = [
        (one.at_s, one.frame, one.fingerprint.data.hex(), one.fingerprint.quality) for one in known.frames
    ]
    told["signals"] = [(one.kind.value, one.value) for one in known.signals]
    told["category"] = known.category
    told["marks"] = _stated(known.marks)
    told["files"] = [_stated(file) for file in known.files]
    told["extra"] = dict(known.extra)
    stated = {name: value for name, value in told.items() if value not in _SILENT}
    return json.dumps(stated, ensure_ascii=False, separators=(",", ":"))


def _stated(values: Marks | KnownFile) -> dict[str, Any]:
    """Return what a named tuple tells, without what it does not."""
    told = {name: dict(value) if isinstance(value, Mapping) else value for name, value in values._asdict().items()}
    return {name: value for name, value in told.items() if value is not None and value != {}}
