"""Funds, the contests they pay for, and cofunders with those who sign for them."""

from datetime import date
from uuid import uuid4

import pytest

from service.contests.models import Contest, ContestStatus
from service.core.actor import MissingRole
from service.core.acts import Role
from service.core.db import Session
from service.core.errors import NotFound
from service.funding import usecases as funding
from service.funding.models import CofunderKind
from service.funding.rules import (
    AlreadySigner,
    ContestDecided,
    FundCodeKnown,
    FundOfOtherOffice,
    NoFund,
    OtherCurrency,
    OtherRuc,
    require_payable_from,
)
from service.funding.shapes import FundIn
from service.people.rules import RucKnown, TermEnded, TermReversed
from service.people.shapes import EndIn
from tests.cast import SINCE, Cast
from tests.make.contests import decide, make_contest
from tests.make.funding import cofunder_in, make_cofunder, make_fund, make_pledge, make_signer
from tests.make.people import make_actor, make_group, make_municipality, make_office, next_ruc
from tests.traces import acts_on, refused_by_database


async def test_a_fund_is_kept_as_given_and_its_code_stands_once_in_an_office(session: Session, cast: Cast) -> None:
    fund = await make_fund(session, cast, None, code="FIDA")
    assert (fund.office_id, fund.code, fund.name, fund.currency) == (cast.office.id, "FIDA", "Fondo Sierra Sur", "PEN")
    with pytest.raises(FundCodeKnown):
        await make_fund(session, cast, None, code="FIDA")
    other = await make_office(session, cast)
    assert (await make_fund(session, cast, None, code="FIDA", office_id=other.id)).office_id == other.id
    assert [row.id for row in await funding.list_funds(session, cast.auditor, cast.office.id)] == [fund.id]
    assert await funding.get_fund(session, cast.secretary, fund.id) == fund
    assert await acts_on(session, f"fund:{fund.id}") == [("fund.created", cast.programme.person_id)]
    copy = "INSERT INTO fund (id, office_id, code, name, currency) VALUES (gen_random_uuid(), :office, 'FIDA', 'x', 'PEN')"
    assert "uq_fund_office_id_code" in await refused_by_database(session, copy, office=cast.office.id)


async def test_funds_and_cofunders_are_the_programmes(session: Session, cast: Cast) -> None:
    fund, cofunder, contest = (
        await make_fund(session, cast),
        await make_cofunder(session, cast),
        await make_contest(session, cast),
    )
    given = FundIn(office_id=cast.office.id, code="X", name="X")
    for actor in (cast.system, cast.head, cast.administrator, cast.auditor, cast.mayor):
        with pytest.raises(MissingRole):
            await funding.create_fund(session, actor, given)
        with pytest.raises(MissingRole):
            await funding.assign_fund(session, actor, contest.id, fund.id)
        with pytest.raises(MissingRole):
            await funding.create_cofunder(session, actor, cofunder_in(cast))
    with pytest.raises(NotFound):
        await funding.create_fund(session, cast.programme, FundIn(office_id=uuid4(), code="X", name="X"))
    stranger = await make_actor(session, cast, Role.AUDITOR, office_id=(await make_office(session, cast)).id)
    for actor in (stranger, cast.mayor):
        with pytest.raises(MissingRole):
            await funding.get_fund(session, actor, fund.id)
        with pytest.raises(MissingRole):
            await funding.list_funds(session, actor, cast.office.id)
        with pytest.raises(MissingRole):
            await funding.list_cofunders(session, actor, cast.office.id)
        with pytest.raises(MissingRole):
            await funding.list_signers(session, actor, cofunder.id)
        with pytest.raises(MissingRole):
            await funding.list_reservations(session, actor, fund.id)


