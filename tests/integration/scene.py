"""The scene that permission is tried in, and the doors that are tried: every command that works for an officer."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from tsunagu.domain.agency_tree import AgencyKind, ListedAgency
from tsunagu.domain.alert import Priority
from tsunagu.domain.assessment import CountryState, CountryWeight
from tsunagu.domain.bank import BankSemantics, Quarantine
from tsunagu.domain.claim import ClaimScope
from tsunagu.domain.clue import Bearing, ClueDraft, ClueKind, Support, Weighing
from tsunagu.domain.digest import Digests
from tsunagu.domain.erasure import ErasureGround
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind
from tsunagu.domain.incoming_list import OfferedList
from tsunagu.domain.intake_run import OfferedFile
from tsunagu.domain.look_up import DigestKind, Query
from tsunagu.domain.media import Examined, MediaType
from tsunagu.domain.outcome import Disposal, Outcome, OutcomeCode, PersonOutcome, PersonRole
from tsunagu.domain.permission import Permission, Role
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.reveal import RevealMeans
from tsunagu.federation.card import InstallationCard, written
from tsunagu.federation.keys import OwnKeys
from tsunagu.records import agencies, bank_items, holdings, intakes, reveals
from tsunagu.records.banks import bank_of
from tsunagu.records.cases import case_of
from tsunagu.records.models import Exhibit, Holding
from tsunagu.records.session import acting_for
from tsunagu.records.vault.rows import Vaulted, note
from tsunagu.services.agencies.api_keys import make_key
from tsunagu.services.agencies.grants import list_grants, propose_grant
from tsunagu.services.agencies.proposals import propose_officer
from tsunagu.services.agencies.subjects import bind_subject
from tsunagu.services.agencies.tree import confirm_places, load_agencies, place_agency
from tsunagu.services.alerts.desk import Command
from tsunagu.services.alerts.notes import write_note
from tsunagu.services.alerts.outcomes import tell_outcome
from tsunagu.services.alerts.raising import Draft, raise_alert
from tsunagu.services.alerts.steps import pass_alert, take_alert
from tsunagu.services.banks.ownership import extend_bank, open_bank
from tsunagu.services.cases.claims import ask_interest, claim
from tsunagu.services.cases.clues import record_clue, sign_assessment, view_clues, withdraw_clue
from tsunagu.services.cases.life import close_case, reopen_case, withdraw_exhibit
from tsunagu.services.cases.opening import open_case, staff_case
from tsunagu.services.erasures.deletion import propose_deletion
from tsunagu.services.hub.membership import join_member
from tsunagu.services.intake.exhibit_keys import give_exhibit_key
from tsunagu.services.intake.list_uploads import begin_list
from tsunagu.services.intake.uploads import begin_upload, offer_files
from tsunagu.services.look_ups.asking import look_up
from tsunagu.services.media.vault import opened_vault
from tsunagu.services.opaque import item_name
from tsunagu.services.upkeep.retention import set_retention

from .adopted import adopt, new_rule_id, propose, review, row_digests, rule_file
from .asked import DOORS_TO_REQUESTS, ask
from .banked import all_items
from .compared import DOORS_TO_COMPARISONS, compare
from .enquired import DOORS_TO_ENQUIRIES, enquire
from .frozen import DOORS_TO_FIGURES, NO_YEAR, YEAR, freeze_a_year
from .granted import grant
from .guested import DOORS_TO_GUESTS, look_at
from .peopled import DOORS_TO_PERSONS, people_a_case
from .referred import DOORS_TO_REFERRALS, refer
from .reported import DOORS_TO_REPORTS, file_of_reports, receive_reports
from .seized import DOORS_TO_LISTS, seize
from .series_scene import BESIDE, DOOR_ARGUMENTS, DOORS_TO_SERIES, put_together
from .submitted import DOORS_TO_SUBMISSIONS, send_some
from .world import Person, World, now, random_name, remember

WORKS = {Role.OFFICER, Role.COORDINATOR}
OVERSEES = {Role.ADMINISTRATOR, Role.AUDITOR}


@dataclass
class Scene:
    """Agency A (`anna` works on its cases, `carl` on none; `adam` administers, `audra` audits), B (`ben`), C (`cleo`).

    Above A stands D (`dora`).

    A and B hold the same file in three pairs of cases: `open`, `covert` (on A's side) and `shared` (by both).

    Attributes:
        targets: what a door may name, all of it A's: by kind, as typed.
        secrets: texts that tell of what A holds; nobody else may be shown one of them.
    """

    world: World
    people: dict[str, Person]
    targets: dict[str, str]
    secrets: set[str]
    other_side: dict[str, str] = field(default_factory=dict)

    def absent(self, kind: str) -> str:
        """Return a target of the same form that nobody has."""
        of_ids = {"comparison", "overlap", "held", "shared", "proposal", "grant", "officer proposal", "refusable"}
        by_id = ("alert", "guest", "referral", "report", "request", "submission")
        if kind in of_ids | {"rules", "refusable rules"} or kind.startswith(by_id):
            return str(uuid4())
        if kind in {"rule", "reviewed rule"}:
            return secrets.token_hex(32)
        if kind in {"figures", "vintage"}:
            return str(NO_YEAR) if kind == "figures" else f"{NO_YEAR}/{NO_YEAR + 1}-02-03"
        if kind == "hit":
            return str(secrets.randbelow(10**9) + 10**12)
        return random_name(kind)

    def told_in(self, text: str) -> set[str]:
        """Return which of A's secrets a text tells."""
        return {one for one in self.secrets if one in text}


@dataclass(frozen=True)
class Door:
    """A command that works for an officer, and who must find it closed.

    Attributes:
        arguments: as typed; `{target}` stands for what is asked for, `{file}` for a file, `{intake}` for an intake
            file, `{rules}` for a new rule file, `{new}` for a new name, `{out}` for a new file, `{self}` for the login
            of who is entitled, `{colleague}` for that of one who works on the staffed case.
        service: the service behind it.
        target: the kind of what is asked for; None where the door lists what the asker has.
        entitled: who succeeds.
        strangers: who has the permission, but not the record.
        unfit: who lacks the permission.
    """

    command: str
    arguments: tuple[str, ...]
    service: str
    permission: Permission
    target: str | None = None
    entitled: str = "anna"
    strangers: tuple[str, ...] = ("cleo", "carl")
    unfit: tuple[str, ...] = ("adam", "audra")
    lines: tuple[str, ...] = ()
    status: int = 0

    def __str__(self) -> str:
        return self.command

    def typed(self, scene: Scene, target: str = "") -> tuple[str, ...]:
        """Return the whole command line."""
        known = {
            "target": target,
            "file": scene.targets["file"],
            "intake": scene.targets["intake"],
            "reports": file_of_reports(scene.world),
            "rules": scene.world.file(rule_file(new_rule_id()).encode()),
            "new": random_name("new"),
            "out": str(scene.world.folder / random_name("out")),
            "self": scene.people[self.entitled].login,
            "colleague": scene.targets["helper"],
            "staffed": scene.targets["staffed case"],
            **{name: scene.targets[name] for name in NAMED},
            **{name.replace(" ", "_"): scene.targets[name] for name in (*DOOR_ARGUMENTS, *BESIDE)},
        }
        return (*self.command.split(), *(one.format(**known) for one in self.arguments))


NAMED = (
    "seized", "mapping", "fingerprint", "list", "item", "quarantined", "doomed", "package", "seal", "above",
    "correspondent", "report", "beyond", "taken",
)  # fmt: skip
"""What commands name besides, by what it is called there and in the scene."""
OTHER_AGENCIES = ("ben", "cleo", "carl")
ADMINISTRATORS = {"entitled": "adam", "strangers": ("bella",), "unfit": ("carl", "audra")}
COORDINATORS = {"strangers": ("ben", "cleo"), "unfit": ("adam", "audra", "carl")}
READS_LAW = {"strangers": ("ben", "cleo"), "unfit": ("audra",)}
CHANGES_LAW = {"strangers": ("ben", "bella"), "unfit": ("carl", "audra", "lotte")}
COUNSEL = {"entitled": "lotte", "strangers": ("bruno",), "unfit": ("anna", "adam")}
DOORS = (
    Door("agency confirm", ("{target}",), "confirm_places", Permission.AGENCY_PLACE, "beneath", **COORDINATORS),
    Door("agency waiting", (), "waiting_places", Permission.AGENCY_PLACE, **COORDINATORS),
    Door(
        "hub accept",
        ("{target}", "--fingerprint", "{fingerprint}"),
        "accept_member",
        Permission.HUB_ACCEPT,
        "installation",
        strangers=(),
        unfit=("adam", "audra", "carl"),
    ),
    Door("alerts list", (), "list_alerts", Permission.ALERT_READ),
    Door("alerts overdue", (), "list_overdue", Permission.ALERT_READ),
    Door("alerts show", ("{target}",), "view_alert", Permission.ALERT_READ, "alert"),
    Door(
        "alerts raise",
        ("--case", "{target}", "--to", "{above}", "--country", "DK=0.5", "--finding", "{new}"),
        "raise_alert",
        Permission.ALERT_RAISE,
        "shared case",
    ),
    Door("alerts withdraw", ("{target}", "--words", "w"), "withdraw_alert", Permission.ALERT_RAISE, "alert withdrawn"),
    Door("alerts acknowledge", ("{target}",), "acknowledge_alert", Permission.ALERT_ANSWER, "alert", entitled="dora"),
    Door(
        "alerts refuse",
        ("{target}", "--because", "wrong-country", "--words", "w"),
        "refuse_alert",
        Permission.ALERT_ANSWER,
        "alert refused",
        entitled="dora",
    ),
    Door(
        "alerts pass",
        ("{target}", "--back", "--words", "w"),
        "pass_alert",
        Permission.ALERT_ANSWER,
        "alert passed",
        entitled="dora",
    ),
    Door(
        "alerts letter",
        ("{target}", "--to", "{correspondent}", "--out", "{out}"),
        "write_letter",
        Permission.ALERT_ANSWER,
        "alert told",
        entitled="dora",
    ),
    Door("alerts note", ("{target}", "--words", "w"), "write_note", Permission.ALERT_ANSWER, "alert", entitled="dora"),
    Door("alerts take", ("{target}",), "take_alert", Permission.ALERT_ANSWER, "alert taken", entitled="dora"),
    Door(
        "alerts outcome",
        ("{target}", "--children", "safeguarded=1", "--document", "{file}"),
        "tell_outcome",
        Permission.ALERT_ANSWER,
        "alert told",
        entitled="dora",
    ),
    Door("acknowledge", ("{target}",), "acknowledge", Permission.NOTICE_ACKNOWLEDGE, "overlap"),
    Door(
        "bank add",
        ("{target}", "{file}"),
        "extend_bank",
        Permission.BANK_CHANGE,
        "bank",
        strangers=("ben", "cleo"),
        status=2,  # the file is of no type that is read; its digest is taken all the same
    ),
    Door(
        "ask",
        ("{file}", "--purpose", "investigation"),
        "look_up",
        Permission.MEDIA_LOOK_UP,
        strangers=("ben", "cleo"),
    ),
    Door(
        "bank change",
        ("{target}", "--radius", "20"),
        "change_bank",
        Permission.BANK_CHANGE,
        "bank",
        strangers=("ben", "cleo"),
    ),
    Door(
        "bank export",
        ("{target}", "--out", "{out}", "--format", "icse"),
        "export_bank",
        Permission.BANK_CHANGE,
        "bank",
        strangers=("ben", "cleo"),
    ),
    Door(
        "bank import",
        ("{list}", "--format", "csv", "--semantics", "known", "--hex-is", "sha256"),
        "import_list",
        Permission.BANK_CHANGE,
        strangers=("ben", "cleo"),
    ),
    Door(
        "bank judge",
        ("{target}", "{item}", "confirmed"),
        "judge_item",
        Permission.BANK_CHANGE,
        "bank",
        strangers=("ben", "cleo"),
    ),
    Door(
        "bank release",
        ("{target}", "{quarantined}"),
        "release_item",
        Permission.BANK_CHANGE,
        "bank",
        strangers=("ben", "cleo"),
    ),
    Door("bank show", ("{target}",), "view_bank", Permission.BANK_READ, "bank", strangers=("ben", "cleo")),
    Door(
        "bank withdraw",
        ("{target}", "{doomed}"),
        "withdraw_item",
        Permission.BANK_CHANGE,
        "bank",
        strangers=("ben", "cleo"),
    ),
    Door(
        "index search",
        ("0f" * 32, "--purpose", "investigation"),
        "look_up",
        Permission.MEDIA_LOOK_UP,
        strangers=("ben", "cleo"),
    ),
    Door("bank list", (), "list_banks", Permission.BANK_READ, strangers=("ben", "cleo")),
    Door(
        "bank open",
        ("{new}", "--semantics", "benign", "--ground", "a law"),
        "open_bank",
        Permission.BANK_CHANGE,
        strangers=("ben", "cleo"),
    ),
    Door("case close", ("{target}",), "close_case", Permission.CASE_CLOSE, "closable case", strangers=OTHER_AGENCIES),
    Door(
        "case reopen",
        ("{target}", "--reason", "new facts"),
        "reopen_case",
        Permission.CASE_CLOSE,
        "closed case",
        strangers=OTHER_AGENCIES,
    ),
    Door(
        "case join",
        ("{target}", "{self}"),
        "staff_case",
        Permission.CASE_STAFF,
        "case",
        strangers=OTHER_AGENCIES,
    ),
    Door(
        "case leave",
        ("{target}", "{colleague}"),
        "unstaff_case",
        Permission.CASE_STAFF,
        "staffed case",
        strangers=OTHER_AGENCIES,
    ),
    Door(
        "case keep",
        ("{target}", "--until", f"{datetime.now(UTC).date() + timedelta(days=40)}", "--reason", "needed"),
        "keep_case",
        Permission.CASE_KEEP,
        "staffed case",
        strangers=OTHER_AGENCIES,
    ),
    Door(
        "case erasure",
        ("{target}",),
        "prove_erasures",
        Permission.LEDGER_READ,
        "wrong case",
        entitled="audra",
        strangers=("bella",),
        unfit=("anna", "carl", "adam"),
    ),
    Door(
        "case export",
        ("{target}", "--out", "{out}", "--without-pdf"),
        "export_case",
        Permission.CASE_EXPORT,
        "case",
        strangers=OTHER_AGENCIES,
    ),
    Door(
        "case import",
        ("{package}", "--as", "{new}"),
        "import_case",
        Permission.CASE_OPEN,
        strangers=OTHER_AGENCIES,
    ),
    Door("case list", (), "list_cases", Permission.CASE_READ, strangers=OTHER_AGENCIES),
    Door("case open", ("{new}",), "open_case", Permission.CASE_OPEN, strangers=OTHER_AGENCIES),
    Door("case show", ("{target}",), "view_case", Permission.CASE_READ, "case", strangers=OTHER_AGENCIES),
    Door(
        "clue add",
        ("{target}", "1", "--kind", "object", "--text", "a lamp", "--neutral"),
        "record_clue",
        Permission.CLUE_RECORD,
        "case",
        strangers=OTHER_AGENCIES,
    ),
    Door(
        "clue withdraw",
        ("{target}", "1", "--reason", "seen wrongly"),
        "withdraw_clue",
        Permission.CLUE_RECORD,
        "case",
        strangers=OTHER_AGENCIES,
    ),
    *(
        Door(f"clue {one}", ("{target}",), "view_clues", Permission.MEDIA_READ, "case", strangers=OTHER_AGENCIES)
        for one in ("list", "weigh", "signed")
    ),
    Door(
        "clue sign",
        ("{target}", "--as", "probable", "--statement", "as seen", "--seal", "{seal}"),
        "sign_assessment",
        Permission.COUNTRY_ASSESS,
        "shared case",
        strangers=OTHER_AGENCIES,
    ),
    Door(
        "exhibit key",
        ("--case", "{target}", "--exhibit", "E9", "--out", "{out}"),
        "give_exhibit_key",
        Permission.MEDIA_INGEST,
        "case",
        strangers=OTHER_AGENCIES,
    ),
    Door(
        "exhibit withdraw",
        ("--case", "{target}", "--exhibit", "wrong", "--ground", "wrong-exhibit"),
        "withdrawal_consequences",
        Permission.EXHIBIT_WITHDRAW,
        "wrong case",
        strangers=OTHER_AGENCIES,
    ),
    Door(
        "exhibit withdraw",
        ("--case", "{target}", "--exhibit", "wrong", "--ground", "wrong-exhibit", "--yes"),
        "withdraw_exhibit",
        Permission.EXHIBIT_WITHDRAW,
        "wrong case",
        strangers=OTHER_AGENCIES,
    ),
    *(
        Door(
            f"deletion {act}",
            ("{target}", *options),
            service,
            Permission.CASE_DELETE,
            kind,
            entitled=who,
            strangers=OTHER_AGENCIES,
        )
        for act, options, service, kind, who in (
            ("show", (), "view_deletion", "staffed case", "anna"),
            ("propose", ("--ground", "ordered"), "propose_deletion", "staffed case", "anna"),
            ("withdraw", (), "withdraw_deletion", "staffed case", "anna"),
            ("confirm", (), "confirm_deletion", "doomed case", "helper"),
        )
    ),
    Door("hits", ("{target}",), "list_hits", Permission.OVERLAP_READ, "shared"),
    Door(
        "ingest",
        ("--case", "{target}", "--exhibit", "E9", "{file}"),
        "ingest",
        Permission.MEDIA_INGEST,
        "case",
        strangers=OTHER_AGENCIES,
        status=2,  # the file is of no type that is read
    ),
    Door(
        "ingest",
        ("--case", "{target}", "--exhibit", "E8", "--unsigned", "{intake}"),
        "ingest_intake",
        Permission.MEDIA_INGEST,
        "case",
        strangers=OTHER_AGENCIES,
        status=2,  # it tells of a file of no type that is read
    ),
    Door("items", ("--case", "{target}"), "list_holdings", Permission.MEDIA_READ, "case", strangers=OTHER_AGENCIES),
    Door("judge", ("{target}", "unsure"), "judge_hit", Permission.HIT_JUDGE, "hit"),
    *(
        Door(f"law {command}", ("--agency", *options), "rules_in_use", Permission.LAW_READ, **READS_LAW)
        for command, options in (
            ("list", ()),
            ("file", ()),
            ("applies", ("--jurisdiction", "JP", "--conduct", "possession", "--date", "2016-01-01")),
        )
    ),
    Door("law withdraw", ("{target}",), "withdraw_review", Permission.LAW_REVIEW, "reviewed rule", **COUNSEL),
    Door("law review", ("{target}", "--as", "N, counsel"), "review_rule", Permission.LAW_REVIEW, "rule", **COUNSEL),
    Door("law propose", ("{rules}",), "propose_rules", Permission.LAW_CHANGE, **CHANGES_LAW),
    Door("law proposals", (), "list_proposed_rules", Permission.LAW_CHANGE, **CHANGES_LAW),
    Door("law proposed", ("{target}",), "view_proposed_rules", Permission.LAW_CHANGE, "rules", **CHANGES_LAW),
    Door("law confirm", ("{target}",), "confirm_rules", Permission.LAW_CHANGE, "rules", **CHANGES_LAW),
    Door("law refuse", ("{target}",), "refuse_rules", Permission.LAW_CHANGE, "refusable rules", **CHANGES_LAW),
    Door(
        "ledger show",
        (),
        "read_ledger",
        Permission.LEDGER_READ,
        entitled="audra",
        strangers=("bella",),
        unfit=("anna", "carl", "adam"),
    ),
    Door(
        "ledger show",
        ("--most", "5"),
        "officer_logins",
        Permission.LEDGER_READ,
        entitled="audra",
        strangers=("bella",),
        unfit=("anna", "carl", "adam"),
    ),
    Door("notices", (), "list_notices", Permission.NOTICE_READ),
    Door(
        "officer certify",
        ("{target}",),
        "certify_officer",
        Permission.OFFICER_ENROLL,
        "colleague",
        entitled="adam",
        strangers=("bella",),
        unfit=("anna", "carl", "audra"),
    ),
    Door(
        "officer confirm",
        ("{target}",),
        "confirm_proposal",
        Permission.OFFICER_CONFIRM,
        "officer proposal",
        strangers=("ben", "cleo"),
        unfit=("carl", "audra"),
    ),
    Door(
        "officer end",
        ("{target}",),
        "end_officer_called",
        Permission.OFFICER_ENROLL,
        "leaver",
        entitled="adam",
        strangers=("bella",),
        unfit=("anna", "carl", "audra"),
    ),
    Door(
        "officer invite",
        ("{new}", "--name", "N", "--role", "officer"),
        "propose_officer",
        Permission.OFFICER_ENROLL,
        entitled="adam",
        strangers=("bella",),
        unfit=("anna", "carl", "audra"),
    ),
    Door(
        "officer list",
        (),
        "list_officers",
        Permission.OFFICER_ENROLL,
        entitled="adam",
        strangers=("bella",),
        unfit=("anna", "carl", "audra"),
    ),
    Door(
        "officer proposals",
        (),
        "list_proposals",
        Permission.OFFICER_CONFIRM,
        strangers=("ben", "bella"),
        unfit=("carl", "audra"),
    ),
    Door(
        "officer refuse",
        ("{target}",),
        "refuse_proposal",
        Permission.OFFICER_CONFIRM,
        "refusable",
        strangers=("ben", "cleo"),
        unfit=("carl", "audra"),
    ),
    Door(
        "officer reset",
        ("{target}",),
        "propose_reset",
        Permission.OFFICER_ENROLL,
        "colleague",
        entitled="adam",
        strangers=("bella",),
        unfit=("anna", "carl", "audra"),
    ),
    Door(
        "officer unlock",
        ("{target}",),
        "unlock_officer",
        Permission.OFFICER_ENROLL,
        "colleague",
        entitled="adam",
        strangers=("bella",),
        unfit=("anna", "carl", "audra"),
    ),
    Door("overlaps", (), "list_notices", Permission.OVERLAP_READ),
    Door("permission list", (), "list_grants", Permission.PERMISSION_GRANT, **ADMINISTRATORS),
    Door(
        "permission propose",
        ("media:view", "--officer", "{target}"),
        "propose_grant",
        Permission.PERMISSION_GRANT,
        "colleague",
        **ADMINISTRATORS,
    ),
    Door(
        "permission confirm", ("{target}",), "confirm_grant", Permission.PERMISSION_GRANT, "proposal", **ADMINISTRATORS
    ),
    Door(
        "permission withdraw", ("{target}",), "withdraw_grant", Permission.PERMISSION_GRANT, "grant", **ADMINISTRATORS
    ),
    Door(
        "release",
        ("{target}",),
        "release",
        Permission.HELD_NOTICE_RELEASE,
        "held",
        strangers=("ben", "cleo"),
        unfit=("adam", "audra", "carl"),
    ),
    Door(
        "retention set",
        ("70",),
        "set_retention",
        Permission.RETENTION_SET,
        entitled="adam",
        strangers=("bella",),
        unfit=("anna", "carl", "audra"),
    ),
    Door(
        "retention show",
        (),
        "read_retention",
        Permission.RETENTION_SET,
        entitled="adam",
        strangers=("bella",),
        unfit=("anna", "carl", "audra"),
    ),
    Door("share", ("{target}",), "share", Permission.OVERLAP_SHARE, "overlap"),
    *(
        Door(**{"strangers": OTHER_AGENCIES, **one})
        for one in (
            *DOORS_TO_SERIES,
            *DOORS_TO_LISTS,
            *DOORS_TO_REFERRALS,
            *DOORS_TO_REPORTS,
            *DOORS_TO_ENQUIRIES,
            *DOORS_TO_COMPARISONS,
            *DOORS_TO_FIGURES,
            *DOORS_TO_GUESTS,
            *DOORS_TO_REQUESTS,
            *DOORS_TO_PERSONS,
            *DOORS_TO_SUBMISSIONS,
        )
    ),
)


def set_the_scene(world: World) -> Scene:
    """Found the three agencies, and bring in what they hold."""
    anna, adam = world.found(WORKS, {Role.ADMINISTRATOR})
    ben, bella = world.found(WORKS, OVERSEES)
    cleo, _ = world.found(WORKS, OVERSEES)
    people = {"anna": anna, "adam": adam, "ben": ben, "bella": bella, "cleo": cleo}
    people["audra"] = world.enroll(adam, Role.AUDITOR)
    people["carl"] = world.enroll(adam, Role.OFFICER)
    scene = Scene(world, people, {}, {one.login for one in (anna, adam, people["audra"], people["carl"])})
    scene.targets["colleague"] = people["carl"].login
    for pair in ("open", "covert", "shared"):
        _hold_the_same(scene, pair)
    put_together(world, anna, scene.targets["case"], scene.targets, scene.secrets, receiver=ben.agency)
    shown, hidden = look_at(world, anna, people["carl"], scene.targets["case"], ben)
    sent, secret = send_some(world, anna, scene.targets["case"], ben)
    scene.targets |= shown | sent
    scene.secrets |= hidden | secret
    claimed = {"kind": ClaimScope.CASE, "is_imminent": False, "reason": "nobody else is on it"}
    claim(actor=anna.actor, name=scene.targets["case"], **claimed, **world.parts)
    ask_interest(actor=ben.actor, kind=ClaimScope.CASE, name=scene.other_side["open"], **world.parts)
    scene.targets |= seize(world, anna, scene.targets["case"], scene.secrets)
    _open_a_bank(scene)
    _begin_a_list(scene)
    _share(scene)
    _stand_in_a_tree(scene)
    _meet_an_installation(scene)
    _begin_an_upload(scene)
    _live_through_cases(scene)
    _see_something(scene)
    scene.targets["leaver"] = world.enroll(adam, Role.OFFICER).login
    scene.targets["file"] = world.file(secrets.token_bytes(20).hex().encode())
    scene.targets["intake"] = str(world.scan(scene.targets["file"]))
    case = scene.targets["case"]
    give_exhibit_key(actor=anna.actor, case_reference=case, exhibit_reference="E0", **world.parts)
    _grant(scene)
    make_key(actor=anna.actor, name="script", scopes=frozenset({Permission.CASE_READ}), days=1, **world.parts)
    world.enroll(bella, Role.OFFICER)
    with acting_for(anna.actor.agency_id):
        who = {"officer_id": anna.actor.officer_id, "agency_id": anna.actor.agency_id}
        bind_subject(**who, issuer="https://sso.example.org", subject="anna", **world.parts)
    for kind, administrator in (("officer proposal", adam), ("refusable", adam), ("theirs", bella)):
        login, roles = random_name("proposed"), frozenset({Role.OFFICER})
        proposal = propose_officer(actor=administrator.actor, login=login, name="N", roles=roles, **world.parts)
        if administrator is adam:
            scene.targets[kind] = str(proposal)
            scene.secrets |= {login, str(proposal)}
    _go_by_own_rules(scene)
    return scene


def _hold_the_same(scene: Scene, pair: str) -> None:
    """Let A and B bring the same content into one case each, A first."""
    content = secrets.token_hex(40).encode()
    for name in ("anna", "ben"):
        person, case, exhibit = scene.people[name], random_name(f"case-{pair}"), random_name("exhibit")
        covert = (name, pair) == ("anna", "covert")
        open_case(actor=person.actor, reference=case, purpose=Purpose.INVESTIGATION, covert=covert, **scene.world.parts)
        path = scene.world.file(content)
        scene.world.bring_in(person, case, exhibit, path)
        if name == "anna":
            scene.targets["covert case" if covert else f"{pair} case"] = case
            scene.secrets |= {case, exhibit, Path(path).name, hashlib.sha256(content).hexdigest()}
        else:
            scene.other_side[pair] = case
    [notice] = [
        one for one in scene.world.json(scene.people["anna"], "notices") if one["case"] == scene.targets[f"{pair} case"]
    ]
    scene.targets[{"open": "overlap", "covert": "held", "shared": "shared"}[pair]] = notice["overlap"]
    if pair == "open":
        scene.targets["case"] = scene.targets["open case"]
        _keep_a_plain_picture(scene)


def _keep_a_plain_picture(scene: Scene) -> None:
    """Keep a picture for A too plain to be searched, so that every table holds something of A."""
    content = secrets.token_bytes(8)
    plain = Fingerprint(FingerprintKind.PDQ, bytes(32), 0)
    digests = Digests(
        hashlib.md5(content, usedforsecurity=False).digest(),
        hashlib.sha1(content, usedforsecurity=False).digest(),
        hashlib.sha256(content).digest(),
    )
    path = random_name("/plain").encode()
    examined = Examined(path, 8, MediaType.PNG, digests, pdq=plain, pdq_turns=(plain,) * 8)
    anna = scene.people["anna"].actor
    with acting_for(anna.agency_id):
        exhibit_id: UUID = Exhibit.objects.values_list("id", flat=True)[0]
        holdings.keep([(examined, 1)], agency_id=anna.agency_id, exhibit_id=exhibit_id)
    scene.secrets |= {path.decode(), digests.sha256.hex()}


def _open_a_bank(scene: Scene) -> None:
    anna, name = scene.people["anna"], random_name("bank")
    parts = scene.world.parts
    open_bank(actor=anna.actor, name=name, semantics=BankSemantics.BENIGN, legal_ground=random_name("law"), **parts)
    digests = [Digests(*map(secrets.token_bytes, (16, 20, 32))) for _ in range(3)]
    pdq = Fingerprint(FingerprintKind.PDQ, secrets.token_bytes(32), 100)
    examined = [Examined(b"known", 8, None, one, pdq=pdq) for one in digests]
    extend_bank(actor=anna.actor, name=name, examined=examined, queue=scene.world.rooms.queue, **parts)
    scene.targets["bank"] = name
    scene.secrets.add(name)
    agency_id, keys = anna.actor.agency_id, scene.world.rooms.keys
    with acting_for(agency_id):
        items = [one.item_id for one in all_items(bank_of(name).bank_id)]
        bank_items.set_quarantine({items[1]: Quarantine(1, 0)})
    scene.targets |= zip(("item", "quarantined", "doomed"), (item_name(keys, one) for one in items), strict=True)
    scene.secrets |= {scene.targets["item"], *(one.sha256.hex() for one in digests)}
    scene.targets["list"] = scene.world.file(secrets.token_hex(32).encode())
    assert scene.world.run(anna, *["bank", "import", "--format", "csv", "--semantics", "known", "--hex-is", "sha256"],
                           scene.targets["list"]).status == 0  # fmt: skip
    query = Query(digests=((DigestKind.SHA256, digests[0].sha256),))
    asker = replace(anna.actor, purpose=Purpose.INVESTIGATION)
    look_up(actor=asker, queries=[query], known=scene.world.rooms.known(), **parts)
    remember((agency_id, secrets.token_bytes(32)))


def _stand_in_a_tree(scene: Scene) -> None:
    """Let A stand beneath D (`dora`), as what it is, and another agency wait beneath A."""
    world, anna = scene.world, scene.people["anna"]
    dora, _ = world.found(WORKS, OVERSEES)
    scene.people["dora"] = dora
    with acting_for(anna.actor.agency_id):
        card = agencies.agency_cards()[anna.actor.agency_id]
        agencies.describe_agency(replace(card, local_name=random_name("local"), code=random_name("code")))
    kind = AgencyKind.NATIONAL_POLICE
    place_agency(name=anna.agency, under=dora.agency, kind=kind, now=now(), ledger=world.rooms.ledger)
    confirm_places(actor=dora.actor, names=[anna.agency], **world.parts)
    beneath = ListedAgency(random_name("beneath"), "", AgencyKind.REGIONAL_POLICE, "", "DK", "", "a desk")
    load_agencies(listed=[beneath], under=anna.agency, now=now(), ledger=world.rooms.ledger)
    scene.targets |= {"beneath": beneath.name, "above": dora.agency}
    scene.secrets.add(beneath.name)
    _raise_alerts(scene)
    scene.targets |= refer(world, anna, scene.targets["case"], dora)
    received, hidden = receive_reports(world, anna, scene.targets["case"], dora.agency)
    scene.targets |= received | {"report": received["report beside"]}
    requests, asked = ask(world, anna, scene.targets["case"], dora)
    scene.targets |= requests
    scene.secrets |= hidden | asked | enquire(world, anna, scene.targets["case"])
    scene.secrets |= people_a_case(world, anna, scene.targets["case"], scene.targets["series"])


def _meet_an_installation(scene: Scene) -> None:
    """Let the operator enter another installation, which waits for a co-ordinator; it is no agency's secret."""
    world, anna = scene.world, scene.people["anna"]
    asked, hidden = compare(world, anna)
    keys = OwnKeys.fresh(1)
    card = InstallationCard(uuid4(), random_name("elsewhere"), "", keys.public, ())
    member = join_member(text=written(card, keys), now=now(), ledger=world.rooms.ledger)
    scene.targets |= {"installation": member.name, "fingerprint": member.fingerprint} | asked
    scene.secrets |= hidden


def _raise_alerts(scene: Scene) -> None:
    """Let A raise alerts from the case that it has shared, and D answer one of them for a correspondent beneath it."""
    world, anna, dora = scene.world, scene.people["anna"], scene.people["dora"]
    for kind in ("alert", "alert withdrawn", "alert refused", "alert passed", "alert taken", "alert told"):
        draft = Draft(
            scene.targets["shared case"],
            (UUID(scene.targets["shared"]),),
            dora.agency,
            (CountryWeight("DK", 0.5),),
            random_name("finding"),
            Priority.HIGH,
            random_name("urgent"),
            (),
            frozenset(Purpose),
            may_forward=True,
            until=now() + timedelta(days=400),
        )
        raised = raise_alert(actor=anna.actor, draft=draft, command=Command(random_name("key")), **world.parts)
        scene.targets[kind] = str(raised)
        scene.secrets |= {draft.finding, draft.reason}
    noted = random_name("noted")
    write_note(actor=anna.actor, alert_id=raised, words=noted, command=Command(random_name("key")), **world.parts)
    scene.secrets.add(noted)
    listed = ListedAgency(random_name("correspondent"), "", AgencyKind.HOTLINE, "", "DK", "", "a desk")
    load_agencies(listed=[listed], under=dora.agency, now=now(), ledger=world.rooms.ledger)
    confirm_places(actor=dora.actor, names=[listed.name], **world.parts)
    scene.targets["correspondent"] = listed.name
    answered = {"actor": dora.actor, "alert_id": raised}
    words, part = random_name("words"), random_name("part")
    key, document = random_name("key"), secrets.token_bytes(32)
    pass_alert(**answered, to=listed.name, form=None, words=words, command=Command(key), **world.parts)
    take_alert(**answered, case=None, command=Command(random_name("key"), document), **world.parts)
    person = PersonOutcome(1, PersonRole.CONVICTED, (Disposal.SENTENCED,), part, 24)
    tell_outcome(
        **answered,
        outcome=Outcome({OutcomeCode.LOCATED: 1}, (person,)),
        words="",
        command=Command(random_name("key"), document),
        **world.parts,
    )
    scene.secrets |= {words, part, document.hex()}


def _begin_a_list(scene: Scene) -> None:
    """Let A begin to upload a list into its bank."""
    offered = OfferedList(random_name("list"), 2, "csv", None, {random_name("context"): {"12345678": random_name("m")}})
    anna, uploads = scene.people["anna"].actor, scene.world.rooms.uploads
    begun = begin_list(actor=anna, bank=scene.targets["bank"], offered=offered, uploads=uploads, **scene.world.parts)
    scene.targets["incoming list"] = str(begun)
    scene.secrets |= {offered.name, str(begun)}


def _begin_an_upload(scene: Scene) -> None:
    """Let A begin to upload a file, beside a place that has changed."""
    anna, parts = scene.people["anna"].actor, scene.world.parts
    case, exhibit, name = scene.targets["case"], random_name("exhibit"), random_name("upload")
    upload = begin_upload(actor=anna, case_reference=case, exhibit_reference=exhibit, **parts)
    offer_files(
        actor=anna,
        intake_id=upload.intake_id,
        files=[OfferedFile(name, 1)],
        uploads=scene.world.rooms.uploads,
        **parts,
    )
    with acting_for(anna.agency_id):
        intakes.note_changes(upload.intake_id, anna.agency_id, [name.encode()])
    scene.secrets |= {exhibit, name, str(upload.intake_id)}


def _live_through_cases(scene: Scene) -> None:
    """Let A have cases to close, to reopen, to leave and to withdraw something from; and have done it all once."""
    anna, parts = scene.people["anna"], scene.world.parts
    helper = scene.world.enroll(scene.people["adam"], Role.OFFICER)
    scene.targets["helper"], scene.people["helper"] = helper.login, helper
    set_retention(actor=scene.people["adam"].actor, keep_months=70, **parts)
    for kind in ("closable case", "closed case", "staffed case", "wrong case", "doomed case"):
        case = random_name("case")
        open_case(actor=anna.actor, reference=case, purpose=Purpose.INVESTIGATION, covert=False, **parts)
        scene.targets[kind] = case
        scene.secrets.add(case)
    package = scene.targets["package"] = str(scene.world.folder / random_name("package"))
    exported = ("case", "export", scene.targets["closable case"], "--out", package, "--without-pdf")
    assert scene.world.run(anna, *exported).status == 0
    staff_case(actor=anna.actor, reference=scene.targets["staffed case"], login=helper.login, **parts)
    doomed = scene.targets["doomed case"]
    staff_case(actor=anna.actor, reference=doomed, login=helper.login, **parts)
    propose_deletion(actor=anna.actor, reference=doomed, ground=ErasureGround.ORDERED, **parts)
    closed = {"actor": anna.actor, "reference": scene.targets["closed case"]}
    close_case(**closed, **parts)
    reopen_case(**closed, reason="by mistake", **parts)
    close_case(**closed, **parts)
    wrong = scene.targets["wrong case"]
    for exhibit in ("once", "wrong"):
        scene.world.bring_in(anna, wrong, exhibit, scene.world.file(secrets.token_hex(20).encode()))
    ground = ErasureGround.WRONG_EXHIBIT
    withdraw_exhibit(
        actor=anna.actor, reference=wrong, exhibit="once", ground=ground, queue=scene.world.rooms.queue, **parts
    )


def _see_something(scene: Scene) -> None:
    """Let A enter clues in two of its cases, take one back, and sign what they tell."""
    anna, parts = scene.people["anna"].actor, scene.world.parts
    weighing = Weighing(Bearing.SUPPORTS, frozenset({"DK"}), support=Support.STRONG)
    for kind in ("open case", "shared case"):
        asked = {"actor": anna, "reference": scene.targets[kind], **parts}
        for text in (random_name("seen"), random_name("heard")):
            record_clue(draft=ClueDraft(1, ClueKind.OBJECT, text, weighing), **asked)
            scene.secrets.add(text)
        why, statement = random_name("misheard"), random_name("grounds")
        withdraw_clue(number=2, why=why, **asked)
        scene.targets["seal"] = view_clues(**asked).seal
        sign_assessment(seal=scene.targets["seal"], state=CountryState.PROBABLE, statement=statement, **asked)
        scene.secrets |= {why, statement}


def _grant(scene: Scene) -> None:
    """Let A propose, grant and be asked for what no role carries."""
    anna, parts = scene.people["anna"], scene.world.parts
    abel = scene.people["abel"] = scene.world.enroll(scene.people["adam"], Role.ADMINISTRATOR)
    grant(scene.world, (scene.people["adam"], abel), Permission.MEDIA_VIEW, anna)
    granted = list_grants(actor=abel.actor, **parts).grants
    scene.targets["grant"] = str(granted[-1].grant_id)
    colleague = scene.targets["colleague"]
    made = propose_grant(actor=abel.actor, permission=Permission.MEDIA_VAULT, login=colleague, days=1, **parts)
    scene.targets["proposal"] = str(made)
    with acting_for(anna.actor.agency_id):
        case = case_of(anna.actor, scene.targets["case"])
        number = (
            Holding.objects.filter(exhibit__case_id=case.case_id).order_by("number").values_list("number", flat=True)[0]
        )
        held = reveals.content_of(case, number)
        reason = random_name("reason")
        reveals.add_reveal(
            uuid4(), actor=anna.actor, case=case, held=held, means=RevealMeans.PLACE, reason=reason, now=parts["now"]
        )
    vault = scene.world.rooms.vault
    opened_vault(anna.actor.agency_id, store=vault, keys=parts["keys"], now=parts["now"])
    with acting_for(anna.actor.agency_id):
        note(anna.actor.agency_id, [Vaulted(held.sha256, has_small=False)], now=parts["now"])
    scene.secrets |= {abel.login, reason, scene.targets["grant"], scene.targets["proposal"]}


def _go_by_own_rules(scene: Scene) -> None:
    """Let A go by a rule set of its own, have a rule of it reviewed, and be proposed two others; B has counsel too."""
    world, anna, adam = scene.world, scene.people["anna"], scene.people["adam"]
    lotte = scene.people["lotte"] = world.enroll(adam, Role.COUNSEL)
    scene.people["bruno"] = world.enroll(scene.people["bella"], Role.COUNSEL)
    statisticians, scene.targets["vintage"] = freeze_a_year(world, adam, scene.people["bella"])
    scene.people |= zip(("stella", "sten"), statisticians, strict=True)
    june = scene.people["june"] = world.enroll(adam, Role.JUVENILE)
    scene.people["jasper"] = world.enroll(scene.people["bella"], Role.JUVENILE)
    staff_case(actor=anna.actor, reference=scene.targets["case"], login=june.login, **world.parts)
    scene.targets["figures"] = str(YEAR)
    rule_ids = [new_rule_id(), new_rule_id()]
    text = rule_file(*rule_ids)
    adopt(world, (anna, adam), text)
    digests = row_digests(text)
    scene.targets |= zip(("rule", "reviewed rule"), (digests[one] for one in rule_ids), strict=True)
    reviewer = review(world, lotte, scene.targets["reviewed rule"])
    for kind in ("rules", "refusable rules"):
        scene.targets[kind] = str(propose(world, adam, rule_file(new_rule_id())))
        scene.secrets.add(scene.targets[kind])
    scene.secrets |= {*rule_ids, reviewer, lotte.login}


def _share(scene: Scene) -> None:
    """Let both sides share one overlap, and A judge its hit."""
    overlap = scene.targets["shared"]
    for name in ("anna", "ben"):
        assert scene.world.run(scene.people[name], "share", overlap).status == 0
    [hit] = scene.world.json(scene.people["anna"], "hits", overlap)
    scene.targets["hit"] = str(hit["hit"])
    judged = scene.world.run(scene.people["anna"], "judge", scene.targets["hit"], "same", "--what", "file")
    assert judged.status == 0
