"""Tallies, announced rankings and minutes."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from api.deps import Anyone, Who, Work, new_router
from api.routes.answers import Exact, Out
from api.routes.deliberation import SessionOut, session_out
from api.routes.quotas import QuotasOut
from service.contests.usecases import get_contest as require_contest
from service.core.errors import NotFound
from service.core.money import Money
from service.deliberation import appeal_queries, minutes, ranking, refusals, result_sheet
from service.deliberation import usecases as deliberation
from service.deliberation.announced import announced_page
from service.deliberation.appeal_models import AppealStatus
from service.deliberation.appeal_rules import OPEN
from service.deliberation.models import Capacity
from service.deliberation.queries import RankedLine, Ranking
from service.deliberation.quotas import announced_quotas
from service.deliberation.shapes import NarrativeIn, SignatureRefusalIn

router = new_router("results")


class RunOut(Out):
    """A run of the judge: ``result`` has the format of docs/bundle.md."""

    id: UUID
    contest_id: UUID
    ran_at: datetime
    inputs_sha256: str
    rules_sha256: str
    provisional: bool
    result: dict[str, Any]


class RankedOut(Out):
    """An applicant's line in a result."""

    rank: int | None
    code: str
    applicant: str
    district: str
    stages: dict[str, str]
    total_shown: str | None
    status: str
    award: Money | None
    reasons: list[str]

    @classmethod
    def from_line(cls, each: RankedLine) -> Self:
        """The answer for a line of a run."""
        return cls(**each.line.model_dump(), code=each.code, applicant=each.applicant, district=each.district)


class TallyOut(BaseModel):
    """The newest run of a contest, with a page of its ``total`` lines; unannounced ones are for the office."""

    contest_id: UUID
    run_id: UUID
    ran_at: datetime
    announced: bool
    provisional: bool
    total: int
    lines: list[RankedOut]

    @classmethod
    def of(cls, found: Ranking, offset: int, limit: int) -> Self:
        """The answer for a run."""
        return cls(
            contest_id=found.run.contest_id,
            run_id=found.run.id,
            ran_at=found.run.ran_at,
            announced=found.announced,
            provisional=found.run.provisional,
            total=len(found.lines),
            lines=[RankedOut.from_line(line) for line in found.lines[offset : offset + limit]],
        )


class RankingOut(BaseModel):
    """A page of an announced result, with the effect of its quotas; null where the rule book has none."""

    total: int
    rules_sha256: str
    inputs_sha256: str
    lines: list[RankedOut]
    quotas: QuotasOut | None


class CriterionOut(Out):
    """The mean of the jurors' points for a criterion, exact; null where it did not count. ``lost`` is what lacks to the maximum."""

    stage: str
    code: str
    mean: Exact | None
    maximum: Exact
    lost: Exact


class ResultSheetOut(Out):
    """An applicant's announced result; points are exact. ``missing`` is what lacks to the pass mark, null where nothing does.

    It can be appealed until the end of ``appeal_until`` (null: never); ``appeals`` are what became of those that are settled.
    """

    applicant: str
    title: str
    code: str
    status: str
    rank: int | None
    total: Exact | None
    mark: Exact | None
    missing: Exact | None
    award: Money | None
    reasons: list[str]
    lines: list[CriterionOut]
    helped: list[CriterionOut]
    rules_sha256: str
    inputs_sha256: str
    appeal_until: date | None = None
    appeals: list[AppealStatus] = Field(default_factory=list)


class NarrativeOut(Out):
    """The paragraphs written so far."""

    development: str
    custody: str
    updated_at: datetime | None = None


class MinutesOut(Out):
    """Closed minutes with the hash of their canonical data."""

    id: UUID
    session_id: UUID
    number: str
    data: dict[str, Any]
    data_sha256: str
    closed_at: datetime


class SignatureOut(Out):
    """A member's signature under the hash of the minutes."""

    person_id: UUID
    capacity: Capacity
    data_sha256: str
    at: datetime


class RefusalOut(Out):
    """That somebody does not sign, and why."""

    person_id: UUID
    reason: str
    at: datetime
    recorded_by: UUID


class SignaturesOut(BaseModel):
    """Who has signed closed minutes, who does not, and the members present at the end who have not yet."""

    signed: list[SignatureOut]
    not_signed: list[RefusalOut]
    unsigned: list[UUID]


@router.post("/sessions/{session_id}/tally", status_code=201)
async def tally(session: Work, who: Who, session_id: UUID) -> list[RunOut]:
    """Close scoring and run the judge over every contest."""
    return [RunOut.of(run) for run in await ranking.tally(session, who, session_id)]


@router.get("/sessions/{session_id}/tally")
async def get_tally(session: Work, who: Who, session_id: UUID, offset: int = 0, limit: int = 50) -> list[TallyOut]:
    """The newest run of each contest of a session, a page of each; before it is announced only for the office."""
    at, most = max(offset, 0), min(max(limit, 1), 200)
    found = await deliberation.view_session(session, who, session_id)
    return [TallyOut.of(found.rankings[row.id], at, most) for row in found.contests if row.id in found.rankings]


