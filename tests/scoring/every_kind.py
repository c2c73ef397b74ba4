"""A contest whose sheet has every kind of criterion, for the tests of sheets."""

from dataclasses import dataclass
from typing import Any

from service.applications.models import Application
from service.contests.book import Stage
from service.contests.models import Contest
from service.core.db import Session
from service.scoring import usecases
from service.scoring.models import ScoreSheet
from service.scoring.shapes import ScoresIn
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.people import make_committee
from tests.make.scoring import NO_CONFLICT, Panel, make_panel, open_stages

BOOK: dict[str, Any] = {
    "format": "raymi-rules/1",
    "title": "Every kind of criterion",
    "currency": "PEN",
    "stages": [
        {
            "code": "single",
            "criteria": [
                {"code": "plan", "kind": "points", "min": "0", "max": "10", "step": "1/3", "na": True},
                {"code": "legal", "kind": "levels", "levels": {"done": "8", "under way": "5"}},
                {
                    "code": "families",
                    "kind": "bands",
                    "attribute": "families_present_share",
                    "bands": [
                        {"from": "0", "to": "1/2", "min": "0", "max": "2"},
                        {"from": "1/2", "to": "1", "min": "2", "max": "5"},
                    ],
                },
            ],
        }
    ],
    "decision": {"mode": "pass_mark", "mark": "10"},
}
SCORES = {"plan": "22/3", "legal": "done", "families": "4"}


@dataclass(frozen=True)
class Field:
    """A contest with one stage of every kind of criterion, open; one application; J1 declared, J2 not."""

    contest: Contest
    application: Application
    panel: Panel
    stage: Stage


async def make_field(session: Session, cast: Cast) -> Field:
    """The contest that the tests score in; nine of ten families were present."""
    await make_committee(session, cast)
    contest = await make_contest(session, cast, "pdn-first", book=BOOK)
    application = await make_eligible(session, cast, contest)
    panel = await make_panel(session, cast, contest)
    await open_stages(session, cast, contest)
    await usecases.declare_conflict(session, panel["J1"], application.id, NO_CONFLICT)
    stage = (await usecases.book_of(session, contest.id)).book.stages["single"]
    return Field(contest, application, panel, stage)


async def lock_as(session: Session, field: Field, juror: str = "J1", **changes: str) -> ScoreSheet:
    """Lock with some scores changed."""
    given = ScoresIn(scores={**SCORES, **changes})
    return await usecases.lock_scoresheet(session, field.panel[juror], field.application.id, "single", given)
