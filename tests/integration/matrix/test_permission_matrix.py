"""Role by record by field by door: whoever opens whatever door is told what the table says he may be, and nothing else.

Every field of every table holds a value that stands nowhere else; every door that the program has is opened by
everybody, with everything in its place that may be asked for; and what each is told is searched for every value.
"""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import pytest

from tsunagu.domain.permission import Permission

from ..api.programs import Program, lendable  # noqa: TID252 - tests are no package with a name
from ..scene import DOORS  # noqa: TID252 - likewise
from ..test_permissions import AS_OTHERS, IDENTITY, OPERATORS, READ_NO_HOLDINGS, _commands, program  # noqa: TID252 - likewise
from ..web.test_doors import patterns  # noqa: TID252 - likewise
from ..web.visitors import CHANGING  # noqa: TID252 - likewise
from .absent import NOT_TAKEN, ask, questions, theirs, variants
from .doors import (
    API,
    ASKED,
    AT_THE_HOST,
    KINDS,
    NARROWING,
    READING,
    Door,
    Targets,
    asked_in_sources,
    commands,
    operations,
    pages,
)
from .needles import Haystack, Needle, fields, is_count, name_of, needles_of
from .planted import Planted, Seat, gain
from .table import BY_SCOPE, LINKS, NEVER, OF_ITS_OFFICER, OF_NOBODY, OPERATOR, TABLE, WORDS
from .who import is_meant

pytestmark = pytest.mark.usefixtures("no_session_is_prolonged")

FIRST = ("audra", "bella", "cora")
"""Auditors, before the others' reading has filled the ledger's first page."""
READ_FIRST = ("ledger", "/api/ledger", "my_ledger", "case")
"""Doors that tell the newest entries of the ledger, to which everything that is read adds others."""
SEATS = (*FIRST, "anna", "oscar", "carl", "lena", "liam", "adam", "ben", "cleo", "nobody")


@dataclass
class Matrix:
    """What everybody was told.

    Attributes:
        found: the values, by seat and kind of door, each with a door that told it.
        logged: all lines that were logged meanwhile.
    """

    planted: Planted
    haystack: Haystack
    targets: Targets
    doors: tuple[Door, ...] = ()
    found: dict[tuple[str, str], dict[int, Door]] = field(default_factory=lambda: defaultdict(dict))
    logged: list[str] = field(default_factory=list)
    _meant: dict[tuple[str, str], set[int]] = field(default_factory=dict)

    def open(self, door: Door, seat: Seat) -> dict[int, Door]:
        """Return what a door tells somebody that he did not name himself."""
        text = door.told(self.planted, seat)
        numbers = set() if text is None else self.haystack.found_in(text)
        return {one: door for one in numbers if not self.haystack.needles[one].texts & door.asked}

    def meant(self, name: str, kind: str) -> set[int]:
        """Return the values that the table lets somebody be told by one kind of door."""
        if (name, kind) not in self._meant:
            seat, read_as = self.planted.seats[name], self._read_as
            self._meant[name, kind] = {
                other
                for needle in self.haystack.needles
                if (said := TABLE.get(needle.field))
                and any(is_meant(who, self.planted, seat, needle) for who in said.to(kind))
                for text in needle.texts
                for other in read_as[text]
            }
        return self._meant[name, kind]

    @cached_property
    def _read_as(self) -> dict[str, list[int]]:
        """The values that may be read as a text: all of them are told where one is."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, needle in enumerate(self.haystack.needles):
            for text in needle.texts:
                found[text].append(number)
        return found

    def is_within_reach(self, number: int) -> bool:
        """Return whether a value is of what is not over, and of a case that doors are asked for, or of none."""
        needle = self.haystack.needles[number]
        return not needle.is_past and (not needle.cases or bool(needle.cases & self.targets.cases))


class _Lines(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(f"{record.getMessage()} {record.args} {record.__dict__.get('told')} {record.exc_text}")


def _is_looked_for(needle: Needle) -> bool:
    return needle.field not in WORDS and needle.field not in LINKS


@pytest.fixture(scope="module")
def matrix(planted: Planted) -> Iterator[Matrix]:
    """Everybody, having opened every door."""
    needles = [one for one in needles_of(planted.agency_id) if _is_looked_for(one)]
    cases = frozenset().union(*(one.cases for one in needles))
    needles.append(Needle("watched folder", frozenset({planted.folder}), cases=cases))
    whole = Matrix(planted, Haystack(needles), Targets.of(planted))
    whole.doors = tuple(sorted(_doors(whole), key=lambda door: door.name not in READ_FIRST))
    handler = _Lines(whole.logged)
    logging.getLogger().addHandler(handler)
    for name in SEATS:
        seat = planted.seats[name]
        for door in whole.doors:
            whole.found[name, door.kind].update(whole.open(door, seat))
    logging.getLogger().removeHandler(handler)
    return whole


def _doors(whole: Matrix) -> Iterator[Door]:
    """Yield every door; of pages those that can be read at all, which most people's answers do not tell."""
    anna, closed = whole.planted.seats["anna"], {}
    for door in pages(whole.targets):
        if door.name not in closed:
            closed[door.name] = anna.visitor.get(door.address[0]).status_code == 405
        if not closed[door.name]:
            yield door
    yield from operations(whole.targets)
    yield from commands(whole.targets)


