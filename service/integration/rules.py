"""What a key looks like, and what it may be given."""

import hashlib
import re
import secrets
from collections.abc import Collection
from uuid import UUID

from service.core import rights
from service.core.actor import Actor
from service.core.acts import Act, Relation
from service.core.errors import Conflict, Forbidden, Rejected

BEGINNING = "raymi_"
"""With it, whoever scans files for forgotten secrets finds a key."""

WRITTEN = re.compile(r"raymi_[a-z0-9]{8}_[A-Za-z0-9_-]{43}")
"""The prefix, which is shown in lists, and 256 random bits (ASVS 5.0, 11.5.1 asks for 128)."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


class KeyBeyondMaker(Rejected):
    """A key is asked for that may do more than its maker."""

    message = "You may not do this yourself there, so no key of yours may: {acts}. Leave it out."


class NotForKeys(Rejected):
    """An act that takes a person."""

    message = "No key may do this; it takes a person who is present: {acts}. Leave it out."


class NotYourCofunder(Rejected):
    """A client is asked for in the name of a cofunder for which its maker does not sign."""

    message = "You do not sign for this cofunder. Choose one for which you do, or leave it out."


class OneOwner(Rejected):
    """A client of an office and of a cofunder at once."""

    message = "A program belongs to an office or to a cofunder, not to both. Choose one."


class KeyEnded(Conflict):
    """The key has ended already."""

    message = "This key has ended. Make a new one."


class NotYourKey(Forbidden):
    """A key acts for who made it, so nobody else renews it."""

    message = "This key acts for who made it, and only that person renews it. End it, and make one of your own."


class KeyNotMeant(Forbidden):
    """A key asks for what it was not made for."""

    message = "This key was not made for this. Use one that may, or let a person do it."


class TooManyRequests(Forbidden):
    """A key has used up its requests for this minute."""

    message = "This key has sent too many requests. Wait {seconds} seconds and go on."


def new_key() -> tuple[str, str]:
    """A key as it is shown once, and its prefix."""
    prefix = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{BEGINNING}{prefix}_{secrets.token_urlsafe(32)}", prefix


def hash_key(written: str) -> bytes:
    """SHA-256 of a key; what has 256 random bits needs no slower one."""
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).digest()


def require_within(actor: Actor, acts: Collection[Act], office_id: UUID | None, relations: Collection[Relation]) -> None:
    """Refuse a key that could do what takes a person, or what its maker may not. Raises ``NotForKeys``, ``KeyBeyondMaker``."""
    if barred := sorted(set(acts) - rights.FOR_KEYS):
        raise NotForKeys("acts", acts=tuple(barred))
    here = {grant.role for grant in actor.grants if office_id is None or grant.office_id in (None, office_id)}
    own = set() if Relation.COFUNDER in relations else here
    if beyond := sorted(act for act in set(acts) if not rights.permits(act, own | set(relations))):
        raise KeyBeyondMaker("acts", acts=tuple(beyond))
