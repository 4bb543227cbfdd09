from __future__ import annotations

import json
import tempfile
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tsunagu.domain.ledger import LedgerEntry, LedgerReport
from tsunagu.records.ledger.chain import entry_hash
from tsunagu.records.ledger.merkle import merkle_root
from tsunagu.records.ledger.roots import RootStore
from tsunagu.records.ledger.signing import root_from_json, root_to_json, sign_root
from tsunagu.records.ledger.verify import verify


@pytest.fixture
def bodies():
    return [f'{{"n":{number}}}' for number in range(1, 21)]


@pytest.fixture
def entries(maker, bodies):
    return maker.chained(bodies)


@pytest.fixture
def store(maker, entries, tmp_path):
    """Roots over 8 and over 15 of the 20 entries."""
    return maker.sign(tmp_path, entries, 8, 15)


@pytest.fixture
def check(maker, store):
    def check(entries, **more):
        report = verify(iter(entries), store, maker.signer.public_keys, **more)
        assert report.entries == len(entries)
        return report

    return check


def test_an_honest_ledger_is_sound_and_what_came_after_the_last_root_is_unproven(check, entries):
    report = check(entries)
    assert report == LedgerReport(entries=20, proven=15)
    assert report.is_sound
    assert report.unproven == 5


def test_a_ledger_that_was_never_signed_is_sound_and_wholly_unproven(maker, entries, tmp_path):
    report = verify(entries, RootStore(tmp_path / "none"), {})
    assert report == LedgerReport(entries=20, proven=0)
    assert report.unproven == 20


def test_an_empty_ledger_is_sound(tmp_path):
    assert verify([], RootStore(tmp_path / "none"), {}) == LedgerReport(entries=0, proven=0)


@pytest.mark.parametrize("number", [1, 8, 9, 15, 16, 20])
def test_a_changed_body_is_found_even_in_the_unproven_window(check, entries, number):
    entries[number - 1] = replace(entries[number - 1], body='{"n":0}')
    report = check(entries)
    assert report.first_bad == number
    assert report.proven == (0 if number <= 8 else 8 if number <= 15 else 15)


def test_a_changed_hash_is_found(check, entries):
    entries[11] = replace(entries[11], hash=bytes(32))
    assert check(entries).first_bad == 12


def test_an_entry_deleted_from_the_middle_is_found(check, entries):
    report = check(entries[:10] + entries[11:])
    assert report.first_bad == 11
    assert "missing" in report.problem


def test_an_entry_deleted_from_the_middle_is_found_when_the_rest_was_numbered_anew_and_chained_anew(
    check, maker, bodies
):
    assert check(maker.chained(bodies[:10] + bodies[11:])).first_bad == 11


def test_a_cut_tail_is_found_as_far_as_it_was_signed(check, entries):
    report = check(entries[:14])
    assert report.first_bad == 15
    assert report.problem == "The end was cut: 15 entries were signed, 14 are left."
    assert report.proven == 8
    assert check([]).first_bad == 1


def test_a_tail_cut_and_written_anew_is_found(check, maker, bodies):
    assert check(maker.chained([*bodies[:12], *["{}"] * 8])).first_bad == 13


def test_two_entries_swapped_are_found(check, maker, entries, bodies):
    entries[3], entries[6] = entries[6], entries[3]
    assert check(entries).first_bad == 4
    bodies[3], bodies[6] = bodies[6], bodies[3]
    assert check(maker.chained(bodies)).first_bad == 4


def test_a_gap_in_the_numbers_is_found_even_where_the_chain_fits_it(check, entries):
    entries[17:] = [replace(one, number=one.number + 1) for one in entries[17:]]
    assert check(entries).first_bad == 18


def test_everything_rewritten_and_chained_anew_is_found(check, maker):
    report = check(maker.chained(["{}"] * 20))
    assert report.first_bad == 1
    assert report.problem == "Entry 1 is not the one that was signed."


def test_everything_rewritten_together_with_the_leaves_is_found_by_the_root(check, maker, bodies, tmp_path):
    rewritten = maker.chained([*bodies[:9], *["{}"] * 11])
    (tmp_path / "leaves.bin").write_bytes(b"".join(one.hash for one in rewritten[:15]))
    report = check(rewritten)
    assert (report.first_bad, report.proven) == (9, 8)
    assert report.problem == "Entries 9 to 15 are not those that were signed, nor are their leaves."


