"""A case leaves as a package, is verified with what lies in it alone, and comes in elsewhere without loss."""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import typst

from tsunagu.domain.act import Act
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import Conflict, Forbidden, InputError, NotFound, Unavailable
from tsunagu.domain.judgement import Judgement, Sameness
from tsunagu.domain.media import Examined, MediaFacts, MediaType, Refusal
from tsunagu.domain.package import PackagedFile
from tsunagu.domain.permission import Role
from tsunagu.exchange import typesetting
from tsunagu.exchange.typesetting import FONTS
from tsunagu.records import packaged
from tsunagu.records.cases import case_of
from tsunagu.records.packages.folder import check_package
from tsunagu.records.session import acting_for
from tsunagu.services.overlaps.answers import judge_hit

from .linked import Held, Made, copy, link, overlap_between
from .world import Person, World, now, random_name

OFFICES = ({Role.OFFICER}, {Role.ADMINISTRATOR})


@pytest.fixture(scope="module")
def anna(world: World) -> Person:
    return world.found(*OFFICES)[0]


@pytest.fixture(scope="module")
def ben(world: World) -> Person:
    return world.found(*OFFICES)[0]


@pytest.fixture(scope="module")
def full(world: World, anna: Person, ben: Person) -> Held:
    """A case with a file of every kind, one hit of which is shared and judged, one of which is not shared."""
    made = Made()
    picture = replace(made.picture(), media_type=MediaType.JPEG, facts=MediaFacts(800, 600, tags={"camera": "A & <B>"}))
    video = replace(
        made.video(made.rows(4), 0.5), media_type=MediaType.MP4, facts=MediaFacts(64, 48, 4.1, ("h264", "aac"))
    )
    sound = replace(made.sound(made.rng.integers(0, 2**32, 40, dtype="u4")), media_type=MediaType.MP3)
    odd = replace(copy(picture), path=b"/seized/\xff\xfe \xe7\x94\xbb.jpg")
    unread = Examined(b"/seized/gone", 0, refused=Refusal.UNREADABLE)
    broken = replace(made.file(), media_type=MediaType.PNG, refused=Refusal.DAMAGED)
    mine = Held.open(world, anna).bring(picture, video, sound, odd, unread, broken)
    theirs = Held.open(world, ben).bring(copy(picture))
    overlap = overlap_between(mine, theirs)
    mine.share(overlap)
    theirs.share(overlap)
    for hit in mine.hits(overlap):
        told = {"hit_id": hit.hit_id, "answer": Judgement.SAME, "sameness": Sameness.FILE}
        judge_hit(actor=anna.actor, **told, **world.parts)
    Held.open(world, ben).bring(copy(video))  # told of, and shared by nobody
    return mine


def export(world: World, person: Person, case: str, *options: str) -> Path:
    out = world.folder / random_name("package")
    done = world.run(person, "case", "export", case, "--out", str(out), *options)
    assert done.status == 0, done.text
    return out


@pytest.fixture(scope="module")
def package(world: World, full: Held) -> Path:
    return export(world, full.person, full.case.reference, "--without-pdf")


@pytest.fixture(scope="module")
def graph(package: Path) -> list[dict[str, Any]]:
    return json.loads((package / "case.jsonld").read_bytes())["@graph"]


