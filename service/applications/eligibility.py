"""What is done with the papers of applications: examining them, returning them, deciding on them."""

from uuid import UUID

from service.applications import eligibility_rules, rules, store
from service.applications.confirmation import awaited_until
from service.applications.eligibility_rules import Examination, Facts, Member
from service.applications.models import Application, ApplicationStatus, EligibilityDecision
from service.applications.rules import Action
from service.applications.shapes import EligibilityIn, ReturnIn
from service.contests.models import Call, Contest
from service.contests.usecases import contest_with_call
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import NotFound
from service.core.machine import advance
from service.people.group_rules import signing_seats
from service.people.group_usecases import families_of, get_group, list_mandates
from service.people.models import Person
from service.people.rules import overlap
from service.record import usecases as record


async def check_eligibility(session: Session, actor: Actor, application_id: UUID) -> Examination:
    """What would be found today, for the office. Raises ``NotFound``."""
    application = await store.application(session, application_id)
    contest, call = await contest_with_call(session, application.contest_id)
    if not actor.may(Act.READ_APPLICATION, call.office_id):
        raise NotFound
    return await _examine(session, actor, application, contest, call)


async def return_application(session: Session, actor: Actor, application_id: UUID, given: ReturnIn) -> Application:
    """Give an application back for correction until a date. Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``DeadlinePast``."""
    application = await store.application_for_update(session, application_id)
    contest, call = await contest_with_call(session, application.contest_id)
    actor.require(Act.RETURN_APPLICATION, call.office_id)
    status = advance(rules.LIFE, application.status, Action.RETURN)
    eligibility_rules.require_future(given.correct_until, await clock.now(session))
    found = await _examine(session, actor, application, contest, call)
    application.status, application.correct_until = status, given.correct_until
    await _decide(session, actor, application, given.note, eligibility_rules.reasons_of(found, None))
    return application


async def decide_eligibility(session: Session, actor: Actor, application_id: UUID, given: EligibilityIn) -> EligibilityDecision:
    """Decide whether an application takes part; what is found today is written down as its reasons.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``; ``NotYetEligible`` where something shuts the door; ``NoteMissing``.
    """
    application = await store.application_for_update(session, application_id)
    contest, call = await contest_with_call(session, application.contest_id)
    actor.require(Act.DECIDE_ELIGIBILITY, call.office_id)
    action = Action.DECLARE_ELIGIBLE if given.eligible else Action.DECLARE_INELIGIBLE
    status = advance(rules.LIFE, application.status, action)
    found = await _examine(session, actor, application, contest, call)
    eligibility_rules.require_decidable(found, given.eligible, given.note)
    application.status = status
    reasons = eligibility_rules.reasons_of(found, given.tasks_until)
    return await _decide(session, actor, application, given.note, reasons)


async def _decide(
    session: Session, actor: Actor, application: Application, note: str, reasons: list[str]
) -> EligibilityDecision:
    decision = EligibilityDecision(
        application_id=application.id,
        outcome=application.status,
        reasons=reasons,
        note=note,
        at=await clock.now(session),
        decided_by=actor.person_id,
    )
    session.add(decision)
    await session.flush()
    until = application.correct_until if application.status == ApplicationStatus.RETURNED else None
    payload = {"reasons": reasons, "note": note, "correct_until": until.isoformat() if until else None}
    await record.append(session, actor, f"application.{application.status}", f"application:{application.id}", payload)
    return decision


async def _examine(session: Session, actor: Actor, application: Application, contest: Contest, call: Call) -> Examination:
    """The reasons found today. A family stands under its community's papers, and has none of its own."""
    if application.family_id is not None:
        return Examination()
    group = await get_group(session, actor, application.group_id)
    today = await clock.today(session)
    mandates = await list_mandates(session, actor, group.id)
    board = [(row.role, person) for row, person in mandates if overlap(row.since, row.until, today, today)]
    families = await families_of(session, group.id)
    facts = Facts(
        plan_type=contest.plan_type,
        papers=await store.paper_kinds(session, application.id),
        registration=group.registration,
        seats_due=signing_seats(group.kind),
        seats_held=frozenset(role for role, _ in board),
        seats_lapsed=frozenset(row.role for row, _ in mandates if row.until < today),
        board=tuple(_member(person) for _, person in board),
        roll=tuple(_member(person) for family in families for _, person in family.members),
        closes_on=call.closes_at.astimezone(clock.PERU).date(),
        confirm_by=await awaited_until(session, application),
    )
    return eligibility_rules.examine(facts)


def _member(person: Person) -> Member:
    return Member(person.id, person.birth_date, person.dni is not None)
