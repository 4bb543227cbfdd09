"""The story of 2017 over three installations: a home, a database, a door and a worker each, and lines between them."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from PIL import Image, ImageDraw

from tsunagu.records.postgres.server import EmbeddedPostgres

from .conftest import PROGRAM, Installation
from .serving import free_port, until

HOP_WITHIN_S = 90
COMPARED_WITHIN_S = 240
"""There, compared by the worker there, and back: each of the three may take a minute."""
SENTENCES = (96, 60, 48, 36, 24)
"""The ringleader's eight years and the others' two to five, in months."""
BODY, NPA, KYOTO = "International body", "National Police Agency", "Kyoto Prefectural Police"
DENMARK, AUSTRALIA = "Police of Denmark", "Police of Australia"


@dataclass
class Site:
    """One of the installations, with its door and its worker."""

    name: str
    house: Installation
    port: int
    agencies: dict[str, str] = field(default_factory=dict)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def found(self, agency: str, country: str, officer: str) -> None:
        self.house.found(agency, country, officer)
        self.agencies[agency] = officer

    def as_(self, agency: str, *typed: str | Path) -> list[Any]:
        """Run a command as the officer of an agency."""
        return self.house.json(*typed, officer=self.agencies[agency])

    def start(self) -> None:
        """Open the door and let the worker call."""
        for command in (("hub", "serve", "--port", str(self.port)), ("worker",)):
            quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            self.running.append(subprocess.Popen([PROGRAM, *command], env=self.house.environ(), **quiet))

    def stop(self) -> None:
        for one in self.running:
            one.terminate()
        for one in self.running:
            assert one.wait(timeout=60) == 0

    def told(self, kind: str, about: str) -> list[dict[str, Any]]:
        """Return what the ledger tells of an alert or a comparison, in order."""
        address = replace(EmbeddedPostgres(self.house.home).admin_address(), database="tsunagu")
        with psycopg.connect(address.conninfo()) as connection:
            bodies = connection.execute("SELECT body FROM ledger.entry ORDER BY number").fetchall()
            names = dict(connection.execute("SELECT id::text, name FROM agency").fetchall())
        entries = [json.loads(body) for (body,) in bodies]
        found = [one for one in entries if one["act"].startswith(f"{kind}:") and one["act"] != f"{kind}:read"]
        return [
            {
                "at": datetime.fromisoformat(one["at"]),
                "site": self.name,
                "agency": names[one["agency"]],
                "act": one["act"],
            }
            for one in found
            if one["details"].get(kind) == about
        ]


@pytest.fixture(scope="module")
def sites(make_installation: Callable[..., Installation]) -> Iterator[tuple[Site, Site, Site]]:
    """The international body, Japan, and one home of Denmark and Australia, joined two by two and running."""
    with ExitStack() as stack:
        body, japan, nordic = (
            Site(name, make_installation(), free_port()) for name in ("international", "Japan", "Denmark and Australia")
        )
        for one in (body, japan, nordic):
            stack.enter_context(EmbeddedPostgres(one.house.home).use())
        body.found(BODY, "FR", "ida")
        japan.found(NPA, "JP", "nori")
        japan.found(KYOTO, "JP", "kei")
        nordic.found(DENMARK, "DK", "anna")
        nordic.found(AUSTRALIA, "AU", "ben")
        stack.enter_context(_joined(body, japan, nordic))
        yield body, japan, nordic


@contextmanager
def _joined(body: Site, japan: Site, nordic: Site) -> Iterator[None]:
    cards = {}
    for site, speaks in ((body, BODY), (japan, NPA), (nordic, DENMARK)):
        card = site.house.home / "card"
        address = f"https://127.0.0.1:{site.port}/hub/"
        command = ("hub", "card", "--name", site.name, "--address", address, "--agency", speaks, "--out", str(card))
        [said] = site.house.json(*command)
        cards[site.name] = (card, said["fingerprint"], speaks)
    for site, other in ((body, japan), (japan, body), (body, nordic), (nordic, body)):
        card, fingerprint, _ = cards[other.name]
        site.house.run("hub", "join", str(card))
        site.as_(cards[site.name][2], "hub", "accept", other.name, "--fingerprint", fingerprint)
    for site, name, above, kind in (
        (body, NPA, BODY, "national-police"), (body, DENMARK, BODY, "national-police"),
        (japan, NPA, BODY, "national-police"), (nordic, DENMARK, BODY, "national-police"),
        (japan, KYOTO, NPA, "regional-police"),
    ):  # fmt: skip
        site.house.run("agency", "place", name, "--under", above, "--kind", kind)
    body.house.run("agency", "confirm", NPA, DENMARK, officer="ida")
    japan.house.run("agency", "confirm", KYOTO, officer="nori")
    for site in (body, japan, nordic):
        site.start()
    try:
        yield
    finally:
        for site in (body, japan, nordic):
            site.stop()


def draw(folder: Path) -> dict[str, Path]:
    """Draw one picture, and return it as two agencies hold it: as it is, and compressed anew."""
    chance = random.Random(2017)
    picture = Image.effect_noise((640, 480), 90).convert("RGB")
    pen = ImageDraw.Draw(picture)
    for _ in range(12):
        left, top = chance.randrange(500), chance.randrange(380)
        pen.rectangle((left, top, left + 90, top + 70), fill=tuple(chance.randrange(256) for _ in range(3)))
    found = {DENMARK: folder / "one" / "seized.png", AUSTRALIA: folder / "two" / "seized.jpg"}
    for path in found.values():
        path.parent.mkdir()
        picture.save(path)
    return found


@pytest.mark.soak
def test_from_two_uploads_to_47_children_safe_over_lines_between_three_installations(
    sites: tuple[Site, Site, Site], tmp_path: Path
) -> None:
    body, japan, nordic = sites
    pictures = draw(tmp_path)
    _hold(nordic, pictures)
    comparison = _compared(body, nordic, pictures[AUSTRALIA].parent)
    alert = _raised(nordic)
    _arrives(body, BODY, alert)
    [_] = body.as_(BODY, "alerts", "acknowledge", alert)
    [_] = body.as_(BODY, "alerts", "pass", alert, "--to", NPA, "--words", "by uniform and chime")
    _arrives(japan, NPA, alert)
    [_] = japan.as_(NPA, "alerts", "acknowledge", alert)
    [_] = japan.as_(NPA, "alerts", "pass", alert, "--to", KYOTO, "--words", "a school there wears it")
    [_] = japan.as_(KYOTO, "alerts", "acknowledge", alert)
    japan.house.run("case", "open", "KP-1", officer="kei")
    [_] = japan.as_(KYOTO, "alerts", "take", alert, "--case", "KP-1")
    persons = [
        f"{number}:convicted:arrested+referred-in-custody+indicted+sentenced:{'organizer' * (number == 1)}:{months}"
        for number, months in enumerate(SENTENCES, start=1)
    ]
    [_] = japan.as_(KYOTO, "alerts", "outcome", alert, "--children", "located=1")
    named = [part for one in persons for part in ("--person", one)]
    [_] = japan.as_(KYOTO, "alerts", "outcome", alert, "--children", "safeguarded=47", *named)
    for agency in (DENMARK, AUSTRALIA):
        _is_told(nordic, agency, alert)
    _is_told(body, BODY, alert)
    _print_and_check_the_path(sites, comparison, alert)


def _hold(nordic: Site, pictures: dict[str, Path]) -> None:
    """Let Denmark and Australia bring in what they have in common."""
    for agency, case in ((DENMARK, "DK-1"), (AUSTRALIA, "AU-1")):
        nordic.house.run("case", "open", case, officer=nordic.agencies[agency])
        nordic.as_(agency, "ingest", "--case", case, "--exhibit", "E1", pictures[agency].parent)


def _compared(body: Site, nordic: Site, copies: Path) -> str:
    """Let the body hold a copy that was compressed anew, and Denmark learn of it over the line, as the body does."""
    body.house.run("case", "open", "INT-1", officer="ida")
    body.as_(BODY, "ingest", "--case", "INT-1", "--exhibit", "E1", copies)
    why = ("--reason", "the uniform is known there, it seems")
    [asked] = nordic.as_(DENMARK, "comparisons", "ask", "--case", "DK-1", "--to", body.name, *why)

    def answer() -> dict[str, Any]:
        [found] = nordic.as_(DENMARK, "comparisons", "list")
        return dict(found)

    until(lambda: answer()["state"] == "hit", COMPARED_WITHIN_S)
    assert [hit["agency"] for hit in answer()["hits"]] == [BODY]
    [found] = body.as_(BODY, "overlaps")
    assert DENMARK in found["agencies"]
    return str(asked["comparison"])


def _raised(nordic: Site) -> str:
    """Let Denmark weigh countries, sign, and raise an alert from what it has in common with Australia."""
    [found] = nordic.as_(DENMARK, "overlaps")
    for agency in (DENMARK, AUSTRALIA):
        nordic.house.run("share", found["overlap"], officer=nordic.agencies[agency])
    [item] = nordic.as_(DENMARK, "items", "--case", "DK-1")
    for kind, text, supports in (("uniform", "a school uniform", "JP,TW"), ("sound", "a chime at five", "JP")):
        typed = ("clue", "add", "DK-1", str(item["number"]), "--kind", kind, "--text", text, "--supports", supports)
        nordic.as_(DENMARK, *typed, "--support", "strong")
    weighed = nordic.as_(DENMARK, "clue", "weigh", "DK-1")
    [seal] = {one["seal"] for one in weighed if "seal" in one}
    nordic.as_(DENMARK, "clue", "sign", "DK-1", "--as", "probable", "--statement", "uniform and chime", "--seal", seal)
    resting = ("alerts", "raise", "--case", "DK-1", "--overlap", found["overlap"], "--to", BODY)
    finding = (
        "--finding",
        "a school uniform and a chime that Japan knows",
        "--country",
        "JP=0.85",
        "--country",
        "TW=0.1",
    )
    [raised] = nordic.as_(DENMARK, *resting, *finding, "--priority", "high", "--reason", "it seems to go on")
    return str(raised["alert"])


def _arrives(site: Site, agency: str, alert: str) -> None:
    until(lambda: alert in [one["alert"] for one in site.as_(agency, "alerts", "list")], HOP_WITHIN_S)


def _is_told(site: Site, agency: str, alert: str) -> None:
    """Wait until the outcome has come home, and find 47 children safe and five persons with role and sentence."""

    def shown() -> dict[str, Any]:
        [found] = site.as_(agency, "alerts", "show", alert)
        return dict(found)

    def last() -> Any:
        return (shown()["steps"][-1]["outcome"] or {}).get("children")

    until(lambda: last() == {"safeguarded": 47}, HOP_WITHIN_S)
    outcome = shown()["steps"][-1]["outcome"]
    assert [one["sentence_months"] for one in outcome["persons"]] == list(SENTENCES)
    assert [one["part"] for one in outcome["persons"]] == ["organizer", "", "", "", ""]
    assert {one["role"] for one in outcome["persons"]} == {"convicted"}
    assert shown()["state"] == "answered"


def _print_and_check_the_path(sites: tuple[Site, Site, Site], comparison: str, alert: str) -> None:
    compared = sorted((one for site in sites for one in site.told("comparison", comparison)), key=lambda one: one["at"])
    told = sorted((one for site in sites for one in site.told("alert", alert)), key=lambda one: one["at"])
    for one in (*compared, *told):
        print(f"{one['at']:%H:%M:%S.%f}"[:12], f"{one['site']:22} {one['agency']:26} {one['act']}")
    own = [
        (one["agency"], one["act"].removeprefix("alert:"))
        for one in told
        if one["agency"] in next(site for site in sites if site.name == one["site"]).agencies
    ]
    assert [one for one in own if one[1] not in {"contributed", "informed"}] == [
        (DENMARK, "raised"), (BODY, "arrived"), (BODY, "acknowledged"), (BODY, "passed"), (NPA, "arrived"),
        (NPA, "acknowledged"), (NPA, "passed"), (KYOTO, "arrived"), (KYOTO, "acknowledged"), (KYOTO, "taken"),
        (KYOTO, "disposed"), (KYOTO, "disposed"),
    ]  # fmt: skip
    acts = {(one["site"], one["act"].removeprefix("comparison:")) for one in compared}
    body, _, nordic = (site.name for site in sites)
    assert acts == {
        (nordic, "asked"), (body, "arrived"), (body, "items_kept"), (body, "hit"), (body, "answered"), (nordic, "hit"),
        (nordic, "answered"),
    }  # fmt: skip
    informed = [agency for agency, act in own if act == "informed"]
    assert sorted(informed) == sorted([NPA, BODY, DENMARK, AUSTRALIA] * 2)
    for site in sites:
        assert site.house.json("ledger", "verify")[0]["ledger_ok"] is True
        [*status] = site.house.json("hub", "status")
        assert {(one["unsent"], one["unanswered"], one["waiting"], one["failed_calls"]) for one in status} == {
            (0, 0, 0, 0)
        }
