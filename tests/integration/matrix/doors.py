"""Every door that tells something, made from the program itself: its addresses, the API's description, its commands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import click
from django.http import HttpResponse
from django.urls import URLPattern, get_resolver, reverse

import tsunagu.web.pages
from tsunagu.api.operations import description
from tsunagu.cli.main import program
from tsunagu.config.urls import api
from tsunagu.records.models import (
    AlertRow,
    ApiKeyRow,
    Bank,
    BankItem,
    Case,
    ComparisonRow,
    EnquiryRequestRow,
    Exhibit,
    GrantRow,
    GuestRow,
    HitRow,
    Holding,
    IncomingListRow,
    Intake,
    OverlapNotice,
    ProposalRow,
    ReferralRow,
    ReportRow,
    RevealRow,
    SchemeRow,
    Series,
    SubmissionRow,
)
from tsunagu.records.session import LINKER, acting_for
from tsunagu.services.opaque import item_name

from ..web.test_doors import patterns  # noqa: TID252 - tests are no package with a name
from ..world import random_name  # noqa: TID252 - likewise
from .planted import TOLD_OF, Planted, Seat

PAGE, API, COMMAND = KINDS = ("page", "API", "command")
NUMBERS = {"number", "hit_id", "person", "title"}
NAMES = {"bank", "reference", "login", "series", "token"}
READING = (
    "agency waiting", "alerts list", "alerts overdue", "alerts show", "bank list", "bank show", "case erasure",
    "case list", "case show", "claims list", "clue list", "clue signed", "clue weigh",
    "comparisons list", "deletion show",
    "enquiry list", "enquiry overdue", "enquiry request", "enquiry requests",
    "guest list", "guest show", "guest visits",
    "exhibit withdraw", "gate show", "hits", "items", "key list", "list prefecture", "list review", "list status",
    "law file", "law list", "law proposals", "law proposed",
    "ledger show", "notices", "officer list", "officer proposals", "overlaps", "permission list",
    "person list", "person network", "person openings", "person recalls",
    "referral list", "report list", "report show", "retention show",
    "scheme list", "series candidates", "series count", "series list", "series show",
    "series submissions", "series votes",
    "statistics own", "statistics vintages", "submissions list", "submissions show", "title list", "whoami",
)  # fmt: skip
"""Commands that tell an officer something of what is held."""
AT_THE_HOST = ("ledger erasures", "ledger root", "ledger verify")
"""Commands by which an operator, whom nobody asks who he is, reads what is held."""
NO_FIGURES = {"year": "2018", "known_on": "2019-02-03"}
"""Of which nobody has frozen any."""
NAMED_BY = {
    "alert": "alert_id",
    "name": "bank",
    "case_reference": "reference",
    "overlap": "overlap_id",
    "exhibit_reference": "exhibit",
    "request": "request_id",
}
"""What commands call what addresses call otherwise."""
CALLED = {
    "case erasure": {"reference": "case"},
    **{one: {"name": "series"} for one in ("series show", "series submissions", "series votes")},
}
"""What one command calls so, and means something else by it than the others do."""
ASKED = {
    "clues": ("number",),
    "items": ("exhibit",),
    "withdraw": ("exhibit",),
    "erasures": ("case",),
    "ledger": ("case_id",),
    "cases": ("text",),
    "case_list_titles": ("text",),
    "overlaps": ("text", "agency"),
    "series_board": ("text",),
    "my_ledger": ("of",),
    "vintage": ("as",),
}
"""What pages are asked in the query of their address, beside `NARROWING`."""
NARROWING = {
    "after", "all", "answered", "before", "by", "deed", "news", "prefecture", "since", "standing", "state", "status",
    "strength", "until",
}  # fmt: skip
"""What pages are asked besides: which part of a list, as a place in it or as one of a few words."""
ENOUGH = "10000"
MOST_REPORTS = 3
"""So many of A's reports are asked for one by one: those first that do not wait."""


@dataclass(frozen=True)
class Door:
    """One question, as it is asked.

    Attributes:
        asked: the values of A's that it names; that they are repeated tells nothing.
    """

    kind: str
    name: str
    address: tuple[Any, ...]
    asked: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {' '.join(map(str, self.address))}"

    def told(self, planted: Planted, seat: Seat) -> str | None:
        """Return all that somebody is told; None where he cannot even ask."""
        if self.kind == PAGE:
            path, query = self.address
            return _text(seat.visitor.get(path, **dict(query)))
        if self.kind == API:
            path, query = self.address
            return None if seat.program is None else _text(seat.program.send("GET", path, **dict(query)))
        return planted.world.run(seat.token, *self.address).text


