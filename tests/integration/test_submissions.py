"""Submissions: items of a series go to another agency under a label, are taken or not, and leave when withdrawn."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connections

from tsunagu.domain.bank import BankSemantics
from tsunagu.domain.digest import Digests
from tsunagu.domain.erasure import ErasureGround, ErasureList, ListedWithdrawal
from tsunagu.domain.errors import Conflict, Exhausted, Forbidden, InputError, LedgerBroken
from tsunagu.domain.media import Examined, MediaType
from tsunagu.domain.permission import Permission, Role
from tsunagu.domain.purpose import Purpose
from tsunagu.domain.search import LedgerSearch
from tsunagu.records import holdings
from tsunagu.records.ledger.erasures import erasures_from_lines
from tsunagu.records.ledger.pages import entries_sought
from tsunagu.records.models import (
    Case,
    Exhibit,
    Holding,
    MediaItem,
    Series,
    SubmissionItemRow,
    SubmissionRow,
    VaultedContent,
)
from tsunagu.records.session import acting_for
from tsunagu.records.vault.rows import Vaulted, note
from tsunagu.services.agencies.grants import list_grants, withdraw_grant
from tsunagu.services.banks.ownership import open_bank
from tsunagu.services.cases.life import withdraw_exhibit
from tsunagu.services.erasures.deletion import confirm_deletion, propose_deletion
from tsunagu.services.erasures.erasing import complete_erasures
from tsunagu.services.erasures.replaying import list_erasures, replay_erasures
from tsunagu.services.erasures.submission_ends import expire_submissions
from tsunagu.services.media.vault import opened_vault
from tsunagu.services.series.changes import add_to_series, merge_series
from tsunagu.services.series.facts import set_handling
from tsunagu.services.series.reading import open_series
from tsunagu.services.submissions import choosing as submission_choosing
from tsunagu.services.submissions.media import carried_over
from tsunagu.services.submissions.sending import submit_series
from tsunagu.services.submissions.taking import take_submission
from tsunagu.services.upkeep.retention import erase_expired
from tsunagu.services.upkeep.sweeping import sweep_vaults
from tsunagu.services.waiting import count_waiting

from .granted import grant, two_administrators
from .peopled import people_a_case
from .scene import OVERSEES, WORKS
from .submitted import SOON, WHY, a_draft, submit, take
from .world import Person, World, now, random_name

REFUSED, NOT_FOUND, FORBIDDEN, CONFLICT = 2, 4, 5, 6


@dataclass
class Post:
    """Two officers of one agency with a series of three items, and two officers of another; a third agency looks on."""

    world: World
    anna: Person
    abel: Person
    ada: Person
    ben: Person
    bea: Person
    bella: Person
    cleo: Person
    case: str
    series: str
    contents: list[bytes]

    @property
    def digests(self) -> list[str]:
        return [hashlib.sha256(one).hexdigest() for one in self.contents]

    def run(self, by: Person, *typed: str) -> int:
        return self.world.run(by, *typed).status

    def sent(self, submission: UUID, by: Person | None = None) -> dict[str, Any]:
        """What its owner sees of a submission."""
        found = self.world.json(by or self.anna, "series", "submissions")
        return next(one for one in found if one["submission"] == str(submission))

    def seen(self, submission: UUID, by: Person | None = None) -> dict[str, Any]:
        """What its receiver sees of a submission."""
        [found] = self.world.json(by or self.ben, "submissions", "show", str(submission))
        return found

    def states(self, submission: UUID) -> dict[str, str]:
        return {one["sha256"]: one["state"] for one in self.sent(submission)["items"]}

    def held(self, by: Person) -> set[str]:
        """What an agency holds of the series' contents, by the database."""
        with acting_for(by.actor.agency_id):
            rows = Holding.objects.filter(item__sha256__in=[bytes.fromhex(one) for one in self.digests])
            return {bytes(one).hex() for one in rows.values_list("item__sha256", flat=True)}

    def kept_of(self, submission: UUID) -> list[tuple[str, bytes, str]]:
        """What the rows of its items keep: state, digest and words, once nothing else is kept where no digest is."""
        with acting_for(self.anna.actor.agency_id):
            rows = list(SubmissionItemRow.objects.filter(submission_id=submission).order_by("number"))
        assert all(not one.line and not one.categories and not one.media_type for one in rows if not one.sha256)
        return [(one.state, bytes(one.sha256), one.words) for one in rows]

    def listed_withdrawals(self, *submissions: UUID) -> list[ListedWithdrawal]:
        """What the signed list of erasures tells of submissions, oldest first."""
        keys = self.world.rooms.keys
        text = "\n".join(list_erasures(now=now(), signer=keys.signer())).encode()
        listed = erasures_from_lines(text, keys.public_keys()).withdrawals
        with pytest.raises(LedgerBroken):
            erasures_from_lines(text.replace(b'"withdrawals":', b'"withdrawals":1'), keys.public_keys())
        return [one for one in listed if one.submission_id in submissions]

    def acts(self, by: Person, submission: UUID) -> list[str]:
        """What the ledger of somebody's agency tells of a submission, oldest first, without what was merely read."""
        with acting_for(by.actor.agency_id):
            bodies = [json.loads(one.body) for one in entries_sought(LedgerSearch(), before=None, most=1000)]
        told = [one for one in bodies if one.get("details", {}).get("submission") == str(submission)]
        acts = [one["act"] for one in sorted(told, key=lambda one: str(one["at"]))]
        return [one for one in acts if one != "submission:read"]


