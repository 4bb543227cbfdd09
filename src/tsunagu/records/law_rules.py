"""Rule sets of an agency, and reviews of their rules, as rows. Every function is called within `acting_for` it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4

from tsunagu.domain.grant import ProposalKind
from tsunagu.law.rule import Review
from tsunagu.records.models import LawReviewRow, LawRuleSet


@dataclass(frozen=True, slots=True)
class KeptRules:
    """A rule set as it is kept.

    Attributes:
        number: how many the agency has adopted up to this one, itself among them; 0 while it waits.
        proposed_by: who may not review it.
    """

    set_id: UUID
    number: int
    text: str
    proposed_by: UUID


def add_rules(proposal_id: UUID, text: str, *, agency_id: UUID) -> UUID:
    """Keep a rule set beside the proposal to adopt it, and return its id."""
    digest = sha256(text.encode()).digest()
    row = LawRuleSet.objects.create(id=uuid4(), agency_id=agency_id, proposal_id=proposal_id, text=text, sha256=digest)
    return row.id


def adopted_rules() -> KeptRules | None:
    """Return the rule set that was adopted last; None where none ever was."""
    adopted = LawRuleSet.objects.filter(proposal__kind=ProposalKind.LAW_RULES, proposal__confirmed_by__isnull=False)
    row = adopted.select_related("proposal").order_by("-proposal__settled_at", "-id").first()
    if row is None:
        return None
    return KeptRules(row.id, adopted.count(), row.text, row.proposal.proposed_by_id)


def rules_of_proposal(proposal_id: UUID) -> KeptRules:
    """Return the rule set that a proposal is about."""
    row = LawRuleSet.objects.select_related("proposal").get(proposal_id=proposal_id)
    return KeptRules(row.id, 0, row.text, row.proposal.proposed_by_id)


def reviews() -> Mapping[str, Review]:
    """Return the reviews that count, by the SHA-256 of the row that was read, lower-case hexadecimal."""
    rows = LawReviewRow.objects.filter(ended_at=None)
    return {bytes(row.row_sha256).hex(): Review(row.reviewer, row.reviewed_at.date()) for row in rows}


def add_review(
    row_sha256: str, *, set_id: UUID, agency_id: UUID, reviewer: str, reviewed_by: UUID, now: datetime
) -> UUID:
    """Keep a lawyer's word on one row of a rule set, and return its id."""
    row = LawReviewRow.objects.create(
        id=uuid4(),
        agency_id=agency_id,
        rule_set_id=set_id,
        row_sha256=bytes.fromhex(row_sha256),
        reviewer=reviewer,
        reviewed_by_id=reviewed_by,
        reviewed_at=now,
    )
    return row.id


def end_review(row_sha256: str, *, ended_by: UUID, now: datetime) -> UUID | None:
    """End the review of a row, and return its id; None where none counts."""
    row = LawReviewRow.objects.select_for_update().filter(row_sha256=bytes.fromhex(row_sha256), ended_at=None).first()
    if row is None:
        return None
    LawReviewRow.objects.filter(id=row.id).update(ended_at=now, ended_by_id=ended_by)
    return row.id
