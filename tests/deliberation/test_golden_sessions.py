"""Whole sessions with figures worked out by hand: plans, a recusal that the system finds, family prizes, second requests."""

from decimal import Decimal

from sqlalchemy import text

from service.core.db import Session
from service.deliberation import usecases
from tests.cast import Cast
from tests.make.deliberation import make_open_session, make_signed_session, sign_all, tally_all
from tests.make.funding import make_fund
from tests.make.people import make_committee
from tests.make.scoring import play_bundle


async def test_a_signed_session_awards_what_was_asked_for(session: Session, cast: Cast) -> None:
    signed = await make_signed_session(session, cast)
    assert [award.amount for award in signed.awards] == [Decimal("10000.05")]
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
