"""A list by the piece: bounded whatever its rows say, and of rows with the same digests the first counts."""

import io

import pytest

from tsunagu.domain.known import LossReport
from tsunagu.exchange.plain_rows import one_by_one
from tsunagu.exchange.reading import PlainRows, Read, Stated
from tsunagu.exchange.registry import reader_for
from tsunagu.records.new_items import pack
from tsunagu.services.banks import pieces as list_pieces
from tsunagu.services.banks.known_items import new_item


def rows_of(text: str) -> tuple[io.BufferedReader, list[Read]]:
    """A list, and its rows as they are read."""
    stream = io.BufferedReader(io.BytesIO(text.encode()))  # type: ignore[arg-type]
    return stream, list(reader_for("csv")(io.BytesIO(text.encode()), Stated(), LossReport()))


def pieces_of(text: str) -> list[list_pieces.PackedPiece]:
    """A list by the piece."""
    stream, _ = rows_of(text)
    return list(list_pieces.pieces(reader_for("csv")(stream, Stated(), LossReport()), stream))


@pytest.mark.parametrize("names", [["", *[""] * 20, "b"], ["a", *[""] * 20, "b"], ["", *["a"] * 20, ""]])
def test_of_rows_with_the_same_digests_the_first_counts_however_they_are_read(names: list[str]) -> None:
    text = "md5,name\n" + "".join(f"{at % 7:032x},{name}\n" for at, name in enumerate(names))
    items = [new_item(one) for one in one_by_one(rows_of(text)[1])]  # type: ignore[arg-type]
    [piece] = pieces_of(text)
    assert piece.packed == [pack(items, by_key=True)]


def test_a_list_whose_rows_say_much_and_nothing_by_turns_comes_in_bounded_pieces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(list_pieces, "PIECE_BYTES", 100_000)
    comments = 4 * ["x" * 1000] + 20 * (91 * ["x" * 1000] + 9 * [""])  # the nine come at once, past each hundred
    found = pieces_of("md5,comment\n" + "".join(f"{at:032x},{said}\n" for at, said in enumerate(comments)))
    assert max(piece.rows for piece in found) <= 300
    assert sum(piece.rows for piece in found) == 2004


def test_a_piece_of_plain_rows_ends_at_its_bound_and_the_rest_begins_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_pieces, "PIECE_ROWS", 10)
    text = "".join(f"{at:032x}\n" for at in range(45))
    assert any(isinstance(one, PlainRows) for one in rows_of(text)[1])
    assert [piece.rows for piece in pieces_of(text)] == [10, 10, 10, 10, 5]
