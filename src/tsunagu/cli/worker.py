"""`worker`: what was deferred is done."""

from __future__ import annotations

import click

from tsunagu.services.house import House


@click.command()
@click.option("--once", is_flag=True, help="End when nothing waits any more.")
@click.option("--quiet", "is_quiet", is_flag=True, help="Say only what goes wrong, in sentences.")
@click.pass_obj
def worker(house: House, *, once: bool, is_quiet: bool) -> None:
    """Run what was deferred, such as the intakes that officers begin in the browser, until SIGTERM.

    Any number of workers, on any number of hosts, may share one database. An intake that is under way is given back
    on SIGTERM, and taken up by another worker where it was left; so is that of a worker that was killed. One JSON
    object a line on the error stream says what is done.
    """
    house.work(once=once, is_quiet=is_quiet)


COMMANDS = (worker,)
