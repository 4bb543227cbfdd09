"""A cluster of which a node dies: record and ledger of an ingest are as if nothing had been, no search is short."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from PIL import Image

from tsunagu.config.cluster.examining import RayHosts
from tsunagu.config.cluster.shards import Serving, served_index
from tsunagu.domain.bank import BankSemantics
from tsunagu.domain.errors import Conflict, ShardMissing, Unavailable
from tsunagu.domain.permission import Role
from tsunagu.index.multi import MultiIndex
from tsunagu.records.banks import bank_of
from tsunagu.records.ledger.book import all_entries
from tsunagu.records.ledger.roots import RootStore
from tsunagu.records.ledger.verify import verify
from tsunagu.records.session import acting_for
from tsunagu.services.banks.known_index import KIND
from tsunagu.services.banks.known_shards import ShardedKnown, publish_shards
from tsunagu.services.banks.ownership import open_bank
from tsunagu.services.intake import chunks
from tsunagu.services.intake.chunks import ClusterExaminer
from tsunagu.services.intake.ingest import ingest
from tsunagu.services.intake.keeping import IngestReport, Progress
from tsunagu.services.media.examination import LocalExaminer
from tsunagu.services.parts import Decoder, Examiner

from ..ray_nodes import Nodes, three_nodes  # noqa: TID252 - tests are no package with a name
from .scene import OVERSEES, WORKS
from .test_intake import InThisProcess
from .test_known_index import add, expected, held, searched, withdraw
from .world import Person, World, now, random_name

pytestmark = [pytest.mark.soak, pytest.mark.filterwarnings("ignore")]  # Ray's own
FILES = 240


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    with three_nodes() as started:
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


def test_a_node_knows_no_command_and_takes_no_modules_from_where_it_was_given(nodes: Nodes) -> None:
    looked_in = nodes.ray.get(nodes.ray.remote(lambda: __import__("sys").path).remote())
    assert str(Path.cwd()) not in looked_in
    jobs = [job["Entrypoint"] for job in nodes.ray._private.state.jobs()]
    assert jobs
    assert not [one for one in jobs if sys.argv[0] in one]


@pytest.fixture
def served(world: World, nodes: Nodes, tmp_path: Path) -> Iterator[Serving]:
    """What banks know, in three shards, as the cluster serves it; and some of it came or went since."""
    if len(nodes.cluster.worker_nodes) < 2:
        nodes.add()
    anna = world.found(WORKS, {Role.ADMINISTRATOR})[0]
    bank = bank_of_new_items(world, anna, secrets.token_bytes(32 * 500))
    serving = Serving(nodes.ray, *publish_shards(tmp_path / "shards", 3))
    serving.start()
    later = secrets.token_bytes(32 * 20)
    add(anna, bank, *(later[place : place + 32] for place in range(0, len(later), 32)))
    withdraw(anna, *list(held())[-30:-20])
    yield serving
    serving.end()


def bank_of_new_items(world: World, anna: Person, data: bytes) -> UUID:
    name = random_name("bank")
    open_bank(actor=anna.actor, name=name, semantics=BankSemantics.KNOWN, legal_ground="a law", **world.parts)
    with acting_for(anna.actor.agency_id):
        bank_id = bank_of(name).bank_id
    add(anna, bank_id, *(data[place : place + 32] for place in range(0, len(data), 32)))
    return bank_id


def test_a_node_that_dies_while_it_serves_shortens_no_answer_and_its_shards_go_to_another(
    nodes: Nodes, served: Serving
) -> None:
    known = ShardedKnown(*served_index(nodes.ray))
    queries = [*held().values(), secrets.token_bytes(32)]
    whole = expected(queries)
    assert len(whole) >= 500
    assert searched(known, queries) == whole
    nodes.kill_one()
    for _ in range(30):
        assert searched(known, queries) == whole
    served.start()
    lie_on = nodes_of(nodes, served)
    assert all(len(set(lie_on[number : number + 2])) == 2 for number in range(0, 6, 2))
    assert searched(ShardedKnown(*served_index(nodes.ray)), queries) == whole


def test_a_shard_that_no_node_serves_is_named_and_nothing_is_answered_until_it_is_back(
    nodes: Nodes, served: Serving
) -> None:
    known = ShardedKnown(*served_index(nodes.ray))
    queries = list(held().values())[-40:]
    whole = searched(known, queries)
    for one in served.places:
        if one.number == 1:
            nodes.ray.kill(nodes.ray.get_actor(one.name))
    for _ in range(3):
        with pytest.raises(ShardMissing, match="shard 2 of 3"):
            searched(known, queries)
    with pytest.raises(Unavailable, match="shard 2 of 3"):
        served_index(nodes.ray)
    served.start()
    assert searched(known, queries) == whole


def test_an_index_of_another_database_is_not_searched(nodes: Nodes, served: Serving) -> None:
    _, position, ids = served_index(nodes.ray)
    with pytest.raises(Conflict, match="not of this database"):
        ShardedKnown(MultiIndex.of_table(KIND, np.zeros((len(ids), 32), np.uint8), ids, version="x"), position, ids)


def nodes_of(nodes: Nodes, served: Serving) -> list[str]:
    """Return on which node each replica lies."""
    actors = [nodes.ray.get_actor(one.name) for one in served.places]
    told = [
        actor.__ray_call__.remote(lambda _: __import__("ray").get_runtime_context().get_node_id()) for actor in actors
    ]
    return list(nodes.ray.get(told))
