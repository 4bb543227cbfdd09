"""Gather every text that pages show into the Japanese catalog: `make translations`.

Django's own extraction needs xgettext, which a machine may lack. Here Django blanks a template out to what looks like
Python, and Babel reads that, and the sources, as Python. Floors beneath the pages know no translations: their
sentences are read where an error is made, and translated when a page shows them.
"""

# ruff: noqa: INP001 - a script of the Makefile's, no package
from __future__ import annotations

import ast
import importlib
import io
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from pathlib import Path
from types import ModuleType

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "tsunagu"
WEB = SOURCE / "web"
CATALOG = WEB / "locale" / "ja" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
CODE = "code"
"""The context of words of the domain, which `templatetags.tsunagu.word` looks up by."""
CODES = {
    "act": ["Act"],
    "alert": ["HandOver", "Priority", "RefusalReason", "Withheld"],
    "alert_path": ["AlertState", "AlertStepKind", "HopState"],
    "assessment": ["CountryState"],
    "bank": ["BankSemantics", "Opinion"],
    "case_graph": ["TieKind"],
    "claim": ["ClaimScope"],
    "clue": ["ClueKind", "Bearing", "Support"],
    "enquiry": ["EnquiryResult"],
    "enquiry_request": ["Confirmed", "RequestState", "Wanted"],
    "erasure": ["ErasureGround"],
    "gate": ["Contact", "GateStanding", "GateStepKind", "Position", "PositionBasis", "RiskBand"],
    "grant": ["ProposalKind"],
    "guest": ["GuestEnd", "GuestState"],
    "submission": ["Rejection", "SubmissionState"],
    "hub": ["HubRefusal", "MemberState"],
    "incoming_list": ["ListState"],
    "intake": ["IntakeRefusal", "IntakeStanding"],
    "intake_run": ["IntakeSource"],
    "figure": ["FigureStatus"],
    "judgement": ["Judgement", "Sameness"],
    "known": ["RowRefusal"],
    "media": ["Refusal"],
    "notice": ["NoticeState"],
    "outcome": ["Disposal", "OutcomeCode", "PersonRole"],
    "permission": ["Permission"],
    "person": ["CourtFinding", "GroundKind", "PersonEnd", "PersonKind", "ReceiverKind", "TieReason"],
    "purpose": ["Purpose"],
    "report": ["ObservationKind", "SourceKind"],
    "report_steps": ["DuplicateGround", "ReportState", "ReportStepKind"],
    "referral": ["ReferralState", "ReferralStepKind", "ReturnReason"],
    "reveal": ["RevealMeans"],
    "search": ["CaseState"],
    "series": ["SeriesStatus", "Distributed"],
    "timeline": ["Told"],
    "title": ["Likeness", "TitleValue"],
}
CODES_OF_LAW = {"applying": ["Showing"], "gate": ["Majority"], "juvenile": ["JuvenileStep"], "points": ["Point"]}
"""Words of the floor of law that the ledger is told, or pages."""
WORDS_OF_DEEDS = {"by", "door", "of"}
"""Facts of a deed that are told by fixed words of no enumeration; see `ledger_lines.NAMES`."""
SENTENCES_OF = ["domain", "services", "records", "web"]
READERS = [
    "columns",
    "icse",
    "incoming_reports",
    "json_stream",
    "lines",
    "nsrl",
    "nsrl_database",
    "registry",
    "vics",
]
"""What of `exchange` says why a list or a report that was brought in through a page is none."""
LAW_OF_THE_GATE = ["applying", "gate", "juvenile", "points"]
"""What of `law` refuses what was typed on the page of a person, or of the law."""
COUNTING = ["tables", "vintages"]
"""What of `counting` refuses to freeze figures."""
NEVER_ON_A_PAGE = [
    "domain/fingerprint.py",
    "services/upkeep/backups.py",
    "services/clock.py",
    "services/demo/",
    "services/intake/scan.py",
    "records/backup/",
    "records/postgres/",
    "records/ledger/chain.py",
    "records/ledger/erasures.py",
    "records/ledger/merkle.py",
    "records/keys/custody.py",
    "records/keys/exhibit_keys.py",
    "records/keys/master.py",
]
"""What only the command line runs, in English, and what only a fault of the program makes."""
OF_LIBRARIES = [
    "Are you sure?",
    "Be patient, you are sending too many requests.",
    (
        "Enabling passwordless operation allows you to sign in using just this key, but imposes additional "
        "requirements such as biometrics or PIN protection."
    ),
    "Incorrect code.",
    "Key nr. {number}",
    "Passwordless",
    "The username and/or password you specified are not correct.",
    "This key does not indicate whether it is a passkey.",
    "Too many failed login attempts. Try again later.",
    "Username",
    "You cannot deactivate two-factor authentication.",
    "You cannot generate recovery codes without having two-factor authentication enabled.",
    "Your account is protected by two-factor authentication. Please enter an authenticator code:",
]
"""Texts of allauth whose Japanese is ours: it has another word for them, or a slip."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text that a page shows.

    Attributes:
        place: the file that holds it, from the project's root.
        text: in English; singular and plural where it has both.
        context: what tells it from the same text elsewhere.
        flags: how its placeholders are written, in gettext's words.
    """

    place: str
    text: str | tuple[str, ...]
    context: str | None = None
    flags: tuple[str, ...] = ()


