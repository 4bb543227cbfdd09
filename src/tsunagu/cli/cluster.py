"""`cluster`: many hosts as one, for exhibits and lists that are too large for one machine."""

from __future__ import annotations

import os
from pathlib import Path

import click

from tsunagu.cli.house import json_option, purpose_option, signed_in
from tsunagu.cli.index import print_known
from tsunagu.cli.ingest import end_with, may_be_interrupted, parts_of
from tsunagu.cli.output import complaints, screen
from tsunagu.cli.progress import progress_bar
from tsunagu.domain.look_up import PDQ, Query
from tsunagu.domain.purpose import Purpose
from tsunagu.services.house import House
from tsunagu.services.intake.ingest import ingest as ingest_files
from tsunagu.services.look_ups.asking import look_up
from tsunagu.services.media.late_decoder import LateDecoder

MOST_SHARDS = 999

address_option = click.option(
    "--address",
    default="127.0.0.1:6379",
    show_default=True,
    help="Where the first node listens, as numbers; on another machine, TLS must be set up.",
)


@click.group()
def cluster() -> None:
    """Many hosts as one, by Ray, which is installed apart: see docs/scale.md."""


@cluster.command()
@address_option
@click.option("--join", "own", metavar="IP", help="Join there, and be known by this address of this machine.")
@click.pass_obj
def node(house: House, *, address: str, own: str | None) -> None:
    """Make this machine a node, until SIGTERM: the first one, or with --join one more.

    A node examines files and holds parts of the index. It needs to read the exhibits, at the same paths as the machine
    that runs the ingest; it is given nothing that opens the database. The first node writes a token into its home
    (cluster/token): every other node, and whoever works with the cluster, needs the same file in the same place.
    """
    house.become_node(address, own=own)


@cluster.command()
@address_option
@click.option("--case", "case_reference", required=True, help="The case's reference.")
@click.option("--exhibit", "exhibit_reference", required=True, help="The exhibit's reference, registered if it is new.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=bytes, exists=True, resolve_path=True))
@purpose_option
@json_option
@click.pass_obj
def ingest(
    house: House,
    paths: tuple[bytes, ...],
    *,
    address: str,
    case_reference: str,
    exhibit_reference: str,
    purpose: str | None,
    as_json: bool,
) -> None:
    """Bring files and folders into an exhibit as `tsunagu ingest` does, examined by all nodes.

    What is kept and written down is the same. A node that dies costs time: others examine its files again. A file that
    a node does not see as this machine does is examined here. Safe to run again at any time.
    """
    with (
        may_be_interrupted(),
        signed_in(house, purpose) as desk,
        house.cluster(address) as hosts,
        LateDecoder(house.decoder) as decoder,
        progress_bar("ingest", 0, unit="files") as bar,
    ):
        examiner = hosts.examiner(decoder)
        parts = parts_of(desk, case_reference, exhibit_reference, bar)
        report = ingest_files(paths=paths, decoder=decoder, examiner=examiner, vault=desk.rooms.vault, **parts)
    if examiner.examined_here:
        complaints.print(f"{examiner.examined_here:,} files were examined here: a node did not see them as they are.")
    end_with(report, case_reference, as_json=as_json)


@cluster.command("serve-index")
@address_option
@click.option("--shards", default=2, show_default=True, type=click.IntRange(1, MOST_SHARDS), help="How many parts.")
@click.option(
    "--folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False, resolve_path=True),
    help="Where snapshots lie, which every node finds at the same path.",
)
@click.pass_obj
def serve_index(house: House, *, address: str, shards: int, folder: Path) -> None:
    """Serve what banks know, in shards, each by two nodes, until it is interrupted.

    The snapshots are built from the record first, and take the place of those that are served already. Searches see
    what has changed since as well, so run it anew when that has become much. A node that dies is done without, and its
    shards go to another one. Where this process is killed, the nodes go on serving.
    """
    from tsunagu.services.banks.known_shards import publish_shards  # noqa: PLC0415 - loads the kernels

    with house.cluster(address) as hosts:
        with house.open(), complaints.status("building"):
            position, paths = publish_shards(folder, shards, threads=os.cpu_count() or 1)
        told = f"Snapshot {position} is served in {shards} shards, by two nodes each, until you press Ctrl-C."
        hosts.serve(position, paths, told=lambda: screen.print(told))


@cluster.command()
@address_option
@click.argument("fingerprints", nargs=-1, required=True, metavar="HEX...")
@click.option("--purpose", required=True, type=click.Choice([one.value for one in Purpose]), help="Why you ask.")
@json_option
@click.pass_obj
def search(house: House, fingerprints: tuple[str, ...], *, address: str, purpose: str, as_json: bool) -> None:
    """Search PDQ fingerprints as `tsunagu index search` does, in the shards that the nodes serve.

    All shards are searched, or nothing is answered: the message names the one that is missing.
    """
    queries = [Query.of_hex(one, PDQ) for one in fingerprints]
    with signed_in(house, purpose) as desk, house.cluster(address) as hosts:
        print_known(fingerprints, look_up(queries=queries, known=hosts.known(), **desk.parts), as_json=as_json)


COMMANDS = (cluster,)
