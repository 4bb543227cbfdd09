"""What an item shows: to whom two people granted it, in a case of his, for a reason, once; and kept nowhere."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.urls import reverse
from PIL import Image

from tsunagu.domain.permission import Permission, Role
from tsunagu.domain.purpose import Purpose
from tsunagu.records.cases import case_of
from tsunagu.records.models import Holding, RevealRow
from tsunagu.records.session import acting_for
from tsunagu.services.agencies.grants import list_grants, withdraw_grant
from tsunagu.services.cases.opening import open_case, staff_case
from tsunagu.services.demo.drawing import mp4, tune

from ..granted import grant, two_administrators  # noqa: TID252 - tests are no package with a name
from ..scene import WORKS  # noqa: TID252 - tests are no package with a name
from ..world import World, random_name  # noqa: TID252 - tests are no package with a name
from .pictures import REASON, Stage, bring_in, close_to, encoded, picture, zipped
from .visitors import seen


@pytest.fixture(scope="module")
def stage(world: World, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    both = two_administrators(world, adam)
    olga, otto = world.enroll(adam, Role.OFFICER), world.enroll(adam, Role.OFFICER)
    ben, bella = world.found(WORKS, {Role.ADMINISTRATOR})
    people = {"anna": anna, "adam": adam, "olga": olga, "otto": otto, "ben": ben}
    case = random_name("case")
    open_case(actor=olga.actor, reference=case, purpose=Purpose.INVESTIGATION, covert=True, **world.parts)
    staff_case(actor=olga.actor, reference=case, login=anna.login, **world.parts)
    grant(world, both, Permission.MEDIA_VIEW, olga, otto)
    grant(world, two_administrators(world, bella), Permission.MEDIA_VIEW, ben)
    folder = tmp_path_factory.mktemp("exhibit")
    drawings = {
        name: picture(seed) for seed, name in enumerate(("a.png", "b.jpg", "member.png", "deep.png", "gone.png"))
    }
    files = {
        "a.png": encoded(drawings["a.png"], "PNG"),
        "b.jpg": encoded(drawings["b.jpg"], "JPEG"),
        "gone.png": encoded(drawings["gone.png"], "PNG"),
        "text.txt": b"no media",
        "cut.png": encoded(picture(9), "PNG")[:-400],
        "clip.mp4": mp4((picture(20 + number).resize((320, 240)) for number in range(8)), tune(seconds=2, seed=4)),
        "x.zip": zipped(
            {
                "in/member.png": encoded(drawings["member.png"], "PNG"),
                "y.zip": zipped({"deep.png": encoded(drawings["deep.png"], "PNG")}),
            }
        ),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    bring_in(world, olga, case, folder)
    with acting_for(olga.actor.agency_id):
        found = Holding.objects.filter(exhibit__case_id=case_of(olga.actor, case).case_id).values_list("path", "number")
        numbers = {Path(bytes(path).decode()).name: number for path, number in found}
    return Stage(world, people, case, folder, numbers, drawings)


def acts(world: World, before: int) -> list[str]:
    return [one["act"] for one in world.entries()[before:]]


@pytest.mark.parametrize("file", ["a.png", "b.jpg", "member.png", "deep.png"])
def test_who_was_granted_it_sees_the_picture_small_and_nobody_keeps_it(stage: Stage, file: str) -> None:
    answer = stage.shown(file)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert close_to(answer.content, stage.drawings[file])
    assert max(Image.open(io.BytesIO(answer.content)).size) <= 384
    assert "no-store" in answer["Cache-Control"]
    assert not Image.open(io.BytesIO(answer.content)).getexif()


def test_a_video_is_shown_by_a_few_of_its_frames(stage: Stage) -> None:
    shown = Image.open(io.BytesIO(stage.shown("clip.mp4").content))
    assert shown.mode == "L"
    assert max(shown.size) <= 384
    assert len(np.unique(np.asarray(shown) // 32)) > 2


def test_a_reveal_is_written_down_with_a_reference_to_its_reason_before_anything_is_shown(stage: Stage) -> None:
    before = stage.world.entry_count()
    where = stage.picture_of(stage.ask("a.png"))
    assert acts(stage.world, before) == ["reveal:asked"]
    entry = stage.world.last_entry()
    assert (entry["officer"], entry["case"]) == (str(stage.people["olga"].actor.officer_id), _case_id(stage))
    assert set(entry["details"]) == {"reveal", "item", "means", "reason"}
    assert REASON not in str(entry)
    assert entry["details"]["reveal"] in where
    stage.visitor().get(where)
    assert acts(stage.world, before) == ["reveal:asked", "reveal:shown"]
    with acting_for(stage.people["olga"].actor.agency_id):
        row = RevealRow.objects.get(id=entry["details"]["reveal"])
    assert (row.reason, row.shown_at is not None) == (REASON, True)


def _case_id(stage: Stage) -> str:
    with acting_for(stage.people["olga"].actor.agency_id):
        return str(case_of(stage.people["olga"].actor, stage.case).case_id)


def test_a_picture_is_handed_over_once_and_to_who_asked_alone(stage: Stage) -> None:
    where = stage.picture_of(stage.ask("a.png"))
    for name in ("anna", "otto", "ben"):
        assert stage.visitor(name).get(where).status_code in {403, 404}
    assert stage.visitor().get(where).status_code == 200
    again, nobody = (seen(stage.visitor().get(path)) for path in (where, f"/reveals/{uuid4()}/"))
    assert again == nobody
    assert again.status == 404


def test_a_picture_that_is_not_fetched_within_a_minute_is_not_shown(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from tsunagu.web import desk

    where = stage.picture_of(stage.ask("a.png"))
    later = stage.world.parts["now"] + timedelta(seconds=61)
    with monkeypatch.context() as patch:
        patch.setattr(desk, "now", lambda: later)
        assert stage.visitor().get(where).status_code == 404


@pytest.mark.parametrize("reason", ["", "short", " " * 20, "x" * 501, "a reason\nof two lines"])
def test_without_a_proper_reason_nothing_is_asked(stage: Stage, reason: str) -> None:
    before = stage.world.entry_count()
    assert stage.ask("a.png", reason=reason).status_code == 422
    assert stage.world.entry_count() == before


def test_who_lacks_the_grant_is_refused_whether_or_not_the_item_is_there(stage: Stage) -> None:
    for name in ("anna", "adam"):
        refused, nobody = stage.ask("a.png", name), stage.ask("a.png", name, number=10**15)
        assert seen(refused) == seen(nobody)
        assert refused.status_code == 403
        entry = stage.world.last_entry()
        assert (entry["act"], entry["details"]["permission"]) == (
            "access:denied", "media:view" )  # fmt: skip
    assert stage.ask("a.png", "olga", means="vault").status_code == 403


def test_not_yours_is_the_same_as_absent(stage: Stage) -> None:
    for name in ("otto", "ben"):  # granted, one a colleague on no case, one of another agency
        of_others, of_nobody = stage.ask("a.png", name), stage.ask("a.png", name, case=random_name("case"))
        assert seen(of_others) == seen(of_nobody)
        assert of_others.status_code == 404
        assert stage.world.last_entry()["act"] == "access:denied"
    ours = random_name("case")
    ben = stage.people["ben"]
    open_case(actor=ben.actor, reference=ours, purpose=Purpose.INVESTIGATION, covert=False, **stage.world.parts)
    of_others, of_nobody = (stage.ask("a.png", "ben", case=ours, number=one) for one in (None, 10**15))
    assert seen(of_others) == seen(of_nobody)
    for number in (10**15, 10**30):
        assert stage.ask("a.png", number=number).status_code == 404


def test_a_grant_that_is_withdrawn_meanwhile_shows_nothing(world: World, stage: Stage) -> None:
    where = stage.picture_of(stage.ask("a.png"))
    adam, olga = stage.people["adam"], stage.people["olga"]
    grants = list_grants(actor=adam.actor, **world.parts).grants
    [hers] = [one for one in grants if one.officer_id == olga.actor.officer_id]
    withdraw_grant(actor=adam.actor, grant_id=hers.grant_id, **world.parts)
    assert stage.visitor().get(where).status_code == 403
    assert stage.ask("a.png").status_code == 403
    grant(world, two_administrators(world, adam), Permission.MEDIA_VIEW, olga)


@contextmanager
def changed(path: Path, change: Any) -> Iterator[None]:
    content, status = path.read_bytes(), path.stat()
    change(path)
    yield
    if path.is_symlink():
        path.unlink()
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)


def _link(path: Path) -> None:
    path.rename(path.with_suffix(".real"))
    path.symlink_to(path.with_suffix(".real"))


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        (_flip, 409, "not what came in"),
        (lambda path: path.write_bytes(path.read_bytes() + b"\0"), 409, "not what came in"),
        (_link, 409, "not what came in"),
        (lambda path: path.unlink(), 503, "not lie at its place"),
    ],
    ids=["changed", "longer", "link", "absent"],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_file_that_is_not_what_came_in_is_refused_for_a_clear_reason(
    stage: Stage, change: Any, status: int, words: str, when: str
) -> None:
    where = stage.picture_of(stage.ask("gone.png")) if when == "after" else ""
    with changed(stage.folder / "gone.png", change):
        before = stage.world.entry_count()
        answer = stage.visitor().get(where) if where else stage.ask("gone.png")
        assert answer.status_code == status
        assert words in answer.content.decode()
        assert acts(stage.world, before)[-1] == "reveal:failed"
    assert stage.shown("gone.png").status_code == 200


def test_an_archive_that_changed_gives_no_member(stage: Stage) -> None:
    with changed(stage.folder / "x.zip", lambda path: path.write_bytes(zipped({"in/member.png": b"something else"}))):
        assert stage.ask("member.png").status_code == 409


def test_an_archive_that_breaks_off_is_not_said_to_lack_the_member(stage: Stage) -> None:
    whole = zipped({"in/other.png": os.urandom(5000)})
    with changed(stage.folder / "x.zip", lambda path: path.write_bytes(whole[:2000])):
        answer = stage.ask("member.png")
    assert (answer.status_code, "to its end" in answer.content.decode()) == (503, True)


@pytest.mark.parametrize("file", ["text.txt", "cut.png"])
def test_what_is_no_picture_or_is_damaged_is_refused(stage: Stage, file: str) -> None:
    assert stage.shown(file).status_code == 422
    assert stage.world.last_entry()["act"] == "reveal:failed"


def test_what_was_scanned_elsewhere_or_uploaded_has_no_place_here(world: World, stage: Stage) -> None:
    olga = stage.people["olga"]
    with acting_for(olga.actor.agency_id):
        row = Holding.objects.get(exhibit__case__reference=stage.case, number=stage.numbers["a.png"])
        path = bytes(row.path)
        Holding.objects.filter(id=row.id).update(scanned=True)
    answer = stage.ask("a.png")
    assert (answer.status_code, "another host" in answer.content.decode()) == (503, True)
    with acting_for(olga.actor.agency_id):
        Holding.objects.filter(id=row.id).update(scanned=False)
    scanned = world.scan(str(stage.folder / "a.png"), decoder=NoPictures())
    done = world.run(olga, "ingest", "--case", stage.case, "--exhibit", "E2", "--unsigned", str(scanned))
    assert done.status == 2, done.text
    with acting_for(olga.actor.agency_id):
        assert Holding.objects.get(path=path, exhibit__reference="E2").scanned


class NoPictures:
    """Stands for children that decode nothing."""

    def decode(self, *_: object) -> Iterator[Any]:
        from tsunagu.domain.media import Refusal
        from tsunagu.media.messages import Refused

        raise Refused(Refusal.DAMAGED)
        yield

    fingerprint = decode


def test_the_pages_offer_it_to_who_was_granted_it_alone_and_tell_what_was_shown_before(stage: Stage) -> None:
    path = reverse("items", args=[stage.case]) + "?exhibit=E1"
    for name, offered in (("olga", True), ("anna", False)):
        page = stage.visitor(name).get(path).content.decode()
        assert ("/reveal/" in page) is offered
        assert ("reveal.js" in page) is offered
        assert '<img src="/reveals' not in page
    stage.shown("b.jpg")
    page = stage.visitor().get(path).content.decode()
    assert "shown before" in page


def test_within_a_page_a_refusal_is_a_sentence_in_place_of_the_picture(stage: Stage) -> None:
    path = reverse("reveal", args=[stage.case, stage.numbers["a.png"]])
    visitor = stage.visitor()
    refused = visitor.client.post(path, {"means": "place", "reason": ""}, headers={"hx-request": "true"})
    assert refused.status_code == 422
    assert b"<html" not in refused.content
    assert b"reason of 8 to 500" in refused.content
    given = visitor.client.post(path, {"means": "place", "reason": REASON}, headers={"hx-request": "true"})
    assert given.content.strip().startswith(b"<img")
