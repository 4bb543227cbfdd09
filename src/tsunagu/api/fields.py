"""What fields of requests and answers hold, with the bounds that services keep."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import ConfigDict, Field

from tsunagu.services.access import MOST_REFERENCE

MOST_ID = 2**63 - 1
Reference = Annotated[str, Field(min_length=1, max_length=MOST_REFERENCE)]
RowId = Annotated[int, Field(ge=1, le=MOST_ID)]
Count = Annotated[int, Field(ge=0)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Seconds = Annotated[float, Field(ge=0)]


class Asked(Schema):
    """What a request's body holds: nothing that the schema does not name."""

    model_config = ConfigDict(extra="forbid")


class Path(Schema):
    """Where a file lies, or lay, at one's own agency.

    Attributes:
        text: to be read; what is no UTF-8 is escaped.
        base64: the bytes themselves.
    """

    text: str
    base64: Annotated[str, Field(pattern="^[A-Za-z0-9+/]*={0,2}$")]
