"""How often each page asks the database: bounded, and the same however much is held."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from tsunagu.config.children import table_child
from tsunagu.domain.alert import Priority, RefusalReason
from tsunagu.domain.assessment import CountryState, CountryWeight
from tsunagu.domain.bank import BankSemantics
from tsunagu.domain.claim import ClaimScope
from tsunagu.domain.clue import Bearing, ClueDraft, ClueKind, Support, Weighing
from tsunagu.domain.incoming_list import OfferedList
from tsunagu.domain.intake_run import IntakeSource, IntakeState
from tsunagu.domain.look_up import Query
from tsunagu.domain.media import Refusal
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.scheme import Grade
from tsunagu.domain.seized import ListField, ListMapping
from tsunagu.domain.title import TitleValue, TitleWords
from tsunagu.law.gate import Allegation
from tsunagu.records import holdings, intakes
from tsunagu.records.models import Case, CaseMember, Exhibit, Officer
from tsunagu.records.session import acting_for
from tsunagu.services.alerts.raising import Draft, raise_alert
from tsunagu.services.alerts.steps import pass_alert, refuse_alert
from tsunagu.services.banks.ownership import extend_bank, open_bank
from tsunagu.services.banks.search import FoundItem, find_items
from tsunagu.services.cases.clues import record_clue, sign_assessment, view_clues
from tsunagu.services.gate.decisions import take_up
from tsunagu.services.intake.list_uploads import begin_list
from tsunagu.services.look_ups.asking import look_up
from tsunagu.services.reports.acts import assign_report, join_report, merge_report, set_risk
from tsunagu.services.seized.imports import OfferedFileOfRows, import_seized
from tsunagu.services.seized.resolving import resolve_seized
from tsunagu.services.seized.titles import AssessmentDraft, add_title, assess_title
from tsunagu.services.series.changes import add_to_series, merge_series
from tsunagu.services.series.facts import set_handling
from tsunagu.services.series.reading import open_series
from tsunagu.services.series.schemes import demonstration, load_scheme
from tsunagu.services.series.visits import accept_visit, answer_visit
from tsunagu.services.series.votes import cast_vote

from ..alerted import command, stand  # noqa: TID252 - tests are no package with a name
from ..compared import compared_before, meet  # noqa: TID252 - likewise
from ..counting import counting  # noqa: TID252 - likewise
from ..enquired import enquire_once_more  # noqa: TID252 - likewise
from ..guested import an_answer, invite, show_to  # noqa: TID252 - likewise
from ..linked import Held, Made, copy, link, overlap_between  # noqa: TID252 - tests are no package with a name
from ..lists import bank_of, examined, near  # noqa: TID252 - tests are no package with a name
from ..peopled import people_a_case  # noqa: TID252 - likewise
from ..referred import refer_one  # noqa: TID252 - likewise
from ..reported import a_report, entered  # noqa: TID252 - likewise
from ..scene import OVERSEES, WORKS  # noqa: TID252 - tests are no package with a name
from ..seized import COLUMNS, table  # noqa: TID252 - likewise
from ..series_scene import hold  # noqa: TID252 - likewise
from ..submitted import submit  # noqa: TID252 - likewise
from ..world import Person, World, now, random_name  # noqa: TID252 - tests are no package with a name
from .test_doors import OPEN_URLS, patterns
from .visitors import Visitor

pytestmark = pytest.mark.usefixtures("no_session_is_prolonged")

FEW, MANY = 10, 110
LOGO = bytes(range(32))
"""The fingerprint of what is benign, and of what lies near it in the bank."""
MOST = 46
"""No page asks oftener than this, whatever it is; each tells its own number."""
DEEDS = {
    "acknowledge", "alert_answer", "alert_raise", "ask_file", "bank_judge", "bank_lists", "bank_rules", "bank_withdraw",
    "case_close", "case_export", "case_keep",
    "case_list_compare", "case_list_import", "case_list_mapping", "case_list_preview", "case_list_state", "case_reopen",
    "case_person_decide", "case_person_package", "case_person_record", "case_person_send",
    "certify", "clue_sign", "clue_withdraw", "confirm", "enquiry_answer", "erasures",
    "intake_chunk",
    "intake_again", "intake_files", "intake_finish", "intake_folder", "intake_stop", "key_end", "leave",
    "list_chunk", "list_files", "list_finish", "list_stop",
    "permission_confirm",
    "permission_withdraw", "provider", "provider_bind", "provider_unbind", "refuse", "release",
    "comparison_acknowledge", "comparison_withdraw",
    "case_person_ask", "enquiry_request", "enquiry_request_answer", "enquiry_request_letter",
    "one_person_identity", "one_person_withdraw",
    "referral_answer", "referral_form", "report_act", "report_letter",
    "reset", "reveal", "revealed", "series_change", "series_publish", "share", "staff", "unstaff", "vintage",
}  # fmt: skip
"""What is done to one thing, or proven of one: it lists nothing, so it is not counted here."""


@dataclass
class Workplace:
    """An officer with a case that overlaps with another agency's, and as many others as is wanted."""

    world: World
    anna: Person
    ada: Person
    mine: Held
    theirs: Held
    overlap: UUID
    intake: UUID
    bank: str
    item: str
    series: str
    above: Person
    number: int = 0
    visited: str = ""
    host: tuple[Person, ...] = ()
    guest: UUID = field(default_factory=uuid4)
    submission: UUID = field(default_factory=uuid4)
    beyond: tuple[Any, ...] = ()
    alert: UUID = field(default_factory=uuid4)
    report: UUID = field(default_factory=uuid4)
    referral: UUID = field(default_factory=uuid4)
    made: Made = field(default_factory=Made)

    @classmethod
    def open(cls, world: World) -> Workplace:
        (anna, ada), (ben, bella) = world.found(WORKS, OVERSEES), world.found(WORKS, OVERSEES)
        first = Made().file()
        mine, theirs = Held.open(world, anna).bring(first), Held.open(world, ben).bring(copy(first))
        overlap = overlap_between(mine, theirs)
        assert [one.share(overlap) for one in (mine, theirs)] == [False, True]
        bank = bank_of(world, anna, examined(LOGO))
        [item] = (one.name for one in cls._found(world, anna, bank))
        bank_of(world, anna, examined(LOGO), semantics=BankSemantics.BENIGN)
        above, _ = world.found(WORKS, OVERSEES)
        stand(world, anna.agency, above)
        begun, series = cls._begun(mine, "E1"), cls._put_together(mine)
        place = cls(world, anna, ada, mine, theirs, overlap, begun, bank, item, series, above)
        place.alert = place._raise_alert()
        place.visited, _ = show_to(world, ben, theirs.case.reference, anna)
        place.host = (ben, bella)
        place.guest = invite(*place.host, place.visited, anna).guest_id
        accept_visit(actor=anna.actor, guest_id=place.guest, **world.parts)
        place.submission = submit(world, ben, place.visited, anna)
        handling: dict[str, Any] = {
            "receivers": [ben.agency],
            "purposes": list(Purpose),
            "may_forward": False,
            "until": None,
        }
        set_handling(name=series, reason="w", actor=anna.actor, **handling, **world.parts)
        place.beyond = meet(world, anna)
        place.report = entered(world, anna, a_report(text="the same"))
        return place

    @staticmethod
    def _found(world: World, anna: Person, bank: str) -> tuple[FoundItem, ...]:
        """What a bank holds near the logo."""
        near_it = Query(pdq=(LOGO,))
        return find_items(actor=anna.actor, name=bank, query=near_it, known=world.rooms.known(), **world.parts).found

    @staticmethod
    def _put_together(held: Held) -> str:
        """Open a series by whose items one can vote."""
        actor, name = {"actor": held.person.actor, **held.world.parts}, random_name("series")
        open_series(name=name, case=held.case.reference, purpose=None, **actor)
        load_scheme(content=demonstration(), **actor)
        return name

    @staticmethod
    def _begun(held: Held, exhibit: str) -> UUID:
        """Begin an intake into an exhibit."""
        intake_id = uuid4()
        with acting_for(held.case.agency_id):
            exhibit_id = Exhibit.objects.get(case_id=held.case.case_id, reference=exhibit).id
            intakes.add_intake(
                intake_id,
                held.person.actor,
                exhibit_id,
                source=IntakeSource.UPLOAD,
                state=IntakeState.UPLOADING,
                now=now(),
            )
        return intake_id

    def grow(self, count: int) -> None:
        """Add so many of everything that a page lists."""
        files = [self.made.file() for _ in range(2 * count)]
        self.mine.keep(*files[:count])
        self.theirs.keep(*(copy(one) for one in files))
        self._open_cases_with(files[count:])
        link(self.world)
        for number in range(count // 10):
            self._begun(self.mine, "E1")
            name = f"{random_name('bank')} {number}"
            parts = self.world.parts
            open_bank(actor=self.anna.actor, name=name, semantics=BankSemantics.BENIGN, legal_ground="a law", **parts)
        self._fill_bank(count)
        self._see_something(count // 10)
        self.number = self._seal_lists(count)
        self._refer(count // 10)
        self._fill_series(files[:count])
        self._receive_reports(count // 10)
        self._have_guests(count // 10)
        for _ in range(count // 10):
            enquire_once_more(self.world, self.anna, self.mine.case.reference)
            people_a_case(self.world, self.anna, self.mine.case.reference)
            for asked in ((ClaimScope.CASE, self.mine.case.reference), (ClaimScope.SERIES, self.series)):
                compared_before(self.anna, *asked, *self.beyond)
        for _ in range(count // 10):
            self._raise_alert()
            how = {"alert_id": self.alert, "words": "w", "command": command()}
            refuse_alert(actor=self.above.actor, refusal=RefusalReason.OTHER, **how, **self.world.parts)
            how["command"] = command()
            pass_alert(actor=self.anna.actor, to=self.above.agency, form=None, **how, **self.world.parts)
        with acting_for(self.anna.actor.agency_id):
            exhibit = Exhibit.objects.get(case_id=self.mine.case.case_id, reference="E1").id
            refused = [(replace(self.made.file(), refused=Refusal.DAMAGED), 1) for _ in range(count)]
            holdings.keep(refused, agency_id=self.anna.actor.agency_id, exhibit_id=exhibit, intake_id=self.intake)
            Officer.objects.bulk_create(
                Officer(agency_id=self.anna.actor.agency_id, login=random_name("other"), name="N", roles=["officer"])
                for _ in range(count)
            )
        link(self.world)

    def _seal_lists(self, count: int) -> int:
        """Let the case have more seized lists, and one with more in it; return its number."""
        asked: dict[str, Any] = {"actor": self.anna.actor, "reference": self.mine.case.reference, **self.world.parts}
        columns = ListMapping({ListField(one): title for one, title in COLUMNS.items()})
        for number in range(count // 10):
            content = io.BytesIO(table(("name", "", f"{random_name('who')}@example.jp")))
            offered = OfferedFileOfRows(content, f"list {number}", columns)
            import_seized(offered=offered, readers=table_child, **asked)
        asks = [
            row
            for at in range(count)
            for row in (("Sato Taro", "", f"m{at}@example.jp"), ("某", "", f"m{at}@example.jp"))
        ]
        waits = [(f"Sato Jiro {at}", "", "", "", "498-0000") for at in range(count)]
        refused = b'"' * 3 + b"x\r\n"
        content = table(*asks, *waits) + refused * 3
        done = import_seized(
            offered=OfferedFileOfRows(io.BytesIO(content), "list", columns), readers=table_child, **asked
        )
        resolve_seized(number=done.seized.number, **asked)
        return done.seized.number

    def _refer(self, count: int) -> None:
        """Let the list have titles that are assessed, persons who are looked into, and packages about one of them."""
        at: dict[str, Any] = {"actor": self.anna.actor, "reference": self.mine.case.reference, "number": self.number}
        draft = AssessmentDraft("JP", TitleValue.ILLEGAL, now().date(), None, "as seen")
        alleged = Allegation("JP", "possession", now().date())
        for number in range(1, count + 1):
            add_title(words=TitleWords(f"title {number}", series="s"), **at, **self.world.parts)
            assess_title(title=number, draft=draft, **at, **self.world.parts)
            take_up(person=1, allegation=alleged, reasons="w", **at, **self.world.parts)
            case, sides = self.mine.case.reference, (self.anna, self.above)
            self.referral = refer_one(self.world, sides[0], case, sides[1], 1, is_received=False, number=self.number)

    def _see_something(self, count: int) -> None:
        """Let the case have more clues, and more signed of what they tell."""
        asked = {"actor": self.anna.actor, "reference": self.mine.case.reference, **self.world.parts}
        weighing = Weighing(Bearing.SUPPORTS, frozenset({"DK", "JP"}), support=Support.WEAK)
        for _ in range(count):
            record_clue(draft=ClueDraft(1, ClueKind.OBJECT, "a lamp", weighing), **asked)
            seal = view_clues(**asked).seal
            sign_assessment(seal=seal, state=CountryState.PROBABLE, statement="as seen", **asked)

    def _fill_series(self, files: list[Any]) -> None:
        """Let the series hold these too, be merged with others, and be voted on."""
        actor: dict[str, Any] = {"actor": self.anna.actor, **self.world.parts}
        case, items = self.mine.case.reference, [one.digests.sha256.hex() for one in files]
        for number in range(len(items) // 10):
            open_series(name=(other := f"{random_name('series')} {number}"), case=case, purpose=None, **actor)
            merge_series(name=self.series, other=other, reason="the same", **actor)
        add_to_series(name=self.series, case=case, items=items, is_context=False, **actor)
        answers = {"place": "indoors", "people": "nobody", "made": "drawn"}
        voted = {"case": case, "scheme": "demonstration", "grade": Grade.NOT_ILLEGAL, "answers": answers}
        for item in items[: len(items) // 10]:
            cast_vote(name=self.series, item=item, **voted, **actor)

    def _fill_bank(self, count: int) -> None:
        """Let the bank hold more in quarantine, have more lists on their way, and be asked more."""
        parts, actor = self.world.parts, self.anna.actor
        files = [examined(near(LOGO, number % 20)) for number in range(count)]
        extend_bank(actor=actor, name=self.bank, examined=files, queue=self.world.rooms.queue, **parts)
        for _ in range(count):
            offered = OfferedList(random_name("list"), 1, "csv", None, {})
            begin_list(actor=actor, bank=self.bank, offered=offered, uploads=self.world.rooms.uploads, **parts)
        asker, queries = replace(actor, purpose=Purpose.INVESTIGATION), [Query(pdq=(LOGO,))] * count
        look_up(actor=asker, queries=queries, known=self.world.rooms.known(), **parts)

    def _open_cases_with(self, files: list[Any]) -> None:
        """Open a case of the officer's for each file, which the other agency holds too."""
        of = {"agency_id": self.anna.actor.agency_id}
        me, at = self.anna.actor.officer_id, now()
        with acting_for(self.anna.actor.agency_id):
            cases = Case.objects.bulk_create(
                Case(
                    reference=random_name("c"),
                    purpose="investigation",
                    covert=False,
                    keep_until=at.date(),
                    opened_at=at,
                    opened_by_id=me,
                    **of,
                )
                for _ in files
            )
            CaseMember.objects.bulk_create(
                CaseMember(case=one, officer_id=me, added_by_id=me, added_at=at, **of) for one in cases
            )
            exhibits = Exhibit.objects.bulk_create(
                Exhibit(case=one, reference="E1", registered_at=at, registered_by_id=me, **of) for one in cases
            )
            for exhibit, file in zip(exhibits, files, strict=True):
                holdings.keep([(file, 1)], exhibit_id=exhibit.id, **of)

    def pages(self) -> dict[str, tuple[Person, Callable[[Visitor], Any]]]:
        """Each page that shows a list, with who asks for it and how."""
        anna = self.anna
        hit = self.mine.hits(self.overlap)[0].hit_id

        def get(name: str, **asked: str) -> Callable[[Visitor], Any]:
            return lambda visitor: visitor.get(reverse(name, kwargs=self._named(name)), **asked)

        found = {
            name: (anna, get(name))
            for name in (
                "alert",
                "alerts",
                "alerts_overdue",
                "ask",
                "bank",
                "bank_item",
                "home",
                "cases",
                "overlaps",
                "case_enquiries",
                "case_reports",
                "enquiries_overdue",
                "report",
                "report_new",
                "reports",
                "reports_passed_on",
                "series_board",
                "series_counter",
                "notices",
                "banks",
                "my_ledger",
                "enquiry_requests",
                "law",
                "own_statistics",
                "statistics",
                "keys",
            )
        }
        found |= {
            name: (anna, get(name))
            for name in (
                "alert_draft",
                "case",
                "case_graph",
                "one_person",
                "persons",
                "persons_recalls",
                "clues",
                "intake",
                "intake_run",
                "intake_refused",
                "overlap",
                "series",
                "case_comparisons",
                "comparisons",
                "series_comparisons",
                "series_guests",
                "series_submissions",
                "submission",
                "submissions",
                "visit",
                "visits",
            )
        }
        found |= {
            name: (anna, get(name))
            for name in (
                "case_list",
                "case_lists",
                "case_list_new",
                "case_list_packages",
                "case_list_person",
                "case_list_persons",
                "case_list_prefectures",
                "case_list_refused",
                "case_list_review",
                "case_list_title",
                "case_list_titles",
                "referral",
                "referrals",
            )
        }
        found |= {name: (anna, get(name, exhibit="E1")) for name in ("items", "withdraw")}
        found |= {"case_delete": (anna, get("case_delete"))}
        found |= {
            name: (self.ada, get(name)) for name in ("officers", "permissions", "proposals", "ledger", "retention")
        }
        find = reverse("bank_find", kwargs={"bank": self.bank})
        found |= {"bank_find": (anna, lambda visitor: visitor.post(find, what=LOGO.hex(), type="pdq"))}
        compared = reverse("overlap_hit", kwargs={"overlap_id": self.overlap, "hit_id": hit})
        found |= {"overlap_hit": (anna, lambda visitor: visitor.get(compared))}
        judge = reverse("judge", kwargs={"overlap_id": self.overlap, "hit_id": hit})
        return found | {"judge": (anna, lambda visitor: visitor.post(judge, answer="unsure"))}

    def _have_guests(self, count: int) -> None:
        """Let the series have more guests, and the officer look at more of another agency's, which holds more."""
        actor: dict[str, Any] = {"actor": self.host[0].actor, **self.world.parts}
        items = hold(self.world, self.host[0], self.theirs.case.reference, count)
        case = {"case": self.theirs.case.reference, "is_context": False}
        add_to_series(name=self.visited, items=items, **case, **actor)
        for item in items:
            invite(self.anna, self.ada, self.series, self.host[0])
            invite(*self.host, self.visited, self.anna)
            submit(self.world, self.anna, self.series, self.host[0])
            submit(self.world, self.host[0], self.visited, self.anna)
            answer = an_answer("a lamp", bytes.fromhex(item))
            answer_visit(actor=self.anna.actor, guest_id=self.guest, answer=answer, **self.world.parts)

    def _receive_reports(self, count: int) -> None:
        """Let reports come in that say the same: some wait, some are joined, some in the case, some passed on."""
        by = {"actor": self.anna.actor, "reason": "w"}
        for _ in range(count):
            ids = [entered(self.world, self.anna, a_report(text="the same")) for _ in range(4)]
            set_risk(actor=self.anna.actor, report_id=self.report, is_imminent=True, reason="w", **self.world.parts)
            set_risk(actor=self.anna.actor, report_id=self.report, is_imminent=False, reason="w", **self.world.parts)
            join_report(**by, report_id=ids[0], to=self.report, **self.world.parts)
            case = {"reference": self.mine.case.reference, "opens": None}
            merge_report(**by, report_id=ids[1], **case, **self.world.parts)
            assign_report(**by, report_id=ids[2], to=self.above.agency, **self.world.parts)

    def _raise_alert(self) -> UUID:
        """Let the officer raise an alert to the agency above, which he is told to be above."""
        draft = Draft(
            self.mine.case.reference,
            (self.overlap,),
            self.above.agency,
            (CountryWeight("JP", 0.5),),
            "a bell",
            Priority.NORMAL,
            "",
            (),
            frozenset(Purpose),
            may_forward=True,
            until=now() + timedelta(days=400),
        )
        return raise_alert(actor=self.anna.actor, draft=draft, command=command(), **self.world.parts)

    def _named(self, name: str) -> dict[str, Any]:
        of_case = {"reference": self.mine.case.reference}
        if name.startswith("case_list"):
            inner = {"case_list_title": {"title": 1}, "case_list_person": {"person": 1}}.get(name, {})
            return of_case if name in {"case_lists", "case_list_new"} else {**of_case, "number": self.number, **inner}
        of_bank, of_intake = {"bank": self.bank}, {"intake_id": self.intake}
        named: dict[str, dict[str, Any]] = {
            "report": {"report_id": self.report},
            **dict.fromkeys(
                (
                    "alert_draft",
                    "case",
                    "case_comparisons",
                    "case_enquiries",
                    "case_graph",
                    "case_reports",
                    "case_delete",
                    "clues",
                    "intake",
                    "items",
                    "persons",
                    "persons_recalls",
                    "withdraw",
                ),
                of_case,
            ),
            "one_person": {**of_case, "called": "child-1"},
            **dict.fromkeys(("intake_run", "intake_refused"), of_intake),
            "alert": {"alert_id": self.alert},
            "bank": of_bank,
            "bank_item": {**of_bank, "item_id": self.item},
            "overlap": {"overlap_id": self.overlap},
            "referral": {"referral_id": self.referral},
            "series": {"series": self.series},
            "series_comparisons": {"series": self.series},
            "series_guests": {"series": self.series},
            "series_submissions": {"series": self.series},
            "submission": {"submission_id": self.submission},
            "visit": {"guest_id": self.guest},
        }
        return named.get(name, {})

    def counts(self) -> dict[str, int]:
        """How many queries each page makes."""
        found = {}
        for name, (who, ask) in self.pages().items():
            visitor = Visitor(self.world).sits_down_as(who)
            with counting("default", "linker") as queries:
                answer = ask(visitor)
            assert answer.status_code in {200, 302}, (name, answer.status_code)
            found[name] = sum(queries.values())
        return found


@pytest.fixture(scope="module")
def counted(world: World) -> tuple[dict[str, int], dict[str, int]]:
    """The queries of every page when little is held, and when much is."""
    place = Workplace.open(world)
    place.grow(FEW)
    few = place.counts()
    place.grow(MANY)
    return few, place.counts()


def test_every_page_that_lists_something_is_counted(counted: tuple[dict[str, int], dict[str, int]]) -> None:
    """A page that is new has to be counted, or named among the deeds."""
    of_the_library = {str(one.name) for one in patterns() if str(one.name).startswith(("account_", "mfa_"))}
    assert counted[0].keys() == {str(one.name) for one in patterns()} - OPEN_URLS - DEEDS - of_the_library


def test_no_page_asks_oftener_when_more_is_held(counted: tuple[dict[str, int], dict[str, int]]) -> None:
    few, many = counted
    assert many == few


def test_no_page_asks_oftener_than_is_allowed(counted: tuple[dict[str, int], dict[str, int]]) -> None:
    assert {name: count for name, count in counted[1].items() if count > MOST} == {}
