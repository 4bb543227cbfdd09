"""Where the sign-in's library counts attempts: a table that every process shares, with no address in clear."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

from tsunagu.records import throttle
from tsunagu.web.rooms import now, rooms

KEYED_BY = "token"
LONGEST = timedelta(days=1)
"""How long something is kept of which nobody says for how long."""


class SharedCounts(BaseCache):
    """A cache of Django's, as far as counting needs one: small values of JSON, never pickled.

    An attempt is counted in the transaction of its page. Two from one address at the same time are so counted one after
    the other, whichever processes they reach.
    """

    def __init__(self, _: str, params: dict[str, Any]) -> None:
        """Take Django's own arguments; the first would be a place."""
        super().__init__(params)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return what is kept under a key."""
        found = throttle.held(self._mac(key, version), now=now())
        return default if found is None else json.loads(found)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep something under a key."""
        throttle.keep(self._mac(key, version), json.dumps(value), expires_at=_ends(timeout), now=now())

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep something under a key that has nothing, and return whether that was done."""
        return throttle.keep_new(self._mac(key, version), json.dumps(value), expires_at=_ends(timeout), now=now())

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Remove what is kept under a key, and return whether there was anything."""
        return throttle.drop(self._mac(key, version))

    def clear(self) -> None:
        """Remove everything."""
        throttle.drop_everything()

    def _mac(self, key: Any, version: int | None) -> bytes:
        return rooms().keys.mac(KEYED_BY, b"throttle " + self.make_key(str(key), version).encode())


def _ends(timeout: Any) -> datetime:
    is_given = isinstance(timeout, int | float)
    return now() + (timedelta(seconds=timeout) if is_given else LONGEST)
