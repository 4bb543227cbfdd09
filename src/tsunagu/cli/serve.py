"""`serve`: the workplace in the browser."""

from __future__ import annotations

from pathlib import Path

import click

from tsunagu.cli.house import now
from tsunagu.cli.output import complaints, screen
from tsunagu.services.demo.links import logins, make_link
from tsunagu.services.demo.story import run_demo
from tsunagu.services.house import House


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--name", "names", multiple=True, help="A host name under which browsers may ask; may be given again.")
@click.option(
    "--tls",
    nargs=2,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificate and key, two PEM files, instead of those of the settings.",
)
@click.option("--worker/--no-worker", default=True, show_default=True, help="Whether a worker runs beside it.")
@click.option("--demo", "is_demo", is_flag=True, help="Serve the demonstration, which is run first if there is none.")
@click.pass_obj
def serve(
    house: House,
    *,
    port: int,
    host: str,
    names: tuple[str, ...],
    tls: tuple[Path, Path] | None,
    worker: bool,
    is_demo: bool,
) -> None:
    """Serve the workplace until it is interrupted.

    Behind a web server of your own, or with a certificate. Without either only browsers on this machine are served,
    for they keep a session's cookie on an encrypted connection or on the machine itself alone. In the home of a
    demonstration one link for each of its officers is printed, which signs him in once within ten minutes.
    """
    if is_demo:
        house = house.for_demo()
    tls = tls or house.tls()
    house.refuse_unservable(host=host, port=port, tls=tls)
    if is_demo and not house.demo_marker.exists():
        run_demo(house=house, clock=now, told=complaints.print)
    address = f"{'https' if tls else 'http'}://{host}:{port}/"
    # Held by this process as well: a worker that is killed leaves nothing running, and the root is signed at the end.
    with house.open() as rooms:
        screen.print(f"The workplace is at {address} until you press Ctrl-C.")
        for login in logins(house.demo_marker):
            link = make_link(login=login, now=now(), keys=rooms.keys)
            who = f"{link.agency.name}, {' and '.join(sorted(link.officer.roles))}"
            screen.print(f"  {who}, {login}: {address}demonstration/{link.token}/", soft_wrap=True, markup=False)
        house.serve(host=host, port=port, names=names, tls=tls, with_worker=worker)


COMMANDS = (serve,)
