"""Whatever a line does to messages, a stream is acted upon once each, in order, and to its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError
from tsunagu.federation.bundle import bundled, unbundled
from tsunagu.federation.streams import LONGEST_PAUSE, MOST_AHEAD, Arrival, Inbox, is_due

NOW = datetime(2017, 2, 14, 9, 0, tzinfo=UTC)


def digest(number: int) -> bytes:
    return number.to_bytes(4) * 8


@given(arriving=st.lists(st.integers(1, 30), max_size=200), last=st.integers(0, 30), acts_at_once=st.booleans())
def test_every_number_up_to_the_first_gap_is_acted_upon_once_in_order(
    arriving: list[int], last: int, *, acts_at_once: bool
) -> None:
    inbox, acted = Inbox(), []
    for number in [*arriving, *range(1, last + 1)]:
        arrival = inbox.arrival(number, digest(number))
        assert arrival is (Arrival.AGAIN if number in inbox.digests else Arrival.NEW)
        if arrival is Arrival.NEW:
            inbox = replace(inbox, digests={**inbox.digests, number: digest(number)})
        if acts_at_once:
            inbox, acted = _act(inbox, acted)
    inbox, acted = _act(inbox, acted)
    received = {*arriving, *range(1, last + 1)}
    whole = next(number for number in range(32) if number + 1 not in received)
    assert acted == list(range(1, whole + 1))
    assert inbox.waiting == len(received) - whole


def _act(inbox: Inbox, acted: list[int]) -> tuple[Inbox, list[int]]:
    for number in inbox.ready:
        inbox, acted = inbox.acted_upon(number), [*acted, number]
    return inbox, acted


def test_another_content_under_a_number_contradicts_also_after_it_was_acted_upon() -> None:
    inbox = Inbox({1: digest(1)})
    assert inbox.arrival(1, digest(2)) is Arrival.CONTRADICTS
    assert inbox.acted_upon(1).arrival(1, digest(2)) is Arrival.CONTRADICTS


def test_nothing_is_acted_upon_before_what_comes_before_it() -> None:
    with pytest.raises(ValueError, match="2"):
        Inbox({2: digest(2)}).acted_upon(2)


def test_how_far_ahead_a_message_may_be_is_bounded() -> None:
    assert Inbox().arrival(MOST_AHEAD, digest(1)) is Arrival.NEW
    assert Inbox().arrival(MOST_AHEAD + 1, digest(1)) is Arrival.TOO_FAR_AHEAD


@given(st.integers(1, 500), st.integers(0, 10**6))
def test_pauses_double_up_to_an_hour(tries: int, seconds: int) -> None:
    pause = min(timedelta(minutes=2 ** min(tries - 1, 20)), LONGEST_PAUSE)
    assert is_due(sent_at=NOW, tries=tries, now=NOW + timedelta(seconds=seconds)) is (
        timedelta(seconds=seconds) >= pause
    )
    assert is_due(sent_at=None, tries=0, now=NOW)


@given(st.lists(st.binary(max_size=40), max_size=10), st.integers(1, 40))
def test_a_bundle_is_read_back_whole_or_refused(messages: list[bytes], cut: int) -> None:
    content = bundled(messages)
    assert unbundled(content) == tuple(messages)
    try:
        assert unbundled(content[:-cut]) == tuple(messages)[: len(unbundled(content[:-cut]))]
    except InputError:
        assert content
