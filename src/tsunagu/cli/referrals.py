"""`referral make`, `send` and `withdraw`, and the group of the commands about referrals."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

import click

from tsunagu.cli import referral_answers
from tsunagu.cli.gate import PersonNamed, of_a_person
from tsunagu.cli.house import json_option, purpose_option, signed_in
from tsunagu.cli.output import print_json, print_table, screen
from tsunagu.domain.alert import HandOver
from tsunagu.domain.referral import ReferralState, ReferralStep
from tsunagu.exchange.referral_form import text_of
from tsunagu.services.house import House
from tsunagu.services.referrals import sending as service
from tsunagu.services.referrals.lists import ReferralView, list_referrals
from tsunagu.services.referrals.package import FORMS, ReferralDraft


@click.group()
def referral() -> None:
    """Referrals: one package about one suspect, for the one agency of where he lives, until its outcome comes back.

    Nobody is referred who is no suspect by a decision that holds at that moment. The receiver sees the package, and
    nothing else of the case or the list.
    """


def of_a_draft(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say what the gate file does not, as one argument `draft`."""

    @click.option("--form", default=FORMS[0].value, type=click.Choice([one.value for one in FORMS]), show_default=True)
    @click.option("--authority", required=True, help="On what legal ground he is handed over.")
    @click.option("--handling", required=True, help="What the receiver may do with it.")
    @click.option("--deconfliction", required=True, help="What asking whether others work on him came to.")
    @click.option("--contact", default="", help="Whom the receiver talks to; your agency's contact when left out.")
    @wraps(command)
    def drafted(
        *typed: Any, form: str, authority: str, handling: str, deconfliction: str, contact: str, **more: Any
    ) -> None:
        command(*typed, draft=ReferralDraft(HandOver(form), authority, handling, deconfliction, contact), **more)

    return drafted


@referral.command("make")
@of_a_draft
@of_a_person
@click.pass_obj
def make(house: House, /, *, draft: ReferralDraft, at: PersonNamed) -> None:
    """Show the package about a suspect as it would be sent now. Nothing is kept, and nobody is told.

    Sending it names the SHA-256 that is told here, so that what is sent is what you have looked at.
    """
    with signed_in(house, at.purpose) as desk:
        made = service.make_referral(
            reference=at.reference, number=at.number, person=at.person, draft=draft, **desk.parts
        )
    if at.as_json:
        print_json({"to": made.receiver.name, "sha256": made.sha256, "package": made.content})
        return
    told = {**made.content, "referral": "", "written_at": ""}
    screen.print(text_of(told), markup=False, highlight=False)
    screen.print(f"To {made.receiver.name}. To send it: --sha256 {made.sha256}", markup=False, soft_wrap=True)


@referral.command("send")
@click.option("--sha256", required=True, help="Of what you have looked at, as `referral make` tells it.")
@of_a_draft
@of_a_person
@click.pass_obj
def send(house: House, /, *, sha256: str, draft: ReferralDraft, at: PersonNamed) -> None:
    """Sign the package about a suspect, and hand it over to the agency of where he lives."""
    with signed_in(house, at.purpose) as desk:
        made = service.send_referral(
            reference=at.reference,
            number=at.number,
            person=at.person,
            draft=draft,
            sha256=sha256,
            signer=desk.rooms.keys.signer(),
            **desk.parts,
        )
    if at.as_json:
        print_json({"referral": str(made)})
    else:
        screen.print(f"Sent: {made}", markup=False)


@referral.command("withdraw")
@click.argument("referral", type=click.UUID)
@click.option("--reason", required=True, help="Why; every receiver is told.")
@purpose_option
@json_option
@click.pass_obj
def withdraw(house: House, /, *, referral: UUID, reason: str, purpose: str | None, as_json: bool) -> None:
    """Withdraw every package about the person: every receiver is told, also who had returned one."""
    with signed_in(house, purpose) as desk:
        recalled = service.withdraw_referral(referral_id=referral, words=reason, **desk.parts)
    if as_json:
        for one in recalled:
            told = {"referral": str(one.referral_id), "receiver": one.receiver.name, "was_printed": one.was_printed}
            print_json(told)
        return
    rows = [(one.referral_id, one.receiver.name, "call the prints back" if one.was_printed else "") for one in recalled]
    print_table(("withdrawn", "receiver", ""), rows, empty="")


@referral.command("list")
@purpose_option
@json_option
@click.pass_obj
def list_(house: House, *, purpose: str | None, as_json: bool) -> None:
    """List the referrals that you are told of: sent from your cases, or to your agency."""
    with signed_in(house, purpose) as desk:
        views = list_referrals(**desk.parts)
    if as_json:
        for view in views:
            print_json(referral_json(view))
        return
    rows = [
        (
            one.kept.package.referral_id,
            one.sender.name,
            one.receiver.name,
            _state(one),
            one.path.returned or "",
            one.kept.case or "",
        )
        for one in views
    ]
    print_table(
        ("referral", "from", "to", "state", "returned", "case"),
        rows,
        empty="You are told of no referral.",
        whole=("referral",),
    )


def _state(view: ReferralView) -> str:
    """Return how a referral stands, and of one that goes over the line whether it is there."""
    path = view.path
    if path.is_erased:
        return f"{path.state}, erased there"
    is_on_its_way = view.kept.package.by_line and path.arrived_at is None and path.state is ReferralState.SENT
    return f"{path.state}, on its way" if is_on_its_way else path.state.value


def referral_json(view: ReferralView) -> dict[str, Any]:
    """Return a referral for machines."""
    path = view.path
    return {
        "referral": str(view.kept.package.referral_id),
        "from": view.sender.name,
        "to": view.receiver.name,
        "form": view.kept.package.form.value,
        "sent_at": view.kept.package.sent_at.isoformat(),
        "state": path.state.value,
        "case": view.kept.case,
        "keep_until": view.kept.package.keep_until.isoformat(),
        "returned": None if path.returned is None else path.returned.value,
        "outcomes": [
            {"role": one.role.value, "disposals": [each.value for each in one.disposals]} for one in path.outcomes
        ],
        "by_line": view.kept.package.by_line,
        "erased": path.is_erased,
        "steps": [_step_json(one) for one in view.kept.steps],
    }


def _step_json(step: ReferralStep) -> dict[str, Any]:
    told = None if step.told_at is None else step.told_at.isoformat()
    return {"kind": step.kind.value, "at": step.at.isoformat(), "told_at": told}


for command in referral_answers.COMMANDS:
    referral.add_command(command)
COMMANDS = (referral,)
