"""Filing appeals, taking them back, naming who hears them, giving opinions and ruling."""

from uuid import UUID

from service.applications.models import Application, Paper
from service.contests.terms import terms_of
from service.contests.usecases import contest_locked, rules_in_force
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act, Relation
from service.core.db import Session, refusing
from service.core.machine import advance
from service.core.texts import Reason
from service.deliberation import appeal_rules, appeal_store, run_store, store
from service.deliberation.appeal_models import (
    Appeal,
    AppealOpinion,
    AppealPanelist,
    AppealRuling,
    AppealStatus,
    AppealWithdrawal,
)
from service.deliberation.appeal_rules import APPEAL_LIFE, AppealAction
from service.deliberation.appeal_shapes import AppealIn, OpinionIn, PanelIn, RulingIn, WithdrawalIn
from service.deliberation.models import CommitteeSession, RankedApplication
from service.deliberation.remedies import name_remedies
from service.funding.models import ReservationStatus
from service.funding.usecases import find_reservation
from service.people.models import Person
from service.record import usecases as record
from service.scoring import usecases as scoring


async def file_appeal(session: Session, actor: Actor, application_id: UUID, given: AppealIn) -> Appeal:
    """Appeal what the announced result says of an application: its own people, or the promoter or the secretary for them.

    Raises ``NotFound``, ``NotTheApplicant``, ``NotInResult``, ``NoAppeals``, ``TooLate``, ``AppealStands``, ``AwardBound``,
    ``NotItsPaper``.
    """
    application, row = await _appealable(session, application_id)
    contest, call = await contest_locked(session, application.contest_id)
    today = await clock.today(session)
    own = await appeal_store.is_of_applicant(session, application_id, actor.person_id, today)
    if not actor.may(Act.FILE_APPEAL, call.office_id, None, {Relation.APPLICANT} if own else ()):
        raise appeal_rules.NotTheApplicant
    run = (await run_store.announced_runs(session, [contest.id]))[contest.id]
    announced = await appeal_store.announced_anew(session, contest.id, application_id)
    assert announced is not None, "an announced run has its announcement"
    days = terms_of(await rules_in_force(session, contest.id)).appeal_days
    appeal_rules.require_in_time(appeal_rules.last_day(announced, days), today)
    earlier = await appeal_store.appeals_of(session, application_id)
    if any(
        each.status in appeal_rules.OPEN or (each.run_id == run.id and each.status != AppealStatus.WITHDRAWN)
        for each in earlier
    ):
        raise appeal_rules.AppealStands
    await _require_unbound(session, application_id)
    paper = await session.get(Paper, given.paper_id) if given.paper_id else None
    if given.paper_id and (paper is None or paper.application_id != application_id):
        raise appeal_rules.NotItsPaper("paper_id")
    appeal = Appeal(
        application_id=application_id,
        contest_id=contest.id,
        run_id=run.id,
        filed_at=await clock.now(session),
        filed_by=actor.person_id,
        **given.model_dump(),
    )
    async with refusing(session, {"uq_appeal_standing": appeal_rules.AppealStands, "RY102": appeal_rules.NotInResult}):
        session.add(appeal)
    payload = {"appeal_id": str(appeal.id), "run_id": str(run.id), "session_id": str(row.id), **given.model_dump(mode="json")}
    await record.append(session, actor, "appeal.filed", f"application:{application_id}", payload)
    return appeal


async def withdraw_appeal(session: Session, actor: Actor, appeal_id: UUID, given: WithdrawalIn) -> Appeal:
    """Take an appeal back before its panel is named: whoever may file it. Raises ``NotFound``, ``NotTheApplicant``, ``WrongState``."""
    appeal, office_id = await locked_appeal(session, appeal_id)
    own = await appeal_store.is_of_applicant(session, appeal.application_id, actor.person_id, await clock.today(session))
    if not actor.may(Act.FILE_APPEAL, office_id, None, {Relation.APPLICANT} if own else ()):
        raise appeal_rules.NotTheApplicant
    status = advance(APPEAL_LIFE, appeal.status, AppealAction.WITHDRAW)
    now = await clock.now(session)
    session.add(AppealWithdrawal(appeal_id=appeal_id, reason=given.reason, at=now, withdrawn_by=actor.person_id))
    await session.flush()
    appeal.status = status
    await session.flush()
    await record.append(session, actor, "appeal.withdrawn", f"appeal:{appeal_id}", given.model_dump())
    return appeal


async def name_panel(session: Session, actor: Actor, appeal_id: UUID, given: PanelIn) -> Appeal:
    """Name who hears an appeal: three persons or a larger odd number, without a part in what is appealed or a tie to the applicant.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``PanelNotOdd``, ``NotFree``.
    """
    appeal, office_id = await locked_appeal(session, appeal_id)
    actor.require(Act.NAME_PANEL, office_id)
    status = advance(APPEAL_LIFE, appeal.status, AppealAction.NAME_PANEL)
    named = list(dict.fromkeys(given.person_ids))
    appeal_rules.require_panel(named)
    people = [await store.fetch(session, Person, person_id) for person_id in named]
    reasons = await _reasons_against(session, appeal, named)
    for person in people:
        if reasons[person.id]:
            raise appeal_rules.NotFree("person_ids", name=person.name, reasons=tuple(map(Reason, reasons[person.id])))
    now = await clock.now(session)
    panel = [AppealPanelist(appeal_id=appeal_id, person_id=each, at=now, named_by=actor.person_id) for each in named]
    somebody = appeal_rules.NotFree("person_ids", name=", ".join(person.name for person in people), reasons=())
    async with refusing(session, {"RY103": somebody}):
        session.add_all(panel)
    appeal.status = status
    await session.flush()
    payload = {"person_ids": [str(each) for each in named]}
    await record.append(session, actor, "appeal.panel_named", f"appeal:{appeal_id}", payload)
    return appeal


