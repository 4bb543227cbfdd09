"""Is this known anywhere? Asked by programs, many things at once or one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from uuid import UUID

from ninja import Router, Schema
from ninja.errors import ValidationError as Unfit
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tsunagu.api.door import ApiRequest, Door
from tsunagu.api.failures import as_told, failing
from tsunagu.api.fast_lane import Incoming, Question
from tsunagu.api.fields import Reference
from tsunagu.api.middleware import API
from tsunagu.api.sent_files import sent_file
from tsunagu.api.sides import AgencyOut
from tsunagu.domain.bank import BankSemantics
from tsunagu.domain.errors import InputError
from tsunagu.domain.fingerprint import FingerprintKind
from tsunagu.domain.look_up import Answer, DigestKind, Known, Query
from tsunagu.domain.purpose import Purpose

if TYPE_CHECKING:
    from tsunagu.services.look_ups.asking import LookedUp

PATH: Final = "v1/look-up"
PURPOSE_HEADER: Final = "X-Purpose"
JSON: Final = "application/json"
MOST_ASKED: Final = 1024
_DIGESTS: Final = tuple(DigestKind)
Distance = Annotated[int, Field(ge=0, le=FingerprintKind.PDQ.radius_bits)]


def _hex(digits: int) -> Any:
    return Field(default=None, pattern=f"^[0-9a-fA-F]{{{digits}}}$")


class AskedIn(BaseModel):
    """One thing that is asked for, by all that you have of it; what hexadecimal digits are is stated, never guessed.

    Attributes:
        pdq: a PDQ fingerprint.
        quality: of the picture that it is of; below 50 the fingerprint is not searched.
    """

    model_config = ConfigDict(extra="forbid")
    md5: str | None = _hex(32)
    sha1: str | None = _hex(40)
    sha256: str | None = _hex(64)
    pdq: str | None = _hex(64)
    quality: Annotated[int, Field(ge=0, le=100)] = 100


class LookUpIn(BaseModel):
    """What a program asks.

    Attributes:
        purpose: why; may be stated in the header `X-Purpose` in its place.
    """

    model_config = ConfigDict(extra="forbid")
    purpose: Purpose | None = None
    queries: Annotated[list[AskedIn], Field(min_length=1, max_length=MOST_ASKED)]


class KnownOut(Schema):
    """One item of a bank that is what was asked for, or is near it: a hit, which a person judges.

    Attributes:
        item: opaque.
        exact: whether a digest is the same.
        distance_bits: null for a key that was not lent `bank:distance`.
        disputed: whether its owner doubts it: it never acts alone.
        agency: whose bank it is, and whom to call.
    """

    bank: Reference
    semantics: BankSemantics
    item: UUID
    exact: bool
    distance_bits: Distance | None
    disputed: bool
    agency: AgencyOut


class AnswerOut(Schema):
    """What is known of one thing.

    Attributes:
        known: the nearest first; empty where all banks that answer you were searched and none knows it; null where it
            could not be asked for at all.
        not_hashable: whether near copies could not be looked for: its picture is too plain, or a file is no picture
            or video that can be read. Its digests were asked for all the same.
    """

    known: list[KnownOut] | None
    not_hashable: bool


class LookUpOut(Schema):
    """What is answered, once it is written down.

    Attributes:
        searched: nothing was left out; a part that cannot be searched is a failure, and no shorter answer.
        index_version: the state of the index that was searched.
        answers: one for each query, in their order.
    """

    searched: Literal["all"]
    index_version: str
    answers: list[AnswerOut]


class Asked:
    """What a body asks for, and which of it can be looked for at all."""

    def __init__(self, body: bytes, header: str | None) -> None:
        """Read it.

        Args:
            header: the purpose in the header; None where there is none.

        Raises:
            ninja.errors.ValidationError: the body does not fit the schema.
            InputError: the header names no purpose, or nothing of it can be looked for.
        """
        try:
            asked = LookUpIn.model_validate_json(body)
        except ValidationError as error:
            raise Unfit([{"loc": ("body", *one["loc"])} for one in error.errors(include_input=False)]) from error
        self.purpose = asked.purpose or stated(header)
        self._plain = [one.pdq is not None and one.quality < FingerprintKind.PDQ.quality_floor for one in asked.queries]
        queries = [_query(one, is_plain=plain) for one, plain in zip(asked.queries, self._plain, strict=True)]
        self._is_asked = [not query.is_empty or not plain for query, plain in zip(queries, self._plain, strict=True)]
        self.queries = [query for query, is_asked in zip(queries, self._is_asked, strict=True) if is_asked]
        if not self.queries:
            raise InputError("not hashable: these pictures are too plain to be searched by their fingerprints")

    def told(self, looked_up: LookedUp) -> dict[str, Any]:
        """Return what is told of each thing, in the order in which they were asked for."""
        found = iter(looked_up.answers)
        answers = [
            answer_out(next(found) if is_asked else None, not_hashable=plain)
            for plain, is_asked in zip(self._plain, self._is_asked, strict=True)
        ]
        return look_up_out(looked_up, answers)


def stated(header: str | None) -> Purpose | None:
    """Return the purpose that a header states.

    Raises:
        InputError: it is none.
    """
    try:
        return None if header is None else Purpose(header)
    except ValueError as error:
        raise InputError(f"the header {PURPOSE_HEADER} states none of the purposes") from error


def answer_out(found: Answer | None, *, not_hashable: bool) -> dict[str, Any]:
    """Return one answer as it is told; None for what could not be asked for."""
    known = None if found is None else [known_out(one) for one in found.known]
    return {"known": known, "not_hashable": not_hashable}


def known_out(one: Known) -> dict[str, Any]:
    """Return a hit as it is told."""
    owner = one.owner
    return {
        "bank": one.bank,
        "semantics": one.semantics.value,
        "item": one.item,
        "exact": one.is_exact,
        "distance_bits": one.distance_bits,
        "disputed": one.is_disputed,
        "agency": {"name": owner.name, "country": owner.country, "contact": owner.contact},
    }


def look_up_out(looked_up: LookedUp, answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return all answers as they are told."""
    return {"searched": "all", "index_version": looked_up.index_version, "answers": answers}


