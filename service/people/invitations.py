"""Invitations to sign in: by a one-time link in an SMS, or on paper for who has neither e-mail nor a phone.

An officer never chooses, and never learns, another person's password (OWASP ASVS 5.0, 6.4.6): the officer sends an invitation, and the
person chooses. The link is shown to the issuer once, in print or not at all; the database holds its hash. It works once, for seven days,
until a newer one is issued or it is taken back, and only for who answers a question from the person's identity card, five times at most:
a paper that was lost on the road opens nothing.

Who has a user name already gets a *recovery*: a new password under the same name. It touches no second factor and signs nobody in, so it is
worth nothing to who holds the paper but not the person's phone or passkey; to reset those as well needs a second officer, elsewhere.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.core import clock, throttle
from service.core.actor import Actor
from service.core.db import Session, Sessions
from service.core.errors import NotFound
from service.core.settings import load
from service.documents.papers import SlipKind
from service.documents.usecases import draw_slip
from service.messages import usecases as messages
from service.messages.models import MessageKind
from service.messages.rules import SmsOff, TooManyMessages
from service.people import invitation_rules as rules
from service.people import invitation_store, signing_in, store
from service.people.invitation_models import Invitation, InvitationPurpose, InvitationWay
from service.people.letterheads import letterhead
from service.people.models import Person
from service.people.rules import require_may_see_sign_in, require_may_set_sign_in, require_other_than_lockers
from service.people.shapes import AcceptIn, InviteIn, PaperIn, SignInIn
from service.record import usecases as record

MESSAGE = {InvitationPurpose.INVITE: MessageKind.INVITATION, InvitationPurpose.RECOVER: MessageKind.RECOVERY}


@dataclass(frozen=True)
class Issued:
    """A new invitation, with its secrets for whoever prints it: shown this once. By SMS nobody here sees them."""

    invitation: Invitation
    person: str
    token: str = ""
    code: str = ""

    @property
    def link(self) -> str:
        """The address that the person opens."""
        return link_of(self.token) if self.token else ""


@dataclass(frozen=True)
class Opened:
    """What an invitation shows to who holds it."""

    name: str
    purpose: InvitationPurpose
    guard: rules.Guard
    expires_at: datetime


def link_of(token: str) -> str:
    """The address of an invitation."""
    return f"{load().public_url}/invitations/{token}"


async def invite(session: Session, actor: Actor, person_id: UUID, given: InviteIn) -> Issued:
    """Invite a person to choose how they sign in, or, where they have a user name, a new password; earlier invitations end.

    Raises ``NotFound``, ``MissingRole``, ``StepUpNeeded``, ``OnlySystemMay``, ``OwnInvitation``, ``NothingToAsk``, ``NoMobileKnown`` and
    what ``messages.enqueue`` raises.
    """
    person = await store.lock(session, Person, person_id)
    rules.require_another(actor, person)
    await _require_may_set(session, actor, person_id)
    rules.guard_of(person)
    if given.way == InvitationWay.SMS and not person.mobile:
        raise rules.NoMobileKnown
    await _end_live(session, person_id)
    is_known = await invitation_store.credential_of(session, person_id) is not None
    token, now = rules.new_token(), await clock.now(session)
    code = rules.new_code() if given.way == InvitationWay.PAPER else ""
    row = Invitation(
        person_id=person_id,
        purpose=InvitationPurpose.RECOVER if is_known else InvitationPurpose.INVITE,
        way=given.way,
        token_hash=rules.hash_key(token),
        code_hash=rules.hash_key(code) if code else None,
        issued_by=actor.person_id,
        at=now,
        expires_at=now + rules.LASTS,
    )
    session.add(row)
    await session.flush()
    payload = {"invitation_id": str(row.id), "purpose": row.purpose.value, "way": row.way.value}
    await record.append(session, actor, "invitation.issued", f"person:{person_id}", payload)
    if given.way == InvitationWay.PAPER:
        return Issued(row, person.name, token, rules.written(code))
    values = {
        "name": person.given_names,
        "link": link_of(token),
        "until": f"{row.expires_at.astimezone(clock.PERU):%d.%m.%Y %H:%M}",
    }
    await messages.enqueue(
        session,
        MESSAGE[row.purpose],
        f"person:{person_id}",
        f"+51{person.mobile}",
        values,
        row.expires_at,
        given.language,
    )
    return Issued(row, person.name)


async def draw_invitation(session: Session, actor: Actor, given: PaperIn) -> bytes:
    """The paper of an open invitation, for who issued it and still holds its link and code; it is not kept.

    Raises what ``require_open`` raises, and ``InvitationUnknown`` for anybody else.
    """
    row = await invitation_store.with_key(session, rules.hash_key(given.token))
    invitation = rules.require_open(row, await clock.now(session))
    code = rules.read_code(given.code)
    if invitation.issued_by != actor.person_id or invitation.code_hash != rules.hash_key(code):
        raise rules.InvitationUnknown
    person = await store.fetch(session, Person, invitation.person_id)
    office_id = await invitation_store.office_for(session, person.id)
    if office_id is None:
        raise NotFound
    data = {
        "letterhead": await letterhead(session, office_id),
        "number": invitation.id.hex[-8:].upper(),
        "issued_at": f"{invitation.at:%Y-%m-%dT%H:%M:%SZ}",
        "purpose": invitation.purpose.value,
        "name": person.name,
        "guard": rules.guard_of(person),
        "link": link_of(given.token),
        "code": rules.written(code),
        "address": f"{load().public_url}/invitations".partition("://")[2],
        "until": f"{invitation.expires_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    return await draw_slip(SlipKind.INVITATION, data)


async def revoke_invitation(session: Session, actor: Actor, person_id: UUID) -> None:
    """Take a person's invitation back. Raises ``MissingRole``, ``StepUpNeeded``, ``OnlySystemMay``, ``NotFound``."""
    await store.lock(session, Person, person_id)
    await _require_may_set(session, actor, person_id)
    ended = await _end_live(session, person_id)
    if ended is None:
        raise NotFound
    await record.append(session, actor, "invitation.revoked", f"person:{person_id}", {"invitation_id": str(ended.id)})


