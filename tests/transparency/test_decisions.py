"""Many decisions at once: each by itself, all of them once, presence proved before any."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.core.actor import StepUpNeeded
from service.core.db import Session, Sessions, transaction
from service.transparency.decisions import Result, decide
from service.transparency.shapes import DecisionIn, DecisionsIn
from tests.cast import Cast
from tests.make.office import Office, make_office


@pytest.fixture
async def office(session: Session, cast: Cast) -> Office:
    """The cast's office in the middle of its work."""
    return await make_office(session, cast)


def given(*items: tuple[str, str, object]) -> DecisionsIn:
    """Decisions of (kind, action, subject)."""
    return DecisionsIn(items=[DecisionIn(kind=kind, action=action, subject=str(subject)) for kind, action, subject in items])


def said(results: list[Result]) -> list[str | None]:
    """The name of each refusal; None where it was done."""
    return [result.refusal.name if result.refusal else None for result in results]


async def numbered(session: Session) -> list[str]:
    """The numbers of the contracts that rest on drafts of the office, in order."""
    rows = await session.execute(text("SELECT number FROM contract WHERE status = 'numbered' ORDER BY number"))
    return list(rows.scalars())


async def test_of_three_two_are_done_and_one_says_why_not(session: Session, cast: Cast, office: Office) -> None:
    before = await numbered(session)
    results = await decide(session, cast.head, given(*(("draft", "number", draft.id) for draft in office.drafts)))
    assert said(results) == [None, "NoConfirmedAccount", None]
    assert len(await numbered(session)) == len(before) + 2
    serials = (await session.execute(text("SELECT serial FROM contract ORDER BY serial"))).scalars().all()
    assert list(serials) == list(range(1, len(serials) + 1))  # the refused one took no number with it


async def test_kinds_are_mixed_and_results_stand_in_the_order_of_the_items(
    session: Session, cast: Cast, office: Office
) -> None:
    items = given(
        ("scan", "confirm", office.scan.id),
        ("payment", "check", office.requested.id),
        ("tranche", "request", f"{office.due.id}/1"),
        ("tranche", "request", f"{office.due.id}/1"),
        ("account", "confirm", office.account.id),
        ("draft", "number", uuid4()),
        ("draft", "burn", office.drafts[0].id),
        ("tranche", "request", f"{office.due.id}/9"),
    )
    assert said(await decide(session, cast.head, items)) == [
        None,
        "MissingRole",
        None,
        "AlreadyRequested",
        None,
        "NotFound",
        "NoSuchDecision",
        "NoSuchTranche",
    ]


async def test_the_other_desks_decide_the_same_way(session: Session, cast: Cast, office: Office) -> None:
    checks = given(("payment", "check", office.requested.id))
    checks.items[0].note = "Expediente conforme"
    assert said(await decide(session, cast.administrator, checks)) == [None]
    payments = given(("payment", "authorise", office.requested.id), ("payment", "authorise", office.checked.id))
    assert said(await decide(session, cast.programme, payments)) == [None, None]
    assert said(await decide(session, cast.treasurer, given(("batch", "release", office.batch.id)))) == [None]
    note = await session.scalar(text("SELECT check_note FROM payment_request WHERE id = :id"), {"id": office.requested.id})
    assert note == "Expediente conforme"


async def test_who_prepared_or_requested_is_refused_item_by_item(session: Session, cast: Cast, office: Office) -> None:
    both = replace(cast.administrator, grants=cast.administrator.grants | cast.treasurer.grants | cast.programme.grants)
    items = given(("batch", "release", office.batch.id), ("payment", "authorise", office.checked.id))
    assert said(await decide(session, both, items)) == ["PreparerHere", "CheckerHere"]


async def test_presence_is_proved_once_before_anything_is_done(session: Session, cast: Cast, office: Office) -> None:
    before = await numbered(session)
    stale = replace(cast.head, fresh=False)
    with pytest.raises(StepUpNeeded):
        await decide(
            session, stale, given(("tranche", "request", f"{office.due.id}/1"), ("draft", "number", office.drafts[0].id))
        )
    assert await numbered(session) == before
    assert said(await decide(session, stale, given(("tranche", "request", f"{office.due.id}/1")))) == [None]


@pytest.fixture
async def standing_office(sessions: Sessions, cast: Cast) -> AsyncIterator[Office]:
    """The same, committed."""
    async with transaction(sessions) as session:
        made = await make_office(session, cast)
    yield made


async def test_killed_half_way_it_leaves_whole_items_or_none(sessions: Sessions, cast: Cast, standing_office: Office) -> None:
    async def state() -> list[object]:
        async with sessions() as session:
            rows = await session.execute(
                text(
                    "SELECT (SELECT count(*) FROM contract), (SELECT count(*) FROM record_leaf), "
                    "(SELECT COALESCE(sum(last), 0) FROM number_series), (SELECT count(*) FROM posting)"
                )
            )
            return list(rows.one())

    before = await state()
    async with sessions() as session:
        await session.begin()
        backend = await session.scalar(text("SELECT pg_backend_pid()"))
        first = given(("draft", "number", standing_office.drafts[0].id))
        assert said(await decide(session, cast.head, first)) == [None]
        async with transaction(sessions) as other:
            await other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": backend})
        with pytest.raises(DBAPIError):
            await decide(session, cast.head, given(("draft", "number", standing_office.drafts[2].id)))
        await session.invalidate()
    assert await state() == before
    async with transaction(sessions) as session:
        whole = given(*(("draft", "number", draft.id) for draft in standing_office.drafts))
        assert said(await decide(session, cast.head, whole)) == [None, "NoConfirmedAccount", None]
