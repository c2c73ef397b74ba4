"""What is done with applications: registering, budgeting, handing in papers, filing, withdrawing, settling.

Eligibility, attributes and reading have files of their own.
"""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

from service.applications import budget_rules, rules, store
from service.applications.answers import take_answers
from service.applications.attributes import record_poverty
from service.applications.confirmation import is_asked
from service.applications.models import Application, ApplicationStatus, BudgetLine, Paper, PaperKind, Proposal
from service.applications.rules import Action
from service.applications.shapes import ApplicationIn, BudgetIn, BudgetLineIn
from service.contests.book import parse
from service.contests.decision import PassMark
from service.contests.models import Contest, PublishedRuleBook
from service.contests.rules import require_phase
from service.contests.terms import terms_of
from service.contests.usecases import contest_with_call, require_filing_open, rules_in_force
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session, refusing, to_json
from service.core.machine import advance
from service.core.money import ZERO, show
from service.documents.usecases import store_file
from service.people.group_usecases import get_family, get_group
from service.record import usecases as record

_TAKEN = {"uq_application_live_group": rules.AlreadyApplies, "uq_application_live_family": rules.AlreadyApplies}


async def register_application(session: Session, actor: Actor, contest_id: UUID, given: ApplicationIn) -> Application:
    """Prepare a presentation of a plan to a contest for first requests that is announced or open.

    The budget may follow later; lines that are given must add up. Raises ``NotFound``, ``MissingRole``, ``SecondRequestOnly``,
    ``ContestIsDecided``, ``NotPublished``, ``PhaseClosed``, what ``rules.require_applicant`` and ``require_budget`` raise,
    ``TitleMissing``, ``OtherProposal``, ``NoTriesLeft``, ``ShortNameTaken``, ``AlreadyApplies``.
    """
    contest, call = await contest_with_call(session, contest_id)
    actor.require(Act.REGISTER_APPLICATION, call.office_id)
    require_phase(Act.REGISTER_APPLICATION, call, (await clock.now(session)).astimezone(clock.PERU))
    rules.require_first_request(contest)
    group = await get_group(session, actor, given.group_id)
    family = await get_family(session, given.family_id) if given.family_id else None
    rules.require_applicant(contest, call.office_id, group, family)
    if given.lines:
        budget_rules.require_budget(given, contest.applicant_kind)
    application = Application(
        proposal_id=(await _proposal(session, contest, given)).id,
        contest_id=contest_id,
        group_id=given.group_id,
        family_id=given.family_id,
        code=given.code,
        requested=given.requested,
        own_share=given.own_share,
    )
    await _require_try_left(session, application, contest, await rules_in_force(session, contest_id))
    async with refusing(session, {"uq_application_contest_id_code": rules.ShortNameTaken("code", code=given.code), **_TAKEN}):
        session.add(application)
    await store.replace_lines(session, application.id, _lines(application.id, given.lines))
    await record.append(
        session, actor, "application.registered", f"application:{application.id}", given.model_dump(mode="json")
    )
    return application


async def replace_budget(session: Session, actor: Actor, application_id: UUID, given: BudgetIn) -> Application:
    """Put a budget in place of the one there, with what is requested and offered.

    Raises ``NotFound``, ``MissingRole``, ``BudgetFixed`` and what ``require_budget`` raises.
    """
    application = await store.application_for_update(session, application_id)
    contest, call = await contest_with_call(session, application.contest_id)
    actor.require(Act.REPLACE_BUDGET, call.office_id)
    budget_rules.require_being_written(application.status)
    budget_rules.require_budget(given, contest.applicant_kind)
    application.requested, application.own_share = given.requested, given.own_share
    await store.replace_lines(session, application_id, _lines(application_id, given.lines))
    await record.append(session, actor, "application.budgeted", f"application:{application_id}", given.model_dump(mode="json"))
    return application


