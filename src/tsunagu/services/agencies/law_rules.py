"""By which rules of law an agency goes: proposed by one person, adopted by another, reviewed by a lawyer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import Conflict, Forbidden, InputError, NotFound
from tsunagu.domain.grant import PROPOSAL_LASTS, Proposal, ProposalKind
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.law.reading import read_rules
from tsunagu.law.rule import Rule
from tsunagu.law.rule_set import RuleSet
from tsunagu.law.shipped import shipped_rules, shipped_text
from tsunagu.records import agencies, law_rules, proposals
from tsunagu.records.law_rules import KeptRules
from tsunagu.records.session import acting_for
from tsunagu.services.access import check_reference, denials_recorded
from tsunagu.services.agencies.proposals import NO_PROPOSAL
from tsunagu.services.parts import Keys, Ledger

NO_RULE = "the rule set of your agency has no such row"
SHIPPED = "shipped"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class RulesInUse:
    """The rules by which an agency goes.

    Attributes:
        rules: with the reviews that count; the shipped ones, reviewed by nobody, while it has adopted none.
        text: the file that they were read from.
    """

    rules: RuleSet
    text: str


@dataclass(frozen=True, slots=True)
class RulesProposed:
    """A rule set that waits for a second person, held against the one in use.

    Attributes:
        proposed_by: a login.
        may_confirm: whether whoever is looking did not propose it.
        added, changed, removed: ids of rules, in order; a rule is changed in any of its versions or words.
    """

    proposal: Proposal
    rules: RuleSet
    proposed_by: str
    may_confirm: bool
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def rules_in_use(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> RulesInUse:
    """Return the rules by which the actor's agency goes.

    Raises:
        Forbidden: the actor reads no rules of the agency.
    """
    with _at_the_rules(actor, Permission.LAW_READ, "rules", now=now, keys=keys, ledger=ledger):
        kept = law_rules.adopted_rules()
        in_use = _in_use(kept)
        of_set = str(kept.set_id) if kept else SHIPPED
        ledger.write(_deed(Act.LAW_READ, actor, now, set=of_set))
    return in_use


def propose_rules(*, actor: Actor, text: str, now: datetime, keys: Keys, ledger: Ledger) -> UUID:
    """Propose that the agency go by this rule set from now on, and return the proposal's id.

    Args:
        text: the whole file; it replaces the set in use, and keeps the reviews of rows that it leaves to the letter.

    Raises:
        Forbidden: the actor changes no rules.
        RuleFileRefused: the file is wrong; the message says where.
        Conflict: it is in use, or proposed, already.
    """
    rules = read_rules(text, name="proposed")
    with _at_the_rules(actor, Permission.LAW_CHANGE, "rules", now=now, keys=keys, ledger=ledger):
        terms: Mapping[str, str | int] = {"sha256": rules.sha256}
        kept = law_rules.adopted_rules()
        if kept is not None and kept.text == text:
            raise Conflict("your agency goes by these rules already")
        if proposals.open_proposal_of(terms, ProposalKind.LAW_RULES, now=now) is not None:
            raise Conflict("this is proposed already, and waits for a second person")
        proposal = Proposal(uuid4(), ProposalKind.LAW_RULES, None, terms, actor.officer_id, now, now + PROPOSAL_LASTS)
        proposals.add_proposal(proposal, agency_id=actor.agency_id)
        set_id = law_rules.add_rules(proposal.proposal_id, text, agency_id=actor.agency_id)
        told = {"proposal": str(proposal.proposal_id), "set": str(set_id)}
        ledger.write(_deed(Act.LAW_PROPOSED, actor, now, **told, rules=len(rules.rules)))
    return proposal.proposal_id


def list_proposed_rules(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> tuple[RulesProposed, ...]:
    """Return the rule sets that wait for a second person of the actor's agency, oldest first.

    Raises:
        Forbidden: the actor changes no rules.
    """
    with _at_the_rules(actor, Permission.LAW_CHANGE, "proposed rules", now=now, keys=keys, ledger=ledger):
        logins, in_use = agencies.logins(), _in_use(law_rules.adopted_rules()).rules
        waiting = proposals.open_proposals(ProposalKind.LAW_RULES, now=now)
        views = tuple(_proposed(one, in_use, logins, actor) for one in waiting)
        ledger.write(_deed(Act.LAW_READ, actor, now, proposals=len(views)))
    return views


def view_proposed_rules(*, actor: Actor, proposal_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> str:
    """Return the file that a colleague, or the actor himself, has proposed, to the letter.

    Raises:
        Forbidden: the actor changes no rules.
        NotFound: no such proposal of the actor's agency, or not any more.
    """
    with _at_the_rules(actor, Permission.LAW_CHANGE, str(proposal_id), now=now, keys=keys, ledger=ledger):
        _waiting(proposal_id, now)
        kept = law_rules.rules_of_proposal(proposal_id)
        ledger.write(_deed(Act.LAW_READ, actor, now, set=str(kept.set_id)))
    return kept.text


def confirm_rules(*, actor: Actor, proposal_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Let the agency go by what a colleague has proposed, from now on.

    Raises:
        Forbidden: the actor changes no rules, or has proposed this himself.
        NotFound: no such proposal of the actor's agency, or not any more; or who proposed it has left.
    """
    with _at_the_rules(actor, Permission.LAW_CHANGE, str(proposal_id), now=now, keys=keys, ledger=ledger):
        proposal = _waiting(proposal_id, now)
        if proposal.proposed_by == actor.officer_id:
            raise Forbidden("a second person confirms: nobody adopts rules that he proposed himself")
        agencies.officer_card(proposal.proposed_by)
        proposals.settle_proposal(proposal_id, confirmed_by=actor.officer_id, now=now)
        set_id = law_rules.rules_of_proposal(proposal_id).set_id
        ledger.write(_deed(Act.LAW_ADOPTED, actor, now, proposal=str(proposal_id), set=str(set_id)))


