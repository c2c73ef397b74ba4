"""Valid calls and contests, made through the use cases, with the ready rule books unless told."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from service.contests import usecases
from service.contests.models import Call, Contest
from service.contests.ready_books import template
from service.contests.rules import Action
from service.contests.shapes import CallIn, ContestIn, RulesIn, TermsIn
from service.core import clock
from service.core.db import Session
from tests.cast import Cast
from tests.make.people import next_number

DAY = timedelta(days=1)


async def make_call(
    session: Session, cast: Cast, *, opens: timedelta = -DAY, closes: timedelta = 10 * DAY, **changes: Any
) -> Call:
    """A draft call, to be filed for from yesterday for ten days; ``changes`` are fields of ``CallIn``."""
    now = await clock.now(session)
    given = CallIn(
        office_id=cast.office.id,
        code=f"CALL-{next_number()}",
        title="Convocatoria CLAR Sicuani",
        opens_at=now + opens,
        closes_at=now + closes,
    )
    return await usecases.create_call(session, cast.programme, CallIn(**{**given.model_dump(), **changes}))


async def add_contest(
    session: Session,
    cast: Cast,
    call: Call,
    ready: str = "pdn-first",
    *,
    code: str | None = None,
    host_group_id: UUID | None = None,
    book: dict[str, Any] | None = None,
    terms: TermsIn | None = None,
) -> Contest:
    """A contest of a draft call, of the kind of a ready rule book, with its rules (or ``book`` and ``terms``) saved."""
    start = template(ready)
    given = ContestIn(
        code=code or ready.upper(),
        title=start.title["es"],
        plan_type=start.plan_type,
        request_number=start.request_number,
        applicant_kind=start.applicant_kind,
        host_group_id=host_group_id,
    )
    contest = await usecases.create_contest(session, cast.programme, call.id, given)
    rules = RulesIn(book=book or start.book, terms=terms or start.terms)
    await usecases.save_rules(session, cast.programme, contest.id, rules)
    return contest


async def make_contest(
    session: Session,
    cast: Cast,
    ready: str = "pdn-first",
    *,
    opens: timedelta = -DAY,
    closes: timedelta = 10 * DAY,
    host_group_id: UUID | None = None,
    book: dict[str, Any] | None = None,
    terms: TermsIn | None = None,
) -> Contest:
    """A published contest in a call of its own, whose filing is open (``opens`` and ``closes`` count from now)."""
    call = await make_call(session, cast, opens=opens, closes=closes)
    contest = await add_contest(session, cast, call, ready, host_group_id=host_group_id, book=book, terms=terms)
    await usecases.publish_call(session, cast.programme, call.id)
    return contest


async def decide(session: Session, contest_id: UUID) -> Contest:
    """A published contest, announced and decided without a session."""
    await usecases.move_contest(session, contest_id, Action.ANNOUNCE)
    return await usecases.move_contest(session, contest_id, Action.DECIDE)


def without_appeals(ready: str = "pdn-first") -> TermsIn:
    """The terms of a ready rule book, but its results admit no appeals: for tests of what waits for the time to appeal otherwise."""
    return template(ready).terms.model_copy(update={"appeal_days": "0"})