async def add_paper(session: Session, actor: Actor, application_id: UUID, kind: PaperKind, name: str, content: bytes) -> Paper:
    """Hand in a paper, a scan or a photograph, while the application is undecided.

    Raises ``NotFound``, ``MissingRole``, ``NoLongerOpen``, ``TooManyPapers`` and what ``documents.store_file`` raises.
    """
    application = await store.application_for_update(session, application_id)
    _, call = await contest_with_call(session, application.contest_id)
    actor.require(Act.ADD_PAPER, call.office_id)
    rules.require_undecided(application.status)
    rules.require_room(*await store.papers_weigh(session, application_id))
    file = await store_file(session, name, content)
    paper = Paper(
        application_id=application_id,
        kind=kind,
        file_id=file.id,
        at=await clock.now(session),
        added_by=actor.person_id,
    )
    session.add(paper)
    await session.flush()
    payload = {"paper_id": str(paper.id), "kind": kind.value, "sha256": file.sha256}
    await record.append(session, actor, "paper.added", f"application:{application_id}", payload)
    return paper


async def file_application(session: Session, actor: Actor, application_id: UUID) -> Application:
    """File an application: what it asks for is fixed from now on, and the time of the first filing stays.

    Filed by somebody who is not on the group's board, it is for the group to confirm.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``PhaseClosed``, ``CorrectionOver``, ``NothingRequested``,
    ``NoTriesLeft``, ``AnswerMissing`` and what ``require_budget`` raises.
    """
    application = await store.application_for_update(session, application_id)
    contest, call = await contest_with_call(session, application.contest_id)
    actor.require(Act.FILE_APPLICATION, call.office_id)
    status = advance(rules.LIFE, application.status, Action.FILE)
    now = await clock.now(session)
    rules.require_time_to_file(application, call, now.astimezone(clock.PERU))
    published = await rules_in_force(session, application.contest_id)
    book = parse(published.book)
    budget_rules.require_request(book, application.requested)
    budget = await _budget(session, application)
    budget_rules.require_budget(budget, contest.applicant_kind)
    await _require_try_left(session, application, contest, published)
    application.status = status
    application.filed_at, application.filed_by = application.filed_at or now, application.filed_by or actor.person_id
    application.must_confirm = application.must_confirm or await is_asked(session, actor, application)
    await session.flush()
    await record_poverty(session, actor, application, book)
    answers = await take_answers(session, actor, application, book)
    payload = {"contest_id": str(contest.id), "rules_sha256": published.sha256, **budget.model_dump(mode="json")}
    payload |= {"answers": answers} if answers else {}
    await record.append(session, actor, "application.filed", f"application:{application_id}", payload)
    return application


async def withdraw_application(session: Session, actor: Actor, application_id: UUID) -> Application:
    """Take an undecided application back. Raises ``NotFound``, ``MissingRole``, ``WrongState``."""
    application = await store.application_for_update(session, application_id)
    _, call = await contest_with_call(session, application.contest_id)
    actor.require(Act.WITHDRAW_APPLICATION, call.office_id)
    application.status = advance(rules.LIFE, application.status, Action.WITHDRAW)
    await session.flush()
    await record.append(session, actor, "application.withdrawn", f"application:{application_id}", {})
    return application


async def settle_outcome(session: Session, actor: Actor, application_id: UUID, outcome: ApplicationStatus) -> Application:
    """Write what the committee decided, for the area that signs the minutes. Raises ``NotFound``, ``WrongState``.

    ``outcome`` is approved, reserve, not approved, disqualified or deferred; ``KeyError`` otherwise.
    """
    application = await store.application_for_update(session, application_id)
    application.status = advance(rules.LIFE, application.status, rules.OUTCOMES[outcome])
    await session.flush()
    await record.append(session, actor, "application.settled", f"application:{application_id}", {"outcome": outcome.value})
    return application


