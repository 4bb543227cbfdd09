"""The tasks that services defer by name. Each may run more than once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from uuid import UUID

from tsunagu.services.accounts import is_root_due, sign_root
from tsunagu.services.house import Rooms

Arguments = Mapping[str, str | int]


def silence_benign(rooms: Rooms, arguments: Arguments) -> None:
    """Silence the hits that the benign banks of one agency explain."""
    from tsunagu.services.linking import apply_benign  # noqa: PLC0415 - loads the kernels

    apply_benign(agency_id=UUID(str(arguments["agency"])), now=datetime.now(UTC), ledger=rooms.ledger)


def sign_due_root(rooms: Rooms, _: Arguments) -> None:
    """Sign the ledger's root when enough entries have come since the last one."""
    if is_root_due(store=rooms.roots):
        sign_root(store=rooms.roots, signer=rooms.keys.signer(), now=datetime.now(UTC))


TASKS: Mapping[str, Callable[[Rooms, Arguments], None]] = {
    "silence-benign": silence_benign,
    "sign-due-root": sign_due_root,
}
