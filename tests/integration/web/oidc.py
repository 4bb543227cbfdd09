"""A small OpenID Connect provider on this machine, with a signing key of its own, which can be made to misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

CLIENT, SECRET = "the-workplace", "a secret of the client's"


@dataclass
class SmallProvider:
    """What it is asked, and what it says.

    Attributes:
        claims: put over the right ones in the next tokens; None takes one away.
        headers: put over the right ones of the token.
        signs_with: the key it signs with; the one it publishes unless a test changes it.
        discovered: put over the right answers of the discovery.
        asked: paths that were asked for.
    """

    address: str = ""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    signs_with: Any = None
    algorithm: str = "ES256"
    claims: dict[str, Any] = field(default_factory=dict)
    discovered: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, tuple[dict[str, str], str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def authorize(self, location: str, subject: str) -> dict[str, str]:
        """Let somebody sign in whom a browser was sent to `location` for, and return what it comes back with."""
        parts = urlsplit(location)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.address}/authorize"
        asked = {name: one for name, [one] in parse_qs(parts.query).items()}
        assert (asked["client_id"], asked["response_type"], asked["scope"]) == (CLIENT, "code", "openid")
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = (asked, subject)
        return {"code": code, "state": asked["state"], "iss": self.address}

    def answer(self, path: str, form: dict[str, str] | None) -> dict[str, Any] | None:
        """Return the JSON of an answer; None to refuse."""
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            return {"issuer": self.address, **{one: f"{self.address}/{end}" for one, end in ends.items()}} | (
                self.discovered
            )
        if path == "/keys":
            published = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.key.public_key()))
            return {"keys": [{**published, "kid": "1", "alg": "ES256", "use": "sig"}]}
        return self._token(form or {}) if path == "/token" else None

    def _token(self, form: dict[str, str]) -> dict[str, Any] | None:
        asked, subject = self.codes.pop(form.get("code", ""), ({}, ""))
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        told = (form.get("client_id"), form.get("client_secret"), form.get("redirect_uri"), challenge)
        if not asked or told != (CLIENT, SECRET, asked["redirect_uri"], asked["code_challenge"]):
            return None
        right = {"iss": self.address, "aud": CLIENT, "sub": subject, "nonce": asked["nonce"]}
        claims = right | {"iat": int(time.time()), "exp": int(time.time()) + 60} | self.claims
        claims = {name: one for name, one in claims.items() if one is not None}
        key = self.signs_with if self.signs_with is not None else self.key
        token = jwt.encode(claims, key, self.algorithm, headers={"kid": "1"})
        return {"access_token": "a", "token_type": "Bearer", "id_token": token}


@contextmanager
def small_provider() -> Iterator[SmallProvider]:
    """Run one until the block ends."""
    provider = SmallProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(provider.answer(urlsplit(self.path).path, None))

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: one for name, [one] in parse_qs(content).items()}
            self._send(provider.answer(urlsplit(self.path).path, form))

        def _send(self, answer: dict[str, Any] | None) -> None:
            content = json.dumps(answer or {"error": "invalid_grant"}).encode()
            self.send_response(200 if answer else 400)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
