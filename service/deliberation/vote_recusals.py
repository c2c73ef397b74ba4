"""Members who step out of the votes on an application, because a conflict of interest came up that neither panel nor system knew."""

from uuid import UUID

from service.applications.models import Application
from service.core import clock
from service.core.actor import Actor, MissingRole
from service.core.acts import Act, Relation
from service.core.db import Session, refusing
from service.core.errors import Conflict
from service.core.rights import holders
from service.deliberation import rules, store, vote_store
from service.deliberation.models import CommitteeSession, SessionStatus
from service.deliberation.shapes import VoteRecusalIn
from service.deliberation.vote_models import VoteRecusal
from service.people.models import Person
from service.record import usecases as record
from service.scoring import usecases as scoring

SITTING = tuple(status for status in rules.BEFORE_MINUTES if status != SessionStatus.CONVENED)
"""When a member steps out: while the session sits, before its minutes are closed."""


class NotSitting(Conflict):
    """The session has not been opened, or its minutes are closed."""

    message = "A conflict is declared while the session sits: from its opening until its minutes are closed."


class MemberNotPresent(Conflict):
    """Only who could vote steps out of a vote."""

    message = "Only a member of the committee who is present now steps out of a vote. Enter the arrival first."


class HasSteppedOut(Conflict):
    """The member is out of the votes on this application already."""

    message = "This member already takes no part in the votes on this application."


async def step_out(session: Session, actor: Actor, session_id: UUID, given: VoteRecusalIn) -> VoteRecusal:
    """Take a member present out of the votes on an application, and of their quorum, from now on: by the member, or the secretary.

    What was voted before stands, and so do the member's sheets. Raises ``NotFound``, ``MissingRole``, ``NotSitting``,
    ``NotInSession``, ``MemberNotPresent``, ``HasSteppedOut``.
    """
    row = await store.lock(session, CommitteeSession, session_id)
    here = await store.here(session, session_id, given.person_id)
    member = here is not None and here.capacity in rules.MEMBERS
    own = {Relation.MEMBER} if member and actor.person_id == given.person_id else ()
    if not actor.may(Act.STEP_OUT, row.office_id, None, own):
        raise MissingRole(roles=holders(Act.STEP_OUT))
    if row.status not in SITTING:
        raise NotSitting
    application = await session.get(Application, given.application_id)
    if application is None or application.contest_id not in {each.id for each in await store.contests_of(session, session_id)}:
        raise rules.NotInSession("application_id")
    if not member:
        raise MemberNotPresent("person_id")
    recused = {each.person_id for each in await scoring.list_recusals(session, [application.id])}
    before = await session.get(VoteRecusal, (application.id, given.person_id))
    if given.person_id in recused or before is not None:
        raise HasSteppedOut
    out = VoteRecusal(session_id=session_id, at=await clock.now(session), recorded_by=actor.person_id, **given.model_dump())
    async with refusing(session, {"pk_vote_recusal": HasSteppedOut, "RY118": MemberNotPresent}):
        session.add(out)
    payload = {"session_id": str(session_id), "person_id": str(given.person_id), "reason": given.reason}
    await record.append(session, actor, "vote.stepped_out", f"application:{application.id}", payload)
    return out


async def members_out(session: Session, session_id: UUID) -> list[tuple[VoteRecusal, Person]]:
    """The members who stepped out of votes of a session, in that order: for pages that have asked who may."""
    return await vote_store.stepped_out(session, session_id)