def test_everything_rewritten_and_signed_with_another_key_is_found(maker, tmp_path):
    rewritten = maker.chained(["{}"] * 20)
    store = maker.sign(tmp_path / "forged", rewritten, 8, 15, signer=maker.stranger)
    report = verify(rewritten, store, maker.signer.public_keys)
    assert (report.first_bad, report.proven) == (1, 0)
    assert report.problem == "The root over 8 entries is signed by an unknown key."


def change_root(folder, line, **change):
    lines = (folder / "roots.jsonl").read_text().splitlines()
    lines[line] = json.dumps(json.loads(lines[line]) | change)
    (folder / "roots.jsonl").write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(("line", "first_bad"), [(0, 1), (1, 9)])
@pytest.mark.parametrize(
    "change",
    [
        {"signature": "00" * 64},
        {"signature": ""},
        {"root": "00" * 32},
        {"size": 1000},
        {"size": 0},
        {"size": "many"},
        {"signed_at": "2027-01-01T00:00:00.000000Z"},
        {"key_id": "0" * 16},
    ],
)
def test_a_forged_root_is_found_and_named_by_the_first_entry_that_only_it_covers(
    check, entries, tmp_path, line, first_bad, change
):
    change_root(tmp_path, line, **change)
    report = check(entries)
    assert report.first_bad == first_bad
    assert report.proven == first_bad - 1


