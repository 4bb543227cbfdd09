"""`init`, `accept`, `second-factor`, `sign-in`, `sign-out`, `whoami`: who takes part."""

from __future__ import annotations

import sys
from typing import Any

import click

from tsunagu.cli.house import json_option, now
from tsunagu.cli.output import complaints, print_json, screen
from tsunagu.domain.errors import Conflict, InputError, NotSignedIn
from tsunagu.domain.party import AgencyCard
from tsunagu.domain.permission import Role
from tsunagu.services.access import check_agency, check_login
from tsunagu.services.agencies.identity import (
    Enrolment,
    NewOfficer,
    enroll_factor,
    found_agency,
    has_members,
    sign_in,
    sign_out,
    who_is,
)
from tsunagu.services.agencies.invitations import accept_invitation
from tsunagu.services.house import House, Rooms

FIRST_ROLES = frozenset({Role.OFFICER, Role.COORDINATOR})
SECOND_ROLES = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


def _agency_options(command: Any) -> Any:
    for option in (
        click.option("--agency", required=True, help="The agency's name."),
        click.option(
            "--country", required=True, help="Its country, or that of its seat: an ISO 3166-1 code such as DK."
        ),
        click.option("--contact", required=True, help="Whom other agencies talk to."),
        click.option("--officer", "first", required=True, help="Login of the first officer (officer, co-ordinator)."),
        click.option("--second", required=True, help="Login of the second (administrator, auditor; sees no content)."),
        click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line."),
    ):
        command = option(command)
    return command


@click.command()
@_agency_options
@click.pass_obj
def init(house: House, *, agency: str, country: str, contact: str, first: str, second: str, as_json: bool) -> None:
    """Make the first agency of this home, with two officers at once.

    Nobody grants a right to himself: the second officer administers and audits, the first works on cases. Passwords
    are asked for, or read from standard input, one a line. The secrets for their one-time codes are printed once.
    """
    _refuse_in_demo(house)
    if not house.operator().has_keys():
        house.operator().create_keys()
    with house.open() as rooms:
        if has_members():
            raise Conflict("this home has an agency already: use `tsunagu agency add`")
        _found(rooms, agency, country, contact, (first, second), as_json=as_json)
    if not as_json:
        screen.print(
            "Now, before anything is brought in: `tsunagu keys export FOLDER`, with two custodians.", style="bold"
        )
        screen.print("Lost keys that nobody has a share of are lost with all that they open.")
        screen.print(f"Then `tsunagu sign-in {first}` and `tsunagu case open REFERENCE`.", markup=False)


@click.command("add")
@_agency_options
@click.pass_obj
def add_agency(
    house: House, *, agency: str, country: str, contact: str, first: str, second: str, as_json: bool
) -> None:
    """Add an agency with two officers at once, or let a correspondent of this name become one.

    An operator's command: it prints no content.
    """
    _refuse_in_demo(house)
    with house.open() as rooms:
        _found(rooms, agency, country, contact, (first, second), as_json=as_json)
    if not as_json:
        screen.print(f"Next: `tsunagu sign-in {first}` and `tsunagu case open REFERENCE`.", markup=False)


@click.command("accept")
@click.pass_obj
def accept(house: House) -> None:
    """Accept an invitation: set your password. Then `tsunagu second-factor LOGIN` gives you one-time codes.

    The invitation and the password are asked for, or read from standard input: the invitation on the first line, the
    password on the second.
    """
    with house.open() as rooms:
        token = ask_secret("Invitation")
        password = ask_secret("Password", confirm=True)
        accept_invitation(token=token, password=password, now=now(), keys=rooms.keys, ledger=rooms.ledger)
    screen.print("Your password is set. Next: `tsunagu second-factor` with your login.")


@click.command("second-factor")
@click.argument("login")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")
@click.pass_obj
def second_factor(house: House, login: str, *, as_json: bool) -> None:
    """Make one-time codes for an officer who has no second factor: after an invitation, or a reset.

    The password is asked for, or read from standard input. The secret is printed once.
    """
    with house.open() as rooms:
        password = ask_secret("Password")
        enrolled = enroll_factor(login=login, password=password, now=now(), keys=rooms.keys, ledger=rooms.ledger)
        _print_enrolment(enrolled, as_json=as_json)


