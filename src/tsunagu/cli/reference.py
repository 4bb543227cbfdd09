"""The reference of all commands, made from their own help texts."""

from __future__ import annotations

from collections.abc import Iterator

import click

from tsunagu.cli.main import program

HEAD = """# Commands

Made by `make reference`; a test holds it to the program.
"""


def reference() -> str:
    """Return the help texts of the program and all its commands as Markdown."""
    return HEAD + "".join(_sections(program, click.Context(program, info_name="tsunagu", **program.context_settings)))


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    context.terminal_width = 110
    text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    yield f"\n## `{context.command_path}`\n\n```text\n{text}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _sections(inner, click.Context(inner, parent=context, info_name=name))
