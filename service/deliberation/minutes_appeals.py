"""What papers say of rankings that were checked off and of appeals."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import Row, text

from service.core.db import Session
from service.core.money import show
from service.deliberation import appeal_store
from service.deliberation.appeal_models import AppealStatus
from service.deliberation.appeal_queries import AppealView, Change, RemedyEntry, view_appeal
from service.deliberation.result_tables import stage_name
from service.documents.papers_of_appeals import AppealLine, ChangeLine, CheckLine, PlaceTaken, RemedyLine
from service.documents.shapes import Currency, Outcome
from service.scoring import usecases as scoring


async def check_lines(session: Session, contest_ids: Sequence[UUID]) -> list[CheckLine]:
    """The announced runs of contests in the order of their announcements, with who ran and who checked them."""
    return [_check(row) for row in await session.execute(_CHECKS, {"contests": list(contest_ids), "run": None})]


async def check_line(session: Session, run_id: UUID, announced_at: datetime) -> CheckLine:
    """The same of a run that a resolution announces."""
    row = (await session.execute(_CHECKS, {"contests": [], "run": run_id})).one()
    return {**_check(row), "announced_at": instant(announced_at)}


async def appeal_lines(session: Session, contest_ids: Sequence[UUID]) -> list[AppealLine]:
    """The appeals in contests, in the order of filing; all are settled."""
    return [
        await appeal_line(session, await view_appeal(session, appeal))
        for appeal in await appeal_store.appeals_in(session, contest_ids)
    ]


async def appeal_line(session: Session, view: AppealView) -> AppealLine:
    """An appeal as papers tell it."""
    book = (await scoring.book_of(session, view.contest.id)).book
    outcome = {AppealStatus.WITHDRAWN: "withdrawn", AppealStatus.REJECTED: "rejected"}.get(view.appeal.status, "upheld")
    ended = view.ruling or view.withdrawal
    return {
        "application_code": view.code,
        "applicant": view.applicant,
        "currency": cast(Currency, view.contest.currency),
        "ground": view.appeal.ground,
        "filed_at": instant(view.appeal.filed_at),
        "panel": [person.name for person in view.panel.values()],
        "opinions": [
            {"name": view.panel[key].name, "uphold": each.uphold, "reason": each.reason} for key, each in view.opinions.items()
        ],
        "outcome": cast(Literal["withdrawn", "rejected", "upheld"], outcome),
        "reason": ended.reason if ended else "",
        "remedies": [
            _remedy(each, stage_name(book, each.remedy.stage) if each.remedy.stage else None) for each in view.remedies
        ],
        "changes": [_change(each) for each in view.changes],
    }


def instant(moment: datetime) -> str:
    """An instant as papers write it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _check(row: Row[Any]) -> CheckLine:
    return {
        "contest_code": row.contest_code,
        "ran_by": row.ran_by,
        "ran_at": instant(row.ran_at),
        "checked_by": row.checked_by,
        "checked_at": instant(row.checked_at) if row.checked_at else None,
        "announced_at": instant(row.announced_at or row.ran_at),
        "sha256": row.inputs_sha256,
    }


def _remedy(entry: RemedyEntry, stage: str | None) -> RemedyLine:
    return {
        "kind": entry.remedy.kind.value,
        "juror": entry.juror or None,
        "stage": stage,
        "attribute": entry.remedy.attribute,
    }


def _change(change: Change) -> ChangeLine:
    return {
        "application_code": change.code,
        "applicant": change.applicant,
        "before": _place(*change.before),
        "after": _place(*change.after),
    }


def _place(status: str, rank: int | None, award: Decimal | None, score: str | None) -> PlaceTaken:
    return {
        "outcome": cast(Outcome, status),
        "rank": rank,
        "score": score,
        "award": show(award) if award is not None else None,
    }


_CHECKS = text(
    """
    SELECT c.code AS contest_code, w.given_names || ' ' || w.family_names AS ran_by, r.ran_at, r.inputs_sha256,
        s.given_names || ' ' || s.family_names AS checked_by, k.at AS checked_at, n.at AS announced_at
    FROM ranking_run r JOIN contest c ON c.id = r.contest_id JOIN person w ON w.id = r.ran_by
    LEFT JOIN announcement n ON n.run_id = r.id LEFT JOIN run_check k ON k.run_id = r.id LEFT JOIN person s ON s.id = k.checked_by
    WHERE r.contest_id = ANY(:contests) AND n.run_id IS NOT NULL OR r.id = CAST(:run AS uuid)
    ORDER BY n.at, c.code, r.id
    """
)
