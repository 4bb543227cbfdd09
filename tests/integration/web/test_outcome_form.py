"""An outcome is told on the page of an alert: children by code, persons by number, as the command would tell it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from tsunagu.domain.outcome import AgeBand, Disposal, Outcome, OutcomeCode, PersonOutcome, PersonRole
from tsunagu.web.outcome_forms import PERSON_ROWS

from ..alerted import Cascade  # noqa: TID252 - tests are no package with a name
from ..world import World  # noqa: TID252 - likewise
from .visitors import Visitor


@pytest.fixture
def cascade(world: World) -> Cascade:
    return Cascade.open(world)


@pytest.fixture
def taken(cascade: Cascade) -> UUID:
    """An alert that the force of the place has taken."""
    alert = cascade.raise_alert()
    cascade.acknowledge(cascade.bureau, alert)
    cascade.pass_on(cascade.bureau, alert, cascade.kyoto.agency)
    cascade.acknowledge(cascade.kyoto, alert)
    cascade.take(cascade.kyoto, alert)
    return alert


def tell(page: Visitor, alert: UUID, **typed: Any) -> int:
    sent = {"step": "outcome", "key": str(uuid4())} | {name.replace("_", "-"): value for name, value in typed.items()}
    return page.post(reverse("alert_answer", args=[alert]), **sent).status_code


def told(cascade: Cascade, alert: UUID) -> list[Outcome]:
    return [one.outcome for one in cascade.view(cascade.kyoto, alert).steps if one.outcome is not None]


def test_children_and_persons_are_told_as_they_were_typed(
    cascade: Cascade, taken: UUID, visitor: Callable[[], Visitor]
) -> None:
    page = visitor().sits_down_as(cascade.kyoto)
    first, last = PERSON_ROWS[0], PERSON_ROWS[-1]
    typed = {
        "safeguarded": "47",
        f"person_{first}_number": "1",
        f"person_{first}_role": "convicted",
        f"person_{first}_done": ["arrested", "sentenced"],
        f"person_{first}_part": "organizer",
        f"person_{first}_months": "96",
        f"person_{first}_age": "40s",
        f"person_{last}_number": "12 ",
        f"person_{last}_role": "suspect",
    }
    assert tell(page, taken, **typed) == 302
    [outcome] = told(cascade, taken)
    done = (Disposal.ARRESTED, Disposal.SENTENCED)
    assert outcome == Outcome(
        {OutcomeCode.SAFEGUARDED: 47},
        (
            PersonOutcome(1, PersonRole.CONVICTED, done, "organizer", 96, AgeBand.FORTIES),
            PersonOutcome(12, PersonRole.SUSPECT),
        ),
    )
    shown = page.get(reverse("alert", args=[taken])).content.decode()
    assert "organizer" in shown


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"person_1_number": "1"},
        {"person_1_number": "1", "safeguarded": "1"},
        {"person_1_number": "1", "person_1_part": "organizer"},
        {"person_1_number": "1", "person_1_role": "suspect", "person_1_months": "96"},
        {"person_1_number": "", "person_1_role": "suspect"},
        {"person_1_number": "1", "person_1_role": "guilty"},
        {"person_1_number": "1", "person_1_role": "suspect", "person_2_number": "1", "person_2_role": "suspect"},
    ],
    ids=[
        "nothing at all",
        "a number alone",
        "a number beside children",
        "a part of nobody",
        "a sentence before a court",
        "no number",
        "no such role",
        "one twice",
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_told(
    cascade: Cascade, taken: UUID, visitor: Callable[[], Visitor], typed: dict[str, str]
) -> None:
    assert tell(visitor().sits_down_as(cascade.kyoto), taken, **typed) == 422
    assert told(cascade, taken) == []
