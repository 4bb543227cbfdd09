"""What was derived from the rows of one list, so that an answer about two of them opens none of the others."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tsunagu.resolution.names import name_of
from tsunagu.resolution.residence import Confidence, Method, Residence

_KEY_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class RowFacts:
    """Where each row of a list says that somebody lives, and by which keys its name is found.

    Attributes:
        numbers: of the rows that were taken, ascending; int32.
        residences: every one that some row says, once.
        says: for each of `numbers`, its place in `residences`; int32.
        names: keys of names, ascending; uint64.
        bearers: for each of `names`, the number of a row that bears it; int32.
    """

    numbers: NDArray[np.int32]
    residences: tuple[Residence, ...]
    says: NDArray[np.int32]
    names: NDArray[np.uint64]
    bearers: NDArray[np.int32]

    def by_row(self) -> dict[int, Residence]:
        """Return what each row says of where somebody lives, by its number."""
        told = (self.residences[place] for place in self.says.tolist())
        return dict(zip(self.numbers.tolist(), told, strict=True))

    def bearing(self, keys: Iterable[str]) -> NDArray[np.int32]:
        """Return the numbers of the rows whose name has one of these keys of `name_keys`, ascending."""
        wanted = np.array(sorted(map(_number_of, keys)), np.uint64)
        return np.unique(self.bearers[np.isin(self.names, wanted)])


def name_keys(name: str, kana: str) -> frozenset[str]:
    """Return the keys by which a whole name is found: as it is written, and as it sounds in two parts."""
    told = name_of(name, kana)
    sound = told.sound if len(told.sounds) == 2 else ""
    return frozenset({told.written, sound} - {""})


def row_facts(numbers: Sequence[int], residences: Sequence[Residence], names: Sequence[tuple[str, str]]) -> RowFacts:
    """Return what is kept of rows.

    Args:
        numbers: of the rows, ascending.
        residences: where each says that somebody lives.
        names: what each says of a name and of its kana.
    """
    places: dict[Residence, int] = {}
    says = [places.setdefault(one, len(places)) for one in residences]
    known: dict[tuple[str, str], list[int]] = {}
    found = []
    for number, name in zip(numbers, names, strict=True):
        if name not in known:
            known[name] = [_number_of(one) for one in name_keys(*name)]
        found += [(key, number) for key in known[name]]
    found.sort()
    return RowFacts(
        np.array(numbers, np.int32),
        tuple(places),
        np.array(says, np.int32),
        np.array([key for key, _ in found], np.uint64),
        np.array([number for _, number in found], np.int32),
    )


def facts_bytes(facts: RowFacts) -> bytes:
    """Return facts as bytes: JSON of the residences, its length before it, and arrays in NumPy's own format."""
    told = [[one.prefecture, one.method, one.confidence, one.alternatives] for one in facts.residences]
    text = json.dumps(told).encode()
    out = io.BytesIO()
    out.write(len(text).to_bytes(4, "big") + text)
    for array in (facts.numbers, facts.says, facts.names, facts.bearers):
        np.save(out, array, allow_pickle=False)
    return out.getvalue()


def facts_in(kept: bytes) -> RowFacts:
    """Return what `facts_bytes` was given."""
    stream = io.BytesIO(kept)
    told: list[tuple[str | None, str, str, list[str]]] = json.loads(stream.read(int.from_bytes(stream.read(4), "big")))
    residences = tuple(
        Residence(code, Method(method), Confidence(confidence), tuple(others))
        for code, method, confidence, others in told
    )
    numbers, says, names, bearers = (np.load(stream, allow_pickle=False) for _ in range(4))
    return RowFacts(numbers, residences, says, names, bearers)


def _number_of(key: str) -> int:
    """Return a key as 64 bits; of two that fall together, a row is withheld once too often, and never too seldom."""
    return int.from_bytes(blake2b(key.encode(errors="surrogatepass"), digest_size=_KEY_BYTES).digest(), "big")
