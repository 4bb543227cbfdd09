"""What a scan may learn, as strategies, and intake files made of it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import strategies as st

from tsunagu.domain.digest import Digests
from tsunagu.domain.fingerprint import Fingerprint, FingerprintKind, SoundFingerprint, SoundKind, TimedFingerprint
from tsunagu.domain.intake import IntakeHeader
from tsunagu.domain.media import MEMBER_SEPARATOR, Examined, MediaFacts, MediaType, Refusal
from tsunagu.media.walk import Found
from tsunagu.services.intake.file import IntakeWriter
from tsunagu.services.intake.lines import MOST_AT_S

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
EXHIBIT, KEY = UUID(int=1), UUID(int=2)
UNSIGNED = IntakeHeader(NOW, "1.0")
SIGNED = IntakeHeader(NOW, "1.0", EXHIBIT, KEY)
SIGNATURE = bytes(range(64))

Group = tuple[Found, Sequence[Examined]]

_texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20)
_seconds = st.floats(0, allow_infinity=False, allow_nan=False)
_sides = st.none() | st.integers(1, 2**31 - 1)
_facts = st.builds(
    MediaFacts,
    width=_sides,
    height=_sides,
    duration_s=st.none() | _seconds,
    codecs=st.lists(_texts, max_size=4).map(tuple),
    tags=st.dictionaries(_texts, _texts, max_size=5),
)
_digests = st.binary(max_size=4).map(
    lambda content: Digests(*(hashlib.new(name, content).digest() for name in ("md5", "sha1", "sha256")))
)
_fingerprints = st.builds(
    Fingerprint, st.just(FingerprintKind.PDQ), st.binary(min_size=32, max_size=32), st.integers(0, 100)
)
_frames = st.lists(
    st.builds(TimedFingerprint, st.floats(0, MOST_AT_S), st.integers(0, 2**31 - 1), _fingerprints), max_size=3
)
_sounds = st.lists(st.integers(0, 2**32 - 1), max_size=5).map(
    lambda words: SoundFingerprint(SoundKind.CHROMAPRINT, tuple(words))
)
paths = st.binary(min_size=1, max_size=40)


@st.composite
def examined(draw: st.DrawFn, path: bytes | None = None) -> Examined:
    """All that may be learnt of one file."""
    path = draw(paths) if path is None else path
    size_bytes, refused = draw(st.integers(0, 2**63 - 1)), draw(st.none() | st.sampled_from(Refusal))
    if refused and draw(st.booleans()):
        return Examined(path, size_bytes, refused=refused)
    turns = draw(st.just(()) | st.tuples(*(_fingerprints,) * 8))
    return Examined(
        path,
        size_bytes,
        draw(st.none() | st.sampled_from(MediaType)),
        draw(_digests),
        draw(_facts),
        turns[0] if turns else None,
        turns,
        tuple(draw(_frames)),
        draw(st.none() | _sounds),
        refused,
    )


@st.composite
def groups(draw: st.DrawFn) -> list[Group]:
    """Files with what is learnt of each and of its members, as `examine_all` gives them."""
    made = []
    for path in draw(st.lists(paths, max_size=4, unique=True)):
        found = Found(path, draw(st.integers(0, 2**63 - 1)), draw(st.integers(-(2**63) + 1, 2**63 - 1)))
        names = draw(st.lists(paths, max_size=3, unique=True))
        items = [draw(examined(path + MEMBER_SEPARATOR + name)) for name in names]
        made.append((found, (*items, draw(examined(path)))))
    everything = [item.path for _, items in made for item in items]
    return made if len(set(everything)) == len(everything) else made[:0]


def plain(number: int = 1) -> Group:
    """Return a file that was read, with as little as can be learnt of one."""
    path = b"/%d" % number
    digests = Digests(*(number.to_bytes(size) for size in (16, 20, 32)))
    return Found(path, 3, 4), (Examined(path, 3, None, digests, refused=Refusal.UNKNOWN_TYPE),)


def written(
    made: Sequence[Group], header: IntakeHeader = UNSIGNED, sign: Callable[[bytes], bytes] | None = None
) -> bytes:
    """Return an intake file, packed."""
    out = io.BytesIO()
    writer = IntakeWriter(out, header)
    for found, items in made:
        writer.add(found, items)
    writer.finish(sign)
    return out.getvalue()
