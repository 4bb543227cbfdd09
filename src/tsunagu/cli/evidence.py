"""Evidence as commands show it."""

from tsunagu.domain.fingerprint import Turn
from tsunagu.domain.hit import Stretch

PDQ_WARNING = "PDQ alone finds under half of common edits: no near copy found does not mean that there is none."


def stretch_json(stretch: Stretch) -> dict[str, float | int]:
    """Return a stretch as fields, seconds to the millisecond."""
    return {
        "a_from_s": round(stretch.a_from_s, 3),
        "a_to_s": round(stretch.a_to_s, 3),
        "b_from_s": round(stretch.b_from_s, 3),
        "b_to_s": round(stretch.b_to_s, 3),
        "distance_bits": stretch.distance_bits,
    }


def stretch_text(stretch: Stretch, *, other: str) -> str:
    """Return a stretch as a person reads it; `other` names the second recording."""
    return f"{stretch.a_from_s:.1f}-{stretch.a_to_s:.1f} s are {stretch.b_from_s:.1f}-{stretch.b_to_s:.1f} s of {other}"


def turn_text(turn: Turn | None) -> str:
    """Return how a picture is turned, for a table."""
    return "" if turn is None else turn.name.lower().replace("_", " ")