async def test_a_contest_is_paid_from_the_fund_last_assigned(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    first, second = await make_fund(session, cast), await make_fund(session, cast)
    with pytest.raises(NoFund):
        await funding.fund_of_contest(session, contest.id)
    await funding.assign_fund(session, cast.programme, contest.id, first.id)
    assert (await funding.fund_of_contest(session, contest.id)).id == first.id
    await funding.assign_fund(session, cast.programme, contest.id, second.id)
    assert (await funding.fund_of_contest(session, contest.id)).id == second.id
    acts = [act for act, _ in await acts_on(session, f"contest:{contest.id}")]
    assert acts.count("fund.assigned") == 2


async def test_a_decided_contest_keeps_its_fund(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    fund, other = await make_fund(session, cast), await make_fund(session, cast)
    await funding.assign_fund(session, cast.programme, contest.id, fund.id)
    await decide(session, contest.id)
    with pytest.raises(ContestDecided):
        await funding.assign_fund(session, cast.programme, contest.id, other.id)
    assert (await funding.fund_of_contest(session, contest.id)).id == fund.id


async def test_a_fund_pays_in_its_own_office_and_currency(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    other = await make_office(session, cast)
    elsewhere = await make_fund(session, cast, None, office_id=other.id)
    with pytest.raises(FundOfOtherOffice):
        await funding.assign_fund(session, cast.programme, contest.id, elsewhere.id)
    with pytest.raises(NotFound):
        await funding.assign_fund(session, cast.programme, contest.id, uuid4())
    with pytest.raises(NotFound):
        await funding.assign_fund(session, cast.programme, uuid4(), elsewhere.id)
    in_dollars = Contest(**{**contest.model_dump(), "currency": "USD", "status": ContestStatus.PUBLISHED})
    with pytest.raises(OtherCurrency):
        require_payable_from(in_dollars, other.id, elsewhere)


async def test_a_cofunder_is_one_body_in_an_office(session: Session, cast: Cast) -> None:
    ruc = next_ruc()
    last = await make_cofunder(session, cast, ruc=ruc, name="Minera Zeta")
    first = await make_cofunder(session, cast, name="Gobierno Regional", kind=CofunderKind.REGIONAL_GOVERNMENT)
    with pytest.raises(RucKnown):
        await make_cofunder(session, cast, ruc=ruc)
    other = await make_office(session, cast)
    await make_cofunder(session, cast, ruc=ruc, office_id=other.id)
    assert [row.id for row in await funding.list_cofunders(session, cast.auditor, cast.office.id)] == [first.id, last.id]
    copy = (
        "INSERT INTO cofunder (id, office_id, kind, name, ruc) SELECT gen_random_uuid(), office_id, kind, name, ruc "
        "FROM cofunder WHERE id = :id"
    )
    assert "uq_cofunder_office_id_ruc" in await refused_by_database(session, copy, id=last.id)


async def test_a_cofunder_that_is_a_group_has_its_ruc_and_office(session: Session, cast: Cast) -> None:
    town = await make_municipality(session, cast)
    kind = CofunderKind.MUNICIPALITY
    with pytest.raises(OtherRuc) as refused:
        await make_cofunder(session, cast, kind=kind, group_id=town.id)
    assert refused.value.values == {"ruc": town.ruc}
    other = await make_office(session, cast)
    with pytest.raises(FundOfOtherOffice):
        await make_cofunder(session, cast, kind=kind, group_id=town.id, ruc=town.ruc, office_id=other.id)
    with pytest.raises(NotFound):
        await make_cofunder(session, cast, kind=kind, group_id=uuid4())
    assert (await make_cofunder(session, cast, kind=kind, group_id=town.id, ruc=town.ruc)).group_id == town.id
    without_ruc = await make_municipality(session, cast, (await make_actor(session, cast)).person_id, ruc=None)
    assert (await make_cofunder(session, cast, kind=kind, group_id=without_ruc.id)).group_id == without_ruc.id


async def test_a_signer_signs_from_the_first_day_to_the_last(session: Session, cast: Cast) -> None:
    cofunder = await make_cofunder(session, cast)
    juror = cast.jurors[0].person_id
    signer = await make_signer(session, cast, cofunder, juror)
    with pytest.raises(AlreadySigner):
        await make_signer(session, cast, cofunder, juror, since=date(2026, 1, 1))
    with pytest.raises(TermReversed):
        await make_signer(session, cast, cofunder, cast.mayor.person_id, until=date(2019, 12, 31))
    await funding.end_signer(session, cast.programme, signer.id, EndIn(until=date(2025, 12, 31)))
    with pytest.raises(TermEnded):
        await funding.end_signer(session, cast.programme, signer.id, EndIn(until=date(2026, 1, 1)))
    with pytest.raises(MissingRole):
        await funding.end_signer(session, cast.administrator, signer.id, EndIn(until=date(2025, 1, 1)))
    again = await make_signer(session, cast, cofunder, juror, since=date(2026, 1, 1))
    rows = await funding.list_signers(session, cast.auditor, cofunder.id)
    assert [(row.id, person.id) for row, person in rows] == [(signer.id, juror), (again.id, juror)]
    change = "UPDATE cofunder_signer SET person_id = :person"
    assert "permission denied" in await refused_by_database(session, change, person=cast.mayor.person_id)


async def test_who_signs_for_a_cofunder_of_a_group_is_found_by_its_pledges(session: Session, cast: Cast) -> None:
    group, other_group = await make_group(session, cast), await make_group(session, cast)
    fund = await make_fund(session, cast)
    mine, unrelated = await make_cofunder(session, cast, name="Minera"), await make_cofunder(session, cast, name="Banco")
    await make_signer(session, cast, mine, cast.jurors[0].person_id)
    await make_signer(session, cast, mine, cast.jurors[1].person_id, until=date(2025, 12, 31))
    await make_signer(session, cast, unrelated, cast.jurors[2].person_id)
    await make_pledge(session, cast, fund, mine, group_id=group.id)
    await make_pledge(session, cast, fund, unrelated, group_id=other_group.id)
    await make_pledge(session, cast, fund, unrelated)  # for all that the fund pays: no interest in one group
    last, after = date(2025, 12, 31), date(2026, 1, 1)
    both = {cast.jurors[0].person_id: "Minera", cast.jurors[1].person_id: "Minera"}
    assert await funding.signers_for_group(session, group.id, last) == both
    assert await funding.signers_for_group(session, group.id, after) == {cast.jurors[0].person_id: "Minera"}
    assert await funding.signers_for_group(session, group.id, date(2019, 12, 31)) == {}


async def test_who_signs_for_a_municipality_that_applies_itself_is_found(session: Session, cast: Cast) -> None:
    town = await make_municipality(session, cast)
    cofunder = await make_cofunder(
        session, cast, kind=CofunderKind.MUNICIPALITY, name="Sicuani", group_id=town.id, ruc=town.ruc
    )
    await make_signer(session, cast, cofunder, cast.mayor.person_id)
    assert await funding.signers_for_group(session, town.id, SINCE) == {cast.mayor.person_id: "Sicuani"}