def hold_contents(person: Person, case: str, contents: list[bytes], exhibit: str = "E1") -> None:
    """Let a case hold these contents."""
    with acting_for(person.actor.agency_id):
        exhibit_id = Exhibit.objects.filter(case__reference=case, reference=exhibit).values_list("id", flat=True)[0]
        for content in contents:
            md5, sha1 = (hashlib.new(name, content, usedforsecurity=False).digest() for name in ("md5", "sha1"))
            digests = Digests(md5, sha1, hashlib.sha256(content).digest())
            examined = Examined(random_name("/member").encode(), len(content), MediaType.PNG, digests)
            holdings.keep([(examined, 1)], agency_id=person.actor.agency_id, exhibit_id=exhibit_id)


def let_pass(*submissions: UUID) -> date:
    """Let the last day of submissions be over, and return it."""
    past = date.today() - timedelta(days=2)  # noqa: DTZ011 - two days off is off in any zone
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE submission NO FORCE ROW LEVEL SECURITY")
        cursor.execute("UPDATE submission SET until = %s WHERE id = ANY(%s)", [past, list(submissions)])
        cursor.execute("ALTER TABLE submission FORCE ROW LEVEL SECURITY")
    return past


def no_words_of(post: Post, submission: UUID, by: Person) -> bool:
    """Whether an officer of the receiver is told that there was a submission, and not what its owner wrote of it."""
    listed = next(one for one in post.world.json(by, "submissions", "list") if one["submission"] == str(submission))
    said = post.world.run(by, "submissions", "show", str(submission)).stdout
    assert post.anna.agency in said
    words = json.dumps([listed, post.seen(submission, by)]) + said
    return not listed["items"] and not any(one in words for one in (post.series, "harbor", *post.digests))


def open_case(world: World, person: Person, *typed: str) -> str:
    case = random_name("case")
    assert world.run(person, "case", "open", case, *typed).status == 0
    world.bring_in(person, case, "E1", world.file(random_name("content").encode()))
    return case


def put_together(world: World, owner: Person, case: str, contents: list[bytes], **handling: Any) -> str:
    """Let a series consist of contents of a case, and be given to whom its handling names."""
    actor: dict[str, Any] = {"actor": owner.actor, **world.parts}
    name = random_name("series")
    hold_contents(owner, case, contents)
    open_series(name=name, case=case, purpose=None, **actor)
    digests = [hashlib.sha256(one).hexdigest() for one in contents]
    add_to_series(name=name, case=case, items=digests, is_context=False, **actor)
    said = {"purposes": [Purpose.INVESTIGATION], "may_forward": False, "until": None, **handling}
    set_handling(name=name, reason="they know the place", **said, **actor)
    return name


@pytest.fixture(scope="module")
def people(world: World) -> tuple[Person, ...]:
    (anna, ada), (ben, bella) = world.found(WORKS, OVERSEES), world.found(WORKS, OVERSEES)
    (cleo, _) = world.found(WORKS, OVERSEES)
    abel, bea = world.enroll(ada, Role.OFFICER), world.enroll(bella, Role.OFFICER)
    return anna, abel, ada, ben, bea, bella, cleo


@pytest.fixture
def post(world: World, people: tuple[Person, ...]) -> Post:
    anna, abel, *_ = people
    case = open_case(world, anna)
    assert world.run(anna, "case", "join", case, abel.login).status == 0
    contents = [secrets.token_bytes(12) for _ in range(3)]
    series = put_together(world, anna, case, contents, receivers=[people[3].agency])
    return Post(world, *people, case, series, contents)


