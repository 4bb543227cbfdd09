"""Outcomes of alerts: told by who has taken one, and brought home along its path to everyone who contributed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.alert import check_words
from tsunagu.domain.alert_path import AlertPath, AlertStep, AlertStepKind
from tsunagu.domain.ledger import Deed
from tsunagu.domain.outcome import Outcome
from tsunagu.domain.permission import Permission
from tsunagu.records.alert_rows import KeptStep
from tsunagu.services.alerts.desk import Command, OpenAlert, keep_step, opened, told, was_done
from tsunagu.services.members.agency_cards import is_here
from tsunagu.services.parts import Keys, Ledger


def tell_outcome(
    *,
    actor: Actor,
    alert_id: UUID,
    outcome: Outcome,
    words: str,
    command: Command,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> int:
    """Tell what became of an alert that the agency has taken, and return the number of the step.

    It is written down hop by hop on its way home, and for each agency that contributed. What was told before stays;
    this is told beside it, and of a person it is how he stands now.

    Args:
        words: what there is to say besides; may be empty. Names no person.

    Raises:
        Forbidden: the actor answers no alerts.
        NotFound: no such alert, or not the actor's.
        Conflict: it is not with his agency, or nobody has taken it; or another command had this key.
    """
    if words:
        check_words(words)
    digest = command.digest("outcome", alert_id, words, *_words(outcome))
    with opened(actor, alert_id, Permission.ALERT_ANSWER, now=now, keys=keys, ledger=ledger) as found:
        done = was_done(actor, alert_id, command, digest)
        if done is not None:
            return done
        whose = found.for_whom(actor, command)
        step = AlertStep(found.path.last + 1, AlertStepKind.OUTCOME, whose, now, reopens=outcome.reopens)
        kept = KeptStep(step, actor.agency_id, words, command.document, outcome)
        path = keep_step(found, kept, actor=actor, command=command, digest=digest)
        ledger.write(_disposed(found, step, outcome, actor), *_brought_home(found, path, step, actor))
    return step.number


def _words(outcome: Outcome) -> Iterator[object]:
    yield sorted((code.value, count) for code, count in outcome.children.items())
    for one in outcome.persons:
        yield (one.number, one.role.value, [each.value for each in one.disposals], one.part, one.sentence_months)
        yield from () if one.age is None else ((one.number, one.age.value),)
    yield from (sorted(told.items()) for told in (outcome.schools, outcome.methods) if told)


def _disposed(found: OpenAlert, step: AlertStep, outcome: Outcome, actor: Actor) -> Deed:
    counts = {code.value.replace("-", "_"): count for code, count in outcome.children.items()}
    details: dict[str, str | int] = {"of": str(step.agency_id), "persons": len(outcome.persons), **counts}
    about = found.alert.alert_id
    return told(Act.ALERT_DISPOSED, actor.agency_id, about, step, actor=actor, case_id=found.party.case_id, **details)


def _brought_home(found: OpenAlert, path: AlertPath, step: AlertStep, actor: Actor) -> Iterator[Deed]:
    """Yield what is written down for each agency here that the outcome reaches, in the order of the way."""
    reached = [path.hops[one].agency_id for one in reversed(path.line)][1:]
    reached += sorted(found.alert.contributors - set(reached))
    for number, agency_id in enumerate((one for one in reached if one != actor.agency_id), start=1):
        if is_here(found.cards, agency_id):
            yield told(Act.ALERT_INFORMED, agency_id, found.alert.alert_id, step, hop=number)
