"""Invitations: links, codes, the question that guards them, and when they are good: pure."""

import hashlib
import re
import secrets
from datetime import date, datetime, timedelta
from typing import Literal

from service.core.actor import Actor
from service.core.errors import Conflict, Forbidden, NotFound, Rejected
from service.people.invitation_models import Invitation, InvitationState
from service.people.models import Person

LASTS = timedelta(days=7)
"""How long an invitation is good: a paper travels to a village and waits for the market day (ours)."""

MOST_ATTEMPTS = 5
MOST_TRIES = 30
TRIES_WINDOW = timedelta(hours=1)
"""Codes typed and invitations accepted from one network address in an hour: an office that enrols its staff needs fewer."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""
_RANDOM = 15
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")

Guard = Literal["dni", "birth_date"]
"""What a person is asked, so that a paper on the ground is worth nothing: the last four digits of the DNI, or the date of birth."""


class OwnInvitation(Forbidden):
    """Nobody invites themselves: a stolen session must not leave a way back in."""

    message = "You cannot send an invitation to yourself. Change your password on your own page, or ask another officer."


class NothingToAsk(Conflict):
    """Neither DNI nor date of birth is known, so a lost paper could be used by anybody."""

    message = "Neither DNI nor date of birth of this person is entered. Enter one of them first: it is asked before the invitation works."


class NoMobileKnown(Conflict):
    """An SMS needs a number."""

    message = "No mobile number of this person is entered. Enter it first, or print the invitation on paper."


class InvitationUnknown(NotFound):
    """No invitation has this link or code."""

    message = "This invitation is not known. Check every letter, or ask your office for a new one."


class InvitationExpired(Forbidden):
    """Its days are over."""

    message = "This invitation has run out: it was good for seven days. Ask your office for a new one."


class InvitationUsed(Forbidden):
    """It was used before."""

    message = "This invitation was used already. If that was not you, tell your office today; otherwise sign in."


class InvitationRevoked(Forbidden):
    """A newer one took its place, or the office took it back."""

    message = "This invitation was taken back, or a newer one took its place. Use the newest one, or ask your office."


class InvitationSpent(Forbidden):
    """The question was answered wrongly too often."""

    message = "The question was answered wrongly five times, so this invitation is void. Ask your office for a new one."


class WrongInvitationAnswer(Forbidden):
    """The answer does not belong to the invited person."""

    message = "That does not fit the person who is invited. Look at the identity card and try again; after five times the invitation is void."


class MistypedInvitation(Rejected):
    """The check character does not fit: a slip of the hand, told before anything is asked of the database."""

    message = "A letter of this code is mistyped. Compare it with the paper, letter by letter."


class UserNameNeeded(Rejected):
    """A first sign-in needs a name."""

    message = "Choose a user name: 3 to 40 small letters, digits, points or hyphens."


class TooManyInvitationTries(Forbidden):
    """Too many codes from one network address."""

    message = "Too many invitations were tried from this network. Wait an hour, or ask your office."


def new_token() -> str:
    """256 random bits as 43 characters for a link."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """75 random bits as 15 characters, and a check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))
    return body + check_character(body)


def check_character(body: str) -> str:
    """The check character (Luhn mod 32): tells every single wrong character, and nearly every pair that was swapped."""
    total = 0
    for place, character in enumerate(reversed(body)):
        value = ALPHABET.index(character) * (2 if place % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def written(code: str) -> str:
    """A code as on paper: four groups of four."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def read_code(typed: str) -> str:
    """The code as typed, with hyphens and spaces or without, O for 0 and I or L for 1 forgiven. Raises ``MistypedInvitation``."""
    plain = re.sub(r"[\s-]", "", typed.upper()).translate(str.maketrans("OIL", "011"))
    if len(plain) != _RANDOM + 1 or not set(plain) <= set(ALPHABET) or check_character(plain[:-1]) != plain[-1]:
        raise MistypedInvitation("code")
    return plain


def hash_key(key: str) -> bytes:
    """What is kept of a link's token or a code: both are random beyond guessing, so a plain SHA-256 is enough."""
    return hashlib.sha256(key.encode()).digest()


def read_key(key: str) -> str:
    """A link's token or a code. Raises ``InvitationUnknown``."""
    if _KEY.fullmatch(key):
        return key
    try:
        return read_code(key)
    except MistypedInvitation as slip:
        raise InvitationUnknown from slip


def guard_of(person: Person) -> Guard:
    """What the person will be asked. Raises ``NothingToAsk``."""
    if person.dni:
        return "dni"
    if person.birth_date:
        return "birth_date"
    raise NothingToAsk


def is_answered(person: Person, answer: str) -> bool:
    """Whether an answer fits the person."""
    if guard_of(person) == "dni":
        return person.dni is not None and answer.strip() == person.dni[-4:]
    try:
        return date.fromisoformat(answer.strip()) == person.birth_date
    except ValueError:
        return False


def require_another(actor: Actor, person: Person) -> None:
    """Raises ``OwnInvitation``."""
    if actor.person_id == person.id:
        raise OwnInvitation


def state_of(invitation: Invitation, moment: datetime) -> InvitationState:
    """How an invitation stands at a moment: what ended it first is what is said."""
    if invitation.used_at is not None:
        return InvitationState.USED
    if invitation.revoked_at is not None:
        return InvitationState.REVOKED
    if invitation.attempts >= MOST_ATTEMPTS:
        return InvitationState.SPENT
    return InvitationState.OPEN if moment < invitation.expires_at else InvitationState.EXPIRED


def require_open(invitation: Invitation | None, moment: datetime) -> Invitation:
    """An invitation that may still be used.

    Raises ``InvitationUnknown``, ``InvitationUsed``, ``InvitationRevoked``, ``InvitationSpent``, ``InvitationExpired``.
    """
    if invitation is None:
        raise InvitationUnknown
    state = state_of(invitation, moment)
    if state != InvitationState.OPEN:
        raise _CLOSED[state]
    return invitation


_CLOSED: dict[InvitationState, type[Forbidden]] = {
    InvitationState.USED: InvitationUsed,
    InvitationState.REVOKED: InvitationRevoked,
    InvitationState.SPENT: InvitationSpent,
    InvitationState.EXPIRED: InvitationExpired,
}
