"""What comparisons say between installations is read back as it was said, and anything else refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from tsunagu.domain.comparison import MOST_ITEMS
from tsunagu.domain.hub import HubRefusal, MessageRefused
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.purpose import Purpose
from tsunagu.federation.comparison_messages import (
    Asked,
    AskedClaim,
    AskedItems,
    Mark,
    ToldHit,
    asked_body,
    asked_in,
    claim_body,
    claim_in,
    hit_body,
    hit_in,
    items_body,
    items_in,
    mark_body,
    mark_in,
)

AT = datetime(2026, 11, 27, 1, 2, 3, tzinfo=UTC)
CARD = AgencyCard(UUID(int=7), "Police of Denmark", "DK", "desk@dk.example")
HIT = ToldHit(uuid4(), uuid4(), uuid4(), CARD, AT, is_claimed=True, is_ended=False, is_acknowledged=True)
SAID: tuple[tuple[Any, Callable[[Any], dict[str, Any]], Callable[[Any], Any]], ...] = (
    (Asked(uuid4(), CARD, Purpose.INVESTIGATION, 3, date(2026, 12, 27), AT), asked_body, asked_in),
    (Asked(uuid4(), CARD, Purpose.VICTIM_IDENTIFICATION, 1, date(2026, 12, 27), None), asked_body, asked_in),
    (AskedItems(uuid4(), uuid4(), (b"{}", b"[]")), items_body, items_in),
    (AskedClaim(uuid4(), uuid4(), AT), claim_body, claim_in),
    (AskedClaim(uuid4(), uuid4(), None), claim_body, claim_in),
    (HIT, hit_body, hit_in),
    (Mark(uuid4(), uuid4(), AT, uuid4(), 3, bytes(32)), mark_body, mark_in),
    (Mark(uuid4(), uuid4(), AT), mark_body, mark_in),
)


@pytest.mark.parametrize(("said", "written", "understood"), SAID)
def test_what_is_said_is_read_back_and_nothing_of_it_can_be_missing(
    said: Any, written: Callable[[Any], dict[str, Any]], understood: Callable[[Any], Any]
) -> None:
    body = written(said)
    assert understood(body) == said
    for name in body:
        with pytest.raises(MessageRefused) as refused:
            understood({key: value for key, value in body.items() if key != name})
        assert refused.value.refusal is HubRefusal.MALFORMED


@pytest.mark.parametrize(
    ("body", "understood", "other"),
    [
        (asked_body(SAID[0][0]), asked_in, {"items": 0}),
        (asked_body(SAID[0][0]), asked_in, {"items": MOST_ITEMS + 1}),
        (asked_body(SAID[0][0]), asked_in, {"items": True}),
        (asked_body(SAID[0][0]), asked_in, {"claimed_until": "2026-11-27T01:02:03"}),
        (items_body(SAID[2][0]), items_in, {"lines": []}),
        (items_body(SAID[2][0]), items_in, {"lines": ["児"]}),
        (hit_body(HIT), hit_in, {"claimed": 1}),
        (mark_body(SAID[6][0]), mark_in, {"root": "00"}),
        (mark_body(SAID[6][0]), mark_in, {"items": -1}),
    ],
)
def test_what_cannot_be_is_malformed(
    body: dict[str, Any], understood: Callable[[Any], Any], other: dict[str, Any]
) -> None:
    with pytest.raises(MessageRefused) as refused:
        understood(body | other)
    assert refused.value.refusal is HubRefusal.MALFORMED