def _text(response: HttpResponse) -> str:
    content = b"".join(response) if response.streaming else response.content
    return "\n".join(f"{name}: {value}" for name, value in response.items()) + content.decode(errors="replace")


@dataclass(frozen=True)
class Targets:
    """What of A's may be named, by what addresses call it.

    Attributes:
        exhibits: of each case, by reference.
        cases: the ids of the cases that are named.
    """

    named: dict[str, tuple[str, ...]]
    exhibits: dict[str, tuple[str, ...]]
    cases: frozenset[UUID]

    @classmethod
    def of(cls, planted: Planted) -> Targets:
        """Gather them."""
        scene = planted.scene
        references = tuple(scene.targets[kind] for kind in TOLD_OF)
        with acting_for(planted.agency_id):
            exhibits = {
                one: tuple(Exhibit.objects.filter(case__reference=one).values_list("reference", flat=True))
                for one in references
            }
            cases = frozenset(Case.objects.filter(reference__in=references).values_list("id", flat=True))
            overlaps = OverlapNotice.objects.values_list("overlap_id", flat=True)
            found = {
                "overlap_id": sorted(overlaps, key=lambda one: str(one) != scene.targets["shared"]),
                "alert_id": AlertRow.objects.values_list("id", flat=True),
                "intake_id": Intake.objects.values_list("id", flat=True),
                "reveal_id": RevealRow.objects.values_list("id", flat=True),
                "bank": Bank.objects.values_list("name", flat=True),
                "item_id": [
                    item_name(planted.world.rooms.keys, one) for one in BankItem.objects.values_list("id", flat=True)
                ],
                "report_id": ReportRow.objects.order_by("state", "id").values_list("id", flat=True)[:MOST_REPORTS],
                "list_id": IncomingListRow.objects.values_list("id", flat=True),
                "key_id": ApiKeyRow.objects.filter(officer_id=scene.people["anna"].actor.officer_id).values_list(
                    "id", flat=True
                ),
                "proposal_id": ProposalRow.objects.filter(settled_at=None).values_list("id", flat=True),
                "scheme": SchemeRow.objects.values_list("name", flat=True),
                "series": Series.objects.values_list("name", flat=True),
                "request_id": EnquiryRequestRow.objects.values_list("id", flat=True),
                "referral_id": ReferralRow.objects.values_list("id", flat=True),
                "guest_id": GuestRow.objects.order_by("-taken_at").values_list("id", flat=True),
                "comparison_id": ComparisonRow.objects.values_list("id", flat=True),
                "submission_id": SubmissionRow.objects.values_list("id", flat=True),
                "grant_id": GrantRow.objects.values_list("id", flat=True),
                "number": Holding.objects.filter(exhibit__case__reference=references[0]).values_list(
                    "number", flat=True
                ),
            }
            named = {name: tuple(map(str, ids)) for name, ids in found.items()}
        hits = HitRow.objects.using(LINKER).filter(overlap_id__in=named["overlap_id"]).values_list("id", flat=True)
        carl = scene.people["carl"]
        named |= {"reference": references, "login": (carl.login,), "officer_id": (str(carl.actor.officer_id),)}
        named |= {"hit_id": tuple(map(str, hits)), "offset": ("0",), "token": (random_name("token"),)}
        named |= {"called": ("child-1", "subject-1"), "case_id": tuple(map(str, sorted(cases)))}
        named |= {"list": ("1",), "person": ("2",), "title": ("1",), "as": ("csv",)}
        named |= {
            one: (told,) for one, told in zip(("year", "known_on"), scene.targets["vintage"].split("/"), strict=True)
        }
        named |= {"agency": (carl.agency,), "of": ("others",), "pk": ("1",)}
        return cls(named | {"text": references, "case": (scene.targets["wrong case"], references[0])}, exhibits, cases)

    def values(self, names: Sequence[str]) -> Iterator[dict[str, str]]:
        """Yield values for these names together; an exhibit goes with its own case."""
        plain = [name for name in names if name != "exhibit"]
        for chosen in product(*(self.named[name] for name in plain)):
            values = dict(zip(plain, chosen, strict=True))
            if "exhibit" in names:
                for one in self.exhibits[values["reference"]]:
                    yield {**values, "exhibit": one}
            else:
                yield values


