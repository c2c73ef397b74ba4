"""Two people at the same moment over an appeal: what the second is told. Committed, in a database of its own."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from scripts.cluster import APP, Cluster
from service.contracts import usecases as contracts
from service.contracts.models import ContractDraft
from service.core.db import Sessions, make_engine, make_sessions, transaction
from service.deliberation import appeal_rules, appeals, remedies, resolutions, run_checks, usecases
from service.deliberation.appeal_models import Appeal
from service.deliberation.check_rules import CheckedAlready
from service.deliberation.models import Award
from tests.cast import Cast
from tests.make import appeals as make
from tests.make.contracts import DRAFT
from tests.make.deliberation import make_signed_session
from tests.make.scoring import Played
from tests.races import second_of


@pytest.fixture(scope="module")
async def apart(cluster: Cluster, peopled: str) -> AsyncIterator[Sessions]:
    """Sessions of a database in which these tests commit."""
    cluster.ensure_database("appeal_races", peopled)
    engine = make_engine(cluster.url(APP, "appeal_races"))
    yield make_sessions(engine)
    await engine.dispose()


async def awarded(apart: Sessions, cast: Cast) -> tuple[Award, ContractDraft]:
    """An award with a drafted contract."""
    async with transaction(apart) as session:
        (award,) = (await make_signed_session(session, cast)).awards
        draft = await contracts.draft_contract(session, cast.secretary, award.id, DRAFT)
        await make.later(session)
        return award, draft


async def test_a_contract_and_an_appeal_at_once_end_in_one_of_them(apart: Sessions, cast: Cast) -> None:
    award, draft = await awarded(apart, cast)
    second = await second_of(
        apart,
        lambda one: appeals.file_appeal(one, cast.promoter, award.application_id, make.GROUND),
        lambda two: contracts.number_contract(two, cast.head, draft.id),
    )
    assert isinstance(second, appeal_rules.AppealOpen)
    award, draft = await awarded(apart, cast)
    second = await second_of(
        apart,
        lambda one: contracts.number_contract(one, cast.head, draft.id),
        lambda two: appeals.file_appeal(two, cast.promoter, award.application_id, make.GROUND),
    )
    assert isinstance(second, appeal_rules.AwardBound)


async def test_the_minutes_and_an_appeal_at_once_leave_none_out(apart: Sessions, cast: Cast) -> None:
    async with transaction(apart) as session:
        played, row = await make.announced_purse(session, cast)
    item = played.applications["A"].id
    second = await second_of(
        apart,
        lambda one: appeals.file_appeal(one, cast.promoter, item, make.GROUND),
        lambda two: usecases.close_minutes(two, cast.secretary, row.id),
    )
    assert isinstance(second, appeal_rules.AppealOpen)


async def ready(apart: Sessions, cast: Cast) -> tuple[Played, Appeal]:
    """An upheld appeal after the minutes, its sheet corrected."""
    async with transaction(apart) as session:
        played, row = await make.announced_purse(session, cast)
        await usecases.close_minutes(session, cast.secretary, row.id)
        for member in [cast.mayor, *cast.jurors]:
            await usecases.sign_minutes(session, member, row.id)
        await make.later(session, timedelta(hours=1))
        appeal = await make.file_it(session, cast, played.applications["A"])
        await make.uphold_it(session, cast, appeal, make.sheet_of(played.panel["J3"]))
        await make.later(session)
        (remedy_id,) = await make.remedy_ids(session, appeal)
        given = make.scores_of(played, "A", "public", "J3", in_map="9")
        await remedies.correct_sheet(session, played.panel["J3"], remedy_id, given)
        return played, appeal


async def test_two_checkers_and_the_last_two_signatures_at_once_act_once(apart: Sessions, cast: Cast) -> None:
    played, appeal = await ready(apart, cast)
    async with transaction(apart) as session:
        run = await remedies.rank_again(session, cast.secretary, appeal.id)
    second = await second_of(
        apart,
        lambda one: run_checks.check_run(one, cast.head, run.id),
        lambda two: run_checks.check_run(two, cast.administrator, run.id),
    )
    assert isinstance(second, CheckedAlready)
    first, *last = make.panel(cast)
    async with transaction(apart) as session:
        await resolutions.issue_resolution(session, cast.secretary, appeal.id)
        await resolutions.sign_resolution(session, first, appeal.id)
    await second_of(
        apart,
        lambda one: resolutions.sign_resolution(one, last[0], appeal.id),
        lambda two: resolutions.sign_resolution(two, last[1], appeal.id),
    )
    async with transaction(apart) as session:
        (award,) = await usecases.awards_of(session, played.contest.id)
    assert str(award.amount) == "15333.33"
