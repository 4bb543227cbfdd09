"""Banks and their contents, as HMA's clients curate them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpResponse, JsonResponse

from tsunagu.api.hma.door import NO_BANK, Request
from tsunagu.api.hma.hashing import examined_file, signals_of
from tsunagu.api.hma.shapes import MD5, SIGNALS, bank_name, checked_keys, is_bank_name, ratio, signal, truth
from tsunagu.domain.bank import BankItem, BankRules, BankSemantics, BankSummary
from tsunagu.domain.errors import InputError, NotFound
from tsunagu.domain.look_up import PDQ
from tsunagu.records.new_items import NewItem
from tsunagu.services.banks import curation
from tsunagu.services.banks.judging import withdraw_item
from tsunagu.services.banks.ownership import change_bank, list_banks, open_bank
from tsunagu.services.opaque import content_number, item_name, item_of_content

MOST_NOTE = 255
MOST_DISABLED = timedelta(days=5 * 366)
ENABLED = 1
"""What HMA writes as the time until which a content is disabled when it is not."""
_METADATA = ("content_id", "content_uri", "json")


def banks(request: Request) -> list[dict[str, Any]]:
    """Return the agency's banks that HMA's clients could have named; those that were closed are none of them."""
    return [_bank(one) for one in list_banks(**request.parts) if is_bank_name(one.name)]


def bank(request: Request) -> dict[str, Any]:
    """Return one bank.

    Raises:
        NotFound: the agency has none of this name.
    """
    found = [one for one in list_banks(**request.parts) if one.name == request.names["name"]]
    if not found:
        raise NotFound(NO_BANK)
    return _bank(found[0])


def create(request: Request) -> HttpResponse:
    """Open a bank for what is to be acted on."""
    body = checked_keys(request.json(), ("name", "enabled", "enabled_ratio"))
    opened = open_bank(
        name=bank_name(body.get("name")),
        semantics=BankSemantics.ALERT,
        legal_ground=None,
        rules=_rules(BankRules(), body),
        **request.parts,
    )
    return JsonResponse(_bank(opened), status=201)


def change(request: Request) -> dict[str, Any]:
    """Switch a bank, enable a share of it, or call it otherwise."""
    body = checked_keys(request.json(), ("name", "enabled", "enabled_ratio"))
    name = request.names["name"]
    new_name = bank_name(body["name"]) if "name" in body else name
    _rules(BankRules(), body)  # what cannot be done as a whole is not begun
    if new_name != name:
        curation.rename_bank(name=name, new_name=new_name, **request.parts)
    return _bank(change_bank(name=new_name, changed=lambda rules: _rules(rules, body), **request.parts))


def remove(request: Request) -> dict[str, str]:
    """Close a bank for good."""
    curation.close_bank(name=request.names["name"], **request.parts)
    return {"message": "Done"}


def add_content(request: Request) -> dict[str, Any]:
    """Add a file to a bank."""
    name = request.names["name"]
    content, examined = examined_file(request)
    signals = signals_of(request, content, examined)
    digests = examined.digests
    pdq = examined.pdq.data if examined.pdq is not None and examined.pdq.is_searchable else None
    known_by = NewItem(pdq=pdq) if digests is None else NewItem(digests.md5, digests.sha1, digests.sha256, pdq)
    details = _details(request.http.POST.dict())
    item = curation.add_content(
        name=name, known_by=known_by, details=details, queue=request.rooms.queue, **request.parts
    )
    return {"id": content_number(request.parts["keys"], item.item_id), "signals": signals}


def add_signal(request: Request) -> dict[str, Any]:
    """Add to a bank what is known by its signals alone."""
    name = request.names["name"]
    body = request.json()
    if not isinstance(body, dict) or not set(body) - {"note", "metadata"}:
        raise InputError("No signals given")
    signals = {kind: value for kind, value in body.items() if kind not in {"note", "metadata"}}
    data = {kind: signal(kind, value) for kind, value in signals.items()}
    md5 = next((value for kind, value in data.items() if kind in MD5), None)
    if any(value != md5 for kind, value in data.items() if kind in MD5):
        raise InputError("one content has one MD5 digest")
    item = curation.add_content(
        name=name,
        known_by=NewItem(md5=md5, pdq=data.get(PDQ)),
        details=_details({key: body[key] for key in ("note", "metadata") if key in body}),
        queue=request.rooms.queue,
        **request.parts,
    )
    return {"id": content_number(request.parts["keys"], item.item_id), "signals": signals}


def content(request: Request) -> dict[str, Any]:
    """Return one content of a bank."""
    name = request.names["name"]
    found = curation.content_of(name=name, item_id=_item(request), **request.parts)
    return _content(request, name, found)


def change_content(request: Request) -> dict[str, Any]:
    """Put a content off for a time, or let it answer again, or note something of it."""
    body = checked_keys(request.json(), ("disable_until_ts", "note"))
    name, item_id, now = request.names["name"], _item(request), request.parts["now"]
    before = curation.content_of(name=name, item_id=item_id, **request.parts)
    until = before.disabled_until
    if "disable_until_ts" in body:
        until = _until(body["disable_until_ts"], now)
    details = _details({"note": body["note"]} if "note" in body else {})
    curation.change_content(name=name, item_id=item_id, disabled_until=until, details=details, **request.parts)
    return _content(request, name, curation.content_of(name=name, item_id=item_id, **request.parts))


def remove_content(request: Request) -> dict[str, int]:
    """Withdraw a content for good."""
    item = item_name(request.parts["keys"], _item(request))
    withdraw_item(name=request.names["name"], item=item, **request.parts)
    return {"deleted": 1}


def _item(request: Request) -> int:
    return item_of_content(request.parts["keys"], int(request.names["content_id"]))


def _bank(one: BankSummary) -> dict[str, Any]:
    share = one.rules.share_percent / 100 if one.rules.is_on else 0.0
    return {"name": one.name, "matching_enabled_ratio": share}


def _rules(rules: BankRules, body: Mapping[str, Any]) -> BankRules:
    """Return rules by which a bank answers with the share that is asked for: whole hundredths, at least one."""
    if "enabled_ratio" in body:
        share = ratio(body["enabled_ratio"])
        percent = max(1, round(share * 100)) if share else rules.share_percent
        return replace(rules, is_on=share > 0, share_percent=percent)
    if "enabled" in body:
        return replace(rules, is_on=truth(body["enabled"]))
    return rules


def _details(given: Mapping[str, Any]) -> dict[str, object]:
    """Return what a client says of a content, to be kept with it.

    Raises:
        InputError: its metadata are no object of what is taken, or its note is too long.
    """
    told: dict[str, object] = {}
    if given.get("metadata"):
        metadata = given["metadata"]
        try:
            metadata = json.loads(metadata) if isinstance(metadata, str) else metadata
        except (ValueError, RecursionError) as error:
            raise InputError("the metadata cannot be read as JSON") from error
        told["metadata"] = dict(checked_keys(metadata, _METADATA))
    if given.get("note"):
        note = str(given["note"])
        if len(note) > MOST_NOTE or not note.isprintable():
            raise InputError(f"a note has at most {MOST_NOTE} printable characters")
        told["note"] = note
    return told


def _until(value: object, now: datetime) -> datetime | None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InputError("`disable_until_ts` is a whole number of seconds since 1970")
    if value <= ENABLED:
        return None
    if value > (now + MOST_DISABLED).timestamp():
        raise InputError("`disable_until_ts` is at most 5 years from now")
    return datetime.fromtimestamp(value, UTC)


def _content(request: Request, name: str, found: curation.Content) -> dict[str, Any]:
    item, until = found.item, found.disabled_until
    details = item.details or {}
    metadata = details.get("metadata")
    of_client: dict[str, Any] = metadata if isinstance(metadata, dict) else {}
    told: dict[str, Any] = {
        "id": int(request.names["content_id"]),
        "disable_until_ts": ENABLED if until is None or until <= request.parts["now"] else int(until.timestamp()),
        "original_media_uri": of_client.get("content_uri"),
        "bank": {"name": name},
    }
    if truth(request.params.get("include_signals", "false")):
        told["signals"] = _signals(item)
    if truth(request.params.get("include_metadata", "false")):
        told["metadata"] = {**{key: of_client.get(key) for key in _METADATA}, "collab": {}}
    if details.get("note"):
        told["note"] = details["note"]
    return told


def _signals(item: BankItem) -> dict[str, str]:
    known_by = {PDQ: item.pdq, MD5[0]: item.md5}
    return {kind: data.hex() for kind, data in known_by.items() if data and kind in SIGNALS}
