"""What comes in through the browser, as a test drives it: uploads, and a worker that runs what was deferred."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections

from tsunagu.config.queue import WorkerQueue
from tsunagu.config.worker import work
from tsunagu.domain.intake_run import IntakeSummary, OfferedFile, UploadedFile
from tsunagu.domain.purpose import Purpose
from tsunagu.records.session import acting_for
from tsunagu.records.uploads import UploadStore
from tsunagu.records.watched import WatchedFolders
from tsunagu.services.cases.opening import open_case, staff_case
from tsunagu.services.house import Rooms
from tsunagu.services.intake import intakes as services
from tsunagu.services.intake.intakes import intake_progress
from tsunagu.services.intake.uploads import add_chunk, begin_upload, finish_upload, offer_files
from tsunagu.services.parts import HandedBack

from .world import Person, World, random_name


@dataclass
class Counter:
    """A house whose pages defer to a worker, with a folder of uploads and one of watched folders of its own."""

    world: World
    rooms: Rooms
    folder: Path
    watched: Path

    @classmethod
    def at(cls, world: World, folder: Path, *, quota_bytes: int = 1 << 30, spare_bytes: int = 0) -> Counter:
        uploads = UploadStore(folder / "uploads", quota_bytes=quota_bytes, spare_bytes=spare_bytes)
        watched = folder / "watched"
        watched.mkdir(exist_ok=True)
        queue = WorkerQueue()
        rooms = replace(world.rooms, queue=queue, uploads=uploads, watched=WatchedFolders(watched))
        return cls(world, rooms, folder / "uploads", watched)

    @property
    def parts(self) -> dict[str, Any]:
        return self.world.parts

    def case(self, person: Person, *colleagues: Person) -> str:
        """Open a case of an officer's, on which these colleagues work as well."""
        reference = random_name("case")
        open_case(actor=person.actor, reference=reference, purpose=Purpose.INVESTIGATION, covert=False, **self.parts)
        for one in colleagues:
            staff_case(actor=person.actor, reference=reference, login=one.login, **self.parts)
        return reference

    def begin(self, person: Person, case: str, exhibit: str = "E1") -> UUID:
        """Begin an upload."""
        return begin_upload(actor=person.actor, case_reference=case, exhibit_reference=exhibit, **self.parts).intake_id

    def offer(self, person: Person, intake_id: UUID, files: dict[str, bytes]) -> tuple[UploadedFile, ...]:
        """Offer files of these names and contents."""
        offered = [OfferedFile(name, len(content)) for name, content in files.items()]
        return offer_files(
            actor=person.actor, intake_id=intake_id, files=offered, uploads=self.rooms.uploads, **self.parts
        )

    def add(self, person: Person, intake_id: UUID, number: int, offset: int, data: bytes) -> int:
        """Add one chunk."""
        return add_chunk(
            actor=person.actor,
            intake_id=intake_id,
            number=number,
            offset=offset,
            data=data,
            uploads=self.rooms.uploads,
            **self.parts,
        )

    def finish(self, person: Person, intake_id: UUID) -> IntakeSummary:
        """Let the upload be examined."""
        return finish_upload(
            actor=person.actor,
            intake_id=intake_id,
            uploads=self.rooms.uploads,
            queue=self.rooms.queue,
            **self.parts,
        )

    def upload(self, person: Person, case: str, files: dict[str, bytes], exhibit: str = "E1") -> UUID:
        """Upload files whole, and let them be examined."""
        intake_id = self.begin(person, case, exhibit)
        for one in self.offer(person, intake_id, files):
            if one.size_bytes:
                self.add(person, intake_id, one.number, 0, files[one.name])
        self.finish(person, intake_id)
        return intake_id

    def state(self, person: Person, intake_id: UUID) -> IntakeSummary:
        """Return how an intake stands."""
        return intake_progress(actor=person.actor, intake_id=intake_id, uploads=self.rooms.uploads, **self.parts).intake

    def work(self, house: Any = None) -> None:
        """Run what waits, as a worker does."""
        work(house or self.world.table, self.rooms, once=True, is_quiet=False)

    def jobs(self) -> list[tuple[str, str]]:
        """Return task and state of the jobs that the queue holds, but for those that come by themselves."""
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT task_name, status::text FROM procrastinate_jobs WHERE task_name = 'run-intake'")
            return list(cursor.fetchall())

    def bytes_left(self) -> list[Path]:
        """Return the files that lie in the folder of uploads."""
        return [one for one in self.folder.rglob("*") if one.is_file()]


class Interrupting:
    """Stands for the house and the limited children; calls something before each run decodes."""

    workers = 1

    def __init__(self, then: Callable[[], None]) -> None:
        self._then = then

    @contextmanager
    def decoder(self) -> Iterator[Interrupting]:
        self._then()
        yield self

    def fingerprint(self, *_: object) -> Iterator[Any]:
        raise HandedBack

    decode = fingerprint


def places(person: Person) -> list[tuple[bytes, UUID | None]]:
    """Return path and intake of every holding of an officer's agency."""
    from tsunagu.records.models import Holding

    with acting_for(person.actor.agency_id):
        rows = Holding.objects.order_by("path").values_list("path", "intake_id")
        return [(bytes(path), intake) for path, intake in rows]


def begin_folder(counter: Counter, person: Person, case: str, folder: str) -> UUID:
    return services.begin_folder_intake(
        actor=person.actor,
        case_reference=case,
        exhibit_reference="E1",
        folder=folder,
        watched=counter.rooms.watched,
        queue=counter.rooms.queue,
        **counter.parts,
    ).intake_id


def stop(counter: Counter, person: Person, intake_id: UUID) -> Any:
    return services.stop_intake(actor=person.actor, intake_id=intake_id, uploads=counter.rooms.uploads, **counter.parts)


def run_again(counter: Counter, person: Person, intake_id: UUID) -> IntakeSummary:
    return services.run_intake_again(
        actor=person.actor,
        intake_id=intake_id,
        uploads=counter.rooms.uploads,
        queue=counter.rooms.queue,
        **counter.parts,
    )


SERVICES: dict[str, Callable[[Counter, Person, str, UUID], Any]] = {
    "run_intake_again": lambda counter, who, _, intake: run_again(counter, who, intake),
    "begin_upload": lambda counter, who, case, _: counter.begin(who, case),
    "offer_files": lambda counter, who, _, intake: counter.offer(who, intake, {"n": b"12"}),
    "add_chunk": lambda counter, who, _, intake: counter.add(who, intake, 1, 0, b"12"),
    "intakes_of": lambda counter, who, case, _: services.intakes_of(
        actor=who.actor, case_reference=case, **counter.parts
    ),
    "intake_progress": lambda counter, who, _, intake: counter.state(who, intake),
    "refused_of": lambda counter, who, _, intake: services.refused_of(
        actor=who.actor, intake_id=intake, skip=0, most=9, **counter.parts
    ),
    "finish_upload": lambda counter, who, _, intake: counter.finish(who, intake),
    "stop_intake": lambda counter, who, _, intake: stop(counter, who, intake),
    "begin_folder_intake": lambda counter, who, case, _: begin_folder(counter, who, case, "phone"),
}
