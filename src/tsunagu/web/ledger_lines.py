"""Entries of the ledger as an auditor reads them: officers by their logins, facts by what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext, gettext_noop, pgettext, pgettext_lazy

from tsunagu.domain.act import Act
from tsunagu.domain.search import subject_of
from tsunagu.web.templatetags.tsunagu import word

MOST_DIGITS = 16
"""Digits of a digest or a root that are shown; the whole is told where one points at it."""
ROLES = {
    "administrator": gettext_noop("administrator"),
    "auditor": gettext_noop("auditor"),
    "coordinator": gettext_noop("co-ordinator"),
    "counsel": gettext_noop("counsel"),
    "juvenile": gettext_noop("juvenile officer"),
    "statistician": gettext_noop("statistician"),
    "officer": gettext_noop("officer"),
}
NAMES = {
    "mapping": pgettext_lazy("ledger", "mapping"),
    "mappings": pgettext_lazy("ledger", "mappings"),
    "unread": pgettext_lazy("ledger", "not read"),
    "added": pgettext_lazy("ledger", "added"),
    "agency": pgettext_lazy("ledger", "agency"),
    "acts": pgettext_lazy("ledger", "acts"),
    "again": pgettext_lazy("ledger", "again"),
    "agencies": pgettext_lazy("ledger", "agencies"),
    "alert": pgettext_lazy("ledger", "alert"),
    "alerts": pgettext_lazy("ledger", "alerts"),
    "answer": pgettext_lazy("ledger", "answer"),
    "as": pgettext_lazy("ledger", "as"),
    "asked": pgettext_lazy("ledger", "asked for"),
    "assessment": pgettext_lazy("ledger", "assessment"),
    "bank": pgettext_lazy("ledger", "bank"),
    "banks": pgettext_lazy("ledger", "banks"),
    "by": pgettext_lazy("ledger", "by"),
    "bytes": pgettext_lazy("ledger", "bytes"),
    "cases": pgettext_lazy("ledger", "cases"),
    "claim": pgettext_lazy("ledger", "claim"),
    "claims": pgettext_lazy("ledger", "claims"),
    "certified": pgettext_lazy("ledger", "certified"),
    "clue": pgettext_lazy("ledger", "clue"),
    "clues": pgettext_lazy("ledger", "clues"),
    "comparison": pgettext_lazy("ledger", "comparison"),
    "comparisons": pgettext_lazy("ledger", "comparisons"),
    "contents": pgettext_lazy("ledger", "contents"),
    "days": pgettext_lazy("ledger", "days"),
    "deceased": pgettext_lazy("ledger", "deceased"),
    "disposals": pgettext_lazy("ledger", "disposals"),
    "door": pgettext_lazy("ledger", "door"),
    "ended": pgettext_lazy("ledger", "ended"),
    "enrolled": pgettext_lazy("ledger", "enrolled"),
    "entries": pgettext_lazy("ledger", "entries"),
    "erased_at": pgettext_lazy("ledger", "erased at"),
    "erasure": pgettext_lazy("ledger", "erasure"),
    "erasures": pgettext_lazy("ledger", "erasures"),
    "exhibit": pgettext_lazy("ledger", "exhibit"),
    "exhibits": pgettext_lazy("ledger", "exhibits"),
    "emergency": pgettext_lazy("ledger", "emergency"),
    "expires": pgettext_lazy("ledger", "expires"),
    "factor": pgettext_lazy("ledger", "factor"),
    "failed": pgettext_lazy("ledger", "failed"),
    "failure": pgettext_lazy("ledger", "failure"),
    "files": pgettext_lazy("ledger", "files"),
    "fingerprints": pgettext_lazy("ledger", "fingerprints"),
    "folders": pgettext_lazy("ledger", "folders"),
    "form": pgettext_lazy("ledger", "form"),
    "forward": pgettext_lazy("ledger", "forward"),
    "from": pgettext_lazy("ledger", "from"),
    "from_months": pgettext_lazy("ledger", "months before"),
    "gone": pgettext_lazy("ledger", "gone"),
    "grading": pgettext_lazy("ledger", "grading"),
    "ground": pgettext_lazy("ledger", "ground"),
    "held": pgettext_lazy("ledger", "held"),
    "hit": pgettext_lazy("ledger", "hit"),
    "guest": pgettext_lazy("ledger", "guest"),
    "guests": pgettext_lazy("ledger", "guests"),
    "hits": pgettext_lazy("ledger", "hits"),
    "holdings": pgettext_lazy("ledger", "holdings"),
    "hop": pgettext_lazy("ledger", "hop"),
    "identified_historic": pgettext_lazy("ledger", "identified, historic"),
    "identified_not_safe": pgettext_lazy("ledger", "identified, not yet safe"),
    "import": pgettext_lazy("ledger", "import"),
    "imported": pgettext_lazy("ledger", "imported"),
    "index": pgettext_lazy("ledger", "index"),
    "intake": pgettext_lazy("ledger", "intake"),
    "intakes": pgettext_lazy("ledger", "intakes"),
    "interests": pgettext_lazy("ledger", "interests"),
    "invited": pgettext_lazy("ledger", "invited"),
    "item": pgettext_lazy("ledger", "item"),
    "items": pgettext_lazy("ledger", "items"),
    "joined": pgettext_lazy("ledger", "joined"),
    "kept": pgettext_lazy("ledger", "kept"),
    "jurisdiction": pgettext_lazy("ledger", "jurisdiction"),
    "key": pgettext_lazy("ledger", "key"),
    "keys": pgettext_lazy("ledger", "keys"),
    "kind": pgettext_lazy("ledger", "kind"),
    "known": pgettext_lazy("ledger", "known"),
    "left": pgettext_lazy("ledger", "left"),
    "list": pgettext_lazy("ledger", "list"),
    "lists": pgettext_lazy("ledger", "lists"),
    "located": pgettext_lazy("ledger", "located"),
    "media": pgettext_lazy("ledger", "media"),
    "member": pgettext_lazy("ledger", "member"),
    "merkle_root": pgettext_lazy("ledger", "Merkle root"),
    "model": pgettext_lazy("ledger", "weights"),
    "months": pgettext_lazy("ledger", "months"),
    "new": pgettext_lazy("ledger", "new"),
    "news": pgettext_lazy("ledger", "with news"),
    "not_found": pgettext_lazy("ledger", "not found"),
    "note": pgettext_lazy("ledger", "note"),
    "notices": pgettext_lazy("ledger", "notices"),
    "number": pgettext_lazy("ledger", "number"),
    "numbers": pgettext_lazy("ledger", "numbers"),
    "objects": pgettext_lazy("ledger", "objects"),
    "of": pgettext_lazy("ledger", "of"),
    "officer": pgettext_lazy("ledger", "officer"),
    "on": pgettext_lazy("ledger", "on"),
    "open": pgettext_lazy("ledger", "open to others"),
    "opening": pgettext_lazy("ledger", "opening"),
    "openings": pgettext_lazy("ledger", "openings"),
    "opinion": pgettext_lazy("ledger", "opinion"),
    "other": pgettext_lazy("ledger", "other"),
    "overlap": pgettext_lazy("ledger", "overlap"),
    "overlaps": pgettext_lazy("ledger", "overlaps"),
    "overrides": pgettext_lazy("ledger", "overrides"),
    "permission": pgettext_lazy("ledger", "permission"),
    "package": pgettext_lazy("ledger", "package"),
    "pairs": pgettext_lazy("ledger", "pairs"),
    "person": pgettext_lazy("ledger", "person"),
    "persons": pgettext_lazy("ledger", "persons"),
    "places": pgettext_lazy("ledger", "places"),
    "point": pgettext_lazy("ledger", "point"),
    "prefecture": pgettext_lazy("ledger", "prefecture"),
    "imminent": pgettext_lazy("ledger", "imminent risk"),
    "passed_on": pgettext_lazy("ledger", "passed on"),
    "report": pgettext_lazy("ledger", "report"),
    "reports": pgettext_lazy("ledger", "reports"),
    "source_kind": pgettext_lazy("ledger", "kind of source"),
    "with_report": pgettext_lazy("ledger", "with the report"),
    "year": pgettext_lazy("ledger", "year"),
    "status": pgettext_lazy("ledger", "status"),
    "known_on": pgettext_lazy("ledger", "as known on"),
    "request": pgettext_lazy("ledger", "request"),
    "requests": pgettext_lazy("ledger", "requests"),
    "vintages": pgettext_lazy("ledger", "vintages"),
    "enquiry": pgettext_lazy("ledger", "enquiry"),
    "enquiries": pgettext_lazy("ledger", "enquiries"),
    "result": pgettext_lazy("ledger", "result"),
    "problems": pgettext_lazy("ledger", "problems"),
    "proposal": pgettext_lazy("ledger", "proposal"),
    "proposals": pgettext_lazy("ledger", "proposals"),
    "queries": pgettext_lazy("ledger", "queries"),
    "radius": pgettext_lazy("ledger", "radius"),
    "reason": pgettext_lazy("ledger", "reason"),
    "recall": pgettext_lazy("ledger", "recall"),
    "recalls": pgettext_lazy("ledger", "recalls"),
    "receivers": pgettext_lazy("ledger", "receivers"),
    "referral": pgettext_lazy("ledger", "referral"),
    "referrals": pgettext_lazy("ledger", "referrals"),
    "refused": pgettext_lazy("ledger", "refused"),
    "released": pgettext_lazy("ledger", "released"),
    "reopened": pgettext_lazy("ledger", "reopened"),
    "reset": pgettext_lazy("ledger", "reset"),
    "reveal": pgettext_lazy("ledger", "reveal"),
    "review": pgettext_lazy("ledger", "review"),
    "role": pgettext_lazy("ledger", "role"),
    "roles": pgettext_lazy("ledger", "roles"),
    "round": pgettext_lazy("ledger", "round"),
    "rows": pgettext_lazy("ledger", "rows"),
    "rule": pgettext_lazy("ledger", "rule"),
    "rules": pgettext_lazy("ledger", "rules"),
    "safeguarded": pgettext_lazy("ledger", "safeguarded"),
    "sameness": pgettext_lazy("ledger", "sameness"),
    "showing": pgettext_lazy("ledger", "showing"),
    "sha256": pgettext_lazy("ledger", "digest of the file"),
    "signer": pgettext_lazy("ledger", "key of the signer"),
    "scheme": pgettext_lazy("ledger", "scheme"),
    "schemes": pgettext_lazy("ledger", "schemes"),
    "scopes": pgettext_lazy("ledger", "scopes"),
    "seal": pgettext_lazy("ledger", "seal"),
    "scope": pgettext_lazy("ledger", "scope"),
    "searched": pgettext_lazy("ledger", "searched for"),
    "semantics": pgettext_lazy("ledger", "semantics"),
    "series": pgettext_lazy("ledger", "series"),
    "set": pgettext_lazy("ledger", "rule set"),
    "settled": pgettext_lazy("ledger", "settled"),
    "share": pgettext_lazy("ledger", "share"),
    "skipped": pgettext_lazy("ledger", "skipped"),
    "source": pgettext_lazy("ledger", "source"),
    "state": pgettext_lazy("ledger", "state"),
    "step": pgettext_lazy("ledger", "step"),
    "stream": pgettext_lazy("ledger", "stream"),
    "tie": pgettext_lazy("ledger", "tie"),
    "submission": pgettext_lazy("ledger", "submission"),
    "submissions": pgettext_lazy("ledger", "submissions"),
    "withdrawals": pgettext_lazy("ledger", "withdrawals owed"),
    "ties": pgettext_lazy("ledger", "ties"),
    "title": pgettext_lazy("ledger", "title"),
    "titles": pgettext_lazy("ledger", "titles"),
    "told": pgettext_lazy("ledger", "told"),
    "to": pgettext_lazy("ledger", "to"),
    "under": pgettext_lazy("ledger", "under"),
    "undone": pgettext_lazy("ledger", "undone"),
    "unlocked": pgettext_lazy("ledger", "unlocked"),
    "unanswered_recalls": pgettext_lazy("ledger", "recalls left unanswered"),
    "withdrawn_submissions": pgettext_lazy("ledger", "submissions withdrawn"),
    "until": pgettext_lazy("ledger", "until"),
    "version": pgettext_lazy("ledger", "version"),
    "why": pgettext_lazy("ledger", "why"),
    "widened": pgettext_lazy("ledger", "widened"),
    "withheld": pgettext_lazy("ledger", "withheld"),
    "withdrawn": pgettext_lazy("ledger", "withdrawn"),
}
"""What the facts of an entry are called; one that is not here is shown by its name."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of an entry; `whole` is its value in full, `shown` what a line says of it: of an officer, his login."""

    name: str
    shown: str
    whole: str


