"""One media record of VICS JSON, versions 1.1 to 2.0, understood.

What is not understood, be it a key or a value, is carried in `extra` under its own key, so that writing gives it
back. A miniature may be a picture: it is dropped and counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tsunagu.domain.known import (
    NOTHING,
    UNMAPPED,
    Json,
    KnownFile,
    ListedCategory,
    LossReport,
    Marks,
    RefusedRow,
    RowRefusal,
)
from tsunagu.exchange.digest_forms import Form
from tsunagu.exchange.gathering import Gathered
from tsunagu.exchange.reading import CategoryTables, Row, Stated
from tsunagu.exchange.values import (
    MOST_SIZE_BYTES,
    REPEATED,
    NotCarried,
    carried,
    clean_text,
    iso_time,
    tri_state,
    whole_number,
)

MARK_KEYS: Final = {  # in the order of `Marks`
    "VictimIdentified": "victim_identified",
    "OffenderIdentified": "offender_identified",
    "IsDistributed": "is_distributed",
    "IsSuspected": "is_suspected",
    "SelfGenerated": "is_self_generated",
}
OTHER_HASHES: Final = {"SHA256": Form.SHA256, "PDQ": Form.PDQ, "PHOTODNA": Form.PHOTODNA}
"""Names of alternative hashes that are understood, without case, hyphens, underlines and spaces."""
MINIATURE: Final = "Miniature"
_MOST_CODE: Final = 10**6
_DIGEST_KEYS: Final = {"MD5": Form.MD5, "SHA1": Form.SHA1, "PhotoDNA": Form.PHOTODNA}
_SERIES_NAME_KEYS: Final = ("Name", "SeriesName")

Record = dict[str, Any]


def media_row(record: Record, number: int, context: tuple[str, str], stated: Stated, report: LossReport) -> Row:
    """Return what one media record says; the record is used up.

    Args:
        record: the record as decoded, its objects marked by `unique_members`.
        number: of the record, from 1.
        context: whose categories, and in which version.
        stated: gives the tables of categories.
        report: what is left behind is counted in it.
    """
    if REPEATED in record:
        return RefusedRow(number, RowRefusal.REPEATED_KEY)
    try:
        return _row(record, number, context, stated, report)
    except NotCarried as error:
        return RefusedRow(number, error.reason)


def _row(record: Record, number: int, context: tuple[str, str], stated: Stated, report: LossReport) -> Row:
    if record.pop(MINIATURE, None):
        report.lost[MINIATURE] += 1
    gathered = Gathered(stated, report)
    for key, form in _DIGEST_KEYS.items():
        value = record.pop(key, None)
        if value is not None and value != "":
            gathered.take(value.strip() if isinstance(value, str) else "?", form)
    _take_other_hashes(record, gathered)
    told: dict[str, Any] = {
        "list_id": _list_id(record),
        "category": _category(record, context, stated.categories),
        "marks": Marks(*[_mark(record, key) for key in MARK_KEYS]),
        "series": _series(record, report),
        "tags": _names(record, "Tags", report),
        "files": _files(record, report),
        "size_bytes": _whole(record, "MediaSize", MOST_SIZE_BYTES),
        "media_type": _text(record, "MimeType", report),
        "updated": _time(record, "DateUpdated"),
        "comments": _text(record, "Comments", report),
    }
    told["extra"] = _extra(record, report)
    return gathered.row(number, told)


def _extra(record: Record, report: LossReport) -> Mapping[str, Json]:
    """Return what is left of a record, without the links by which OData programs find their way."""
    if not record:
        return NOTHING
    return {
        clean_text(key, report): carried(value, report)
        for key, value in record.items()
        if "odata." not in key or not (key.startswith("odata.") or "@odata." in key)
    }


# Each of these takes the value of one key out of a record; a value that it does not understand, it puts back.


def _text(record: Record, key: str, report: LossReport) -> str | None:
    value = record.pop(key, None)
    if isinstance(value, str):
        return clean_text(value, report) or None
    if value is not None:
        record[key] = value
    return None


def _time(record: Record, key: str) -> str | None:
    value = record.pop(key, None)
    if not value and (value is None or value == ""):
        return None
    read = iso_time(value) if isinstance(value, str) else None
    if read is None:
        record[key] = value
    return read


def _mark(record: Record, key: str) -> bool | None:
    value = record.pop(key, None)
    if value is None or isinstance(value, bool):
        return value
    read = tri_state(value) if isinstance(value, str) else None
    if read is None and value != "":
        record[key] = value
    return read


def _whole(record: Record, key: str, most: int) -> int | None:
    value = record.pop(key, None)
    if value is None or value == "":
        return None
    read = value if type(value) is int else whole_number(value.strip()) if isinstance(value, str) else None
    if read is not None and 0 <= read <= most:
        return read
    record[key] = value
    return None


def _list_id(record: Record) -> str | None:
    number = _whole(record, "MediaID", MOST_SIZE_BYTES)
    return None if number is None else str(number)


def _category(record: Record, context: tuple[str, str], tables: CategoryTables) -> ListedCategory | None:
    code = _whole(record, "Category", _MOST_CODE)
    if code is None:
        return None
    return ListedCategory(*context, code, tables.get(context, {}).get(code, UNMAPPED))


def _names(record: Record, key: str, report: LossReport) -> tuple[str, ...]:
    """Take a list of names: text with commas between them, or a JSON array of texts."""
    value = record.pop(key, None)
    if not value:
        return ()
    if isinstance(value, str):
        names = value.split(",")
    elif isinstance(value, list) and all(isinstance(one, str) and "," not in one for one in value):
        names = value
    else:
        record[key] = value
        return ()
    return tuple([clean_text(name, report) for one in names if (name := one.strip())])


def _series(record: Record, report: LossReport) -> tuple[str, ...]:
    """Take the series. An object is carried as it is, and its name, if it has one, is read as well."""
    value = record.get("Series")
    if not isinstance(value, dict):
        return _names(record, "Series", report)
    found = (value.get(key) for key in _SERIES_NAME_KEYS)
    return tuple(clean_text(name.strip(), report) for name in found if isinstance(name, str) and name.strip())[:1]


def _take_other_hashes(record: Record, gathered: Gathered) -> None:
    """Take the alternative hashes that are understood; the others stay in the record."""
    entries = record.pop("AlternativeHashes", None)
    left = entries
    if isinstance(entries, list):
        left = [entry for entry in entries if entry is not None and not _is_taken(entry, gathered)]
    if left:
        record["AlternativeHashes"] = left


def _is_taken(entry: Any, gathered: Gathered) -> bool:
    if not isinstance(entry, dict) or REPEATED in entry:
        return False
    name, value = entry.get("HashName"), entry.get("HashValue")
    if not isinstance(name, str) or not isinstance(value, str):
        return False
    form = OTHER_HASHES.get(name) or OTHER_HASHES.get(plain_hash_name(name))
    return form is not None and gathered.offer(value.strip(), form)


def plain_hash_name(name: str) -> str:
    """Return the name of an alternative hash without case, hyphens, underlines and spaces."""
    return name.upper().replace("-", "").replace("_", "").replace(" ", "")


def _files(record: Record, report: LossReport) -> tuple[KnownFile, ...]:
    """Take the places of the item; when one of them is no object, all are carried as they are."""
    entries = record.pop("MediaFiles", None)
    if isinstance(entries, list) and all(isinstance(one, dict) for one in entries):
        return tuple([_file(entry, report) for entry in entries])
    if entries is not None:
        record["MediaFiles"] = entries
    return ()


def _file(entry: Record, report: LossReport) -> KnownFile:
    if REPEATED in entry:
        raise NotCarried(RowRefusal.REPEATED_KEY)
    entry.pop("MD5", None)  # says again what the item says
    return KnownFile(
        path=_text(entry, "FilePath", report),
        name=_text(entry, "FileName", report),
        created=_time(entry, "Created"),
        written=_time(entry, "Written"),
        accessed=_time(entry, "Accessed"),
        is_deleted=_mark(entry, "Deleted"),
        is_unallocated=_mark(entry, "Unallocated"),
        extra=_extra(entry, report),
    )
