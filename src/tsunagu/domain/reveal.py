"""Reveals: an officer's acts of seeing what an item shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from tsunagu.domain.permission import Permission


class RevealMeans(StrEnum):
    """Where the content comes from: its place at the agency, or the agency's vault."""

    PLACE = "place"
    VAULT = "vault"

    @property
    def permission(self) -> Permission:
        """What an officer needs for it."""
        return Permission.MEDIA_VIEW if self is RevealMeans.PLACE else Permission.MEDIA_VAULT


@dataclass(frozen=True, slots=True)
class HeldContent:
    """What is needed to open one holding's content again.

    Attributes:
        place: the id of its row, which nobody is told.
        item_id: of the content, as its agency numbers it.
        path: where it lay when it came in, raw bytes; a member of an archive as `archive!/member`.
        scanned: it was examined on another host, so that the path leads nowhere here.
    """

    place: int
    item_id: int
    exhibit_id: UUID
    path: bytes
    sha256: bytes
    size_bytes: int
    scanned: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A small picture for eyes: it is handed to the page, and kept nowhere.

    Attributes:
        content: a JPEG.
    """

    content: bytes
