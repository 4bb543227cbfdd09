"""What every template is given."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from tsunagu.domain.permission import Permission
from tsunagu.web.buttons import page_of
from tsunagu.web.desk import actor_of
from tsunagu.web.rooms import provider


def officer(request: HttpRequest) -> dict[str, Any]:
    """Return what the signed-in officer may do, as flags named like the permissions: `may.case_read`.

    `here` is where a change of the language leads back to.
    """
    user = getattr(request, "user", None)
    told = {"has_provider": provider() is not None, "here": page_of(request)}
    if user is None or not user.is_authenticated:
        return told | {"may": {}}
    actor = actor_of(request)
    return told | {"may": {one.name.lower(): actor.may(one) for one in Permission}}
