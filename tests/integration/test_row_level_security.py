"""The net under a forgotten filter: what PostgreSQL itself hides, whatever the services ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import ProgrammingError, connections, transaction
from django.db.utils import DatabaseError
from psycopg import sql

from tsunagu.domain.actor import Actor
from tsunagu.records import cases, notices, series
from tsunagu.records.juveniles import see_juveniles
from tsunagu.records.models import (
    ApiKeyRow,
    Case,
    CaseMember,
    Exhibit,
    ExhibitKeyRow,
    HitRow,
    JudgementRow,
    Overlap,
    OverlapNotice,
    Series,
)
from tsunagu.records.session import acting_for, asking_for_login
from tsunagu.services import access

from .scene import DOORS, Door, Scene

BY_AGENCY = """
SELECT relnamespace::regnamespace::text, relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relkind = 'r' AND attname = 'agency_id' AND NOT attisdropped ORDER BY 1, 2
"""
TABLES = (
    "ledger.entry", "public.alert_party", "public.api_key", "public.bank", "public.bank_import", "public.bank_item",
    "public.case", "public.case_member", "public.case_reason", "public.category_scheme", "public.claim",
    "public.clue", "public.comparison", "public.comparison_hit", "public.country_assessment",
    "public.enquiry", "public.enquiry_request_source", "public.erasure", "public.exhibit",
    "public.exhibit_key",
    "public.fingerprint", "public.gate_step",
    "public.holding", "public.incoming_list", "public.intake", "public.intake_change",
    "public.intake_file", "public.interest", "public.invitation", "public.judgement", "public.juvenile",
    "public.law_review",
    "public.law_rule_set", "public.listed_person", "public.login",
    "public.look_up_day", "public.look_up_hit", "public.media_item",
    "public.officer", "public.overlap_notice", "public.pair_answer", "public.permission_grant",
    "public.person", "public.person_opening", "public.person_recall", "public.person_step", "public.person_tie",
    "public.person_told", "public.person_withdrawal",
    "public.prefecture_decision",
    "public.proposal",
    "public.provider_subject", "public.published_item", "public.recent_query",
    "public.referral_case", "public.referral_source", "public.retention_rule", "public.reveal", "public.saved_mapping",
    "public.seized_chunk",
    "public.seized_list", "public.seized_piece", "public.series",
    "public.series_alias", "public.series_case", "public.series_item", "public.series_placing",
    "public.series_step", "public.sign_in", "public.stat_vintage", "public.title", "public.title_assessment",
    "public.vault_key", "public.vaulted_content", "public.vote",
    "public.vote_dispute",
)  # fmt: skip
LINKER_PUBLISHES = {"id", "after", "position", "traces", "noted_at"}
LINKER_MAY_READ = {
    "agency": {"id", "name", "country", "contact"},
    "bank": {
        "id",
        "agency_id",
        "name",
        "semantics",
        "unapplied",
        "radius_bits",
        "is_on",
        "is_open",
        "share_percent",
        "expires_on",
    },
    "bank_import": {"id", "agency_id", "bank_id", "done_at"},
    "bank_item": {
        "id",
        "agency_id",
        "bank_id",
        "import_id",
        "md5",
        "sha1",
        "sha256",
        "pdq",
        "opinion",
        "quarantine",
        "withdrawn",
        "disabled_until",
    },
    "case": {"id", "agency_id", "covert", "keep_until"},
    "claim": {"id", "agency_id", "series_id", "case_id", "expires_at", "released_at"},
    "exhibit": {"id", "agency_id", "case_id"},
    "held_snapshot": LINKER_PUBLISHES,
    "fingerprint": {"id", "agency_id", "item_id", "kind", "data", "turns", "quality", "at_s", "frame"},
    "holding": {"id", "agency_id", "exhibit_id", "item_id", "linked_at"},
    "judgement": {"hit_id"},
    "look_up_day": {"id", "agency_id", "officer_id", "api_key", "day", "queries"},
    "media_item": {"id", "agency_id", "sha256", "width", "height", "parked", "compared"},
    "recent_query": {"id", "agency_id", "pdq"},
    "series": {"id", "agency_id", "root_id"},
    "series_case": {"id", "agency_id", "series_id", "case_id"},
    "series_item": {"id", "agency_id", "series_id", "case_id", "item_id"},
}
LOOK_UP_HIT = {"id", "agency_id", "bank_id", "item_id", "asked_by_id", "asked_at", "distance_bits"}
LINKER_WRITES = {"overlap", "hit", "interest", "overlap_notice"}


def _on(statement: str, table: str) -> sql.Composed:
    """Return a statement with the quoted table in it."""
    return sql.SQL(statement).format(sql.Identifier(*table.split(".")))


def _count(table: str, agency_id: UUID | None = None) -> int:
    """Return how many rows the app role sees: of one agency, or of all."""
    query = _on("SELECT count(*) FROM {} WHERE agency_id = coalesce(%s, agency_id)", table)
    with connections["default"].cursor() as cursor:
        cursor.execute(query, [agency_id])
        return int(cursor.fetchone()[0])


def test_these_are_all_tables_with_rows_of_agencies(admin: psycopg.Connection) -> None:
    assert tuple(f"{schema}.{name}" for schema, name in admin.execute(BY_AGENCY)) == TABLES


@pytest.mark.parametrize("table", TABLES)
def test_an_agency_sees_its_own_rows_and_nobody_elses(scene: Scene, admin: psycopg.Connection, table: str) -> None:
    ours, theirs = (scene.people[one].actor.agency_id for one in ("anna", "ben"))
    query = _on("SELECT count(*) FROM {} WHERE agency_id = %s", table)
    assert admin.execute(query, [ours]).fetchone()[0] > 0
    if table == "public.login":  # shows itself to one who names it, and not even then by agency
        with asking_for_login(scene.people["anna"].login):
            assert _count(table) == 1
        with asking_for_login("another"):
            assert _count(table) == 0
        return
    with acting_for(ours):
        if table == "public.juvenile":  # shows nobody to a transaction that is not for juveniles
            assert _count(table) == 0
            see_juveniles()
        assert _count(table) == _count(table, ours) > 0
    with acting_for(theirs):
        assert _count(table, ours) == 0


def test_an_overlap_and_its_hits_are_hidden_from_both_sides_until_both_have_shared(scene: Scene) -> None:
    shared, unshared = scene.targets["shared"], scene.targets["overlap"]
    for name, sees in (("anna", 1), ("ben", 1), ("cleo", 0)):
        with acting_for(scene.people[name].actor.agency_id):
            assert Overlap.objects.filter(id=shared).count() == HitRow.objects.filter(overlap_id=shared).count() == sees
            assert not Overlap.objects.filter(id=unshared).exists()
            assert not HitRow.objects.filter(overlap_id=unshared).exists()
            assert not HitRow.objects.exclude(overlap_id=shared).exists()


def test_a_notice_that_is_withheld_does_not_exist_for_its_side(scene: Scene, admin: psycopg.Connection) -> None:
    held, theirs = scene.targets["held"], scene.people["ben"].actor.agency_id
    query = "SELECT count(*) FROM overlap_notice WHERE overlap_id = %s AND agency_id = %s"
    assert admin.execute(query, [held, theirs]).fetchone() == (1,)
    with acting_for(theirs):
        assert not OverlapNotice.objects.filter(overlap_id=held).exists()


@contextmanager
def _fresh() -> Iterator[psycopg.Connection]:
    """A connection of the app role on which nobody has acted yet."""
    wrapper = connections["default"].copy()
    try:
        wrapper.connect()
        yield wrapper.connection
    finally:
        wrapper.close()


@pytest.mark.parametrize("table", [*TABLES, "public.overlap", "public.hit"])
def test_an_unset_agency_is_an_error_and_no_empty_answer(scene: Scene, table: str) -> None:
    query = _on("SELECT * FROM {}", table)
    with _fresh() as connection, pytest.raises(psycopg.errors.UndefinedObject, match=r"tsunagu\."):
        connection.execute(query)
    with acting_for(scene.people["anna"].actor.agency_id):
        pass
    with asking_for_login(scene.people["anna"].login):
        pass
    if table == "public.login":  # no agency is asked for: it shows no row, as nobody is called nothing
        assert _count(table) == 0
        return
    with pytest.raises(DatabaseError, match="invalid input syntax for type uuid"), transaction.atomic():
        connections["default"].cursor().execute(query)


def _unfiltered_case(_: Actor, reference: str) -> object:
    row = Case.objects.filter(reference=reference).first()
    if row is None:
        raise cases.NotFound("no such case")
    return cases.summary_of(row)


def _unfiltered_notices(_: Actor, *, overlap_id: UUID | None = None, **__: object) -> tuple[object, ...]:
    by_id = Case.objects.in_bulk()
    rows = OverlapNotice.objects.all() if overlap_id is None else OverlapNotice.objects.filter(overlap_id=overlap_id)
    return tuple(notices._notice(row, by_id[row.case_id]) for row in rows)


@pytest.fixture
def _no_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services that ask for no permission and records that filter by nothing."""
    monkeypatch.setattr(Actor, "require", lambda *_: None)
    monkeypatch.setattr(Actor, "may", lambda *_: True)
    monkeypatch.setattr(access, "case_of", _unfiltered_case)
    monkeypatch.setattr(cases, "cases_of", lambda *_, **__: tuple(cases.summary_of(row) for row in Case.objects.all()))
    monkeypatch.setattr(notices, "notices_of", _unfiltered_notices)
    monkeypatch.setattr(series, "seen_by", lambda *_: Series.objects.filter(stands=True))


