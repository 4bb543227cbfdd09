"""The tsunagu program: the tree of commands, and how an anticipated failure ends."""

from __future__ import annotations

import sys
from typing import Any

import click

from tsunagu.cli import banks, cases, demo, files, identity, ingest, operator, overlaps
from tsunagu.cli.output import print_error
from tsunagu.domain.errors import TsunaguError


class Program(click.Group):
    """A group whose commands end with the exit status of the failure they meet."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; print an anticipated failure and exit with its status."""
        try:
            return super().invoke(ctx)
        except TsunaguError as error:
            print_error(error)
            sys.exit(error.exit_status)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="tsunagu")
def program() -> None:
    r"""Link what different people hold about the same abused child, so that the child is found sooner.

    Everything is kept in TSUNAGU_HOME. Start with `tsunagu demo`, or with `tsunagu init` for real work.

    \b
    Exit status: 0 done, 1 a negative answer or a failure, 2 an input was refused, 4 not found, 5 not allowed,
    6 a conflict, 7 a part is missing.
    """


for command in (
    *files.COMMANDS,
    *identity.COMMANDS,
    *cases.COMMANDS,
    *ingest.COMMANDS,
    *overlaps.COMMANDS,
    *banks.COMMANDS,
    *operator.COMMANDS,
    *demo.COMMANDS,
):
    program.add_command(command)
