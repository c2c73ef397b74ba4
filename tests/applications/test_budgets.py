"""Budgets: they add up, and are fixed once filed."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.applications import budget_rules, eligibility, queries, usecases
from service.applications.models import Application, BudgetSource
from service.applications.shapes import BudgetIn, BudgetLineIn, ReturnIn
from service.core import clock
from service.core.actor import MissingRole
from service.core.db import Session
from service.core.ids import new_id
from service.people.group_usecases import families_of
from tests.cast import Cast
from tests.make.applications import budget_in, file_application, make_application
from tests.make.contests import DAY, make_contest
from tests.make.people import make_group

FUND, OWN, COFUNDER = BudgetSource.FUND, BudgetSource.OWN, BudgetSource.COFUNDER


def budget(requested: str, own_share: str, *lines: tuple[BudgetSource, str]) -> BudgetIn:
    rows = [BudgetLineIn(description="Alevines", source=source, amount=Decimal(amount)) for source, amount in lines]
    return BudgetIn(requested=Decimal(requested), own_share=Decimal(own_share), lines=rows)


async def amounts(session: Session, application: Application) -> list[tuple[int, str, str]]:
    return [(line.position, line.source, str(line.amount)) for line in await queries.budget_of(session, application.id)]


async def test_a_budget_replaces_the_one_before(session: Session, cast: Cast) -> None:
    application = await make_application(session, cast, await make_contest(session, cast))
    given = budget("700.07", "300.00", (COFUNDER, "50.00"), (FUND, "700.06"), (OWN, "300.00"), (FUND, "0.01"))
    changed = await usecases.replace_budget(session, cast.promoter, application.id, given)
    assert (str(changed.requested), str(changed.own_share)) == ("700.07", "300.00")
    assert await amounts(session, application) == [
        (1, "cofunder", "50.00"),
        (2, "fund", "700.06"),
        (3, "own", "300.00"),
        (4, "fund", "0.01"),
    ]


@pytest.mark.parametrize(
    ("given", "field", "lines", "stated"),
    [
        (budget("700.07", "300.00", (FUND, "700.06"), (OWN, "300.00")), "requested", "700.06", "700.07"),
        (budget("700.07", "300.00", (FUND, "700.08"), (OWN, "300.00")), "requested", "700.08", "700.07"),
        (budget("700.07", "300.00", (FUND, "700.07"), (OWN, "299.99")), "own_share", "299.99", "300.00"),
        (budget("700.07", "300.00", (FUND, "700.07"), (COFUNDER, "300.00")), "own_share", "0.00", "300.00"),
        (budget("700.07", "0.00", (FUND, "700.07"), (OWN, "0.01")), "own_share", "0.01", "0.00"),
    ],
)
async def test_lines_that_do_not_add_up_are_refused_with_both_sums(
    session: Session, cast: Cast, given: BudgetIn, field: str, lines: str, stated: str
) -> None:
    contest = await make_contest(session, cast)
    application = await make_application(session, cast, contest)
    before = await amounts(session, application)
    for attempt in (
        usecases.replace_budget(session, cast.promoter, application.id, given),
        make_application(session, cast, contest, **given.model_dump()),
    ):
        with pytest.raises(budget_rules.BudgetDoesNotAdd) as refused:
            await attempt
        assert (refused.value.field, refused.value.values) == (field, {"lines": lines, "stated": stated})
    assert await amounts(session, application) == before


async def test_a_line_over_nothing_is_refused(session: Session, cast: Cast) -> None:
    application = await make_application(session, cast, await make_contest(session, cast))
    given = budget("5.00", "0.00", (FUND, "5.00"), (COFUNDER, "0.00"))
    with pytest.raises(budget_rules.EmptyLine) as refused:
        await usecases.replace_budget(session, cast.promoter, application.id, given)
    assert refused.value.field == "lines.1.amount"


@pytest.mark.parametrize(
    "given",
    [budget("1.00", "0.00", (FUND, "1.00")), budget("0.00", "0.00", (COFUNDER, "1.00")), budget("0.00", "1.00", (OWN, "1.00"))],
)
async def test_families_that_compete_for_prizes_have_no_budget(session: Session, cast: Cast, given: BudgetIn) -> None:
    host = await make_group(session, cast)
    contest = await make_contest(session, cast, "cif", host_group_id=host.id)
    family = (await families_of(session, host.id))[0].family
    application = await make_application(session, cast, contest, host, family)
    with pytest.raises(budget_rules.BudgetNotAsked):
        await usecases.replace_budget(session, cast.promoter, application.id, given)


async def test_an_application_without_lines_is_a_draft_that_cannot_be_filed(session: Session, cast: Cast) -> None:
    application = await make_application(session, cast, await make_contest(session, cast), lines=[])
    with pytest.raises(budget_rules.BudgetDoesNotAdd):
        await usecases.file_application(session, cast.promoter, application.id)


async def test_a_plan_that_asks_for_nothing_cannot_be_filed(session: Session, cast: Cast) -> None:
    nothing: Sequence[BudgetLineIn] = []
    contest = await make_contest(session, cast)
    application = await make_application(session, cast, contest, requested="0.00", own_share="0.00", lines=nothing)
    with pytest.raises(budget_rules.NothingRequested):
        await usecases.file_application(session, cast.promoter, application.id)


async def test_a_dance_group_asks_for_nothing_and_files(session: Session, cast: Cast) -> None:
    application = await file_application(session, cast, await make_contest(session, cast, "side-dance"))
    assert (application.status, str(application.requested)) == ("filed", "0.00")


async def test_a_filed_budget_is_fixed_until_it_is_returned(session: Session, cast: Cast) -> None:
    application = await file_application(session, cast, await make_contest(session, cast))
    given = budget_in("9000.00", "1000.00")
    with pytest.raises(budget_rules.BudgetFixed):
        await usecases.replace_budget(session, cast.promoter, application.id, given)
    correct = ReturnIn(correct_until=await clock.now(session) + DAY, note="Falta la cotización")
    await eligibility.return_application(session, cast.secretary, application.id, correct)
    await usecases.replace_budget(session, cast.promoter, application.id, given)
    assert await amounts(session, application) == [(1, "fund", "9000.00"), (2, "own", "1000.00")]


async def test_only_promoters_and_secretaries_write_budgets(session: Session, cast: Cast) -> None:
    application = await make_application(session, cast, await make_contest(session, cast))
    for actor in (cast.head, cast.programme, cast.auditor):
        with pytest.raises(MissingRole):
            await usecases.replace_budget(session, actor, application.id, budget_in())


async def sqlstate(session: Session, statement: str, **values: object) -> str | None:
    with pytest.raises(DBAPIError) as refused:
        async with session.begin_nested():
            await session.execute(text(statement), values)
    return getattr(refused.value.orig, "sqlstate", None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE budget_line SET amount = amount + 1 WHERE application_id = :id",
        "DELETE FROM budget_line WHERE application_id = :id",
        "INSERT INTO budget_line (id, application_id, position, description, source, in_kind, amount) VALUES (:new, :id, 9, 'x', 'fund', false, 1)",
    ],
)
async def test_the_database_keeps_the_budget_of_a_filed_application(session: Session, cast: Cast, statement: str) -> None:
    application = await file_application(session, cast, await make_contest(session, cast))
    values = {"new": new_id()} if ":new" in statement else {}
    assert await sqlstate(session, statement, id=application.id, **values) == "RY015"


@pytest.mark.parametrize(
    "change",
    [
        "requested = requested + 0.01",
        "own_share = 0",
        "code = 'OTHER'",
        "filed_at = filed_at - interval '1 second'",
        'family_id = NULL, group_id = (SELECT id FROM "group" WHERE id <> group_id LIMIT 1)',
        'accounting = \'{"accounted": "1.00"}\'',
        "parent_id = id",
    ],
)
async def test_the_database_keeps_what_a_filed_application_asks_for(session: Session, cast: Cast, change: str) -> None:
    await make_group(session, cast)
    application = await file_application(session, cast, await make_contest(session, cast))
    assert await sqlstate(session, f"UPDATE application SET {change} WHERE id = :id", id=application.id) == "RY016"


async def test_the_database_lets_the_status_of_a_filed_application_move(session: Session, cast: Cast) -> None:
    application = await file_application(session, cast, await make_contest(session, cast))
    await session.execute(text("UPDATE application SET status = 'eligible' WHERE id = :id"), {"id": application.id})
    await session.refresh(application)
    assert application.status == "eligible"
