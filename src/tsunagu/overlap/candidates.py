"""From hits that people have judged the same to items that may be one series: proposed, and formed by nobody here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from tsunagu.domain.judgement import Sameness
from tsunagu.domain.series_steps import Member


@dataclass(frozen=True, slots=True)
class MatchedItem:
    """An own item in a hit that was judged the same.

    Attributes:
        other: the item at the other end, by its id alone.
        overlap_id: of the two cases.
    """

    member: Member
    other: int
    overlap_id: UUID
    sameness: Sameness


@dataclass(frozen=True, slots=True)
class Candidate:
    """Own items that may be one series.

    Attributes:
        grounds: by what is the same, how many hits say so.
        overlaps: how many overlaps they lie in.
    """

    members: frozenset[Member]
    grounds: Mapping[Sameness, int]
    overlaps: int


def candidates(matches: Iterable[MatchedItem]) -> tuple[Candidate, ...]:
    """Return own items that hang together, largest first: two at least, by any chain of these ties.

    Items hang together that match the same item of somebody else's, and those that match in the same overlap: two
    cases that share several items are likely to be about the same child. What is common is no tie: leave it out.
    """
    known = tuple(matches)
    parent: dict[Hashable, Hashable] = {}

    def root(one: Hashable) -> Hashable:
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for one in known:
        for tie in (("item", one.other), ("overlap", one.overlap_id)):
            parent[root(tie)] = root(one.member)
    groups: dict[Hashable, list[MatchedItem]] = {}
    for one in known:
        groups.setdefault(root(one.member), []).append(one)
    found = (
        Candidate(
            frozenset(one.member for one in group),
            dict(Counter(one.sameness for one in group)),
            len({one.overlap_id for one in group}),
        )
        for group in groups.values()
    )
    several = (one for one in found if len(one.members) > 1)
    return tuple(sorted(several, key=lambda one: (-len(one.members), min((m.case_id, m.item_id) for m in one.members))))