@router.post("/sessions/{session_id}/reopening", status_code=201)
async def reopen(session: Work, who: Who, session_id: UUID) -> SessionOut:
    """Reopen a tallied session for what is still pending."""
    return await session_out(session, await ranking.reopen(session, who, session_id))


@router.post("/sessions/{session_id}/announcement", status_code=201)
async def announce(session: Work, who: Who, session_id: UUID) -> SessionOut:
    """Announce the result; refused while anything is pending."""
    return await session_out(session, await ranking.announce(session, who, session_id))


@router.get("/contests/{contest_id}/ranking")
async def get_ranking(session: Work, who: Anyone, contest_id: UUID, offset: int = 0, limit: int = 50) -> RankingOut:
    """A page of a contest's announced result; 404 before it is announced."""
    await require_contest(session, who, contest_id)
    found = await announced_page(session, contest_id, min(max(offset, 0), 1_000_000), min(max(limit, 1), 200))
    if found is None:
        raise NotFound
    quotas = await announced_quotas(session, contest_id)
    lines = [RankedOut.of(line) for line in found.lines]
    hashes = {"rules_sha256": found.rules_sha256, "inputs_sha256": found.inputs_sha256}
    effect = QuotasOut.of(quotas.effect) if quotas else None
    return RankingOut(total=found.total, **hashes, lines=lines, quotas=effect)


@router.get("/applications/{application_id}/result")
async def get_result_sheet(session: Work, application_id: UUID) -> ResultSheetOut:
    """An applicant's result by criterion: for everybody once it is announced."""
    found = await result_sheet.get_result_sheet(session, application_id)
    time = await appeal_queries.appeal_time(session, found.contest.id, application_id)
    settled = [each.appeal.status for each in await appeal_queries.appeals_on(session, application_id)]
    told = {"appeal_until": time.until if time else None, "appeals": [each for each in settled if each not in OPEN]}
    return ResultSheetOut.of(found).model_copy(update=told)


@router.get("/sessions/{session_id}/narrative")
async def get_narrative(session: Work, who: Who, session_id: UUID) -> NarrativeOut:
    """The paragraphs of the minutes as written so far; empty ones where nothing is."""
    draft = await deliberation.get_narrative(session, who, session_id)
    return NarrativeOut.of(draft) if draft else NarrativeOut(development="", custody="")


@router.post("/sessions/{session_id}/narrative", status_code=201)
async def edit_minutes(session: Work, who: Who, session_id: UUID, given: NarrativeIn) -> NarrativeOut:
    """Write the paragraphs of the minutes, until they are closed."""
    return NarrativeOut.of(await minutes.edit_minutes(session, who, session_id, given))


@router.post("/sessions/{session_id}/minutes", status_code=201)
async def close_minutes(session: Work, who: Who, session_id: UUID) -> MinutesOut:
    """Close the minutes: their data freeze under a hash."""
    return MinutesOut.of(await minutes.close_minutes(session, who, session_id))


@router.get("/sessions/{session_id}/minutes")
async def get_minutes(session: Work, who: Anyone, session_id: UUID) -> MinutesOut:
    """Closed minutes: published ones for everybody, who reads the ends of DNIs only; the hash is that of the whole data."""
    found = await deliberation.get_minutes(session, who, session_id)
    return MinutesOut.of(found.minutes).model_copy(update={"data": found.data})


@router.get("/sessions/{session_id}/signatures")
async def list_signatures(session: Work, who: Who, session_id: UUID) -> SignaturesOut:
    """Who has signed the minutes, and who is still to."""
    found = await deliberation.get_minutes(session, who, session_id)
    signed = [SignatureOut.of(row) for row in found.signatures]
    refused = [RefusalOut.of(row) for row in found.refusals]
    return SignaturesOut(signed=signed, not_signed=refused, unsigned=[person.id for person in found.unsigned])


@router.post("/sessions/{session_id}/refusals", status_code=201)
async def refuse_minutes(session: Work, who: Who, session_id: UUID, given: SignatureRefusalIn) -> RefusalOut:
    """Note that a member present does not sign the minutes."""
    return RefusalOut.of(await refusals.refuse_minutes(session, who, session_id, given))


@router.post("/sessions/{session_id}/signature", status_code=201)
async def sign_minutes(session: Work, who: Who, session_id: UUID) -> SignatureOut:
    """Sign the minutes as a member present; with the last signature the awards are made."""
    return SignatureOut.of(await minutes.sign_minutes(session, who, session_id))


@router.post("/sessions/{session_id}/publication", status_code=201)
async def publish_minutes(session: Work, who: Who, session_id: UUID) -> SessionOut:
    """Publish signed minutes."""
    return await session_out(session, await minutes.publish_minutes(session, who, session_id))
