"""Who the officer with this password is. Every attempt is counted together with those of the command line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from tsunagu.records import agencies
from tsunagu.services.agencies.proving import proves_password
from tsunagu.web.rooms import now


class OfficerBackend(BaseBackend):
    """Works within `acting_for`, which `AgencyMiddleware` has opened."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Any:
        username, password = credentials.get("username"), credentials.get("password")
        if not username or not password:
            return None
        held = agencies.credentials_of(username)
        if not proves_password(held, password=password, now=now()) or held is None:
            return None
        return self.get_user(held.officer.officer_id)

    def get_user(self, user_id: UUID) -> Any:
        return agencies.active_officer(user_id)
