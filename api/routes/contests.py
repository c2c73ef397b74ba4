"""Calls, contests and their rules."""

from datetime import datetime
from typing import Any
from uuid import UUID

from api.deps import Anyone, Who, Work, new_router
from api.routes.answers import Out
from service.contests import usecases
from service.contests.models import ApplicantKind, CallStatus, ContestStatus, PlanType
from service.contests.ready_books import templates
from service.contests.shapes import CallIn, ContestIn, RevisionIn, RulesIn
from service.core.acts import Act, Phase
from service.transparency import calendar

router = new_router("contests")


class CallOut(Out):
    """A call."""

    id: UUID
    office_id: UUID
    code: str
    title: str
    opens_at: datetime
    closes_at: datetime
    status: CallStatus
    published_at: datetime | None


class CalendarOut(Out):
    """A phase of a call: when it begins and ends, where that is known, and what the caller may do in it."""

    phase: Phase
    since: datetime | None
    until: datetime | None
    current: bool
    acts: list[Act]


class ContestOut(Out):
    """A contest."""

    id: UUID
    call_id: UUID
    code: str
    title: str
    plan_type: PlanType
    request_number: int
    applicant_kind: ApplicantKind
    host_group_id: UUID | None
    currency: str
    status: ContestStatus


class RuleBookOut(Out):
    """A published version of a contest's rules, with the hashes of its canonical JSON (RFC 8785)."""

    version: int
    book: dict[str, Any]
    sha256: str
    terms: dict[str, Any]
    terms_sha256: str
    reason: str
    published_at: datetime


class DraftOut(Out):
    """Rules that can still change."""

    book: dict[str, Any]
    terms: dict[str, Any]
    updated_at: datetime


class TemplateOut(Out):
    """A ready rule book to start from."""

    code: str
    title: dict[str, str]
    plan_type: PlanType
    request_number: int
    book: dict[str, Any]


@router.get("/calls")
async def list_calls(session: Work, who: Anyone, office_id: UUID | None = None) -> list[CallOut]:
    """The calls: published ones for everybody, drafts for their office."""
    return [CallOut.of(call) for call, _ in await usecases.list_calls(session, who, office_id)]


@router.post("/calls", status_code=201)
async def create_call(session: Work, who: Who, given: CallIn) -> CallOut:
    """Prepare a call."""
    return CallOut.of(await usecases.create_call(session, who, given))


@router.get("/calls/{call_id}")
async def get_call(session: Work, who: Anyone, call_id: UUID) -> CallOut:
    """A call."""
    return CallOut.of(await usecases.get_call(session, who, call_id))


@router.get("/calls/{call_id}/calendar")
async def get_calendar(session: Work, who: Anyone, call_id: UUID) -> list[CalendarOut]:
    """The phases of a call, and what the rights table lets the caller do in each."""
    return [CalendarOut.of(row) for row in await calendar.get_calendar(session, who, call_id)]


@router.post("/calls/{call_id}/contests", status_code=201)
async def create_contest(session: Work, who: Who, call_id: UUID, given: ContestIn) -> ContestOut:
    """Add a contest to a draft call."""
    return ContestOut.of(await usecases.create_contest(session, who, call_id, given))


@router.post("/calls/{call_id}/publication", status_code=201)
async def publish_call(session: Work, who: Who, call_id: UUID) -> CallOut:
    """Publish a call and freeze the rules of its contests."""
    return CallOut.of(await usecases.publish_call(session, who, call_id))


@router.get("/contests")
async def list_contests(session: Work, who: Anyone, call_id: UUID | None = None) -> list[ContestOut]:
    """The contests: published ones for everybody, drafts for their office."""
    return [ContestOut.of(entry.contest) for entry in await usecases.list_contests(session, who, call_id=call_id)]


@router.get("/contests/{contest_id}")
async def get_contest(session: Work, who: Anyone, contest_id: UUID) -> ContestOut:
    """A contest."""
    return ContestOut.of(await usecases.get_contest(session, who, contest_id))


@router.get("/contests/{contest_id}/rules-draft")
async def get_rules_draft(session: Work, who: Who, contest_id: UUID) -> DraftOut | None:
    """The rules of a contest as last saved."""
    draft = await usecases.get_rules_draft(session, who, contest_id)
    return DraftOut.of(draft) if draft else None


@router.post("/contests/{contest_id}/rules-draft", status_code=201)
async def save_rules(session: Work, who: Who, contest_id: UUID, given: RulesIn) -> DraftOut:
    """Save the rules of a contest that is not published yet."""
    return DraftOut.of(await usecases.save_rules(session, who, contest_id, given))


@router.get("/contests/{contest_id}/rule-books")
async def list_rule_books(session: Work, who: Anyone, contest_id: UUID) -> list[RuleBookOut]:
    """Every published version of a contest's rules, the newest first."""
    return [RuleBookOut.of(book) for book in await usecases.list_rule_books(session, who, contest_id)]


@router.post("/contests/{contest_id}/rule-books", status_code=201)
async def revise_rules(session: Work, who: Who, contest_id: UUID, given: RevisionIn) -> RuleBookOut:
    """Put new rules in force, with the reason; refused once a sheet is locked."""
    return RuleBookOut.of(await usecases.revise_rules(session, who, contest_id, given))


@router.get("/rule-book-templates")
async def list_templates(_session: Work, _who: Anyone) -> list[TemplateOut]:
    """Ready rule books for every type of plan."""
    return [TemplateOut.of(each) for each in templates()]
