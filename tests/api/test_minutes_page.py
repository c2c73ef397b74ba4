"""The page of the minutes: which sheets were superseded, and which came on paper."""

import re
from uuid import UUID

import httpx
import pytest

from api.deps import COOKIE
from service.core.db import Session, Sessions, transaction
from service.deliberation import usecases as deliberation
from service.funding.usecases import assign_fund
from service.scoring import usecases
from service.scoring.paper_sheets import print_sheet, type_paper
from service.scoring.shapes import CorrectionIn, PaperTypingIn
from tests.api.conftest import Client
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.deliberation import announce, budget_fields, make_open_session, tally_all
from tests.make.funding import make_fund
from tests.make.people import make_committee
from tests.make.scoring import NO_CONFLICT, best_scores, lock, make_panel, score_all


async def closed_session(session: Session, cast: Cast) -> UUID:
    """A session whose minutes are closed: J1's sheet came on paper, J2 corrected the own one."""
    contest = await make_contest(session, cast, "idl-first")
    await assign_fund(session, cast.programme, contest.id, (await make_fund(session, cast)).id)
    application = await make_eligible(session, cast, contest, **budget_fields("10000.05"))
    committee = await make_committee(session, cast)
    panel = await make_panel(session, cast, contest)
    row = await make_open_session(session, cast, committee, contest)
    best = best_scores((await usecases.book_of(session, contest.id)).book.stages["single"])
    await usecases.declare_conflict(session, panel["J1"], application.id, NO_CONFLICT)
    paper = await print_sheet(session, cast.secretary, application.id, "single", panel["J1"].person_id)
    for typist in (cast.secretary, cast.promoter):
        await type_paper(session, typist, PaperTypingIn(code=paper.code, scores=best))
    await lock(session, panel["J2"], application, "single", best)
    given = CorrectionIn(scores={**best, "term": "9"}, reason="Leí mal la tabla")
    await usecases.supersede_scoresheet(session, panel["J2"], application.id, "single", given)
    await score_all(session, cast, contest, application)
    await tally_all(session, cast, row)
    await announce(session, cast, row)
    await deliberation.close_minutes(session, cast.secretary, row.id)
    return row.id


@pytest.fixture
async def session_id(api_sessions: Sessions, cast: Cast) -> UUID:
    """The session of closed minutes."""
    async with transaction(api_sessions) as session:
        return await closed_session(session, cast)


async def test_the_page_of_minutes_names_superseded_sheets_and_sheets_from_paper(
    session_id: UUID, transport: httpx.ASGITransport, tokens: dict[str, str]
) -> None:
    cookies, headers = {COOKIE: tokens["secretary"]}, {"accept-language": "es"}
    async with Client(transport=transport, base_url="http://raymi.test", cookies=cookies, headers=headers) as client:
        text = (await client.get(f"/minutes/{session_id}")).text
    rows = {
        heading: re.findall(r"<td[^>]*>(.*?)</td>", text.split(f"<h2>{heading}</h2>")[1].split("<h2>")[0])
        for heading in ("Fichas corregidas", "Fichas en papel")
    }
    assert [cell for cell in rows["Fichas corregidas"] if cell in ("Jacinto Borda Lima", "Leí mal la tabla")] == [
        "Jacinto Borda Lima",
        "Leí mal la tabla",
    ]
    assert rows["Fichas en papel"][3] == "Julia Arapa Kana"
    assert rows["Fichas en papel"][5] == "Sonia Quispe Choque, Paulina Mamani Ccopa"