class LookUpLane:
    """The same operation, before the framework: many things at once, as JSON. It satisfies `fast_lane.Lane`."""

    method = "POST"
    path = API + PATH
    page = "api:look_up"

    def takes(self, environ: dict[str, Any]) -> bool:
        """Return whether the body is JSON."""
        kind: str = environ.get("CONTENT_TYPE", "")
        return kind.partition(";")[0].strip().lower() == JSON

    def question(self, incoming: Incoming) -> Question:
        """Return what is asked for."""
        asked = Asked(incoming.body, incoming.purpose)
        return Question(asked.purpose, asked.queries, asked.told)

    def failure(
        self, status: int, code: str, message: str, fields: Sequence[str], reference: str
    ) -> tuple[int, dict[str, Any]]:
        """Return how a failure is told."""
        return status, as_told(code, message, fields, reference)


def look_up_router(door: Door) -> Router:
    """Return the operation that looks things up."""
    router = Router(tags=["look-up"])

    @router.post(
        PATH,
        response={200: LookUpOut, **failing(429)},
        summary="Is this known anywhere?",
        openapi_extra={"requestBody": _body_described()},
    )
    def look_up(request: ApiRequest) -> dict[str, Any]:
        header = request.headers.get(PURPOSE_HEADER)
        if request.content_type == JSON:
            return _look_up_listed(door, request, Asked(request.body, header))
        return _look_up_file(door, request, header)

    return router


def _look_up_listed(door: Door, request: ApiRequest, asked: Asked) -> dict[str, Any]:
    from tsunagu.services.look_ups.asking import look_up  # noqa: PLC0415 - loads the kernels

    parts = door.parts_of(request)
    parts["actor"] = replace(request.auth, purpose=asked.purpose)
    return asked.told(look_up(queries=asked.queries, known=door.rooms().known(), **parts))


def _look_up_file(door: Door, request: ApiRequest, header: str | None) -> dict[str, Any]:
    from tsunagu.services.look_ups.asked_files import look_up_file  # noqa: PLC0415 - loads the kernels

    rooms, parts = door.rooms(), door.parts_of(request)
    with sent_file(request) as (fd, _, fields):
        parts["actor"] = replace(request.auth, purpose=stated(header or fields.get("purpose")))
        examined, told = look_up_file(fd=fd, known=rooms.known(), viewer=rooms.viewer, **parts)
    return look_up_out(told, [answer_out(told.answers[0], not_hashable=not Query.of_file(examined).pdq)])


def _query(asked: AskedIn, *, is_plain: bool) -> Query:
    given = (asked.md5, asked.sha1, asked.sha256)
    digests = ((kind, bytes.fromhex(text)) for kind, text in zip(_DIGESTS, given, strict=True) if text is not None)
    return Query(tuple(digests), () if asked.pdq is None or is_plain else (bytes.fromhex(asked.pdq),))


def _body_described() -> dict[str, Any]:
    """Return the body's description: many things as JSON, or one file."""
    whole = LookUpIn.model_json_schema()
    parts = whole.pop("$defs")
    whole["properties"]["queries"]["items"] = parts["AskedIn"]
    whole["properties"]["purpose"] = {**parts["Purpose"], "description": "Or state it in the header X-Purpose."}
    file = {"type": "string", "format": "binary"}
    form = {"type": "object", "properties": {"file": file, "purpose": parts["Purpose"]}, "required": ["file"]}
    contents = {JSON: whole, "multipart/form-data": form, "application/octet-stream": file}
    return {"required": True, "content": {name: {"schema": schema} for name, schema in contents.items()}}
