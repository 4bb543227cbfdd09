"""What every command about a seized list of a case is asked by."""

from __future__ import annotations

import click

case_option = click.option("--case", "reference", required=True, help="Reference of the case.")
list_option = click.option(
    "--list", "number", type=int, help="Number of the list within the case, where it has several."
)
