"""An alert as a letter, for a correspondent: signed JSON for machines, and a text in two languages for people.

A letter holds what its label lets the correspondent be told at this moment, and no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tsunagu.counting.names import Language, name_of
from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.alert import Alert, RefusalReason
from tsunagu.domain.alert_path import AlertState, AlertStep
from tsunagu.domain.clock import utc_text
from tsunagu.domain.errors import Conflict, NotFound
from tsunagu.domain.outcome import NATIONAL_TERMS, Outcome, OutcomeCode
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Permission
from tsunagu.records.ledger.chain import canonical
from tsunagu.records.ledger.signing import Signer
from tsunagu.services.alerts.desk import OpenAlert, opened, speaker_of, told
from tsunagu.services.letters import Letter
from tsunagu.services.parts import Keys, Ledger

FORMAT = "tsunagu-alert-letter/1"


def write_letter(
    *, actor: Actor, alert_id: UUID, to: str, now: datetime, signer: Signer, keys: Keys, ledger: Ledger
) -> Letter:
    """Write an alert down for a correspondent on its way, and note that it was.

    Args:
        actor: an officer of the agency that speaks for it.
        alert_id: the alert.
        to: name of the correspondent.
        now: dates the letter.
        signer: the key that roots of the ledger are signed with.
        keys: name what is refused.
        ledger: takes the entry.

    Raises:
        Forbidden: the actor answers no alerts.
        NotFound: no such alert, or not the actor's; or no such correspondent on its way.
        Conflict: another agency speaks for it, or the label does not let it be told, or not any more. That an alert was
            withdrawn is told in any case, and then nothing else.
    """
    with opened(actor, alert_id, Permission.ALERT_ANSWER, now=now, keys=keys, ledger=ledger) as found:
        receiver = _receiver(found, to)
        if speaker_of(found.path, found.cards, receiver.agency_id) != actor.agency_id:
            raise Conflict("another agency speaks for this correspondent")
        is_over = found.path.state is AlertState.WITHDRAWN
        label, is_own = found.alert.restrictions, actor.agency_id == found.alert.originator_id
        if not is_over and not is_own and not label.allows(actor.agency_id, actor.purpose, now=now):
            raise Conflict("its originator's label does not let your agency be told what it says, or not any more")
        if not is_over and not label.allows(receiver.agency_id, None, now=now):
            raise Conflict("its originator's label does not let this alert be told there, or not any more")
        fields = _head(found, receiver, found.cards[actor.agency_id], now)
        if not is_over:
            fields |= _said(found, receiver)
        last = found.steps[-1].step
        ledger.write(
            told(
                Act.ALERT_PRINTED,
                actor.agency_id,
                alert_id,
                AlertStep(last.number, last.kind, last.agency_id, now),
                actor=actor,
                case_id=found.party.case_id,
                to=str(receiver.agency_id),
            )
        )
    body = canonical(fields).encode()
    text = "\n".join([*_head_lines(fields), *([] if is_over else _said_lines(fields))]) + "\n"
    return Letter(fields, body, signer.sign(body), signer.key_id, text)


def _receiver(found: OpenAlert, to: str) -> AgencyCard:
    on_line = (found.cards[found.path.hops[one].agency_id] for one in found.path.line)
    receiver = next((card for card in on_line if card.name == to and card.is_correspondent), None)
    if receiver is None:
        raise NotFound("no such correspondent is on the way of this alert")
    return receiver


def _head(found: OpenAlert, receiver: AgencyCard, sender: AgencyCard, now: datetime) -> dict[str, Any]:
    """Return what a letter begins with; of an alert that was withdrawn, it is all."""
    return {
        "format": FORMAT,
        "alert": str(found.alert.alert_id),
        "written_at": utc_text(now),
        "from": {"agency": sender.name, "country": sender.country, "contact": sender.contact},
        "to": {"agency": receiver.name, "local_name": receiver.local_name, "country": receiver.country},
        "originator": found.cards[found.alert.originator_id].name,
        "withdrawn": found.path.state is AlertState.WITHDRAWN,
    }


def _said(found: OpenAlert, receiver: AgencyCard) -> dict[str, Any]:
    alert, path = found.alert, found.path
    hop = next(path.hops[one] for one in path.line if path.hops[one].agency_id == receiver.agency_id)
    outcomes = [one for one in found.steps if one.outcome is not None]
    return {
        "sent_at": utc_text(hop.sent_at),
        "answer_due_at": None if hop.due_at is None else utc_text(hop.due_at),
        "priority": alert.priority.value,
        "reason": alert.reason,
        "finding": alert.finding,
        "countries": [{"country": one.country, "weight": f"{one.weight:.4f}"} for one in alert.grounds],
        "evidence": [
            {"exact": one.exact, "near": one.near, "video_stretches": one.video_stretches, "sound": one.sound}
            for one in alert.evidence
        ],
        "restrictions": _label(found, alert),
        "answers": ["acknowledged", "taken", *(f"refused: {one.value}" for one in RefusalReason)],
        "outcomes": [
            {"at": utc_text(one.step.at), **_outcome(one.outcome, receiver.country)}
            for one in outcomes
            if one.outcome is not None
        ],
    }


def _label(found: OpenAlert, alert: Alert) -> dict[str, Any]:
    label = alert.restrictions
    return {
        "only": sorted(found.cards[one].name for one in label.agencies),
        "purposes": sorted(one.value for one in label.purposes),
        "may_forward": label.may_forward,
        "until": utc_text(label.until),
    }


def _outcome(outcome: Outcome, country: str) -> dict[str, Any]:
    terms = NATIONAL_TERMS.get(country, {})
    return {
        "children": {code.value: count for code, count in outcome.children.items()},
        "children_by_school": dict(outcome.schools),
        "children_by_method": dict(outcome.methods),
        "persons": [
            {
                "person": one.number,
                "role": one.role.value,
                "disposals": [{"code": each.value, "term": terms.get(each, "")} for each in one.disposals],
                "part": one.part,
                "sentence_months": one.sentence_months,
                "age_at_act": one.age,
            }
            for one in outcome.persons
        ],
    }


CHILDREN_IN_JAPANESE = {
    OutcomeCode.LOCATED: "所在判明",
    OutcomeCode.IDENTIFIED_NOT_SAFE: "特定済み・未保護",
    OutcomeCode.SAFEGUARDED: "保護済み",
    OutcomeCode.IDENTIFIED_HISTORIC: "特定済み・現在は成人",
    OutcomeCode.DECEASED: "死亡",
    OutcomeCode.NOT_FOUND: "発見できず",
    OutcomeCode.REOPENED: "捜索再開",
}


def _head_lines(fields: Mapping[str, Any]) -> list[str]:
    """Return the head of a letter for people: each line in English, and what begins it in Japanese too."""
    to, sender = fields["to"], fields["from"]
    name = f"{to['agency']} {to['local_name']}".strip()
    heading = "ALERT WITHDRAWN / 警報の取下げ" if fields["withdrawn"] else "ALERT / 警報"
    return [
        heading,
        "",
        f"Alert / 警報番号: {fields['alert']}",
        f"To / 宛先: {name}",
        f"From / 発信: {sender['agency']} ({sender['country']}), {sender['contact']}",
        f"Raised by / 発出機関: {fields['originator']}",
    ]


def _said_lines(fields: Mapping[str, Any]) -> list[str]:
    label = fields["restrictions"]
    weights = ", ".join(f"{one['country']} {one['weight']}" for one in fields["countries"])
    lines = [
        f"Priority / 優先度: {fields['priority']} {fields['reason']}".rstrip(),
        f"Answer by / 回答期限 (UTC): {fields['answer_due_at'] or '-'}",
        "",
        "What was found, and what is asked for / 判明した事項と依頼:",
        fields["finding"],
        "",
        f"Countries, with weights / 国と重み: {weights}",
        "May be read for / 利用目的: " + ", ".join(label["purposes"]),
        "May be read by / 閲覧できる機関: " + (", ".join(label["only"]) or "all on its path / 経路上の全機関"),
        "May be passed on / 転送: " + ("yes / 可" if label["may_forward"] else "no / 不可"),
        f"Until / 有効期限 (UTC): {label['until']}",
        "",
        "Please answer with one of / 次のいずれかで回答してください:",
        *(f"  [ ] {one}" for one in fields["answers"]),
    ]
    for one in fields["outcomes"]:
        lines += ["", f"Outcome / 結果 (UTC {one['at'][:16]}):"]
        lines += [
            f"  {count} {code} / {CHILDREN_IN_JAPANESE[OutcomeCode(code)]}" for code, count in one["children"].items()
        ]
        for kind in ("school", "method"):
            lines += [f"  {_stated(kind, code, count)}" for code, count in one[f"children_by_{kind}"].items()]
        lines += [_person_line(person) for person in one["persons"]]
    return lines


def _stated(kind: str, code: str, count: int) -> str:
    english, japanese = (name_of(f"{kind}:{code}", language) for language in Language)
    return f"{count} {english} / {japanese}"


def _person_line(person: Mapping[str, Any]) -> str:
    done = ", ".join(f"{one['code']} {one['term']}".strip() for one in person["disposals"])
    months = "" if person["sentence_months"] is None else f"{person['sentence_months']} months / か月"
    age = "" if person["age_at_act"] is None else f"age at the act / 行為時の年齢 {person['age_at_act']}"
    parts = (f"person / 人 {person['person']}", person["role"], person["part"], done, months, age)
    return "  " + "; ".join(one for one in parts if one)
