"""What the database refuses becomes a named refusal, and the transaction goes on."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.core.db import Session, refusing
from service.core.errors import Conflict
from service.core.series import NumberSeries


class SeriesThere(Conflict):
    """The series is there."""

    message = "The series {name} is there."


async def test_a_constraint_is_refused_by_its_name_and_the_transaction_goes_on(session: Session) -> None:
    session.add(NumberSeries(series="one", last=1))
    await session.flush()
    with pytest.raises(SeriesThere) as refused:
        async with refusing(session, {"pk_number_series": SeriesThere(name="one")}):
            session.add(NumberSeries(series="two", last=2))
            await session.execute(text("INSERT INTO number_series VALUES ('one', 7)"))
    assert str(refused.value) == "The series one is there."
    assert (await session.scalars(text("SELECT series FROM number_series ORDER BY series"))).all() == ["one"]


async def test_what_is_pending_at_the_end_of_the_block_is_refused_too(session: Session) -> None:
    await session.execute(text("INSERT INTO number_series VALUES ('one', 1)"))
    with pytest.raises(SeriesThere):
        async with refusing(session, {"23505": SeriesThere(name="one")}):
            session.add(NumberSeries(series="one", last=2))
    assert await session.scalar(text("SELECT last FROM number_series WHERE series = 'one'")) == 1


async def test_an_error_that_is_not_listed_goes_on_as_it_is(session: Session) -> None:
    with pytest.raises(DBAPIError) as refused:
        async with refusing(session, {"23505": SeriesThere(name="x"), "uq_other": SeriesThere(name="x")}):
            await session.execute(text("INSERT INTO number_series VALUES ('one', NULL)"))
    assert getattr(refused.value.orig, "sqlstate", None) == "23502"
    assert await session.scalar(text("SELECT 1")) == 1


async def test_a_refusal_of_our_own_undoes_the_block(session: Session) -> None:
    with pytest.raises(SeriesThere):
        async with refusing(session, {}):
            await session.execute(text("INSERT INTO number_series VALUES ('one', 1)"))
            raise SeriesThere(name="one")
    assert await session.scalar(text("SELECT count(*) FROM number_series")) == 0
