"""The provider of sign-ins that an installation may name: OpenID Connect, authorization code with PKCE.

Source: OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3; RFC 7636 for PKCE. An identity token counts by its signature,
issuer, audience, times and nonce, all of them, and nothing but its subject is read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt

from tsunagu.domain.errors import Forbidden, InputError, Unavailable

DISCOVERY = "/.well-known/openid-configuration"
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signatures by a key of the provider's own; never by a shared secret, and never none."""
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
ANSWERS_WITHIN_S = 5
MOST_ANSWER_BYTES = 1 << 20
FLOW_LASTS_S = 600
LEEWAY_S = 60
REFUSED = "single sign-on did not prove who you are, or you are not bound to it here"
"""What is said of everything that is not as it must be: one who tries learns nothing of how far he came."""
LOOPBACK = {"127.0.0.1", "::1"}


class NotProven(Forbidden):
    """The provider did not prove who this is, or he is nobody here. The answer is the same for all of it."""

    code = "not-proven"


@dataclass(frozen=True, slots=True)
class Provider:
    """Who else may say who somebody is.

    Attributes:
        issuer: its address; an https one, but on this machine.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse an issuer to whom a secret would go in clear.

        Raises:
            InputError: it is no https address without query, and none of this machine.
        """
        parts = urlsplit(self.issuer)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        if not (is_safe and parts.netloc and not parts.query and not parts.fragment):
            raise InputError("the setting oidc_issuer is the https address of a provider")

    @property
    def origin(self) -> str:
        """Return where a browser is sent to."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True)
class Flow:
    """What a browser's session keeps while its officer is at the provider.

    Attributes:
        login: what he said he is called; None when somebody who is signed in binds himself.
        began_at: seconds since 1970.
    """

    state: str
    nonce: str
    verifier: str
    login: str | None
    began_at: float

    @classmethod
    def begun(cls, *, login: str | None, now: datetime) -> Flow:
        """Return a new one, with secrets of its own."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, login, now.timestamp())


def authorization_address(provider: Provider, flow: Flow, callback: str) -> str:
    """Return where to send the browser.

    Raises:
        Unavailable: the provider does not answer, or not as OpenID Connect says.
    """
    try:
        endpoint = _endpoint(provider, _discovered(provider), "authorization_endpoint")
    except NotProven as error:
        raise Unavailable("the provider of sign-ins does not answer as it should") from error
    if not endpoint.startswith(f"{provider.origin}/"):
        raise Unavailable("the provider sends browsers to another address than the issuer's")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(flow.verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "scope": "openid",
        "client_id": provider.client_id,
        "redirect_uri": callback,
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"


def proven_subject(
    provider: Provider, flow: Flow, *, state: str, code: str, issuer: str | None, callback: str, now: datetime
) -> str:
    """Return who the provider says this is: its own name for him, which means something to it alone.

    Args:
        provider: the configured one.
        flow: what this browser's session kept.
        state, code, issuer: what the browser came back with; RFC 9207 for the issuer, which may be missing.
        callback: the address that it came back to.
        now: when.

    Raises:
        NotProven: anything at all is not as it must be.
        Unavailable: the provider does not answer.
    """
    if not hmac.compare_digest(state.encode(), flow.state.encode()) or not code:
        raise NotProven(REFUSED)
    if now.timestamp() - flow.began_at > FLOW_LASTS_S or issuer not in {None, provider.issuer}:
        raise NotProven(REFUSED)
    found = _discovered(provider)
    answer = _fetched(
        _endpoint(provider, found, "token_endpoint"),
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": callback,
            "client_id": provider.client_id,
            "client_secret": provider.client_secret,
            "code_verifier": flow.verifier,
        },
    )
    claims = _verified(provider, str(answer.get("id_token", "")), _fetched(_endpoint(provider, found, "jwks_uri")))
    if not hmac.compare_digest(str(claims["nonce"]).encode(), flow.nonce.encode()):
        raise NotProven(REFUSED)
    return str(claims["sub"])


def _verified(provider: Provider, token: str, keys: dict[str, Any]) -> dict[str, Any]:
    try:
        header = jwt.get_unverified_header(token)
        key = next(one for one in jwt.PyJWKSet.from_dict(keys).keys if one.key_id == header.get("kid"))
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=ALGORITHMS,
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY_S,
            options={"require": REQUIRED},
        )
    except (jwt.PyJWTError, StopIteration) as error:
        raise NotProven(REFUSED) from error
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != provider.client_id:
        raise NotProven(REFUSED)
    return claims


def _discovered(provider: Provider) -> dict[str, Any]:
    found = _fetched(provider.issuer.rstrip("/") + DISCOVERY)
    if found.get("issuer") != provider.issuer:
        raise NotProven(REFUSED)
    return found


def _endpoint(provider: Provider, found: dict[str, Any], name: str) -> str:
    address = found.get(name)
    scheme = urlsplit(provider.issuer).scheme
    if not isinstance(address, str) or urlsplit(address).scheme != scheme:
        raise NotProven(REFUSED)
    return address


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _fetched(address: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the JSON object that an address answers with; a form is posted."""
    data = None if form is None else urlencode(form).encode()
    request = urllib.request.Request(address, data, {"Accept": "application/json"})  # noqa: S310 - http(s) by `_endpoint`
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=ANSWERS_WITHIN_S) as answer:
            content = answer.read(MOST_ANSWER_BYTES)
        found = json.loads(content)
    except urllib.error.HTTPError as error:
        error.close()
        raise NotProven(REFUSED) from error
    except (OSError, HTTPException) as error:
        raise Unavailable("the provider of sign-ins does not answer") from error
    except ValueError as error:
        raise NotProven(REFUSED) from error
    if not isinstance(found, dict):
        raise NotProven(REFUSED)
    return found
