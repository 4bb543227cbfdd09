"""A live index answers as the log up to its position says, whatever order snapshots and changes come in."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind
from tsunagu.domain.hit import Hit
from tsunagu.index import live
from tsunagu.index.live import Changes, LiveIndex
from tsunagu.index.multi import MultiIndex

PDQ = FingerprintKind.PDQ
Line = tuple[int, int, bytes | None]
"""Position, entry id, and what is added; None for a withdrawal."""
CENTRES = [bytes(32), b"\xff" * 32, bytes(range(32))]


def snapshot(entries: dict[int, bytes], version: str = "s") -> MultiIndex:
    table = np.frombuffer(b"".join(entries.values()), np.uint8).reshape(-1, PDQ.bits // 8)
    return MultiIndex.of_table(PDQ, table, np.array(list(entries), np.int64), version=version)


def changes(*lines: Line) -> Changes:
    positions, entry_ids, data = zip(*lines, strict=True) if lines else ((), (), ())
    table = np.frombuffer(b"".join(one or bytes(32) for one in data), np.uint8).reshape(len(lines), -1 if lines else 32)
    gone = np.array([one is None for one in data], np.bool_)
    return Changes(np.array(positions, np.int64), np.array(entry_ids, np.int64), gone, table)


def near(centre: int, bits: set[int]) -> bytes:
    flipped = int.from_bytes(CENTRES[centre]) ^ sum(1 << bit for bit in bits)
    return flipped.to_bytes(32)


class Log(RuleBasedStateMachine):
    """The log as a list is the model: `moments[p]` is what is there after line p."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self.moments: list[dict[int, bytes]] = [{}]
        self.index = LiveIndex(snapshot({}), 0)
        self.base = 0

    def write(self, entry_id: int, data: bytes | None) -> None:
        self.lines.append((len(self.lines) + 1, entry_id, data))
        there = dict(self.moments[-1])
        if data is None:
            there.pop(entry_id, None)
        else:
            there[entry_id] = data
        self.moments.append(there)

    @rule(centre=st.integers(0, 2), bits=st.sets(st.integers(0, 255), max_size=35))
    def add(self, centre: int, bits: set[int]) -> None:
        self.write(1000 - len(self.lines), near(centre, bits))

    @precondition(lambda self: self.moments[-1])
    @rule(pick=st.integers(0))
    def withdraw(self, pick: int) -> None:
        there = sorted(self.moments[-1])
        self.write(there[pick % len(there)], None)

    @rule()
    def withdraw_what_never_had_a_fingerprint(self) -> None:
        self.write(1000 - len(self.lines), None)

    @rule(most=st.integers(0, 6), again=st.integers(0, 3))
    def apply(self, most: int, again: int) -> None:
        begin = max(0, self.index.position - again)
        self.index.apply(changes(*self.lines[begin : self.index.position + most]))

    @rule(back=st.integers(0, 8))
    def rebase(self, back: int) -> None:
        position = max(self.base, self.index.position - back)
        self.base = position
        self.index.rebase(snapshot(self.moments[position], f"s{position}"), position)

    @invariant()
    def it_answers_as_the_log_says(self) -> None:
        there = self.moments[self.index.position]
        assert len(self.index) == len(there)
        for centre in CENTRES:
            query = Fingerprint(PDQ, centre, 100)
            hits = (Hit(query.distance(Fingerprint(PDQ, data, 100)), one) for one, data in there.items())
            assert list(self.index.search(query, radius_bits=31)) == sorted(
                hit for hit in hits if hit.distance_bits <= 31
            )


class TestLog(Log.TestCase):  # type: ignore[misc]
    settings = settings(deadline=None, max_examples=60, stateful_step_count=40)

    @pytest.fixture(autouse=True)
    def _short_head(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(live, "HEAD_ROWS", 3)


def test_changes_out_of_order_or_of_another_length_are_refused_and_nothing_is_applied() -> None:
    index = LiveIndex(snapshot({}), 5)
    for wrong in (changes((7, 1, bytes(32)), (6, 2, bytes(32))), changes((6, 1, bytes(31)))):
        with pytest.raises(InputError):
            index.apply(wrong)
    assert (index.position, len(index)) == (5, 0)


@pytest.mark.parametrize("position", [4, 6])
def test_a_snapshot_ahead_of_the_log_or_older_than_the_one_before_is_refused(position: int) -> None:
    with pytest.raises(InputError):
        LiveIndex(snapshot({}), 5).rebase(snapshot({}), position)


def test_the_version_tells_the_snapshot_and_the_position() -> None:
    index = LiveIndex(snapshot({}, "2031-04"), 5)
    index.apply(changes((9, 1, bytes(32))))
    assert (index.version, index.pending) == ("2031-04+9", 1)


def test_a_search_beside_changes_never_sees_half_of_one() -> None:
    """Entries come and go in pairs, in one call: a search that finds one of a pair without the other saw a half."""
    index = LiveIndex(snapshot({}), 0)
    ended = threading.Event()
    halves = []

    def look() -> None:
        while not ended.is_set():
            _, found, _ = index.search_table(np.zeros((1, 32), np.uint8), 0)
            halves.extend(pair for pair in {one // 2 for one in found.tolist()} if (found // 2 == pair).sum() != 2)

    thread = threading.Thread(target=look)
    thread.start()
    position = 0
    for pair in range(1500):
        lines: list[Line] = [(position + 1, 2 * pair, bytes(32)), (position + 2, 2 * pair + 1, bytes(32))]
        if pair >= 5:
            lines += [(position + 3, 2 * pair - 10, None), (position + 4, 2 * pair - 9, None)]
        position = lines[-1][0]
        index.apply(changes(*lines))
        if pair % 100 == 0:
            there = {one: bytes(32) for last in range(max(0, pair - 4), pair + 1) for one in (2 * last, 2 * last + 1)}
            index.rebase(snapshot(there), position)
    ended.set()
    thread.join()
    assert halves == []
