"""Cases, their exhibits and what is held of them."""

from __future__ import annotations

import base64
from typing import Annotated

from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from tsunagu.api.door import ApiRequest, Door
from tsunagu.api.failures import failing
from tsunagu.api.fields import MOST_ID, Count, Path, Reference, RowId, Sha256
from tsunagu.domain.case import CaseSummary, HoldingSummary
from tsunagu.domain.media import Refusal
from tsunagu.domain.purpose import Purpose
from tsunagu.services.cases.opening import list_cases, page_holdings, view_case

MOST_ITEMS = 500


class CaseOut(Schema):
    """A case that the officer works on."""

    reference: Reference
    purpose: Purpose
    covert: bool
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None

    @classmethod
    def of(cls, case: CaseSummary) -> CaseOut:
        """Return a case as it is told."""
        return cls(
            reference=case.reference,
            purpose=case.purpose,
            covert=case.covert,
            opened_at=case.opened_at,
            closed_at=case.closed_at,
        )


class ExhibitOut(Schema):
    """A seized thing: how many of its places hold a readable content, and how many were refused."""

    reference: Reference
    items: Count
    refused: Count


class WholeCaseOut(Schema):
    """A case with its exhibits, by reference."""

    case: CaseOut
    exhibits: list[ExhibitOut]


class ItemOut(Schema):
    """One place in an exhibit.

    Attributes:
        number: of the place within its case, rising in the order in which places came in.
        refused: why the content could not be read, or not to its end.
        compared: whether it has been compared with all that is held.
    """

    number: RowId
    path: Path
    media_type: str | None
    size_bytes: Count
    sha256: Sha256 | None
    refused: Refusal | None
    compared: bool


class ItemsOut(Schema):
    """The next items of an exhibit.

    Attributes:
        after: what to ask for the items that follow with; null when there are none.
    """

    items: Annotated[list[ItemOut], Field(max_length=MOST_ITEMS)]
    after: RowId | None


def path_of(path: bytes) -> Path:
    """Return a raw path as it is told."""
    return Path(text=path.decode(errors="backslashreplace"), base64=base64.b64encode(path).decode("ascii"))


def cases_router(door: Door) -> Router:
    """Return the operations on cases."""
    router = Router(tags=["cases"])

    @router.get("cases", response={200: list[CaseOut], **failing()}, summary="The cases you work on")
    def cases(request: ApiRequest) -> list[CaseOut]:
        return [CaseOut.of(one) for one in list_cases(**door.parts_of(request))]

    @router.get("case", response={200: WholeCaseOut, **failing(404)}, summary="One case with its exhibits")
    def case(request: ApiRequest, reference: Annotated[Reference, Query()]) -> WholeCaseOut:
        view = view_case(reference=reference, **door.parts_of(request))
        exhibits = [ExhibitOut(reference=one.reference, items=one.items, refused=one.refused) for one in view.exhibits]
        return WholeCaseOut(case=CaseOut.of(view.case), exhibits=exhibits)

    @router.get(
        "case/items",
        response={200: ItemsOut, **failing(404)},
        summary="What is held of an exhibit, a page at a time",
    )
    def items(
        request: ApiRequest,
        reference: Annotated[Reference, Query()],
        exhibit: Annotated[Reference, Query()],
        after: Annotated[int, Query(ge=0, le=MOST_ID)] = 0,
        most: Annotated[int, Query(ge=1, le=MOST_ITEMS)] = 100,
    ) -> ItemsOut:
        found = page_holdings(reference=reference, exhibit=exhibit, after=after, most=most, **door.parts_of(request))
        return ItemsOut(items=[_item(one) for one in found], after=found[-1].number if len(found) == most else None)

    return router


def _item(one: HoldingSummary) -> ItemOut:
    return ItemOut(
        number=one.number,
        path=path_of(one.path),
        media_type=one.media_type,
        size_bytes=one.size_bytes,
        sha256=one.sha256.hex() if one.sha256 else None,
        refused=one.refused,
        compared=one.linked and one.sha256 is not None,
    )
