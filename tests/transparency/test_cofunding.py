"""A cofunder's page: its own promises and money, by ledger; another cofunder's are behind a wall."""

from datetime import timedelta
from decimal import Decimal

import pytest

from service.core import clock
from service.core.actor import Actor
from service.core.db import Session
from service.core.errors import NotFound
from service.funding.usecases import end_signer
from service.people.shapes import EndIn
from service.transparency.cofunding import cofunder_page, cofunder_pages
from tests.cast import Cast
from tests.make.accountability import make_paid
from tests.make.appeals import later
from tests.make.contests import without_appeals
from tests.make.contracts import make_contract
from tests.make.funding import make_cofunder, make_deposited_pledge, make_fund, make_pledge, make_signer
from tests.make.people import make_actor, make_group


async def signing(session: Session, cast: Cast, name: str) -> tuple[Actor, object]:
    """A cofunder and somebody who signs for it and is nothing else."""
    cofunder = await make_cofunder(session, cast, name=name)
    actor = await make_actor(session, cast)
    await make_signer(session, cast, cofunder, actor.person_id)
    return actor, cofunder


async def test_a_cofunder_sees_its_own_pledges_and_money_and_not_anothers(session: Session, cast: Cast) -> None:
    fund = await make_fund(session, cast)
    (ours, mine), (theirs, other) = (await signing(session, cast, "Minera Uno"), await signing(session, cast, "Minera Dos"))
    await make_deposited_pledge(session, cast, fund, mine, "3000.00", purpose="Premios de riego")  # type: ignore[arg-type]  # fixtures that are opaque here
    await make_pledge(session, cast, fund, mine, "500.00", purpose="Ferias")  # type: ignore[arg-type]  # fixtures that are opaque here
    await make_deposited_pledge(session, cast, fund, other, "7777.77", purpose="Secreto de otro")  # type: ignore[arg-type]  # fixtures that are opaque here
    (page,) = await cofunder_pages(session, ours)
    assert [(each.pledge.purpose, each.deposited) for each in page.given.pledges] == [
        ("Ferias", None),
        ("Premios de riego", Decimal("3000.00")),
    ]
    assert page.given.deposited == Decimal("3000.00")
    assert "7777.77" not in repr(page)
    assert "Secreto" not in repr(page)
    with pytest.raises(NotFound):
        await cofunder_page(session, ours, other.id)  # type: ignore[attr-defined]  # as above
    (page,) = await cofunder_pages(session, theirs)
    assert [each.pledge.purpose for each in page.given.pledges] == ["Secreto de otro"]


async def test_contracts_of_the_fund_show_with_what_was_paid_by_the_ledger(session: Session, cast: Cast) -> None:
    fund = await make_fund(session, cast)
    actor, cofunder = await signing(session, cast, "Minera Uno")
    await make_deposited_pledge(session, cast, fund, cofunder, "3000.00")  # type: ignore[arg-type]  # fixtures that are opaque here
    contract = await make_contract(session, cast, fund=fund, terms=without_appeals())
    await make_paid(session, cast)  # of another fund
    (page,) = await cofunder_pages(session, actor)
    assert [(plan.number, str(plan.amount), str(plan.paid)) for plan in page.plans] == [(contract.number, "10000.05", "0.00")]
    assert [(str(row.available), str(row.reserved), str(row.committed), str(row.paid)) for row in page.funds] == [
        ("92999.95", "0.00", "10000.05", "0.00")
    ]


async def test_money_for_one_group_shows_that_groups_contract_only(session: Session, cast: Cast) -> None:
    fund, group = await make_fund(session, cast), await make_group(session, cast)
    actor, cofunder = await signing(session, cast, "Minera Uno")
    await make_deposited_pledge(session, cast, fund, cofunder, "3000.00", group_id=group.id)  # type: ignore[arg-type]  # fixtures that are opaque here
    ours = await make_contract(session, cast, fund=fund, group=group, terms=without_appeals())
    await make_contract(session, cast, fund=fund, terms=without_appeals())
    (page,) = await cofunder_pages(session, actor)
    assert [plan.number for plan in page.plans] == [ours.number]


async def test_who_signs_no_more_sees_nothing(session: Session, cast: Cast) -> None:
    cofunder = await make_cofunder(session, cast)
    actor = await make_actor(session, cast)
    signer = await make_signer(session, cast, cofunder, actor.person_id)
    assert len(await cofunder_pages(session, actor)) == 1
    today = await clock.today(session)
    await end_signer(session, cast.programme, signer.id, EndIn(until=today))
    assert len(await cofunder_pages(session, actor)) == 1
    await later(session, timedelta(days=1))
    assert await cofunder_pages(session, actor) == []
    with pytest.raises(NotFound):
        await cofunder_page(session, actor, cofunder.id)
    for other in (cast.programme, cast.administrator, cast.auditor):
        assert await cofunder_pages(session, other) == []
