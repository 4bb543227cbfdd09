"""An agency's vault: off until two people switch it on, shown to whom they granted it, emptied of what is erased."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connections
from PIL import Image

from tsunagu.domain.act import Act
from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.errors import Unavailable
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission, Role
from tsunagu.domain.purpose import Purpose
from tsunagu.records.cases import case_of
from tsunagu.records.models import Holding, VaultedContent
from tsunagu.records.s3 import BucketPlace
from tsunagu.records.session import acting_for
from tsunagu.records.vault.contents import AgencyVault
from tsunagu.records.vault.store import BucketVault
from tsunagu.services.agencies.grants import list_grants, withdraw_grant
from tsunagu.services.cases.life import withdraw_exhibit
from tsunagu.services.cases.opening import open_case
from tsunagu.services.demo.drawing import mp4, tune
from tsunagu.services.intake.keeping import Keeping
from tsunagu.services.upkeep.sweeping import AFTER_RESTORE, UNLISTED_LAST, remove_unlisted, sweep_vaults

from ...system.buckets import s3_server  # noqa: TID252 - tests are no package with a name
from ..granted import grant, two_administrators  # noqa: TID252 - tests are no package with a name
from ..scene import WORKS  # noqa: TID252 - tests are no package with a name
from ..world import World, now, random_name  # noqa: TID252 - tests are no package with a name
from .pictures import Stage, bring_in, close_to, encoded, picture, zipped

VAULT = Permission.MEDIA_VAULT
Staged = Callable[..., Stage]


@pytest.fixture(scope="module")
def staged(world: World, tmp_path_factory: pytest.TempPathFactory) -> Staged:
    """A function that brings pictures in at an agency of its own, with its vault on or off, and takes them away."""

    def stage(*only: str, is_on: bool = True) -> Stage:
        anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
        both = two_administrators(world, adam)
        olga = world.enroll(adam, Role.OFFICER)
        case = random_name("case")
        open_case(actor=olga.actor, reference=case, purpose=Purpose.INVESTIGATION, covert=False, **world.parts)
        if is_on:
            grant(world, both, VAULT, olga)
        drawings = {name: picture(seed) for seed, name in enumerate(("a.png", "b.jpg", "member.png"), start=50)}
        folder = tmp_path_factory.mktemp("exhibit")
        contents = {
            "a.png": encoded(drawings["a.png"], "PNG"),
            "b.jpg": encoded(drawings["b.jpg"], "JPEG"),
            "x.zip": zipped({"member.png": encoded(drawings["member.png"], "PNG")}),
            "clip.mp4": mp4((picture(70 + one).resize((160, 120)) for one in range(4)), tune(seconds=1, seed=4)),
            "cut.png": encoded(picture(60), "PNG")[:-400],
            "text.txt": b"no media",
        }
        for name, content in contents.items():
            if only and name not in only:
                continue
            (folder / name).write_bytes(content)
        bring_in(world, olga, case, folder)
        shutil.rmtree(folder)
        with acting_for(olga.actor.agency_id):
            case_id = case_of(olga.actor, case).case_id
            found = Holding.objects.filter(exhibit__case_id=case_id).values_list("path", "number")
            numbers = {Path(os.fsdecode(bytes(path))).name: number for path, number in found}
        people = {"anna": anna, "adam": adam, "olga": olga}
        return Stage(world, people, case, folder, numbers, drawings)

    return stage


@pytest.fixture(scope="module")
def kept(staged: Staged) -> Stage:
    """An agency that kept what came in, for tests that only look."""
    return staged()


def objects(stage: Stage, home: Path) -> set[Path]:
    folder = home / "vault" / str(stage.people["olga"].actor.agency_id)
    return {one for one in folder.rglob("*") if one.is_file()}


def listed(stage: Stage) -> int:
    with acting_for(stage.people["olga"].actor.agency_id):
        return VaultedContent.objects.count()


def test_with_the_vault_off_nothing_is_kept_and_nobody_is_shown_any(staged: Staged, world_home: Path) -> None:
    stage = staged(is_on=False)
    assert (objects(stage, world_home), listed(stage)) == (set(), 0)
    assert stage.ask("a.png", means="vault").status_code == 403


def test_what_came_in_while_it_was_on_is_shown_though_the_files_are_gone(kept: Stage) -> None:
    stage = kept
    assert listed(stage) == 5  # the text is no media; the member lies in its archive
    entries = [one for one in stage.world.entries() if one["act"] == "media:vaulted"]
    assert entries[-1]["details"]["contents"] == 5
    for name in ("a.png", "b.jpg", "member.png"):
        shown = stage.shown(name, means="vault")
        assert shown.status_code == 200, name
        assert close_to(shown.content, stage.drawings[name]), name
        assert stage.world.last_entry()["act"] == "reveal:shown"
    assert Image.open(io.BytesIO(stage.shown("clip.mp4", means="vault").content)).mode == "L"
    assert stage.shown("cut.png", means="vault").status_code == 422
    for name in ("anna", "adam"):
        assert stage.ask("a.png", name, means="vault").status_code == 403
    assert stage.ask("text.txt", means="vault").status_code == 503
    assert stage.ask("a.png").status_code == 403  # the other permission was not granted


def test_no_object_of_the_vault_and_no_name_tells_what_it_holds(kept: Stage, world_home: Path) -> None:
    stage = kept
    found = objects(stage, world_home)
    with acting_for(stage.people["olga"].actor.agency_id):
        contents = [bytes(one) for one in VaultedContent.objects.values_list("sha256", flat=True)]
    assert len(found) == 5 * 2 + 3  # a header and a segment each, and three small pictures
    for path in found:
        data = path.read_bytes()
        # whole signatures: three bytes alone occur by chance in ciphertext of some hundred thousand
        assert b"JFIF\x00\x01" not in data
        assert b"\x89PNG\r\n\x1a\n" not in data
        assert not any(one.hex()[:12] in str(path).replace("/", "") or one[:12] in data for one in contents)


def test_when_either_person_switches_it_off_nothing_more_is_kept_or_shown(staged: Staged) -> None:
    stage = staged()
    adam = stage.people["adam"]
    [switch] = [one for one in list_grants(actor=adam.actor, **stage.world.parts).grants if one.officer_id is None]
    withdraw_grant(actor=adam.actor, grant_id=switch.grant_id, **stage.world.parts)
    assert stage.ask("a.png", means="vault").status_code == 403
    stage.folder.mkdir()
    (stage.folder / "new.png").write_bytes(encoded(picture(90), "PNG"))
    bring_in(stage.world, stage.people["olga"], stage.case, stage.folder)
    assert listed(stage) == 5


def test_a_vault_that_cannot_be_used_ends_the_ingest_and_nothing_of_it_counts(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = staged()
    stage.folder.mkdir()
    (stage.folder / "new.png").write_bytes(encoded(picture(91), "PNG"))
    with monkeypatch.context() as patch:
        patch.setattr("tsunagu.records.vault.store.obstore.put", _full)
        with pytest.raises(Unavailable):
            bring_in(stage.world, stage.people["olga"], stage.case, stage.folder)
    with acting_for(stage.people["olga"].actor.agency_id):
        assert not Holding.objects.filter(path__contains=b"new.png").exists()
    bring_in(stage.world, stage.people["olga"], stage.case, stage.folder)
    assert listed(stage) == 6


def _full(*_: object, **__: object) -> None:
    raise OSError("no space left")


def test_what_is_erased_leaves_the_vault_and_what_is_held_stays(staged: Staged, world_home: Path) -> None:
    stage = staged()
    world, olga = stage.world, stage.people["olga"]
    stage.folder.mkdir()
    (stage.folder / "again.png").write_bytes(encoded(stage.drawings["a.png"], "PNG"))
    other = random_name("case")
    open_case(actor=olga.actor, reference=other, purpose=Purpose.INVESTIGATION, covert=False, **world.parts)
    bring_in(world, olga, other, stage.folder)
    parts = {"store": world.rooms.vault, **world.parts}
    assert sweep_vaults(**parts) == 0
    withdraw_exhibit(
        actor=olga.actor,
        reference=stage.case,
        exhibit="E1",
        ground=ErasureGround.WRONG_EXHIBIT,
        queue=world.rooms.queue,
        **world.parts,
    )
    assert sweep_vaults(**parts) == 4
    assert world.last_entry()["act"] == "vault:swept"
    assert listed(stage) == 1
    assert len(objects(stage, world_home)) == 3
    with acting_for(olga.actor.agency_id):
        [number] = Holding.objects.filter(exhibit__case__reference=other).values_list("number", flat=True)
    assert close_to(stage.shown("", case=other, number=number, means="vault").content, stage.drawings["a.png"])


def withdraw(stage: Stage) -> None:
    """Let everything that an agency has brought in be held nowhere any more."""
    withdraw_exhibit(
        actor=stage.people["olga"].actor,
        reference=stage.case,
        exhibit="E1",
        ground=ErasureGround.WRONG_EXHIBIT,
        queue=stage.world.rooms.queue,
        **stage.world.parts,
    )


def bring_again(stage: Stage, *files: str) -> dict[str, int]:
    """Bring the same files in once more, and return the numbers of their places."""
    stage.folder.mkdir(exist_ok=True)
    for name in files:
        (stage.folder / name).write_bytes(encoded(stage.drawings[name], "PNG" if name.endswith("png") else "JPEG"))
    bring_in(stage.world, stage.people["olga"], stage.case, stage.folder)
    with acting_for(stage.people["olga"].actor.agency_id):
        found = list(Holding.objects.filter(exhibit__case__reference=stage.case).values_list("path", "number"))
    return {Path(os.fsdecode(bytes(path))).name: number for path, number in found}


def sweep(stage: Stage) -> int:
    return sweep_vaults(store=stage.world.rooms.vault, **stage.world.parts)


@pytest.mark.parametrize("is_half_done", [True, False])
def test_a_sweep_that_was_killed_loses_nothing_that_comes_in_again(
    staged: Staged, world_home: Path, monkeypatch: pytest.MonkeyPatch, *, is_half_done: bool
) -> None:
    stage = staged("a.png", "b.jpg")
    withdraw(stage)
    real = AgencyVault.remove

    def killed(vault: AgencyVault, sha256: bytes) -> None:
        if is_half_done:
            real(vault, sha256)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(AgencyVault, "remove", killed)
        with pytest.raises(KeyboardInterrupt):
            sweep(stage)
    numbers = bring_again(stage, "a.png", "b.jpg")
    for _ in range(2):
        for name, number in numbers.items():
            shown = stage.shown("", number=number, means="vault")
            assert close_to(shown.content, stage.drawings[name]), name
        assert sweep(stage) == 0
    # And what does not come in again is swept to its end.
    withdraw(stage)
    with monkeypatch.context() as patch:
        patch.setattr(AgencyVault, "remove", killed)
        with pytest.raises(KeyboardInterrupt):
            sweep(stage)
    assert sweep(stage) == 2
    assert (objects(stage, world_home), listed(stage)) == (set(), 0)


def test_no_sweep_comes_between_what_is_put_away_and_its_being_noted(
    staged: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = staged("a.png")
    withdraw(stage)
    real, swept = Keeping.keep, []

    def while_the_worker_sweeps(*arguments: Any) -> None:
        def come() -> None:
            swept.append(sweep(stage))
            connections.close_all()

        worker = Thread(target=come)
        worker.start()
        worker.join()
        real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Keeping, "keep", while_the_worker_sweeps)
        [(name, number)] = bring_again(stage, "a.png").items()
    assert swept == [0]
    assert sweep(stage) == 0
    assert close_to(stage.shown("", number=number, means="vault").content, stage.drawings[name])


def test_a_vault_that_cannot_be_swept_stops_no_other(staged: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    stages = [staged("a.png") for _ in range(3)]
    for one in stages:
        withdraw(one)
    broken = stages[1].people["olga"].actor.agency_id
    real = AgencyVault.remove

    def remove(vault: AgencyVault, sha256: bytes) -> None:
        if vault._agency == str(broken):
            raise Unavailable("the folder of the vault cannot be written")
        real(vault, sha256)

    with monkeypatch.context() as patch:
        patch.setattr(AgencyVault, "remove", remove)
        with pytest.raises(Unavailable):
            sweep(stages[0])
    assert [listed(one) for one in stages] == [0, 1, 0]
    assert sweep(stages[0]) == 1


def test_what_came_back_with_an_older_copy_of_the_vault_is_removed_after_a_day(
    staged: Staged, world_home: Path
) -> None:
    stage = staged("a.png", "b.jpg")
    old = {path: path.read_bytes() for path in objects(stage, world_home)}
    withdraw(stage)
    assert sweep(stage) == 2
    bring_again(stage, "a.png")
    held = objects(stage, world_home)
    for path, data in old.items():
        if path not in held:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    parts = {"store": stage.world.rooms.vault, **stage.world.parts}
    remove_unlisted(**parts)
    assert objects(stage, world_home) == held | set(old)
    long_ago = (parts["now"] - UNLISTED_LAST).timestamp() - 1
    for path in objects(stage, world_home):
        os.utime(path, (long_ago, long_ago))
    stage.world.rooms.ledger.record(Deed(Act.BACKUP_RESTORED, now(), None))
    assert remove_unlisted(**parts) == 0
    stage.world.rooms.ledger.record(Deed(Act.BACKUP_RESTORED, now() - AFTER_RESTORE - UNLISTED_LAST, None))
    names = {str(one).partition(".")[0] for one in held}
    unlisted = {one for one in old if str(one).partition(".")[0] not in names}
    assert remove_unlisted(**parts) == len(unlisted) == 3
    assert stage.world.last_entry()["details"] == {"objects": 3}
    assert objects(stage, world_home) == (held | set(old)) - unlisted


def test_a_bucket_holds_a_vault_as_a_folder_does_and_opens_to_the_right_key_alone(
    staged: Staged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from tsunagu.web import rooms as served

    with s3_server(tmp_path, "vaults") as server:
        place = BucketPlace.of("s3://vaults/tsunagu")
        bucket = BucketVault(place, server.access)
        stage = _with_vault(staged, bucket, monkeypatch)
        names = server.names("s3://vaults/tsunagu")
        assert len(names) == 13
        assert {one.split("/")[0] for one in names} == {str(stage.people["olga"].actor.agency_id)}
        with monkeypatch.context() as patch:
            patch.setattr(served, "_open", [replace(stage.world.rooms, vault=bucket)])
            assert close_to(stage.shown("a.png", means="vault").content, stage.drawings["a.png"])
            assert close_to(stage.shown("member.png", means="vault").content, stage.drawings["member.png"])
            wrong = BucketVault(place, lambda: server.access(secret="another"))
            patch.setattr(served, "_open", [replace(stage.world.rooms, vault=wrong)])
            assert stage.shown("a.png", means="vault").status_code == 503
        assert not bucket.create(next(iter(names)), b"changed")
        bucket.remove(next(iter(names)))
        bucket.remove(next(iter(names)))
        assert bucket.read(next(iter(names))) is None
        with pytest.raises(Unavailable, match="refuses these credentials"):
            wrong.create("one", b"1")


def _with_vault(staged: Staged, bucket: BucketVault, monkeypatch: pytest.MonkeyPatch) -> Stage:
    with monkeypatch.context() as patch:
        patch.setattr("tsunagu.records.vault.store.FolderVault.create", lambda _, *given: bucket.create(*given))
        patch.setattr("tsunagu.records.vault.store.FolderVault.read", lambda _, *given: bucket.read(*given))
        return staged()
