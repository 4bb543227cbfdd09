"""`hub`: other installations of Tsunagu, and the messages that go to and come from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.text import Text

from tsunagu.cli.house import json_option, now, signed_in
from tsunagu.cli.hub_forms import card_form, line_text, member_form, print_members, status_form
from tsunagu.cli.output import counted, print_json, print_table, screen
from tsunagu.domain.errors import Conflict, InputError, Unavailable
from tsunagu.domain.hub import NoAnswer
from tsunagu.federation.bundle import unbundled
from tsunagu.services.house import House
from tsunagu.services.hub import carrying as hub_carrying
from tsunagu.services.hub import membership as hub_membership
from tsunagu.services.hub import visits as hub_visits

MOST_FILE_BYTES = 1 << 30
SUFFIX = ".tsunagu-hub"


@click.group()
def hub() -> None:
    """Other installations, with which this one exchanges alerts."""


@hub.command("card")
@click.option("--name", help="What others call this installation; needed the first time.")
@click.option("--address", help="Where it takes messages, https://…/hub/; empty where they are carried by hand.")
@click.option(
    "--agency", "listed", multiple=True, help="An agency here that others may send alerts to; may be repeated."
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The file that is written.")
@json_option
@click.pass_obj
def card(
    house: House, *, name: str | None, address: str | None, listed: tuple[str, ...], out: Path, as_json: bool
) -> None:
    """Write this installation's card, for another one to join it; the first time its keys are made.

    The card is no secret. Its fingerprint is told by another way, such as the telephone, to the person there who
    accepts it. An operator's command.
    """
    with house.open() as rooms:
        text, said = hub_membership.write_card(
            name=name, address=address, listed=listed, now=now(), keys=rooms.keys, ledger=rooms.ledger
        )
    _write(out, text.encode())
    if as_json:
        print_json(card_form(said))
        return
    screen.print(Text(f"The card of {said.name} is written. Its fingerprint, to be told by another way:"))
    screen.print(said.keys.fingerprint)


@hub.command("join")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@click.pass_obj
def join(house: House, file: Path, *, as_json: bool) -> None:
    """Enter another installation by its card FILE. It is a member once a co-ordinator has accepted its keys.

    An operator's command; `tsunagu hub accept` is the co-ordinator's.
    """
    text = _read(file).decode("ascii", errors="replace")
    with house.open() as rooms:
        member = hub_membership.join_member(text=text, now=now(), ledger=rooms.ledger)
    if as_json:
        print_json(member_form(member))
        return
    screen.print(Text(f"{member.name} is entered, and waits for a co-ordinator: `tsunagu hub accept`."))


@hub.command("accept")
@click.argument("name")
@click.option("--fingerprint", required=True, help="As you were told it by a person there, by another way.")
@json_option
@click.pass_obj
def accept(house: House, name: str, *, fingerprint: str, as_json: bool) -> None:
    """Accept another installation whose fingerprint you have compared; from then on messages are exchanged."""
    with signed_in(house, None) as desk:
        member = hub_membership.accept_member(name=name, fingerprint=fingerprint, **desk.parts)
    if as_json:
        print_json(member_form(member))
        return
    screen.print(Text(f"{member.name} is a member."))


@hub.command("end")
@click.argument("name")
@json_option
@click.pass_obj
def end(house: House, name: str, *, as_json: bool) -> None:
    """End a membership for good, such as when its keys were stolen. An operator's command."""
    with house.open() as rooms:
        member = hub_membership.end_member(name=name, now=now(), keys=rooms.keys, ledger=rooms.ledger)
    if as_json:
        print_json(member_form(member))
        return
    screen.print(Text(f"{member.name} is no member any more."))


@hub.command("members")
@json_option
@click.pass_obj
def members(house: House, *, as_json: bool) -> None:
    """Print the other installations, and the fingerprints of their keys. An operator's command."""
    with house.open():
        found = hub_membership.list_members()
    print_members(found, as_json=as_json)


@hub.command("rotate")
@json_option
@click.pass_obj
def rotate(house: House, *, as_json: bool) -> None:
    """Make new keys of this installation; members are told them by the old ones. An operator's command."""
    with house.open() as rooms:
        keys = hub_membership.rotate_keys(now=now(), keys=rooms.keys, ledger=rooms.ledger)
    if as_json:
        print_json({"key": keys.number, "fingerprint": keys.fingerprint})
        return
    screen.print(f"Key {keys.number} is made. Each member is told it with the next messages.")