def refuse_rules(*, actor: Actor, proposal_id: UUID, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Refuse what a colleague has proposed, or take back what the actor himself has.

    Raises:
        Forbidden: the actor changes no rules.
        NotFound: no such proposal of the actor's agency, or not any more.
    """
    with _at_the_rules(actor, Permission.LAW_CHANGE, str(proposal_id), now=now, keys=keys, ledger=ledger):
        _waiting(proposal_id, now)
        proposals.settle_proposal(proposal_id, confirmed_by=None, now=now)
        ledger.write(_deed(Act.LAW_REFUSED, actor, now, proposal=str(proposal_id)))


def review_rule(*, actor: Actor, row_sha256: str, reviewer: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Give a lawyer's word that one row of the rule set in use says what the law says: decisions may rest on it.

    Args:
        row_sha256: of the row as he has read it, 64 lower-case hexadecimal digits.
        reviewer: his name and office, as decisions shall name him.

    Raises:
        Forbidden: the actor reviews no rules, or has proposed this rule set himself.
        NotFound: the rule set in use has no such row.
        Conflict: it is reviewed already.
        InputError: the reviewer's name is no short text.
    """
    check_reference(reviewer)
    with _at_the_rules(actor, Permission.LAW_REVIEW, _checked(row_sha256), now=now, keys=keys, ledger=ledger):
        kept, rule = _row_in_use(row_sha256)
        if kept.proposed_by == actor.officer_id:
            raise Forbidden("a second person reviews: nobody vouches for rules that he proposed himself")
        if rule.review is not None:
            raise Conflict("this rule is reviewed already")
        review_id = law_rules.add_review(
            row_sha256,
            set_id=kept.set_id,
            agency_id=actor.agency_id,
            reviewer=reviewer,
            reviewed_by=actor.officer_id,
            now=now,
        )
        ledger.write(_deed(Act.LAW_REVIEWED, actor, now, **_named(rule), review=str(review_id)))


def withdraw_review(*, actor: Actor, row_sha256: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Take a review back, whoever gave it: at once, and by one person alone.

    Raises:
        Forbidden: the actor reviews no rules.
        NotFound: the rule set in use has no such row, or nobody has reviewed it.
    """
    with _at_the_rules(actor, Permission.LAW_REVIEW, _checked(row_sha256), now=now, keys=keys, ledger=ledger):
        _, rule = _row_in_use(row_sha256)
        review_id = law_rules.end_review(row_sha256, ended_by=actor.officer_id, now=now)
        if review_id is None:
            raise NotFound(NO_RULE)
        ledger.write(_deed(Act.LAW_REVIEW_WITHDRAWN, actor, now, **_named(rule), review=str(review_id)))


def rules_of_agency() -> RuleSet:
    """Return the rules by which the agency that is acted for goes, with the reviews that count."""
    return _in_use(law_rules.adopted_rules()).rules


@contextmanager
def _at_the_rules(
    actor: Actor, permission: Permission, asked: str, *, now: datetime, keys: Keys, ledger: Ledger
) -> Iterator[None]:
    """Act for the agency in one transaction, if the actor may; every denial is written down."""
    with (
        denials_recorded(actor=actor, permission=permission, asked=asked, now=now, keys=keys, ledger=ledger),
        acting_for(actor.agency_id),
    ):
        yield


def _in_use(kept: KeptRules | None) -> RulesInUse:
    if kept is None:
        return RulesInUse(shipped_rules(), shipped_text())
    rules = read_rules(kept.text, name=f"agency {kept.number}")
    return RulesInUse(rules.reviewed(law_rules.reviews()), kept.text)


def _row_in_use(row_sha256: str) -> tuple[KeptRules, Rule]:
    kept = law_rules.adopted_rules()
    rules = _in_use(kept).rules.rules if kept else ()
    found = next((rule for rule in rules if rule.sha256 == row_sha256), None)
    if kept is None or found is None:
        raise NotFound(NO_RULE)
    return kept, found


def _waiting(proposal_id: UUID, now: datetime) -> Proposal:
    proposal = proposals.open_proposal(proposal_id, ProposalKind.LAW_RULES, now=now)
    if proposal is None:
        raise NotFound(NO_PROPOSAL)
    return proposal


def _proposed(proposal: Proposal, in_use: RuleSet, logins: Mapping[UUID, str], actor: Actor) -> RulesProposed:
    rules = read_rules(law_rules.rules_of_proposal(proposal.proposal_id).text, name="proposed")
    before, after = _texts(in_use), _texts(rules)
    return RulesProposed(
        proposal,
        rules,
        logins[proposal.proposed_by],
        may_confirm=proposal.proposed_by != actor.officer_id,
        added=tuple(sorted(after.keys() - before.keys())),
        changed=tuple(sorted(one for one in after.keys() & before.keys() if after[one] != before[one])),
        removed=tuple(sorted(before.keys() - after.keys())),
    )


def _texts(rules: RuleSet) -> dict[str, frozenset[str]]:
    """Return the digests of all rows of each rule."""
    found: dict[str, set[str]] = {}
    for rule in rules.rules:
        found.setdefault(rule.rule_id, set()).add(rule.sha256)
    return {rule_id: frozenset(rows) for rule_id, rows in found.items()}


def _checked(row_sha256: str) -> str:
    if not _SHA256.fullmatch(row_sha256):
        raise InputError("a row is named by its SHA-256, 64 hexadecimal digits, as `tsunagu law show` prints it")
    return row_sha256


def _named(rule: Rule) -> dict[str, str | int]:
    return {"rule": rule.rule_id, "version": rule.version}


def _deed(act: Act, actor: Actor, now: datetime, **details: str | int) -> Deed:
    return Deed(act, now, actor.agency_id, actor.officer_id, details=details)