OF_ALL_AGENCIES = {"hub accept"}
"""What any agency's co-ordinator does for the installation as a whole, and reaches no agency's rows."""


@pytest.mark.usefixtures("_no_checks")
@pytest.mark.parametrize("door", [one for one in DOORS if one.command not in OF_ALL_AGENCIES], ids=str)
def test_without_the_services_checks_another_agency_is_still_told_nothing(scene: Scene, door: Door) -> None:
    target = scene.targets[door.target] if door.target else ""
    outcome = scene.world.run(scene.people["cleo"], *door.typed(scene, target), lines=door.lines)
    assert outcome.status == (4 if target else 0), outcome.text
    assert not scene.told_in(outcome.text)


@pytest.mark.usefixtures("_no_checks")
def test_the_checks_really_are_off_in_that_test(scene: Scene) -> None:
    outcome = scene.world.run(scene.people["audra"], "items", "--case", scene.targets["case"], "--json")
    assert outcome.status == 0
    assert scene.told_in(outcome.text)


def test_nobody_writes_a_row_in_the_name_of_another_agency(scene: Scene) -> None:
    ours, theirs = (scene.people[one].actor for one in ("anna", "ben"))
    with pytest.raises(ProgrammingError, match="row-level security"), acting_for(theirs.agency_id):
        Case.objects.create(
            agency_id=ours.agency_id,
            reference="planted",
            purpose="audit",
            covert=False,
            keep_until="2026-01-01",
            opened_at="2026-01-01T00:00Z",
            opened_by_id=ours.officer_id,
        )
    with acting_for(ours.agency_id):
        case_id: UUID = Case.objects.values_list("id", flat=True)[0]
    with pytest.raises(ProgrammingError, match="row-level security"), acting_for(theirs.agency_id):
        CaseMember.objects.create(
            agency_id=ours.agency_id,
            case_id=case_id,
            officer_id=theirs.officer_id,
            added_by_id=theirs.officer_id,
            added_at="2026-01-01T00:00Z",
        )


