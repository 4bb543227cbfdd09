"""A second agency proves an entry by the root that it holds, years later and without the ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tsunagu.cli.main import program
from tsunagu.domain.errors import InputError, NotFound
from tsunagu.domain.permission import Role
from tsunagu.records.ledger.chain import entry_hash
from tsunagu.records.packages.manifest import public_key_to_pem

from .linked import Held
from .world import World, random_name

Folder = dict[str, Path]


@pytest.fixture(scope="module")
def custody(world: World) -> list[dict[str, Any]]:
    """The deeds of a case as its package tells them."""
    person = world.found({Role.OFFICER}, {Role.ADMINISTRATOR})[0]
    held, out = Held.open(world, person), world.folder / random_name("package")
    exported = ("case", "export", held.case.reference, "--out", str(out), "--without-pdf")
    assert world.run(person, *exported).status == 0
    graph = json.loads((out / "case.jsonld").read_bytes())["@graph"]
    return [node for node in graph if "tsunagu:ledgerHash" in node]


@pytest.fixture(scope="module")
def held_elsewhere(world: World, custody: list[Any], tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """What the second agency holds: the key, a root over the case, an older one, and one of another ledger."""
    folder = tmp_path_factory.mktemp("second")
    root = json.loads(world.run("", "ledger", "root").stdout)
    (folder / "root.json").write_text(json.dumps(root))
    (folder / "forged.json").write_text(json.dumps(root | {"root": "00" * 32}))
    old = world.rooms.roots.roots().__next__()
    from tsunagu.records.ledger.signing import root_to_json

    (folder / "old.json").write_text(root_to_json(old))
    key = world.rooms.keys.public_keys()[root["key_id"]]
    (folder / "key.pem").write_bytes(public_key_to_pem(key))
    world.found({Role.OFFICER}, {Role.ADMINISTRATOR})  # the ledger goes on
    return {path.stem: path for path in folder.iterdir()}


def proven(world: World, entry: str, *options: str) -> tuple[Path, dict[str, Any]]:
    done = world.run("", "ledger", "prove", entry, *options, "--json")
    assert done.status == 0, done.text
    path = world.folder / random_name("proof")
    path.write_text(done.stdout)
    return path, json.loads(done.stdout)


def checked(proof: Path, *options: str) -> int:
    return CliRunner().invoke(program, ["ledger", "verify", "--proof", str(proof), *options]).exit_code


def test_each_deed_of_a_package_is_proven_under_the_root_that_was_held(
    world: World, custody: list[dict[str, Any]], held_elsewhere: Folder
) -> None:
    root = str(held_elsewhere["root"])
    for deed in custody:
        told = deed["tsunagu:ledgerHash"]["@value"]
        path, proof = proven(world, told, "--against", root)
        assert proof["hash"] == told
        hashed = entry_hash(bytes.fromhex(proof["previous"]), proof["number"], deed["tsunagu:ledgerBody"])
        assert hashed.hex() == told
        assert checked(path, "--against", root) == 0
        assert checked(path, "--against", str(held_elsewhere["forged"])) == 1
        assert proven(world, str(proof["number"]))[1]["hash"] == told
        assert proven(world, told[:16])[1]["number"] == proof["number"]


def test_the_first_entry_and_the_newest_are_proven_by_the_key(world: World, held_elsewhere: Folder) -> None:
    for entry in ("1", str(world.entry_count())):
        path, _ = proven(world, entry)
        assert checked(path, "--key", str(held_elsewhere["key"])) == 0
        assert checked(path) == 1


def test_what_is_newer_than_the_root_that_is_held_takes_the_key(world: World, held_elsewhere: Folder) -> None:
    root = str(held_elsewhere["old"])
    path, _ = proven(world, str(world.entry_count()), "--against", root)
    assert checked(path, "--against", root) == 1
    assert checked(path, "--against", root, "--key", str(held_elsewhere["key"])) == 0


def test_a_ledger_that_did_not_grow_from_the_root_proves_nothing(world: World, held_elsewhere: Folder) -> None:
    done = world.run("", "ledger", "prove", "1", "--against", str(held_elsewhere["forged"]), "--json")
    assert done.status == 7
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("entry", "error"),
    [("0", InputError), ("x", InputError), ("abcdef", InputError), ("9" * 15, NotFound), ("0" * 64, NotFound)],
)
def test_what_names_no_entry_is_told(world: World, entry: str, error: type[Exception]) -> None:
    assert world.run("", "ledger", "prove", entry).status == error.exit_status  # type: ignore[attr-defined]


def test_a_proof_tells_no_content(world: World, custody: list[dict[str, Any]]) -> None:
    body = json.loads(custody[0]["tsunagu:ledgerBody"])
    text = json.dumps(proven(world, custody[0]["tsunagu:ledgerHash"]["@value"])[1])
    assert not [one for one in (body["case"], body["agency"], body["officer"]) if one in text]
