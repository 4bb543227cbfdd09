"""The door for other installations, open until this process is told to end."""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from ssl import SSLContext
from threading import Event, Thread
from uuid import UUID

from tsunagu.api.hub_door import HubDoor
from tsunagu.config.databases import outages_told
from tsunagu.config.logs import log_pages
from tsunagu.services.house import Rooms
from tsunagu.services.hub.visits import answer_call, context_for_callers


def serve_hub(rooms: Rooms, *, host: str, port: int, as_json: bool) -> None:
    """Hear other installations until SIGTERM or SIGINT. What a call is at then, the next one goes on with.

    Args:
        rooms: the parts of this installation.
        host, port: where to listen.
        as_json: whether it logs one JSON object a line.
    """
    log_pages(as_json=as_json)

    def context() -> SSLContext:
        with outages_told():
            return context_for_callers(now=datetime.now(UTC), keys=rooms.keys)

    def answer(member_id: UUID, content: bytes) -> bytes:
        with outages_told():
            now = datetime.now(UTC)
            return answer_call(member_id=member_id, content=content, now=now, keys=rooms.keys, ledger=rooms.ledger)

    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with HubDoor(host, port, context=context, answer=answer) as door:
        listener = Thread(target=door.serve_forever, name="hub", daemon=True)
        listener.start()
        stopped.wait()
        door.shutdown()
