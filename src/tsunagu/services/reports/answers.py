"""What the source of a report is answered: kept, and written down signed, for whatever channel the source has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.alert import check_words
from tsunagu.domain.clock import utc_text
from tsunagu.domain.errors import Conflict
from tsunagu.domain.permission import Permission
from tsunagu.domain.report_steps import ReportStepKind
from tsunagu.records import agencies, reports
from tsunagu.records.ledger.chain import canonical
from tsunagu.records.ledger.signing import Signer
from tsunagu.services.letters import Letter
from tsunagu.services.parts import Keys, Ledger
from tsunagu.services.reports.desk import opened_report, take_step, told, words_of

FORMAT: Final = "tsunagu-report-answer/1"


def answer_report(*, actor: Actor, report_id: UUID, words: str, now: datetime, keys: Keys, ledger: Ledger) -> None:
    """Answer the source of a report: what was said, when and by whom is kept. It is sent by whatever channel there is.

    Raises:
        Forbidden: the actor answers no reports.
        NotFound: no such report, or not the actor's.
        InputError: nothing is said, or too much.
    """
    check_words(words)
    at = (actor, Permission.REPORT_ANSWER, report_id)
    with opened_report(*at, now=now, keys=keys, ledger=ledger) as found:
        step = take_step(found.kept, ReportStepKind.ANSWERED, actor=actor, now=now, keys=keys, words=words)
        ledger.write(told(Act.REPORT_ANSWERED, found.kept, actor=actor, now=now, step=step.number))


def write_report_letter(
    *, actor: Actor, report_id: UUID, now: datetime, signer: Signer, keys: Keys, ledger: Ledger
) -> Letter:
    """Write the latest answer to the source of a report down, and note that it was.

    It names the answer, the day and the officer of the agency that answers, and nothing of what became of anybody.

    Args:
        signer: the key that roots of the ledger are signed with.

    Raises:
        Forbidden: the actor answers no reports.
        NotFound: no such report, or not the actor's.
        Conflict: the agency has not answered it.
    """
    at = (actor, Permission.REPORT_ANSWER, report_id)
    with opened_report(*at, now=now, keys=keys, ledger=ledger) as found:
        kept, sender = found.kept, found.cards[actor.agency_id]
        answers = [
            one
            for one in reports.steps_of(report_id)
            if one[0].kind is ReportStepKind.ANSWERED and one[0].agency_id == actor.agency_id
        ]
        if not answers:
            raise Conflict("the source of this report has not been answered yet")
        step, sealed = answers[-1]
        fields: dict[str, Any] = {
            "format": FORMAT,
            "source": kept.source,
            "source_reference": kept.source_reference,
            "received_at": utc_text(kept.received_at),
            "from": {"agency": sender.name, "country": sender.country, "contact": sender.contact},
            "answered_at": utc_text(step.at),
            "answered_by": agencies.logins().get(step.officer_id) if step.officer_id else None,
            "answer": words_of(report_id, step, sealed, keys),
        }
        ledger.write(told(Act.REPORT_PRINTED, kept, actor=actor, now=now, step=step.number))
    body = canonical(fields).encode()
    return Letter(fields, body, signer.sign(body), signer.key_id, _text(fields))


def _text(fields: Mapping[str, Any]) -> str:
    sender = fields["from"]
    lines = (
        "ANSWER TO YOUR REPORT / 通報への回答",
        "",
        f"To / 宛先: {fields['source']}",
        f"Your reference / 貴番号: {fields['source_reference']}",
        f"Received / 受理 (UTC): {fields['received_at'][:16]}",
        f"From / 発信: {sender['agency']} ({sender['country']}), {sender['contact']}",
        f"Answered / 回答 (UTC): {fields['answered_at'][:16]}, {fields['answered_by'] or ''}",
        "",
        str(fields["answer"]),
        "",
        "This text is not signed: what is signed is answer.json.",
        "この文面に署名はありません。署名があるのは answer.json です。",
    )
    return "\n".join(lines) + "\n"