def test_nothing_is_hung_on_what_one_may_not_see_and_the_refusal_does_not_tell_whether_it_is_there(
    scene: Scene, admin: psycopg.Connection
) -> None:
    theirs, later = scene.people["ben"].actor, "2026-01-01T00:00Z"
    with acting_for(scene.people["anna"].actor.agency_id):
        case_id = Case.objects.get(reference=scene.targets["case"]).id
        exhibit_id = Exhibit.objects.filter(case_id=case_id)[0].id
    query = "SELECT id FROM hit WHERE overlap_id = %s"
    (hit_id,) = admin.execute(query, [scene.targets["overlap"]]).fetchone()
    member = {"officer_id": theirs.officer_id, "added_by_id": theirs.officer_id, "added_at": later}
    exhibit = {"reference": "planted", "registered_by_id": theirs.officer_id, "registered_at": later}
    judgement = {"officer_id": theirs.officer_id, "answer": "unsure", "judged_at": later}
    api_key = {"name": "planted", "scopes": [], "token_mac": bytes(32), "made_at": later, "expires_at": later}
    ours = scene.people["anna"].actor.officer_id
    exhibit_key = {"public_key": bytes(32), "made_by_id": theirs.officer_id, "made_at": later, "expires_at": later}
    for model, fields, there, absent in (
        (CaseMember, member, {"case_id": case_id}, {"case_id": uuid4()}),
        (Exhibit, exhibit, {"case_id": case_id}, {"case_id": uuid4()}),
        (JudgementRow, judgement, {"hit_id": hit_id}, {"hit_id": hit_id + 10**9}),
        (ApiKeyRow, api_key, {"officer_id": ours}, {"officer_id": uuid4()}),
        (ExhibitKeyRow, exhibit_key, {"exhibit_id": exhibit_id}, {"exhibit_id": uuid4()}),
    ):
        refusals = set()
        for target in (there, absent):
            with pytest.raises(DatabaseError) as caught, acting_for(theirs.agency_id):
                model.objects.create(agency_id=theirs.agency_id, **target, **fields)
            refusals.add(str(caught.value))
        assert len(refusals) == 1
        assert "row-level security" in refusals.pop()


