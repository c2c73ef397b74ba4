"""Quotas with their effect: in the analysis, in the announced result and in the minutes."""

from decimal import Decimal

from service.core.db import Session
from service.deliberation import usecases
from service.deliberation.quotas import announced_quotas
from service.documents.models import DocumentKind
from service.documents.usecases import latest_document, render_document
from tests.cast import Cast
from tests.make.deliberation import make_announced, make_open_session, tally_all
from tests.make.people import make_committee
from tests.make.scoring import play_bundle


async def test_before_the_decision_the_office_reads_them_in_the_analysis_and_nobody_in_a_result(
    session: Session, cast: Cast
) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "quotas")
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    found = (await usecases.analyse_contest(session, cast.secretary, played.contest.id)).analysis.quotas
    assert found is not None
    assert [(use.funded, use.left) for use in found.uses] == [(("Q",), Decimal("1000.00")), ((), Decimal("1500.00"))]
    assert [flip.application for flip in found.flips] == ["P", "Q"]
    assert await announced_quotas(session, played.contest.id) is None


async def test_the_announced_result_and_the_minutes_say_the_effect(session: Session, cast: Cast) -> None:
    played, row, _ = await make_announced(session, cast, "quotas", fund="6000.00")
    before = (await usecases.analyse_contest(session, cast.secretary, played.contest.id)).analysis.quotas
    found = await announced_quotas(session, played.contest.id)
    assert found is not None
    assert found.effect == before
    assert sorted(found.applicants) == ["P", "Q", "R", "T"]
    minutes = await usecases.close_minutes(session, cast.secretary, row.id)
    (table,) = minutes.data["results"]
    assert table["quotas"] == {
        "uses": [
            {
                "attribute": "kind",
                "value": "women",
                "share": "1/2",
                "kept": "3000.00",
                "funded": ["Q"],
                "left": "1000.00",
            },
            {"attribute": "kind", "value": "youth", "share": "1/4", "kept": "1500.00", "funded": [], "left": "1500.00"},
        ],
        "gained": [{"application_code": "Q", "award": "2000.00", "without": None}],
        "lost": [{"application_code": "P", "award": None, "without": "1000.00"}],
    }
    document = await latest_document(session, DocumentKind.MINUTES, f"minutes:{minutes.id}")
    assert document is not None
    await render_document(session, document.id)


async def test_a_contest_without_quotas_says_nothing_of_them(session: Session, cast: Cast) -> None:
    played, row, _ = await make_announced(session, cast)
    assert await announced_quotas(session, played.contest.id) is None
    (table,) = (await usecases.close_minutes(session, cast.secretary, row.id)).data["results"]
    assert table["quotas"] is None
