"""Proofs of erasure, for an auditor: what was erased of a case, and whether the ledger and the database agree."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.erasure import Proof
from tsunagu.domain.errors import NotFound
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.records import agencies
from tsunagu.records import proofs as rows
from tsunagu.records.ledger.book import entries_naming
from tsunagu.records.session import acting_for
from tsunagu.services.access import REFERENCE, denials_recorded
from tsunagu.services.parts import Keys, Ledger


@dataclass(frozen=True, slots=True)
class ProofView:
    """A proof of erasure, held against the ledger and the database.

    Attributes:
        begun_by: login of who decided; None where the machine did.
        decided_in, completed_in: the first 16 hex digits of the hashes of the ledger entries; None where there is none.
        agrees: whether the entry of its end tells the same counts and the same root as the proof.
        left: rows of what was erased that are still there: none, once it is completed.
    """

    proof: Proof
    begun_by: str | None
    decided_in: str | None
    completed_in: str | None
    agrees: bool
    left: int

    @property
    def is_sound(self) -> bool:
        """Whether it is completed, the ledger agrees, and nothing is left."""
        return self.proof.ended_at is not None and self.agrees and not self.left


def prove_erasures(*, actor: Actor, reference: str, now: datetime, keys: Keys, ledger: Ledger) -> tuple[ProofView, ...]:
    """Return what was erased of a case of the actor's agency, by the reference that it had, oldest first.

    Raises:
        Forbidden: the actor reads no ledger.
        NotFound: nothing was erased of a case that was called so at the actor's agency.
    """
    with (
        denials_recorded(
            actor=actor, permission=Permission.LEDGER_READ, asked=reference, now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        found = rows.proofs_of(keys.macs(REFERENCE, f"case {reference}".encode()))
        logins = agencies.logins()
        views = tuple(_view(one, {str(key): login for key, login in logins.items()}) for one in found)
        if not views:
            raise NotFound("nothing was erased of such a case")
    told: dict[str, str | int] = {"erasures": len(views)}
    ledger.record(Deed(Act.ERASURE_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=told))
    return views


def _view(proof: Proof, logins: dict[str, str]) -> ProofView:
    entries = [(entry.hash.hex()[:16], json.loads(entry.body)) for entry in entries_naming("erasure", proof.erasure_id)]
    completed = [one for one in entries if one[1]["act"] == Act.ERASURE_COMPLETED]
    decided = [one for one in entries if one[1]["act"] != Act.ERASURE_COMPLETED]
    told = {
        "places": proof.erased.places,
        "items": proof.erased.items,
        "fingerprints": proof.erased.fingerprints,
        "merkle_root": proof.erased.merkle_root.hex(),
    }
    agrees = len(completed) == 1 and told.items() <= completed[0][1]["details"].items()
    officer = decided[0][1].get("officer") if decided else None
    return ProofView(
        proof,
        logins.get(officer) if officer else None,
        decided[0][0] if decided else None,
        completed[0][0] if completed else None,
        agrees,
        rows.left_of(proof.case_id, proof.exhibit_id),
    )
