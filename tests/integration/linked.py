"""Made media that have something in common, held by agencies and compared within this process."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np

from tsunagu.domain.act import Act
from tsunagu.domain.case import CaseSummary
from tsunagu.domain.digest import Digests
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, SoundFingerprint, SoundKind, TimedFingerprint, Turn
from tsunagu.domain.media import Examined, MediaFacts
from tsunagu.domain.notice import HitView, Notice
from tsunagu.domain.purpose import Purpose
from tsunagu.overlap.video import turned_table
from tsunagu.records import cases, holdings, notices
from tsunagu.records.models import MediaItem
from tsunagu.records.session import acting_for
from tsunagu.services.cases.opening import open_case
from tsunagu.services.overlaps.answers import list_hits, share
from tsunagu.services.overlaps.linking import link_all
from tsunagu.services.overlaps.notices import list_notices

from .world import Person, World, now, random_name

PDQ = FingerprintKind.PDQ


@dataclass
class Made:
    """Makes media of random fingerprints, and copies of them."""

    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(secrets.randbits(64)))

    def file(self, **known: Any) -> Examined:
        """Return a file of some content of its own."""
        content = self.rng.bytes(20)
        digests = Digests(*(hashlib.new(name, content).digest() for name in ("md5", "sha1", "sha256")))
        known.setdefault("facts", MediaFacts(800, 600))
        return Examined(b"/" + content.hex().encode(), len(content), digests=digests, **known)

    def picture(self, data: bytes | None = None) -> Examined:
        """Return a picture of this upright fingerprint, or of any."""
        turns = tuple(Fingerprint(PDQ, one, 100) for one in self.eight(data or self.rng.bytes(32)))
        return self.file(pdq=turns[0], pdq_turns=turns)

    def video(self, rows: list[bytes], start_s: float = 0.0) -> Examined:
        """Return a video with these frames, one a second."""
        frames = (TimedFingerprint(start_s + at, at, Fingerprint(PDQ, one, 100)) for at, one in enumerate(rows))
        return self.file(frames=tuple(frames))

    def sound(self, words: np.ndarray) -> Examined:
        """Return a recording of these words."""
        return self.file(sound=SoundFingerprint(SoundKind.CHROMAPRINT, tuple(words.tolist())), facts=MediaFacts())

    def rows(self, count: int) -> list[bytes]:
        """Return so many random fingerprints."""
        return [self.rng.bytes(32) for _ in range(count)]

    def worn(self, data: bytes, bits: int = 9) -> bytes:
        """Return the fingerprint with so many bits flipped."""
        row = np.unpackbits(np.frombuffer(data, np.uint8))
        row[self.rng.choice(PDQ.bits, bits, replace=False)] ^= 1
        return np.packbits(row).tobytes()

    def eight(self, data: bytes) -> list[bytes]:
        """Return the fingerprints of a picture in all turns."""
        return [turned_table(np.frombuffer(data, np.uint8).reshape(1, -1), turn).tobytes() for turn in Turn]


@dataclass
class Held:
    """Media that an officer holds in a case of his."""

    world: World
    person: Person
    case: CaseSummary

    @classmethod
    def open(cls, world: World, person: Person, *, covert: bool = False, keep_until: date | None = None) -> Held:
        """Open an empty case."""
        case = open_case(
            actor=person.actor,
            reference=random_name("case"),
            purpose=Purpose.INVESTIGATION,
            covert=covert,
            keep_until=keep_until,
            **world.parts,
        )
        return cls(world, person, case)

    def keep(self, *examined: Examined) -> None:
        """Bring examined files in, without comparing them."""
        with acting_for(self.case.agency_id):
            exhibit, _ = cases.exhibit_of(self.case, "E1", registered_by=self.person.actor.officer_id, now=now())
            holdings.keep([(one, 1) for one in examined], agency_id=self.case.agency_id, exhibit_id=exhibit)

    def bring(self, *examined: Examined) -> Held:
        """Bring examined files in, and compare them with all that is held."""
        self.keep(*examined)
        link(self.world)
        return self

    def item(self, examined: Examined) -> int:
        """Return the id of an item, as its agency knows it."""
        with acting_for(self.case.agency_id):
            return MediaItem.objects.get(sha256=examined.digests.sha256).id

    def notices(self) -> list[Notice]:
        """Return what the case's officer is told of it."""
        queue = self.world.rooms.queue
        found = list_notices(actor=self.person.actor, act=Act.NOTICE_READ, queue=queue, **self.world.parts)
        return [one.notice for one in found.views if one.notice.case_id == self.case.case_id]

    def notice(self, overlap_id: UUID) -> Notice:
        """Return what the case's officer is told of one overlap."""
        [found] = [one for one in self.notices() if one.overlap_id == overlap_id]
        return found

    def share(self, overlap_id: UUID) -> bool:
        """Share one overlap."""
        return share(actor=self.person.actor, overlap_id=overlap_id, **self.world.parts)

    def note_sharing(self, overlap_id: UUID) -> None:
        """Do the first half of sharing, as if the process had died then."""
        with acting_for(self.case.agency_id):
            [side] = notices.notice_of(self.person.actor, overlap_id)
            notices.note_sharing(side, officer_id=self.person.actor.officer_id, now=now())

    def hits(self, overlap_id: UUID) -> tuple[HitView, ...]:
        """Return the hits of an overlap as this side reads them."""
        queue = self.world.rooms.queue
        return list_hits(actor=self.person.actor, overlap_id=overlap_id, queue=queue, **self.world.parts)


def link(world: World) -> None:
    """Compare all that waits."""
    link_all(now=now(), ledger=world.rooms.ledger)


def overlap_between(one: Held, other: Held) -> UUID:
    """Return the overlap that two cases of different agencies have been told of."""
    theirs = {notice.overlap_id for notice in other.notices()}
    [found] = [notice.overlap_id for notice in one.notices() if notice.overlap_id in theirs]
    return found


def copy(examined: Examined) -> Examined:
    """Return the same content in another place."""
    return replace(examined, path=b"/" + secrets.token_hex(8).encode())
