"""Setting the majority, recording votes, and correcting a ballot that was entered wrongly."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.applications.models import Application
from service.contests.numbers import exact
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.deliberation import rules, store, vote_rules, vote_store
from service.deliberation.attendance import members_on
from service.deliberation.models import Capacity, CommitteeSession
from service.deliberation.shapes import BallotIn, CorrectionIn, MajorityIn, VoteIn
from service.deliberation.vote_models import Ballot, Choice, Dissent, MajorityRule, Motion, Vote, VoteMatter
from service.deliberation.vote_queries import majority_of
from service.deliberation.vote_rules import Majority
from service.people.models import Position
from service.record import usecases as record
from service.scoring import usecases as scoring
from service.scoring.conflicts import Applicant
from service.scoring.recusals import find_among


async def set_majority(session: Session, actor: Actor, session_id: UUID, given: MajorityIn) -> MajorityRule:
    """Set what a session asks of votes on a matter, before its tally; an earlier rule is kept and no longer counts.

    Without one, more than half of the votes cast carry a motion. Raises ``NotFound``, ``MissingRole``, ``MajorityFixed``,
    ``BadMajority``.
    """
    row = await store.lock(session, CommitteeSession, session_id)
    actor.require(Act.LEAD_SESSION, row.office_id)
    vote_rules.require_before_tally(row.status)
    majority = vote_rules.read_majority(given.at_least, strict=given.strict, base=given.base, casting=given.casting)
    earlier = (await vote_store.majority_rules(session, session_id)).get(given.matter)
    rule = MajorityRule(
        session_id=session_id,
        version=earlier.version + 1 if earlier else 1,
        set_by=actor.person_id,
        set_at=await clock.now(session),
        **{**given.model_dump(), "at_least": exact(majority.at_least)},
    )
    session.add(rule)
    await session.flush()
    await record.append(session, actor, "majority.set", f"session:{session_id}", given.model_dump(mode="json"))
    return rule


async def record_vote(session: Session, actor: Actor, session_id: UUID, given: VoteIn) -> Ballot:
    """Record how the members present voted on a motion or on an application of the session.

    Who is recused from the application takes no part and is out of its quorum; ties of members without a seat to the applicant are
    looked up first. Amounts and deferrals wait for the announcement: a vote on them would show the result, and outlive a tally that
    is done again. Raises ``NotFound``, ``MissingRole``, ``NotVoting``, ``NotAnnouncedYet``, ``NoQuorum``, ``NotInSession``, and
    what ``vote_rules`` raises on the item and on the votes.
    """
    row = await store.lock(session, CommitteeSession, session_id)
    actor.require(Act.LEAD_SESSION, row.office_id)
    vote_rules.require_voting(row.status)
    if given.matter != VoteMatter.MOTION:
        vote_rules.require_announced(row.status)
    application = await _item(session, row, given.application_id)
    vote_rules.require_item(given.matter, application, given.amount)
    if application and given.amount is not None:
        vote_rules.require_amount(given.amount, application.requested)
    motion = Motion(
        session_id=session_id,
        number=await vote_store.last_number(session, session_id) + 1,
        matter=given.matter,
        title=given.title,
        application_id=given.application_id,
        amount=given.amount,
        put_at=await clock.now(session),
        put_by=actor.person_id,
    )
    rule = (await vote_store.majority_rules(session, session_id)).get(given.matter)
    majority = majority_of(rule) if rule else Majority()
    return await _count(session, actor, motion, await _electorate(session, actor, row, application), majority, given)


async def correct_vote(session: Session, actor: Actor, motion_id: UUID, given: CorrectionIn) -> Ballot:
    """Record the right votes of a ballot that was entered wrongly: a further ballot by the same majority; both are kept.

    An act that rested on the motion stands only if it is still carried. Raises ``NotFound``, ``MissingRole``, ``NotVoting``,
    ``NoQuorum``, and what ``vote_rules`` raises on the votes.
    """
    motion = await store.fetch(session, Motion, motion_id)
    row = await store.lock(session, CommitteeSession, motion.session_id)
    actor.require(Act.LEAD_SESSION, row.office_id)
    vote_rules.require_voting(row.status)
    wrong = (await vote_store.ballots_of(session, [motion_id]))[-1]
    application = await session.get(Application, motion.application_id) if motion.application_id else None
    who = await _electorate(session, actor, row, application, motion.put_at)
    return await _count(session, actor, motion, who, majority_of(wrong), given, wrong)


@dataclass(frozen=True, slots=True)
class _Electorate:
    """Who may vote on an item: the members here, as what; the appointed and the recused; names by person."""

    here: Mapping[UUID, Capacity]
    appointed: Mapping[UUID, Position]
    recused: frozenset[UUID]
    names: Mapping[UUID, str]


async def _item(session: Session, row: CommitteeSession, application_id: UUID | None) -> Application | None:
    """The application that is voted on, of a contest of the session. Raises ``NotInSession``."""
    if application_id is None:
        return None
    application = await session.get(Application, application_id)
    contests = {contest.id for contest in await store.contests_of(session, row.id)}
    if application is None or application.contest_id not in contests:
        raise rules.NotInSession("application_id")
    return application


async def _count(
    session: Session,
    actor: Actor,
    motion: Motion,
    who: _Electorate,
    majority: Majority,
    given: BallotIn,
    wrong: Ballot | None = None,
) -> Ballot:
    """Check the votes on a motion, count and keep them; ``wrong`` is the ballot that they correct."""
    rules.require_quorum(rules.count_quorum(who.appointed, who.here))
    taking_part = who.appointed.keys() - who.recused
    vote_rules.require_item_quorum(len(taking_part), len(taking_part & who.here.keys()))
    pairs = [(person, choice) for choice in Choice for person in getattr(given, choice.value)]
    choices = vote_rules.require_voters(pairs, who.here, who.recused, who.names)
    vote_rules.require_dissent((each.person_id for each in given.dissents), choices, who.names)
    chair = next((choice for person, choice in choices.items() if who.here[person] == Capacity.CHAIR), None)
    count = vote_rules.count_votes(choices.values(), len(taking_part), chair)
    ballot = Ballot(
        motion_id=motion.id,
        attempt=wrong.attempt + 1 if wrong else 1,
        at=await clock.now(session),
        recorded_by=actor.person_id,
        reason=given.reason if isinstance(given, CorrectionIn) else None,
        at_least=exact(majority.at_least),
        strict=majority.strict,
        base=majority.base,
        casting=majority.casting,
        appointed=count.appointed,
        carried=vote_rules.is_carried(majority, count),
    )
    session.add(motion)
    await session.flush()
    session.add(ballot)
    await session.flush()
    session.add_all(
        Vote(ballot_id=ballot.id, person_id=person, capacity=who.here[person], choice=choice)
        for person, choice in choices.items()
    )
    await session.flush()
    session.add_all(Dissent(ballot_id=ballot.id, **each.model_dump()) for each in given.dissents)
    await session.flush()
    payload = {"motion_id": str(motion.id), "carried": ballot.carried, **given.model_dump(mode="json")}
    await record.append(session, actor, "vote.corrected" if wrong else "vote.recorded", f"ballot:{ballot.id}", payload)
    return ballot


async def _electorate(
    session: Session, actor: Actor, row: CommitteeSession, application: Application | None, then: datetime | None = None
) -> _Electorate:
    """Who may vote on an item now; or, for a correction, who might ``then``."""
    day = then.astimezone(clock.PERU).date() if then else await clock.today(session)
    members = await members_on(session, row, day)
    attendance = await store.attendance(session, row.id)
    came = [each for each, _ in attendance]
    present = rules.here_at(came, then) if then else [each for each in came if each.left_at is None]
    recused: set[UUID] = set()
    if application is not None:
        await _find_ties(session, actor, application, set(members))
        rows = await vote_store.recused_from(session, row.id, [application.id])
        recused = {each.person_id for each in rows if each.at is None or then is None or each.at <= then}
    people = [person for _, person in [*attendance, *members.values()]]
    return _Electorate(
        here={each.person_id: each.capacity for each in present if each.person_id in members},
        appointed={key: appointment.position for key, (appointment, _) in members.items()},
        recused=frozenset(recused),
        names={person.id: person.name for person in people},
    )


async def _find_ties(session: Session, actor: Actor, application: Application, members: set[UUID]) -> None:
    """Recuse members without a seat whom the system ties to the applicant; for jurors that was done when the stages opened.

    A seated juror is not looked at again: a recusal after the tally would change what the announced result rests on.
    """
    seated = {seat.person_id for seat in await scoring.list_seats(session, actor, application.contest_id)}
    applicant = Applicant(application.id, application.group_id, application.family_id)
    await find_among(session, actor, members - seated, [applicant])
