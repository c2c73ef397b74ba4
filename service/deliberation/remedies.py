"""What an upheld appeal opens: naming it, correcting it, and ranking again."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from service.applications.attribute_rules import refers_to
from service.applications.attributes import correct_attribute as write_attribute
from service.applications.models import Application
from service.applications.shapes import AttributeIn
from service.contests.models import Contest
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import Conflict
from service.core.machine import WrongState
from service.core.texts import Reason
from service.deliberation import appeal_rules, appeal_store, rules, run_store, store
from service.deliberation.appeal_models import (
    Appeal,
    AppealRemedy,
    AppealRuling,
    AppealRun,
    AppealStatus,
    RemedyKind,
    RemedyUse,
)
from service.deliberation.appeal_shapes import RemedyIn, RulingIn, ValueIn
from service.deliberation.models import CommitteeSession, RankingRun
from service.deliberation.ranking import pending_in
from service.deliberation.runs import make_run
from service.record import usecases as record
from service.scoring import usecases as scoring
from service.scoring.judge import judge
from service.scoring.shapes import CorrectionIn, ScoresIn


class ResolutionPending(Conflict):
    """A resolution that changes the result of the contest waits for signatures: what it rests on stands meanwhile."""

    message = "Resolution {number} of this contest waits for signatures, and what it rests on stands meanwhile. Let its panel sign first."


async def name_remedies(
    session: Session, actor: Actor, appeal: Appeal, ruling: AppealRuling, given: Sequence[RemedyIn]
) -> list[AppealRemedy]:
    """Keep what a ruling opens; a juror that it recuses is out at once. For the use case of the ruling.

    Raises ``NoSuchSheet``, ``NotInTheRules``, ``PanelTooThin``, ``AlreadyRecused``, ``ResolutionPending``.
    """
    known = [
        RemedyIn.model_validate(each, from_attributes=True) for each, _ in await appeal_store.remedies_of(session, appeal.id)
    ]
    remedies = [AppealRemedy(appeal_id=appeal.id, **each.model_dump()) for each in _distinct(given) if each not in known]
    for remedy in remedies:
        await _require_possible(session, appeal, remedy)
    recused = [remedy.person_id for remedy in remedies if remedy.kind == RemedyKind.RECUSAL and remedy.person_id]
    if any(each.kind == RemedyKind.SHEET and each.person_id in recused for each in remedies):
        raise appeal_rules.RemedyUnclear("remedies")
    if recused:
        await _require_no_pending(session, appeal)
        await _require_panel_without(session, appeal, recused)
    session.add_all(remedies)
    await session.flush()
    for remedy in remedies:
        if remedy.kind == RemedyKind.RECUSAL and remedy.person_id is not None:
            await scoring.recuse_by_ruling(session, actor, appeal.application_id, remedy.person_id, ruling.reason)
            await _use(
                session, actor, appeal, RemedyUse(remedy_id=remedy.id, at=await clock.now(session), used_by=actor.person_id)
            )
    return remedies


async def widen_ruling(session: Session, actor: Actor, appeal_id: UUID, given: RulingIn) -> list[AppealRemedy]:
    """Name further things that are to be corrected, where what a ruling opened does not lead to a complete result: one of the majority.

    Raises ``NotFound``, ``WrongState``, ``NotOnThePanel``, ``NotOfTheMajority``, ``RemedyMissing``, ``RemedyUnclear``, and what
    ``name_remedies`` raises.
    """
    appeal, _ = await _upheld(session, appeal_id)
    panel = await appeal_store.panel_of(session, appeal_id)
    opinions = {key: each.uphold for key, each in (await appeal_store.opinions_on(session, appeal_id)).items()}
    appeal_rules.require_ruling(actor.person_id, {key: person.name for key, person in panel.items()}, opinions)
    appeal_rules.require_remedies(upheld=True, remedies=given.remedies)
    await _require_no_pending(session, appeal)
    ruling = await store.fetch(session, AppealRuling, appeal_id)
    remedies = await name_remedies(session, actor, appeal, ruling, given.remedies)
    await record.append(session, actor, "appeal.widened", f"appeal:{appeal_id}", given.model_dump(mode="json"))
    return remedies


async def correct_sheet(session: Session, actor: Actor, remedy_id: UUID, given: ScoresIn) -> RemedyUse:
    """Put a corrected sheet in place of the one that a ruling opened, or one where there is none, by its juror; the ruling is the reason.

    Raises ``NotFound``, ``NotYourRemedy``, ``WrongState``, ``RemedyUsed``, ``ResolutionPending``, and what
    ``scoring.lock_by_ruling`` raises.
    """
    remedy, appeal, ruling = await _opened(session, remedy_id, RemedyKind.SHEET)
    if actor.person_id != remedy.person_id:
        raise appeal_rules.NotYourRemedy
    assert remedy.stage is not None
    correction = CorrectionIn(scores=given.scores, reason=ruling.reason[:200])
    sheet = await scoring.lock_by_ruling(session, actor, appeal.application_id, remedy.stage, correction)
    at = await clock.now(session)
    return await _use(session, actor, appeal, RemedyUse(remedy_id=remedy_id, sheet_id=sheet.id, at=at, used_by=actor.person_id))


async def correct_value(session: Session, actor: Actor, remedy_id: UUID, given: ValueIn) -> RemedyUse:
    """Enter the right value of the attribute that a ruling opened, by the secretary; the ruling is its source.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``RemedyUsed``, ``ResolutionPending``, ``NotANumber``, ``NotAShare``.
    """
    remedy, appeal, ruling = await _opened(session, remedy_id, RemedyKind.ATTRIBUTE)
    row = await store.session_of_contest(session, appeal.contest_id)
    assert row is not None
    actor.require(Act.SETTLE_APPEAL, row.office_id)
    assert remedy.attribute is not None
    application = await store.lock(session, Application, appeal.application_id)
    value = AttributeIn(name=remedy.attribute, value=given.value, source=" ".join(ruling.reason.split())[:200])
    written = await write_attribute(session, actor, application, value)
    use = RemedyUse(remedy_id=remedy_id, attribute_id=written.id, at=await clock.now(session), used_by=actor.person_id)
    return await _use(session, actor, appeal, use)


async def rank_again(session: Session, actor: Actor, appeal_id: UUID) -> RankingRun:
    """Judge the applications of the announced result anew, once what a ruling opened was corrected; a second person checks the run.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``RemedyOpen``, ``ResolutionPending``, ``StillPending`` and what ``judge``
    raises.
    """
    appeal, row = await _upheld(session, appeal_id)
    actor.require(Act.SETTLE_APPEAL, row.office_id)
    await _require_no_pending(session, appeal)
    left = [remedy for remedy, use in await appeal_store.remedies_of(session, appeal_id) if use is None]
    if left:
        raise appeal_rules.RemedyOpen(remedies=tuple(Reason(_written(remedy)) for remedy in left))
    contest = await store.fetch(session, Contest, appeal.contest_id)
    announced = (await run_store.announced_runs(session, [contest.id]))[contest.id]
    run = await make_run(session, actor, row.id, contest, after=announced)
    if run.provisional:
        raise rules.StillPending(reasons=tuple(pending_in(contest, run)))
    session.add(AppealRun(run_id=run.id, appeal_id=appeal_id))
    await session.flush()
    payload = {"run_id": str(run.id), "before": str(announced.id)}
    await record.append(session, actor, "appeal.ranked_again", f"appeal:{appeal_id}", payload)
    return run


async def _upheld(session: Session, appeal_id: UUID) -> tuple[Appeal, CommitteeSession]:
    appeal = await store.fetch(session, Appeal, appeal_id)
    row = await store.session_of_contest(session, appeal.contest_id)
    assert row is not None, "what was announced has its session"
    row = await store.lock(session, CommitteeSession, row.id)
    appeal = await store.lock(session, Appeal, appeal_id)
    if appeal.status != AppealStatus.UPHELD:
        raise WrongState(state=appeal.status)
    return appeal, row


async def _opened(session: Session, remedy_id: UUID, kind: RemedyKind) -> tuple[AppealRemedy, Appeal, AppealRuling]:
    """A remedy of this kind that was not used yet."""
    remedy = await store.fetch(session, AppealRemedy, remedy_id)
    if remedy.kind != kind:
        raise appeal_rules.RemedyUnclear
    appeal, _ = await _upheld(session, remedy.appeal_id)
    if await session.get(RemedyUse, remedy_id):
        raise appeal_rules.RemedyUsed
    await _require_no_pending(session, appeal)
    return remedy, appeal, await store.fetch(session, AppealRuling, appeal.id)


async def _use(session: Session, actor: Actor, appeal: Appeal, use: RemedyUse) -> RemedyUse:
    session.add(use)
    await session.flush()
    await record.append(session, actor, "remedy.used", f"appeal:{appeal.id}", {"remedy_id": str(use.remedy_id)})
    return use


async def _require_no_pending(session: Session, appeal: Appeal) -> None:
    pending = await appeal_store.pending_resolution(session, appeal.contest_id)
    if pending is not None:
        raise ResolutionPending(number=pending.number)


async def _require_possible(session: Session, appeal: Appeal, remedy: AppealRemedy) -> None:
    """The sheet is there and counts, or the rules look at the attribute. Raises ``NoSuchSheet``, ``NotInTheRules``."""
    if remedy.attribute is not None:
        book = (await scoring.book_of(session, appeal.contest_id)).book
        if not refers_to(book, remedy.attribute):
            raise appeal_rules.NotInTheRules("remedies", name=remedy.attribute)
        return
    assert remedy.person_id is not None
    if remedy.stage is not None:
        if remedy.stage not in (await scoring.book_of(session, appeal.contest_id)).book.stages:
            raise appeal_rules.NoSuchSheet("remedies")
        access = (await scoring.open_sheet(session, appeal.application_id, remedy.stage, remedy.person_id)).access
        if not access.seated or access.recused or access.absent:
            raise appeal_rules.NoSuchSheet("remedies")
    elif not await appeal_store.has_sheet(session, appeal.application_id, remedy.person_id):
        raise appeal_rules.NoSuchSheet("remedies")


async def _require_panel_without(session: Session, appeal: Appeal, recused: Sequence[UUID]) -> None:
    """The judge still gives a complete result without the sheets of these jurors. Raises ``PanelTooThin``."""
    lines = [line.application_id for line in await run_store.ranked(session, appeal.run_id)]
    bundle = (await scoring.gather_bundle(session, appeal.contest_id, applications=lines)).bundle
    code = (await store.fetch(session, Application, appeal.application_id)).code
    seats = await scoring.seats_of(session, appeal.contest_id)
    gone = {seat.juror for seat in seats if seat.person_id in recused}
    without = replace(
        bundle,
        sheets=[each for each in bundle.sheets if each[0] != code or each[2] not in gone],
        recusals=[*bundle.recusals, *((code, juror) for juror in sorted(gone))],
    )
    standing = next(each for each in judge(without).standings if each.application == code)
    if standing.status == "pending":
        raise appeal_rules.PanelTooThin(reasons=tuple(map(Reason, standing.reasons)))


def _distinct(given: Sequence[RemedyIn]) -> list[RemedyIn]:
    return [each for place, each in enumerate(given) if each not in given[:place]]


def _written(remedy: AppealRemedy) -> str:
    return ":".join(part for part in (remedy.kind.value, remedy.stage, remedy.attribute) if part)
