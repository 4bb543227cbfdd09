"""The tasks that services defer by name. Each may run more than once.

Each loads what it needs when it runs: a command that defers one would load the parts of all, for a fifth of a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from tsunagu.services.house import House, Rooms

HOUSE = "house"
"""The queue of what is done in no time."""
INTAKES = "intakes"
"""The queue of what may take hours: it has a worker of its own, so that nothing else waits behind it."""

LINE = "line"
"""The queue of calls to other installations: they wait for hosts elsewhere, and nothing else waits behind them."""

Arguments = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Station:
    """Where a task is run.

    Attributes:
        is_stopping: whether the worker has been asked to end, so that a long task gives its work back.
    """

    house: House
    rooms: Rooms
    is_stopping: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work with a name.

    Attributes:
        run: does it.
        queue: which worker takes it.
        alone_by: the argument whose value no two runs at a time may share; None where they may.
        waits_once: whether one that waits is enough, however often it is deferred.
        every: when it is deferred by itself, in the manner of cron; None where it never is.
    """

    run: Callable[[Station, Arguments], None]
    queue: str = HOUSE
    alone_by: str | None = None
    waits_once: bool = False
    every: str | None = None


def silence_benign(station: Station, arguments: Arguments) -> None:
    """Silence the hits that the benign banks of one agency explain."""
    from tsunagu.services.overlaps.linking import apply_benign

    apply_benign(agency_id=UUID(str(arguments["agency"])), now=datetime.now(UTC), ledger=station.rooms.ledger)


def link_waiting(station: Station, _: Arguments) -> None:
    """Compare a batch of what waits, whoever's, and come again while there is more: other tasks go in between."""
    from tsunagu.services.overlaps.linking import link_some

    if link_some(now=datetime.now(UTC), ledger=station.rooms.ledger):
        station.rooms.queue.defer("link-waiting", {})


def sign_due_root(station: Station, _: Arguments) -> None:
    """Sign the ledger's root when enough entries have come since the last one."""
    from tsunagu.services.ledger.accounts import is_root_due, sign_root

    rooms = station.rooms
    if is_root_due(store=rooms.roots):
        sign_root(store=rooms.roots, signer=rooms.keys.signer(), now=datetime.now(UTC))


def run_intake(station: Station, arguments: Arguments) -> None:
    """Run one intake to its end."""
    from tsunagu.services.intake.runs import Runner

    rooms = station.rooms
    Runner(
        uploads=rooms.uploads,
        watched=rooms.watched,
        vault=rooms.vault,
        decoder=station.house.decoder,
        workers=station.house.workers,
        is_stopping=station.is_stopping,
        clock=lambda: datetime.now(UTC),
        keys=rooms.keys,
        ledger=rooms.ledger,
        queue=rooms.queue,
    ).run(UUID(str(arguments["agency"])), UUID(str(arguments["intake"])))


def import_list(station: Station, arguments: Arguments) -> None:
    """Import one list that was uploaded into a bank."""
    from tsunagu.services.intake.list_runs import ListRunner

    rooms = station.rooms
    ListRunner(
        uploads=rooms.uploads,
        known=rooms.known,
        is_stopping=station.is_stopping,
        clock=lambda: datetime.now(UTC),
        keys=rooms.keys,
        ledger=rooms.ledger,
        queue=rooms.queue,
    ).run(UUID(str(arguments["agency"])), UUID(str(arguments["list"])))


def resolve_list(station: Station, arguments: Arguments) -> None:
    """Compare the rows of one seized list with each other, as the officer who asked for it."""
    from tsunagu.services.seized.asking import resolve_asked

    resolve_asked(
        agency_id=UUID(str(arguments["agency"])),
        list_id=UUID(str(arguments["list"])),
        officer_id=UUID(str(arguments["officer"])),
        now=datetime.now(UTC),
        keys=station.rooms.keys,
        ledger=station.rooms.ledger,
    )


def purge_expired_uploads(station: Station, _: Arguments) -> None:
    """End the uploads that nobody goes on with, and remove what is left of others."""
    from tsunagu.services.intake.runs import purge_uploads

    purge_uploads(uploads=station.rooms.uploads, now=datetime.now(UTC), ledger=station.rooms.ledger)


def complete_left_erasures(station: Station, _: Arguments) -> None:
    """Complete the erasures that a killed process left in their middle."""
    from tsunagu.services.erasures.erasing import complete_erasures

    rooms = station.rooms
    complete_erasures(now=datetime.now(UTC), keys=rooms.keys, ledger=rooms.ledger)


def erase_expired_cases(station: Station, _: Arguments) -> None:
    """Erase the cases whose last day is over."""
    from tsunagu.services.upkeep.retention import erase_expired

    rooms = station.rooms
    erase_expired(now=datetime.now(UTC), keys=rooms.keys, ledger=rooms.ledger)


