"""A story that a seed makes up: other countries than Japan, an invited guest, a refusal, a wrong region, a letter out.

Two agencies hold the same; a series is put together and a guest looks at it; countries are weighed and signed; the
alert goes to a wrong country, to the right one, to a wrong region, on to the right one, and leaves for an agency that
has no Tsunagu; the outcome comes back to all. The path is printed, with the time of each hop.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tsunagu.domain.agency_tree import AgencyKind, ListedAgency
from tsunagu.domain.country import CODES
from tsunagu.domain.outcome import OutcomeCode
from tsunagu.domain.permission import Role
from tsunagu.domain.series_counts import CountedBy
from tsunagu.records import agencies
from tsunagu.services.agencies.tree import confirm_places, load_agencies
from tsunagu.services.alerts.counted_outcomes import count_outcomes

from .alerted import member
from .linked import Held, Made, copy
from .scene import OVERSEES, WORKS
from .world import Person, World, now, random_name

SEEDS, SMALL = 6, 4
"""How many stories are made up, and which of them is told outside the soak too: by a transfer, and two regions."""
MOST_CHILDREN, MOST_ITEMS = 40, 4
WORDS = ("--words", "as it seems")
UNTIL = f"{now().date() + timedelta(days=30)}"


@dataclass(frozen=True)
class Plot:
    """What a seed decides.

    Attributes:
        wrong, right: countries that clues speak for; the alert goes to the wrong one first.
        transfers: whether the wrong region passes the alert on by a transfer, or refuses it.
        is_deep: whether the right region has no Tsunagu itself, or hands on to an agency beneath it that has none.
    """

    contributors: tuple[str, str]
    guest: str
    wrong: str
    right: str
    items: int
    children: int
    months: tuple[int, ...]
    transfers: bool
    is_deep: bool

    @classmethod
    def of(cls, seed: int) -> Plot:
        chance = random.Random(seed)
        first, second, guest, wrong, right = chance.sample(sorted(CODES - {"JP"}), 5)
        months = tuple(sorted((chance.randint(6, 120) for _ in range(chance.randint(1, 4))), reverse=True))
        items, children = chance.randint(1, MOST_ITEMS), chance.randint(1, MOST_CHILDREN)
        return cls((first, second), guest, wrong, right, items, children, months, seed % 2 == 0, seed % 3 != 0)


@dataclass
class Cast:
    """The people of a story, by what each is in it; the second one works with the body."""

    world: World
    people: dict[str, Person]
    second: Person
    without: str

    @classmethod
    def gather(cls, world: World, plot: Plot) -> Cast:
        body, overseer = world.found(WORKS, OVERSEES)
        national = AgencyKind.NATIONAL_POLICE
        people = {"body": body, "guest": member(world)}
        people |= {f"contributor {number}": member(world, body, national) for number in (1, 2)}
        people |= {name: member(world, body, national) for name in ("wrong country", "right country")}
        above = people["right country"]
        people["wrong region"] = member(world, above)
        if plot.is_deep:
            above = people["right region"] = member(world, above)
        listed = ListedAgency(random_name("without"), "", AgencyKind.REGIONAL_POLICE, "", plot.right, "", "a desk")
        load_agencies(listed=[listed], under=above.agency, now=now(), ledger=world.rooms.ledger)
        confirm_places(actor=above.actor, names=[listed.name], **world.parts)
        return cls(world, people, world.enroll(overseer, Role.OFFICER), listed.name)

    @property
    def without_id(self) -> str:
        card = agencies.agency_called(self.without)
        assert card
        return str(card.agency_id)

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    def ask(self, who: str, *typed: str) -> dict[str, Any]:
        [answer] = self.world.json(self.people[who], *typed)
        return answer

    def do(self, who: str, *typed: str) -> None:
        done = self.world.run(self.people[who], *typed)
        assert done.status == 0, done.text

    def told(self, alert: str, since: int) -> list[dict[str, Any]]:
        """The ledger's entries of an alert since then, but for readings."""
        entries = [one for one in self.world.entries()[since:] if one["act"].startswith("alert:")]
        passive = {"alert:read", "alert:printed"}
        return [one for one in entries if one["act"] not in passive and one["details"].get("alert") == alert]


def overlap(cast: Cast, plot: Plot) -> tuple[Held, list[str]]:
    """Let body and contributors hold the same, and share it; return the body's case and the overlaps."""
    files = [Made().file() for _ in range(plot.items)]
    held = Held.open(cast.world, cast["body"]).bring(*files)
    for number in (1, 2):
        theirs = Held.open(cast.world, cast[f"contributor {number}"]).bring(*(copy(one) for one in files))
        [common] = {one.overlap_id for one in theirs.notices()} & {one.overlap_id for one in held.notices()}
        held.share(common)
        assert theirs.share(common)
    return held, [str(one.overlap_id) for one in held.notices()]


