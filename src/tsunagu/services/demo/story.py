"""The demonstration: three agencies bring media in, are told of each other, share, and judge."""

from __future__ import annotations

import json
import os
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypedDict
from uuid import UUID

from pyotp.totp import TOTP

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import NotFound, NotSignedIn
from tsunagu.domain.hit import EvidenceKind
from tsunagu.domain.judgement import Judgement, Sameness
from tsunagu.domain.ledger import LedgerReport
from tsunagu.domain.look_up import Known
from tsunagu.domain.media import Refusal
from tsunagu.domain.notice import HitView
from tsunagu.domain.permission import Role
from tsunagu.domain.purpose import Purpose
from tsunagu.records.keys.keyring import Keyring
from tsunagu.records.ledger.book import Book
from tsunagu.services.agencies.identity import NewOfficer, actor_of, found_agency, sign_in
from tsunagu.services.alerts.reading import AlertView, list_alerts
from tsunagu.services.cases.opening import open_case
from tsunagu.services.demo.alert import ask_for_eyes, place_beneath, put_a_series_together, send_alerts
from tsunagu.services.demo.desk import fill_the_desk
from tsunagu.services.demo.exhibits import write_exhibits
from tsunagu.services.demo.known import ask_the_banks, open_the_bank
from tsunagu.services.demo.people import enter_people, submit_to
from tsunagu.services.house import House, Rooms
from tsunagu.services.intake.ingest import ingest
from tsunagu.services.ledger.accounts import sign_root, verify_ledger
from tsunagu.services.media.examination import LocalExaminer
from tsunagu.services.overlaps import answers as overlaps
from tsunagu.services.overlaps.notices import NoticeView, list_notices

Clock = Callable[[], datetime]

AGENCIES = (
    ("Demonstration unit Denmark", "DK", "desk.dk@example.org", "jensen", "DK-2026-0117", "laptop"),
    ("Demonstration unit Australia", "AU", "desk.au@example.org", "nguyen", "AU-26-443", "phone"),
    ("Demonstration unit Japan", "JP", "desk.jp@example.org", "sato", "JP-R8-0092", "disk"),
)
BODY = ("Demonstration international unit", "FR", "desk@example.org", "keller")
"""It stands above the others, and has no case."""
DEMO_MEDIA = "demo-media"
SECOND_CASE = ("DK-2026-0131", "tablet")


@dataclass(slots=True)
class DemoReport:
    """What the demonstration brought, as its first officer sees it.

    Attributes:
        known: what the banks know of a file that the second officer asked about.
    """

    notices_before: tuple[NoticeView, ...] = ()
    notices: tuple[NoticeView, ...] = ()
    overlaps: tuple[NoticeView, ...] = ()
    hits: dict[UUID, tuple[HitView, ...]] = field(default_factory=dict)
    known: tuple[Known, ...] = ()
    alerts: tuple[AlertView, ...] = ()
    refused: Counter[Refusal] = field(default_factory=Counter)
    ledger: LedgerReport = field(default_factory=lambda: LedgerReport(0, 0))


@dataclass(frozen=True, slots=True)
class _Stage:
    """The open house, with a clock."""

    house: House
    rooms: Rooms
    clock: Clock
    told: Callable[[str], None]

    def parts(self) -> _Parts:
        """Return what every service is given."""
        return {"now": self.clock(), "keys": self.rooms.keys, "ledger": self.rooms.ledger}


class _Parts(TypedDict):
    now: datetime
    keys: Keyring
    ledger: Book


