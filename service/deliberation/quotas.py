"""What the quotas of a contest brought about in its announced result, for everybody and for the minutes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row

from service.contests.decision import Decision, PassMark
from service.contests.numbers import exact
from service.core.db import Session
from service.core.money import show
from service.deliberation import run_store, store
from service.deliberation.models import RankedApplication
from service.deliberation.ranking import announced_run
from service.documents.papers_of_sessions import QuotaFlip, QuotaPart
from service.scoring import usecases as scoring
from service.scoring.quotas import Line, QuotaEffect, quota_effect
from service.scoring.result import Status
from service.scoring.sensitivity import Flip


@dataclass(frozen=True, slots=True)
class AnnouncedQuotas:
    """The effect of the quotas on an announced result, and who applied by the applications' codes."""

    effect: QuotaEffect
    applicants: Mapping[str, str]


async def announced_quotas(session: Session, contest_id: UUID) -> AnnouncedQuotas | None:
    """What the quotas brought about; None before the announcement, and where there are none. Everybody may ask."""
    decision = (await scoring.book_of(session, contest_id)).book.decision
    if not isinstance(decision, PassMark) or not decision.quotas:
        return None
    run = await announced_run(session, contest_id)
    if run is None:
        return None
    lines = await run_store.ranked(session, run.id)
    who = await store.applicants(session, [line.application_id for line in lines])
    effect = effect_on(decision, lines, who)
    assert effect is not None, "a decision with quotas has an effect"
    return AnnouncedQuotas(effect, {row.code: row.applicant for row in who.values()})


def effect_on(
    decision: Decision, lines: Sequence[RankedApplication], applicants: Mapping[UUID, Row[Any]]
) -> QuotaEffect | None:
    """The effect on the lines of a run, which are in order of rank. Pure."""
    asked = ((line, applicants[line.application_id]) for line in lines)
    return quota_effect(
        decision, [Line(who.code, who.requested, cast(Status, line.status), line.award, line.reasons) for line, who in asked]
    )


def paper_part(effect: QuotaEffect | None) -> QuotaPart | None:
    """What the minutes say of the quotas of a contest; None where there are none."""
    if effect is None:
        return None
    return {
        "uses": [
            {
                "attribute": use.quota.attribute,
                "value": use.quota.value,
                "share": exact(use.quota.share),
                "kept": show(use.kept),
                "funded": list(use.funded),
                "left": show(use.left),
            }
            for use in effect.uses
        ],
        "gained": [_flip(flip) for flip in effect.gained],
        "lost": [_flip(flip) for flip in effect.lost],
    }


def _flip(flip: Flip) -> QuotaFlip:
    return {
        "application_code": flip.application,
        "award": None if flip.award is None else show(flip.award),
        "without": None if flip.other_award is None else show(flip.other_award),
    }
