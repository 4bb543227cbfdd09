"""Compile translations for gettext: .po, which people edit, to .mo, which programs read.

With Python's own library alone, since `make setup` has to do it on a machine that has neither msgfmt nor Babel.
"""

# ruff: noqa: INP001 - a script of the Makefile's, no package
from __future__ import annotations

import ast
import struct
import sys
from pathlib import Path

MAGIC = 0x950412DE
HEADER_BYTES = 28
CONTEXT_END, PLURAL_END = "\x04", "\0"


def entries(text: str) -> dict[str, str]:
    """Return what a catalog translates, as .mo keeps it.

    Args:
        text: a .po file as Babel writes it.

    Returns:
        Translations by what they translate; a context comes before it, plurals follow it, between control characters.
        What is obsolete or not translated is left out; the header stands under the empty text.

    Raises:
        ValueError: a line is none of a catalog, or an entry is marked fuzzy: nobody has confirmed it.
    """
    found: dict[str, str] = {}
    for block in text.split("\n\n"):
        fields: dict[str, str] = {}
        field = ""
        for line in block.splitlines():
            if line.startswith("#"):
                if line.startswith("#,") and "fuzzy" in line:
                    raise ValueError("an entry is fuzzy")
                continue
            keyword, _, quoted = line.partition('"')
            field = keyword.strip() or field
            if not field.startswith("msg") or not quoted.endswith('"'):
                raise ValueError("a line is none of a catalog")
            fields[field] = fields.get(field, "") + ast.literal_eval(f'"{quoted}')
        found |= _entry(fields)
    return found


def _entry(fields: dict[str, str]) -> dict[str, str]:
    """Return one entry as .mo keeps it, or nothing where there is none or no translation."""
    texts = [text for field, text in sorted(fields.items()) if field.startswith("msgstr")]
    if not texts or not all(texts):
        return {}
    key = fields["msgid"]
    if "msgctxt" in fields:
        key = fields["msgctxt"] + CONTEXT_END + key
    if "msgid_plural" in fields:
        key += PLURAL_END + fields["msgid_plural"]
    return {key: PLURAL_END.join(texts)}


def compiled(found: dict[str, str]) -> bytes:
    """Return the .mo file of these entries.

    Source: GNU gettext manual 0.22, section 10.3, "The Format of GNU MO Files"; without the hash table, which is
    optional.
    """
    ordered = sorted((key.encode(), text.encode()) for key, text in found.items())
    count = len(ordered)
    tables, data = [], b""
    start = HEADER_BYTES + count * 16
    for column in (0, 1):
        for pair in ordered:
            tables.append(struct.pack("<II", len(pair[column]), start + len(data)))
            data += pair[column] + b"\0"
    header = struct.pack("<7I", MAGIC, 0, count, HEADER_BYTES, HEADER_BYTES + count * 8, 0, start)
    return header + b"".join(tables) + data


if __name__ == "__main__":
    for name in sys.argv[1:]:
        catalog = Path(name)
        catalog.with_suffix(".mo").write_bytes(compiled(entries(catalog.read_text(encoding="utf-8"))))
