"""Registering applications: which contest, which applicant, which plan."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from service.applications import rules, usecases
from service.applications.models import ApplicationStatus, BudgetLine
from service.applications.shapes import ApplicationIn
from service.contests.rules import NotPublished, PhaseClosed
from service.core import clock
from service.core.actor import MissingRole
from service.core.db import Session
from service.core.errors import NotFound
from service.core.ids import new_id
from service.people.group_usecases import families_of
from service.people.groups import Family, Group
from tests.cast import Cast
from tests.make.applications import application_in, make_application
from tests.make.contests import DAY, add_contest, decide, make_call, make_contest
from tests.make.people import make_group, make_municipality, make_office


async def roll(session: Session, group: Group) -> list[Family]:
    return [each.family for each in await families_of(session, group.id)]


async def test_an_application_is_registered_as_a_draft_with_its_budget(session: Session, cast: Cast) -> None:
    contest, group = await make_contest(session, cast), await make_group(session, cast)
    given = application_in(contest, group)
    application = await usecases.register_application(session, cast.promoter, contest.id, given)
    assert (application.status, application.filed_at, application.code) == (ApplicationStatus.DRAFT, None, given.code)
    lines = (await session.scalars(select(BudgetLine).where(col(BudgetLine.application_id) == application.id))).all()
    assert [(line.position, line.description, line.source, line.in_kind, str(line.amount)) for line in lines] == [
        (1, "Motobombas", "fund", False, "10000.05"),
        (2, "Mano de obra", "own", True, "2500.00"),
    ]
    acts = "SELECT act FROM record_leaf WHERE subject = :subject"
    assert (await session.scalars(text(acts), {"subject": f"application:{application.id}"})).all() == ["application.registered"]


async def test_a_plan_can_be_prepared_before_filing_opens_but_not_after_it_closed(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast, opens=DAY, closes=2 * DAY)
    assert (await make_application(session, cast, contest)).status == ApplicationStatus.DRAFT
    await clock.set_time(session, await clock.now(session) + 2 * DAY)
    with pytest.raises(PhaseClosed):
        await make_application(session, cast, contest)


async def test_a_contest_that_is_not_published_takes_no_application(session: Session, cast: Cast) -> None:
    contest = await add_contest(session, cast, await make_call(session, cast))
    with pytest.raises(NotPublished):
        await make_application(session, cast, contest)


async def test_a_decided_contest_takes_no_application(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    await decide(session, contest.id)
    with pytest.raises(rules.ContestIsDecided):
        await make_application(session, cast, contest)


async def test_a_contest_of_second_requests_takes_no_first_one(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast, "pdn-second")
    with pytest.raises(rules.SecondRequestOnly):
        await make_application(session, cast, contest)


async def test_only_promoters_and_secretaries_of_the_office_register(session: Session, cast: Cast) -> None:
    contest, group = await make_contest(session, cast), await make_group(session, cast)
    for actor in (cast.programme, cast.head, cast.administrator, cast.auditor, cast.jurors[0]):
        with pytest.raises(MissingRole):
            await usecases.register_application(session, actor, contest.id, application_in(contest, group))
    given = application_in(contest, group)
    assert (await usecases.register_application(session, cast.secretary, contest.id, given)).code == given.code


async def test_an_unknown_contest_group_or_family_is_not_found(session: Session, cast: Cast) -> None:
    contest, group = await make_contest(session, cast), await make_group(session, cast)
    given = application_in(contest, group)
    with pytest.raises(NotFound):
        await usecases.register_application(session, cast.promoter, new_id(), given)
    for field in ("group_id", "family_id", "proposal_id"):
        with pytest.raises(NotFound):
            await usecases.register_application(session, cast.promoter, contest.id, given.model_copy(update={field: new_id()}))


async def test_a_group_of_another_office_does_not_apply(session: Session, cast: Cast) -> None:
    contest, group = await make_contest(session, cast), await make_group(session, cast)
    other = await make_office(session, cast)
    await session.execute(text('UPDATE "group" SET office_id = :office WHERE id = :id'), {"office": other.id, "id": group.id})
    await session.refresh(group)
    with pytest.raises(rules.GroupOfOtherOffice):
        await make_application(session, cast, contest, group)


async def test_only_municipalities_ask_for_local_investments(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast, "idl-first")
    with pytest.raises(rules.MunicipalityNeeded):
        await make_application(session, cast, contest, await make_group(session, cast))
    municipality = await make_municipality(session, cast)
    assert (await make_application(session, cast, contest, municipality)).group_id == municipality.id


async def test_families_of_the_host_community_compete_and_nobody_else(session: Session, cast: Cast) -> None:
    host, other = await make_group(session, cast), await make_group(session, cast)
    contest = await make_contest(session, cast, "cif", host_group_id=host.id)
    families, strangers = await roll(session, host), await roll(session, other)
    application = await make_application(session, cast, contest, host, families[0])
    assert (application.group_id, application.family_id) == (host.id, families[0].id)
    with pytest.raises(rules.FamilyNeeded):
        await make_application(session, cast, contest, host)
    for group, family in ((other, strangers[0]), (host, strangers[0]), (other, families[1])):
        with pytest.raises(rules.NotOfHostGroup):
            await make_application(session, cast, contest, group, family)


async def test_a_family_does_not_apply_where_groups_compete(session: Session, cast: Cast) -> None:
    contest, group = await make_contest(session, cast), await make_group(session, cast)
    with pytest.raises(rules.FamilyNotAsked):
        await make_application(session, cast, contest, group, (await roll(session, group))[0])


async def test_a_short_name_is_used_once_in_a_contest(session: Session, cast: Cast) -> None:
    contest, other = await make_contest(session, cast), await make_contest(session, cast)
    await make_application(session, cast, contest, code="A")
    with pytest.raises(rules.ShortNameTaken):
        await make_application(session, cast, contest, code="A")
    assert (await make_application(session, cast, other, code="A")).code == "A"


async def test_an_applicant_has_one_application_to_a_contest_until_it_is_withdrawn(session: Session, cast: Cast) -> None:
    contest, group = await make_contest(session, cast), await make_group(session, cast)
    first = await make_application(session, cast, contest, group)
    with pytest.raises(rules.AlreadyApplies):
        await make_application(session, cast, contest, group)
    await usecases.withdraw_application(session, cast.promoter, first.id)
    again = await make_application(session, cast, contest, group)
    assert again.status == ApplicationStatus.DRAFT


async def test_each_family_has_one_application_to_a_contest(session: Session, cast: Cast) -> None:
    host = await make_group(session, cast)
    contest = await make_contest(session, cast, "cif", host_group_id=host.id)
    families = await roll(session, host)
    for family in families:
        await make_application(session, cast, contest, host, family)
    with pytest.raises(rules.AlreadyApplies):
        await make_application(session, cast, contest, host, families[0])


async def test_a_plan_is_presented_again_under_the_same_proposal(session: Session, cast: Cast) -> None:
    contest, later = await make_contest(session, cast), await make_contest(session, cast)
    group = await make_group(session, cast)
    first = await make_application(session, cast, contest, group)
    again = await make_application(session, cast, later, group, proposal_id=first.proposal_id, title=None)
    assert again.proposal_id == first.proposal_id


async def test_a_plan_is_presented_by_its_own_group_as_its_own_type(session: Session, cast: Cast) -> None:
    contest, territorial = await make_contest(session, cast), await make_contest(session, cast, "pit-first")
    first = await make_application(session, cast, contest)
    owner = await session.get_one(Group, first.group_id)
    with pytest.raises(rules.OtherProposal):
        await make_application(session, cast, contest, proposal_id=first.proposal_id)
    with pytest.raises(rules.OtherProposal):
        await make_application(session, cast, territorial, owner, proposal_id=first.proposal_id)


async def test_a_new_plan_has_a_title(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    with pytest.raises(rules.TitleMissing):
        await make_application(session, cast, contest, title=None)


@pytest.mark.parametrize(
    "changes", [{"requested": 10000.05}, {"requested": "10000.5"}, {"code": "a b"}, {"status": "approved"}, {"title": "\x00"}]
)
def test_what_is_typed_wrong_is_refused_by_the_shape(changes: dict[str, Any]) -> None:
    right = {"code": "A", "group_id": str(new_id()), "requested": "10000.05", "title": "Riego"}
    assert str(ApplicationIn.model_validate(right).requested) == "10000.05"
    with pytest.raises(ValueError, match="validation error"):
        ApplicationIn.model_validate({**right, **changes})
