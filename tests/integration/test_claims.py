"""Claims: hit or no hit and whom to call, both sides told, until they expire; a child at risk comes first."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from tsunagu.domain.claim import ClaimScope
from tsunagu.domain.permission import Role
from tsunagu.services.cases import claims as service

from .scene import OVERSEES, WORKS
from .world import Person, World, now, random_name

WHY = ("--reason", "we are on it")
FORBIDDEN, CONFLICT, NOT_FOUND, REFUSED = 5, 6, 4, 2


@dataclass
class Side:
    """An agency with a case and a series in it, of one content."""

    world: World
    officer: Person
    overseer: Person
    case: str
    series: str

    @classmethod
    def of(cls, world: World, content: bytes, *options: str) -> Side:
        officer, overseer = world.found(WORKS, OVERSEES)
        case, series = random_name("case"), random_name("series")
        assert world.run(officer, "case", "open", case, *options).status == 0
        world.bring_in(officer, case, "E1", world.file(content))
        assert world.run(officer, "series", "open", series, "--case", case).status == 0
        [item] = world.json(officer, "items", "--case", case)
        assert world.run(officer, "series", "add", series, item["sha256"], "--case", case).status == 0
        return cls(world, officer, overseer, case, series)

    def run(self, *typed: str, by: Person | None = None) -> int:
        return self.world.run(by or self.officer, "claims", *typed).status

    def claim(self, *options: str) -> int:
        return self.run("claim", "--series", self.series, *WHY, *options)

    def ask(self) -> dict[str, Any]:
        [answer] = self.world.json(self.officer, "claims", "ask", "--series", self.series)
        return answer

    def told(self, by: Person | None = None) -> list[tuple[str, str, bool]]:
        lines = self.world.json(by or self.officer, "claims", "list")
        return sorted((one["interest"], one["agency"], one["held"]) for one in lines if "interest" in one)

    def claims(self) -> list[dict[str, Any]]:
        return [one for one in self.world.json(self.officer, "claims", "list") if "claim" in one]


@pytest.fixture
def sides(world: World) -> tuple[Side, Side]:
    content = secrets.token_hex(20).encode()
    return Side.of(world, content), Side.of(world, content)


def test_who_asks_learns_that_an_interest_exists_and_whom_to_call_and_both_sides_are_told(
    sides: tuple[Side, Side],
) -> None:
    one, other = sides
    assert one.claim() == 0
    answer = other.ask()
    assert answer["interest"] is True
    assert [each["agency"] for each in answer["call"]] == [one.officer.agency]
    told = str(answer)
    assert one.series not in told
    assert one.case not in told
    assert one.told() == [("asked", other.officer.agency, False)]
    assert other.told() == [("found", one.officer.agency, False)]
    other.ask()
    assert len(one.told()) == len(other.told()) == 1  # dated anew, and not told twice


def test_that_nobody_claims_it_is_answered_and_written_down(sides: tuple[Side, Side]) -> None:
    one, other = sides
    assert other.ask() == {"scope": "series", "name": other.series, "interest": False, "call": []}
    entry = one.world.last_entry()
    assert (entry["act"], entry["details"]["hits"]) == ("claim:asked", 0)
    assert one.told() == other.told() == []
    stranger = Side.of(one.world, secrets.token_hex(20).encode())
    assert one.claim() == 0
    assert stranger.ask()["interest"] is False


@pytest.mark.parametrize("scope", ["series", "case"])
def test_a_claim_holds_for_what_shares_an_item_whether_of_a_series_or_of_a_case(
    sides: tuple[Side, Side], scope: str
) -> None:
    one, other = sides
    assert one.run("claim", f"--{scope}", getattr(one, scope), *WHY) == 0
    [claimed] = one.claims()
    assert (claimed["scope"], claimed["name"], claimed["state"]) == (scope, getattr(one, scope), "lasting")
    lasts = datetime.fromisoformat(claimed["expires_at"]) - datetime.fromisoformat(claimed["claimed_at"])
    assert lasts == timedelta(30)
    [answer] = one.world.json(other.officer, "claims", "ask", "--case", other.case)
    assert answer["interest"] is True


def test_what_another_agency_claims_is_not_claimed_unless_a_child_is_at_imminent_risk(
    sides: tuple[Side, Side],
) -> None:
    one, other = sides
    assert one.claim() == 0
    assert other.claim() == CONFLICT
    assert other.claims() == []
    assert ("claimed", other.officer.agency, False) in one.told()
    assert other.claim("--imminent-risk") == 0
    assert [each["overrides"] for each in other.claims()] == [True]
    assert ("overridden", other.officer.agency, False) in one.told()
    assert one.world.last_entry()["act"] == "claim:read"
    acts = [each["act"] for each in one.world.json(other.overseer, "ledger", "show")]
    assert "claim:overridden" in acts


def test_a_claim_is_renewed_with_a_reason_and_released_and_expires(sides: tuple[Side, Side]) -> None:
    one, other = sides
    assert one.run("renew", "--series", one.series, *WHY) == CONFLICT
    assert one.claim() == 0
    assert one.claim() == CONFLICT
    assert one.run("renew", "--series", one.series, "--reason", " ") == REFUSED
    later = one.world.parts | {"now": now() + timedelta(days=29)}
    asked = {"kind": ClaimScope.SERIES, "name": one.series}
    service.renew_claim(actor=one.officer.actor, **asked, reason="still on it", **later)
    theirs = {"actor": other.officer.actor, "kind": ClaimScope.SERIES, "name": other.series}
    days = {
        when: service.ask_interest(**theirs, **(one.world.parts | {"now": now() + timedelta(days=when)}))
        for when in (31, 58, 60)
    }
    assert [bool(days[when]) for when in days] == [True, True, False]
    assert one.run("release", "--series", one.series, *WHY) == 0
    assert other.ask()["interest"] is False
    assert [each["state"] for each in one.claims()] == ["released"]
    assert one.run("release", "--series", one.series, *WHY) == CONFLICT
    assert one.claim() == 0


def test_a_series_that_is_claimed_says_so_until_more_is_known(sides: tuple[Side, Side]) -> None:
    one, _ = sides
    assert one.claim() == 0
    [shown] = one.world.json(one.officer, "series", "show", one.series)
    assert (shown["status"], shown["claimed_until"] is not None) == ("claimed", True)
    assert len(one.world.json(one.officer, "series", "list", "--status", "claimed")) == 1
    assert one.world.run(one.officer, "series", "status", one.series, "alerted", *WHY).status == 0
    [shown] = one.world.json(one.officer, "series", "show", one.series)
    assert shown["status"] == "alerted"


def test_of_what_is_covert_its_coordinator_alone_is_told(world: World) -> None:
    content = secrets.token_hex(20).encode()
    covert, plain = Side.of(world, content, "--covert"), Side.of(world, content)
    officer = world.enroll(covert.overseer, Role.OFFICER)
    assert world.run(covert.officer, "case", "join", covert.case, officer.login).status == 0
    assert covert.run("claim", "--series", covert.series, *WHY, by=officer) == FORBIDDEN
    assert covert.claim() == 0
    quiet = Side.of(world, secrets.token_hex(20).encode())
    assert [plain.ask()[key] for key in ("interest", "call")] == [quiet.ask()[key] for key in ("interest", "call")]
    assert plain.claim() == 0  # as if nobody claimed it
    assert (plain.told(), covert.told(by=officer)) == ([], [])
    assert {each[2] for each in covert.told()} == {True}
    assert covert.ask()["call"][0]["agency"] == plain.officer.agency
    assert plain.told() == []  # who is covert asks unseen


def test_of_two_that_are_covert_neither_uncovers_the_other(world: World) -> None:
    content = secrets.token_hex(20).encode()
    one, other = (Side.of(world, content, "--covert") for _ in range(2))
    assert one.claim() == 0
    assert other.ask()["interest"] is False
    assert one.told() == other.told() == []


def test_an_interest_in_another_case_of_the_same_agency_is_not_told_to_those_who_do_not_work_on_it(
    sides: tuple[Side, Side],
) -> None:
    one, other = sides
    carl = one.world.enroll(one.overseer, Role.OFFICER)
    assert one.claim() == 0
    other.ask()
    assert one.told(by=carl) == []
    assert one.run("release", "--series", one.series, *WHY, by=carl) == NOT_FOUND


def test_name_a_series_or_a_case_and_not_both(sides: tuple[Side, Side]) -> None:
    one, _ = sides
    assert one.run("ask") == one.run("ask", "--series", one.series, "--case", one.case) == REFUSED
