"""The limited child processes in which hostile files are decoded, and the parent's pool of them."""

from tsunagu.media.sandbox.limits import Limits, Measure
from tsunagu.media.sandbox.pool import DecodePool

__all__ = ["DecodePool", "Limits", "Measure"]
