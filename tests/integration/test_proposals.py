"""What takes two people: nobody grants a right to himself, and nobody grants one alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import ProgrammingError
from pyotp.totp import TOTP

from tsunagu.domain.errors import Conflict, Forbidden, InputError, NotFound, NotSignedIn
from tsunagu.domain.grant import PROPOSAL_LASTS
from tsunagu.domain.permission import Permission, Role
from tsunagu.records import second_factors
from tsunagu.records.models import Officer, ProposalRow
from tsunagu.records.session import acting_for
from tsunagu.services.agencies.api_keys import actor_by_key, make_key
from tsunagu.services.agencies.identity import enroll_factor, sign_in
from tsunagu.services.agencies.invitations import accept_invitation, end_officer
from tsunagu.services.agencies.proposals import (
    confirm_proposal,
    list_proposals,
    propose_officer,
    propose_reset,
    refuse_proposal,
)
from tsunagu.services.agencies.proving import MOST_FAILURES

from .scene import WORKS
from .world import PASSWORD, Person, World, now, random_name

OFFICER = frozenset({Role.OFFICER})
FORBIDDEN, NOT_FOUND = 5, 4


@dataclass
class Agency:
    """A co-ordinator (`anna`), an administrator (`adam`), a second one (`alma`) and an officer (`carl`)."""

    world: World
    anna: Person
    adam: Person
    alma: Person
    carl: Person

    def propose(self, login: str) -> UUID:
        return propose_officer(actor=self.adam.actor, login=login, name="N", roles=OFFICER, **self.world.parts)

    def reset(self, login: str, by: Person | None = None) -> UUID:
        return propose_reset(actor=(by or self.adam).actor, login=login, **self.world.parts)

    def confirm(self, proposal_id: UUID, by: Person, *, after: timedelta = timedelta(0)) -> str | None:
        parts = self.world.parts | {"now": now() + after}
        return confirm_proposal(actor=by.actor, proposal_id=proposal_id, **parts)

    def logins(self) -> set[str]:
        with acting_for(self.adam.actor.agency_id):
            return set(Officer.objects.values_list("login", flat=True))


@pytest.fixture(scope="module")
def agency(world: World) -> Agency:
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    return Agency(world, anna, adam, world.enroll(adam, Role.ADMINISTRATOR), world.enroll(adam, Role.OFFICER))


def test_one_administrator_alone_makes_no_officer(agency: Agency) -> None:
    login = random_name("puppet")
    proposal_id = agency.propose(login)
    assert login not in agency.logins()
    with pytest.raises(Forbidden):
        agency.confirm(proposal_id, agency.adam)
    entry = agency.world.last_entry()
    assert (entry["act"], entry["details"]["permission"]) == ("access:denied", "officer:confirm")
    assert login not in agency.logins()


@pytest.mark.parametrize("second", ["anna", "alma"])
def test_a_coordinator_or_another_administrator_confirms_and_gets_the_invitation(agency: Agency, second: str) -> None:
    login = random_name("new")
    token = agency.confirm(agency.propose(login), getattr(agency, second))
    assert token
    accept_invitation(token=token, password=PASSWORD, **agency.world.parts)
    enrolled = enroll_factor(login=login, password=PASSWORD, **agency.world.parts)
    assert agency.world.sign_in(login, agency.adam.agency, enrolled.totp_secret).actor.roles == OFFICER


def test_the_ledger_tells_who_proposed_and_who_confirmed_and_names_nobody(agency: Agency) -> None:
    login = random_name("new")
    agency.confirm(agency.propose(login), agency.anna)
    made, confirmed, invited = agency.world.entries()[-3:]
    assert [one["act"] for one in (made, confirmed, invited)] == [
        "proposal:made",
        "proposal:confirmed",
        "officer:invited",
    ]
    assert made["details"]["proposal"] == confirmed["details"]["proposal"]
    assert made["officer"] == str(agency.adam.actor.officer_id)
    assert confirmed["officer"] == invited["officer"] == str(agency.anna.actor.officer_id)
    assert login not in str((made, confirmed, invited))


def _confirmed(agency: Agency) -> UUID:
    proposal_id = agency.propose(random_name("new"))
    agency.confirm(proposal_id, agency.anna)
    return proposal_id


def _refused(agency: Agency) -> UUID:
    proposal_id = agency.propose(random_name("new"))
    refuse_proposal(actor=agency.anna.actor, proposal_id=proposal_id, **agency.world.parts)
    return proposal_id


@pytest.mark.parametrize("decided", [_confirmed, _refused])
def test_what_was_decided_is_decided_once(agency: Agency, decided: Callable[[Agency], UUID]) -> None:
    proposal_id = decided(agency)
    with pytest.raises(NotFound):
        agency.confirm(proposal_id, agency.alma)
    with pytest.raises(NotFound):
        refuse_proposal(actor=agency.alma.actor, proposal_id=proposal_id, **agency.world.parts)


def test_a_proposal_that_has_waited_too_long_is_over(agency: Agency) -> None:
    proposal_id = agency.propose(random_name("late"))
    with pytest.raises(NotFound):
        agency.confirm(proposal_id, agency.anna, after=PROPOSAL_LASTS)
    assert agency.confirm(proposal_id, agency.anna, after=PROPOSAL_LASTS - timedelta(seconds=5))


def test_a_login_is_proposed_once_and_only_while_it_is_free(agency: Agency) -> None:
    login = random_name("twice")
    agency.propose(login)
    with pytest.raises(Conflict):
        agency.propose(login)
    stranger = agency.world.found(WORKS, {Role.ADMINISTRATOR})[0]
    with pytest.raises(Conflict):
        agency.propose(stranger.login)


def test_what_a_leaver_proposed_and_what_is_about_him_goes_with_him(agency: Agency) -> None:
    world = agency.world
    leaver = world.enroll(agency.adam, Role.ADMINISTRATOR)
    of_his = propose_officer(actor=leaver.actor, login=random_name("new"), name="N", roles=OFFICER, **world.parts)
    about_him = agency.reset(leaver.login)
    end_officer(actor=agency.adam.actor, officer_id=leaver.actor.officer_id, **world.parts)
    for proposal_id in (of_his, about_him):
        with pytest.raises(NotFound):
            agency.confirm(proposal_id, agency.anna)


def test_the_database_itself_takes_no_consent_of_one_person(agency: Agency) -> None:
    proposal_id = agency.propose(random_name("new"))
    row = ProposalRow.objects.filter(id=proposal_id)
    with acting_for(agency.adam.actor.agency_id):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(confirmed_by_id=agency.adam.actor.officer_id, settled_at=now())
        with pytest.raises(ProgrammingError), transaction.atomic():
            row.update(proposed_by_id=agency.anna.actor.officer_id)
        assert row.update(settled_at=now()) == 1
        assert row.update(confirmed_by_id=agency.anna.actor.officer_id, settled_at=now()) == 0


def test_a_lost_second_factor_needs_two_who_are_not_the_officer(agency: Agency) -> None:
    with pytest.raises(InputError):
        agency.reset(agency.adam.login)
    proposal_id = agency.reset(agency.anna.login)
    for one in (agency.adam, agency.anna):  # who proposed, and whom it is about
        with pytest.raises(Forbidden):
            agency.confirm(proposal_id, one)
    views = {
        name: {
            one.proposal.proposal_id: one.may_confirm
            for one in list_proposals(actor=getattr(agency, name).actor, **agency.world.parts)
        }
        for name in ("adam", "anna", "alma")
    }
    assert [views[name][proposal_id] for name in ("adam", "anna", "alma")] == [False, False, True]
    refuse_proposal(actor=agency.anna.actor, proposal_id=proposal_id, **agency.world.parts)  # she has not lost it
    assert not _has_no_factor(agency.anna)


def _has_no_factor(person: Person) -> bool:
    with acting_for(person.actor.agency_id):
        return not second_factors.has_factor(person.actor.officer_id)


def test_a_reset_ends_every_way_in_and_the_password_makes_a_new_factor(agency: Agency) -> None:
    world = agency.world
    lost = world.enroll(agency.adam, Role.OFFICER)
    assert world.run(lost, "case", "list").status == 0
    key, _ = make_key(actor=lost.actor, name="n", scopes=frozenset({Permission.CASE_READ}), days=1, **world.parts)
    assert agency.confirm(agency.reset(lost.login), agency.anna) is None
    assert world.last_entry()["act"] == "factor:reset"
    assert world.last_entry()["details"] == {"reset": str(lost.actor.officer_id)}
    assert _has_no_factor(lost)
    assert world.run(lost, "case", "list").status == FORBIDDEN
    with pytest.raises(NotSignedIn):
        actor_by_key(token=key, **world.parts)
    with pytest.raises(NotSignedIn):
        sign_in(login=lost.login, password=PASSWORD, code=TOTP(lost.totp_secret).at(now() + timedelta(seconds=30)),
                **world.parts)  # fmt: skip
    enrolled = enroll_factor(login=lost.login, password=PASSWORD, **world.parts)
    assert world.last_entry()["act"] == "factor:added"
    assert enrolled.totp_secret != lost.totp_secret
    again = world.sign_in(lost.login, lost.agency, enrolled.totp_secret)
    assert world.run(again, "case", "list").status == 0


def test_a_password_alone_makes_no_second_factor_beside_one_that_is_there(agency: Agency) -> None:
    world = agency.world
    refused = []
    for login, password in (
        (agency.carl.login, PASSWORD),
        (agency.carl.login, "x" * 20),
        (random_name("nobody"), PASSWORD),
    ):
        refused.append(world.run("", "second-factor", login, lines=(password,)))
        assert world.last_entry()["act"] == "access:denied"
    assert len(set(map(str, refused))) == 1
    assert (refused[0].status, refused[0].stdout) == (FORBIDDEN, "")


def test_guessing_a_password_there_locks_the_officer_out_everywhere(agency: Agency) -> None:
    world = agency.world
    login = random_name("new")
    accept_invitation(token=world.invite(agency.adam, login, Role.OFFICER), password=PASSWORD, **world.parts)
    for _ in range(MOST_FAILURES):
        assert world.run("", "second-factor", login, lines=("x" * 20,)).status == FORBIDDEN
    assert world.run("", "second-factor", login, lines=(PASSWORD,)).status == FORBIDDEN


def test_the_commands_lead_from_a_proposal_to_a_sign_in(agency: Agency) -> None:
    world, login = agency.world, random_name("new")
    [made] = world.json(agency.adam, "officer", "invite", login, "--name", "N", "--role", "officer")
    [seen] = [one for one in world.json(agency.anna, "officer", "proposals") if one["login"] == login]
    assert (seen["proposal"], seen["kind"], seen["may_confirm"]) == (made["proposal"], "invitation", True)
    told = world.run(agency.anna, "officer", "confirm", made["proposal"])
    [token] = [line for line in told.stdout.splitlines() if line.count(".") == 2 and " " not in line]
    assert world.run("", "accept", lines=(token, PASSWORD)).status == 0
    assert world.run("", "accept", lines=(token, PASSWORD)).status == NOT_FOUND
    factor = json.loads(world.run("", "second-factor", login, "--json", lines=(PASSWORD,)).stdout)
    code = TOTP(factor["totp_secret"]).at(now())
    assert world.run("", "sign-in", login, lines=(PASSWORD, code)).status == 0