async def revise_outcome(session: Session, actor: Actor, application_id: UUID, outcome: ApplicationStatus) -> Application:
    """Write what a result after an upheld appeal says, where it differs: for the area of the resolution. Raises ``WrongState``."""
    application = await store.application_for_update(session, application_id)
    if application.status == outcome:
        return application
    before, application.status = application.status, advance(rules.REVISION, application.status, rules.OUTCOMES[outcome])
    await session.flush()
    payload = {"before": before.value, "outcome": outcome.value}
    await record.append(session, actor, "application.revised", f"application:{application_id}", payload)
    return application


async def file_second_request(
    session: Session,
    actor: Actor,
    contest_id: UUID,
    parent_id: UUID,
    code: str,
    requested: Decimal,
    accounting: Mapping[str, object],
) -> Application:
    """File a request for the second tranche, for the area that keeps the accounts; it enters as eligible.

    ``accounting`` holds the amounts that the request rests on, as JSON values; the own share was counted with the first request
    and is 0.00 here. Raises ``NotFound``, ``NotPublished``, ``PhaseClosed``, what ``rules.require_second_request`` raises,
    ``NothingRequested``, ``NoTriesLeft``, ``ShortNameTaken``, ``AlreadyApplies``.
    """
    contest, _ = await contest_with_call(session, contest_id)
    await require_filing_open(session, contest)
    parent = await store.application_for_update(session, parent_id)
    first, _ = await contest_with_call(session, parent.contest_id)
    siblings = await store.second_requests(session, parent_id)
    rules.require_second_request(contest, parent, first, siblings)
    published = await rules_in_force(session, contest_id)
    book = parse(published.book)
    budget_rules.require_request(book, requested)
    rules.require_try_left(siblings, terms_of(published).tries)
    application = Application(
        proposal_id=parent.proposal_id,
        contest_id=contest_id,
        group_id=parent.group_id,
        code=code,
        requested=requested,
        own_share=ZERO,
        filed_at=await clock.now(session),
        filed_by=actor.person_id,
        status=ApplicationStatus.ELIGIBLE,
        parent_id=parent_id,
        accounting=json.loads(to_json(accounting)),
    )
    async with refusing(session, {"uq_application_contest_id_code": rules.ShortNameTaken("code", code=code), **_TAKEN}):
        session.add(application)
    await record_poverty(session, actor, application, book)
    payload = {"contest_id": str(contest_id), "parent_id": str(parent_id), "requested": show(requested)}
    snapshot = {"accounting": application.accounting, "rules_sha256": published.sha256}
    await record.append(session, actor, "application.filed", f"application:{application.id}", {**payload, **snapshot})
    return application


async def _proposal(session: Session, contest: Contest, given: ApplicationIn) -> Proposal:
    """The plan that is presented: one from before, or a new one."""
    if given.proposal_id is not None:
        known = await store.proposal(session, given.proposal_id)
        rules.require_own_proposal(known, given.group_id, contest.plan_type)
        return known
    if given.title is None:
        raise rules.TitleMissing("title")
    new = Proposal(group_id=given.group_id, plan_type=contest.plan_type, title=given.title, summary=given.summary)
    session.add(new)
    await session.flush()
    return new


async def _require_try_left(session: Session, application: Application, contest: Contest, published: PublishedRuleBook) -> None:
    """Plans may be presented so often; who competes for prizes may as often as there are contests. Raises ``NoTriesLeft``."""
    if not isinstance(parse(published.book).decision, PassMark):
        return
    await store.lock_applicant(session, application.group_id)
    before = await store.presentations(
        session, application.group_id, application.family_id, contest.plan_type, other_than=application.id
    )
    rules.require_try_left(before, terms_of(published).tries)


async def _budget(session: Session, application: Application) -> BudgetIn:
    lines = [BudgetLineIn.model_validate(line, from_attributes=True) for line in await store.lines_of(session, application.id)]
    return BudgetIn(requested=application.requested, own_share=application.own_share, lines=lines)


def _lines(application_id: UUID, given: Iterable[BudgetLineIn]) -> list[BudgetLine]:
    return [
        BudgetLine(application_id=application_id, position=position, **line.model_dump())
        for position, line in enumerate(given, 1)
    ]
