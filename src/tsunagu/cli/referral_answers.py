"""`referral receive`, `return`, `outcome`, `take` and `letter`: what a receiver does with a package."""

from __future__ import annotations

import hashlib
from pathlib import Path
from uuid import UUID

import click

from tsunagu.cli.alerts import document_option
from tsunagu.cli.house import json_option, purpose_option, signed_in
from tsunagu.cli.letters import check_command, write_letter_files
from tsunagu.cli.output import print_json, screen
from tsunagu.domain.outcome import AgeBand, Disposal, PersonOutcome, PersonRole
from tsunagu.domain.referral import ReferralState, ReturnReason
from tsunagu.exchange.referral_case import referral_as_case
from tsunagu.exchange.referral_form import pdf_of, text_of
from tsunagu.exchange.typesetting import Typesetter
from tsunagu.services.house import House
from tsunagu.services.referrals import answers as service
from tsunagu.services.referrals import keeping as taking

CHECK = check_command("referral")
words_option = click.option("--words", default="", help="What else you say to its sender.")


@click.command("receive")
@click.argument("referral", type=click.UUID)
@words_option
@document_option
@purpose_option
@json_option
@click.pass_obj
def receive(
    house: House, *, referral: UUID, words: str, document: Path | None, purpose: str | None, as_json: bool
) -> None:
    """Say that a package has arrived."""
    with signed_in(house, purpose) as desk:
        state = service.receive_referral(referral_id=referral, answer=_answer(words, document), **desk.parts)
    _done(referral, state, as_json=as_json)


@click.command("return")
@click.argument("referral", type=click.UUID)
@click.option("--because", required=True, type=click.Choice([one.value for one in ReturnReason]))
@words_option
@document_option
@purpose_option
@json_option
@click.pass_obj
def return_(
    house: House,
    *,
    referral: UUID,
    because: str,
    words: str,
    document: Path | None,
    purpose: str | None,
    as_json: bool,
) -> None:
    """Return a package to its sender. From then on your agency is not told any more what it says."""
    answer = _answer(words, document)
    with signed_in(house, purpose) as desk:
        state = service.return_referral(
            referral_id=referral, returned=ReturnReason(because), answer=answer, **desk.parts
        )
    _done(referral, state, as_json=as_json)


@click.command("outcome")
@click.argument("referral", type=click.UUID)
@click.option("--role", required=True, type=click.Choice([one.value for one in PersonRole]), help="How he stands now.")
@click.option(
    "--done",
    multiple=True,
    type=click.Choice([one.value for one in Disposal]),
    help="What was done; may be given again.",
)
@click.option(
    "--age",
    type=click.Choice([one.value for one in AgeBand]),
    help="His age on the day of the act, as the police or the court states it; never an estimate.",
)
@words_option
@document_option
@purpose_option
@json_option
@click.pass_obj
def outcome(
    house: House,
    *,
    referral: UUID,
    role: str,
    done: tuple[str, ...],
    age: str | None,
    words: str,
    document: Path | None,
    purpose: str | None,
    as_json: bool,
) -> None:
    """Tell what became of the person. To be cleared is not to be arrested.

    Where there is no case, or a court has acquitted, whoever had a package of him is told.
    """
    told = PersonOutcome(1, PersonRole(role), tuple(map(Disposal, done)), age=None if age is None else AgeBand(age))
    answer = _answer(words, document)
    with signed_in(house, purpose) as desk:
        state = service.tell_referral_outcome(referral_id=referral, outcome=told, answer=answer, **desk.parts)
    _done(referral, state, as_json=as_json)


@click.command("take")
@click.argument("referral", type=click.UUID)
@click.option("--case", "reference", required=True, help="A case of yours.")
@purpose_option
@json_option
@click.pass_obj
def take(house: House, *, referral: UUID, reference: str, purpose: str | None, as_json: bool) -> None:
    """Take a package that has arrived into a case of your agency.

    From then on those who work on that case are told of it, and nobody else. It is kept as long as the case, and goes
    with it; a package that is taken into none goes after its last day.
    """
    with signed_in(house, purpose) as desk:
        taking.take_referral(referral_id=referral, reference=reference, **desk.parts)
    if as_json:
        print_json({"referral": str(referral), "case": reference})
    else:
        screen.print(f"The referral is in the case {reference} now.", markup=False)


@click.command("letter")
@click.argument("referral", type=click.UUID)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder for the files.")
@click.option("--without-pdf", is_flag=True, help="Write no PDF, which needs Typst and a font with Japanese letters.")
@click.pass_obj
def letter(house: House, *, referral: UUID, out: Path, without_pdf: bool) -> None:
    """Write a package: referral.json, its signature and key, the same as CASE, and the form in Japanese, text and PDF.

    That your agency has printed it is kept, so that prints can be called back when it is withdrawn.
    """
    typesetter = None if without_pdf else Typesetter()
    with signed_in(house, None) as desk:
        written = service.write_referral_letter(referral_id=referral, **desk.parts)
        public = written.signed.public_key or desk.rooms.keys.public_keys()[written.signed.key_id]
    signed, text = written.signed, text_of(written.fields)
    write_letter_files(out, "referral", body=signed.body, signature=signed.signature, public_key=public, text=text)
    (out / "referral.jsonld").write_bytes(referral_as_case(written.fields))
    if typesetter is not None:
        (out / "referral.pdf").write_bytes(pdf_of(written.fields, typesetter))
    screen.print(
        f"Written, signed with key {written.signed.key_id}; whoever receives it checks it with:", soft_wrap=True
    )
    screen.print(CHECK, soft_wrap=True, markup=False)


def _answer(words: str, document: Path | None) -> service.Answer:
    return service.Answer(words, None if document is None else hashlib.sha256(document.read_bytes()).digest())


def _done(referral: UUID, state: ReferralState, *, as_json: bool) -> None:
    if as_json:
        print_json({"referral": str(referral), "state": state.value})
    else:
        screen.print(f"The referral is {state}.", markup=False)


COMMANDS = (receive, return_, outcome, take, letter)
