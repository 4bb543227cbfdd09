"""What a package about one suspect says: what its receiver needs, what is not known, and nothing of others."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from tsunagu.domain.alert import HandOver
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.gate import GateStanding, GateStepKind
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.referral import ReturnReason
from tsunagu.domain.seized import OF_PEOPLE, ListField
from tsunagu.law.applying import Question, apply_law
from tsunagu.law.days import today_in
from tsunagu.law.gate import Suspect
from tsunagu.law.points import Point
from tsunagu.resolution.prefectures import prefectures
from tsunagu.services.gate.desk import OpenedPerson, residence_of, titles_named
from tsunagu.services.references import check_reason

FORMAT: Final = "tsunagu-referral/1"
FORMS: Final = (HandOver.DESIGNATION, HandOver.TRANSFER)
"""By which forms somebody is handed over; a request is made before anybody is a suspect, and names nobody one."""
OF_A_PURCHASE: Final = tuple(one for one in ListField if one not in OF_PEOPLE)
BEFORE_IT: Final = (GateStepKind.RISK, GateStepKind.WELFARE)
"""What has to be recorded before anybody else acts on a package."""


@dataclass(frozen=True, slots=True)
class ReferralDraft:
    """What an officer says of a referral that the gate file does not.

    Attributes:
        authority: on what legal ground it is handed over.
        handling: what the receiver may do with it.
        deconfliction: what asking whether others work on the same person came to.
        contact: whom the receiver talks to; "" for the agency's own contact.
    """

    form: HandOver
    authority: str
    handling: str
    deconfliction: str
    contact: str = ""

    def __post_init__(self) -> None:
        """Refuse a form that hands nobody over, and what says nothing."""
        if self.form not in FORMS:
            raise InputError("a suspect is handed over by designation or by transfer")
        for one in (self.authority, self.handling, self.deconfliction):
            check_reason(one)
        if self.contact:
            check_reason(self.contact)


def content_of(
    one: OpenedPerson, draft: ReferralDraft, sides: tuple[AgencyCard, AgencyCard], exhibit: str, now: datetime
) -> dict[str, Any]:
    """Return what a package says of one suspect, without its own number and time.

    Args:
        sides: sender and receiver.
        exhibit: the reference of the list's own.

    Raises:
        Conflict: he is no suspect at this moment, or something is missing that has to be recorded before.
    """
    suspect = one.file.standing
    if not isinstance(suspect, Suspect):
        raise Conflict("nobody is referred who is no suspect by a decision that holds now")
    if any(kind not in one.file.facts for kind in BEFORE_IT):
        raise Conflict("the risk to children and the welfare plan are recorded before anybody is referred")
    found = one.desk.found
    content = {
        "format": FORMAT,
        "cover": _cover(found.case, draft, *sides),
        "person": _person(one),
        "purchases": _purchases(one),
        "checklist": _checklist(one),
        "law": _law(one, suspect, now),
        "titles": _titles(one),
        "exhibits": [{"reference": exhibit, "sha256": found.seized.sha256.hex(), "bytes": found.seized.size_bytes}],
        "facts": {kind.value: dict(step.said) for kind, step in one.file.facts.items()},
        "deconfliction": draft.deconfliction,
        "handling": {"restriction": draft.handling, "keep_until": found.case.keep_until.isoformat()},
        "receipt": ["received", *(f"returned: {each.value}" for each in ReturnReason)],
    }
    return {**content, "not_known": _not_known(content)}


def _cover(case: CaseSummary, draft: ReferralDraft, sender: AgencyCard, receiver: AgencyCard) -> dict[str, Any]:
    return {
        "form": draft.form.value,
        "from": {
            "agency": sender.name,
            "local_name": sender.local_name,
            "country": sender.country,
            "contact": draft.contact or sender.contact,
        },
        "to": {"agency": receiver.name, "local_name": receiver.local_name, "code": receiver.code},
        "reference": case.reference,
        "authority": draft.authority,
    }


def _person(one: OpenedPerson) -> dict[str, Any]:
    """Return how the rows name him, each form with how many rows say it: none of them is proven by being there."""
    said = {}
    for told in OF_PEOPLE:
        counted = Counter(text for row in one.rows if (text := row.get(told, "").strip()))
        said[told.value] = [{"said": text, "rows": count} for text, count in counted.most_common()]
    person = one.person
    return {
        "standing": GateStanding.SUSPECT.value,
        "said": said,
        "rows": list(person.rows),
        "prefecture": {
            "code": (lives_in := residence_of(one)),
            "name": prefectures()[lives_in].name,
            "confirmed": GateStepKind.RESIDENCE in one.file.facts,
            "list_says": person.prefecture,
            "method": person.method,
            "confidence": person.confidence,
            "alternatives": list(person.alternatives),
        },
    }


def _purchases(one: OpenedPerson) -> list[dict[str, Any]]:
    return [
        {"row": number, **{told.value: row[told] for told in OF_A_PURCHASE if row.get(told)}}
        for number, row in zip(one.person.rows, one.rows, strict=True)
    ]


def _checklist(one: OpenedPerson) -> list[dict[str, Any]]:
    return [
        {
            "point": point.value,
            "showing": step.said["showing"],
            "evidence": [{"reference": each, "source": source} for each, source in step.said["evidence"]],
            "words": step.said["words"],
            "found_at": step.at.isoformat(),
        }
        for point, step in sorted(one.file.found.items(), key=lambda each: list(Point).index(each[0]))
    ]


def _law(one: OpenedPerson, suspect: Suspect, now: datetime) -> dict[str, Any]:
    """Return the rules that carry the decision, and every element of theirs: the receiver shows them, or not."""
    alleged = suspect.person.allegation
    today = max(today_in(alleged.jurisdiction, now), alleged.act_on)
    answer = apply_law(Question(alleged.jurisdiction, alleged.conduct, alleged.act_on, today), one.desk.rules)
    carrying = [each for each in answer.applied if each.rule in suspect.rests_on]
    return {
        "jurisdiction": alleged.jurisdiction,
        "conduct": alleged.conduct,
        "act_on": alleged.act_on.isoformat(),
        "decided_at": suspect.decision.decided_at.isoformat(),
        "rules": [
            {
                "rule": each.rule.rule_id,
                "version": each.rule.version,
                "sha256": each.rule.sha256,
                "instrument": each.rule.instrument,
                "provision": each.rule.provision,
                "reviewer": each.rule.review.reviewer if each.rule.review else "",
                "missing_elements": [{"code": part.code, "says": part.says} for part in each.missing],
            }
            for each in carrying
        ],
        "to_choose_from": [asdict(each) for each in answer.to_choose_from],
    }


def _titles(one: OpenedPerson) -> list[dict[str, Any]]:
    """Return the titles that his rows name, each with all that was said of it: some of them may be lawful."""
    named = titles_named(one)
    return [
        {
            **asdict(each.words),
            "assessments": [
                {
                    "jurisdiction": said.jurisdiction,
                    "as": said.value.value,
                    "from": said.from_on.isoformat(),
                    "to": None if said.to_on is None else said.to_on.isoformat(),
                    "at": said.assessed_at.isoformat(),
                }
                for said in each.assessments
            ],
        }
        for each in one.desk.titles
        if each.number in named
    ]


def _not_known(content: dict[str, Any]) -> list[str]:
    """Return what is not known, as codes: what no row says of him, what is not recorded, and what is not shown."""
    said = [name for name, forms in content["person"]["said"].items() if not forms]
    if not content["person"]["prefecture"]["confirmed"]:
        said.append("residence-confirmed")
    if GateStepKind.POSITION.value not in content["facts"]:
        said.append("position")
    elements = {part["code"] for rule in content["law"]["rules"] for part in rule["missing_elements"]}
    return [*said, *(f"element:{one}" for one in sorted(elements))]