def gathered() -> list[Text]:
    """Return every text that pages show. Django must have been set up."""
    return [
        *(text for path in sorted(WEB.rglob("*.html")) for text in of_template(path)),
        *(text for path in sorted(WEB.rglob("*.py")) for text in _called(path.read_bytes(), _place(path))),
        *_errors(),
        *_reasons(),
        *_codes(),
        *(Text("allauth", text, flags=("python-brace-format",) if "{" in text else ()) for text in OF_LIBRARIES),
    ]


def of_template(path: Path) -> Iterator[Text]:
    """Yield the texts of a template."""
    blanked = templatize(path.read_text(encoding="utf-8"), origin=path.name)
    # What is left of a template's indentation means nothing, and is no Python.
    lines = "\n".join(line.strip() for line in blanked.splitlines())
    yield from _called(lines.encode(), _place(path))


def _called(source: bytes, place: str) -> Iterator[Text]:
    """Yield the texts that Python source hands to gettext."""
    for _, text, _, context in extract("python", io.BytesIO(source), keywords=KEYWORDS):
        flags = ("python-format",) if "%(" in (text if isinstance(text, str) else text[0]) else ()
        yield Text(place, text, context, flags)


def _errors() -> Iterator[Text]:
    """Yield the messages of anticipated failures, as far as they are the same each time."""
    errors = importlib.import_module("tsunagu.domain.errors")
    readers = (SOURCE / "exchange" / f"{name}.py" for name in READERS)
    law = (SOURCE / "law" / f"{name}.py" for name in LAW_OF_THE_GATE)
    counting = (SOURCE / "counting" / f"{name}.py" for name in COUNTING)
    for path in chain(*(sorted((SOURCE / floor).rglob("*.py")) for floor in SENTENCES_OF), readers, law, counting):
        if any(path.relative_to(SOURCE).as_posix().startswith(one) for one in NEVER_ON_A_PAGE):
            continue
        found = list(_made(path, errors))
        module = importlib.import_module(_module(path)) if found else errors
        yield from (Text(_place(path), text) for node in found if (text := _value(node, module)))


def _made(path: Path, errors: ModuleType) -> Iterator[ast.expr]:
    """Yield the first argument of each error that a file makes, both where it is one of two."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            name = node.func.id
            kind = getattr(errors, name, None) or (name == "IntakeRefused" and errors.InputError)
            if isinstance(kind, type) and issubclass(kind, errors.TsunaguError):
                message = node.args[0]
                yield from (message.body, message.orelse) if isinstance(message, ast.IfExp) else (message,)


def _value(node: ast.expr, module: ModuleType) -> str:
    """Return the sentence where only constants of its module go into it, or else nothing."""
    try:
        # Our own source, and nothing but names, attributes and text of it.
        return str(eval(ast.unparse(node), vars(module)))  # noqa: S307
    except NameError:
        return ""


def _reasons() -> Iterator[Text]:
    """Yield the sentences of which an overlap's reasons are made."""
    summary = importlib.import_module("tsunagu.overlap.summary")
    telling = importlib.import_module("tsunagu.records.telling")
    place = _place(SOURCE / "overlap" / "summary.py")
    yield from (Text(_place(SOURCE / "records" / "telling.py"), one) for one in telling.NOTHING.reasons)
    yield Text(place, summary.CAVEAT)
    for sentences in [*vars(summary)["_SENTENCES"].values(), vars(summary)["_COMMON"]]:
        yield from (Text(place, one, flags=("python-brace-format",)) for one in sentences)


