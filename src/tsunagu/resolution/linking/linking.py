"""From the rows of one list to proposals which of them name one person, each with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tsunagu.domain.judgement import Judgement
from tsunagu.resolution.linking.blocking import candidates
from tsunagu.resolution.linking.clusters import Clusters, Pair, clustered
from tsunagu.resolution.linking.comparing import Levels, compared
from tsunagu.resolution.linking.levels import FIELDS
from tsunagu.resolution.linking.observed import Observed
from tsunagu.resolution.linking.weighing import WEIGHTS, Bits, Weights, prior_bits, weighed
from tsunagu.resolution.linking.zones import Zone, contradicts, zoned


@dataclass(frozen=True, slots=True)
class Reason:
    """How one field of a pair agrees, and what that weighs in bits; 0 where it cannot be compared."""

    field: str
    agreement: str
    bits: float


@dataclass(frozen=True)
class Linked:
    """Every pair that was compared, with what was found; all arrays have one place a pair, in order of the pairs.

    Attributes:
        rows: how many rows the list has.
        pairs: shape (pairs, 2), the smaller row first.
        levels: how each field agrees, shape (pairs, fields).
        bits: what each field weighs, of the same shape.
        prior: what any two rows weigh before they are compared.
        zones: what becomes of each pair.
        too_common: by rule, keys shared by so many rows that nothing was compared for them.
        model: the name of the weights.
    """

    rows: int
    pairs: NDArray[np.int32]
    levels: Levels
    bits: Bits
    prior: float
    zones: NDArray[np.uint8]
    too_common: dict[str, int]
    model: str

    def reasons(self, at: int) -> tuple[Reason, ...]:
        """Return why the pair at one place is in its zone, field by field."""
        return tuple(
            Reason(field, kinds(int(level)).name.lower().replace("_", " "), float(weight))
            for (field, kinds), level, weight in zip(FIELDS, self.levels[at], self.bits[at], strict=True)
        )

    def total_bits(self, at: int) -> float:
        """Return what one pair weighs together, the prior included."""
        return float(self.bits[at].sum()) + self.prior

    def clusters(self, judgements: Mapping[Pair, Judgement] | None = None) -> Clusters:
        """Return which rows are one person by the links, and by what people say of pairs."""
        is_link = self.zones == Zone.LINK
        apart = self.pairs[contradicts(self.levels)]
        weights = self.bits[is_link].sum(axis=1)
        return clustered(self.rows, links=self.pairs[is_link], bits=weights, apart=apart, judgements=judgements)


def link(rows: Observed, model: Weights = WEIGHTS) -> Linked:
    """Return which rows of one list name one person, as proposals; the same rows give the same ones."""
    found = candidates(rows)
    levels = compared(rows, found.pairs)
    bits, prior = weighed(rows, found.pairs, levels, model), prior_bits(rows, model)
    zones = zoned(levels, bits, prior)
    return Linked(len(rows), found.pairs, levels, bits, prior, zones, found.too_common, model.name)
