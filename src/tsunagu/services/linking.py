"""New holdings compared with all that is held: hits, overlaps, and a notice to each side that may know.

The machine works here on its own, as the linker: it reads opaque ids, owning agencies and fingerprints of everyone,
and tells each side only that there is an overlap, and with whom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from tsunagu.domain.link import Link, Place
from tsunagu.overlap.commonness import COMMON_CASES
from tsunagu.records import links as link_rows
from tsunagu.records import overlaps
from tsunagu.records.session import LINKER, linking
from tsunagu.services.likeness import Benign, find_links
from tsunagu.services.parts import Ledger
from tsunagu.services.settling import band_anew, settle

BATCH = 2000
"""Holdings compared in one transaction: what a crash can cost."""


def link_all(*, now: datetime, ledger: Ledger) -> None:
    """Compare every holding that waits with all that is held, batch by batch, until none waits.

    What another ingest is bringing in at this moment waits for that ingest, which compares it at its end.
    """
    while link_batch(now=now, ledger=ledger):
        pass


def link_batch(*, now: datetime, ledger: Ledger) -> bool:
    """Compare one batch, in one transaction, and return whether there was anything to compare."""
    with linking():
        holdings, items = link_rows.unlinked(most=BATCH)
        if not holdings:
            return False
        found = find_links(items, Benign.declared())
        places = link_rows.places({item for one in found for item in (one.item_a, one.item_b)})
        # A file that was read anew may have left a content without a place: it is in no case, and concerns nobody.
        found = [one for one in found if one.item_a in places and one.item_b in places]
        touched = overlaps.outdate(link_rows.never_compared(items), found)
        touched |= overlaps.keep_links(found, places, common=_common(found, places), now=now)
        link_rows.mark_linked(holdings, now=now)
        deeds = settle(touched | band_anew(places) | overlaps.half_noted(), now=now)
        ledger.write(*deeds, using=LINKER)
    return True


def _common(links: Sequence[Link], places: Mapping[int, Sequence[Place]]) -> set[int]:
    """Return the items that, with all they have in common with others, lie in so many cases that they stay common."""
    cases = {item: {place.case_id for place in held} for item, held in places.items()}
    reach = {item: set(own) for item, own in cases.items()}
    for link in links:
        reach[link.item_a] |= cases[link.item_b]
        reach[link.item_b] |= cases[link.item_a]
    return {item for item, found in reach.items() if len(found) >= COMMON_CASES}


def apply_benign(*, agency_id: UUID, now: datetime, ledger: Ledger) -> int:
    """Silence the hits that an agency's benign banks explain, and return how many there are now.

    A notice that was sent stays: people may have acted on it. What is revealed of it is weighed anew.
    """
    with linking():
        benign = Benign.declared()
        rows = overlaps.hits_of_agency(agency_id)
        items = {item for row in rows for item in (row.item_a, row.item_b)}
        known = benign.among(items)
        silenced = [row for row in rows if not row.silenced and {row.item_a, row.item_b} & known]
        overlaps.silence([row.id for row in silenced])
        ledger.write(*settle({row.overlap_id for row in silenced}, now=now), using=LINKER)
    return len(silenced)
