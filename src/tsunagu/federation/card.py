"""The card of an installation: what it gives another one so that both can join, signed by the key that it names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError

from tsunagu.domain.agency_tree import AgencyKind
from tsunagu.domain.country import is_country
from tsunagu.domain.errors import InputError
from tsunagu.domain.party import AgencyCard
from tsunagu.federation.keys import MemberKeys, OwnKeys, keys_from

MOST_CHARACTERS = 1 << 20
MOST_NAME = 200
_ALGORITHM = "Ed25519"
_TYPE = "tsunagu-hub-card/1"


@dataclass(frozen=True, slots=True)
class InstallationCard:
    """What an installation says of itself.

    Attributes:
        address: where it takes messages; empty where they are carried by hand.
        agencies: those of its agencies that others may send alerts to.
    """

    installation_id: UUID
    name: str
    address: str
    keys: MemberKeys
    agencies: tuple[AgencyCard, ...]

    def __post_init__(self) -> None:
        check_words(self.name)
        check_address(self.address)


def check_address(address: str) -> None:
    """Do nothing when messages can be sent there.

    Raises:
        InputError: it is no address beginning with https, and not empty.
    """
    parts = urlsplit(address)
    is_plain = parts.scheme == "https" and parts.hostname and not parts.username and not parts.query
    if address and not (is_plain and len(address) <= MOST_NAME and address.isprintable()):
        raise InputError("an installation's address begins with https://")


def check_words(text: str) -> None:
    """Do nothing when a name may be this.

    Raises:
        InputError: it is empty, too long, or holds what cannot be printed.
    """
    if not text.strip() or len(text) > MOST_NAME or not text.isprintable():
        raise InputError(f"a name is 1 to {MOST_NAME} printable characters")


def written(card: InstallationCard, own: OwnKeys) -> str:
    """Return a card as a file's text."""
    said = {
        "installation": str(card.installation_id),
        "name": card.name,
        "address": card.address,
        "keys": card.keys.plain(),
        "agencies": [agency_plain(one) for one in card.agencies],
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    header = {"alg": _ALGORITHM, "typ": _TYPE}
    return jws.serialize_compact(header, text, own.signing_key(), algorithms=[_ALGORITHM]) + "\n"


def card_from(text: str) -> InstallationCard:
    """Return the card in a file. That it is signed shows that who wrote it has the keys, and not who he is.

    Raises:
        InputError: it is no card, or was changed.
    """
    if len(text) > MOST_CHARACTERS:
        raise InputError("this is no card of an installation")
    try:
        taken = jws.extract_compact(text.strip().encode())
        said = json.loads(taken.payload)
        card = InstallationCard(
            UUID(said["installation"]),
            said["name"],
            said["address"],
            keys_from(said["keys"]),
            tuple(agency_from(one) for one in said["agencies"]),
        )
        if taken.headers().get("typ") != _TYPE:
            raise InputError("this is no card of an installation")
        jws.deserialize_compact(text.strip(), card.keys.verifying_key(), algorithms=[_ALGORITHM])
    except (JoseError, KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise InputError("this is no card of an installation, or it was changed") from None
    return card


def agency_plain(card: AgencyCard) -> dict[str, str | bool | None]:
    """Return an agency as plain values: what a directory says of it."""
    return {
        "id": str(card.agency_id),
        "name": card.name,
        "country": card.country,
        "contact": card.contact,
        "kind": None if card.kind is None else card.kind.value,
        "local_name": card.local_name,
        "code": card.code,
        "correspondent": card.is_correspondent,
    }


def agency_from(plain: Mapping[str, Any]) -> AgencyCard:
    """Return the agency that plain values describe.

    Raises:
        InputError, KeyError, TypeError, ValueError: they describe none.
    """
    kind = plain["kind"]
    card = AgencyCard(
        UUID(plain["id"]),
        plain["name"],
        plain["country"],
        plain["contact"],
        None if kind is None else AgencyKind(kind),
        plain["local_name"],
        plain["code"],
        is_correspondent=plain["correspondent"],
    )
    check_words(card.name)
    texts = (card.contact, card.local_name, card.code)
    if any(len(text) > MOST_NAME or not text.isprintable() for text in texts):
        raise InputError("an agency is described in printable characters")
    if not is_country(card.country) or type(card.is_correspondent) is not bool:
        raise InputError("this describes no agency")
    return card
