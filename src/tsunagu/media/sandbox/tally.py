"""How much one item may say in all: bounds over the stream of messages, where `wire` bounds each."""

from __future__ import annotations

import math
from typing import Final

from tsunagu.domain.fingerprint import TimedFingerprint
from tsunagu.domain.media import MediaFacts, MediaKind
from tsunagu.media.messages import (
    SOUND_RATE_HZ,
    DecodeOptions,
    MemberData,
    MemberRefused,
    MemberStart,
    Message,
    PictureFingerprints,
    RgbPicture,
    SoundChunk,
)
from tsunagu.media.picture import Picture, TimedPicture
from tsunagu.media.sandbox.malformed import Malformed
from tsunagu.media.sandbox.request import Request
from tsunagu.media.sandbox.wire import MOST_MEMBER_DATA_BYTES

_SLACK_S: Final = 60.0
_SLACK_FRAMES: Final = 64

_STREAM = (MediaFacts, TimedPicture, SoundChunk)
_AS_FINGERPRINTS: Final = {Picture: PictureFingerprints, TimedPicture: TimedFingerprint}
_CLASSES: Final[dict[MediaKind, tuple[type, ...]]] = {
    MediaKind.PICTURE: (MediaFacts, Picture),
    MediaKind.VIDEO: _STREAM,
    MediaKind.SOUND: _STREAM,
    MediaKind.ARCHIVE: (MediaFacts, MemberStart, MemberData, MemberRefused),
}


class Tally:
    """Counts the messages of one item and admits no more than an honest decoder sends."""

    def __init__(self, request: Request, options: DecodeOptions) -> None:
        """Start counting.

        Args:
            request: what was asked: a child may not answer with messages of another kind of media.
            options: the bounds under which the child decodes; an honest one stops at them by itself.
        """
        self._classes = (RgbPicture,) if request.rgb_side else _CLASSES[request.media_type.kind]
        if request.as_fingerprints:
            self._classes = tuple(_AS_FINGERPRINTS.get(one, one) for one in self._classes)
        longest_s = options.max_duration_s + _SLACK_S
        self._pictures = 1
        self._facts = 1
        self._frames = math.ceil(longest_s * options.frames_per_s) + _SLACK_FRAMES
        self._samples = math.ceil(longest_s * SOUND_RATE_HZ)
        self._members = options.max_members + 1
        self._bytes = options.max_total_bytes + MOST_MEMBER_DATA_BYTES
        self._most_member_bytes = options.max_member_bytes + MOST_MEMBER_DATA_BYTES
        self._member_bytes = 0

    def admit(self, message: Message | RgbPicture) -> None:
        """Count one message.

        Raises:
            Malformed: it is one more than can be, or does not belong to what was asked.
        """
        if not isinstance(message, self._classes):
            raise Malformed("not what was asked")
        match message:
            case MediaFacts():
                self._facts -= 1
            case Picture() | PictureFingerprints() | RgbPicture():
                self._pictures -= 1
            case TimedPicture() | TimedFingerprint():
                self._frames -= 1
            case SoundChunk(samples):
                self._samples -= len(samples)
            case MemberStart():
                self._members -= 1
                self._member_bytes = self._most_member_bytes
            case MemberRefused(has_begun=has_begun):
                self._members -= not has_begun
                self._member_bytes = 0
            case MemberData(data):
                self._bytes -= len(data)
                self._member_bytes -= len(data)
        left = (self._facts, self._pictures, self._frames, self._samples, self._members, self._bytes)
        if min(left) < 0 or self._member_bytes < 0:
            raise Malformed("more than an item can hold")
