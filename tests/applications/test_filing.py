"""Filing: within the dates, with a try left, with what the rules ask of the district."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from service.applications import attributes, eligibility, rules, usecases
from service.applications.models import Application, ApplicationStatus, PaperKind
from service.applications.shapes import ReturnIn
from service.contests.models import Contest
from service.contests.ready_books import template
from service.contests.rules import PhaseClosed
from service.core import clock
from service.core.actor import MissingRole
from service.core.db import Session, Sessions, transaction
from service.core.machine import WrongState
from service.documents.rules import UnknownFileType
from service.people.group_usecases import families_of
from service.people.groups import Group
from service.territory.usecases import import_indicators
from tests.cast import Cast
from tests.make.applications import SCAN, file_application, make_application, make_eligible, make_settled
from tests.make.contests import DAY, make_contest
from tests.make.people import make_group

SECOND = timedelta(seconds=1)
INDICATORS = (
    "ubigeo,population_2017,poverty_total_pct_2018,idh_2019,poverty_quintile_derived,main_language\n"
    "080601,60000,{poverty},0.45,{quintile},qu\n"
)


async def import_poverty(session: Session, cast: Cast, quintile: int, source: str) -> None:
    rows = INDICATORS.format(poverty="31.5", quintile=quintile)
    await import_indicators(session, cast.programme, rows.encode(), source)


async def test_filing_keeps_the_instant_and_who_filed(session: Session, cast: Cast) -> None:
    application = await make_application(session, cast, await make_contest(session, cast))
    filed = await usecases.file_application(session, cast.promoter, application.id)
    now = await clock.now(session)
    assert (filed.status, filed.filed_at, filed.filed_by) == (ApplicationStatus.FILED, now, cast.promoter.person_id)


@pytest.mark.parametrize(("offset", "is_open"), [(-SECOND, False), (0 * DAY, True), (DAY - SECOND, True), (DAY, False)])
async def test_an_application_is_filed_only_while_the_call_is_open(
    session: Session, cast: Cast, offset: timedelta, is_open: bool
) -> None:
    contest = await make_contest(session, cast, opens=DAY, closes=2 * DAY)
    application = await make_application(session, cast, contest)
    await clock.set_time(session, await clock.now(session) + DAY + offset)
    if is_open:
        assert (await usecases.file_application(session, cast.promoter, application.id)).status == ApplicationStatus.FILED
        return
    with pytest.raises(PhaseClosed):
        await usecases.file_application(session, cast.promoter, application.id)
    assert application.status == ApplicationStatus.DRAFT


async def test_only_promoters_and_secretaries_file_and_withdraw(session: Session, cast: Cast) -> None:
    application = await make_application(session, cast, await make_contest(session, cast))
    for actor in (cast.head, cast.administrator, cast.auditor, cast.jurors[0]):
        with pytest.raises(MissingRole):
            await usecases.file_application(session, actor, application.id)
        with pytest.raises(MissingRole):
            await usecases.withdraw_application(session, actor, application.id)
        with pytest.raises(MissingRole):
            await usecases.add_paper(session, actor, application.id, PaperKind.PLAN, "plan.pdf", SCAN)


async def test_an_application_is_filed_once(session: Session, cast: Cast) -> None:
    application = await file_application(session, cast, await make_contest(session, cast))
    with pytest.raises(WrongState):
        await usecases.file_application(session, cast.promoter, application.id)


async def test_a_returned_application_is_filed_until_its_date_and_keeps_its_place(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast, closes=DAY)
    application = await file_application(session, cast, contest)
    first_filed = application.filed_at
    until = await clock.now(session) + 5 * DAY
    await eligibility.return_application(session, cast.secretary, application.id, ReturnIn(correct_until=until, note="Firma"))
    await clock.set_time(session, until + SECOND)
    with pytest.raises(rules.CorrectionOver):
        await usecases.file_application(session, cast.promoter, application.id)
    await clock.set_time(session, until)
    again = await usecases.file_application(session, cast.promoter, application.id)
    assert (again.status, again.filed_at) == (ApplicationStatus.FILED, first_filed)


@pytest.mark.parametrize("state", ["draft", "filed", "returned", "eligible"])
async def test_an_undecided_application_can_be_withdrawn(session: Session, cast: Cast, state: str) -> None:
    contest = await make_contest(session, cast)
    if state == "draft":
        application = await make_application(session, cast, contest)
    elif state == "eligible":
        application = await make_eligible(session, cast, contest)
    else:
        application = await file_application(session, cast, contest)
    if state == "returned":
        given = ReturnIn(correct_until=await clock.now(session) + DAY, note="Firma")
        await eligibility.return_application(session, cast.secretary, application.id, given)
    assert application.status == state
    assert (await usecases.withdraw_application(session, cast.promoter, application.id)).status == "withdrawn"
    with pytest.raises(rules.NoLongerOpen):
        await usecases.add_paper(session, cast.promoter, application.id, PaperKind.PLAN, "plan.pdf", SCAN)


async def test_a_paper_is_a_scan_that_is_kept_with_the_application(session: Session, cast: Cast) -> None:
    application = await make_application(session, cast, await make_contest(session, cast))
    paper = await usecases.add_paper(session, cast.promoter, application.id, PaperKind.PLAN, "plan final.exe", SCAN)
    assert (paper.kind, paper.at, paper.added_by) == ("plan", await clock.now(session), cast.promoter.person_id)
    with pytest.raises(UnknownFileType):
        await usecases.add_paper(session, cast.promoter, application.id, PaperKind.PLAN, "plan.pdf", b"MZ\x90")


async def failed(session: Session, cast: Cast, group: Group, times: int, outcome: str = "not_approved") -> None:
    for _ in range(times):
        contest = await make_contest(session, cast)
        await make_settled(session, cast, contest, ApplicationStatus(outcome), group)


@pytest.mark.parametrize("outcome", ["not_approved", "disqualified"])
async def test_a_group_that_fails_may_present_twice_more(session: Session, cast: Cast, outcome: str) -> None:
    group = await make_group(session, cast)
    await failed(session, cast, group, 3, outcome)
    with pytest.raises(rules.NoTriesLeft) as refused:
        await make_application(session, cast, await make_contest(session, cast), group)
    assert refused.value.values == {"tries": 3}
    other_type = await make_contest(session, cast, "pit-first")
    assert (await file_application(session, cast, other_type, group)).status == "filed"
    other_group = await make_contest(session, cast)
    assert (await file_application(session, cast, other_group)).status == "filed"


async def test_an_approval_gives_the_tries_back(session: Session, cast: Cast) -> None:
    group = await make_group(session, cast)
    await failed(session, cast, group, 2)
    await failed(session, cast, group, 1, "approved")
    await failed(session, cast, group, 2)
    assert (await file_application(session, cast, await make_contest(session, cast), group)).status == "filed"


async def test_plans_waiting_for_a_decision_are_tries_too(session: Session, cast: Cast) -> None:
    group = await make_group(session, cast)
    await failed(session, cast, group, 1)
    contests = [await make_contest(session, cast) for _ in range(4)]
    drafts = [await make_application(session, cast, contest, group) for contest in contests]
    for draft in drafts[:2]:
        await usecases.file_application(session, cast.promoter, draft.id)
    with pytest.raises(rules.NoTriesLeft):
        await usecases.file_application(session, cast.promoter, drafts[2].id)
    await usecases.withdraw_application(session, cast.promoter, drafts[0].id)
    assert (await usecases.file_application(session, cast.promoter, drafts[2].id)).status == "filed"


async def test_two_filings_at_one_moment_do_not_share_the_last_try(sessions: Sessions, cast: Cast) -> None:
    once = template("pdn-first").terms.model_copy(update={"tries": "1"})
    async with transaction(sessions) as session:
        group = await make_group(session, cast)
        contests = [await make_contest(session, cast, terms=once) for _ in range(2)]
        drafts = [await make_application(session, cast, contest, group) for contest in contests]

    async def file(draft: Application) -> str:
        async with transaction(sessions) as session:
            filed = await usecases.file_application(session, cast.promoter, draft.id)
            await asyncio.sleep(0.2)
            return filed.status.value

    outcomes = await asyncio.gather(*(file(draft) for draft in drafts), return_exceptions=True)
    assert sorted(str(outcome) if isinstance(outcome, str) else type(outcome).__name__ for outcome in outcomes) == [
        "NoTriesLeft",
        "filed",
    ]


async def test_the_number_of_tries_is_the_contests(session: Session, cast: Cast) -> None:
    group = await make_group(session, cast)
    await failed(session, cast, group, 1)
    strict = template("pdn-first").terms.model_copy(update={"tries": "1"})
    with pytest.raises(rules.NoTriesLeft):
        await make_application(session, cast, await make_contest(session, cast, terms=strict), group)


async def test_a_corrected_application_does_not_count_against_itself(session: Session, cast: Cast) -> None:
    once = template("pdn-first").terms.model_copy(update={"tries": "1"})
    application = await file_application(session, cast, await make_contest(session, cast, terms=once))
    given = ReturnIn(correct_until=await clock.now(session) + DAY, note="Firma")
    await eligibility.return_application(session, cast.secretary, application.id, given)
    assert (await usecases.file_application(session, cast.promoter, application.id)).status == "filed"


async def test_who_competes_for_prizes_may_lose_as_often_as_there_are_contests(session: Session, cast: Cast) -> None:
    host = await make_group(session, cast)
    family = (await families_of(session, host.id))[0].family
    for _ in range(4):
        contest = await make_contest(session, cast, "cif", host_group_id=host.id)
        application = await make_eligible(session, cast, contest, host, family)
        await usecases.settle_outcome(session, cast.secretary, application.id, ApplicationStatus.NOT_APPROVED)
    statement = text("SELECT count(*) FROM application WHERE family_id = :family AND status = 'not_approved'")
    assert await session.scalar(statement, {"family": family.id}) == 4


async def poverty(session: Session, contest: Contest) -> list[str]:
    found = await attributes.attributes_of_contest(session, contest.id)
    return [values["poverty_quintile"] for values in found.values()]


async def test_filing_records_the_poverty_of_the_district_with_its_source(session: Session, cast: Cast) -> None:
    await import_poverty(session, cast, 2, "INEI, mapa de pobreza 2018")
    contest = await make_contest(session, cast)
    application = await file_application(session, cast, contest)
    rows = await session.execute(
        text("SELECT name, version, value, source FROM application_attribute WHERE application_id = :id"),
        {"id": application.id},
    )
    assert [tuple(row) for row in rows] == [("poverty_quintile", 1, "2", "INEI, mapa de pobreza 2018")]


async def test_filing_again_records_poverty_only_if_it_changed(session: Session, cast: Cast) -> None:
    await import_poverty(session, cast, 2, "2018")
    contest = await make_contest(session, cast)
    application = await file_application(session, cast, contest)
    versions = "SELECT version, value FROM application_attribute WHERE application_id = :id ORDER BY version"
    for quintile, expected in ((2, [(1, "2")]), (1, [(1, "2"), (2, "1")])):
        await import_poverty(session, cast, quintile, "2018")
        given = ReturnIn(correct_until=await clock.now(session) + DAY, note="Firma")
        await eligibility.return_application(session, cast.secretary, application.id, given)
        await usecases.file_application(session, cast.promoter, application.id)
        rows = await session.execute(text(versions), {"id": application.id})
        assert [tuple(row) for row in rows] == expected
    assert await poverty(session, contest) == ["1"]


async def test_poverty_is_recorded_only_where_the_rules_look_at_it(session: Session, cast: Cast) -> None:
    await import_poverty(session, cast, 2, "2018")
    municipal = await make_contest(session, cast, "idl-first")
    await file_application(session, cast, municipal)
    assert await attributes.attributes_of_contest(session, municipal.id) == {}


async def test_a_district_without_figures_leaves_poverty_missing(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    await file_application(session, cast, contest)
    assert await attributes.attributes_of_contest(session, contest.id) == {}


@pytest.mark.parametrize("outcome", ["approved", "reserve", "not_approved", "disqualified"])
async def test_the_committees_outcome_is_written_once(session: Session, cast: Cast, outcome: Any) -> None:
    contest = await make_contest(session, cast)
    application = await make_settled(session, cast, contest, ApplicationStatus(outcome))
    assert application.status == outcome
    with pytest.raises(WrongState):
        await usecases.settle_outcome(session, cast.secretary, application.id, ApplicationStatus.APPROVED)


async def test_an_application_that_was_not_heard_has_no_outcome(session: Session, cast: Cast) -> None:
    application = await file_application(session, cast, await make_contest(session, cast))
    with pytest.raises(WrongState):
        await usecases.settle_outcome(session, cast.secretary, application.id, ApplicationStatus.APPROVED)
