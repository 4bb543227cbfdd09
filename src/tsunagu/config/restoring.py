"""A home into which a backup is restored: empty before, closed meanwhile, and open only when everything fits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tsunagu.config.home import BROKEN_OFF, Home
from tsunagu.domain.errors import Conflict, TsunaguError
from tsunagu.records.keys.private_files import create_private, replace_private

MAY_STAND = frozenset({"cache", "keys", "run", "settings.toml", "vault"})
RUNTIME = "pg-runtime-"
LEFT_BY_WORK = frozenset({"DEMO", "cluster", "index", "ledger", "pg", "signed-in", "uploads"})
"""What may be named when it lies there: all other names are somebody's own."""


def refuse_unless_empty(home: Home, *, is_foreign: bool) -> None:
    """Refuse a home in which anything was done: nothing is ever restored over something else.

    Args:
        is_foreign: whether the database lies on another server; a database folder here is then anybody's.

    Raises:
        Conflict: it holds more than keys, settings and what is made again.
    """
    if home.unfinished_restore.exists():
        raise Conflict(
            "a restore into this home did not end well: remove everything in it but keys and settings.toml, and the "
            "database where it lies on a server of your own; then begin anew"
        )
    held = {one.name for one in home.folder.iterdir() if not one.name.startswith(RUNTIME)} - MAY_STAND
    if "pg" in held and not is_foreign and not (home.folder / "pg" / "data").exists():
        held.remove("pg")
    if held:
        named = sorted(held & LEFT_BY_WORK) + ["something that is not the program's"] * bool(held - LEFT_BY_WORK)
        raise Conflict(
            f"this home is not empty, it holds {', '.join(named)}: a backup is restored into one that holds its keys "
            "and nothing else. Take another home; or, where you are sure that nothing was ever done here, remove those "
            "and begin anew"
        )


@contextmanager
def closed_until_whole(home: Home) -> Iterator[None]:
    """Keep the home closed until the block ends well; otherwise it stays closed and says why.

    Raises:
        Unavailable: the home cannot be written.
    """
    marker = home.unfinished_restore
    create_private(marker, BROKEN_OFF.encode())
    try:
        yield
    except TsunaguError as error:
        replace_private(marker, str(error).encode())
        raise
    marker.unlink()
