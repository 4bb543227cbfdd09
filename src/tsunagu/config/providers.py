"""The provider of sign-ins, as the settings name it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django.conf import settings

from tsunagu.config.configuration import Configuration
from tsunagu.domain.errors import InputError
from tsunagu.records.keys.private_files import read_private
from tsunagu.web.provider import Provider


def provider_of(configuration: Configuration) -> Provider | None:
    """Return the provider; None when the settings name none, and nothing is ever asked outside.

    Raises:
        InputError: the settings name a part of one, or its secret's file is missing or empty.
        Unavailable: others may read that file.
    """
    named = (configuration.oidc_issuer, configuration.oidc_client_id, configuration.oidc_client_secret_file)
    issuer, client_id, secret_file = named
    if not any(named):
        return None
    if issuer is None or client_id is None or secret_file is None:
        raise InputError("oidc_issuer, oidc_client_id and oidc_client_secret_file are set together, or not at all")
    secret = (read_private(secret_file) or b"").decode("utf-8", "replace").strip()
    if not secret:
        raise InputError("the oidc_client_secret_file is missing or empty")
    return Provider(issuer, client_id, secret)


def policy_with(provider: Provider) -> dict[str, Any]:
    """Return what pages may do, with forms that lead to the provider as well as here."""
    policy: dict[str, Any] = deepcopy(settings.CONTENT_SECURITY_POLICY)
    policy["DIRECTIVES"]["form-action"].append(provider.origin)
    return policy
