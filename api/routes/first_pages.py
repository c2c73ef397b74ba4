"""First pages as JSON: what waits for the caller, many decisions at once, the installation's health."""

from datetime import datetime

from fastapi import Request

from api.deps import Who, Work, new_router
from api.language import language_of, say
from api.routes.answers import Out
from service.core.money import Money
from service.transparency import health
from service.transparency.decisions import DECISIONS, decide
from service.transparency.first_page import first_page
from service.transparency.shapes import DecisionsIn

router = new_router("first pages")


class TaskOut(Out):
    """One thing to do; ``kind``, ``subject`` and ``action`` are what a decision takes, ``action`` None where it is decided alone."""

    about: str
    kind: str
    subject: str
    action: str | None
    amount: Money | None
    since: datetime | None


class DutyOut(Out):
    """What waits under one duty: the oldest tasks, how many in all, and their sum."""

    section: str
    duty: str
    count: int
    total: Money | None
    tasks: list[TaskOut]


class RefusalOut(Out):
    """Why an item was refused: the stable name, and the sentence in the reader's language."""

    title: str
    detail: str


class ResultOut(Out):
    """What became of one item."""

    kind: str
    subject: str
    action: str
    done: bool
    refusal: RefusalOut | None


class ResultsOut(Out):
    """What became of each item, in the order in which they were sent."""

    results: list[ResultOut]


class ChoreOut(Out):
    """When something was last done to keep the installation well."""

    chore: str
    at: datetime
    well: bool
    note: str


class HealthOut(Out):
    """How the installation is; ``wrong`` says what somebody has to see to."""

    version: str
    database: str
    database_bytes: int
    schema_at: str
    schema_expected: str
    workers: int
    queued: int
    oldest_wait_seconds: int
    failed: int
    free_bytes: int
    acts: int
    head_size: int
    head_at: datetime | None
    witnesses: int
    seen_by: int
    last: list[ChoreOut]
    wrong: list[str]


@router.get("/tasks")
async def tasks(request: Request, session: Work, who: Who) -> list[DutyOut]:
    """What waits for the caller, the most urgent first."""
    found = [waiting for rows in (await first_page(session, who)).values() for waiting in rows]
    language = language_of(request)
    return [
        DutyOut(
            section=waiting.duty.section,
            duty=say(language, waiting.duty.sentence),
            count=waiting.count,
            total=waiting.total,
            tasks=[
                TaskOut(
                    about=task.about,
                    kind=waiting.duty.kind,
                    subject=task.subject,
                    action=DECISIONS[waiting.duty.decision].action if waiting.duty.decision else None,
                    amount=task.amount,
                    since=task.since,
                )
                for task in waiting.tasks
            ],
        )
        for waiting in found
    ]


@router.post("/decisions")
async def decide_many(request: Request, session: Work, who: Who, given: DecisionsIn) -> ResultsOut:
    """Decide on up to 100 items in one go; each has its own result, and a refused one leaves the others as they are."""
    language = language_of(request)
    return ResultsOut(
        results=[
            ResultOut(
                kind=result.item.kind,
                subject=result.item.subject,
                action=result.item.action,
                done=result.is_done,
                refusal=RefusalOut(
                    title=result.refusal.name, detail=say(language, result.refusal.message, **result.refusal.values)
                )
                if result.refusal
                else None,
            )
            for result in await decide(session, who, given)
        ]
    )


@router.get("/health")
async def show_health(session: Work, who: Who) -> HealthOut:
    """How the installation is, for the system administrator."""
    found = await health.health_of(session, who)
    last = [ChoreOut(chore=row.chore, at=row.at, well=row.well, note=row.note) for row in found.last.values()]
    return HealthOut(
        version=found.version,
        database=found.database,
        database_bytes=found.database_bytes,
        schema_at=found.schema,
        schema_expected=found.schema_expected,
        workers=found.workers,
        queued=found.queued,
        oldest_wait_seconds=found.oldest_wait,
        failed=found.failed,
        free_bytes=found.free_bytes,
        acts=found.acts,
        head_size=found.head_size,
        head_at=found.head_at,
        witnesses=found.witnesses,
        seen_by=found.seen_by,
        last=last,
        wrong=list(found.wrong),
    )
