"""Judgements: what a person says about a hit."""

from enum import StrEnum


class Judgement(StrEnum):
    """A person's answer to a hit. Only `same` makes it a match."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"
    NONE_YET = "none-yet"


class Sameness(StrEnum):
    """What is the same, when the answer is `same`."""

    FILE = "file"
    PICTURE = "picture"
    SESSION = "session"
    PLACE = "place"
    OBJECT = "object"