def test_the_receiver_is_told_of_each_item_takes_them_as_a_case_and_both_ledgers_tell(post: Post) -> None:
    own = open_case(post.world, post.ben)
    hold_contents(post.ben, own, post.contents[:1])
    typed = ("--to", post.ben.agency, "--investigation", "harbor", "--purpose", "investigation", "--until", SOON)
    assert post.run(post.anna, "series", "submit", post.series, *typed, *WHY) == REFUSED  # neither --all nor --item
    [made] = post.world.json(post.anna, "series", "submit", post.series, "--all", *typed, *WHY)
    submission = UUID(made["submission"])
    assert post.states(submission) == dict(zip(post.digests, ("duplicate", "uploaded", "uploaded"), strict=True))
    seen = post.seen(submission)
    assert (seen["series"], seen["investigation"], seen["until"], seen["forward"], seen["from"]) == (
        post.series, "harbor", SOON, False, post.anna.agency,
    )  # fmt: skip
    assert {one["sha256"]: one["held_in"] for one in seen["items"]}[post.digests[0]] == [own]
    assert post.case not in json.dumps(seen)
    assert own not in json.dumps(post.sent(submission))
    case = random_name("case")
    [taken] = post.world.json(post.ben, "submissions", "take", str(submission), case)
    assert (taken["items"], taken["media"]) == (3, 0)
    assert post.held(post.ben) == {*post.digests}
    [shown] = post.world.json(post.ben, "series", "show", case)
    assert shown["aliases"] == [post.series]
    with acting_for(post.ben.actor.agency_id):
        kept = Case.objects.get(reference=case)
    assert (kept.keep_limit.isoformat(), kept.keep_until.isoformat()) == (SOON, SOON)
    assert post.run(post.ben, "submissions", "take", str(submission), random_name("case")) == CONFLICT
    assert (
        post.acts(post.anna, submission)
        == post.acts(post.ben, submission)
        == [
            "submission:sent",
            "submission:taken",
        ]
    )
    assert post.sent(submission)["taken_at"]
    assert [one["case"] for one in post.world.json(post.ben, "submissions", "list") if one["case"]] == [case]
    # Who does not work on the case hears no more of it than of one that is not there.
    assert post.run(post.bea, "submissions", "show", str(submission)) == NOT_FOUND
    assert post.run(post.cleo, "submissions", "show", str(submission)) == NOT_FOUND


def test_nobody_else_sees_a_submission_not_by_the_database_either(post: Post) -> None:
    submission = submit(post.world, post.anna, post.series, post.ben)
    with acting_for(post.cleo.actor.agency_id):
        assert not SubmissionRow.objects.exists()
        assert not SubmissionItemRow.objects.exists()
        assert not SubmissionRow.objects.filter(id=submission).update(withdrawn_at=now())
    for by, change in (
        (post.ben, {"withdrawn_at": now()}),
        (post.ben, {"investigation": "another"}),
        (post.anna, {"taken_at": now()}),
        (post.anna, {"erased_at": now()}),
    ):
        with pytest.raises(DatabaseError), acting_for(by.actor.agency_id):
            SubmissionRow.objects.filter(id=submission).update(**change)
    for by, state in ((post.ben, "withdrawn"), (post.anna, "rejected")):
        with pytest.raises(DatabaseError), acting_for(by.actor.agency_id):
            SubmissionItemRow.objects.filter(submission_id=submission).update(state=state)


def test_only_what_the_handling_lets_is_submitted(post: Post) -> None:
    for said in ({"may_forward": True}, {"purpose": Purpose.VICTIM_IDENTIFICATION}):
        with pytest.raises(Forbidden):
            submit(post.world, post.anna, post.series, post.ben, **said)
    with pytest.raises(Forbidden):
        submit(post.world, post.anna, post.series, post.cleo)
    day = now().date() + timedelta(days=10)
    actor: dict[str, Any] = {"actor": post.anna.actor, **post.world.parts}
    limited: dict[str, Any] = {
        "receivers": [post.ben.agency],
        "purposes": [Purpose.INVESTIGATION],
        "may_forward": False,
        "until": day,
    }
    set_handling(name=post.series, reason="w", **limited, **actor)
    with pytest.raises(Forbidden):
        submit(post.world, post.anna, post.series, post.ben)
    lasting = submit(post.world, post.anna, post.series, post.ben, until=day)
    case = take(post.world, post.ben, lasting)
    set_handling(name=post.series, reason="w", **{**limited, "receivers": [post.cleo.agency]}, **actor)
    assert set(post.states(lasting).values()) == {"withdrawn"}
    assert post.run(post.ben, "case", "show", case) == NOT_FOUND  # at once; a worker erases it
    complete_erasures(**post.world.parts)
    assert post.held(post.ben) == set()


