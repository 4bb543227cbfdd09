"""Schemes of neutral categories: loaded from data, one of them shipped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any

from tsunagu.domain.act import Act
from tsunagu.domain.actor import Actor
from tsunagu.domain.errors import InputError
from tsunagu.domain.ledger import Deed
from tsunagu.domain.permission import Permission
from tsunagu.domain.scheme import Element, Scheme
from tsunagu.records import votes
from tsunagu.records.session import acting_for
from tsunagu.services.access import check_reference, denials_recorded
from tsunagu.services.parts import Keys, Ledger

DEMONSTRATION = "demonstration"
MOST_BYTES = 200_000


def demonstration() -> bytes:
    """Return the scheme that is shipped: questions that anybody can answer of any photograph."""
    return files("tsunagu.services.demo").joinpath("scheme.json").read_bytes()


def load_scheme(*, actor: Actor, content: bytes, now: datetime, keys: Keys, ledger: Ledger) -> Scheme:
    """Let the actor's agency vote by a scheme from now on, and return it.

    Args:
        content: the scheme as JSON: name, version, needed, voters, and elements with code, question and answers.

    Raises:
        Forbidden: the actor sets no schemes.
        InputError: it is no scheme.
        Conflict: the agency has this version already.
    """
    scheme = scheme_in(content)
    with (
        denials_recorded(
            actor=actor, permission=Permission.SCHEME_SET, asked=scheme.name, now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        scheme_id = votes.add_scheme(scheme, actor=actor, now=now)
        told: dict[str, str | int] = {"scheme": str(scheme_id), "version": scheme.version}
        ledger.write(Deed(Act.SCHEME_LOADED, now, actor.agency_id, actor.officer_id, actor.purpose, details=told))
    return scheme


def list_schemes(*, actor: Actor, now: datetime, keys: Keys, ledger: Ledger) -> tuple[Scheme, ...]:
    """Return the schemes of the actor's agency, by name, newest version first.

    Raises:
        Forbidden: the actor reads no series.
    """
    with (
        denials_recorded(
            actor=actor, permission=Permission.SERIES_READ, asked="schemes", now=now, keys=keys, ledger=ledger
        ),
        acting_for(actor.agency_id),
    ):
        found = votes.schemes()
    told: dict[str, str | int] = {"schemes": len(found)}
    ledger.record(Deed(Act.SERIES_READ, now, actor.agency_id, actor.officer_id, actor.purpose, details=told))
    return found


def scheme_in(content: bytes) -> Scheme:
    """Return the scheme that JSON describes.

    Raises:
        InputError: it describes none.
    """
    if len(content) > MOST_BYTES:
        raise InputError("this is no scheme of categories: it is too long")
    try:
        told: Mapping[str, Any] = json.loads(content)
        elements = tuple(
            Element(str(one["code"]), {str(key): str(text) for key, text in one["question"].items()},
                    tuple(map(str, one["answers"])))
            for one in told["elements"]
        )  # fmt: skip
        name, numbers = str(told["name"]), [told[key] for key in ("version", "needed", "voters")]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InputError("this is no scheme of categories: see docs/series.md") from error
    if any(type(one) is not int for one in numbers):
        raise InputError("this is no scheme of categories: see docs/series.md")
    for text in (name, *(one.code for one in elements), *(answer for one in elements for answer in one.answers)):
        check_reference(text)
    return Scheme(name, numbers[0], elements, numbers[1], numbers[2])
