"""The decoders. They run in the limited child and nowhere else; `tsunagu.media` keeps the pool of children."""

from tsunagu.media.decoding.dispatch import decode, decode_rgb, warm_up
from tsunagu.media.decoding.messages import (
    SOUND_RATE_HZ,
    DecodeOptions,
    MemberData,
    MemberRefused,
    MemberStart,
    Message,
    Refused,
    RgbPicture,
    SoundChunk,
)

__all__ = [
    "SOUND_RATE_HZ",
    "DecodeOptions",
    "MemberData",
    "MemberRefused",
    "MemberStart",
    "Message",
    "Refused",
    "RgbPicture",
    "SoundChunk",
    "decode",
    "decode_rgb",
    "warm_up",
]
