"""How often somebody may try to sign in: whoever guesses is stopped, and nobody is locked out by the guesses of others.

Failures count for the pair of user name and address first, then for the address (behind which a whole office may sit), then for the user
name from devices that it was never used on. A device on which the person has signed in carries a mark, and has a count of its own: so an
attacker somewhere else cannot lock out a juror's phone (ASVS 5.0, 6.3.1; NIST SP 800-63B-4, 3.2.2).
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from service.core import throttle
from service.core.db import Sessions
from service.core.errors import Forbidden
from service.core.settings import load

WINDOW = timedelta(minutes=15)
PER_PAIR, PER_ADDRESS, PER_NAME, PER_DEVICE = 5, 100, 50, 10
"""Failures within the window."""


class TooManyTries(Forbidden):
    """Too many wrong tries for now."""

    message = "There were too many wrong tries. Wait {minutes} minutes and try again, or ask your office."


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody who tries: the name that is given, the address it comes from, and the mark that the device carries."""

    name: str
    address: str
    mark: str = ""

    @property
    def buckets(self) -> list[tuple[str, int]]:
        """What a try counts for, and how many each takes: without a name, as a passkey has none, for the address alone."""
        at_address = (f"tries:address:{self.address}", PER_ADDRESS)
        if not self.name:
            return [at_address]
        name = hashlib.sha256(self.name.strip().lower().encode("utf-8", "surrogatepass")).hexdigest()[:32]
        if self.is_known:
            return [(f"tries:device:{name}:{self.mark[:32]}", PER_DEVICE)]
        return [
            (f"tries:pair:{name}:{self.address}", PER_PAIR),
            at_address,
            (f"tries:name:{name}", PER_NAME),
        ]

    @property
    def is_known(self) -> bool:
        """Whether the person of this name has signed in on this device before."""
        return bool(self.mark) and hmac.compare_digest(self.mark.encode("utf-8", "surrogatepass"), mark_of(self.name).encode())


def mark_of(name: str) -> str:
    """What a device carries on which somebody of this user name has signed in."""
    given = b"device:" + name.strip().lower().encode("utf-8", "surrogatepass")
    return hmac.new(load().secret_key.encode(), given, hashlib.sha256).hexdigest()


async def count_try(sessions: Sessions, attempt: Attempt) -> None:
    """Count a try before it is made, so that those who guess at the same moment count as well. Raises ``TooManyTries``.

    What is refused by one bucket counts for none after it: who guesses at one name from one address fills nobody else's.
    """
    for bucket, limit in attempt.buckets:
        allowance = await throttle.hit(sessions, bucket, limit, WINDOW)
        if allowance.is_spent:
            seconds = max(1, int(allowance.resets_in.total_seconds()))
            raise TooManyTries(minutes=-(-seconds // 60), seconds=seconds)


async def give_back(sessions: Sessions, attempt: Attempt) -> None:
    """A right try counts for nobody, and clears what was counted for the pair or the device; not for the address, where others may guess."""
    for bucket, _ in attempt.buckets:
        own = bucket.startswith(("tries:pair:", "tries:device:"))
        await (throttle.clear if own else throttle.give_back)(sessions, bucket)