def test_what_is_rejected_is_told_with_a_reason_and_not_taken(post: Post) -> None:
    submission = submit(post.world, post.anna, post.series, post.ben)
    why = ("--reason", "unreadable", "--words", "cut short", "--item", post.digests[0])
    assert post.run(post.ben, "submissions", "reject", str(submission), *why) == 0
    assert post.run(post.ben, "submissions", "reject", str(submission), *why) == CONFLICT
    [rejected] = [one for one in post.sent(submission)["items"] if one["state"] == "rejected"]
    assert (rejected["sha256"], rejected["rejected"], rejected["words"]) == (
        post.digests[0], "unreadable", "cut short",
    )  # fmt: skip
    take(post.world, post.ben, submission)
    assert post.held(post.ben) == {*post.digests[1:]}
    rest = submit(post.world, post.anna, post.series, post.ben)
    assert post.run(post.ben, "submissions", "reject", str(rest), "--reason", "other", "--words", "w") == 0
    with pytest.raises(Conflict):
        take(post.world, post.ben, rest)


def test_what_is_withdrawn_is_erased_there_with_a_proof_in_both_ledgers(post: Post) -> None:
    own = open_case(post.world, post.ben)
    hold_contents(post.ben, own, post.contents[2:])
    submission = submit(post.world, post.anna, post.series, post.ben)
    case = take(post.world, post.ben, submission)
    withdraw = ("submissions", "withdraw", str(submission), *WHY)
    assert post.run(post.anna, *withdraw, "--item", post.digests[0]) == 0
    assert post.held(post.ben) == {*post.digests[1:]}
    assert post.run(post.ben, "case", "show", case) == 0
    assert post.run(post.ben, *withdraw) == NOT_FOUND  # whose it is withdraws
    assert post.run(post.abel, *withdraw) == 0
    assert post.held(post.ben) == {post.digests[2]}  # what he holds by himself stays
    assert post.run(post.ben, "case", "show", case) == NOT_FOUND
    assert post.run(post.anna, *withdraw) == CONFLICT
    assert post.acts(post.anna, submission).count("submission:erased") == 2
    assert post.acts(post.ben, submission).count("submission:withdrawn") == 2
    with acting_for(post.ben.actor.agency_id):
        bodies = [json.loads(one.body) for one in entries_sought(LedgerSearch(), before=None, most=100)]
        proofs = {one["details"]["merkle_root"] for one in bodies if one["act"] == "erasure:completed"}
        assert not SubmissionItemRow.objects.filter(submission_id=submission).exclude(line=b"").exists()
    with acting_for(post.anna.actor.agency_id):
        bodies = [json.loads(one.body) for one in entries_sought(LedgerSearch(), before=None, most=100)]
        told = {
            one["details"]["merkle_root"]
            for one in bodies
            if one["act"] == "submission:erased" and one["details"]["submission"] == str(submission)
        }
    assert len(told) == 2
    assert told <= proofs


def test_it_is_withdrawn_when_its_owner_erases_what_it_comes_from(post: Post) -> None:
    first, second = (submit(post.world, post.anna, post.series, post.ben) for _ in range(2))
    case = take(post.world, post.ben, first)
    erased: dict[str, Any] = {"reference": post.case, "exhibit": "E1", "ground": ErasureGround.ORDERED}
    withdraw_exhibit(actor=post.anna.actor, queue=post.world.rooms.queue, **erased, **post.world.parts)
    assert post.held(post.ben) == set()
    assert post.run(post.ben, "case", "show", case) == NOT_FOUND
    for one in (first, second):
        with pytest.raises(Conflict):
            take(post.world, post.ben, one)
        assert no_words_of(post, one, post.ben)
    actor: dict[str, Any] = {"actor": post.anna.actor, **post.world.parts}
    propose_deletion(reference=post.case, ground=ErasureGround.ORDERED, **actor)
    confirm_deletion(actor=post.abel.actor, reference=post.case, queue=post.world.rooms.queue, **post.world.parts)
    with acting_for(post.anna.actor.agency_id):
        assert set(SubmissionRow.objects.filter(id__in=[first, second]).values_list("name", "investigation")) == {
            ("", "")
        }


def test_after_its_last_day_nobody_reads_it_and_retention_erases_it(post: Post) -> None:
    submission, waiting = (submit(post.world, post.anna, post.series, post.ben) for _ in range(2))
    case = take(post.world, post.ben, submission)
    assert post.run(post.ben, "case", "show", case) == 0
    past = let_pass(submission, waiting)
    for typed in (("case", "show", case), ("items", "--case", case), ("series", "show", case)):
        assert post.run(post.ben, *typed) == NOT_FOUND
    assert no_words_of(post, waiting, post.bea)
    with pytest.raises(Conflict):
        take(post.world, post.ben, waiting)
    assert post.held(post.ben) == {*post.digests}
    with connections["owner"].cursor() as cursor:  # as it was set when it was taken, then
        cursor.execute('ALTER TABLE "case" NO FORCE ROW LEVEL SECURITY')
        cursor.execute('UPDATE "case" SET keep_until = %s, keep_limit = %s WHERE reference = %s', [past, past, case])
        cursor.execute('ALTER TABLE "case" FORCE ROW LEVEL SECURITY')
    erase_expired(**post.world.parts)
    assert post.held(post.ben) == set()


