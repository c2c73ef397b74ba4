"""The page of a session: the secretary's, who sees the most, in as many queries for four proposals as for one."""

import httpx
import pytest
from sqlalchemy import event

from api.deps import COOKIE
from service.core.db import Session, Sessions, transaction
from service.deliberation.models import CommitteeSession
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.deliberation import announce, make_open_session, tally_all
from tests.make.people import make_committee
from tests.make.scoring import make_panel, open_stages, score_all

MOST = 13


async def heard(session: Session, cast: Cast, proposals: int, state: str) -> CommitteeSession:
    """A session in a state, with so many proposals scored by five jurors."""
    committee = await make_committee(session, cast)
    contest = await make_contest(session, cast)
    applications = [await make_eligible(session, cast, contest) for _ in range(proposals)]
    await make_panel(session, cast, contest)
    await open_stages(session, cast, contest)
    row = await make_open_session(session, cast, committee, contest)
    await score_all(session, cast, contest, *applications)
    if state != "open":
        await tally_all(session, cast, row)
    if state == "announced":
        await announce(session, cast, row)
    return row


@pytest.mark.parametrize("state", ["open", "tallied", "announced"])
async def test_four_proposals_take_the_queries_of_one(
    api_sessions: Sessions, transport: httpx.ASGITransport, tokens: dict[str, str], cast: Cast, state: str
) -> None:
    async with transaction(api_sessions) as session:
        rows = [await heard(session, cast, proposals, state) for proposals in (1, 4)]
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    engine = api_sessions.kw["bind"].sync_engine
    asked = []
    async with httpx.AsyncClient(transport=transport, base_url="http://raymi.test") as client:
        client.cookies.set(COOKIE, tokens["secretary"])
        event.listen(engine, "before_cursor_execute", note)
        try:
            for row in rows:
                sent.clear()
                assert (await client.get(f"/sessions/{row.id}")).status_code == 200
                asked.append(list(sent))
        finally:
            event.remove(engine, "before_cursor_execute", note)
    assert asked[0] == asked[1]
    assert len(asked[0]) <= MOST
