"""What the commands say, within this process: nothing false, nothing cut, and what to do next."""

from __future__ import annotations

import json
import secrets
import sys
from datetime import timedelta
from typing import Any

import pytest
from pyotp.totp import TOTP

from tsunagu.cli.output import print_table
from tsunagu.domain.errors import InputError, NotSignedIn
from tsunagu.domain.permission import Role
from tsunagu.records import holdings
from tsunagu.services.agencies.identity import NewOfficer, found_agency, sign_in
from tsunagu.services.intake import ingest

from .linked import Made
from .scene import OVERSEES, WORKS
from .world import PASSWORD, Person, World, now, random_name

FORBIDDEN, NOT_FOUND, CONFLICT, INTERRUPTED = 5, 4, 6, 130


@pytest.fixture
def pair(world: World) -> tuple[Person, Person]:
    """Two officers of two agencies."""
    return world.found(WORKS, OVERSEES)[0], world.found(WORKS, OVERSEES)[0]


def hold(world: World, person: Person, content: bytes, *options: str) -> str:
    """Let an officer open a case and bring a file of this content into it; return the reference."""
    case = random_name("case")
    assert world.run(person, "case", "open", case, *options).status == 0
    world.bring_in(person, case, "E1", world.file(content))
    return case


def overlap_of(world: World, one: Person, other: Person) -> str:
    """Let two officers hold the same, and return the overlap."""
    content = secrets.token_bytes(20)
    for person in (one, other):
        hold(world, person, content)
    [notice] = world.json(one, "notices")
    return str(notice["overlap"])


def test_a_held_overlap_says_so_to_who_may_release_it_and_names_the_command(world: World, pair) -> None:
    anna, ben = pair
    content = secrets.token_bytes(20)
    hold(world, anna, content, "--covert")
    hold(world, ben, content)
    [held] = world.json(anna, "notices")
    assert f"tsunagu release {held['overlap']}" in world.run(anna, "notices").stdout
    refused = world.run(anna, "share", held["overlap"])
    assert refused.status == CONFLICT
    assert "release" in refused.stderr
    assert world.run(ben, "share", held["overlap"]).status == NOT_FOUND
    assert world.run(anna, "release", held["overlap"]).status == 0
    assert world.run(anna, "share", held["overlap"]).status == 0


def test_both_sides_call_an_item_by_the_same_name_and_neither_is_told_an_id(world: World, pair) -> None:
    anna, ben = pair
    overlap = overlap_of(world, anna, ben)
    for person in pair:
        assert world.run(person, "share", overlap).status == 0
    [mine], [theirs] = world.json(anna, "hits", overlap), world.json(ben, "hits", overlap)
    assert mine["hit"] == theirs["hit"]
    assert (mine["yours"], mine["theirs"]) == (theirs["theirs"], theirs["yours"])
    assert mine["yours"] != mine["theirs"]
    shown = world.run(anna, "hits", overlap).stdout
    assert mine["theirs"] in shown
    assert theirs["path"] not in shown


def test_one_item_of_the_other_side_has_one_name_in_all_hits_of_an_overlap_and_another_in_another(
    world: World, pair
) -> None:
    anna, ben = pair
    made, cases = Made(), [random_name("case") for _ in range(3)]
    for person, case in zip((anna, ben, ben), cases, strict=True):
        world.run(person, "case", "open", case)
    content = made.rng.bytes(30)
    world.bring_in(anna, cases[0], "E1", world.file(content))
    for case in cases[1:]:
        world.bring_in(ben, case, "E1", world.file(content))
    overlaps = [one["overlap"] for one in world.json(anna, "notices")]
    for overlap in overlaps:
        for person in pair:
            world.run(person, "share", overlap)
    names = {one["theirs"] for overlap in overlaps for one in world.json(anna, "hits", overlap)}
    assert len(overlaps) == len(names) == 2


def test_who_shares_and_judges_is_told_what_it_covers_and_who_sees_it(world: World, pair) -> None:
    anna, ben = pair
    overlap = overlap_of(world, anna, ben)
    assert "found later" in world.run(anna, "share", overlap).stdout
    assert "found later" in world.run(ben, "share", overlap).stdout
    [hit] = world.json(anna, "hits", overlap)
    assert "stays with your agency" in world.run(anna, "judge", str(hit["hit"]), "unsure").stdout


def test_an_overlap_of_two_own_cases_is_told_once_and_sends_nobody_to_himself(world: World) -> None:
    anna, adam = world.found(WORKS, OVERSEES)
    content = secrets.token_bytes(20)
    cases = {hold(world, anna, content), hold(world, anna, content)}
    [notice] = world.json(anna, "notices")
    assert {notice["case"], notice["your_other_case"]} == cases
    assert (notice["own_agency"], notice["talk_to"], notice["contact"]) == (True, None, None)
    [overlap] = world.json(anna, "overlaps")
    assert set(overlap["cases"]) == cases
    for command in ("notices", "overlaps"):
        text = world.run(anna, command).stdout
        assert text.count(notice["overlap"]) == 1
        assert "alk to" not in text
    carl = world.enroll(adam, Role.OFFICER)
    world.run(anna, "case", "join", next(iter(cases)), carl.login)
    assert "another case of your own agency" in world.run(carl, "notices").stdout


