"""What commands print: whoever has written it, it moves no terminal."""

from __future__ import annotations

import pytest
from rich.text import Text

from tsunagu.cli.output import print_table, screen

HOSTILE = "one\n\x1b[2Jtwo\tthree\x07"


@pytest.mark.parametrize("shown", [HOSTILE, Text(HOSTILE)])
def test_what_would_move_a_terminal_is_escaped_and_lines_stay(
    shown: object, capsys: pytest.CaptureFixture[str]
) -> None:
    screen.print(shown, markup=False)
    printed = capsys.readouterr().out
    assert not {"\x1b", "\x07"} & set(printed)
    assert printed.startswith("one\n\\x1b[2Jtwo")


def test_a_table_escapes_its_cells(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("a", "b"), [("山田　太郎", "\x1b]0;title\x07")], empty="nothing")
    printed = capsys.readouterr().out
    assert "山田　太郎" in printed
    assert not {"\x1b", "\x07"} & set(printed)
    assert "\\x1b]0;title" in printed
