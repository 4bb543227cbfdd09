"""A JSON document (RFC 8259) taken piece by piece, in bounded memory whatever its length.

The caller walks the outer objects and arrays; what lies inside is decoded by the standard library as a whole, at
most 4 MiB of text at a time.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, NoReturn

from tsunagu.domain.errors import InputError
from tsunagu.exchange.values import unique_members

MOST_CHARACTERS: Final = 4 << 20
_CHUNK_BYTES: Final = 1 << 18
_NEAR_CHARACTERS: Final = 1 << 16
_SPACE: Final = re.compile(r"[ \t\n\r]*")


def _no_constant(_name: str) -> NoReturn:
    raise ValueError


class JsonStream:
    """The document, and how far it has been read.

    Bytes that are no UTF-8 become lone surrogates (PEP 383), and an object in which a key stands twice is marked:
    see `unique_members`. A byte order mark is passed over.
    """

    def __init__(self, stream: BinaryIO) -> None:
        """Begin at the stream's next byte."""
        self._stream = stream
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
        self._json = json.JSONDecoder(object_pairs_hook=unique_members, parse_constant=_no_constant, strict=False)
        self._text = ""
        self._at = 0
        self._dropped = 0
        self._is_ended = False

    @property
    def taken_characters(self) -> int:
        """How many characters have been taken so far."""
        return self._dropped + self._at

    def next_character(self) -> str:
        """Return the next character that is no space, without taking it; nothing at the end of the document."""
        while True:
            character = self._text[self._at : self._at + 1]
            if character > " ":
                return character
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._is_ended:
                return ""
            self._read_on()

    def members(self) -> Iterator[str]:
        """Take one object, yielding each key; the caller takes the value before asking for the next.

        Raises:
            InputError: it is no object, or the document ends in it.
        """
        self._take("{")
        if self.next_character() == "}":
            self._take("}")
            return
        while True:
            if self.next_character() != '"':
                raise InputError("the list is no JSON")
            key = self.value()
            self._take(":")
            yield str(key)
            if self._goes_on("}"):
                return

    def elements(self) -> Iterator[None]:
        """Take one array, yielding before each element; the caller takes it before asking for the next.

        Raises:
            InputError: it is no array, or the document ends in it.
        """
        self._take("[")
        if self.next_character() == "]":
            self._take("]")
            return
        while True:
            yield
            if self._goes_on("]"):
                return

    def value(self, most_characters: int = MOST_CHARACTERS) -> Any:
        """Take one value of any kind.

        Raises:
            InputError: it is no JSON, is longer than so many characters, nests too deep to be decoded, or the
                document ends in it.
        """
        self.next_character()
        while True:
            found = self._decoded()
            if found is not None:
                return found[0]
            if self._is_ended:
                raise InputError("the list ends before its end, or is no JSON")
            if len(self._text) - self._at > most_characters:
                raise InputError("one value of the list is too long, or is no JSON")
            self._read_on()

    def value_if_near(self) -> tuple[Any] | None:
        """Take one value if it ends within what is at hand, 65,536 characters or more; else take nothing."""
        self.next_character()
        while len(self._text) - self._at < _NEAR_CHARACTERS and not self._is_ended:
            self._read_on()
        return self._decoded()

    def end(self) -> None:
        """Make sure that nothing follows.

        Raises:
            InputError: something does.
        """
        if self.next_character():
            raise InputError("something follows the end of the list")

    def _decoded(self) -> tuple[Any] | None:
        try:
            value, end = self._json.raw_decode(self._text, self._at)
        except RecursionError:
            raise InputError("the list nests too deep") from None
        except ValueError:
            return None
        if end == len(self._text) and not self._is_ended:
            return None  # a number may go on
        self._at = end
        return (value,)

    def _take(self, character: str) -> None:
        if self.next_character() != character:
            raise InputError("the list ends before its end, or is no JSON")
        self._at += 1

    def _goes_on(self, closing: str) -> bool:
        """Take what follows a member or an element, and return whether it was the closing bracket."""
        found = self.next_character()
        if found not in {",", closing}:
            raise InputError("the list ends before its end, or is no JSON")
        self._at += 1
        return found == closing

    def _read_on(self) -> None:
        waiting = self._text[self._at :]
        self._dropped += self._at
        data = self._stream.read(max(_CHUNK_BYTES, len(waiting)))
        self._is_ended = not data
        self._text = waiting + self._utf8.decode(data, final=self._is_ended)
        self._at = 0