def test_no_case_is_told_apart_from_no_overlap(world: World) -> None:
    anna, _ = world.found(WORKS, OVERSEES)
    assert "tsunagu case open" in world.run(anna, "overlaps").stdout
    assert "was compared" not in world.run(anna, "overlaps").stdout
    hold(world, anna, secrets.token_bytes(20))
    assert "was compared" in world.run(anna, "overlaps").stdout


def test_items_tell_by_what_a_refused_file_was_compared(world: World, pair) -> None:
    anna, _ = pair
    case = hold(world, anna, secrets.token_bytes(20))  # of no type that is read: its digest alone is compared
    [item] = world.json(anna, "items", "--case", case)
    assert item["compared"] is True
    [line] = [one for one in world.run(anna, "items", "--case", case).stdout.splitlines() if item["path"] in one]
    assert item["sha256"] in line
    assert line.endswith("in part")
    world.bring_in(anna, case, "E2", world.file(b""))
    assert [one["compared"] for one in world.json(anna, "items", "--case", case) if one["exhibit"] == "E2"] == [True]
    (world.folder / "gone").symlink_to("nowhere")
    world.run(anna, "ingest", "--case", case, "--exhibit", "E3", str(world.folder))
    unread = [one for one in world.json(anna, "items", "--case", case) if one["sha256"] is None]
    assert {one["compared"] for one in unread} <= {False}


def test_a_refused_file_is_named_with_its_reason(world: World, pair) -> None:
    anna, _ = pair
    case, path = random_name("case"), world.file(secrets.token_bytes(20))
    world.run(anna, "case", "open", case)
    done = world.run(anna, "ingest", "--case", case, "--exhibit", "E1", path, "--json")
    report = json.loads(done.stdout)
    assert report["refused"] == {"unknown-type": 1}
    assert report["refused_items"] == [{"path": path, "path_b64": None, "reason": "unknown-type"}]
    again = world.run(anna, "ingest", "--case", case, "--exhibit", "E2", path)
    assert f"{path}  unknown-type" in again.stdout


def test_one_s_own_case_is_said_to_exist_and_a_colleague_s_is_not(world: World) -> None:
    anna, adam = world.found(WORKS, OVERSEES)
    carl = world.enroll(adam, Role.OFFICER)
    case = hold(world, anna, secrets.token_bytes(20))
    mine, his = (world.run(one, "case", "open", case) for one in (anna, carl))
    assert mine.status == his.status == CONFLICT
    assert "you work on a case of this reference" in mine.stderr
    assert "you work on" not in his.stderr


def test_a_failed_sign_in_leaves_nobody_signed_in_and_says_who_was(world: World, pair) -> None:
    anna, ben = pair
    failed = world.run(anna, "sign-in", ben.login, lines=("wrong password", "000000"))
    assert failed.status == FORBIDDEN
    assert f"{anna.login} was signed out" in failed.stderr
    assert world.table.token() == ""
    assert world.run(anna.token, "whoami").status == FORBIDDEN


def test_who_is_signed_in_is_told_with_agency_roles_and_time(world: World, pair) -> None:
    anna, _ = pair
    [told] = world.json(anna, "whoami")
    assert (told["login"], told["agency"], told["roles"]) == (anna.login, anna.agency, sorted(WORKS))
    assert anna.login in world.run(anna, "whoami").stdout
    assert world.run("", "whoami").status == FORBIDDEN


def test_every_failed_sign_in_says_the_same_and_to_wait_for_the_next_code(world: World, pair) -> None:
    anna, _ = pair
    code, later = TOTP(anna.totp_secret).at(now()), now() + timedelta(minutes=2)
    fresh = TOTP(anna.totp_secret).at(later)
    messages = set()
    for login, password, typed in (
        (anna.login, PASSWORD, code),  # replayed: it has signed her in
        (anna.login, "wrong", fresh),
        (random_name("nobody"), PASSWORD, fresh),
    ):
        parts = world.parts | {"now": later if typed == fresh else now()}
        with pytest.raises(NotSignedIn) as caught:
            sign_in(login=login, password=password, code=typed, **parts)
        messages.add(str(caught.value))
    assert len(messages) == 1
    assert "wait for the next code" in messages.pop()


def test_a_locked_out_officer_is_let_in_again_by_his_administrator_and_not_by_himself(world: World) -> None:
    anna, adam = world.found(WORKS, OVERSEES)
    later = now() + timedelta(minutes=2)
    parts = world.parts | {"now": later}
    code = TOTP(anna.totp_secret).at(later)
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            sign_in(login=anna.login, password="wrong", code=code, **parts)
    with pytest.raises(NotSignedIn):
        sign_in(login=anna.login, password=PASSWORD, code=code, **parts)
    assert world.run(adam, "officer", "unlock", adam.login).status == 2
    assert world.run(adam, "officer", "unlock", anna.login).status == 0
    assert world.last_entry()["act"] == "officer:unlocked"
    sign_in(login=anna.login, password=PASSWORD, code=code, **parts)


