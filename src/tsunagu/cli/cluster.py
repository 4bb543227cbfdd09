"""`cluster`: many hosts as one, for exhibits and lists that are too large for one machine."""

from __future__ import annotations

import click

from tsunagu.cli.house import json_option, purpose_option, signed_in
from tsunagu.cli.ingest import end_with, may_be_interrupted, parts_of
from tsunagu.cli.output import complaints
from tsunagu.cli.progress import progress_bar
from tsunagu.services.house import House
from tsunagu.services.ingest import ingest as ingest_files
from tsunagu.services.late_decoder import LateDecoder

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


COMMANDS = (cluster,)
