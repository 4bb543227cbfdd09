"""`/metrics` tells how the machine does, to whoever has the token, and nothing of what anyone holds."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from tsunagu.config.configuration import Configuration
from tsunagu.config.home import Home
from tsunagu.config.measures import InstallationMeasures, metrics_token
from tsunagu.domain.errors import InputError, Unavailable
from tsunagu.domain.intake_run import IntakeSource, IntakeState
from tsunagu.records.models import Exhibit, Intake
from tsunagu.records.session import acting_for
from tsunagu.services.house import Rooms
from tsunagu.web.middleware.measuring import RequestCounts
from tsunagu.web.rooms import serve_from

from ..scene import Scene  # noqa: TID252 - tests are no package with a name
from ..world import World  # noqa: TID252 - tests are no package with a name
from .visitors import Visitor, seen

TOKEN = secrets.token_hex(20)
SAMPLE = re.compile(r'(?P<name>tsunagu_[a-z_]+)(?:\{(?P<labels>[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*)\})? (?P<value>\S+)')
ALWAYS = {
    "tsunagu_release_info", "tsunagu_disk_free_bytes", "tsunagu_database_up", "tsunagu_jobs_running",
    "tsunagu_jobs_stalled", "tsunagu_jobs_failed_lately", "tsunagu_workers", "tsunagu_database_bytes",
    "tsunagu_ledger_entries", "tsunagu_ledger_unsigned_entries", "tsunagu_holdings_waiting", "tsunagu_items_parked",
    "tsunagu_backup_age_seconds", "tsunagu_backup_bytes", "tsunagu_backups_seen",
}  # fmt: skip


@pytest.fixture
def served(rooms: Rooms, world_home: Path, tmp_path: Path) -> Iterator[None]:
    """The pages, with a token for the metrics and a backup of an hour ago to tell of."""
    name = datetime.now(UTC).strftime("%Y%m%dT%H0000Z-00000000")
    (tmp_path / name).mkdir()
    configuration = Configuration(backup_folder=tmp_path)
    serve_from(rooms, token=TOKEN, measures=InstallationMeasures(Home(world_home), {}, configuration))
    yield
    serve_from(rooms)


def told(visitor: Visitor, token: str = TOKEN) -> tuple[str, dict[tuple[str, str], float]]:
    """What is measured, as text, and by name and labels."""
    answer = visitor.client.get("/metrics", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert (answer.status_code, answer["Content-Type"][:24]) == (200, "text/plain; version=0.0.")
    text = answer.content.decode()
    lines = [SAMPLE.fullmatch(line) for line in text.splitlines() if not line.startswith("# ")]
    return text, {(one["name"], one["labels"] or ""): float(one["value"]) for one in lines if one}


@pytest.mark.parametrize(
    "shown", [{}, {"HTTP_AUTHORIZATION": "Bearer another"}, {"HTTP_AUTHORIZATION": f"Bearer é{TOKEN}"}]
)
def test_without_the_token_it_is_not_there(served: None, visitor: Callable[[], Visitor], shown: dict[str, str]) -> None:
    assert seen(visitor().client.get("/metrics", **shown)) == seen(visitor().client.get("/no-such-page", **shown))


def test_where_the_settings_give_no_token_nobody_reads_it(visitor: Callable[[], Visitor]) -> None:
    for shown in ("", "Bearer ", "Bearer None"):
        assert visitor().client.get("/metrics", HTTP_AUTHORIZATION=shown).status_code == 404


def test_every_line_is_a_sample_and_none_tells_of_content(
    served: None, visitor: Callable[[], Visitor], common_scene: Scene
) -> None:
    anna = common_scene.people["anna"]
    desk = visitor().sits_down_as(anna)
    for path in ("/cases/", f"/cases/{common_scene.targets['case']}/", "/no-such-page"):
        desk.get(path)
    text, found = told(visitor())
    assert {name for name, _ in found} >= ALWAYS
    assert len(found) == len([line for line in text.splitlines() if not line.startswith("#")]), "a line is no sample"
    people = [
        word for one in common_scene.people.values() for word in (one.login, one.agency, str(one.actor.officer_id))
    ]
    assert common_scene.told_in(text) == set()
    assert [word for word in people if word in text] == []
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{32}", text)


def test_requests_are_counted_by_page_and_status_and_deeds_on_an_overlap_as_that_page(
    served: None, visitor: Callable[[], Visitor], common_scene: Scene
) -> None:
    _, before = told(visitor())
    desk = visitor().sits_down_as(common_scene.people["anna"])
    desk.get("/cases/")
    desk.get("/no-such-page")
    desk.post(f"/overlaps/{common_scene.targets['overlap']}/release/")
    _, after = told(visitor())

    def more(page: str, status: int) -> float:
        key = ("tsunagu_requests_total", f'page="{page}",status="{status}"')
        return after.get(key, 0) - before.get(key, 0)

    assert (more("cases", 200), more("none", 404), more("metrics", 200)) == (1, 1, 1)
    assert not [labels for _, labels in after if "release" in labels and "page=" in labels]
    assert sum(after[key] - before.get(key, 0) for key in after if key[1].startswith('page="overlap",status')) == 1
    took = [value for (name, labels), value in after.items() if name == "tsunagu_request_seconds_count"]
    asked = [value for (name, _), value in after.items() if name == "tsunagu_requests_total"]
    assert sum(took) == sum(asked)


def test_what_several_processes_have_counted_is_told_by_each(tmp_path: Path) -> None:
    some, others = RequestCounts(), RequestCounts()
    for number, one in ((1, some), (2, others)):
        one.share(tmp_path)
        one.add("cases", 200, 0.01 * number)
        one.add(f"page of {number}", 404, 7.0)
    ends = time.monotonic() + 10
    while len([one for one in tmp_path.iterdir() if not one.suffix and "page of" in one.read_text()]) < 2:
        assert time.monotonic() < ends
        time.sleep(0.05)
    told = []
    for one in (some, others):
        samples = [(measured.name + each.suffix, *each.labels.values(), each.value)
                   for measured in one.measures() for each in measured.samples]  # fmt: skip
        told.append({tuple(each[:-1]): each[-1] for each in samples})
    assert told[0] == pytest.approx(told[1])
    assert told[0]["tsunagu_requests_total", "cases", "200"] == 2
    assert told[0]["tsunagu_requests_total", "page of 1", "404"] == 1
    assert told[0]["tsunagu_request_seconds_bucket", "cases", "0.025"] == 2
    assert told[0]["tsunagu_request_seconds_sum", "cases"] == pytest.approx(0.03)


@pytest.mark.parametrize(("is_folder", "seen_as"), [(True, 1), (False, 0)], ids=["no backup", "cannot look"])
def test_no_backup_is_told_from_a_place_that_cannot_be_looked_at(
    world_home: Path, tmp_path: Path, is_folder: bool, seen_as: int
) -> None:
    place = tmp_path / "backups"
    if is_folder:
        place.mkdir()
    else:
        place.touch()
    measures = InstallationMeasures(Home(world_home), {}, Configuration(backup_folder=place))
    found = {one.name: one.samples[0].value for one in measures(datetime.now(UTC)) if one.samples}
    assert found["tsunagu_backups_seen"] == seen_as
    assert "tsunagu_backup_age_seconds" not in found


def test_an_unreadable_certificate_and_a_lost_key_of_a_bucket_leave_everything_else_measured(
    world_home: Path, tmp_path: Path
) -> None:
    for name in ("certificate.pem", "key.pem"):
        (tmp_path / name).write_text("no certificate", encoding="ascii")
    configuration = Configuration(
        tls_certificate_file=tmp_path / "certificate.pem",
        tls_key_file=tmp_path / "key.pem",
        backup_bucket="s3://backups",
        s3_credentials_file=tmp_path / "nowhere",
    )
    measures = InstallationMeasures(Home(world_home), {}, configuration)
    found = {one.name: one.samples for one in measures(datetime.now(UTC))}
    assert found["tsunagu_backups_seen"][0].value == 0
    assert found["tsunagu_database_up"][0].value == 1
    assert "tsunagu_certificate_left_seconds" not in found


def test_stalled_and_failed_jobs_and_refusals_of_all_agencies_are_summed(
    served: None, visitor: Callable[[], Visitor], common_scene: Scene
) -> None:
    _, before = told(visitor())
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute')")
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id) "
            "SELECT 'measured', 'none', 'doing', max(id) FROM procrastinate_workers"
        )
        cursor.execute("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('measured', 'none')")
    for name in ("anna", "ben"):
        actor = common_scene.people[name].actor
        with acting_for(actor.agency_id):
            exhibit_id = Exhibit.objects.filter(agency_id=actor.agency_id).values_list("id", flat=True).first()
            Intake.objects.create(
                agency_id=actor.agency_id, exhibit_id=exhibit_id, begun_by_id=actor.officer_id,
                source=IntakeSource.UPLOAD, state=IntakeState.DONE, refused={"decoder-died": 2},
                begun_at=datetime.now(UTC), touched_at=datetime.now(UTC), ended_at=datetime.now(UTC),
            )  # fmt: skip
    try:
        _, after = told(visitor())
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE queue_name = 'measured'")
    code = ("tsunagu_intake_refusals", 'code="decoder-died"')
    assert after[code] - before.get(code, 0) == 4
    assert after["tsunagu_jobs_stalled", ""] - before["tsunagu_jobs_stalled", ""] == 1
    assert after["tsunagu_jobs_waiting", 'queue="measured"'] == 1
    assert after["tsunagu_worker_heartbeat_age_seconds", ""] > 0


def test_a_token_that_is_short_missing_or_open_to_others_is_refused(world: World, tmp_path: Path) -> None:
    file = tmp_path / "token"
    configuration = Configuration(metrics_token_file=file)
    assert metrics_token(Configuration()) is None
    with pytest.raises(InputError, match="no token of 32"):
        metrics_token(configuration)
    file.write_text("short\n")
    file.chmod(0o600)
    with pytest.raises(InputError, match="no token of 32"):
        metrics_token(configuration)
    file.write_text(f"{TOKEN}\n")
    assert metrics_token(configuration) == TOKEN
    file.chmod(0o640)
    with pytest.raises(Unavailable, match="open to others"):
        metrics_token(configuration)
