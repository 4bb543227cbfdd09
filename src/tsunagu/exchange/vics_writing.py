"""VICS JSON, written: case files and hash sets of versions 1.3 and 2.0, VICS-compatible and uncertified."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO, Final
from uuid import UUID

from tsunagu.domain.errors import InputError
from tsunagu.domain.known import Json, KnownFile, KnownItem, LossReport
from tsunagu.exchange.vics_media import MARK_KEYS, OTHER_HASHES, plain_hash_name

CONTEXTS: Final = frozenset({"US", "UK", "Default", "CUSTOM"})
UNCERTIFIED: Final = "(uncertified)"


class VicsVersion(StrEnum):
    """The versions that are written."""

    V1_3 = "1.3"
    V2_0 = "2.0"


@dataclass(frozen=True, slots=True)
class VicsTarget:
    """What kind of document is written.

    Attributes:
        version: of the data model.
        context: whose categories: one of US, UK, Default, CUSTOM in 2.0; empty in 1.3, which names none.
    """

    version: VicsVersion
    context: str = ""

    def __post_init__(self) -> None:
        """Refuse a context that the version has not.

        Raises:
            InputError: it has not.
        """
        known = self.context in CONTEXTS if self.version is VicsVersion.V2_0 else not self.context
        if not known:
            raise InputError("this version of VICS has no such context")


@dataclass(frozen=True, slots=True)
class VicsCase:
    """What a case file says of its case.

    Attributes:
        application: name of the program that writes; "(uncertified)" is added.
        application_version: its version.
    """

    case_id: UUID
    number: str
    organization: str
    application: str
    application_version: str


def write_vics(
    items: Iterable[KnownItem], stream: BinaryIO, *, target: VicsTarget, case: VicsCase | None = None
) -> LossReport:
    """Write items in their order, numbered from 1, and return what could not travel.

    The same items give the same bytes: ASCII, every key in a fixed order. PhotoDNA is never filled. An item without
    MD5 has no record. A category travels only into the context and version that it comes from.

    Args:
        items: taken one at a time.
        stream: gets the document.
        target: version and context.
        case: makes a case file; without it the document is a hash set.
    """
    report = LossReport()
    kind = "Cases" if case else "Media"
    stream.write(f"{{{_context(target, kind)},\n".encode("ascii") + b'"value":[\n')
    if case:
        stream.write(b'{"Media":[\n')
    total = categorized = 0
    for record in _records(items, target, report):
        stream.write((b",\n" if total else b"") + _json(record))
        total += 1
        categorized += record["Category"] is not None
    if case:
        told = {**_case(case), "TotalMediaFiles": total, "TotalPrecategorized": categorized}
        stream.write(b"\n],\n" + _json(told)[1:])
    stream.write(b"\n]}\n")
    report.lost = +report.lost
    return report


def _context(target: VicsTarget, kind: str) -> str:
    if target.version is VicsVersion.V1_3:
        return f'"odata.metadata":"http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#{kind}"'
    model = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml"
    return f'"@odata.context":"{model}/{target.context}/$metadata#{kind}"'


def _case(case: VicsCase) -> dict[str, str]:
    return {
        "CaseID": str(case.case_id),
        "CaseNumber": case.number,
        "ContactOrganization": case.organization,
        "SourceApplicationName": f"{case.application} {UNCERTIFIED}",
        "SourceApplicationVersion": case.application_version,
    }


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")


def _records(items: Iterable[KnownItem], target: VicsTarget, report: LossReport) -> Iterator[dict[str, Json]]:
    number = 0
    for item in items:
        if item.md5 is None:
            report.lost["item"] += 1
            continue
        number += 1
        md5 = item.md5.hex().upper()
        record: dict[str, Any] = {
            "MediaID": number,
            "Category": _code(item, target, report),
            "MD5": md5,
            "SHA1": item.sha1.hex().upper() if item.sha1 else None,
            "MediaSize": item.size_bytes,
            "MimeType": item.media_type,
            **{key: getattr(item.marks, name) for key, name in MARK_KEYS.items()},
            "Series": _names(item.series, "series", report),
            "Tags": _names(item.tags, "tags", report),
            "Comments": item.comments,
            "DateUpdated": item.updated,
            "AlternativeHashes": _other_hashes(item, md5, report),
            "MediaFiles": [_file(one, md5, report) for one in item.files],
        }
        if target.version is VicsVersion.V2_0:
            record["PhotoDNA"] = None
        report.lost["photodna"] += item.photodna is not None
        report.lost["list_id"] += item.list_id not in {None, str(number)}
        report.lost["frames"] += len(item.frames)
        report.lost["signals"] += len(item.signals)
        yield _with_extra(record, item.extra.items(), report)


def _code(item: KnownItem, target: VicsTarget, report: LossReport) -> int | None:
    if item.category is None:
        return None
    if (item.category.context, item.category.version) != (target.context, target.version):
        report.lost["category"] += 1
        return None
    return item.category.code


def _names(names: tuple[str, ...], field: str, report: LossReport) -> str | None:
    """Return names with commas between them; one that holds a comma itself would be read as two, and is left out."""
    whole = [name for name in names if "," not in name]
    report.lost[field] += len(names) - len(whole)
    return ", ".join(whole) or None


def _other_hashes(item: KnownItem, md5: str, report: LossReport) -> list[Json]:
    """Return SHA-256 and PDQ, then what was carried; a PhotoDNA is left out here too."""
    found: list[Json] = []
    if item.sha256:
        found.append({"MD5": md5, "HashName": "SHA256", "HashValue": item.sha256.hex()})
    if item.pdq:
        found.append({"MD5": md5, "HashName": "PDQ", "HashValue": item.pdq.data.hex()})
    others = item.extra.get("AlternativeHashes")
    for other in others if isinstance(others, list) else ():
        name = other.get("HashName") if isinstance(other, dict) else None
        if isinstance(name, str) and OTHER_HASHES.get(plain_hash_name(name)) == "photodna":
            report.lost["photodna"] += 1
        else:
            found.append(other)
    return found


def _file(file: KnownFile, md5: str, report: LossReport) -> dict[str, Json]:
    record: dict[str, Json] = {
        "MD5": md5,
        "FileName": file.name,
        "FilePath": file.path,
        "Created": file.created,
        "Written": file.written,
        "Accessed": file.accessed,
        "Unallocated": file.is_unallocated,
        "Deleted": file.is_deleted,
    }
    return _with_extra(record, file.extra.items(), report)


def _with_extra(record: dict[str, Json], extra: Iterable[tuple[str, Json]], report: LossReport) -> dict[str, Json]:
    """Add what is carried: under a key of its own, or in the place of a value that was not understood."""
    for key, value in extra:
        if key == "AlternativeHashes" and isinstance(value, list):
            continue  # written already
        if key == "PhotoDNA" or (key in record and record[key] not in (None, [])):
            report.lost["extra"] += 1
        else:
            record[key] = value
    return record
