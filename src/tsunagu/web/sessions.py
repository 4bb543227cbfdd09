"""Where Django keeps a browser's session: keys as keyed digests, contents sealed, so that no row is a way in."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError

from tsunagu.domain.errors import TsunaguError
from tsunagu.records import web_sessions
from tsunagu.web.rooms import now, rooms

SEALED_BY = "session"
KEYED_BY = "token"
BEGAN = "began_at"
LASTS_S = 8 * 60 * 60
"""Seconds after which a session ends however busy it was, as a sign-in at the command line does."""
PROLONGED_BY = timedelta(minutes=1)
"""What a request prolongs a session by at least: every page would wait for the disk otherwise."""


class SessionStore(SessionBase):
    """One session. Django makes it from the key in the browser's cookie."""

    _kept: tuple[str, bytes, datetime] | None = None
    """The row that is known to stand: of which key, what is sealed in it, and until when."""

    def load(self) -> dict[str, Any]:
        key = self.session_key
        found = None if key is None else web_sessions.sealed_session(_mac(key), now=now())
        if key is None or found is None:
            self._session_key = None
            return {}
        sealed, expires_at = found
        try:
            data = rooms().keys.open_sealed(SEALED_BY, sealed, _mac(key))
        except TsunaguError:
            data = b"{}"  # sealed by a key that is gone: whoever it was signs in again
        held = _plain(data)
        self._kept = (key, data, expires_at)
        if now().timestamp() - held.get(BEGAN, 0) > LASTS_S:
            self._session_key = None
            return {}
        return held

    def exists(self, session_key: str) -> bool:
        return web_sessions.has_session(_mac(session_key))

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            self.create()
            return
        held = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        held.setdefault(BEGAN, now().timestamp())
        data = json.dumps(held).encode()
        expires_at = now() + timedelta(seconds=self.get_expiry_age())
        if not must_create and self._stands(data, expires_at):
            return
        mac = _mac(self.session_key)
        sealed = rooms().keys.seal(SEALED_BY, data, mac)
        if not web_sessions.keep_session(mac, sealed, expires_at=expires_at, must_be_new=must_create):
            raise CreateError if must_create else UpdateError
        self._kept = (self.session_key, data, expires_at)

    def _stands(self, data: bytes, expires_at: datetime) -> bool:
        """Return whether the row holds this already, and for about as long."""
        if self._kept is None or self._kept[:2] != (self.session_key, data):
            return False
        return timedelta() <= expires_at - self._kept[2] < PROLONGED_BY

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            web_sessions.drop_session(_mac(key))

    @classmethod
    def clear_expired(cls) -> None:
        web_sessions.drop_expired(now=now())


def _mac(session_key: str) -> bytes:
    return rooms().keys.mac(KEYED_BY, session_key.encode())


def _plain(data: bytes) -> dict[str, Any]:
    found = json.loads(data)
    return found if isinstance(found, dict) else {}
