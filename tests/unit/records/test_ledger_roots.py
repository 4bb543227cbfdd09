from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.errors import InputError, LedgerBroken, Unavailable
from tsunagu.domain.ledger import SignedRoot
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.ledger.roots import RootStore
from tsunagu.records.ledger.signing import is_signed_by, root_from_json, root_to_json


def hashes_of(entries):
    return [one.hash for one in entries]


def test_a_root_covers_every_entry_up_to_the_newest_and_its_signature_holds(maker, tmp_path):
    entries = maker.chained(["{}"] * 9)
    store = maker.sign(tmp_path / "ledger", entries, 4, 9)
    first, second = store.roots()
    assert (first.size, first.root) == (4, merkle_root(hashes_of(entries[:4])))
    assert (second.size, second.root) == (9, merkle_root(hashes_of(entries)))
    assert second.signed_at == "2026-03-01T12:00:00.000000Z"
    assert is_signed_by(first, maker.signer.public_key)
    assert is_signed_by(second, maker.signer.public_key)
    assert not is_signed_by(second, maker.stranger.public_key)
    assert store.last() == second
    assert list(store.leaves()) == hashes_of(entries)


def test_each_field_of_a_root_is_covered_by_its_signature(maker, tmp_path):
    root = maker.sign(tmp_path, maker.chained(["{}"] * 3), 3).last()
    fields = {"size": 4, "root": bytes(32), "signed_at": "2026-03-02T12:00:00.000000Z", "key_id": "0" * 16}
    for name, value in fields.items():
        altered = SignedRoot(**{field: getattr(root, field) for field in SignedRoot.__slots__} | {name: value})
        assert not is_signed_by(altered, maker.signer.public_key)


def test_a_root_goes_to_a_second_agency_as_one_line_and_comes_back_the_same(maker, tmp_path):
    root = maker.sign(tmp_path, maker.chained(["{}"]), 1).last()
    line = root_to_json(root)
    assert "\n" not in line
    assert root_from_json(line) == root


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{}", "[" * 100_000, '{"size": 1}']
    + [
        json.dumps({"size": 1, "root": "00" * 32, "signed_at": "", "key_id": "", "signature": ""} | change)
        for change in ({"size": 0}, {"size": "1"}, {"root": "00"}, {"root": 7}, {"signed_at": 1}, {"key_id": "\ud800"})
    ],
)
def test_what_is_no_signed_root_is_refused(text):
    with pytest.raises(LedgerBroken):
        root_from_json(text)


def test_nothing_new_to_sign_gives_the_last_root_again_and_nothing_at_all_gives_none(maker, tmp_path):
    store = RootStore(tmp_path / "ledger")
    assert store.last() is None
    assert list(store.roots()) == []
    assert list(store.leaves()) == []
    assert store.extend(lambda _: [], now=maker.now, signer=maker.signer) is None
    root = store.extend(lambda _: [bytes(32)], now=maker.now, signer=maker.signer)
    assert store.extend(lambda _: [], now=maker.now, signer=maker.signer) == root
    assert len(list(store.roots())) == 1


def test_files_and_folder_are_for_their_owner_only(maker, tmp_path):
    folder = tmp_path / "ledger"
    maker.sign(folder, maker.chained(["{}"]), 1)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()} == {0o600}


def test_a_hash_of_another_length_is_refused_and_leaves_the_store_as_it_was(maker, tmp_path):
    entries = maker.chained(["{}"] * 5)
    store = maker.sign(tmp_path, entries, 3)
    before = store.last()
    with pytest.raises(InputError):
        store.extend(lambda _: [bytes(32), bytes(31)], now=maker.now, signer=maker.signer)
    assert store.last() == before
    maker.sign(tmp_path, entries, 5)
    assert list(store.leaves()) == hashes_of(entries)


