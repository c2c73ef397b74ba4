"""Rankings checked off by a second person, and appeals."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel

from api.deps import Anyone, Who, Work, new_router
from api.routes.answers import IdOut, Out
from api.routes.results import RankedOut, RefusalOut, RunOut
from service.contests.usecases import get_contest
from service.core.errors import NotFound
from service.core.money import Money
from service.deliberation import appeal_queries, appeals, refusals, remedies, resolutions, run_checks, settling
from service.deliberation.appeal_models import AppealStatus, RemedyKind
from service.deliberation.appeal_queries import AppealView, Change
from service.deliberation.appeal_shapes import AppealIn, OpinionIn, PanelIn, RulingIn, ValueIn, WithdrawalIn
from service.deliberation.shapes import SignatureRefusalIn
from service.scoring.shapes import ScoresIn

router = new_router("appeals")


class CheckOut(Out):
    """Who checked a run off, and the hash of what was judged anew."""

    run_id: UUID
    checked_by: UUID
    at: datetime
    inputs_sha256: str


class RunViewOut(BaseModel):
    """A run and whether it was checked off; ``same``: judging anew gives its result, null once it was checked off."""

    run: RunOut
    ran_by: str
    announced: bool
    check: CheckOut | None
    anew_sha256: str | None
    same: bool | None
    may_check: bool
    lines: list[RankedOut]


class AppealTimeOut(Out):
    """Until the end of which day a result is appealed; null where the rules admit no appeals."""

    until: date | None
    is_over: bool


class AppealOut(Out):
    """An appeal and its state."""

    id: UUID
    application_id: UUID
    contest_id: UUID
    run_id: UUID
    filed_at: datetime
    status: AppealStatus


class OpinionOut(Out):
    """A panel member's opinion."""

    person_id: UUID
    uphold: bool
    reason: str
    at: datetime


class RemedyOut(Out):
    """What a ruling opened, and whether it was used."""

    id: UUID
    kind: RemedyKind
    person_id: UUID | None
    stage: str | None
    attribute: str | None
    used: bool = False


class StandingOut(BaseModel):
    """Where an application stood in a result."""

    status: str
    rank: int | None
    award: Money | None
    total_shown: str | None

    @classmethod
    def of(cls, status: str, rank: int | None, award: Decimal | None, total_shown: str | None) -> Self:
        """The answer for a place."""
        return cls(status=status, rank=rank, award=award, total_shown=total_shown)


class ChangeOut(BaseModel):
    """An application whose place a new run changed."""

    code: str
    applicant: str
    before: StandingOut
    after: StandingOut

    @classmethod
    def of(cls, change: Change) -> Self:
        """The answer for a change."""
        before, after = StandingOut.of(*change.before), StandingOut.of(*change.after)
        return cls(code=change.code, applicant=change.applicant, before=before, after=after)


class ResolutionOut(Out):
    """A resolution with the hash of its canonical data."""

    id: UUID
    number: str
    data: dict[str, Any]
    data_sha256: str
    issued_at: datetime


class AppealViewOut(BaseModel):
    """An appeal with all that was done about it."""

    appeal: AppealOut
    code: str
    applicant: str
    ground: str
    panel: list[UUID]
    opinions: list[OpinionOut]
    upheld: bool | None
    reason: str | None
    remedies: list[RemedyOut]
    run_id: UUID | None
    checked: bool
    announced: bool
    changes: list[ChangeOut]
    resolution: ResolutionOut | None
    signed: list[UUID]
    not_signed: list[RefusalOut]

    @classmethod
    def of(cls, view: AppealView) -> Self:
        """The answer for an appeal."""
        return cls(
            appeal=AppealOut.of(view.appeal),
            code=view.code,
            applicant=view.applicant,
            ground=view.appeal.ground,
            panel=list(view.panel),
            opinions=[OpinionOut.of(each) for each in view.opinions.values()],
            upheld=view.ruling.upheld if view.ruling else None,
            reason=view.ruling.reason if view.ruling else None,
            remedies=[RemedyOut.of(each.remedy).model_copy(update={"used": each.use is not None}) for each in view.remedies],
            run_id=view.run.id if view.run else None,
            checked=view.check is not None,
            announced=view.announced,
            changes=[ChangeOut.of(each) for each in view.changes],
            resolution=ResolutionOut.of(view.resolution) if view.resolution else None,
            signed=list(view.signatures),
            not_signed=[RefusalOut.of(each) for each in view.refusals.values()],
        )


class UseOut(Out):
    """That a remedy was used."""

    remedy_id: UUID
    at: datetime


@router.get("/runs/{run_id}")
async def get_run(session: Work, who: Anyone, run_id: UUID) -> RunViewOut:
    """A run with its lines: an announced one for everybody, another for who may check it off, and the office."""
    found = await run_checks.get_run(session, who, run_id)
    return RunViewOut(
        run=RunOut.of(found.run),
        ran_by=found.ran_by,
        announced=found.announced,
        check=CheckOut.of(found.check) if found.check else None,
        anew_sha256=found.anew_sha256,
        same=found.same,
        may_check=found.may_check,
        lines=[RankedOut.from_line(line) for line in found.lines],
    )


@router.post("/runs/{run_id}/check", status_code=201)
async def check_run(session: Work, who: Who, run_id: UUID) -> CheckOut:
    """Judge anew and check the run off, as a second person."""
    return CheckOut.of(await run_checks.check_run(session, who, run_id))