def run_demo(*, house: House, clock: Clock, told: Callable[[str], None]) -> DemoReport:
    """Run the demonstration in a fresh home, and leave its first officer signed in.

    Args:
        told: called with a sentence before each step.

    Raises:
        Conflict: the home holds something that is not a demonstration's.
        Unavailable: a part is missing; the message says which.
    """
    _claim(house)
    told("Drawing benign exhibits: photographs that packages ship, clips and sounds made from them")
    exhibits = write_exhibits(house.home / DEMO_MEDIA)
    report = DemoReport()
    with house.open() as rooms:
        stage = _Stage(house, rooms, clock, told)
        officers = _found_agencies(stage)
        _bring_in(stage, officers, exhibits, report)
        report.notices_before = _read(stage, officers[0], Act.NOTICE_READ)
        _share_and_judge(stage, officers, report)
        report.notices = _read(stage, officers[0], Act.NOTICE_READ)
        report.overlaps = _read(stage, officers[0], Act.OVERLAP_READ)
        _know_and_ask(stage, officers, report)
        _alert(stage, officers, report)
        _work_in_japan(stage, officers[2])
        told("Signing the ledger's root and verifying the ledger against it")
        sign_root(store=rooms.roots, signer=rooms.keys.signer(), now=clock())
        report.ledger = verify_ledger(store=rooms.roots, public_keys=rooms.keys.public_keys(), witnessed=())
    return report


def sign_in_as(*, house: House, login: str, now: datetime) -> str:
    """Sign a demonstration's officer in, and return his token.

    Raises:
        NotFound: this home is no demonstration's, or has no such officer.
    """
    if not house.demo_marker.exists():
        raise NotFound("this home holds no demonstration")
    officers = json.loads(house.demo_marker.read_text(encoding="utf-8"))
    if login not in officers:
        raise NotFound("the demonstration has no such officer")
    with house.open() as rooms:
        return _sign_in(rooms, login, officers[login], now)


def _claim(house: House) -> None:
    """Make the home the demonstration's: an empty one, or one that holds an earlier demonstration."""
    operator = house.operator()
    operator.claim_for_demo()
    operator.create_keys()


def _found_agencies(stage: _Stage) -> list[Actor]:
    """Found the agencies, and return the first officer of each, signed in; last the one of the agency above."""
    stage.told("Founding three agencies and one above them, each with two officers: nobody grants a right to himself")
    secrets_of: dict[str, dict[str, str]] = {}
    actors: list[Actor] = []
    for name, country, contact, login, *_ in (*AGENCIES, BODY):
        roles = {login: {Role.OFFICER, Role.COORDINATOR}, f"{login}-admin": {Role.ADMINISTRATOR, Role.AUDITOR}}
        newcomers = tuple(
            NewOfficer(one, one, frozenset(held), secrets.token_urlsafe(18)) for one, held in roles.items()
        )
        _, enrolled = found_agency(name=name, country=country, contact=contact, officers=newcomers, **stage.parts())
        for newcomer, enrolment in zip(newcomers, enrolled, strict=True):
            secrets_of[newcomer.login] = {"password": newcomer.password, "totp": enrolment.totp_secret}
        token = _sign_in(stage.rooms, login, secrets_of[login], stage.clock())
        if not actors:
            stage.house.keep_token(token)
        actors.append(actor_of(token=token, purpose=None, now=stage.clock(), keys=stage.rooms.keys))
    stage.house.demo_marker.write_text(json.dumps(secrets_of), encoding="utf-8")
    return actors


def _sign_in(rooms: Rooms, login: str, secret: dict[str, str], now: datetime) -> str:
    totp = TOTP(secret["totp"])

    def attempt(moment: datetime) -> str:
        code = totp.at(moment)
        return sign_in(
            login=login, password=secret["password"], code=code, now=now, keys=rooms.keys, ledger=rooms.ledger
        )[0]

    try:
        return attempt(now)
    except NotSignedIn:  # a code works once: signing in twice within its half minute takes the next one
        return attempt(now + timedelta(seconds=totp.interval))


def _bring_in(stage: _Stage, officers: list[Actor], exhibits: dict[str, Path], report: DemoReport) -> None:
    cases = [(officer, case, exhibit) for officer, (*_, case, exhibit) in zip(officers, AGENCIES, strict=False)]
    with stage.house.decoder() as decoder:
        for officer, case, exhibit in [*cases, (officers[0], *SECOND_CASE)]:
            stage.told(f"{case}: bringing in the exhibit '{exhibit}' and comparing it with all that is held")
            open_case(actor=officer, reference=case, purpose=Purpose.DEMONSTRATION, covert=False, **stage.parts())
            done = ingest(
                actor=officer,
                case_reference=case,
                exhibit_reference=exhibit,
                paths=[os.fsencode(exhibits[exhibit])],
                decoder=decoder,
                examiner=LocalExaminer(decoder, stage.house.workers),
                queue=stage.rooms.queue,
                vault=stage.rooms.vault,
                clock=stage.clock,
                keys=stage.rooms.keys,
                ledger=stage.rooms.ledger,
            )
            report.refused.update(done.refused)


