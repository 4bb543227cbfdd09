"""`law propose`, `proposals`, `proposed`, `confirm`, `refuse`, `review`, `withdraw`: by which rules an agency goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import click

from tsunagu.cli.house import json_option, signed_in
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.domain.errors import InputError
from tsunagu.domain.grant import PROPOSAL_LASTS
from tsunagu.law.reading import MOST_FILE_BYTES
from tsunagu.services.agencies.law_rules import (
    RulesProposed,
    confirm_rules,
    list_proposed_rules,
    propose_rules,
    refuse_rules,
    review_rule,
    view_proposed_rules,
    withdraw_review,
)
from tsunagu.services.house import House


@click.command("propose")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def propose(house: House, file: Path) -> None:
    """Propose that your agency go by a rule set; a second person confirms it.

    It replaces the set in use as a whole. `tsunagu law file` prints one to begin from.
    """
    with file.open("rb") as stream:
        raw = stream.read(MOST_FILE_BYTES + 1)
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise InputError("a rule file is UTF-8 throughout") from error
    with signed_in(house, None) as desk:
        made = propose_rules(text=text, **desk.parts)
    screen.print(f"Proposed. Within {PROPOSAL_LASTS.days} days a second person reads it and confirms:")
    screen.print(f"  tsunagu law proposed {made}\n  tsunagu law confirm {made}", soft_wrap=True)


@click.command("proposals")
@json_option
@click.pass_obj
def proposals(house: House, *, as_json: bool) -> None:
    """List the rule sets that wait for a second person, and how they differ from the one in use."""
    with signed_in(house, None) as desk:
        waiting = [_proposal(one) for one in list_proposed_rules(**desk.parts)]
    if as_json:
        for one in waiting:
            print_json(one)
        return
    columns = ("proposal", "by", "until", "rules", "added", "changed", "removed")
    rows = [tuple(_cell(one[column]) for column in columns) for one in waiting]
    print_table(columns, rows, empty="Nothing waits.", whole=("proposal",))


@click.command("proposed")
@click.argument("proposal_id", metavar="ID", type=click.UUID)
@click.pass_obj
def proposed(house: House, proposal_id: UUID) -> None:
    """Print the rule set that waits as the file that was proposed."""
    with signed_in(house, None) as desk:
        click.echo(view_proposed_rules(proposal_id=proposal_id, **desk.parts), nl=False)


@click.command("confirm")
@click.argument("proposal_id", metavar="ID", type=click.UUID)
@click.pass_obj
def confirm(house: House, proposal_id: UUID) -> None:
    """Adopt the rule set that a colleague proposed: your agency goes by it at once."""
    with signed_in(house, None) as desk:
        confirm_rules(proposal_id=proposal_id, **desk.parts)
    screen.print("Adopted. Nothing rests on a rule of it before counsel has reviewed that rule.")


@click.command("refuse")
@click.argument("proposal_id", metavar="ID", type=click.UUID)
@click.pass_obj
def refuse(house: House, proposal_id: UUID) -> None:
    """Refuse a rule set that a colleague proposed, or take your own proposal back."""
    with signed_in(house, None) as desk:
        refuse_rules(proposal_id=proposal_id, **desk.parts)
    screen.print("Refused.")


@click.command("review")
@click.argument("row_sha256", metavar="SHA256")
@click.option("--as", "reviewer", required=True, help="Your name and office, as decisions shall name you.")
@click.pass_obj
def review(house: House, row_sha256: str, *, reviewer: str) -> None:
    """Give a lawyer's word that a rule of your agency says what the law says; counsel's command.

    The rule is named by the SHA-256 of its row, which `tsunagu law show RULE --agency` prints: your word holds for
    these letters alone. It is kept when the agency adopts a set that leaves the row as it is.
    """
    with signed_in(house, None) as desk:
        review_rule(row_sha256=row_sha256, reviewer=reviewer, **desk.parts)
    screen.print("Reviewed.")


@click.command("withdraw")
@click.argument("row_sha256", metavar="SHA256")
@click.pass_obj
def withdraw(house: House, row_sha256: str) -> None:
    """Take a review back, whoever gave it: nothing rests on the rule from now on; counsel's command."""
    with signed_in(house, None) as desk:
        withdraw_review(row_sha256=row_sha256, **desk.parts)
    screen.print("Withdrawn.")


def _proposal(one: RulesProposed) -> dict[str, Any]:
    return {
        "proposal": str(one.proposal.proposal_id),
        "rule_set_sha256": one.rules.sha256,
        "by": one.proposed_by,
        "until": f"{one.proposal.expires_at:%Y-%m-%d}",
        "may_confirm": one.may_confirm,
        "rules": len(one.rules.rules),
        "added": list(one.added),
        "changed": list(one.changed),
        "removed": list(one.removed),
    }


def _cell(value: Any) -> str:
    return ", ".join(value) or "none" if isinstance(value, list) else str(value)


CHANGES = (propose, proposals, proposed, confirm, refuse, review, withdraw)
