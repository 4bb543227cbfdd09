"""The decoders. They run in the limited child and nowhere else; `tsunagu.media` keeps the pool of children."""

from tsunagu.media.decoding.dispatch import decode, decode_rgb, warm_up

__all__ = ["decode", "decode_rgb", "warm_up"]
