"""A comparison that an agency asks of another installation, and what it is told of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from tsunagu.domain.claim import ClaimScope
from tsunagu.domain.hub import Member
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.domain.purpose import Purpose
from tsunagu.federation.card import InstallationCard, written
from tsunagu.federation.comparison_messages import Asked, ToldHit
from tsunagu.federation.keys import OwnKeys
from tsunagu.records import agencies, claims, comparisons, hub_members
from tsunagu.records.session import acting_for
from tsunagu.services.cases.opening import open_case
from tsunagu.services.comparisons.asking import ask_comparison
from tsunagu.services.hub.membership import accept_member, join_member, write_card
from tsunagu.services.series.changes import add_to_series
from tsunagu.services.series.facts import set_handling
from tsunagu.services.series.reading import open_series

from .world import Person, World, now, random_name

WHY = ("--reason", "it is needed")


def compare(world: World, person: Person) -> tuple[dict[str, str], set[str]]:
    """Let an agency have a case compared elsewhere, with a hit there; return what doors name, and what is secret.

    Args:
        world: with this installation, which has a card.
        person: a co-ordinator, who opens a case that is asked about, and another one.
    """
    member, there = meet(world, person)
    reason, asked, held = random_name("reason"), random_name("asked"), random_name("comparable")
    for one in (asked, held):
        open_case(actor=person.actor, reference=one, purpose=Purpose.INVESTIGATION, covert=False, **world.parts)
        world.bring_in(person, one, "E1", world.file(random_name("content").encode()))
    comparison = ask_comparison(
        actor=person.actor, kind=ClaimScope.CASE, name=asked, to=member.name, until=None, reason=reason, **world.parts
    )
    _find(comparison, person.actor.agency_id, there)
    named = {"comparison": str(comparison), "comparable": held, "beyond": member.name, "there": there.name}
    return named, {reason, asked, held, str(comparison)}


def meet(world: World, person: Person) -> tuple[Member, AgencyCard]:
    """Let a co-ordinator accept another installation; return it, and the agency that works there."""
    if hub_members.own_installation() is None:
        write_card(name=random_name("here"), address=None, listed=(), **world.parts)
    keys, there = OwnKeys.fresh(1), AgencyCard(uuid4(), random_name("there"), "FR", "a desk")
    card = InstallationCard(uuid4(), random_name("beyond"), "", keys.public, (there,))
    member = join_member(text=written(card, keys), now=now(), ledger=world.rooms.ledger)
    accept_member(actor=person.actor, name=member.name, fingerprint=member.fingerprint, **world.parts)
    return member, there


def compared_before(person: Person, kind: ClaimScope, name: str, member: Member, there: AgencyCard) -> None:
    """Let a series or a case of somebody's have been compared once more at an installation, with a hit there."""
    with acting_for(person.actor.agency_id):
        scope_called = claims.scope_of_case if kind is ClaimScope.CASE else claims.scope_of_series
        own = agencies.agency_cards()[person.actor.agency_id]
        asked = Asked(uuid4(), own, Purpose.INVESTIGATION, 1, now().date(), None)
        scope, by = scope_called(person.actor, name), person.actor.officer_id
        comparisons.add(asked, scope, member.member_id, officer_id=by, reason="w", now=now())
    _find(asked.comparison_id, person.actor.agency_id, there)


def series_to_compare(world: World, person: Person, case: str, receiver: str) -> str:
    """Return the name of a new series of the first item of a case, which may be given to an agency elsewhere."""
    actor: dict[str, Any] = {"name": (name := random_name("series")), "actor": person.actor, **world.parts}
    open_series(case=case, purpose=None, **actor)
    add_to_series(case=case, items=["1"], is_context=False, **actor)
    handling = {"receivers": [receiver], "purposes": [Purpose.INVESTIGATION], "may_forward": False, "until": None}
    set_handling(reason="agreed", **handling, **actor)
    return name


def _find(comparison_id: UUID, agency_id: UUID, there: AgencyCard) -> None:
    """Let the agency have been told that another one there holds the same."""
    hit = ToldHit(
        comparison_id, agency_id, uuid4(), there, now(), is_claimed=False, is_ended=False, is_acknowledged=False
    )
    with acting_for(agency_id):
        comparisons.keep_hit(hit)


DOORS_TO_COMPARISONS: tuple[dict[str, Any], ...] = (
    {
        "command": "comparisons list",
        "arguments": (),
        "service": "list_comparisons",
        "permission": Permission.SERIES_READ,
    },
    {
        "command": "comparisons ask",
        "arguments": ("--case", "{target}", "--to", "{beyond}", *WHY),
        "service": "ask_comparison",
        "permission": Permission.COMPARISON_ASK,
        "target": "comparable",
        "strangers": ("ben", "cleo"),
        "unfit": ("adam", "audra", "carl"),
    },
    {
        "command": "comparisons acknowledge",
        "arguments": ("{target}",),
        "service": "acknowledge_comparison",
        "permission": Permission.NOTICE_ACKNOWLEDGE,
        "target": "comparison",
    },
    {
        "command": "comparisons withdraw",
        "arguments": ("{target}",),
        "service": "withdraw_comparison",
        "permission": Permission.COMPARISON_ASK,
        "target": "comparison",
        "strangers": ("ben", "cleo"),
        "unfit": ("adam", "audra", "carl"),
    },
)
"""Commands about comparisons; each field as `scene.Door` has it."""
