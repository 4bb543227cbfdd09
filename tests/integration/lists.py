"""Lists of known items as tests write them, and their way into a bank through the browser."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from tsunagu.domain.bank import BankRules, BankSemantics
from tsunagu.domain.digest import Digests
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind
from tsunagu.domain.media import Examined, MediaType
from tsunagu.services.banks.ownership import extend_bank, open_bank

from .web.visitors import Visitor
from .world import Person, World, random_name

CHUNK = 4000


def sha1s(count: int) -> list[str]:
    return [secrets.token_hex(20) for _ in range(count)]


def table(column: str, *cells: str) -> bytes:
    """Return a list with one column."""
    return "\n".join((column, *cells, "")).encode()


def near(pdq: bytes, bits: int) -> bytes:
    """Return a fingerprint so many bits away."""
    return (int.from_bytes(pdq) ^ ((1 << bits) - 1)).to_bytes(len(pdq))


def examined(pdq: bytes | None = None, sha256: bytes | None = None) -> Examined:
    """Return what could have been learnt of a picture."""
    digests = Digests(secrets.token_bytes(16), secrets.token_bytes(20), sha256 or secrets.token_bytes(32))
    fingerprint = None if pdq is None else Fingerprint(FingerprintKind.PDQ, pdq, 100)
    return Examined(b"known", 8, MediaType.PNG, digests, pdq=fingerprint)


def bank_of(
    world: World, person: Person, *files: Examined, semantics: BankSemantics = BankSemantics.ALERT, **rules: Any
) -> str:
    """Open a bank that holds these, and return its name."""
    name, parts = random_name("bank"), world.parts
    open_bank(
        actor=person.actor, name=name, semantics=semantics, legal_ground="a law", rules=BankRules(**rules), **parts
    )
    if files:
        extend_bank(actor=person.actor, name=name, examined=files, queue=world.rooms.queue, **parts)
    return name


@dataclass
class Upload:
    """A list on its way into a bank, as the script of the page sends it."""

    visitor: Visitor
    bank: str
    content: bytes
    name: str = "list.csv"

    def begin(self, **stated: str) -> HttpResponse:
        about = {"name": self.name, "size": len(self.content), "format": "csv", "hex_is": "", "categories": ""}
        return self.visitor.post(reverse("bank_lists", args=[self.bank]), **(about | stated))

    def base(self, **stated: str) -> str:
        begun = self.begin(**stated)
        assert begun.status_code == 201, begun.content
        return str(begun.json()["files"])

    def offer(self, base: str, **other: Any) -> HttpResponse:
        offered = [{"name": self.name, "size": len(self.content)} | other]
        return self.visitor.client.post(base, json.dumps(offered), content_type="application/json")

    def send(self, base: str, *, until: int | None = None) -> None:
        """Send what is missing, as far as is wanted."""
        [held] = self.offer(base).json()["files"]
        offset = held["held"]
        while offset < (len(self.content) if until is None else until):
            data = self.content[offset : offset + CHUNK]
            path = f"{base}{held['number']}/{offset}/"
            offset = self.visitor.client.put(path, data, content_type="application/octet-stream").json()["held"]

    def finish(self, base: str) -> HttpResponse:
        return self.visitor.post(f"{base}finish/")

    def bring(self, **stated: str) -> str:
        """Upload the whole list, let it be imported, and return the page of its bank."""
        base = self.base(**stated)
        self.send(base)
        done = self.finish(base)
        assert (done.status_code, done["Location"]) == (302, reverse("bank", args=[self.bank])), done.content
        return self.visitor.get(done["Location"]).content.decode()
