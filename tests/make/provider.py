"""An OpenID Connect provider on loopback: real HTTP, real keys, and a knob for each thing that may be wrong.

It knows one client. ``let_in`` is the person pressing "yes" there: it reads the address that the browser was sent to and gives the return.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "raymi", "a secret: with / signs"

Claims = dict[str, Any]


class Provider(ThreadingHTTPServer):
    """The provider. ``change`` alters the claims, ``sign`` the token; ``answers`` takes the place of an answer at a path."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.key: RSAKey = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.codes: dict[str, Claims] = {}
        self.change: Callable[[Claims], object] = lambda _claims: None
        self.sign: Callable[[Claims], str] = self.sign_rightly
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.asked: list[str] = []
        self.subject = "somebody"

    @property
    def issuer(self) -> str:
        """Its name."""
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def keys(self) -> dict[str, Any]:
        """Its public keys as JSON."""
        return dict(KeySet([self.key]).as_dict(private=False))

    def sign_rightly(self, claims: Claims) -> str:
        """A token as it should be."""
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)

    def let_in(self, url: str, subject: str, **claims: object) -> dict[str, str]:
        """The parameters with which the browser comes back, once ``subject`` has signed in there."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (CLIENT, "code", "S256")
        code = secrets.token_urlsafe(16)
        self.codes[code] = {"asked": asked, "claims": {"sub": subject, "nonce": asked["nonce"], **claims}}
        return {"state": asked["state"], "code": code, "iss": self.issuer}

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, bytes]:
        """The answer of the token endpoint: the client, the address and the verifier must be those of the code, which works once."""
        user = base64.b64encode(f"{CLIENT}:a%20secret%3A%20with%20%2F%20signs".encode()).decode()
        known = self.codes.pop(form.get("code", ""), None)
        if authorization != f"Basic {user}" or known is None or form.get("grant_type") != "authorization_code":
            return 400, b'{"error": "invalid_grant"}'
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if (challenge, form["redirect_uri"]) != (known["asked"]["code_challenge"], known["asked"]["redirect_uri"]):
            return 400, b'{"error": "invalid_grant"}'
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, **known["claims"]}
        self.change(claims)
        return 200, json.dumps({"access_token": "x", "token_type": "Bearer", "id_token": self.sign(claims)}).encode()

    def discovery(self) -> bytes:
        """What it publishes of itself."""
        places = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return json.dumps({"issuer": self.issuer, **{name: self.issuer + path for name, path in places.items()}}).encode()


class _Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        """Discovery and keys; at ``/authorize`` the person of ``subject`` says yes at once, and the browser goes back."""
        if self.path.startswith("/authorize?"):
            asked = parse_qs(urlsplit(self.path).query)
            self.send_response(302)
            back = urlencode(self.server.let_in(self.path, self.server.subject))
            self.send_header("Location", f"{asked['redirect_uri'][0]}?{back}")
            self.end_headers()
            return
        found = {"/.well-known/openid-configuration": self.server.discovery(), "/keys": json.dumps(self.server.keys).encode()}
        self._answer((200, found[self.path]) if self.path in found else (404, b"{}"))

    def do_POST(self) -> None:
        """The token endpoint."""
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(self.server.exchange(form, self.headers.get("authorization", "")))

    def _answer(self, made: tuple[int, bytes]) -> None:
        self.server.asked.append(self.path)
        status, body = self.server.answers.get(self.path, made)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that listens."""
    provider = Provider()
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        provider.shutdown()
        provider.server_close()
