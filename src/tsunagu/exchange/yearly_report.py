"""The yearly report of statistics as PDF. Typst sets it (see `yearly_report.typ`); what it says comes as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

from tsunagu.exchange.typesetting import Typesetter

_TEMPLATE: Final = Path(__file__).with_name("yearly_report.typ")


def report_pdf(told: Mapping[str, Any], typesetter: Typesetter, *, known_on: date) -> bytes:
    """Return the report as PDF; the same report of the same day gives the same bytes."""
    return typesetter.pdf(_TEMPLATE, told, at=datetime.combine(known_on, time(), UTC))