def test_who_names_a_login_cannot_give_it_to_another_agency(scene: Scene) -> None:
    ours = scene.people["anna"].actor.agency_id
    with pytest.raises(DatabaseError), asking_for_login("planted"), connections["default"].cursor() as cursor:
        cursor.execute("INSERT INTO login (login, agency_id) VALUES ('planted', %s)", [ours])


def test_the_linker_reads_the_columns_that_it_is_granted_and_no_other(admin: psycopg.Connection, rooms: object) -> None:
    rows = admin.execute(
        "SELECT table_schema, table_name, column_name, privilege_type FROM information_schema.column_privileges "
        "WHERE grantee = 'tsunagu_linker'"
    ).fetchall()
    assert {schema for schema, *_ in rows} == {"public"}
    readable: dict[str, set[str]] = {}
    for _, table, column, privilege in rows:
        if privilege == "SELECT":
            readable.setdefault(table, set()).add(column)
    assert {table: readable[table] for table in readable if table not in LINKER_WRITES} == LINKER_MAY_READ
    assert {(table, column) for _, table, column, privilege in rows if privilege != "SELECT"} == {
        ("holding", "linked_at"), ("media_item", "parked"), ("media_item", "compared"), ("bank", "unapplied"),
        *(("held_snapshot", column) for column in LINKER_PUBLISHES),
        *(("look_up_day", column) for column in LINKER_MAY_READ["look_up_day"]),
        *(("look_up_hit", column) for column in LOOK_UP_HIT),
        *(("recent_query", column) for column in LINKER_MAY_READ["recent_query"]),
        *((table, column) for table in LINKER_WRITES for column in readable[table]),
    }  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        'SELECT purpose FROM "case"',
        "SELECT path FROM holding",
        "SELECT tags FROM media_item",
        "SELECT legal_ground FROM bank",
        "SELECT details FROM bank_item",
        "SELECT stated FROM bank_import",
        "SELECT 1 FROM look_up_hit",
        "SELECT reference FROM exhibit",
        "SELECT 1 FROM api_key",
        "SELECT 1 FROM exhibit_key",
        "SELECT 1 FROM law_review",
        "SELECT 1 FROM law_rule_set",
        "SELECT 1 FROM permission_grant",
        "SELECT 1 FROM proposal",
        "SELECT 1 FROM reveal",
        "SELECT 1 FROM seized_list",
        "SELECT 1 FROM seized_chunk",
        "SELECT 1 FROM seized_piece",
        "SELECT 1 FROM listed_person",
        "SELECT 1 FROM pair_answer",
        "SELECT 1 FROM prefecture_decision",
        "SELECT 1 FROM title",
        "SELECT 1 FROM referral",
        "SELECT 1 FROM referral_step",
        "SELECT 1 FROM referral_case",
        "SELECT 1 FROM referral_source",
        "SELECT 1 FROM enquiry",
        "SELECT 1 FROM stat_vintage",
        "SELECT 1 FROM guest",
        "SELECT 1 FROM guest_answer",
        "SELECT 1 FROM submission",
        "SELECT 1 FROM submission_item",
        "SELECT 1 FROM enquiry_request",
        "SELECT 1 FROM enquiry_request_source",
        "SELECT 1 FROM report",
        "SELECT 1 FROM report_content",
        "SELECT 1 FROM report_key",
        "SELECT 1 FROM report_step",
        "SELECT 1 FROM gate_step",
        "SELECT 1 FROM juvenile",
        "SELECT 1 FROM title_assessment",
        "SELECT 1 FROM vault_key",
        "SELECT 1 FROM vaulted_content",
        "SELECT 1 FROM officer",
        "SELECT 1 FROM login",
        "SELECT 1 FROM sign_in",
        "SELECT 1 FROM case_member",
        "SELECT answer FROM judgement",
        "SELECT officer_id FROM judgement",
        "SELECT 1 FROM case_reason",
        "SELECT 1 FROM erasure",
        "SELECT name FROM series",
        "SELECT 1 FROM series_step",
        "SELECT reason FROM claim",
        "SELECT 1 FROM vote",
        "SELECT code FROM agency",
        "SELECT member_id FROM agency",
        "SELECT 1 FROM ledger.entry",
        "SELECT ledger.entries()",
        "DELETE FROM holding",
        "DELETE FROM judgement",
        "UPDATE holding SET path = ''",
    ],
)
def test_the_linker_is_refused_what_it_needs_not(rooms: object, query: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(using="linker"):
        connections["linker"].cursor().execute(query)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger.entry SET body = '{}'",
        "DELETE FROM ledger.entry",
        "TRUNCATE ledger.entry",
        "INSERT INTO ledger.entry (number, body, hash) VALUES (1, '{}', '')",
        "SELECT ledger.entries()",
        "DROP TRIGGER append_only ON ledger.entry",
        "ALTER TABLE ledger.entry DISABLE TRIGGER ALL",
        *(_on("ALTER TABLE {} DISABLE ROW LEVEL SECURITY", table) for table in TABLES),
        *(_on("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY", table) for table in TABLES),
        'DROP POLICY own_agency ON "case"',
        'CREATE POLICY mine ON "case" USING (true)',
        "ALTER ROLE tsunagu_app BYPASSRLS",
        "SET ROLE tsunagu_owner",
        "SET ROLE tsunagu_linker",
        "SET ROLE tsunagu_ledger",
        "SET SESSION AUTHORIZATION tsunagu_owner",
        "SET session_replication_role = replica",
        'SET LOCAL row_security = off; SELECT * FROM "case"',
        "SET LOCAL row_security = off; SELECT * FROM hit",
        "CREATE TABLE mine (id int)",
        "CREATE TEMP TABLE mine (id int)",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER RETURN 1",
        "UPDATE erasure SET ground = 'ordered'",
        "DELETE FROM erasure",
        "UPDATE case_reason SET reason = ''",
        'UPDATE "case" SET covert = false',
        "UPDATE overlap SET shared_a = true, shared_b = true",
        "UPDATE overlap_notice SET withheld = false, held = false",
        "UPDATE judgement SET answer = 'same'",
        "UPDATE exhibit_key SET expires_at = 'infinity'",
        "UPDATE api_key SET expires_at = 'infinity'",
        "UPDATE api_key SET scopes = '{officer:enroll}'",
        "DELETE FROM api_key",
        "UPDATE law_rule_set SET text = ''",
        "DELETE FROM law_rule_set",
        "UPDATE guest SET asked = ''",
        "UPDATE guest SET until = until + 1",
        "UPDATE guest_answer SET words = ''",
        "UPDATE submission SET until = until + 1",
        "UPDATE submission SET may_forward = true",
        "DELETE FROM submission",
        "DELETE FROM submission_item",
        "UPDATE law_review SET reviewer = ''",
        "DELETE FROM law_review",
        "UPDATE vault_key SET sealed = ''",
        "DELETE FROM vault_key",
        "UPDATE vaulted_content SET has_small = true",
        "UPDATE vaulted_content SET doomed = true",
        "DELETE FROM sign_in",
        "DELETE FROM series",
        "DELETE FROM series_step",
        "UPDATE series SET opened_at = now()",
        "UPDATE claim SET agency_id = agency_id",
        "UPDATE vote SET grade = 'baseline'",
        "INSERT INTO interest (id) VALUES (gen_random_uuid())",
        "UPDATE series_step SET kind = 'removed'",
        "UPDATE series_placing SET item_id = item_id",
        "INSERT INTO hit (kind) VALUES ('exact')",
    ],
)  # fmt: skip
def test_the_app_role_can_neither_change_the_past_nor_the_rules(scene: Scene, statement: str | sql.Composed) -> None:
    agency = scene.people["anna"].actor.agency_id
    refusals = "permission denied|must be owner|row-level security"
    with pytest.raises(DatabaseError, match=refusals), acting_for(agency), connections["default"].cursor() as cursor:
        cursor.execute(statement)