def test_what_nobody_took_in_time_keeps_no_digests_and_both_sides_are_told(post: Post) -> None:
    taken, waiting, partly = (submit(post.world, post.anna, post.series, post.ben) for _ in range(3))
    case = take(post.world, post.ben, taken)
    why = ("--reason", "unreadable", "--words", "cut short", "--item", post.digests[0])
    assert post.run(post.ben, "submissions", "reject", str(partly), *why) == 0
    assert post.run(post.anna, "submissions", "withdraw", str(partly), *WHY, "--item", post.digests[1]) == 0
    for by in (post.anna, post.ben):  # not before its last day is over, and its owner alone
        with pytest.raises(DatabaseError), acting_for(by.actor.agency_id):
            SubmissionRow.objects.filter(id=waiting).update(expired_at=now())
    for fields in ({"sha256": b""}, {"state": "expired"}):
        with pytest.raises(DatabaseError), acting_for(post.anna.actor.agency_id):
            SubmissionItemRow.objects.filter(submission_id=waiting).update(**fields)
    let_pass(taken, waiting, partly)
    parts = {"now": post.world.parts["now"], "ledger": post.world.parts["ledger"]}
    assert expire_submissions(**parts) >= 2  # and others of these agencies
    assert expire_submissions(**parts) == 0
    assert post.kept_of(waiting) == [("expired", b"", "")] * 3
    assert post.kept_of(partly) == [("rejected", b"", ""), ("withdrawn", b"", ""), ("expired", b"", "")]
    assert {sha256 for _, sha256, _ in post.kept_of(taken)} == {bytes.fromhex(one) for one in post.digests}
    told = post.sent(waiting)
    assert {one["state"] for one in told["items"]} == {"expired"}
    assert told["expired_at"]
    assert (post.seen(waiting)["items"], post.seen(waiting)["expired_at"]) == ([], told["expired_at"])
    assert "expired" in post.world.run(post.ben, "submissions", "list").stdout
    for by in (post.anna, post.ben):
        assert post.acts(by, waiting) == ["submission:sent", "submission:expired"]
    assert post.run(post.anna, "submissions", "withdraw", str(waiting), *WHY) == CONFLICT
    with pytest.raises(DatabaseError), acting_for(post.anna.actor.agency_id):
        SubmissionRow.objects.filter(id=waiting).update(expired_at=None)
    erased: dict[str, Any] = {"reference": post.case, "exhibit": "E1", "ground": ErasureGround.ORDERED}
    withdraw_exhibit(actor=post.anna.actor, queue=post.world.rooms.queue, **erased, **post.world.parts)
    assert {state for state, *_ in post.kept_of(waiting)} == {"withdrawn"}  # so that its words go with the series
    assert post.run(post.ben, "case", "show", case) == NOT_FOUND
    expire_submissions(**parts)  # what was taken, and is erased now
    assert {sha256 for _, sha256, _ in post.kept_of(taken)} == {b""}


def test_the_same_is_not_submitted_twice_while_it_waits(post: Post) -> None:
    said: dict[str, Any] = {"investigation": random_name("investigation")}
    first = submit(post.world, post.anna, post.series, post.ben, **said)
    with pytest.raises(Conflict):
        submit(post.world, post.anna, post.series, post.ben, **said)
    submit(post.world, post.anna, post.series, post.ben, items=frozenset({post.digests[0]}), **said)
    submit(post.world, post.anna, post.series, post.ben, until=date(2999, 1, 1), **said)
    assert post.run(post.anna, "submissions", "withdraw", str(first), *WHY) == 0
    submit(post.world, post.anna, post.series, post.ben, **said)