def test_nothing_is_signed_on_top_of_files_that_someone_changed(maker, tmp_path):
    leaves, roots = tmp_path / "leaves.bin", tmp_path / "roots.jsonl"
    entries = maker.chained(["{}"] * 6)
    store = maker.sign(tmp_path, entries, 5)
    whole_leaves, whole_roots = leaves.read_bytes(), roots.read_bytes()

    def sign_on():
        return store.extend(lambda after: hashes_of(entries[after:]), now=maker.now, signer=maker.signer)

    leaves.write_bytes(whole_leaves[:-1])
    with pytest.raises(LedgerBroken):
        sign_on()
    leaves.write_bytes(whole_leaves)
    fields = json.loads(whole_roots)
    for change in ({"frontier": []}, {"frontier": ["00" * 32] * 2}, {"size": 6}, {"root": "00" * 32}, {"frontier": 5}):
        roots.write_text(json.dumps(fields | change) + "\n")
        with pytest.raises(LedgerBroken):
            sign_on()
    roots.write_bytes(b"\0" * 20_000)
    with pytest.raises(LedgerBroken):
        sign_on()
    roots.write_bytes(whole_roots)
    assert sign_on().size == 6


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told_without_its_name(maker, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(Unavailable) as told:
        maker.sign(tmp_path / "ledger", maker.chained(["{}"]), 1)
    assert str(tmp_path) not in str(told.value)


def test_a_folder_that_is_a_file_is_told_without_its_name(maker, tmp_path):
    (tmp_path / "ledger").write_text("")
    with pytest.raises(Unavailable) as told:
        maker.sign(tmp_path / "ledger", maker.chained(["{}"]), 1)
    assert str(tmp_path) not in str(told.value)


def test_the_roots_of_one_look_are_those_signed_until_then(maker, tmp_path):
    entries = maker.chained(["{}"] * 4)
    store = maker.sign(tmp_path, entries, 2)
    looked_up = store.roots()
    maker.sign(tmp_path, entries, 4)
    assert [root.size for root in looked_up] == [2]


@given(
    sizes=st.lists(st.integers(1, 6), min_size=1, max_size=4),
    leaves_cut=st.integers(0, 400),
    roots_cut=st.integers(0, 900),
    rest=st.binary(max_size=50),
)
@settings(deadline=None, max_examples=150)
def test_wherever_a_signing_was_broken_off_the_next_one_repairs_it(maker, sizes, leaves_cut, roots_cut, rest):
    """Leaves are written first, so a crash leaves a whole or part of them, then a whole or part of the line."""
    totals = [sum(sizes[: upto + 1]) for upto in range(len(sizes))]
    entries = maker.chained(["{}"] * (totals[-1] + 2))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        leaves, roots = folder / "leaves.bin", folder / "roots.jsonl"
        store = maker.sign(folder, entries, *totals[:-1])
        old = (leaves.read_bytes(), roots.read_bytes()) if totals[:-1] else (b"", b"")
        maker.sign(folder, entries, totals[-1])
        new = leaves.read_bytes()[len(old[0]) :], roots.read_bytes()[len(old[1]) :]
        if leaves_cut < len(new[0]):
            leaves.write_bytes(old[0] + new[0][:leaves_cut])
            roots.write_bytes(old[1])
        elif roots_cut < len(new[1]):
            leaves.write_bytes(old[0] + new[0] + rest)
            roots.write_bytes(old[1] + new[1][:roots_cut])
        maker.sign(folder, entries, len(entries))
        assert leaves.read_bytes() == b"".join(hashes_of(entries))
        assert store.last().root == merkle_root(hashes_of(entries))
        assert all(first.size < second.size for first, second in pairwise(store.roots()))


def test_threads_that_sign_at_once_sign_no_entry_twice_and_leave_none_out(maker, tmp_path):
    hashes: list[bytes] = []
    growing = threading.Lock()

    def work(seed):
        store = RootStore(tmp_path)
        for step in range(20):
            with growing:
                hashes.append(bytes([seed, step]) * 16)
            store.extend(lambda after: hashes[after:], now=maker.now, signer=maker.signer)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store = RootStore(tmp_path)
    assert list(store.leaves()) == hashes
    assert store.last().root == merkle_root(hashes)


SIGN_UNTIL_KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tsunagu.records.ledger.roots import RootStore

class Signer:
    key_id = "0" * 16
    def sign(self, message):
        return bytes(64)

def next_hashes(after):
    return [number.to_bytes(32) for number in range(after + 1, after + 40)]

store = RootStore(Path(sys.argv[1]))
while True:
    store.extend(next_hashes, now=datetime(2026, 3, 1, tzinfo=UTC), signer=Signer())
"""


@pytest.mark.parametrize("delay_s", [0.0, 0.0003, 0.001, 0.004, 0.007])
def test_kill_9_at_any_moment_loses_no_root_and_the_next_signing_goes_on(maker, tmp_path, delay_s):
    store, signed = RootStore(tmp_path), 0
    for _round in range(3):
        with subprocess.Popen([sys.executable, "-c", SIGN_UNTIL_KILLED, str(tmp_path)]) as child:
            while (store.last().size if store.last() else 0) <= signed:
                assert child.poll() is None
                time.sleep(0.001)
            time.sleep(delay_s)
            child.kill()
        signed = store.last().size
        assert all(first.size < second.size for first, second in pairwise(store.roots()))
    store.extend(lambda after: [(after + 1).to_bytes(32)], now=maker.now, signer=maker.signer)
    hashes = [number.to_bytes(32) for number in range(1, signed + 2)]
    assert list(store.leaves()) == hashes
    assert store.last().root == merkle_root(hashes)