@hub.command("status")
@json_option
@click.pass_obj
def status(house: House, *, as_json: bool) -> None:
    """Print how the exchange with each member stands, in numbers and times. An operator's command."""
    with house.open():
        found = hub_membership.exchange_status()
    if as_json:
        for one in found:
            print_json(status_form(one))
        return
    rows = [
        (
            one.member.name,
            one.member.state.value,
            "" if one.member.heard_at is None else f"{one.member.heard_at:%Y-%m-%d %H:%M}",
            line_text(one.member.line),
            str(one.unsent),
            str(one.unanswered),
            str(one.waiting),
            f"{one.refused_there} / {one.refused_here}",
        )
        for one in found
    ]
    heads = ("member", "", "last heard (UTC)", "our calls", "unsent", "unanswered", "waiting", "refused there / here")
    print_table(heads, rows, empty="There is no other installation yet.")


@hub.command("serve")
@click.option("--port", default=8443, show_default=True, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.pass_obj
def serve(house: House, *, port: int, host: str) -> None:
    """Take calls of other installations until it is interrupted.

    Nobody but members comes past the handshake: both sides prove by the keys of the membership that they are
    themselves, and no certificate is needed. Put no web server in front that ends the encryption. It is a worker that
    calls others. An operator's command.
    """
    house.refuse_unservable(host=host, port=port, tls=None)
    with house.open(for_workers=True) as rooms:
        hub_membership.check_has_card()
        screen.print(f"Other installations may call at port {port} until you press Ctrl-C.")
        house.serve_hub(rooms, host=host, port=port)


@hub.command("send")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Write files to be carried there, instead of calling members now."
)
@click.option("--to", help="One member alone, by name.")
@click.option("--again", is_flag=True, help="Also what was sent a moment ago and was not answered yet.")
@json_option
@click.pass_obj
def send(house: House, *, folder: Path | None, to: str | None, again: bool, as_json: bool) -> None:
    """Call members now, or write what waits for them into files in a folder, for somebody to carry there.

    What is lost on its way is sent anew, until the member's answer has come back. Exit status 7 when one that was
    called does not answer. An operator's command.
    """
    if folder is None:
        _call(house, to=to, as_json=as_json)
        return
    if not folder.is_dir():
        raise InputError("there is no such folder")
    with house.open() as rooms:
        found = hub_carrying.messages_to_carry(to=to, at_once=again, now=now(), keys=rooms.keys, ledger=rooms.ledger)
    for one in found:
        _write(folder / one.file_name, one.content)
    if as_json:
        for one in found:
            print_json({"member": one.member, "messages": one.messages, "file": one.file_name})
        return
    sent = sum(one.messages for one in found)
    screen.print(f"{counted(sent, 'message', 'messages')} in {counted(len(found), 'file', 'files')}.")


@hub.command("receive")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--folder", type=click.Path(path_type=Path), help="All files of messages in a folder.")
@json_option
@click.pass_obj
def receive(house: House, files: tuple[Path, ...], *, folder: Path | None, as_json: bool) -> None:
    """Take messages from files that somebody has brought. The order of the files does not matter, nor how often.

    Exit status 1 when one of them was refused. An operator's command.
    """
    found = [*files, *([] if folder is None else sorted(folder.glob(f"*{SUFFIX}")))]
    if not found:
        raise InputError("name files, or a folder that holds some")
    messages = [one for file in found for one in unbundled(_read(file))]
    with house.open() as rooms:
        done = hub_carrying.take_messages(messages=messages, now=now(), keys=rooms.keys, ledger=rooms.ledger)
    told: dict[str, Any] = {
        "taken": done.taken,
        "acted_upon": done.acted_upon,
        "refused": list(done.refused),
        "failed": done.failed,
    }
    if as_json:
        print_json(told)
    else:
        taken = counted(done.taken, "message", "messages")
        screen.print(f"{taken} taken, {done.acted_upon} acted upon, {len(done.refused)} refused, {done.failed} failed.")
    if done.refused or done.failed:
        raise click.exceptions.Exit(1)


def _call(house: House, *, to: str | None, as_json: bool) -> None:
    with house.open() as rooms:
        found = hub_visits.visit_named(to=to, clock=now, keys=rooms.keys, ledger=rooms.ledger)
    if as_json:
        for name, is_answered in found:
            print_json({"member": name, "answered": is_answered})
    else:
        rows = [(name, "answered" if is_answered else "no answer") for name, is_answered in found]
        print_table(("member", ""), rows, empty="There is no member that can be called.")
    if not all(is_answered for _, is_answered in found):
        raise NoAnswer


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_FILE_BYTES:
            raise InputError("this file is too large to hold messages")
        return path.read_bytes()
    except OSError:
        raise InputError("the file cannot be read") from None


def _write(path: Path, content: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise Conflict("a file of that name stands there already") from None
    except OSError:
        raise Unavailable("the file cannot be written") from None


COMMANDS = (hub,)