def absent(name: str) -> str:
    """Return what may be named so, and is nowhere."""
    if name in NO_FIGURES:
        return NO_FIGURES[name]
    if name in NUMBERS:
        return str(10**15 + uuid4().int % 10**14)
    return random_name("absent") if name in NAMES else str(uuid4())


def arguments_of(pattern: URLPattern) -> tuple[str, ...]:
    """Return what an address names, in its order."""
    [(_, arguments)] = get_resolver().reverse_dict.getlist(str(pattern.name))[0][0]
    return tuple(arguments)


def meant_by(page: str, argument: str) -> str:
    """Return what a page's address means by an argument: those of seized lists count lists, and all others items."""
    return "list" if argument == "number" and page.startswith("case_list") else argument


def pages(targets: Targets) -> Iterator[Door]:
    """Yield every page, with everything that it may be asked for."""
    for pattern in patterns():
        name = str(pattern.name)
        called = {one: meant_by(name, one) for one in arguments_of(pattern)}
        arguments, queries = tuple(called.values()), ASKED.get(name, ())
        for values in targets.values(arguments):
            path = reverse(name, kwargs={one: values[meant] for one, meant in called.items()})
            yield Door(PAGE, name, (path, ()), frozenset(values.values()))
            for query in queries:
                for both in targets.values((*(one for one in arguments if query == "exhibit"), query)):
                    if values.items() <= both.items() or query != "exhibit":
                        value = both[query]
                        yield Door(PAGE, name, (path, ((query, value),)), frozenset({*values.values(), value}))


def operations(targets: Targets) -> Iterator[Door]:
    """Yield every operation that reads, with everything that it may be asked for; and the description."""
    yield Door(API, "openapi", ("/api/openapi.json", ()))
    for path, methods in description(api)["paths"].items():
        if "get" not in methods:
            continue
        parameters = {one["name"]: one for one in methods["get"].get("parameters", ())}
        wanted = [name for name, one in parameters.items() if one.get("required")]
        most = (("most", str(parameters["most"]["schema"]["maximum"])),) if "most" in parameters else ()
        for values in targets.values(wanted):
            query = tuple((name, value) for name, value in values.items() if parameters[name]["in"] == "query")
            yield Door(API, path, (path.format(**values), query + most), frozenset(values.values()))


def commands(targets: Targets, called_so: Sequence[str] = READING) -> Iterator[Door]:
    """Yield every command that reads, with everything that it may be asked for, in both forms."""
    for name in called_so:
        command = command_called(name)
        wanted = [one for one in command.params if one.required]
        called = NAMED_BY | CALLED.get(name, {})
        names = {str(one.name): called.get(str(one.name), str(one.name)) for one in wanted}
        named = [names[str(one.name)] for one in wanted if not isinstance(one.type, click.Choice)]
        forms = [()] + [("--json",)] * any("--json" in one.opts for one in command.params)
        forms += [(*form, "--agency") for form in forms] * any("--agency" in one.opts for one in command.params)
        for values in targets.values(named):
            typed: list[str] = []
            for one in wanted:
                chosen = one.type.choices[0] if isinstance(one.type, click.Choice) else None
                value = str(chosen or values[names[str(one.name)]])
                typed += [value] if isinstance(one, click.Argument) else [one.opts[0], value]
            for one in command.params:
                if "--most" in one.opts:
                    bounds = one.type if isinstance(one.type, click.IntRange) else None
                    typed += ["--most", str(bounds.max) if bounds and bounds.max else ENOUGH]
            for form in forms:
                yield Door(COMMAND, name, (*name.split(), *typed, *form), frozenset(values.values()))


def command_called(name: str) -> click.Command:
    """Return a command by its words."""
    found: click.Command = program
    for word in name.split():
        assert isinstance(found, click.Group)
        inner = found.get_command(click.Context(found), word)
        assert inner is not None
        found = inner
    return found


def asked_in_sources() -> set[str]:
    """Return all names by which pages read something in the query of an address."""
    sources = (path.read_text() for path in Path(tsunagu.web.pages.__path__[0]).glob("*.py"))
    return {name for text in sources for name in re.findall(r'\.GET(?:\.get(?:list)?\(|\[)"([^"]+)"', text)}
