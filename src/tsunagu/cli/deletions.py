"""`deletion`: a case deleted before its time, by two of its people."""

from __future__ import annotations

import click

from tsunagu.cli.exhibits import print_consequences
from tsunagu.cli.house import signed_in
from tsunagu.cli.output import screen
from tsunagu.domain.erasure import DELETION_GROUNDS, ErasureGround
from tsunagu.services.erasures.deletion import confirm_deletion, propose_deletion, view_deletion, withdraw_deletion
from tsunagu.services.house import House


@click.group()
def deletion() -> None:
    """Cases deleted before their time: one of their people proposes, another confirms."""


@deletion.command("show")
@click.argument("reference")
@click.pass_obj
def show(house: House, reference: str) -> None:
    """Tell what would go with a case, and whether its deletion was proposed. Nothing is done."""
    with signed_in(house, None) as desk:
        view = view_deletion(reference=reference, **desk.parts)
    print_consequences(view.would)
    if view.proposal is None:
        screen.print("Nobody has proposed to delete it.")
        return
    until = f"{view.proposal.expires_at:%Y-%m-%d %H:%M}"
    screen.print(f"{view.proposed_by} has proposed to delete it; a colleague may confirm until {until}.", markup=False)


@deletion.command("propose")
@click.argument("reference")
@click.option("--ground", required=True, type=click.Choice([one.value for one in DELETION_GROUNDS]), help="Why.")
@click.pass_obj
def propose(house: House, reference: str, *, ground: str) -> None:
    """Propose to delete a case of yours with everything in it. Another of its people confirms within two weeks."""
    with signed_in(house, None) as desk:
        propose_deletion(reference=reference, ground=ErasureGround(ground), **desk.parts)
    screen.print("It is proposed. A colleague who works on the case confirms: `tsunagu deletion confirm`.")


@deletion.command("confirm")
@click.argument("reference")
@click.pass_obj
def confirm(house: House, reference: str) -> None:
    """Confirm what a colleague has proposed: the case and everything in it is erased at once, and for good."""
    with signed_in(house, None) as desk:
        confirm_deletion(reference=reference, queue=desk.rooms.queue, **desk.parts)
    screen.print("The case is deleted, and everything of it is erased.")


@deletion.command("withdraw")
@click.argument("reference")
@click.pass_obj
def withdraw(house: House, reference: str) -> None:
    """Withdraw a proposal to delete a case: your own, or a colleague's."""
    with signed_in(house, None) as desk:
        withdraw_deletion(reference=reference, **desk.parts)
    screen.print("The proposal is withdrawn.")


COMMANDS = (deletion,)
