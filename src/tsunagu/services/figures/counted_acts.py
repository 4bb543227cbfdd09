"""What an agency was told of alerts and referrals, as acts that are counted: opaque, and without a name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from tsunagu.counting.acts import Known, Told, ToldPath, acts_of, force_of, opaque
from tsunagu.domain.alert_path import AlertStepKind
from tsunagu.domain.errors import Conflict
from tsunagu.domain.figure import SEIZED_LIST
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.referral import ReferralStepKind
from tsunagu.law.days import calendar_day
from tsunagu.records import agencies, counted_acts
from tsunagu.records.alert_rows import KeptStep
from tsunagu.records.referral_packages import SignedBody
from tsunagu.records.referrals import KeptReferral
from tsunagu.services.parts import Keys
from tsunagu.services.referrals.desk import key_of

WHERE_COUNTED: Final = "JP"
"""By whose calendar acts are counted, and of whose forces."""


@dataclass(frozen=True, slots=True)
class KnownNow:
    """All that an agency knows now of what is counted.

    Attributes:
        unread: packages with an outcome that could not be read, or are erased: they count without a conduct.
    """

    known: Known
    unread: int


def known_now(agency_id: UUID, salt: bytes, keys: Keys) -> KnownNow:
    """Return all that the agency knows now of what is counted. Call it within `acting_for` it."""
    cards = agencies.agency_cards()
    referrals = counted_acts.open_referrals()
    of_referrals = list(_of_referrals(referrals, cards, salt, keys))
    paths = [*_of_alerts(counted_acts.alert_steps(agency_id), cards, salt), *of_referrals]
    lists = {opaque(salt, "list", str(one)): rows for one, rows in counted_acts.rows_of_lists().items()}
    sent = frozenset(opaque(salt, *_whom(one)) for one in referrals if one.source is not None)
    known = Known(tuple(act for path in paths for act in acts_of(path)), lists, sent)
    return KnownNow(known, sum(not one.conduct for one in of_referrals))


def day_of(moment: datetime) -> date:
    """Return the day on which something counts."""
    return calendar_day(moment, WHERE_COUNTED)


def _of_alerts(
    found: Mapping[UUID, Sequence[KeptStep]], cards: Mapping[UUID, AgencyCard], salt: bytes
) -> Iterator[ToldPath]:
    for alert_id, steps in found.items():
        told = tuple(
            Told(
                one.step.number,
                day_of(one.step.at),
                force_of(cards[one.step.agency_id].code),
                one.outcome.persons,
                one.outcome.children,
                one.outcome.schools,
                one.outcome.methods,
            )
            for one in steps
            if one.outcome is not None
        )
        ended = next((day_of(one.step.at) for one in steps if one.step.kind is AlertStepKind.WITHDRAWN), None)
        yield ToldPath(opaque(salt, "alert", str(alert_id)), told, withdrawn_on=ended)


def _of_referrals(
    found: Sequence[KeptReferral], cards: Mapping[UUID, AgencyCard], salt: bytes, keys: Keys
) -> Iterator[ToldPath]:
    """Yield what was told of each; that one is withdrawn later takes nothing back that a force has done before."""
    for one in found:
        told = tuple(
            Told(step.number, day_of(step.at), force_of(cards[step.agency_id].code), (step.outcome,))
            for step in one.steps
            if step.kind is ReferralStepKind.OUTCOME and step.outcome is not None
        )
        if told:
            population = "" if one.source is None else SEIZED_LIST  # of its own lists, whose rows it counts too
            yield ToldPath(opaque(salt, *_whom(one)), told, _conduct_of(one, keys), population)


def _whom(one: KeptReferral) -> tuple[str, str]:
    """Return by what statistics know the person: the same for its sender, however often he is sent."""
    if one.source is None:
        return "referral", str(one.package.referral_id)
    return "person", str(one.source.person_id)


def _conduct_of(one: KeptReferral, keys: Keys) -> str:
    """Return the conduct that a package says; "" where it cannot be read: it counts all the same."""
    key = key_of(one.package, keys)
    if key is None:
        return ""
    try:
        said = json.loads(SignedBody.opened(one.package, key).body)
    except Conflict:
        return ""
    return str(said["law"]["conduct"])
