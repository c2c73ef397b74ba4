"""What a password has to be (NIST SP 800-63B-4, 3.1.1.2): long and not among those that everybody takes. No riddles about signs.

Hashing takes 64 MiB and a quarter of a second, so it happens in a pool of two threads of its own: a crowd that signs in waits there and
takes neither memory nor the event loop from the others.
"""

import asyncio
import re
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]  # the package brings no types

from service.core.errors import Rejected

SHORTEST, SHORTEST_ALONE = 12, 15
"""Characters of a password beside a second factor, and of one that stands alone."""

_T = TypeVar("_T")
_HASHES = PasswordHash((Argon2Hasher(),))
_POOL = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")
_OUR_WORDS = ("raymi", "pachamama", "contrasena", "contraseña", "clave", "password")


class PasswordTooShort(Rejected):
    """Fewer characters than it needs."""

    message = "The password is too short. Take {shortest} characters or more, for example four words."


class PasswordIsUserName(Rejected):
    """The password is the user name."""

    message = "The password must not be the user name. Choose another password."


class PasswordCommon(Rejected):
    """A password that many people take, which is tried first by whoever guesses."""

    message = "Many people use this password, so it is guessed at once. Choose another one, for example four words that do not belong together."


class PasswordSame(Rejected):
    """The password that somebody else chose, once more."""

    message = "This is the password until now. Choose another one."


def require_strong(password: str, user_name: str, *, alone: bool = False) -> None:
    """``alone``: without a second factor. Raises ``PasswordTooShort``, ``PasswordIsUserName``, ``PasswordCommon``."""
    shortest = SHORTEST_ALONE if alone else SHORTEST
    plain = _plain(password)
    if len(plain) < shortest:
        raise PasswordTooShort("password", shortest=shortest)
    if plain.strip() == user_name.casefold():
        raise PasswordIsUserName("password")
    core = re.sub(r"^[^a-zñáéíóúü]+|[^a-zñáéíóúü]+$", "", plain)
    tried = {plain, core, plain.replace(" ", ""), core.replace(" ", "")}
    if {*tried, *map(_unit, tried)} & _common() or len(set(plain)) < 4:
        raise PasswordCommon("password")


async def hash_password(password: str) -> str:
    """The Argon2id hash of a password."""
    return await _in_pool(lambda: _HASHES.hash(_normal(password)))


async def verify_password(password: str, stored: str | None) -> tuple[bool, str | None]:
    """Whether a password is the stored one, and a new hash where the library has come to ask for more work.

    Without a stored hash it takes as long, and is wrong.
    """
    return await _in_pool(lambda: _verify(_normal(password), stored))


def _verify(password: str, stored: str | None) -> tuple[bool, str | None]:
    decoy = _decoy()  # asked for on both paths, so that its making on the first call tells nothing either
    return _HASHES.verify_and_update(password, stored or decoy)


@cache
def _decoy() -> str:
    """The hash of a password that nobody knows, to spend the same time on an unknown user name."""
    return _HASHES.hash(secrets.token_urlsafe(32))


@cache
def _common() -> frozenset[str]:
    """The passwords of zxcvbn's frequency list, and our own words."""
    return frozenset({*FREQUENCY_LISTS["passwords"], *_OUR_WORDS})


def _unit(text: str) -> str:
    """What a text repeats, the last time perhaps not to its end; or the text itself."""
    lengths = range(1, len(text))
    return next((text[:size] for size in lengths if all(text[at] == text[at - size] for at in range(size, len(text)))), text)


def _normal(password: str) -> str:
    """The same characters however a keyboard composes them (NFC)."""
    return unicodedata.normalize("NFC", password)


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password).casefold()


async def _in_pool(work: Callable[[], _T]) -> _T:
    return await asyncio.get_running_loop().run_in_executor(_POOL, work)