@click.command("sign-in")
@click.argument("login")
@click.pass_obj
def sign_in_command(house: House, login: str) -> None:
    """Sign in with password and one-time code; the token is kept for this system user alone.

    Both are asked for, or read from standard input: the password on the first line, the code on the second. Whoever
    was signed in before is signed out first, also when this fails.
    """
    with house.open() as rooms:
        _sign_out_before(house, rooms)
        password, code = ask_secret("Password"), ask_secret("One-time code")
        token, expires_at = sign_in(
            login=login, password=password, code=code, now=now(), keys=rooms.keys, ledger=rooms.ledger
        )
        house.keep_token(token)
        screen.print(f"Signed in until {expires_at:%Y-%m-%d %H:%M} UTC.")


@click.command("sign-out")
@click.pass_obj
def sign_out_command(house: House) -> None:
    """End the sign-in of this system user."""
    token = house.token()
    with house.open() as rooms:
        sign_out(token=token, now=now(), keys=rooms.keys, ledger=rooms.ledger)
    house.drop_token()
    screen.print("Signed out.")


@click.command()
@json_option
@click.pass_obj
def whoami(house: House, *, as_json: bool) -> None:
    """Say who is signed in here, at which agency, with which roles, and until when."""
    token = house.token()
    with house.open() as rooms:
        found = who_is(token=token, now=now(), keys=rooms.keys)
    roles = sorted(found.officer.roles)
    if as_json:
        fields = {"login": found.officer.login, "agency": found.agency.name, "roles": roles}
        print_json({**fields, "until": found.expires_at.isoformat()})
        return
    screen.print(f"{found.officer.login} ({', '.join(roles)}), {found.agency.name}", markup=False)
    screen.print(f"Signed in until {found.expires_at:%Y-%m-%d %H:%M} UTC.")


def _sign_out_before(house: House, rooms: Rooms) -> None:
    """End the sign-in that was there, and say whose it was."""
    try:
        token = house.token()
        before = who_is(token=token, now=now(), keys=rooms.keys)
        sign_out(token=token, now=now(), keys=rooms.keys, ledger=rooms.ledger)
        complaints.print(f"{before.officer.login} was signed out.", markup=False)
    except NotSignedIn:
        pass  # nobody was, or not any more
    house.drop_token()


def _refuse_in_demo(house: House) -> None:
    if house.demo_marker.exists():
        raise Conflict(
            "this home is the demonstration's, and the next `tsunagu demo` throws away what is in it: name another one "
            "by TSUNAGU_HOME for real work"
        )


def _found(
    rooms: Rooms, name: str, country: str, contact: str, logins: tuple[str, str], *, as_json: bool
) -> AgencyCard:
    check_agency(name, contact)
    for login in logins:
        check_login(login, is_new=True)  # before a password is asked for
    officers = tuple(
        NewOfficer(login, login, roles, ask_secret(f"Password of {login}", confirm=True))
        for login, roles in zip(logins, (FIRST_ROLES, SECOND_ROLES), strict=True)
    )
    card, enrolled = found_agency(
        name=name,
        country=country,
        contact=contact,
        officers=officers,
        now=now(),
        keys=rooms.keys,
        ledger=rooms.ledger,
    )
    for one in enrolled:
        _print_enrolment(one, as_json=as_json)
    return card


def _print_enrolment(enrolled: Enrolment, *, as_json: bool) -> None:
    roles = sorted(enrolled.officer.roles)
    if as_json:
        print_json(
            {
                "login": enrolled.officer.login,
                "roles": roles,
                "totp_secret": enrolled.totp_secret,
                "totp_uri": enrolled.totp_uri(),
            }
        )
        return
    screen.print(f"{enrolled.officer.login} ({', '.join(roles)})", style="bold", markup=False)
    screen.print(f"  one-time codes: {enrolled.totp_uri()}", soft_wrap=True, markup=False)
    screen.print("  This secret is shown once. Put it into an authenticator application now.", style="dim")


def ask_secret(what: str, *, confirm: bool = False) -> str:
    """Ask for a secret at the terminal, or take the next line of standard input.

    Raises:
        InputError: standard input has ended, or is no text.
    """
    if sys.stdin.isatty():
        return str(click.prompt(what, hide_input=True, confirmation_prompt=confirm, err=True))
    try:
        line = sys.stdin.readline()
        line.encode()  # where the locale is plain, bytes that are no text arrive as lone surrogates
    except UnicodeError as error:
        raise InputError(f"{what.lower()}: standard input is no text") from error
    if not line:
        raise InputError(f"{what.lower()}: standard input has ended")
    return line.rstrip("\r\n")


COMMANDS = (init, accept, second_factor, sign_in_command, sign_out_command, whoami)
