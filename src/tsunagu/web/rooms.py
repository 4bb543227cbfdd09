"""The parts that pages work with, as the wiring has put them together for this process."""

from __future__ import annotations

from datetime import UTC, datetime

from tsunagu.services.house import Rooms
from tsunagu.services.upkeep.measures import Measure, Measures
from tsunagu.web.provider import Provider

_open: list[Rooms] = []
_demo: list[bool] = [False]
_provider: list[Provider | None] = [None]
_measured: list[tuple[str | None, Measures]] = []


def _nothing(_: datetime) -> tuple[Measure, ...]:
    return ()


def serve_from(
    rooms: Rooms,
    *,
    demo: bool = False,
    token: str | None = None,
    measures: Measures = _nothing,
    provider: Provider | None = None,
) -> None:
    """Let every page of this process work in these rooms from now on.

    Args:
        rooms: the parts that services are called with.
        demo: whether the home is a demonstration's.
        token: what opens `/metrics`; None when nobody may read it.
        measures: what is told there, beside the requests of this process.
        provider: who else may say who somebody is; None leaves the password as the only way in.
    """
    _open[:] = [rooms]
    _measured[:] = [(token, measures)]
    _demo[:] = [demo]
    _provider[:] = [provider]


def provider() -> Provider | None:
    """Return the provider of sign-ins that this installation names, where it does."""
    return _provider[0]


def is_demo() -> bool:
    """Return whether what is served is a demonstration."""
    return _demo[0]


def rooms() -> Rooms:
    """Return the rooms of this process.

    Raises:
        RuntimeError: nothing is served here, which is a bug.
    """
    if not _open:
        raise RuntimeError("no rooms are open")
    return _open[0]


def measured() -> tuple[str | None, Measures]:
    """Return the token that opens `/metrics`, if any, and what is told there.

    Raises:
        RuntimeError: nothing is served here, which is a bug.
    """
    if not _measured:
        raise RuntimeError("no rooms are open")
    return _measured[0]


def now() -> datetime:
    """Return the time at which a page asks."""
    return datetime.now(UTC)
