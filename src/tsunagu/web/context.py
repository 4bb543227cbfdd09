"""What every template is given."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from tsunagu.domain.permission import Permission
from tsunagu.web.desk import actor_of
from tsunagu.web.rooms import provider


def officer(request: HttpRequest) -> dict[str, Any]:
    """Return what the signed-in officer may do, as flags named like the permissions: `may.case_read`."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"may": {}, "has_provider": provider() is not None}
    actor = actor_of(request)
    return {"has_provider": provider() is not None, "may": {one.name.lower(): actor.may(one) for one in Permission}}