def _codes() -> Iterator[Text]:
    """Yield the words of the domain that pages show as they stand."""
    for floor, codes in (("domain", CODES), ("law", CODES_OF_LAW)):
        for name, enums in codes.items():
            module, place = importlib.import_module(f"tsunagu.{floor}.{name}"), SOURCE / floor / f"{name}.py"
            for enum in enums:
                members: Iterable[Enum] = getattr(module, enum)
                yield from (Text(_place(place), str(one.value), CODE) for one in members)
    errors = vars(importlib.import_module("tsunagu.domain.errors")).values()
    for code in sorted({one.code for one in errors if hasattr(one, "code")}):
        yield Text(_place(SOURCE / "domain" / "errors.py"), code, CODE)
    yield from _words_of_deeds()
    runs = importlib.import_module("tsunagu.services.intake.runs")
    lost = importlib.import_module("tsunagu.services.intake.lost_uploads")
    yield Text(_place(SOURCE / "services" / "intake" / "lost_uploads.py"), lost.NOT_IN_BACKUP, CODE)
    for failure in (runs.OFFICER_LEFT, runs.GAVE_UP, runs.EXPIRED):
        yield Text(_place(SOURCE / "services" / "intake" / "runs.py"), failure, CODE)


def _words_of_deeds() -> Iterator[Text]:
    """Yield what entries of the ledger say of a deed besides: what it was done to, and through which door."""
    search, act = importlib.import_module("tsunagu.domain.search"), importlib.import_module("tsunagu.domain.act")
    for subject in sorted({search.subject_of(one) for one in act.Act}):
        yield Text(_place(SOURCE / "domain" / "act.py"), subject, "subject")
    for path in chain.from_iterable(sorted((SOURCE / floor).rglob("*.py")) for floor in ("services", "web", "api")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Dict):
                yield from (Text(_place(path), one, CODE) for one in _said(node))


def _said(node: ast.Dict) -> Iterator[str]:
    """Yield the fixed words that a dict of facts of a deed holds."""
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and key.value in WORDS_OF_DEEDS:
            both = (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,)
            yield from (str(one.value) for one in both if isinstance(one, ast.Constant) and isinstance(one.value, str))


def _module(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")


def _place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def known() -> Catalog:
    """Return the catalog as it stands."""
    with CATALOG.open("rb") as file:
        return read_po(file, locale="ja", domain="django")


def brought_up_to_date(texts: Iterable[Text]) -> bytes:
    """Return the catalog with these texts and no others. What is known stays; what is new waits for its translation."""
    template, catalog = Catalog(domain="django", charset="utf-8"), known()
    for one in texts:
        template.add(one.text, locations=[(one.place, 0)], flags=one.flags, context=one.context)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.fuzzy = False
    catalog.header_comment = (
        "# The pages in Japanese. Words: docs/glossary.md. Brought up to date by `make translations`."
    )
    written = io.BytesIO()
    write_po(written, catalog, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False)
    # A date would differ at each run; other headers are about people.
    kept = ("Content-", "MIME-", "Plural-", "Language:")
    lines = written.getvalue().decode().splitlines(keepends=True)
    head = next(number for number, line in enumerate(lines) if line == "\n")
    lines[:head] = [one for one in lines[:head] if not one.startswith('"') or one[1:].startswith(kept)]
    return "".join(lines).encode()


def _main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsunagu.config.settings")
    django.setup()
    CATALOG.write_bytes(brought_up_to_date(gathered()))
    waiting = [one.id for one in known() if one.id and not one.string]
    for one in waiting:
        sys.stderr.write(f"not translated: {one}\n")
    return bool(waiting)


if __name__ == "__main__":
    sys.exit(_main())
