"""What is measured for the operator's own monitoring: numbers of the machine, none of what anyone holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sample:
    """One number.

    Attributes:
        labels: names of our own.
        suffix: of the measure's name, as the parts of a histogram have one.
    """

    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is measured.

    Attributes:
        name: begins with `tsunagu_` and ends with its unit.
        kind: gauge, counter or histogram.
        meaning: one line.
    """

    name: str
    kind: str
    meaning: str
    samples: tuple[Sample, ...]

    @classmethod
    def by(cls, name: str, meaning: str, label: str, values: Mapping[str, float]) -> Measure:
        """Return a measure of one number for each value of a label."""
        return cls(name, "gauge", meaning, tuple(Sample(value, {label: one}) for one, value in sorted(values.items())))

    @classmethod
    def gauge(cls, name: str, meaning: str, value: float) -> Measure:
        """Return a measure of one number."""
        return cls(name, "gauge", meaning, (Sample(value),))


Measures = Callable[[datetime], Iterable[Measure]]
"""Measures everything at one moment."""