@router.get("/contests/{contest_id}/appeal-time")
async def get_appeal_time(session: Work, who: Anyone, contest_id: UUID) -> AppealTimeOut:
    """Until when the announced result is appealed; 404 before it is announced."""
    await get_contest(session, who, contest_id)
    found = await appeal_queries.appeal_time(session, contest_id)
    if found is None:
        raise NotFound
    return AppealTimeOut.of(found)


@router.post("/applications/{application_id}/appeals", status_code=201)
async def file_appeal(session: Work, who: Who, application_id: UUID, given: AppealIn) -> AppealOut:
    """Appeal the announced result of an application."""
    return AppealOut.of(await appeals.file_appeal(session, who, application_id, given))


@router.get("/sessions/{session_id}/appeals")
async def list_appeals(session: Work, who: Who, session_id: UUID) -> list[AppealOut]:
    """The appeals against the results of a session, for its office."""
    return [AppealOut.of(each.appeal) for each in await appeal_queries.list_appeals(session, who, session_id)]


@router.get("/appeals/{appeal_id}")
async def get_appeal(session: Work, who: Who, appeal_id: UUID) -> AppealViewOut:
    """An appeal, for the office, its panel, the applicant's people and the jurors that its ruling names."""
    return AppealViewOut.of(await appeal_queries.get_appeal(session, who, appeal_id))


@router.post("/appeals/{appeal_id}/withdrawal", status_code=201)
async def withdraw_appeal(session: Work, who: Who, appeal_id: UUID, given: WithdrawalIn) -> AppealOut:
    """Take an appeal back before its panel is named."""
    return AppealOut.of(await appeals.withdraw_appeal(session, who, appeal_id, given))


@router.post("/appeals/{appeal_id}/panel", status_code=201)
async def name_panel(session: Work, who: Who, appeal_id: UUID, given: PanelIn) -> AppealOut:
    """Name who hears an appeal."""
    return AppealOut.of(await appeals.name_panel(session, who, appeal_id, given))


@router.post("/appeals/{appeal_id}/opinion", status_code=201)
async def give_opinion(session: Work, who: Who, appeal_id: UUID, given: OpinionIn) -> OpinionOut:
    """Give an opinion, as a member of the panel."""
    return OpinionOut.of(await appeals.give_opinion(session, who, appeal_id, given))


@router.post("/appeals/{appeal_id}/ruling", status_code=201)
async def rule_on_appeal(session: Work, who: Who, appeal_id: UUID, given: RulingIn) -> AppealViewOut:
    """Write what the majority rules."""
    await appeals.rule_on_appeal(session, who, appeal_id, given)
    return await get_appeal(session, who, appeal_id)


@router.post("/appeals/{appeal_id}/remedies", status_code=201)
async def widen_ruling(session: Work, who: Who, appeal_id: UUID, given: RulingIn) -> list[RemedyOut]:
    """Name further things that are to be corrected, as one of the majority."""
    return [RemedyOut.of(each) for each in await remedies.widen_ruling(session, who, appeal_id, given)]


@router.post("/remedies/{remedy_id}/sheet", status_code=201)
async def correct_sheet(session: Work, who: Who, remedy_id: UUID, given: ScoresIn) -> UseOut:
    """Correct the sheet that a ruling opened, as its juror."""
    return UseOut.of(await remedies.correct_sheet(session, who, remedy_id, given))


@router.post("/remedies/{remedy_id}/value", status_code=201)
async def correct_value(session: Work, who: Who, remedy_id: UUID, given: ValueIn) -> UseOut:
    """Enter the right value of the attribute that a ruling opened."""
    return UseOut.of(await remedies.correct_value(session, who, remedy_id, given))


@router.post("/appeals/{appeal_id}/ranking", status_code=201)
async def rank_again(session: Work, who: Who, appeal_id: UUID) -> RunOut:
    """Rank again after an upheld appeal."""
    return RunOut.of(await remedies.rank_again(session, who, appeal_id))


@router.post("/appeals/{appeal_id}/announcement", status_code=201)
async def announce_again(session: Work, who: Who, appeal_id: UUID) -> AppealOut:
    """Announce the new result, before the minutes are closed."""
    await settling.announce_again(session, who, appeal_id)
    return AppealOut.of((await appeal_queries.get_appeal(session, who, appeal_id)).appeal)


@router.post("/appeals/{appeal_id}/resolution", status_code=201)
async def issue_resolution(session: Work, who: Who, appeal_id: UUID) -> ResolutionOut:
    """Issue the resolution of an appeal that was filed after the minutes were closed."""
    return ResolutionOut.of(await resolutions.issue_resolution(session, who, appeal_id))


@router.post("/appeals/{appeal_id}/signature", status_code=201)
async def sign_resolution(session: Work, who: Who, appeal_id: UUID) -> IdOut:
    """Sign the resolution as a member of the panel; the last signature carries it out."""
    return IdOut(id=(await resolutions.sign_resolution(session, who, appeal_id)).resolution_id)


@router.post("/appeals/{appeal_id}/refusals", status_code=201)
async def refuse_resolution(session: Work, who: Who, appeal_id: UUID, given: SignatureRefusalIn) -> RefusalOut:
    """Note that a member of the panel does not sign the resolution."""
    return RefusalOut.of(await refusals.refuse_resolution(session, who, appeal_id, given))
