"""What a hop does with an alert: acknowledges, refuses, hands back, passes on, takes; its originator withdraws."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.alert import HandOver, RefusalReason, check_words
from tsunagu.domain.alert_path import AlertStep, AlertStepKind
from tsunagu.domain.alert_route import next_stops
from tsunagu.domain.errors import Conflict, InputError
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.records import agency_places, alerts
from tsunagu.records.alert_rows import KeptStep
from tsunagu.records.cases import case_of
from tsunagu.services.access import check_reference
from tsunagu.services.alerts.desk import Command, OpenAlert, keep_step, opened, told, was_done
from tsunagu.services.members.agency_cards import is_here
from tsunagu.services.parts import Keys, Ledger


def acknowledge_alert(
    *, actor: Actor, alert_id: UUID, command: Command, now: datetime, keys: Keys, ledger: Ledger
) -> int:
    """Say that an alert has arrived, and return the number of the step.

    Raises:
        Forbidden: the actor answers no alerts.
        NotFound: no such alert, or not the actor's.
        Conflict: it is not with his agency, or was acknowledged already; or another command had this key.
    """
    digest = command.digest("acknowledge", alert_id)
    with opened(actor, alert_id, Permission.ALERT_ANSWER, now=now, keys=keys, ledger=ledger) as found:
        done = was_done(actor, alert_id, command, digest)
        if done is not None:
            return done
        step = _step(found, AlertStepKind.ACKNOWLEDGED, found.for_whom(actor, command), now)
        _keep(found, step, Act.ALERT_ACKNOWLEDGED, actor=actor, command=command, digest=digest, ledger=ledger)
    return step.number


def refuse_alert(
    *,
    actor: Actor,
    alert_id: UUID,
    refusal: RefusalReason,
    words: str,
    command: Command,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> int:
    """Refuse an alert, so that it is again with the agency that sent it, and return the number of the step.

    Raises:
        Forbidden: the actor answers no alerts.
        NotFound: no such alert, or not the actor's.
        InputError: nothing is said of why.
        Conflict: it is not with his agency, or cannot be refused any more; or another command had this key.
    """
    check_words(words)
    digest = command.digest("refuse", alert_id, refusal, words)
    with opened(actor, alert_id, Permission.ALERT_ANSWER, now=now, keys=keys, ledger=ledger) as found:
        done = was_done(actor, alert_id, command, digest)
        if done is not None:
            return done
        step = _step(found, AlertStepKind.REFUSED, found.for_whom(actor, command), now, refusal=refusal)
        _keep(
            found,
            step,
            Act.ALERT_REFUSED,
            words=words,
            actor=actor,
            command=command,
            digest=digest,
            ledger=ledger,
            after=Act.ALERT_RETURNED,
        )
    return step.number


def pass_alert(
    *,
    actor: Actor,
    alert_id: UUID,
    to: str | None,
    form: HandOver | None,
    words: str,
    command: Command,
    now: datetime,
    keys: Keys,
    ledger: Ledger,
) -> int:
    """Pass an alert on to a neighbour in the tree, or hand it back, and return the number of the step.

    Args:
        to: name of the agency; None hands it back to the one that sent it.
        form: by which form it goes to an agency beside; None for one beneath or above.
        words: why it goes there; of a form, what it requires: see `HandOver`.

    Raises:
        Forbidden: the actor answers no alerts.
        NotFound: no such alert, or not the actor's.
        InputError: nothing is said, the agency is no neighbour, or a form where none belongs, or none where one does.
        Conflict: it is not with his agency, its label lets nobody pass it on or not there, or it cannot be passed as
            it stands; or another command had this key.
    """
    check_words(words)
    if to is not None:
        check_reference(to)
    digest = command.digest("pass", alert_id, to, form, words)
    with opened(actor, alert_id, Permission.ALERT_ANSWER, now=now, keys=keys, ledger=ledger) as found:
        done = was_done(actor, alert_id, command, digest)
        if done is not None:
            return done
        whose = found.for_whom(actor, command)
        if to is None:
            step, after = _step(found, AlertStepKind.HANDED_BACK, whose, now), Act.ALERT_RETURNED
        else:
            to_id = _next_stop(found, to, form)
            _check_label(found, to_id, now)
            step, after = _step(found, AlertStepKind.PASSED, whose, now, to_id=to_id, form=form), Act.ALERT_ARRIVED
            alerts.add_party(alert_id, to_id)
        _keep(
            found,
            step,
            Act.ALERT_PASSED,
            words=words,
            actor=actor,
            command=command,
            digest=digest,
            ledger=ledger,
            after=after,
        )
    return step.number


def take_alert(
    *, actor: Actor, alert_id: UUID, case: str | None, command: Command, now: datetime, keys: Keys, ledger: Ledger
) -> int:
    """Take an alert on: this agency looks for the child. Return the number of the step.

    Args:
        case: reference of a case of the actor's into which it is taken: then those alone are told of it who work on
            that; None leaves it to all officers of the agency.

    Raises:
        Forbidden: the actor answers no alerts.
        NotFound: no such alert or case, or not the actor's.
        InputError: a case, for a correspondent.
        Conflict: it is not with his agency, cannot be taken as it stands, or is told to his agency for another case;
            or another command had this key.
    """
    digest = command.digest("take", alert_id, case)
    with opened(actor, alert_id, Permission.ALERT_ANSWER, now=now, keys=keys, ledger=ledger) as found:
        done = was_done(actor, alert_id, command, digest)
        if done is not None:
            return done
        whose = found.for_whom(actor, command)
        case_id = None
        if case is not None:
            if whose != actor.agency_id:
                raise InputError("a correspondent has no cases here")
            case_id = case_of(actor, case).case_id
            if found.party.case_id not in {None, case_id}:
                raise Conflict("your agency is told of this alert for another case already: take it for that one")
            alerts.link_case(alert_id, actor.agency_id, case_id)
        step = _step(found, AlertStepKind.TAKEN, whose, now)
        _keep(found, step, Act.ALERT_TAKEN, actor=actor, command=command, digest=digest, ledger=ledger, case_id=case_id)
    return step.number


def withdraw_alert(
    *, actor: Actor, alert_id: UUID, words: str, command: Command, now: datetime, keys: Keys, ledger: Ledger
) -> int:
    """Withdraw an alert that the actor's agency raised, and return the number of the step.

    From then on nobody else is told what it said; everybody whom it ever came to is told that it was withdrawn.

    Raises:
        Forbidden: the actor raises no alerts.
        NotFound: no such alert, or not the actor's.
        InputError: nothing is said of why.
        Conflict: another agency raised it, or it was withdrawn already; or another command had this key.
    """
    check_words(words)
    digest = command.digest("withdraw", alert_id, words)
    with opened(actor, alert_id, Permission.ALERT_RAISE, now=now, keys=keys, ledger=ledger) as found:
        done = was_done(actor, alert_id, command, digest)
        if done is not None:
            return done
        step = _step(found, AlertStepKind.WITHDRAWN, actor.agency_id, now)
        keep_step(found, KeptStep(step, actor.agency_id, words), actor=actor, command=command, digest=digest)
        mine = [told(Act.ALERT_WITHDRAWN, actor.agency_id, alert_id, step, actor=actor, case_id=found.party.case_id)]
        reached = {one.agency_id for one in found.path.hops} | found.alert.contributors
        ledger.write(*mine, *_told_to(Act.ALERT_WITHDRAWN, sorted(reached - {actor.agency_id}), found, step))
    return step.number


def _told_to(act: Act, agency_ids: Iterable[UUID], found: OpenAlert, step: AlertStep) -> list[Deed]:
    return [told(act, one, found.alert.alert_id, step) for one in agency_ids if is_here(found.cards, one)]


def _step(found: OpenAlert, kind: AlertStepKind, whose: UUID, now: datetime, **more: object) -> AlertStep:
    return AlertStep(found.path.last + 1, kind, whose, now, **more)  # type: ignore[arg-type]


def _keep(
    found: OpenAlert,
    step: AlertStep,
    act: Act,
    *,
    actor: Actor,
    command: Command,
    digest: bytes,
    ledger: Ledger,
    words: str = "",
    after: Act | None = None,
    case_id: UUID | None = None,
) -> None:
    """Add a step, and write it down: for who took it, and for who has the alert after it, as `after`."""
    kept = KeptStep(step, actor.agency_id, words, command.document)
    path = keep_step(found, kept, actor=actor, command=command, digest=digest)
    about = found.alert.alert_id
    details: dict[str, str | int] = {"of": str(step.agency_id), "to": str(path.holder_id)}
    if step.refusal is not None:
        details["reason"] = step.refusal.value
    if step.form is not None:
        details["form"] = step.form.value
    case_id = case_id or found.party.case_id
    deeds = [told(act, actor.agency_id, about, step, actor=actor, case_id=case_id, **details)]
    if after is not None and is_here(found.cards, path.holder_id):
        deeds.append(told(after, path.holder_id, about, step))
    ledger.write(*deeds)


def _next_stop(found: OpenAlert, to: str, form: HandOver | None) -> UUID:
    stops = next_stops(agency_places.agency_tree(), found.path)
    named = [card.agency_id for card in found.cards.values() if card.name == to]
    allowed = stops.straight if form is None else stops.beside
    if not named or named[0] not in allowed:
        raise InputError(
            "an alert goes to an agency beneath its holder, above where it came from beneath, or by a form beside"
        )
    return named[0]


def _check_label(found: OpenAlert, to_id: UUID, now: datetime) -> None:
    """Do nothing when the originator's label lets the alert go to this agency now; he himself may send it anywhere."""
    label = found.alert.restrictions
    if found.path.holder_id == found.alert.originator_id:
        return
    if not label.may_forward:
        raise Conflict("its originator lets nobody pass this alert on: hand it back")
    if not label.allows(to_id, None, now=now):
        raise Conflict("its originator's label does not let this alert be told there, or not any more")