def test_what_a_restore_brought_back_is_withdrawn_again_by_the_list(post: Post) -> None:
    first, second, third = (submit(post.world, post.anna, post.series, post.ben) for _ in range(3))
    taken, case = take(post.world, post.ben, first), take(post.world, post.ben, third)
    owner = post.anna.actor.agency_id
    back = [
        ListedWithdrawal(first, owner, (1, 3), now()),
        ListedWithdrawal(second, owner, (1, 2, 3), now()),
        ListedWithdrawal(third, owner, (1, 2), now()),
        ListedWithdrawal(third, owner, (3,), now()),
        ListedWithdrawal(uuid4(), owner, (1,), now()),  # of after the backup
    ]
    listed = ErasureList((), 7, now(), tuple(back))
    assert replay_erasures(listed, **post.world.parts).withdrawn_again == 3
    assert post.held(post.ben) == {post.digests[1]}
    assert post.run(post.ben, "case", "show", taken) == 0
    assert post.run(post.ben, "case", "show", case) == NOT_FOUND
    with pytest.raises(Conflict):
        take(post.world, post.ben, second)
    assert post.acts(post.anna, second) == ["submission:sent", "submission:withdrawn_again"]
    assert post.acts(post.anna, third).count("submission:erased") == 1
    assert replay_erasures(listed, **post.world.parts).withdrawn_again == 0
    told = post.listed_withdrawals(first, second, third)  # the next list has them, too
    assert [(one.submission_id, one.numbers) for one in told] == [(one.submission_id, one.numbers) for one in back[:-1]]


def test_the_list_tells_of_each_withdrawal_which_items_it_was(post: Post) -> None:
    first, second = (submit(post.world, post.anna, post.series, post.ben) for _ in range(2))
    for named in (("--item", post.digests[2]), ()):
        assert post.run(post.anna, "submissions", "withdraw", str(first), *WHY, *named) == 0
    others: dict[str, Any] = {"receivers": [post.cleo.agency], "purposes": [Purpose.INVESTIGATION], "until": None}
    said = {**others, "may_forward": False, "reason": "w"}
    set_handling(name=post.series, actor=post.anna.actor, **said, **post.world.parts)
    told = post.listed_withdrawals(first, second)
    assert [(one.submission_id, one.numbers) for one in told] == [
        (first, (3,)), (first, (1, 2, 3)), (second, (1, 2, 3)),
    ]  # fmt: skip
    assert {one.agency_id for one in told} == {post.anna.actor.agency_id}


def test_how_many_recalls_went_with_a_withdrawn_case_its_agency_alone_is_told(post: Post) -> None:
    submission = submit(post.world, post.anna, post.series, post.ben)
    people_a_case(post.world, post.ben, take(post.world, post.ben, submission))
    [told] = post.world.json(post.anna, "submissions", "withdraw", str(submission), *WHY)
    assert (told["withdrawn"], set(told)) == (3, {"submission", "withdrawn", "at"})
    for by, act, count in ((post.anna, "submission:erased", None), (post.ben, "erasure:completed", 2)):
        with acting_for(by.actor.agency_id):
            bodies = [json.loads(one.body) for one in entries_sought(LedgerSearch(), before=None, most=100)]
        details = [one["details"] for one in bodies if one["act"] == act]
        assert {one.get("unanswered_recalls") for one in details} >= {count}
        assert count or not any("unanswered_recalls" in one for one in details)


def test_for_two_weeks_a_receiver_is_told_that_what_he_had_taken_was_withdrawn(post: Post) -> None:
    def gone(later: timedelta = timedelta()) -> int:
        parts = post.world.parts | {"now": post.world.parts["now"] + later}
        return count_waiting(actor=post.ben.actor, **parts).submissions_gone

    submission, before = submit(post.world, post.anna, post.series, post.ben), gone()
    take(post.world, post.ben, submission)
    assert gone() == before
    assert post.run(post.anna, "submissions", "withdraw", str(submission), *WHY) == 0
    assert (gone(), gone(timedelta(days=15))) == (before + 1, 0)


def test_when_its_receiver_erases_what_he_took_no_digests_are_kept(post: Post) -> None:
    submission = submit(post.world, post.anna, post.series, post.ben)
    case = take(post.world, post.ben, submission)
    assert post.run(post.ben, "case", "join", case, post.bea.login) == 0
    ordered: dict[str, Any] = {"reference": case, **post.world.parts}
    propose_deletion(actor=post.ben.actor, ground=ErasureGround.ORDERED, **ordered)
    confirm_deletion(actor=post.bea.actor, queue=post.world.rooms.queue, **ordered)
    stranger = post.world.enroll(post.bella, Role.OFFICER)
    assert no_words_of(post, submission, stranger)
    assert set(post.states(submission)) == {*post.digests}
    assert "expired." in post.world.run("", "erase-expired").stdout
    assert post.kept_of(submission) == [("expired", b"", "")] * 3
    assert no_words_of(post, submission, stranger)
    own = post.sent(submission)  # its owner's words are his
    assert own["series"] == post.series
    assert own["investigation"].startswith("harbor")