def see_by_other_eyes(cast: Cast, plot: Plot, case: str) -> None:
    """Put a series together, and let a guest say what he makes of it."""
    series, guest = random_name("series"), cast["guest"]
    cast.do("body", "case", "join", case, cast.second.login)
    cast.do("body", "series", "open", series, "--case", case)
    numbers = [str(number) for number in range(1, plot.items + 1)]
    cast.do("body", "series", "add", series, "--case", case, *numbers)
    handling = ("--to", guest.agency, "--use", "investigation", "--reason", "they know bells")
    cast.do("body", "series", "handling", series, *handling)
    asked = ("--agency", guest.agency, "--login", guest.login, "--asked", "whose bell is it?", "--until", UNTIL)
    invited = cast.ask("body", "guest", "invite", series, *asked)["guest"]
    assert cast.world.run(cast.second, "guest", "confirm", invited).status == 0
    cast.do("guest", "guest", "accept", invited)
    shown = cast.ask("guest", "guest", "show", invited)
    assert (shown["series"], len(shown["items"])) == (series, plot.items)
    said = ("--words", "a bell", "--grading", "B2", "--supports", f"{plot.wrong},{plot.right}")
    cast.do("guest", "guest", "answer", invited, "--item", shown["items"][0]["sha256"], *said)
    [told] = [one for one in cast.world.json(cast["body"], "guest", "list") if one["guest"] == invited]
    answer = told["answers"][0]
    assert answer["countries"] == sorted((plot.wrong, plot.right))
    seen = ("--kind", "sound", "--text", f"{answer['words']}, {answer['grading']}: a guest")
    cast.do("body", "clue", "add", case, "1", *seen, "--supports", ",".join(answer["countries"]))


def weigh(cast: Cast, plot: Plot, case: str) -> list[str]:
    """Enter a clue of the body's own, sign what all tell, and return the grounds of an alert."""
    cast.do("body", "clue", "add", case, "1", "--kind", "writing", "--text", "a sign", "--supports", plot.wrong)
    weighed = cast.ask("body", "clue", "weigh", case)
    sign = ("--as", "probable", "--statement", "by bell and sign", "--seal", weighed["seal"])
    signed = cast.ask("body", "clue", "sign", case, *sign)
    assert signed["number"] == 1
    grounds = {one["country"]: one["weight"] for one in weighed["countries"]}
    assert grounds[plot.wrong] > grounds[plot.right] > 0
    return [part for country, weight in grounds.items() for part in ("--country", f"{country}={weight}")]


def go_to_the_right_region(cast: Cast, plot: Plot, alert: str) -> str:
    """Let the alert find its way: a wrong country, a wrong region; return who speaks for the agency without Tsunagu."""
    cast.do("wrong country", "alerts", "acknowledge", alert)
    cast.do("wrong country", "alerts", "refuse", alert, "--because", "wrong-country", "--words", "our bells ring lower")
    cast.do("body", "alerts", "pass", alert, "--to", cast["right country"].agency, *WORDS)
    cast.do("right country", "alerts", "acknowledge", alert)
    cast.do("right country", "alerts", "pass", alert, "--to", cast["wrong region"].agency, *WORDS)
    cast.do("wrong region", "alerts", "acknowledge", alert)
    speaker = "right region" if plot.is_deep else "wrong region" if plot.transfers else "right country"
    to = cast["right region"].agency if plot.is_deep else cast.without
    if plot.transfers:
        form = ("--form", "transfer", "--words", "the school lies there")
        cast.do("wrong region", "alerts", "pass", alert, "--to", to, *form)
    else:
        cast.do("wrong region", "alerts", "refuse", alert, "--because", "wrong-place", "--words", "no such school")
        cast.do("right country", "alerts", "pass", alert, "--to", to, *WORDS)
    if plot.is_deep:
        cast.do("right region", "alerts", "acknowledge", alert)
        cast.do("right region", "alerts", "pass", alert, "--to", cast.without, *WORDS)
    return speaker


def answer_by_letter(cast: Cast, plot: Plot, alert: str, speaker: str, folder: Path) -> None:
    """Let the alert leave as a letter, and enter what comes back with the document that says so."""
    out = folder / random_name("letter")
    cast.do(speaker, "alerts", "letter", alert, "--to", cast.without, "--out", str(out))
    assert (out / "alert.sig").stat().st_size > 0
    became = "convicted:arrested+indicted+sentenced"
    persons = [
        part
        for number, months in enumerate(plot.months, start=1)
        for part in ("--person", f"{number}:{became}:{'organizer' * (number == 1)}:{months}")
    ]
    steps = (("acknowledge",), ("take",), ("outcome", "--children", f"safeguarded={plot.children}", *persons))
    for step, *more in steps:
        document = folder / random_name(step)
        document.write_text(f"{step}, by post")
        assert cast.world.run(cast[speaker], "alerts", step, alert, *more).status != 0  # not without its document
        cast.do(speaker, "alerts", step, alert, "--document", str(document), *more)


