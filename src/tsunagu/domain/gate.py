"""What is recorded of somebody whom a seized list names, until he is a suspect or nobody looks into him any more."""

from __future__ import annotations

from enum import StrEnum


class GateStepKind(StrEnum):
    """What was done in one step. Nothing is changed: what was found last of a thing counts."""

    TAKEN_UP = "taken-up"
    FOUND = "found"
    AGE = "age"
    RESIDENCE = "residence"
    RISK = "risk"
    WELFARE = "welfare"
    PROMOTED = "promoted"
    POSITION = "position"
    DROPPED = "dropped"
    JUVENILE = "juvenile"
    JUVENILE_HANDED_OVER = "juvenile-handed-over"


class GateStanding(StrEnum):
    """How somebody stands whom a list names. A lead is nobody's decision; no word here says that anybody is guilty."""

    LEAD = "lead"
    PERSON_OF_INTEREST = "person-of-interest"
    SUSPECT = "suspect"
    JUVENILE = "juvenile"
    NO_CASE = "no-case"


class Position(StrEnum):
    """What a suspect is at work, where that lets him reach children or the inquiry; recorded after the gate alone."""

    EDUCATOR = "educator"
    CARE = "care"
    MEDICAL = "medical"
    POLICE = "police"
    OFFICIAL = "official"
    OTHER = "other"
    NONE = "none"


BYPASSED = frozenset({Position.POLICE, Position.OFFICIAL})
"""Of whom the officers of his own agency learn nothing but its co-ordinators, and his station is passed by."""


class PositionBasis(StrEnum):
    """How a position is known: he says so himself, or his employer or a register does, officially."""

    STATED = "stated"
    CONFIRMED = "confirmed"


class Contact(StrEnum):
    """Whether somebody has children about him regularly."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class RiskBand(StrEnum):
    """What an officer's licensed assessment came to. It is recorded, and never computed here."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very-high"
