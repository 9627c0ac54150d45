"""A small OpenID Connect provider: discovery, authorization code, signed tokens, keys.

It asks nobody for a password: its login page has one link for each of its users.
"""

import base64
import html
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "maillage", "a-secret-of-the-test"


@dataclass
class Provider:
    """What the provider knows.

    Parameters
    ----------
    issuer
        Its address.
    users
        Claims by name of the user.
    """

    issuer: str
    users: dict[str, dict[str, Any]]
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "test"}))
    codes: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def token(self, code: str, client: str, secret: str) -> dict[str, Any] | None:
        """Tokens for a code, which serves once."""
        found = self.codes.pop(code, None)
        if found is None or (client, secret) != (CLIENT, SECRET):
            return None
        user, nonce, _ = found
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": user, "iat": now, "exp": now + 600}
        claims |= {"nonce": nonce, **self.users[user]}
        signed = jwt.encode({"alg": "RS256", "kid": "test"}, claims, self.key)
        return {
            "access_token": secrets.token_urlsafe(8),
            "token_type": "Bearer",
            "expires_in": 600,
            "id_token": signed,
        }


@contextmanager
def provider(users: dict[str, dict[str, Any]]) -> Iterator[Provider]:
    """A provider on a free port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.provider = Provider(f"http://127.0.0.1:{server.server_address[1]}", users)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.provider
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    @property
    def known(self) -> Provider:
        found: Provider = self.server.provider
        return found

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            self._json(self.known.discovery())
        elif parts.path == "/jwks":
            self._json({"keys": [self.known.key.as_dict(private=False)]})
        elif parts.path == "/authorize" and asked.get("client_id") == CLIENT:
            links = "".join(
                f'<p><a href="/as/{name}?{html.escape(parts.query)}">{name}</a></p>'
                for name in self.known.users
            )
            self._send(200, "text/html", f"<h1>Log in</h1>{links}".encode())
        elif parts.path.startswith("/as/"):
            code = secrets.token_urlsafe(8)
            user = parts.path.removeprefix("/as/")
            self.known.codes[code] = (user, asked.get("nonce", ""), asked["redirect_uri"])
            query = urlencode({"code": code, "state": asked["state"]})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{query}")
            self.end_headers()
        else:
            self._send(404, "text/plain", b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        asked = {key: values[0] for key, values in parse_qs(body).items()}
        client, secret = asked.get("client_id", ""), asked.get("client_secret", "")
        basic = self.headers.get("Authorization", "")
        if basic.startswith("Basic "):
            pair = base64.b64decode(basic.removeprefix("Basic ")).decode()
            client, _, secret = pair.partition(":")
        tokens = self.known.token(asked.get("code", ""), client, secret)
        if tokens is None:
            self._json({"error": "invalid_grant"}, 400)
        else:
            self._json(tokens)

    def _json(self, content: dict[str, Any], status: int = 200) -> None:
        self._send(status, "application/json", json.dumps(content).encode())

    def _send(self, status: int, kind: str, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
