"""What leaves for somebody who does not work with Tsunagu: signed for machines, and written for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter. Other forms of it, such as a page for a printer, are made from it.

    Attributes:
        fields: what it says, as plain values.
        body: the fields as canonical JSON in UTF-8, exactly as signed.
        signature: Ed25519 over `body`, 64 bytes.
        key_id: which key signed.
        text: the same for people, in English and Japanese.
    """

    fields: Mapping[str, Any] = field(repr=False)
    body: bytes = field(repr=False)
    signature: bytes
    key_id: str
    text: str = field(repr=False)
