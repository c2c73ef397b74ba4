"""A passkey in software, as the standard describes it (WebAuthn level 3, 6.1 and 6.5): what it answers can be bent for tests."""

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from service.core.settings import load

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


@dataclass
class Authenticator:
    """One key of one person. ``origin``, ``site``, ``verified`` and ``count`` say what is answered."""

    origin: str = field(default_factory=lambda: load().public_url)
    site: str = field(default_factory=lambda: urlsplit(load().public_url).hostname or "")
    verified: bool = True
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    user: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def register(self, options: str) -> str:
        """The answer to the question for a new passkey."""
        asked = json.loads(options)
        self.user = base64url_to_bytes(asked["user"]["id"])
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id + cbor2.dumps(public)
        statement = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + attested}
        given = {"attestationObject": bytes_to_base64url(cbor2.dumps(statement))}
        return self._answer(given, self._client("webauthn.create", asked["challenge"]))

    def sign(self, options: str, owner: UUID | None = None) -> str:
        """The answer to the question who it is."""
        client, data = self._client("webauthn.get", json.loads(options)["challenge"]), self._data(0)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        given = {
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(signature),
            "userHandle": bytes_to_base64url(owner.bytes if owner else self.user),
        }
        return self._answer(given, client)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _data(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verified else 0)
        return hashlib.sha256(self.site.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _answer(self, response: dict[str, Any], client: bytes) -> str:
        key = bytes_to_base64url(self.credential_id)
        given = {**response, "clientDataJSON": bytes_to_base64url(client)}
        return json.dumps({"id": key, "rawId": key, "type": "public-key", "response": given, "clientExtensionResults": {}})