def _described(matrix: Matrix, numbers: set[int], found: dict[int, Door]) -> list[str]:
    return sorted(f"{matrix.haystack.needles[one]} by {found.get(one, '?')}" for one in numbers)


def test_every_field_is_in_the_table_once(matrix: Matrix) -> None:
    known = [*TABLE, *NEVER, *WORDS, *LINKS]
    assert len(known) == len(set(known))
    tables = {one for one in known if one.count(".") == 1} | {
        one.rsplit(".", 1)[0] for one in known if one.count(".") > 1
    }
    there = {name_of(model, one) for model, one in fields() if model.__name__ not in OF_NOBODY}
    numbers = {name_of(model, one) for model, one in fields() if is_count(one)}
    assert there - numbers <= tables
    assert tables <= there
    inner = {one.field for one in matrix.haystack.needles} - {"ledger entry", "watched folder"}
    assert inner <= {*TABLE, *NEVER}


def test_every_field_that_is_told_or_never_told_holds_something(matrix: Matrix) -> None:
    assert {*TABLE, *NEVER} - {one.field for one in matrix.haystack.needles} == set()


def test_a_closed_list_of_words_holds_no_other(planted: Planted) -> None:
    for one in needles_of(planted.agency_id):
        if one.field in WORDS:
            assert one.texts <= set(WORDS[one.field]), one.field


def test_every_command_and_every_question_is_tried() -> None:
    others = READ_NO_HOLDINGS | OPERATORS | IDENTITY | AS_OTHERS.keys()
    assert {*READING} <= {door.command for door in DOORS} | IDENTITY
    assert {*AT_THE_HOST} <= OPERATORS
    assert _commands(program) == {door.command for door in DOORS} | others
    assert asked_in_sources() == {*NARROWING, *(name for each in ASKED.values() for name in each)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SEATS)
def test_nobody_is_told_what_is_not_meant_for_him(matrix: Matrix, name: str, kind: str) -> None:
    found = matrix.found[name, kind]
    told = {*found} - matrix.meant(name, kind)
    assert _described(matrix, told, found) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SEATS)
def test_who_is_entitled_is_told_something_of_every_field_that_is_meant_for_him(
    matrix: Matrix, name: str, kind: str
) -> None:
    seat = matrix.planted.seats[name]
    if kind == API and seat.program is None:
        return
    meant = {one for one in matrix.meant(name, kind) if matrix.is_within_reach(one)}
    named = [{matrix.haystack.needles[one].field for one in numbers} for numbers in (meant, matrix.found[name, kind])]
    assert named[0] - named[1] == set()


def test_what_is_meant_for_anybody_somebody_is_told(matrix: Matrix) -> None:
    told = {one for found in matrix.found.values() for one in found}
    meant = {one for name in SEATS for kind in KINDS for one in matrix.meant(name, kind)}
    missed = {one for one in meant - told if matrix.is_within_reach(one)}
    assert _described(matrix, missed, {}) == []


def test_nothing_of_it_is_logged(matrix: Matrix) -> None:
    assert len(matrix.logged) > len(SEATS)
    assert _described(matrix, matrix.haystack.found_in("\n".join(matrix.logged)), {}) == []


def test_an_operator_is_told_opaque_ids_of_erasures_alone(matrix: Matrix) -> None:
    nobody = matrix.planted.seats["nobody"]
    found = {number for door in commands(matrix.targets, AT_THE_HOST) for number in matrix.open(door, nobody)}
    told = {matrix.haystack.needles[one].field for one in found}
    assert told == OPERATOR