def sweep_all_vaults(station: Station, _: Arguments) -> None:
    """Remove from the vaults what is held nowhere any more."""
    from tsunagu.services.upkeep.sweeping import sweep_vaults

    rooms = station.rooms
    sweep_vaults(store=rooms.vault, keys=rooms.keys, now=datetime.now(UTC), ledger=rooms.ledger)


def drop_expired_sessions(_: Station, __: Arguments) -> None:
    """Remove the browsers' sessions that have expired."""
    from tsunagu.services.ledger.accounts import end_expired_sessions

    end_expired_sessions(now=datetime.now(UTC))


def remove_unlisted_objects(station: Station, _: Arguments) -> None:
    """Remove from the vaults what no row lists."""
    from tsunagu.services.upkeep.sweeping import remove_unlisted

    rooms = station.rooms
    remove_unlisted(store=rooms.vault, keys=rooms.keys, now=datetime.now(UTC), ledger=rooms.ledger)


def publish_index(station: Station, _: Arguments) -> None:
    """Publish a new snapshot of what banks know, when so much has changed that following the log takes long."""
    known = station.rooms.known()
    if known.is_due():
        known.publish()


def publish_held(_: Station, __: Arguments) -> None:
    """Publish a new snapshot of what is held, when so much has changed that comparing without it takes long."""
    from tsunagu.services.overlaps.linking import publish_held as publish

    publish()


def escalate_alerts(station: Station, _: Arguments) -> None:
    """Tell the hop before of every alert whose holder's time is over."""
    from tsunagu.services.alerts.clocks import escalate_overdue

    escalate_overdue(now=datetime.now(UTC), ledger=station.rooms.ledger)


def recall_referrals(station: Station, _: Arguments) -> None:
    """Withdraw what an outcome has ended, where the process that told the outcome was killed before it did so."""
    from tsunagu.services.referrals.answers import recall_left

    rooms = station.rooms
    recall_left(now=datetime.now(UTC), keys=rooms.keys, ledger=rooms.ledger)


def erase_unanswered_requests(station: Station, _: Arguments) -> None:
    """Erase the requests to other forces whose last day has passed without an answer."""
    from tsunagu.services.gate.request_erasing import erase_unanswered

    erase_unanswered(now=datetime.now(UTC), ledger=station.rooms.ledger)


def expire_submitted(station: Station, _: Arguments) -> None:
    """Keep no digests of what was submitted to others, and nobody has, and nobody takes any more."""
    from tsunagu.services.erasures.submission_ends import expire_submissions

    expire_submissions(now=datetime.now(UTC), ledger=station.rooms.ledger)


def visit_members(station: Station, _: Arguments) -> None:
    """Call the other installations whose turn it is, and act upon what a killed process has left."""
    from tsunagu.services.hub import visits as hub_visits

    rooms = station.rooms
    hub_visits.visit_members(clock=lambda: datetime.now(UTC), keys=rooms.keys, ledger=rooms.ledger)


def forget_queries(_: Station, __: Arguments) -> None:
    """Forget what was asked for before the last queries of each agency."""
    from tsunagu.services.look_ups.asking import forget_older_queries

    forget_older_queries()


TASKS: Mapping[str, Task] = {
    "run-intake": Task(run_intake, queue=INTAKES, alone_by="exhibit"),
    "import-list": Task(import_list, queue=INTAKES, alone_by="bank"),
    "resolve-list": Task(resolve_list, queue=INTAKES, alone_by="list"),
    "silence-benign": Task(silence_benign),
    "link-waiting": Task(link_waiting, waits_once=True, every="* * * * *"),
    "escalate-alerts": Task(escalate_alerts, waits_once=True, every="*/5 * * * *"),
    "recall-referrals": Task(recall_referrals, waits_once=True, every="*/5 * * * *"),
    "erase-unanswered": Task(erase_unanswered_requests, waits_once=True, every="13 * * * *"),
    "expire-submissions": Task(expire_submitted, waits_once=True, every="43 * * * *"),
    "visit-members": Task(visit_members, queue=LINE, waits_once=True, every="* * * * * */15"),
    "sign-due-root": Task(sign_due_root, waits_once=True, every="*/5 * * * *"),
    "complete-erasures": Task(complete_left_erasures, waits_once=True, every="*/5 * * * *"),
    "erase-expired": Task(erase_expired_cases, waits_once=True, every="23 3 * * *"),
    "sweep-vaults": Task(sweep_all_vaults, waits_once=True, every="*/5 * * * *"),
    "drop-sessions": Task(drop_expired_sessions, waits_once=True, every="41 * * * *"),
    "remove-unlisted": Task(remove_unlisted_objects, waits_once=True, every="47 4 * * *"),
    "publish-index": Task(publish_index, queue=INTAKES, waits_once=True, every="*/5 * * * *"),
    "publish-held": Task(publish_held, queue=INTAKES, waits_once=True, every="*/5 * * * *"),
    "forget-queries": Task(forget_queries, waits_once=True, every="29 * * * *"),
    "purge-uploads": Task(purge_expired_uploads, waits_once=True, every="17 * * * *"),
}