def test_what_may_be_deleted_is_not_deleted_unless_its_erasure_was_decided(scene: Scene) -> None:
    agency = scene.people["anna"].actor.agency_id
    with acting_for(agency), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.table_privileges "
            "WHERE privilege_type = 'DELETE' AND grantee = current_user"
        )
        deletable = {table for (table,) in cursor.fetchall()} & {table.partition(".")[2] for table in TABLES}
    assert deletable == {
        "case", "case_member", "case_reason", "claim", "clue", "comparison_hit", "country_assessment", "enquiry",
        "enquiry_request_source",
        "exhibit", "exhibit_key",
        "fingerprint", "gate_step", "holding", "intake", "intake_change", "intake_file", "interest", "judgement",
        "juvenile", "listed_person", "media_item", "pair_answer", "person", "person_recall", "person_step",
            "person_tie", "person_told", "person_withdrawal", "prefecture_decision", "provider_subject",
        "published_item", "referral_case", "referral_source",
        "saved_mapping", "seized_chunk", "seized_list", "seized_piece", "series_alias", "series_case", "series_item",
        "series_placing",
        "title",
        "title_assessment", "vaulted_content", "vote",
        "vote_dispute",
    }  # fmt: skip
    # A colleague leaves a case, an upload's bytes go, an officer takes a way in away, drops an alias or a mapping, and
    # what a series consists of, and what banks know by it, follows from its steps, which stay.
    following = {"series_item", "published_item"}
    own = {"case_member", "intake_file", "provider_subject", "saved_mapping", "series_alias"}
    for table in deletable - following - own:
        with acting_for(agency), connections["default"].cursor() as cursor:
            see_juveniles()
            assert _count(f"public.{table}") > 0
            cursor.execute(_on("DELETE FROM {}", table))
            assert cursor.rowcount == 0


def test_a_proof_of_erasure_stays_as_it_is(scene: Scene) -> None:
    with acting_for(scene.people["anna"].actor.agency_id), connections["default"].cursor() as cursor:
        cursor.execute("UPDATE erasure SET places = 0 WHERE ended_at IS NOT NULL")
        assert cursor.rowcount == 0
