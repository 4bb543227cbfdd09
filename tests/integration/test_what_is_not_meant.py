"""What is not meant: benign content is no hit, and what an owner does not stand by leaves with no export."""

from __future__ import annotations

import io
import json
import secrets
from datetime import timedelta

import pytest

from tsunagu.domain.bank import BankSemantics, Opinion, Quarantine
from tsunagu.domain.look_up import DigestKind, Query
from tsunagu.domain.permission import Role
from tsunagu.records import bank_corpus, bank_items
from tsunagu.records.banks import bank_of
from tsunagu.records.new_items import NewItem
from tsunagu.records.session import acting_for
from tsunagu.services.banks import pieces as list_pieces
from tsunagu.services.banks.blast_radius import quarantined
from tsunagu.services.banks.exports import ListFormat, export_bank
from tsunagu.services.banks.judging import judge_item

from .scene import WORKS
from .test_bank_imports import a_list, bring_in, crash_at, items_of
from .test_look_ups import Bank, ask
from .world import Person, World, now, random_name, remember

SIZES = {DigestKind.MD5: 16, DigestKind.SHA1: 20, DigestKind.SHA256: 32}


@pytest.fixture
def anna(world: World) -> Person:
    return world.found(WORKS, {Role.ADMINISTRATOR})[0]


@pytest.mark.parametrize("kind", DigestKind)
def test_what_has_the_digest_of_something_benign_goes_into_quarantine(
    world: World, anna: Person, kind: DigestKind
) -> None:
    digest = secrets.token_bytes(SIZES[kind])
    Bank(world, anna, BankSemantics.BENIGN).add(NewItem(**{kind.value: digest}))
    with acting_for(anna.actor.agency_id):
        new = NewItem(**{kind.value: digest}, pdq=secrets.token_bytes(32))
        assert [one.quarantine for one in quarantined([new, NewItem(pdq=new.pdq)], 31, now=now())] == [
            Quarantine(1, 0), None,
        ]  # fmt: skip
    bank, other = random_name("bank"), secrets.token_hex(SIZES[kind])
    report = bring_in(world, anna, f"{kind.value}\n{digest.hex()}\n{other}", bank=bank)
    assert (report.imported, report.held) == (2, 1)
    [held] = [one for one in items_of(anna, bank) if one.quarantine]
    assert held.quarantine == Quarantine(1, 0)
    [known] = ask(world, anna, Query(digests=((kind, digest),)))
    assert {one.semantics for one in known} == {BankSemantics.BENIGN}


def test_a_benign_bank_that_is_off_or_expired_or_whose_list_has_not_ended_holds_nothing_back(
    world: World, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    pdq = secrets.token_bytes(32)
    benign = Bank(world, anna, BankSemantics.BENIGN)
    benign.add(NewItem(pdq=pdq))

    def is_held() -> bool:
        with acting_for(anna.actor.agency_id):
            return quarantined([NewItem(pdq=pdq)], 31, now=now())[0].quarantine is not None

    assert is_held()
    yesterday = now().date() - timedelta(days=1)
    for rule, undone in (("is_on", False), ("expires_on", yesterday)):
        benign.rule(**{rule: undone})
        assert not is_held()
        benign.rule(**{rule: True if rule == "is_on" else None})
    assert is_held()
    monkeypatch.setattr(list_pieces, "PIECE_ROWS", 10)
    text = a_list(45)
    with pytest.raises(RuntimeError):
        bring_in(world, anna, text, bank=random_name("b"), semantics=BankSemantics.BENIGN, told=crash_at(40))
    pdq = bytes.fromhex(text.splitlines()[1].split(",")[1])
    assert not is_held()


def test_what_was_asked_for_often_counts_once(world: World, anna: Person) -> None:
    asked = secrets.token_bytes(32)
    remember(*[(anna.actor.agency_id, asked)] * 20)
    with acting_for(anna.actor.agency_id):
        assert list(bank_corpus.recent_fingerprints()) == [asked]
        assert quarantined([NewItem(pdq=asked)], 31, now=now())[0].quarantine is None


@pytest.mark.parametrize("form", [ListFormat.VICS_1_3, ListFormat.ICSE])
def test_an_export_leaves_out_and_counts_what_its_owner_does_not_stand_by(
    world: World, anna: Person, form: ListFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_pieces, "PIECE_ROWS", 10)
    bank, digests = Bank(world, anna), [secrets.token_bytes(16) for _ in range(4)]
    sound, disputed, held, put_off = digests
    items = bank.add(NewItem(sound), NewItem(disputed), NewItem(held, quarantine=Quarantine(1, 0)), NewItem(put_off))
    [[known]] = ask(world, anna, Query(digests=((DigestKind.MD5, disputed),)))
    bank.act(judge_item, known.item, opinion=Opinion.DISPUTED)
    with acting_for(anna.actor.agency_id):
        bank_items.disable(items[3], until=now() + timedelta(days=1))
    with pytest.raises(RuntimeError):
        bring_in(world, anna, a_list(45), bank=bank.name, told=crash_at(40))
    out = io.BytesIO()
    report = export_bank(actor=anna.actor, name=bank.name, format_=form, out=out, **world.parts)
    with acting_for(anna.actor.agency_id):
        unfinished = bank_of(bank.name).items - 4
    kept_back = {"disputed": 1, "quarantine": 1, "put-off": 1, "unfinished-list": unfinished}
    assert {name: report.lost[name] for name in kept_back} == kept_back
    written = out.getvalue().decode().upper()
    assert [one.hex().upper() in written for one in digests] == [True, False, False, False]
    if form is ListFormat.VICS_1_3:
        assert len(json.loads(out.getvalue())["value"]) == 1