def _read(stage: _Stage, officer: Actor, act: Act) -> tuple[NoticeView, ...]:
    return list_notices(actor=officer, act=act, queue=stage.rooms.queue, **stage.parts()).views


def _share_and_judge(stage: _Stage, officers: list[Actor], report: DemoReport) -> None:
    stage.told("Each side reads its notices and shares; only then do both see what overlaps and why")
    for officer in officers:
        for view in _read(stage, officer, Act.NOTICE_READ):
            overlap_id = view.notice.overlap_id
            overlaps.acknowledge(actor=officer, overlap_id=overlap_id, **stage.parts())
            overlaps.share(actor=officer, overlap_id=overlap_id, **stage.parts())
    first = officers[0]
    stage.told("An officer judges the first hits: only a person makes a match of a hit")
    answers = {EvidenceKind.EXACT: Sameness.FILE, EvidenceKind.NEAR: Sameness.PICTURE}
    for view in _read(stage, first, Act.OVERLAP_READ):
        overlap_id = view.notice.overlap_id
        for hit in overlaps.list_hits(actor=first, overlap_id=overlap_id, queue=stage.rooms.queue, **stage.parts())[:3]:
            if hit.evidence.kind in answers:
                what = answers[hit.evidence.kind]
                overlaps.judge_hit(
                    actor=first, hit_id=hit.hit_id, answer=Judgement.SAME, sameness=what, **stage.parts()
                )
        report.hits[overlap_id] = overlaps.list_hits(
            actor=first, overlap_id=overlap_id, queue=stage.rooms.queue, **stage.parts()
        )


def _know_and_ask(stage: _Stage, officers: list[Actor], report: DemoReport) -> None:
    media, (owner, asker, *_) = stage.house.home / DEMO_MEDIA, officers
    stage.told("Denmark opens a bank of photographs that it knows; Australia asks whether a file of its own is known")
    open_the_bank(house=stage.house, rooms=stage.rooms, owner=owner, media=media, now=stage.clock())
    report.known = ask_the_banks(house=stage.house, rooms=stage.rooms, asker=asker, media=media, now=stage.clock())


def _alert(stage: _Stage, officers: list[Actor], report: DemoReport) -> None:
    stage.told("Denmark alerts the unit above, which passes it on to Japan; what became of it comes back to all")
    first, _, last, body = officers
    names, case = (BODY[0], AGENCIES[2][0]), AGENCIES[0][4]
    place_beneath(body, name=BODY[0], members=[one[0] for one in AGENCIES], **stage.parts())
    shared = next(
        one.notice.overlap_id for one in report.overlaps if one.other_agency and one.other_agency.country == "AU"
    )
    of_it = {EvidenceKind.NEAR, EvidenceKind.VIDEO}
    items = [one.sha256.hex() for one in report.hits[shared] if one.evidence.kind in of_it]
    put_a_series_together(first, case=case, items=items, beside=SECOND_CASE[0], **stage.parts())
    ask_for_eyes(first, agency=AGENCIES[1][0], login=AGENCIES[1][3], **stage.parts())
    send_alerts(first, body, last, case=case, overlap=shared, names=names, **stage.parts())
    report.alerts = list_alerts(actor=first, **stage.parts())
    stage.told("Denmark enters persons by number alone, and submits its series to Australia under a label")
    enter_people(first, case=case, **stage.parts())
    submit_to(first, agency=AGENCIES[1][0], **stage.parts())


def _work_in_japan(stage: _Stage, officer: Actor) -> None:
    from tsunagu.services.demo import shop  # noqa: PLC0415 - loads NumPy and the tables of places

    stage.told("Japan brings in an invented shop's list, looks into one buyer, and receives reports: no row is guilt")
    shop.bring_the_list(rooms=stage.rooms, officer=officer, **stage.parts())
    fill_the_desk(officer=officer, reference=shop.CASE, **stage.parts())
