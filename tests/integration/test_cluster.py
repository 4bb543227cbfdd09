"""An ingest over a cluster of which a node dies: as if nothing had been, in the record and in the ledger."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tsunagu.config.cluster.examining import RayHosts
from tsunagu.records.ledger.book import all_entries
from tsunagu.records.ledger.roots import RootStore
from tsunagu.records.ledger.verify import verify
from tsunagu.services import chunks
from tsunagu.services.chunks import ClusterExaminer
from tsunagu.services.examination import LocalExaminer
from tsunagu.services.ingest import ingest
from tsunagu.services.keeping import IngestReport, Progress
from tsunagu.services.parts import Decoder, Examiner

from ..ray_nodes import Nodes, three_nodes  # noqa: TID252 - tests are no package with a name
from .scene import OVERSEES, WORKS
from .test_intake import InThisProcess
from .world import Person, World, now, random_name

pytestmark = [pytest.mark.soak, pytest.mark.filterwarnings("ignore")]  # Ray's own
FILES = 240


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    with three_nodes(tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture(scope="module")
def seized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seized")
    rng = np.random.default_rng(5)
    for number in range(FILES):
        coarse = Image.fromarray(rng.integers(0, 256, (9, 9, 3), np.uint8))
        coarse.resize((320, 240), Image.Resampling.BICUBIC).save(folder / f"{number:03}.jpg")
    (folder / "damaged.jpg").write_bytes(b"\xff\xd8\xff" + bytes(50))
    (folder / "note.txt").write_text("of no type that is read")
    return folder


def bring_in(
    world: World, person: Person, seized: Path, examiner: Examiner, told: Any = lambda _: None
) -> tuple[IngestReport, list[dict[str, Any]]]:
    """Bring what was seized into a case of its own; return what was done, and what the record holds of it."""
    case = random_name("case")
    assert world.run(person, "case", "open", case).status == 0
    report = ingest(
        actor=person.actor, case_reference=case, exhibit_reference="E1", paths=[os.fsencode(seized)], clock=now,
        decoder=InThisProcess(), examiner=examiner, keys=world.rooms.keys, ledger=world.rooms.ledger,
        queue=world.rooms.queue, vault=world.rooms.vault, told=told,
    )  # fmt: skip
    listed = world.run(person, "items", "--case", case, "--json").stdout.splitlines()
    return report, [{**json.loads(line), "item": None} for line in listed]


def test_a_node_that_dies_in_the_middle_of_an_ingest_costs_nothing_but_time(
    world: World, nodes: Nodes, seized: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_FILES", 8)
    here: Decoder = InThisProcess()
    undisturbed = bring_in(world, world.found(WORKS, OVERSEES)[0], seized, LocalExaminer(here, 2))
    killed: list[int] = []

    def told(progress: Progress) -> None:
        if progress.done == FILES // 4 and not killed:
            nodes.kill_one()
            killed.append(progress.done)

    examiner = ClusterExaminer(RayHosts(nodes.ray), here, version("tsunagu"))
    disturbed = bring_in(world, world.found(WORKS, OVERSEES)[0], seized, examiner, told)
    assert killed
    assert examiner.examined_here == 0
    assert disturbed == undisturbed
    assert (disturbed[0].kept, len(disturbed[1])) == (FILES + 2, FILES + 2)
    assert verify(all_entries(), RootStore(world.folder / "roots"), {}).is_sound
