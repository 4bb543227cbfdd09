"""What is kept of a comparison: pairs that are linked, asked about or known to be two people, with their reasons."""

from __future__ import annotations

import io
import json

import numpy as np

from tsunagu.resolution.linking.linking import Linked
from tsunagu.resolution.linking.zones import Zone, contradicts


def kept_bytes(linked: Linked) -> bytes:
    """Return a comparison as bytes: arrays in NumPy's own format, without pickles, one behind the other.

    Left out are pairs that are apart and that nothing contradicts: nothing follows from them.
    """
    keep = (linked.zones != Zone.APART) | contradicts(linked.levels)
    head = {"rows": linked.rows, "prior": linked.prior, "too_common": linked.too_common, "model": linked.model}
    out = io.BytesIO()
    text = json.dumps(head).encode()
    out.write(len(text).to_bytes(4, "big") + text)
    for array in (linked.pairs, linked.levels, linked.bits, linked.zones):
        np.save(out, array[keep], allow_pickle=False)
    return out.getvalue()


def linked_in(kept: bytes) -> Linked:
    """Return what `kept_bytes` was given, as far as it keeps it."""
    stream = io.BytesIO(kept)
    head = json.loads(stream.read(int.from_bytes(stream.read(4), "big")))
    pairs, levels, bits, zones = (np.load(stream, allow_pickle=False) for _ in range(4))
    return Linked(head["rows"], pairs, levels, bits, head["prior"], zones, head["too_common"], head["model"])


def place_of(linked: Linked, one: int, other: int) -> int | None:
    """Return where the arrays have a pair of rows, the smaller first; None where they do not."""
    found = np.flatnonzero((linked.pairs[:, 0] == one) & (linked.pairs[:, 1] == other))
    return int(found[0]) if len(found) else None