def test_roots_out_of_order_are_found(check, entries, tmp_path):
    lines = (tmp_path / "roots.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "roots.jsonl").write_text("".join(reversed(lines)))
    report = check(entries)
    assert report.problem == "The signed roots are out of order."
    assert report.first_bad == 16


@pytest.mark.parametrize("number", [1, 8, 9, 15])
def test_a_changed_leaf_is_found_and_told_from_a_changed_entry(check, entries, tmp_path, number):
    leaves = bytearray((tmp_path / "leaves.bin").read_bytes())
    leaves[32 * (number - 1)] ^= 1
    (tmp_path / "leaves.bin").write_bytes(leaves)
    report = check(entries)
    assert report.first_bad == number
    assert report.problem == f"The leaf of entry {number} was changed or is gone; the entry is as signed."


def test_missing_leaves_are_found(check, entries, tmp_path):
    whole = (tmp_path / "leaves.bin").read_bytes()
    (tmp_path / "leaves.bin").write_bytes(whole[: 32 * 10 + 7])
    assert check(entries).first_bad == 11
    (tmp_path / "leaves.bin").unlink()
    assert check(entries).first_bad == 1


def test_missing_roots_are_found_while_a_first_signing_that_was_broken_off_is_no_finding(
    check, maker, entries, tmp_path
):
    (tmp_path / "roots.jsonl").write_bytes(b"")
    assert check(entries) == LedgerReport(20, 0)
    (tmp_path / "roots.jsonl").unlink()
    report = check(entries)
    assert (report.first_bad, report.problem) == (1, "The signed roots beside the ledger are gone.")
    forged = sign_root(3, bytes(32), now=maker.now, signer=maker.stranger)
    told = f"The root over 3 entries is signed by an unknown key. {report.problem}"
    assert check(entries, witnessed=[forged]) == replace(report, problem=told)


def test_roots_and_tail_cut_together_are_found_with_the_root_that_a_second_agency_held(
    check, maker, entries, bodies, tmp_path
):
    held = root_from_json(root_to_json(list(RootStore(tmp_path).roots())[1]))
    first_line = (tmp_path / "roots.jsonl").read_text().splitlines(keepends=True)[0]
    (tmp_path / "roots.jsonl").write_text(first_line)
    assert check(entries[:12]).is_sound
    assert check(entries[:12], witnessed=[held]).first_bad == 13
    rewritten = maker.chained([*bodies[:11], *["{}"] * 9])
    assert check(rewritten, witnessed=[held]).first_bad == 9
    assert check(entries, witnessed=[held]) == LedgerReport(20, 15)


def test_a_second_agency_verifies_with_nothing_but_its_root_and_the_public_key(maker, entries, store, tmp_path):
    held, nothing = store.last(), RootStore(tmp_path / "elsewhere")
    keys = maker.signer.public_keys
    assert verify(entries, nothing, keys, witnessed=[held]) == LedgerReport(20, 15)
    assert verify(entries[:14], nothing, keys, witnessed=[held]).first_bad == 15
    rewritten = maker.chained(["{}"] * 20)
    assert verify(rewritten, nothing, keys, witnessed=[held]).first_bad == 1
    forged = replace(held, size=14)
    assert (
        verify(entries, nothing, keys, witnessed=[forged]).problem == "The root over 14 entries has a forged signature."
    )


@pytest.mark.parametrize("seed_size", [9, 12, 14])
def test_a_witnessed_root_between_two_of_our_own_changes_nothing(check, maker, entries, seed_size):
    hashes = [one.hash for one in entries[:seed_size]]
    held = sign_root(seed_size, merkle_root(hashes), now=maker.now, signer=maker.signer)
    assert check(entries, witnessed=[held, held]) == LedgerReport(20, 15)
    entries[12] = replace(entries[12], body="{}")
    assert check(entries, witnessed=[held]).first_bad == 13


def test_a_leaf_and_an_entry_changed_at_once_are_named_by_what_no_good_root_covers(check, maker, bodies, tmp_path):
    leaves = bytearray((tmp_path / "leaves.bin").read_bytes())
    leaves[32 * 12] ^= 1
    (tmp_path / "leaves.bin").write_bytes(leaves)
    assert check(maker.chained([*bodies[:10], *["{}"] * 10])).first_bad == 9


def test_an_entry_that_differs_from_its_leaf_is_named_though_the_end_was_cut_as_well(check, maker, bodies):
    report = check(maker.chained([*bodies[:11], "{}"]))
    assert (report.first_bad, report.problem) == (12, "Entry 12 differs from the leaf that was kept of it.")


def test_the_roots_are_looked_up_before_the_first_entry_is_read(maker, entries, tmp_path):
    store = maker.sign(tmp_path, entries, 8)

    def read():
        maker.sign(tmp_path, entries, 15)
        yield from entries[:10]

    assert verify(read(), store, maker.signer.public_keys) == LedgerReport(10, 8)


def changed(entries, how, where, other, text):
    """Return the bodies after one deed of a forger."""
    bodies = [one.body for one in entries]
    if how == "change":
        bodies[where] = text
    elif how == "delete":
        del bodies[where]
    elif how == "insert":
        bodies.insert(where, text)
    elif how == "cut":
        del bodies[where:]
    elif how == "swap":
        bodies[where], bodies[other] = bodies[other], bodies[where]
    else:
        bodies[where:] = [text] * (len(bodies) - where)
    return bodies


@given(
    bodies=st.lists(st.sampled_from(["{}", "[]", "0", "1", "2"]), min_size=1, max_size=14),
    how=st.sampled_from(["change", "delete", "insert", "cut", "swap", "rewrite"]),
    places=st.tuples(st.integers(0, 13), st.integers(0, 13)),
    sizes=st.sets(st.integers(1, 14), min_size=1, max_size=3),
)
@settings(deadline=None, max_examples=400)
def test_whatever_is_chained_anew_is_found_at_its_first_entry_as_far_as_it_was_signed(
    maker, bodies, how, places, sizes
):
    entries = maker.chained(bodies)
    sizes = sorted({min(size, len(entries)) for size in sizes})
    where, other = (place % len(entries) for place in places)
    forged = maker.chained(changed(entries, how, where, other, "9"))
    pairs = enumerate(zip(entries, forged, strict=False), start=1)
    first = next((number for number, (old, new) in pairs if old != new), min(len(entries), len(forged)) + 1)
    with tempfile.TemporaryDirectory() as folder:
        store = maker.sign(Path(folder), entries, *sizes)
        report = verify(forged, store, maker.signer.public_keys)
    if first > sizes[-1]:
        assert report == LedgerReport(len(forged), sizes[-1])
    else:
        assert report.first_bad == first
        assert report.proven == max((size for size in sizes if size < first), default=0)


@given(
    count=st.integers(1, 14),
    how=st.sampled_from(["change", "delete", "insert", "swap"]),
    places=st.tuples(st.integers(0, 13), st.integers(0, 13)),
    is_renumbered=st.booleans(),
    size=st.integers(0, 14),
)
@settings(deadline=None, max_examples=300)
def test_whatever_is_not_chained_anew_is_found_at_its_first_entry_whether_signed_or_not(
    maker, count, how, places, is_renumbered, size
):
    entries = maker.chained([str(number) for number in range(count)])
    where, other = (place % count for place in places)
    forged = list(entries)
    if how == "change":
        forged[where] = replace(forged[where], body="9")
    elif how == "delete":
        del forged[where]
    elif how == "insert":
        forged.insert(where, LedgerEntry(where + 1, "9", bytes(32)))
    else:
        forged[where], forged[other] = forged[other], forged[where]
    if is_renumbered:
        forged = [replace(one, number=number) for number, one in enumerate(forged, start=1)]
    pairs = enumerate(zip(entries, forged, strict=False), start=1)
    first = next((number for number, (old, new) in pairs if old != new), None)
    with tempfile.TemporaryDirectory() as folder:
        store = maker.sign(Path(folder), entries, *([min(size, count)] if size else []))
        report = verify(forged, store, maker.signer.public_keys)
    if first is not None:
        assert report.first_bad == first
    elif len(forged) < min(size, count):
        assert report.first_bad == len(forged) + 1
    elif len(forged) <= count:
        assert report.is_sound
    else:
        assert report.first_bad == count + 1


@given(where=st.integers(0, 32 * 12 - 1), flip=st.integers(1, 255))
@settings(deadline=None, max_examples=100)
def test_whatever_byte_of_the_leaves_is_changed_its_entry_is_named(maker, where, flip):
    entries = maker.chained(["{}"] * 12)
    with tempfile.TemporaryDirectory() as folder:
        store = maker.sign(Path(folder), entries, 5, 12)
        leaves = bytearray((Path(folder) / "leaves.bin").read_bytes())
        leaves[where] ^= flip
        (Path(folder) / "leaves.bin").write_bytes(leaves)
        assert verify(entries, store, maker.signer.public_keys).first_bad == where // 32 + 1


@given(data=st.data(), flip=st.integers(1, 255))
@settings(deadline=None, max_examples=200)
def test_whatever_byte_of_a_signed_root_is_changed_no_entry_counts_as_proven_by_it(maker, data, flip):
    entries = maker.chained(["{}"] * 12)
    with tempfile.TemporaryDirectory() as folder:
        store = maker.sign(Path(folder), entries, 5, 12)
        roots = Path(folder) / "roots.jsonl"
        whole = roots.read_bytes()
        start = whole.index(b'"key_id"')  # what stands before it is the frontier, which no proof leans on
        where = data.draw(st.integers(start, whole.index(b"\n") - 1))
        roots.write_bytes(whole[:where] + bytes([whole[where] ^ flip]) + whole[where + 1 :])
        report = verify(entries, store, maker.signer.public_keys)
    if whole[where] ^ flip == ord(" ") or chr(whole[where] ^ flip).lower() == chr(whole[where]):
        return  # still the same JSON, or the same hex digit in upper case
    assert (report.first_bad, report.proven) == (1, 0)


def test_memory_does_not_grow_with_the_ledger(maker, tmp_path):
    def peak(count):
        folder = tmp_path / str(count)
        maker.sign(folder, maker.chained(["{}"] * count), *range(100, count + 1, 100))
        tracemalloc.start()
        verify(iter(maker.chained(["{}"] * 10)), RootStore(tmp_path / "none"), {})  # what the first use costs anyway
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        assert verify(stream(count), RootStore(folder), maker.signer.public_keys).is_sound
        top = tracemalloc.get_traced_memory()[1] - before
        tracemalloc.stop()
        return top

    def stream(count):
        previous = bytes(32)
        for number in range(1, count + 1):
            previous = entry_hash(previous, number, "{}")
            yield LedgerEntry(number, "{}", previous)

    assert peak(8000) < peak(1000) + 20_000