@pytest.mark.parametrize(
    "seed", [pytest.param(one, marks=[pytest.mark.soak][one == SMALL :], id=f"seed-{one}") for one in range(SEEDS)]
)
def test_a_story_ends_with_children_safe_and_everybody_told(world: World, seed: int, tmp_path: Path) -> None:
    plot = Plot.of(seed)
    cast = Cast.gather(world, plot)
    held, overlaps = overlap(cast, plot)
    case = held.case.reference
    see_by_other_eyes(cast, plot, case)
    grounds, since = weigh(cast, plot, case), world.entry_count()
    rests_on = [part for one in overlaps for part in ("--overlap", one)]
    finding = ("--finding", "a bell and a sign", "--priority", "high", "--reason", "it goes on")
    to = ("--to", cast["wrong country"].agency)
    alert = cast.ask("body", "alerts", "raise", "--case", case, *rests_on, *to, *grounds, *finding)["alert"]
    speaker = go_to_the_right_region(cast, plot, alert)
    answer_by_letter(cast, plot, alert, speaker, tmp_path)
    told = cast.told(alert, since)
    _print_path(cast, plot, told)
    _check_that_all_are_told(cast, plot, alert, speaker)
    _check_the_ledger(cast, plot, told, speaker)
    assert cast.world.run(cast["guest"], "alerts", "show", alert).status == 4  # he saw a series, and nothing beyond


def _print_path(cast: Cast, plot: Plot, told: list[dict[str, Any]]) -> None:
    names = {str(one.actor.agency_id): name for name, one in cast.people.items()} | {cast.without_id: "no Tsunagu"}
    where = {"wrong country": plot.wrong, "right country": plot.right, "body": "", "guest": plot.guest}
    where |= {f"contributor {number}": country for number, country in enumerate(plot.contributors, start=1)}
    print(f"\n{plot}")
    for one in told:
        name = names[one["agency"]]
        print(f"{one['at'][:19]}  {name:15} {where.get(name, plot.right):2}  {one['act'].removeprefix('alert:')}")


def _check_that_all_are_told(cast: Cast, plot: Plot, alert: str, speaker: str) -> None:
    """The outcome stands at home, with both contributors and with all on the way; it is counted where it began."""
    on_the_way = {"body", "contributor 1", "contributor 2", "right country", speaker}
    on_the_way |= {"wrong region"} if plot.transfers else set()  # who hands over by a form stays on the way home
    for name in on_the_way:
        shown = cast.ask(name, "alerts", "show", alert)
        outcome = shown["steps"][-1]["outcome"]
        assert (shown["state"], outcome["children"]) == ("answered", {"safeguarded": plot.children})
        assert [one["sentence_months"] for one in outcome["persons"]] == list(plot.months)
    for name in cast.people:
        counted = count_outcomes(actor=cast[name].actor, by=CountedBy.YEAR, **cast.world.parts)
        it_is_theirs = name == "body" or name.startswith("contributor")
        assert counted.children == ({OutcomeCode.SAFEGUARDED: plot.children} if it_is_theirs else {}), name
    for name in {"wrong country", "wrong region"} - on_the_way:
        shown = cast.ask(name, "alerts", "show", alert)
        assert not any(one["outcome"] for one in shown["steps"]), name


def _check_the_ledger(cast: Cast, plot: Plot, told: list[dict[str, Any]], speaker: str) -> None:
    """Each hop has its time, in order; what was entered for the correspondent stands in its speaker's ledger."""
    times = [datetime.fromisoformat(one["at"]) for one in told]
    assert times == sorted(times)
    ids = {name: str(one.actor.agency_id) for name, one in cast.people.items()}
    acts = {name: [one["act"].removeprefix("alert:") for one in told if one["agency"] == ids[name]] for name in ids}
    assert acts["wrong country"] == ["arrived", "acknowledged", "refused"]
    assert acts["body"][:3] == ["raised", "returned", "passed"]
    assert acts["wrong region"][:2] == ["arrived", "acknowledged"]
    assert acts["wrong region"][2] == ("passed" if plot.transfers else "refused")
    assert acts[speaker][-3:] == ["acknowledged", "taken", "disposed"]
    assert [acts[f"contributor {number}"] for number in (1, 2)] == [["contributed", "informed"]] * 2
    assert acts["guest"] == []
