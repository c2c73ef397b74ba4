"""Attributes end with the announcement of the result that rests on them: by the use case, by the database, and in a race."""

import pytest
from sqlalchemy import text

from service.applications import attribute_rules, attributes
from service.applications.models import Application
from service.applications.shapes import AttributeIn, PresenceIn
from service.core.db import Session, Sessions, transaction
from service.deliberation.minutes import close_minutes
from service.deliberation.ranking import announce
from service.deliberation.rules import InputsChanged
from tests.cast import Cast
from tests.make.deliberation import check_all, make_announced, make_open_session, tally_all
from tests.make.people import make_committee
from tests.make.scoring import play_bundle
from tests.races import second_of
from tests.traces import refused_by_database

RECOUNT = AttributeIn(name="families_present_share", value="0.7", source="Recuento")


async def count(session: Session, application: Application) -> object:
    """How many values of an application are kept."""
    statement = text("SELECT count(*) FROM application_attribute WHERE application_id = :id")
    return await session.scalar(statement, {"id": application.id})


async def test_values_are_entered_until_the_announcement_and_not_after_it(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    application = played.applications["D"]
    await attributes.record_attribute(session, cast.secretary, application.id, RECOUNT)
    with pytest.raises(InputsChanged):
        await announce(session, cast.secretary, row.id)


async def test_an_announced_contest_takes_no_value_from_anybody(session: Session, cast: Cast) -> None:
    played, row, _ = await make_announced(session, cast)
    application = played.applications["D"]
    kept = await count(session, application)
    insert = "INSERT INTO application_attribute VALUES (gen_random_uuid(), :application, 'x', 1, '1', 'Acta', now(), :by)"
    values = {"application": application.id, "by": cast.secretary.person_id}

    async def refused() -> None:
        with pytest.raises(attribute_rules.ResultStands):
            await attributes.record_attribute(session, cast.secretary, application.id, RECOUNT)
        with pytest.raises(attribute_rules.ResultStands):
            await attributes.record_presence(session, cast.secretary, application.id, PresenceIn(present=14, total=30))
        assert "what an announced result rests on stands" in await refused_by_database(session, insert, **values)

    await refused()
    await close_minutes(session, cast.secretary, row.id)
    await refused()
    assert await count(session, application) == kept


@pytest.mark.parametrize("announced_first", [True, False])
async def test_of_a_value_and_an_announcement_at_once_the_second_is_refused(
    sessions: Sessions, cast: Cast, announced_first: bool
) -> None:
    async with transaction(sessions) as session:
        committee = await make_committee(session, cast)
        played = await play_bundle(session, cast, "plans")
        row = await make_open_session(session, cast, committee, played.contest)
        await tally_all(session, cast, row)
        await check_all(session, cast, row)

    async def announcing(session: Session) -> object:
        return await announce(session, cast.secretary, row.id)

    async def recounting(session: Session) -> object:
        return await attributes.record_attribute(session, cast.secretary, played.applications["D"].id, RECOUNT)

    if announced_first:
        assert isinstance(await second_of(sessions, announcing, recounting), attribute_rules.ResultStands)
    else:
        assert isinstance(await second_of(sessions, recounting, announcing), InputsChanged)
