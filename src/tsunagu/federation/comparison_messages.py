"""Comparisons on their way between installations: what is asked, what is told, and that it is over.

What is asked goes in one stream, what is told in another, and that it is over closes the first one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tsunagu.domain.clock import utc_text
from tsunagu.domain.comparison import MOST_ITEMS
from tsunagu.domain.errors import TsunaguError
from tsunagu.domain.hub import HubRefusal, MessageRefused
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.purpose import Purpose
from tsunagu.federation.card import agency_from, agency_plain
from tsunagu.federation.moments import moment_in

MOST_LINES_BYTES = 2 << 20
"""What the lines of one message come to at most: signed and sealed it is under `envelope.MOST_BYTES`."""
ROOT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Asked:
    """The first message: who asks for what, and until when.

    Attributes:
        items: how many contents follow.
        claimed_until: until when the asking agency claims what it asks about; None where it does not.
    """

    comparison_id: UUID
    agency: AgencyCard
    purpose: Purpose
    items: int
    until: date
    claimed_until: datetime | None


@dataclass(frozen=True, slots=True)
class AskedItems:
    """Some of the contents: a line each, as an intake file has them."""

    comparison_id: UUID
    agency_id: UUID
    lines: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class AskedClaim:
    """That the asking agency claims what it asks about, until when; None where it does no more."""

    comparison_id: UUID
    agency_id: UUID
    claimed_until: datetime | None


@dataclass(frozen=True, slots=True)
class ToldHit:
    """That an agency there holds the same, as it stands now.

    Attributes:
        agency_id: who asked.
        agency: who holds the same.
    """

    comparison_id: UUID
    agency_id: UUID
    hit_id: UUID
    agency: AgencyCard
    at: datetime
    is_claimed: bool
    is_ended: bool
    is_acknowledged: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """That something of a comparison is done: it was compared, a hit was acknowledged, it is over, it is erased.

    Attributes:
        agency_id: who asked.
        hit_id: which hit, where it is about one.
        items, root: what was erased, as the erasure's proof has it.
    """

    comparison_id: UUID
    agency_id: UUID
    at: datetime
    hit_id: UUID | None = None
    items: int = 0
    root: bytes = b""


def asked_stream(comparison_id: UUID) -> str:
    """Return the stream of what is asked."""
    return f"comparison:{comparison_id}"


def told_stream(comparison_id: UUID) -> str:
    """Return the stream of what is told."""
    return f"comparison-told:{comparison_id}"


def asked_body(asked: Asked) -> dict[str, Any]:
    """Return the first message as a body."""
    return {
        "comparison": str(asked.comparison_id),
        "agency": agency_plain(asked.agency),
        "purpose": asked.purpose.value,
        "items": asked.items,
        "until": asked.until.isoformat(),
        "claimed_until": _maybe_text(asked.claimed_until),
    }


def asked_in(body: Mapping[str, Any]) -> Asked:
    """Return the first message.

    Raises:
        MessageRefused: MALFORMED.
    """
    with _understanding():
        items = body["items"]
        _require(type(items) is int and 1 <= items <= MOST_ITEMS)
        return Asked(
            UUID(body["comparison"]),
            agency_from(body["agency"]),
            Purpose(body["purpose"]),
            items,
            date.fromisoformat(body["until"]),
            _maybe_moment(body["claimed_until"]),
        )


def items_body(items: AskedItems) -> dict[str, Any]:
    """Return some contents as a body."""
    lines = [one.decode("ascii") for one in items.lines]
    return {"comparison": str(items.comparison_id), "agency": str(items.agency_id), "lines": lines}


def items_in(body: Mapping[str, Any]) -> AskedItems:
    """Return some contents; their lines are not understood yet.

    Raises:
        MessageRefused: MALFORMED.
    """
    with _understanding():
        lines = tuple(one.encode("ascii") for one in body["lines"])
        _require(0 < len(lines) <= MOST_ITEMS)
        return AskedItems(UUID(body["comparison"]), UUID(body["agency"]), lines)


def claim_body(claim: AskedClaim) -> dict[str, Any]:
    """Return a claim as a body."""
    return {
        "comparison": str(claim.comparison_id),
        "agency": str(claim.agency_id),
        "claimed_until": _maybe_text(claim.claimed_until),
    }


def claim_in(body: Mapping[str, Any]) -> AskedClaim:
    """Return a claim.

    Raises:
        MessageRefused: MALFORMED.
    """
    with _understanding():
        return AskedClaim(UUID(body["comparison"]), UUID(body["agency"]), _maybe_moment(body["claimed_until"]))


def hit_body(hit: ToldHit) -> dict[str, Any]:
    """Return a hit as a body."""
    return {
        "comparison": str(hit.comparison_id),
        "asked_by": str(hit.agency_id),
        "hit": str(hit.hit_id),
        "agency": agency_plain(hit.agency),
        "at": utc_text(hit.at),
        "claimed": hit.is_claimed,
        "ended": hit.is_ended,
        "acknowledged": hit.is_acknowledged,
    }


def hit_in(body: Mapping[str, Any]) -> ToldHit:
    """Return a hit.

    Raises:
        MessageRefused: MALFORMED.
    """
    with _understanding():
        said = [body[name] for name in ("claimed", "ended", "acknowledged")]
        _require(all(type(one) is bool for one in said))
        return ToldHit(
            UUID(body["comparison"]),
            UUID(body["asked_by"]),
            UUID(body["hit"]),
            agency_from(body["agency"]),
            moment_in(body["at"]),
            *said,
        )


def mark_body(mark: Mark) -> dict[str, Any]:
    """Return a mark as a body."""
    return {
        "comparison": str(mark.comparison_id),
        "asked_by": str(mark.agency_id),
        "at": utc_text(mark.at),
        "hit": None if mark.hit_id is None else str(mark.hit_id),
        "items": mark.items,
        "root": mark.root.hex(),
    }


def mark_in(body: Mapping[str, Any]) -> Mark:
    """Return a mark.

    Raises:
        MessageRefused: MALFORMED.
    """
    with _understanding():
        items, root = body["items"], bytes.fromhex(body["root"])
        _require(type(items) is int and 0 <= items <= MOST_ITEMS and len(root) in {0, ROOT_BYTES})
        hit = None if body["hit"] is None else UUID(body["hit"])
        return Mark(UUID(body["comparison"]), UUID(body["asked_by"]), moment_in(body["at"]), hit, items, root)


@contextmanager
def _understanding() -> Iterator[None]:
    """Refuse as malformed what the block does not understand."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, TsunaguError):
        raise MessageRefused(HubRefusal.MALFORMED) from None


def _maybe_text(moment: datetime | None) -> str | None:
    return None if moment is None else utc_text(moment)


def _maybe_moment(text: str | None) -> datetime | None:
    return None if text is None else moment_in(text)


def _require(holds: bool) -> None:  # noqa: FBT001 - reads as the sentence it checks
    if not holds:
        raise ValueError