def test_an_item_is_named_by_its_digest_or_by_the_digits_that_lists_show_and_by_nothing_shorter(post: Post) -> None:
    named = frozenset({post.digests[0][:16].upper(), post.digests[1]})
    submission = submit(post.world, post.anna, post.series, post.ben, items=named)
    assert {one["sha256"] for one in post.sent(submission)["items"]} == {*post.digests[:2]}
    with pytest.raises(InputError):
        submit(post.world, post.anna, post.series, post.ben, items=frozenset({post.digests[0][:15]}))


def test_a_days_items_to_one_agency_are_bounded_withdrawn_ones_too(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = submit(post.world, post.anna, post.series, post.ben)
    with acting_for(post.anna.actor.agency_id):
        lately = SubmissionItemRow.objects.filter(submission__receiver_id=post.ben.actor.agency_id).count()
    monkeypatch.setattr(submission_choosing, "MOST_ITEMS_A_DAY", lately + 5)
    submit(post.world, post.anna, post.series, post.ben)
    assert post.run(post.anna, "submissions", "withdraw", str(submission), *WHY) == 0
    with pytest.raises(Exhausted, match="within 24 hours"):
        submit(post.world, post.anna, post.series, post.ben)
    submit(post.world, post.anna, post.series, post.ben, items=frozenset(post.digests[:2]))
    later = {**post.world.parts, "now": now() + timedelta(days=1)}
    submit_series(actor=post.anna.actor, name=post.series, draft=a_draft(post.ben.agency), **later)


def test_what_may_not_be_passed_on_leaves_by_no_door(post: Post) -> None:
    case = take(post.world, post.ben, submit(post.world, post.anna, post.series, post.ben))
    ben: dict[str, Any] = {"actor": post.ben.actor, **post.world.parts}
    wider: dict[str, Any] = {
        "receivers": [post.cleo.agency],
        "purposes": [Purpose.INVESTIGATION],
        "may_forward": False,
        "until": None,
    }
    with pytest.raises(Forbidden):
        set_handling(name=case, reason="w", **wider, **ben)
    own_case = open_case(post.world, post.ben)
    own = put_together(post.world, post.ben, own_case, [b"own" + secrets.token_bytes(9)], receivers=[post.cleo.agency])
    with pytest.raises(Forbidden):
        merge_series(name=own, other=case, reason="w", **ben)
    assert post.run(post.ben, "case", "export", case, "--out", str(post.world.folder / random_name("out"))) == FORBIDDEN
    assert post.run(post.ben, "series", "circulation", case, "yes") == 0
    bank = random_name("bank")
    open_bank(name=bank, semantics=BankSemantics.KNOWN, legal_ground="law", **ben)
    assert post.run(post.ben, "series", "publish", case, "--bank", bank, *WHY) == CONFLICT
    with pytest.raises(Conflict):
        post.world.bring_in(post.ben, case, "E1", post.world.file(b"own"))


def test_what_may_be_passed_on_goes_to_whom_its_owner_named_and_leaves_with_him(post: Post) -> None:
    actor: dict[str, Any] = {"actor": post.anna.actor, **post.world.parts}
    both: dict[str, Any] = {
        "receivers": [post.ben.agency, post.cleo.agency],
        "purposes": [Purpose.INVESTIGATION],
        "until": None,
    }
    set_handling(name=post.series, reason="w", may_forward=True, **both, **actor)
    first = submit(post.world, post.anna, post.series, post.ben, may_forward=True)
    case = take(post.world, post.ben, first)
    second = submit(post.world, post.ben, case, post.cleo)
    later = now().date() + timedelta(days=50)
    with pytest.raises(Forbidden):
        submit(post.world, post.ben, case, post.cleo, until=later)
    take(post.world, post.cleo, second)
    assert post.held(post.cleo) == {*post.digests}
    assert post.run(post.anna, "submissions", "withdraw", str(first), *WHY) == 0
    assert post.held(post.ben) == post.held(post.cleo) == set()


def test_what_is_of_a_covert_case_is_a_coordinators_on_either_side(post: Post) -> None:
    covert = open_case(post.world, post.anna, "--covert")
    assert post.run(post.anna, "case", "join", covert, post.abel.login) == 0
    name = put_together(post.world, post.anna, covert, [secrets.token_bytes(12)], receivers=[post.ben.agency])
    with pytest.raises(Forbidden):
        submit(post.world, post.abel, name, post.ben)
    submission = submit(post.world, post.anna, name, post.ben)
    assert post.run(post.bea, "submissions", "show", str(submission)) == NOT_FOUND
    case = take(post.world, post.ben, submission)
    with acting_for(post.ben.actor.agency_id):
        assert Case.objects.get(reference=case).covert
    hidden = open_case(post.world, post.ben, "--covert")
    hold_contents(post.ben, hidden, post.contents)
    again = submit(post.world, post.anna, post.series, post.ben)
    assert set(post.states(again).values()) == {"uploaded"}  # a covert case holds them: that is not told


@pytest.fixture
def vaults(post: Post) -> Post:
    """Let both agencies have a vault, the sender be granted it, and his hold two of the three contents."""
    grant(post.world, two_administrators(post.world, post.ada), Permission.MEDIA_VAULT, post.anna)
    grant(post.world, two_administrators(post.world, post.bella), Permission.MEDIA_VAULT)
    parts, agency_id = post.world.parts, post.anna.actor.agency_id
    vault = opened_vault(agency_id, store=post.world.rooms.vault, keys=parts["keys"], now=parts["now"])
    for content in post.contents[:2]:
        assert vault.keep(hashlib.sha256(content).digest(), [content])
    vault.keep_small(bytes.fromhex(post.digests[0]), b"small")
    with acting_for(agency_id):
        kept = [Vaulted(bytes.fromhex(one), has_small=number == 0) for number, one in enumerate(post.digests[:2])]
        note(agency_id, kept, now=parts["now"])
    return post


def test_media_go_from_vault_to_vault_and_leave_with_the_submission(vaults: Post) -> None:
    post, parts = vaults, vaults.world.parts
    with pytest.raises(Forbidden):
        submit(post.world, post.abel, post.series, post.ben, with_media=True)
    submission = submit(post.world, post.anna, post.series, post.ben, with_media=True)
    assert [one["media"] for one in post.seen(submission)["items"]].count(True) == 2
    store, there = post.world.rooms.vault, post.ben.actor.agency_id
    vault = opened_vault(there, store=store, keys=parts["keys"], now=parts["now"])
    with carried_over(  # who dies here leaves what no row lists
        post.anna.actor.agency_id, there, [bytes.fromhex(post.digests[0])], store=store, keys=parts["keys"], now=now()
    ) as carried:
        assert len(carried) == 1
    before = {one.name for one in vault.listed()}
    case = random_name("case")
    taken = take_submission(
        actor=post.ben.actor, submission_id=submission, reference=case, vault=store, **post.world.parts
    )
    assert taken.media == 2
    assert before < {one.name for one in vault.listed()}  # nothing of it lies there twice
    assert len([one for one in vault.listed() if one.name in before]) == len(before)
    assert b"".join(vault.read(bytes.fromhex(post.digests[1]))) == post.contents[1]
    assert vault.read_small(bytes.fromhex(post.digests[0])) == b"small"
    with acting_for(there):
        assert VaultedContent.objects.filter(sha256__in=[bytes.fromhex(one) for one in post.digests]).count() == 2
    assert post.run(post.anna, "submissions", "withdraw", str(submission), *WHY) == 0
    sweep_vaults(store=store, **post.world.parts)
    assert not list(vault.listed())
    own = opened_vault(post.anna.actor.agency_id, store=store, keys=parts["keys"], now=parts["now"])
    assert b"".join(own.read(bytes.fromhex(post.digests[0]))) == post.contents[0]


def test_where_the_receivers_vault_was_switched_off_no_media_come_over(vaults: Post) -> None:
    post = vaults
    submission = submit(post.world, post.anna, post.series, post.ben, with_media=True)
    grants = list_grants(actor=post.ada.actor, **post.world.parts).grants
    for one in grants:
        if one.permission is Permission.MEDIA_VAULT and one.officer_id is None:
            withdraw_grant(actor=post.ada.actor, grant_id=one.grant_id, **post.world.parts)
    taken = take_submission(
        actor=post.ben.actor,
        submission_id=submission,
        reference=random_name("case"),
        vault=post.world.rooms.vault,
        **post.world.parts,
    )
    assert (taken.items, taken.media) == (3, 0)
    with acting_for(post.ben.actor.agency_id):
        digests = [bytes.fromhex(one) for one in post.digests]
        assert not VaultedContent.objects.filter(sha256__in=digests).exists()
        assert MediaItem.objects.filter(sha256__in=digests).count() == 3
    with pytest.raises(Forbidden):
        submit(post.world, post.anna, post.series, post.ben, with_media=True)


def test_who_has_a_name_already_takes_it_under_another_and_nothing_is_half_taken(post: Post) -> None:
    submission = submit(post.world, post.anna, post.series, post.ben)
    taken = open_case(post.world, post.ben)
    with pytest.raises(Conflict):
        take(post.world, post.ben, submission, taken)
    assert post.held(post.ben) == set()
    with acting_for(post.ben.actor.agency_id):
        assert not Series.objects.filter(name=taken).exists()
    draft = a_draft(post.ben.agency, items=frozenset({"00" * 32}))
    with pytest.raises(Exception, match="no such item"):
        submit_series(actor=post.anna.actor, name=post.series, draft=draft, **post.world.parts)