def typed(graph: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [node for node in graph if kind in (node["@type"], *node["@type"])]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_package_conforms_to_case_1_4(package: Path) -> None:
    from case_utils.case_validate import validate

    told = validate(str(package / "case.jsonld"), case_version="case-1.4.0", inference="none")
    assert told.conforms, told.text
    assert told.undefined_concepts == set()


def test_it_tells_of_every_exhibit_and_file_with_its_digests(world: World, full: Held, graph: list[Any]) -> None:
    held = world.json(full.person, "items", "--case", full.case.reference)
    files = typed(graph, "uco-observable:File")
    told = {
        one["uco-types:hashValue"]["@value"]
        for file in files
        for facet in file["uco-core:hasFacet"]
        for one in facet.get("uco-observable:hash", ())
        if one["uco-types:hashMethod"] == "SHA256"
    }
    assert len(files) == len(held) == 6
    assert told == {one["sha256"] for one in held if one["sha256"]}
    [record] = typed(graph, "case-investigation:ProvenanceRecord")
    assert record["case-investigation:exhibitNumber"] == "E1"
    assert {one["@id"] for one in record["uco-core:object"]} == {one["@id"] for one in files}


def test_it_tells_what_was_judged_and_by_whom(full: Held, graph: list[Any]) -> None:
    facets = [one["uco-core:hasFacet"] for one in typed(graph, "uco-analysis:AnalyticResult")]
    people = {one["@id"]: one["uco-core:name"] for one in typed(graph, "uco-identity:Person")}
    assert [(one["tsunagu:evidence"], one["tsunagu:judgement"], one["tsunagu:sameness"]) for one in facets] == [
        ("exact", "same", "file")
    ]
    assert people[facets[0]["tsunagu:judgedBy"]["@id"]] == full.person.login


def test_its_custody_is_what_the_ledger_holds_of_the_case_alone(world: World, full: Held, graph: list[Any]) -> None:
    bodies = [json.loads(one["tsunagu:ledgerBody"]) for one in typed(graph, "case-investigation:InvestigativeAction")
              if "tsunagu:ledgerBody" in one]  # fmt: skip
    assert {one["case"] for one in bodies} == {str(full.case.case_id)}
    acts = [one["act"] for one in bodies]
    assert acts[0] == Act.CASE_OPENED
    assert acts[-1] == Act.CASE_EXPORTED
    assert not {act for act in acts if act.startswith(("overlap", "notice", "hit"))}
    assert [one for one in world.entries() if one in bodies] == bodies


def test_nothing_of_the_other_side_goes_along(world: World, full: Held, ben: Person, package: Path) -> None:
    told = b"".join(path.read_bytes() for path in package.iterdir())
    theirs = {ben.agency, ben.login, str(ben.actor.agency_id), str(ben.actor.officer_id)}
    notices = full.notices()
    assert len(notices) == 2
    theirs |= {str(one.overlap_id) for one in notices} | {one.revealed.case for one in notices if one.revealed}
    hits = [hit for one in notices for hit in full.hits(one.overlap_id)]
    theirs |= {str(hit.hit_id) for hit in hits} | {hit.other_label for hit in hits}
    assert [one for one in theirs if one.encode() in told] == []


def test_two_cases_that_differ_in_what_others_hold_unshared_give_the_same_package(world: World, anna: Person) -> None:
    made = Made()
    texts = []
    for is_held_elsewhere in (False, True):
        picture = made.picture()
        mine = Held.open(world, anna).bring(picture)
        if is_held_elsewhere:
            other = world.found(*OFFICES)[0]
            Held.open(world, other).bring(copy(picture))
            assert mine.notices()
        names = sorted(path.name for path in export(world, anna, mine.case.reference, "--without-pdf").iterdir())
        out = export(world, anna, mine.case.reference, "--without-pdf")
        graph = json.loads((out / "case.jsonld").read_bytes())["@graph"]
        texts.append((names, [sorted(node) for node in graph if "tsunagu:ledgerBody" not in node]))
    assert texts[0] == texts[1]


def test_openssl_verifies_it_by_the_command_that_its_manifest_names(package: Path) -> None:
    commands = re.findall(r"^# (openssl .*|sha256sum .*)$", (package / "manifest.txt").read_text(), re.MULTILINE)
    assert len(commands) == 2
    assert all(command in (package / "readme.txt").read_text() for command in commands)
    for command in commands:
        subprocess.run(command.split(), cwd=package, check=True, capture_output=True)
    assert (
        "Signature Verified Successfully"
        in subprocess.run(commands[0].split(), cwd=package, check=True, capture_output=True, text=True).stdout
    )


def has_japanese() -> bool:
    return bool(set(FONTS) & set(typst.Fonts().families()))


@pytest.mark.skipif(not has_japanese(), reason="no font with Japanese letters is installed")
def test_a_summary_is_there_in_both_languages(world: World, full: Held) -> None:
    package = export(world, full.person, full.case.reference)
    summaries = {one.name: one.read_bytes() for one in package.glob("summary.*")}
    assert set(summaries) == {"summary.en.pdf", "summary.ja.pdf"}
    assert all(content.startswith(b"%PDF-") and b"/FontFile" in content for content in summaries.values())
    assert verify(world, package) == 0


def test_without_a_font_nothing_is_written_unless_the_summary_is_left_out(
    world: World, full: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typesetting, "FONTS", ())
    before, out = world.entry_count(), world.folder / random_name("package")
    done = world.run(full.person, "case", "export", full.case.reference, "--out", str(out))
    assert done.status == Unavailable.exit_status
    assert "--without-pdf" in done.text
    assert world.entry_count() == before
    assert not out.exists()
    export(world, full.person, full.case.reference, "--without-pdf")


def test_every_changed_byte_is_found(world: World, package: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "package"
    shutil.copytree(package, damaged)
    assert verify(world, damaged) == 0
    for path in sorted(damaged.iterdir()):
        whole = path.read_bytes()
        for at in {0, len(whole) - 1, *(secrets.randbelow(len(whole)) for _ in range(12))}:
            path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << secrets.randbelow(8))]) + whole[at + 1 :])
            assert verify(world, damaged) == 1, (path.name, at)
        for other in (whole[:-1], whole + b"\n", b""):
            path.write_bytes(other)
            assert verify(world, damaged) == 1, path.name
        path.unlink()
        assert verify(world, damaged) == 1, path.name
        path.symlink_to(package / path.name)
        assert verify(world, damaged) == 1, path.name
        path.unlink()
        path.write_bytes(whole)
    (damaged / "more").mkdir()
    assert verify(world, damaged) == 1