@pytest.mark.parametrize("scope", [*BY_SCOPE, None], ids=str)
def test_a_key_tells_what_its_one_scope_opens_and_a_key_of_all_others_nothing(
    matrix: Matrix, scope: Permission | None
) -> None:
    anna = matrix.planted.seats["anna"]
    assert anna.person
    scopes = {scope} if scope else lendable(anna.person) - BY_SCOPE.keys()
    told = set()
    lent = replace(anna, program=Program.of(matrix.planted.world, anna.person, *scopes))
    for door in operations(matrix.targets):
        told |= {matrix.haystack.needles[one].field for one in matrix.open(door, lent)}
    assert told - OF_ITS_OFFICER == (BY_SCOPE[scope] if scope else set())


STRANGERS = ("cleo", "cora", "ben", "carl", "audra")
OF_EACH_KIND = {"cleo", "ben", "carl"}
"""Of an agency that has nothing in common, of one that overlaps, and of the same agency; the others in the soak."""
OF_BANKS = {str(one.name) for one in patterns() if str(one.name).startswith(("bank", "list_"))}
HIS_OWN = {
    ("audra", "erasures"),
    ("ben", "alert"),
    ("ben", "alert_answer"),
    ("ben", "overlaps"),
    ("ben", "submission"),
    ("ben", "visit"),
    *(("carl", one) for one in OF_BANKS),
}
"""What a stranger may ask for all the same: A's auditor proves erasures, Ben knows with whom he overlaps, is told of
alerts that rest on it, looks at a series as its guest and was sent submissions, and banks are all officers' of A."""
SENT_ON, REFUSED, NOT_THERE = 302, 403, 404
TELLS_NOTHING_ANYWAY = {
    "bank_lists": {SENT_ON, REFUSED, NOT_THERE},  # sent to the page, which tells
    "cases": {200, REFUSED},  # looked through for one's own alone
    "invitation": {200},  # the form is the same for whoever holds any link
    "mfa_edit_webauthn": {SENT_ON, NOT_THERE},  # sent to prove once more who he is
    "mfa_remove_webauthn": {SENT_ON, NOT_THERE},
    "overlaps": {200, REFUSED},
    "series_board": {200, REFUSED},
}
"""What answers otherwise than by a refusal, and how."""


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=() if one in OF_EACH_KIND else pytest.mark.soak) for one in STRANGERS]
)
def test_not_yours_is_the_same_as_absent_at_every_address(matrix: Matrix, name: str) -> None:
    seat, there, tried = matrix.planted.seats[name], theirs(matrix.planted, matrix.targets), set()
    for question in questions():
        if (name, question.name) in HIS_OWN:
            continue
        first, *others = (ask(matrix.planted, seat, question, one) for one in variants(question, there))
        assert [one for one in others if one != first] == [], question
        if first.answer.status == NOT_TAKEN:
            continue
        assert first.answer.status in TELLS_NOTHING_ANYWAY.get(question.name, {REFUSED, NOT_THERE}), question
        tried.add(question.name)
    assert tried >= {one.name for one in questions()} - {other for who, other in HIS_OWN if who == name}


OF_ONESELF = ("/api/ledger", "account_", "ledger", "mfa_", "my_ledger", "provider")
"""How doors are called that tell of one's own sign-in, or what one has done oneself: that grows with each question."""
CHANGES = (*CHANGING, (re.compile(rb"(X-Reference|Expires|Set-Cookie): [^\n]*"), b""))


def test_nothing_that_an_agency_gains_changes_what_others_are_told(matrix: Matrix) -> None:
    def answers() -> dict[str, bytes]:
        told = {}
        lists = [one for one in matrix.doors if not one.asked and not one.name.startswith(OF_ONESELF)]
        for door in lists:
            for name in ("cleo", "ben", "carl"):
                if name == "carl" and "bank" in door.name:
                    continue  # he is of the same agency, which gains one
                text = (door.told(matrix.planted, matrix.planted.seats[name]) or "").encode()
                for pattern, word in CHANGES:
                    text = pattern.sub(word, text)
                told[f"{name}: {door}"] = text
        return told

    before = answers()
    gain(matrix.planted)
    assert [door for door, text in answers().items() if text != before[door]] == []