async def list_invitations(session: Session, actor: Actor, person_id: UUID) -> Sequence[tuple[Invitation, Person]]:
    """A person's newest invitations with who issued them. Raises ``MissingRole``, ``OnlySystemMay``."""
    held = await store.grants_on(session, person_id, await clock.today(session))
    require_may_see_sign_in(actor, person_id, [grant.role for grant in held])
    return await invitation_store.of_person(session, person_id, 20)


async def count_try(sessions: Sessions, address: str) -> None:
    """Count a code typed, or an invitation used, from a network address. Raises ``TooManyInvitationTries``."""
    spent = await throttle.hit(sessions, f"invitation:address:{address}", rules.MOST_TRIES, rules.TRIES_WINDOW)
    if spent.is_spent:
        raise rules.TooManyInvitationTries


async def open_invitation(session: Session, key: str) -> Opened:
    """What the holder of a link or a code may know; nothing changes. Raises what ``require_open`` raises."""
    row = await invitation_store.with_key(session, rules.hash_key(rules.read_key(key)))
    invitation = rules.require_open(row, await clock.now(session))
    person = await store.fetch(session, Person, invitation.person_id)
    return Opened(person.name, invitation.purpose, rules.guard_of(person), invitation.expires_at)


async def accept_invitation(session: Session, given: AcceptIn) -> str | None:
    """Choose how to sign in with an invitation: the user name, or None where the answer is wrong, which counts.

    Returned, not raised: a refusal would take the count back with it. Nobody is signed in by this. Raises what ``require_open`` raises,
    ``UserNameNeeded``, and what a new password and user name are refused for.
    """
    key_hash = rules.hash_key(rules.read_key(given.key))
    invitation = rules.require_open(await invitation_store.with_key(session, key_hash, lock=True), await clock.now(session))
    person = await store.lock(session, Person, invitation.person_id)
    actor = Actor(person.id, person.name, via=f"invitation:{invitation.id}")
    if not rules.is_answered(person, given.answer):
        invitation.attempts += 1
        await session.flush()
        payload = {"invitation_id": str(invitation.id), "attempts": invitation.attempts}
        await record.append(session, actor, "invitation.wrong_answer", f"person:{person.id}", payload)
        return None
    known = await invitation_store.credential_of(session, person.id)
    user_name = known.user_name if known else given.user_name
    if user_name is None:
        raise rules.UserNameNeeded("user_name")
    invitation.used_at = await clock.now(session)
    await session.flush()
    await record.append(session, actor, "invitation.used", f"person:{person.id}", {"invitation_id": str(invitation.id)})
    await signing_in.set_own(session, actor, SignInIn(user_name=user_name, password=given.password))
    if known and person.mobile:
        await _tell(session, person)
    return user_name


async def _tell(session: Session, person: Person) -> None:
    """Tell a person's phone that the password changed; where that cannot be sent, the change stands."""
    now = await clock.now(session)
    values = {"name": person.given_names, "day": f"{now.astimezone(clock.PERU):%d.%m.%Y %H:%M}"}
    # Whoever would use up the day's messages to silence this one has sent the person five others first.
    with suppress(SmsOff, TooManyMessages):
        await messages.enqueue(
            session,
            MessageKind.SIGN_IN_CHANGED,
            f"person:{person.id}",
            f"+51{person.mobile}",
            values,
            now + rules.LASTS,
        )


async def _require_may_set(session: Session, actor: Actor, person_id: UUID) -> None:
    held = await store.grants_on(session, person_id, await clock.today(session))
    require_may_set_sign_in(actor, person_id, [grant.role for grant in held])
    known = await invitation_store.credential_of(session, person_id)
    require_other_than_lockers(actor, known.locked_by if known else None)


async def _end_live(session: Session, person_id: UUID) -> Invitation | None:
    """End the invitation that a person has, and take back the SMS if it still waits."""
    row = await invitation_store.live(session, person_id)
    if row is not None:
        row.revoked_at = await clock.now(session)
        await session.flush()
        await messages.drop_waiting(session, f"person:{person_id}")
    return row
