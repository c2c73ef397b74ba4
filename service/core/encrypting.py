"""Bank data at rest: account numbers and the files they stand in lie encrypted in the database, under keys that are not in it.

AES-256-GCM (NIST SP 800-38D) with a random nonce; which column a text belongs to is authenticated with it, so that a number cannot be
moved to where another meaning waits. Each text begins with the version and four bytes that tell its key: so keys change while old
texts are still read, and ``raymi data-keys rotate`` writes everything anew under the first one (ASVS 5.0 11.2.1, 11.3.3, 13.3.1).
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from service.core.key_files import write_once
from service.core.settings import BadSetting, Settings, load

VERSION = b"\x01"
OVERHEAD = len(VERSION) + 4 + 12 + 16
"""Bytes by which a text grows: version, key, nonce, tag."""

MARK = "encrypted:"
"""What an encrypted text in a JSON value begins with."""

DIGITS = ("number", "cci")
"""What is encrypted of the ``account`` in a JSON value; the rest of it is read by queries."""


class Unreadable(Exception):
    """A text is under no key of this installation, or was changed, or stood elsewhere."""


@dataclass(frozen=True)
class Key:
    """A key with the four bytes that tell it."""

    hint: bytes
    secret: bytes


@cache
def keys() -> tuple[Key, ...]:
    """The keys of this installation, the one for new texts first. Raises ``BadSetting``."""
    settings = load()
    return read_keys(settings.data_keys_file, may_make=settings.environment != "production")


def read_keys(file: Path, *, may_make: bool) -> tuple[Key, ...]:
    """The keys in a file, a line in base64 for each; a new file where there is none and one may be made. Raises ``BadSetting``."""
    if may_make and not file.exists():
        write_once(file, new_line())
    try:
        found = [base64.b64decode(line, validate=True) for line in file.read_text().split()]
    except (OSError, ValueError) as error:
        raise BadSetting(f"RAYMI_DATA_KEYS_FILE: {file} cannot be read as keys. Make it with: raymi data-keys new") from error
    if not found or any(len(each) != 32 for each in found):
        raise BadSetting(f"RAYMI_DATA_KEYS_FILE: {file} does not hold 32 bytes in base64 on each line.")
    return tuple(Key(hashlib.sha256(each).digest()[:4], each) for each in found)


def new_line() -> str:
    """A new key as the file holds it."""
    return base64.b64encode(secrets.token_bytes(32)).decode() + "\n"


def weak_keys(settings: Settings) -> str | None:
    """For start-up: what is wrong with the keys of an installation."""
    try:
        read_keys(settings.data_keys_file, may_make=False)
    except BadSetting as wrong:
        return str(wrong)
    return None


def encrypt(plain: bytes, place: str) -> bytes:
    """A text of a place (``"beneficiary_account.cci"``) under the first key."""
    key, nonce = keys()[0], secrets.token_bytes(12)
    return VERSION + key.hint + nonce + AESGCM(key.secret).encrypt(nonce, plain, place.encode())


def decrypt(kept: bytes, place: str) -> bytes:
    """What was encrypted for a place. Raises ``Unreadable``."""
    hint, nonce, sealed = kept[1:5], kept[5:17], kept[17:]
    for key in keys():
        if kept[:1] == VERSION and key.hint == hint:
            try:
                return AESGCM(key.secret).decrypt(nonce, sealed, place.encode())
            except InvalidTag as error:
                raise Unreadable(f"a text of {place} was changed, or belongs elsewhere") from error
    raise Unreadable(f"no key of RAYMI_DATA_KEYS_FILE opens a text of {place}")


def mark(plain: str, place: str) -> bytes:
    """What two equal texts of a place have in common without their key being known: HMAC-SHA256 under the first key, 16 bytes."""
    return hmac.new(keys()[0].secret, f"mark:{place}:{plain}".encode(), hashlib.sha256).digest()[:16]


def is_newest(kept: bytes | dict[str, Any]) -> bool:
    """Whether a text, or what is encrypted of a JSON value, is under the first key."""
    if isinstance(kept, dict):
        account = kept.get("account")
        written = [account[name] for name in DIGITS if name in account] if isinstance(account, dict) else []
        return all(each.startswith(MARK) and is_newest(base64.b64decode(each.removeprefix(MARK))) for each in written)
    return bytes(kept[:5]) == VERSION + keys()[0].hint


class EncryptedBytes(TypeDecorator[bytes]):
    """A column of bytes that the database cannot read."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        self.place = place
        super().__init__()

    def process_bind_param(self, value: bytes | None, _dialect: Dialect) -> bytes | None:
        """What is written."""
        return None if value is None else encrypt(value, self.place)

    def process_result_value(self, value: bytes | None, _dialect: Dialect) -> bytes | None:
        """What is read."""
        return None if value is None else decrypt(bytes(value), self.place)


class EncryptedText(TypeDecorator[str]):
    """A column of text that the database cannot read."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        self.place = place
        super().__init__()

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> bytes | None:
        """What is written."""
        return None if value is None else encrypt(value.encode(), self.place)

    def process_result_value(self, value: bytes | None, _dialect: Dialect) -> str | None:
        """What is read."""
        return None if value is None else decrypt(bytes(value), self.place).decode()


class JsonWithAccount(TypeDecorator[dict[str, Any]]):
    """A JSON value in whose ``account`` the digits are encrypted."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, _dialect: Dialect) -> dict[str, Any] | None:
        """What is written."""
        return None if value is None else closed(value)

    def process_result_value(self, value: dict[str, Any] | None, _dialect: Dialect) -> dict[str, Any] | None:
        """What is read."""
        return None if value is None else opened(value)


ENCRYPTED = (EncryptedBytes, EncryptedText, JsonWithAccount)


def closed(value: dict[str, Any]) -> dict[str, Any]:
    """A JSON value with the digits of its account encrypted."""
    return _account(value, lambda each: MARK + base64.b64encode(encrypt(each.encode(), "account")).decode())


def opened(value: dict[str, Any]) -> dict[str, Any]:
    """The same value as it was given."""
    return _account(value, _opened)


def _opened(each: str) -> str:
    if not each.startswith(MARK):
        return each
    return decrypt(base64.b64decode(each.removeprefix(MARK)), "account").decode()


def _account(value: dict[str, Any], change: Callable[[str], str]) -> dict[str, Any]:
    account = value.get("account")
    if not isinstance(account, dict):
        return value
    digits = {name: change(account[name]) for name in DIGITS if isinstance(account.get(name), str)}
    return {**value, "account": {**account, **digits}}
