"""The tsunagu program: the tree of commands, and how an anticipated failure ends."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from tsunagu.cli.output import print_bug, print_error
from tsunagu.domain.errors import TsunaguError

MODULES = {
    "accept": "identity",
    "acknowledge": "overlaps",
    "agency": "agencies",
    "alerts": "alerts",
    "backup": "operations",
    "ask": "look_ups",
    "bank": "banks",
    "case": "cases",
    "claims": "claims",
    "clue": "clues",
    "compare": "files",
    "cluster": "cluster",
    "comparisons": "comparisons",
    "db": "operator",
    "deletion": "deletions",
    "demo": "demo",
    "doctor": "operator",
    "enquiry": "enquiries",
    "erase-expired": "erasures",
    "exhibit": "exhibits",
    "fingerprint": "files",
    "gate": "gate_show",
    "guest": "guests",
    "hits": "overlaps",
    "hub": "hub",
    "index": "index",
    "ingest": "ingest",
    "init": "identity",
    "items": "cases",
    "judge": "overlaps",
    "key": "api_keys",
    "keys": "operator",
    "law": "law",
    "ledger": "operator",
    "list": "lists",
    "notices": "overlaps",
    "officer": "officers",
    "overlaps": "overlaps",
    "package": "packages",
    "permission": "permissions",
    "person": "persons",
    "referral": "referrals",
    "report": "reports",
    "release": "overlaps",
    "restore": "operations",
    "retention": "erasures",
    "scan": "scan",
    "scheme": "votes",
    "second-factor": "identity",
    "series": "series",
    "serve": "serve",
    "share": "overlaps",
    "sign-in": "identity",
    "sign-out": "identity",
    "whoami": "identity",
    "statistics": "statistics",
    "status": "operations",
    "submissions": "submissions",
    "upgrade": "operations",
    "title": "titles",
    "worker": "worker",
}
"""In which module each command lies. It is imported when it is called: kernels and codecs load slowly."""


TRACEBACK = "TSUNAGU_TRACEBACK"
"""Set in the environment, it shows the whole traceback of a bug, values and all: for developers, on benign media."""


class Program(click.Group):
    """A group that imports a command when it is called, and ends with the exit status of the failure it meets."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in order."""
        del ctx
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None when there is none of this name."""
        del ctx
        if cmd_name not in MODULES:
            return None
        commands: tuple[click.Command, ...] = import_module(f"tsunagu.cli.{MODULES[cmd_name]}").COMMANDS
        return next(command for command in commands if command.name == cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; print an anticipated failure and exit with its status.

        Of anything else only its kind and place are told: a message may quote what the program was working on.
        """
        try:
            return super().invoke(ctx)
        except TsunaguError as error:
            print_error(error)
            sys.exit(error.exit_status)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if TRACEBACK in os.environ:
                raise
            print_bug(error)
            sys.exit(TsunaguError.exit_status)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="tsunagu")
def program() -> None:
    """Link what different people hold about the same abused child, so that the child is found sooner.

    Everything is kept in the folder that TSUNAGU_HOME names; by default that is ~/.local/share/tsunagu (tsunagu in
    XDG_DATA_HOME where that is set), and /var/lib/tsunagu for root. Start with `tsunagu demo`, which has a home of its
    own beside it (tsunagu-demo), or with `tsunagu init` for real work.

    \b
    Exit status: 0 done, 1 a negative answer or a failure, 2 an input was refused, 4 not found, 5 not allowed,
    6 a conflict, 7 a part is missing.
    """  # noqa: D301 - click reads the backspace as "do not wrap"