def test_an_officer_who_has_left_is_listed_no_more_and_signed_out_but_named_in_the_ledger(world: World) -> None:
    anna, adam = world.found(WORKS, OVERSEES)
    successor = world.enroll(adam, Role.COORDINATOR)
    hold(world, anna, secrets.token_bytes(20))
    stays = {adam.login, successor.login}
    assert {one["login"] for one in world.json(adam, "officer", "list")} == {anna.login, *stays}
    assert world.run(adam, "officer", "end", anna.login).status == 0
    assert {one["login"] for one in world.json(adam, "officer", "list")} == stays
    assert world.run(anna, "case", "list").status == FORBIDDEN
    shown = world.run(adam, "ledger", "show").stdout
    assert anna.login in shown
    assert str(anna.actor.officer_id) not in shown
    assert {one["login"] for one in world.json(adam, "ledger", "show")} <= {anna.login, *stays, None}


@pytest.mark.parametrize("country", ["XX", "EU", "dk", "DNK", "", "D\N{CYRILLIC CAPITAL LETTER KA}"])
def test_an_agency_is_of_a_country_that_exists(world: World, country: str) -> None:
    officers = tuple(NewOfficer(random_name("o"), "N", frozenset(roles), PASSWORD) for roles in (WORKS, OVERSEES))
    with pytest.raises(InputError, match="ISO 3166-1"):
        found_agency(name=random_name("agency"), country=country, contact="c", officers=officers, **world.parts)


def test_what_is_piped_is_a_line_a_row_and_nothing_is_cut(world: World, pair) -> None:
    anna, _ = pair
    case = random_name("case-" + "long-" * 30)
    world.run(anna, "case", "open", case)
    folder = world.folder / ("deep-" * 20) / ("deeper-" * 20)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "file.txt"
    path.write_bytes(secrets.token_bytes(9))
    world.bring_in(anna, case, "E1", str(path))
    heading, row = world.run(anna, "items", "--case", case).stdout.splitlines()
    assert heading.split()[:3] == ["exhibit", "item", "path"]
    assert str(path) in row
    assert case in world.run(anna, "case", "list").stdout.splitlines()[1]


def test_a_bank_tells_how_many_of_the_hits_that_one_sees_it_silences(world: World, pair) -> None:
    anna, _ben = pair
    content = secrets.token_bytes(20)
    for person in pair:
        hold(world, person, content)
    [notice] = world.json(anna, "notices")
    bank, others = random_name("bank"), random_name("bank")
    for name in (bank, others):
        world.run(anna, "bank", "open", name, "--semantics", "benign", "--ground", "a law")
    for person in pair:
        world.run(person, "share", notice["overlap"])
    assert "silenced" not in world.run(anna, "bank", "add", others, world.file(b"other")).stdout
    told = world.run(anna, "bank", "add", bank, world.file(content)).stdout
    assert "1 item given, 1 of them new" in told
    assert "1 hit that you see is silenced" in told


def test_a_bank_tells_nothing_of_hits_that_are_not_shared(world: World, pair) -> None:
    anna, _ben = pair
    content = secrets.token_bytes(20)
    for person in pair:
        hold(world, person, content)
    bank = random_name("bank")
    world.run(anna, "bank", "open", bank, "--semantics", "benign", "--ground", "a law")
    assert "silenced" not in world.run(anna, "bank", "add", bank, world.file(content)).stdout


def test_an_interrupted_ingest_says_what_is_kept_and_the_next_run_completes_it(
    world: World, pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, _ = pair
    case, files = random_name("case"), [world.file(secrets.token_bytes(9)) for _ in range(3)]
    world.run(anna, "case", "open", case)
    command = ("ingest", "--case", case, "--exhibit", "E1", *files)
    monkeypatch.setattr(ingest, "CHUNK_FILES", 1)
    keep, calls = holdings.keep, iter(range(9))

    def keep_once(*arguments: Any, **known: Any) -> Any:
        if next(calls):
            raise KeyboardInterrupt
        return keep(*arguments, **known)

    with monkeypatch.context() as patch:
        patch.setattr(holdings, "keep", keep_once)
        broken_off = world.run(anna, *command)
    assert (broken_off.status, broken_off.stdout) == (INTERRUPTED, "")
    assert "What was kept before stays" in broken_off.stderr
    assert "Run the same command again" in broken_off.stderr
    completed = json.loads(world.run(anna, *command, "--json").stdout)
    assert (completed["kept"], completed["skipped"]) == (2, 1)


def test_a_table_too_wide_for_the_terminal_becomes_a_block_a_row_and_nothing_is_cut(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    hit, path = "8123456789012345", "/seized/" + "x" * 90
    print_table(("hit", "turn", "your file"), [(hit, "", path)], empty="", whole=("hit",))
    assert capsys.readouterr().out.splitlines() == [f"hit {hit}", f"  your file {path}"]
    print_table(("hit", "turn"), [(hit, "upright")], empty="", whole=("hit",))
    assert capsys.readouterr().out.splitlines() == ["hit               turn", f"{hit}  upright"]