async def give_opinion(session: Session, actor: Actor, appeal_id: UUID, given: OpinionIn) -> AppealOpinion:
    """A panel member's own opinion, signed by being signed in; it is never changed.

    Raises ``NotFound``, ``NotOnThePanel``, ``WrongState``, ``OpinionGiven``.
    """
    appeal, _ = await locked_appeal(session, appeal_id)
    if actor.person_id not in await appeal_store.panel_of(session, appeal_id):
        raise appeal_rules.NotOnThePanel
    advance(APPEAL_LIFE, appeal.status, AppealAction.UPHOLD)  # an appeal that can be ruled on
    if actor.person_id in await appeal_store.opinions_on(session, appeal_id):
        raise appeal_rules.OpinionGiven
    opinion = AppealOpinion(appeal_id=appeal_id, person_id=actor.person_id, at=await clock.now(session), **given.model_dump())
    async with refusing(session, {"pk_appeal_opinion": appeal_rules.OpinionGiven}):
        session.add(opinion)
    await record.append(session, actor, "appeal.opinion_given", f"appeal:{appeal_id}", given.model_dump())
    return opinion


async def rule_on_appeal(session: Session, actor: Actor, appeal_id: UUID, given: RulingIn) -> AppealRuling:
    """Write what the majority of the whole panel rules, and name what may be corrected where it upholds.

    Raises ``NotFound``, ``NotOnThePanel``, ``WrongState``, ``OpinionsMissing``, ``NotOfTheMajority``, and what
    ``appeal_rules.require_remedies`` and ``remedies.name_remedies`` raise.
    """
    appeal, _ = await locked_appeal(session, appeal_id)
    panel = {person_id: person.name for person_id, person in (await appeal_store.panel_of(session, appeal_id)).items()}
    opinions = {key: each.uphold for key, each in (await appeal_store.opinions_on(session, appeal_id)).items()}
    upheld = appeal_rules.require_ruling(actor.person_id, panel, opinions)
    status = advance(APPEAL_LIFE, appeal.status, AppealAction.UPHOLD if upheld else AppealAction.REJECT)
    appeal_rules.require_remedies(upheld, given.remedies)
    ruling = AppealRuling(
        appeal_id=appeal_id, upheld=upheld, reason=given.reason, at=await clock.now(session), ruled_by=actor.person_id
    )
    session.add(ruling)
    await session.flush()
    await name_remedies(session, actor, appeal, ruling, given.remedies)
    appeal.status = status
    await session.flush()
    payload = {"upheld": upheld, **given.model_dump(mode="json")}
    await record.append(session, actor, "appeal.ruled", f"appeal:{appeal_id}", payload)
    return ruling


async def locked_appeal(session: Session, appeal_id: UUID) -> tuple[Appeal, UUID]:
    """An appeal and its office; its session is locked, so that nothing is closed meanwhile. Raises ``NotFound``."""
    appeal = await store.fetch(session, Appeal, appeal_id)
    row = await store.session_of_contest(session, appeal.contest_id)
    assert row is not None, "what was announced has its session"
    await store.lock(session, CommitteeSession, row.id)
    return await store.lock(session, Appeal, appeal_id), row.office_id


async def _appealable(session: Session, application_id: UUID) -> tuple[Application, CommitteeSession]:
    """An application with a line in the announced result, locked after its session. Raises ``NotFound``, ``NotInResult``."""
    application = await store.fetch(session, Application, application_id)
    row = await store.session_of_contest(session, application.contest_id)
    run = (await run_store.announced_runs(session, [application.contest_id])).get(application.contest_id)
    line = await session.get(RankedApplication, (run.id, application_id)) if run else None
    if row is None or line is None or application.status == "withdrawn":
        raise appeal_rules.NotInResult
    await store.lock(session, CommitteeSession, row.id)
    return await store.lock(session, Application, application_id), row


async def _require_unbound(session: Session, application_id: UUID) -> None:
    award = await store.award_of(session, application_id)
    reservation = await find_reservation(session, f"award:{award.id}") if award else None
    if reservation is not None and reservation.status == ReservationStatus.COMMITTED:
        raise appeal_rules.AwardBound


async def _reasons_against(session: Session, appeal: Appeal, named: list[UUID]) -> dict[UUID, list[str]]:
    """Why each cannot hear the appeal, as codes: the part they had, and what ties them to the applicant."""
    application = await store.fetch(session, Application, appeal.application_id)
    found = {
        person: [tie.value for tie in ties] for person, ties in (await scoring.ties_to(session, named, application)).items()
    }
    for part in await appeal_store.parts_in(session, appeal):
        if part.person_id in found:
            found[part.person_id].append(part.part)
    return found
