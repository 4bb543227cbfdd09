"""What a message says of a person: sealed within its body, for the member alone, so that no outbox or inbox shows it.

The body lies in both databases until it was answered or acted upon; of it only the ids stand in clear there.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import pyrage

from tsunagu.domain.errors import TsunaguError
from tsunagu.domain.hub import HubRefusal, MessageRefused
from tsunagu.federation.keys import MemberKeys, OwnKeys

MOST_SAID_BYTES: Final = 3 << 19
"""What one message says at most: twice in Base64 and signed it is under `envelope.MOST_BYTES`."""


def sealed_said(said: Mapping[str, Any], receiver: MemberKeys) -> str:
    """Return what is said, sealed for a member by its keys, in Base64."""
    plain = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    recipient = pyrage.x25519.Recipient.from_str(receiver.recipient)
    return base64.b64encode(pyrage.encrypt(plain, [recipient])).decode()


def opened_said(sealed: object, own: Iterable[OwnKeys]) -> dict[str, Any]:
    """Return what was sealed for one of our keys.

    Raises:
        MessageRefused: UNREADABLE: it was not; MALFORMED: it says nothing that can be understood.
    """
    try:
        plain = pyrage.decrypt(
            base64.b64decode(str(sealed), validate=True), [pyrage.x25519.Identity.from_str(one.identity) for one in own]
        )
    except (pyrage.DecryptError, binascii.Error, ValueError):
        raise MessageRefused(HubRefusal.UNREADABLE) from None
    with understanding():
        said = json.loads(plain)
        if type(said) is not dict:
            raise ValueError
        return said


@contextmanager
def understanding() -> Iterator[None]:
    """Refuse as malformed what the block does not understand."""
    try:
        yield
    except MessageRefused:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, TsunaguError):
        raise MessageRefused(HubRefusal.MALFORMED) from None