def verify(world: World, folder: Path, *options: str) -> int:
    from click.testing import CliRunner

    from tsunagu.cli.main import program

    return CliRunner().invoke(program, ["package", "verify", str(folder), *options]).exit_code


def test_another_key_than_the_given_one_is_refused(world: World, package: Path, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from tsunagu.records.packages.manifest import public_key_to_pem

    known, other = package / "public-key.pem", tmp_path / "other.pem"
    other.write_bytes(public_key_to_pem(Ed25519PrivateKey.generate().public_key().public_bytes_raw()))
    assert verify(world, package, "--key", str(known)) == 0
    assert verify(world, package, "--key", str(other)) == 1


def held(person: Person, reference: str) -> list[PackagedFile]:
    with acting_for(person.actor.agency_id):
        return list(packaged.packaged_files(case_of(person.actor, reference)))


def test_another_agency_reads_it_back_without_loss(world: World, full: Held, package: Path) -> None:
    other = world.found(*OFFICES)[0]
    told = world.json(other, "case", "import", str(package), "--key", str(package / "public-key.pem"))
    assert told[0]["places"] == 6
    assert told[0]["key_known"]
    assert held(other, full.case.reference) == held(full.person, full.case.reference)
    with acting_for(other.actor.agency_id):
        case = case_of(other.actor, full.case.reference)
    assert (case.purpose, case.covert, case.keep_limit) == (full.case.purpose, False, full.case.keep_until)
    assert case.keep_until <= full.case.keep_until
    acts = [one for one in world.entries() if one.get("case") == str(case.case_id)]
    assert [one["act"] for one in acts][:4] == ["case:opened", "exhibit:registered", "media:acquired", "case:imported"]
    again = export(world, other, full.case.reference, "--without-pdf")
    third = world.found(*OFFICES)[0]
    world.json(third, "case", "import", str(again))
    assert held(third, full.case.reference) == held(full.person, full.case.reference)


def test_a_covert_case_stays_covert(world: World, anna: Person) -> None:
    mine = Held.open(world, anna, covert=True).bring(Made().picture())
    other = world.found(*OFFICES)[0]
    world.json(other, "case", "import", str(export(world, anna, mine.case.reference, "--without-pdf")), "--as", "X-1")
    assert world.json(other, "case", "show", "X-1")[0]["covert"]


def test_it_is_kept_no_longer_than_at_home(world: World, anna: Person) -> None:
    until = now().date() + timedelta(days=40)
    mine = Held.open(world, anna, keep_until=until).bring(Made().picture())
    other = world.found(*OFFICES)[0]
    world.json(other, "case", "import", str(export(world, anna, mine.case.reference, "--without-pdf")))
    told = world.json(other, "case", "show", mine.case.reference)[0]
    assert (told["keep_until"], told["keep_limit"]) == (until.isoformat(), until.isoformat())


def test_nothing_of_a_package_that_does_not_verify_comes_in(world: World, package: Path, tmp_path: Path) -> None:
    other = world.found(*OFFICES)[0]
    damaged = tmp_path / "package"
    shutil.copytree(package, damaged)
    (damaged / "summary.en.pdf").write_bytes(b"another")
    done = world.run(other, "case", "import", str(damaged))
    assert done.status == InputError.exit_status
    assert "does not verify" in done.text
    assert world.last_entry()["act"] == Act.PACKAGE_REFUSED
    assert world.json(other, "case", "list") == []


def test_ones_own_examination_takes_the_place_of_what_a_package_claims(world: World, anna: Person) -> None:
    made = Made()
    true = replace(made.picture(), media_type=MediaType.JPEG)
    false = replace(copy(true), pdq=(other := made.picture()).pdq, pdq_turns=other.pdq_turns, facts=MediaFacts(1, 1))
    claiming = Held.open(world, anna).bring(false)
    third = world.found(*OFFICES)[0]
    package = export(world, anna, claiming.case.reference, "--without-pdf")
    world.json(third, "case", "import", str(package), "--as", "claimed")
    own = Held.open(world, third).bring(true)
    for reference in ("claimed", own.case.reference):
        [file] = held(third, reference)
        assert (file.examined.pdq, file.examined.facts) == (true.pdq, true.facts)
    world.json(third, "case", "import", str(package), "--as", "claimed again")
    [file] = held(third, "claimed again")
    assert (file.examined.pdq, file.examined.facts) == (true.pdq, true.facts)


def test_what_came_in_while_the_package_was_written_keeps_it_from_going_out(
    world: World, anna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = Held.open(world, anna).bring(Made().picture())
    all_of_it = packaged.packaged_files

    def with_one_more(case: CaseSummary) -> Iterator[PackagedFile]:
        files = list(all_of_it(case))
        return iter([*files, replace(files[0], number=2)])

    monkeypatch.setattr(packaged, "packaged_files", with_one_more)
    out = world.folder / random_name("package")
    done = world.run(anna, "case", "export", mine.case.reference, "--out", str(out), "--without-pdf")
    assert done.status == Conflict.exit_status
    assert not out.exists()


def test_a_package_that_the_system_does_not_let_be_read_is_not_called_changed(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def refuse(path: Path, flags: int, *more: Any) -> int:
        if Path(path).name == "case.jsonld":
            raise PermissionError(errno.EACCES, "refused")
        return opened(path, flags, *more)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(InputError, match="cannot be used"):
        check_package(package)


def test_a_package_comes_in_once_under_one_name(world: World, full: Held, package: Path) -> None:
    other = world.found(*OFFICES)[0]
    world.json(other, "case", "import", str(package))
    before = world.entry_count()
    assert world.run(other, "case", "import", str(package)).status == Conflict.exit_status
    acts = [one["act"] for one in world.entries()[before:]]
    assert Act.CASE_IMPORTED not in acts
    assert len(world.json(other, "case", "list")) == 1


def test_the_entry_is_there_before_the_first_byte(world: World, full: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    from tsunagu.services.cases import packaging

    written = []

    def write(*_: Any, **__: Any) -> int:
        written.append(world.last_entry()["act"])
        raise InputError("the disk is full")

    monkeypatch.setattr(packaging, "write_case", write)
    out = world.folder / random_name("package")
    done = world.run(full.person, "case", "export", full.case.reference, "--out", str(out), "--without-pdf")
    assert done.status == InputError.exit_status
    assert written == [Act.CASE_EXPORTED]
    assert world.last_entry()["act"] == Act.CASE_EXPORT_FAILED
    assert not [path for path in world.folder.iterdir() if out.name in path.name]


@pytest.mark.parametrize("kind", ["ben", "administrator"])
def test_who_may_not_export_writes_nothing(world: World, full: Held, ben: Person, kind: str) -> None:
    if kind == "ben":
        person, error = ben, NotFound
    else:
        person, error = world.found(*OFFICES)[1], Forbidden
    out = world.folder / random_name("package")
    done = world.run(person, "case", "export", full.case.reference, "--out", str(out), "--without-pdf")
    assert done.status == error.exit_status
    assert not out.exists()
    assert world.last_entry()["act"] == Act.ACCESS_DENIED


def test_what_is_there_already_is_not_overwritten(world: World, full: Held, package: Path) -> None:
    before = world.entry_count()
    done = world.run(full.person, "case", "export", full.case.reference, "--out", str(package))
    assert done.status == Conflict.exit_status
    assert world.entry_count() == before


def test_an_empty_case_is_packed_too(world: World, anna: Person) -> None:
    mine = Held.open(world, anna)
    link(world)
    out = export(world, anna, mine.case.reference, "--without-pdf")
    other = world.found(*OFFICES)[0]
    assert world.json(other, "case", "import", str(out))[0]["places"] == 0
