"""The key and its officer; the agency's banks and its part of the ledger."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from tsunagu.api.door import ApiRequest, Door
from tsunagu.api.failures import failing
from tsunagu.api.fields import Count, Reference
from tsunagu.api.sides import AgencyOut, agency_out
from tsunagu.domain.bank import BankSemantics, BankSummary
from tsunagu.domain.permission import Permission, Role
from tsunagu.services.agencies.api_keys import holder_of
from tsunagu.services.banks.ownership import list_banks
from tsunagu.services.ledger.accounts import read_ledger

MOST_ENTRIES = 500


class KeyOut(Schema):
    """The key that asks.

    Attributes:
        scopes: what its officer lent it.
    """

    id: UUID
    name: Reference
    scopes: list[Permission]
    expires_at: AwareDatetime


class WhoAmIOut(Schema):
    """For whom the key acts, and what it may do at this moment.

    Attributes:
        may: what the officer's roles and the key's scopes both allow.
    """

    login: Reference
    agency: AgencyOut
    roles: list[Role]
    key: KeyOut
    may: list[Permission]


class BankOut(Schema):
    """A bank of your agency: how many known items it holds, and why it may be kept."""

    name: Reference
    semantics: BankSemantics
    legal_ground: str | None
    items: Count
    is_on: bool
    is_open: bool
    radius_bits: Count
    expires_on: date | None


class EntryOut(Schema):
    """One entry of the ledger.

    Attributes:
        entry: the first 16 hex digits of its hash.
        officer, case: opaque ids; null where there is none.
        cases: opaque ids of the cases that a list told of, where a whole list was read.
        details: opaque ids, counts, codes and keyed references.
    """

    entry: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    act: str
    at: str
    officer: UUID | None
    purpose: str | None
    case: UUID | None
    cases: list[UUID]
    details: dict[str, str | int]


def agency_router(door: Door) -> Router:
    """Return the operations on what is the officer's own and his agency's."""
    router = Router(tags=["agency"])

    @router.get("whoami", response={200: WhoAmIOut, **failing()}, summary="For whom this key acts")
    def whoami(request: ApiRequest) -> WhoAmIOut:
        actor = request.auth
        held = holder_of(actor=actor)
        key = KeyOut(
            id=held.key.key_id, name=held.key.name, scopes=sorted(held.key.scopes), expires_at=held.key.expires_at
        )
        return WhoAmIOut(
            login=held.officer.login,
            agency=agency_out(held.agency),
            roles=sorted(held.officer.roles),
            key=key,
            may=[one for one in Permission if actor.may(one)],
        )

    @router.get("banks", response={200: list[BankOut], **failing()}, summary="The banks of your agency")
    def banks(request: ApiRequest) -> list[BankOut]:
        return [_bank(one) for one in list_banks(**door.parts_of(request))]

    @router.get(
        "ledger",
        response={200: list[EntryOut], **failing()},
        summary="The newest entries of your agency's ledger, an auditor's",
    )
    def ledger(request: ApiRequest, most: Annotated[int, Query(ge=1, le=MOST_ENTRIES)] = 100) -> list[EntryOut]:
        return [_entry(one) for one in read_ledger(most=most, **door.parts_of(request))]

    return router


def _bank(one: BankSummary) -> BankOut:
    rules = one.rules
    return BankOut(
        name=one.name,
        semantics=one.semantics,
        legal_ground=one.legal_ground,
        items=one.items,
        is_on=rules.is_on,
        is_open=rules.is_open,
        radius_bits=rules.radius_bits,
        expires_on=rules.expires_on,
    )


def _entry(body: dict[str, Any]) -> EntryOut:
    return EntryOut(
        entry=body["entry"],
        act=body["act"],
        at=body["at"],
        officer=body.get("officer"),
        purpose=body.get("purpose"),
        case=body.get("case"),
        cases=body.get("cases", []),
        details=body.get("details", {}),
    )
