"""How members and their messages are printed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tsunagu.cli.output import counted, print_json, print_table
from tsunagu.domain.clock import utc_text
from tsunagu.domain.hub import LineState, Member, MemberStatus
from tsunagu.federation.card import InstallationCard


def card_form(card: InstallationCard) -> dict[str, Any]:
    """Return a card as JSON tells it."""
    return {
        "installation": str(card.installation_id),
        "name": card.name,
        "address": card.address,
        "key": card.keys.number,
        "fingerprint": card.keys.fingerprint,
        "agencies": [one.name for one in card.agencies],
    }


def member_form(member: Member) -> dict[str, Any]:
    """Return a member as JSON tells it."""
    return {
        "installation": str(member.member_id),
        "name": member.name,
        "address": member.address,
        "state": member.state.value,
        "key": member.key_number,
        "fingerprint": member.fingerprint,
        "entered_at": utc_text(member.entered_at),
        "accepted_at": _moment(member.accepted_at),
        "heard_at": _moment(member.heard_at),
    }


def status_form(status: MemberStatus) -> dict[str, Any]:
    """Return how the exchange with a member stands as JSON tells it."""
    return {
        "member": status.member.name,
        "state": status.member.state.value,
        "heard_at": _moment(status.member.heard_at),
        "called_at": _moment(status.member.line.called_at),
        "reached_at": _moment(status.member.line.reached_at),
        "failed_calls": status.member.line.failed,
        "unsent": status.unsent,
        "unanswered": status.unanswered,
        "oldest": _moment(status.oldest),
        "refused_there": status.refused_there,
        "waiting": status.waiting,
        "refused_here": status.refused_here,
    }


def line_text(line: LineState) -> str:
    """Return how calls to a member went, for a table."""
    reached = "" if line.reached_at is None else f"answered {line.reached_at:%Y-%m-%d %H:%M}"
    failed = f"{counted(line.failed, 'call', 'calls')} failed" * bool(line.failed)
    return "; ".join(filter(None, (reached, failed)))


def print_members(members: Iterable[Member], *, as_json: bool) -> None:
    """Print members, a line each."""
    if as_json:
        for one in members:
            print_json(member_form(one))
        return
    rows = [(one.name, one.state.value, str(one.key_number), one.fingerprint, one.address) for one in members]
    heads = ("installation", "", "key", "fingerprint", "address")
    print_table(heads, rows, empty="There is no other installation yet.", whole=("fingerprint",))


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else utc_text(moment)
