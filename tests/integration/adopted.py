"""Rule sets that an agency goes by, on the way that they are adopted."""

from __future__ import annotations

import secrets
from uuid import UUID

from tsunagu.law.reading import read_rules
from tsunagu.law.shipped import shipped_text
from tsunagu.services.agencies.law_rules import confirm_rules, propose_rules, review_rule

from .world import Person, World, random_name

PATTERN = "JP-CP-03"


def new_rule_id() -> str:
    """Return an id that no rule has."""
    return f"T-{secrets.token_hex(8).upper()}"


def rule_file(*rule_ids: str) -> str:
    """Return a rule file with a rule of each id, every one of them on possession."""
    header, *rows = shipped_text().splitlines()
    [row] = [one for one in rows if one.startswith(f"{PATTERN}\t")]
    return "\n".join((header, *(row.replace(PATTERN, one) for one in rule_ids))) + "\n"


def row_digests(text: str) -> dict[str, str]:
    """Return the SHA-256 of each rule's row."""
    return {rule.rule_id: rule.sha256 for rule in read_rules(text, name="test").rules}


def propose(world: World, by: Person, text: str) -> UUID:
    return propose_rules(actor=by.actor, text=text, **world.parts)


def adopt(world: World, by: tuple[Person, Person], text: str) -> None:
    """Let one person propose a rule set and the other adopt it."""
    confirm_rules(actor=by[1].actor, proposal_id=propose(world, by[0], text), **world.parts)


def review(world: World, counsel: Person, row_sha256: str) -> str:
    """Let counsel review a rule, and return how he wants to be named."""
    reviewer = random_name("counsel")
    review_rule(actor=counsel.actor, row_sha256=row_sha256, reviewer=reviewer, **world.parts)
    return reviewer
