"""Divided stages and alternates, made through the use cases."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.applications.models import Application
from service.contests.models import Contest
from service.core.db import Session
from service.scoring import usecases
from service.scoring.panel_models import Assignment
from service.scoring.shapes import DivisionIn, PlanIn, SeatIn
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.people import make_committee, make_group
from tests.make.scoring import Panel, make_panel

PUBLIC = "public"
"""The stage that is divided; its jurors J3, J4 and J5 have no seat in the field."""


@dataclass(frozen=True)
class Arena:
    """A contest with its panel and eligible applications A, B, C ..., each of a group of another district than the cast's office."""

    contest: Contest
    panel: Panel
    applications: dict[str, Application]


async def make_arena(session: Session, cast: Cast, codes: Sequence[str] = "ABCD") -> Arena:
    """J1 and J2 in the field, J3 to J5 in public; a committee of the cast; nothing opened."""
    await make_committee(session, cast)
    contest = await make_contest(session, cast)
    panel = await make_panel(session, cast, contest)
    applications = {}
    for code in codes:
        group = await make_group(session, cast, ubigeo="080608")
        applications[code] = await make_eligible(session, cast, contest, group, code=code)
    return Arena(contest, panel, applications)


async def divide(session: Session, cast: Cast, contest: Contest, each: int = 2, stage: str = PUBLIC) -> list[Assignment]:
    """A stage divided as its plan says."""
    plan = await usecases.plan_division(session, cast.secretary, contest.id, PlanIn(stage=stage, jurors_each=each))
    given = DivisionIn(stage=stage, jurors_each=each, plan=plan.sha256)
    return await usecases.divide_stage(session, cast.secretary, contest.id, given)


async def seat_alternate(session: Session, cast: Cast, arena: Arena, stage: str = PUBLIC) -> None:
    """The mayor as the alternate J9 of a stage."""
    given = SeatIn(person_id=cast.mayor.person_id, juror="J9", stages=[stage], alternate=True)
    await usecases.seat_juror(session, cast.secretary, arena.contest.id, given)
    arena.panel["J9"] = cast.mayor