@dataclass(frozen=True, slots=True)
class Line:
    """One entry.

    Attributes:
        officer: a login, an id where no login is known, or empty for the machine.
        officer_id: his id.
        case: the id of the case that it names; empty where it names none.
    """

    entry: str
    at: datetime
    act: str
    officer: str
    officer_id: str
    purpose: str
    case: str
    facts: tuple[Fact, ...]


def deeds() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return what acts are done to, each with its word and its acts with theirs, in the order of the words."""
    found: dict[str, list[tuple[str, str]]] = {}
    for act in Act:
        found.setdefault(subject_of(act), []).append((act.value, word(act.value)))
    names = {subject: pgettext("subject", subject).replace("-", " ") for subject in found}
    by_word = itemgetter(1)
    return sorted(((one, names[one], sorted(acts, key=by_word)) for one, acts in found.items()), key=by_word)


def line_of(entry: Mapping[str, Any], logins: Mapping[str, str]) -> Line:
    """Return an entry as it is shown, with the logins of whoever is named in it."""
    officer = entry.get("officer") or ""
    facts = tuple(_fact(name, str(value), logins) for name, value in entry.get("details", {}).items())
    at = datetime.fromisoformat(entry["at"])
    named = logins.get(officer, officer)
    purpose, case = entry.get("purpose") or "", entry.get("case") or ""
    return Line(entry["entry"], at, entry["act"], named, officer, purpose, case, facts)


def _fact(name: str, value: str, logins: Mapping[str, str]) -> Fact:
    if value in logins:
        return Fact(str(NAMES.get(name, name)), logins[value], value)
    whole = ", ".join(_in_words(one) for one in value.split(","))
    is_long = len(whole) > 2 * MOST_DIGITS and all(one in "0123456789abcdef" for one in whole)
    return Fact(str(NAMES.get(name, name)), f"{whole[:MOST_DIGITS]}…" if is_long else whole, whole)


def _in_words(value: str) -> str:
    """Return a role, a permission, a ground or whatever else the domain has a word for in the page's language.

    Ids, days and numbers are told as they are, so that they can be copied and looked for.
    """
    if value in ROLES:
        return gettext(ROLES[value])
    return value if any(map(str.isdigit, value)) else word(value)
