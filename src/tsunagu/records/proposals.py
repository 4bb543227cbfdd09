"""Proposals, as rows. Every function is called within `acting_for` an agency."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from tsunagu.domain.grant import Proposal, ProposalKind
from tsunagu.records.models import ProposalRow


def add_proposal(proposal: Proposal, *, agency_id: UUID) -> None:
    """Keep a proposal until somebody settles it."""
    ProposalRow.objects.create(
        id=proposal.proposal_id,
        agency_id=agency_id,
        kind=proposal.kind,
        officer_id=proposal.officer_id,
        terms=dict(proposal.terms),
        proposed_by_id=proposal.proposed_by,
        proposed_at=proposal.proposed_at,
        expires_at=proposal.expires_at,
    )


def open_proposals(*kinds: ProposalKind, now: datetime) -> tuple[Proposal, ...]:
    """Return the proposals of these kinds that may still be confirmed, oldest first."""
    rows = ProposalRow.objects.filter(kind__in=kinds, settled_at=None, expires_at__gt=now).order_by("proposed_at", "id")
    return tuple(_proposal(row) for row in rows)


def open_proposal(proposal_id: UUID, *kinds: ProposalKind, now: datetime) -> Proposal | None:
    """Return a proposal that may still be confirmed, and lock it; None when there is none of these kinds."""
    rows = ProposalRow.objects.select_for_update().filter(id=proposal_id, kind__in=kinds, settled_at=None)
    row = rows.filter(expires_at__gt=now).first()
    return None if row is None else _proposal(row)


def open_proposal_of(terms: Mapping[str, str | int], kind: ProposalKind, *, now: datetime) -> Proposal | None:
    """Return a proposal with these terms that may still be confirmed, and lock it; None when there is none."""
    rows = ProposalRow.objects.select_for_update().filter(kind=kind, settled_at=None, terms__contains=dict(terms))
    row = rows.filter(expires_at__gt=now).first()
    return None if row is None else _proposal(row)


def settle_proposal(proposal_id: UUID, *, confirmed_by: UUID | None, now: datetime) -> None:
    """Settle an open proposal: confirmed by somebody, or withdrawn."""
    ProposalRow.objects.filter(id=proposal_id, settled_at=None).update(confirmed_by_id=confirmed_by, settled_at=now)


def withdraw_all_of(officer_id: UUID, *, now: datetime) -> None:
    """Withdraw what an officer has proposed and what is about him, as far as it waits."""
    rows = ProposalRow.objects.filter(Q(proposed_by_id=officer_id) | Q(officer_id=officer_id), settled_at=None)
    rows.update(settled_at=now)


def _proposal(row: ProposalRow) -> Proposal:
    return Proposal(
        row.id,
        ProposalKind(row.kind),
        row.officer_id,
        row.terms,
        row.proposed_by_id,
        row.proposed_at,
        row.expires_at,
    )
