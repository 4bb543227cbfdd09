"""Files examined where no holdings are: what is learnt goes into one intake file, to be brought in elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import BinaryIO

from tsunagu.domain.errors import InputError
from tsunagu.domain.intake import IntakeHeader, ScanKey
from tsunagu.domain.media import Refusal
from tsunagu.media.walk import walk
from tsunagu.records.keys.exhibit_keys import sign
from tsunagu.services.intake.file import IntakeWriter
from tsunagu.services.media.examination import examine_all
from tsunagu.services.parts import Decoder


@dataclass(slots=True)
class ScanReport:
    """What a scan found.

    Attributes:
        files: places that were found under the paths, members of archives not counted.
        items: places that were examined, members of archives included.
        refused: how many of them were refused, by reason.
    """

    files: int = 0
    items: int = 0
    refused: Counter[Refusal] = field(default_factory=Counter)


def scan(
    *,
    paths: Sequence[bytes],
    out: BinaryIO,
    key: ScanKey | None,
    scanner: str,
    now: datetime,
    decoder: Decoder,
    workers: int,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> ScanReport:
    """Examine the files under `paths` and write what is learnt into `out`. Asks for no identity and no holdings.

    Args:
        paths: files and folders, raw bytes; what stands in the intake file begins with them.
        out: takes the intake file, and stays open. When this raises, what is in it is none.
        key: signs the file; without one it says of itself that it is unsigned.
        scanner: the version of this program.
        told: called with how many files of how many are done, after each.

    Raises:
        InputError: the key has expired.
    """
    if key and key.expires_at <= now:
        raise InputError("the exhibit's key has expired: ask for a new one")
    found = list(walk(paths))
    report = ScanReport(len(found))
    writer = IntakeWriter(out, IntakeHeader(now, scanner, key.exhibit_id if key else None, key.key_id if key else None))
    with closing(examine_all(found, decoder=decoder, workers=workers)) as examined:
        for done, (file, items) in enumerate(examined, start=1):
            writer.add(file, items)
            report.items += len(items)
            report.refused.update(item.refused for item in items if item.refused)
            told(done, len(found))
    writer.finish(partial(sign, key) if key else None)
    return report
