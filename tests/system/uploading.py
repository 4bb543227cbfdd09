"""A process that stands for the web server: uploads a folder for the officer who is signed in, or tells of an intake.

`upload CASE EXHIBIT FOLDER [INTAKE]` prints the intake's id as soon as there is one, and goes on with INTAKE where it
is given; `state INTAKE` prints how it stands, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

CHUNK_BYTES = 20_000


def parts(rooms: Any) -> dict[str, Any]:
    return {"now": datetime.now(UTC), "keys": rooms.keys, "ledger": rooms.ledger}


def upload(rooms: Any, actor: Any, case: str, exhibit: str, folder: str, intake: str | None = None) -> None:
    from tsunagu.domain.intake_run import OfferedFile
    from tsunagu.services.intake.uploads import add_chunk, begin_upload, finish_upload, offer_files

    if intake is None:
        begun = begin_upload(actor=actor, case_reference=case, exhibit_reference=exhibit, **parts(rooms))
        intake = str(begun.intake_id)
    print(intake, flush=True)
    root = Path(folder)
    paths = {str(path.relative_to(root)): path for path in sorted(root.rglob("*")) if path.is_file()}
    of_this = {"actor": actor, "intake_id": UUID(intake), "uploads": rooms.uploads}
    offered = [OfferedFile(name, path.stat().st_size) for name, path in paths.items()]
    for one in offer_files(files=offered, **of_this, **parts(rooms)):
        data, held = paths[one.name].read_bytes(), one.held_bytes
        while held < one.size_bytes:
            chunk = data[held : held + CHUNK_BYTES]
            held = add_chunk(number=one.number, offset=held, data=chunk, **of_this, **parts(rooms))
    finish_upload(queue=rooms.queue, **of_this, **parts(rooms))


def state(rooms: Any, actor: Any, intake: str) -> None:
    from tsunagu.services.intake.intakes import intake_progress, refused_of

    asked = {"actor": actor, "intake_id": UUID(intake), **parts(rooms)}
    one = intake_progress(uploads=rooms.uploads, **asked).intake
    told = {"state": one.state, "files_total": one.files_total, "files_done": one.files_done, "kept": one.kept}
    refused = sorted(place.path.decode() for place in refused_of(**asked, skip=0, most=1000))
    told |= {"skipped": one.skipped, "refused": one.refused, "failure": one.failure, "places": refused}
    print(json.dumps(told))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsunagu.config.settings")
    import django

    django.setup()
    from tsunagu.config.application import Application
    from tsunagu.services.agencies.identity import actor_of

    house = Application(os.environ)
    with house.open(for_workers=True) as rooms:
        actor = actor_of(token=house.token(), purpose=None, now=datetime.now(UTC), keys=rooms.keys)
        {"upload": upload, "state": state}[sys.argv[1]](rooms, actor, *sys.argv[2:])


if __name__ == "__main__":
    main()
