"""What people may write: any script, and nothing that moves a terminal."""

import pytest

from tsunagu.domain.writing import is_printable


@pytest.mark.parametrize("text", ["why", "山田　太郎", "Ærø, Żółć", "12 + 3"])
def test_what_is_looked_at_is_printable(text: str) -> None:
    assert is_printable(text)


@pytest.mark.parametrize("text", ["\x1b[2J", "two\nlines", "\u202eturned", "nothing\0", "\ud800"])
def test_what_moves_a_terminal_or_is_no_character_is_not(text: str) -> None:
    assert not is_printable(text)
