"""A blank sheet as plain values, for its paper."""

from datetime import UTC, datetime
from fractions import Fraction
from uuid import UUID

from service.contests.book import RuleBook
from service.contests.criteria import Band, Bands, Criterion, Levels, Range
from service.contests.numbers import exact
from service.core.db import Session
from service.documents.papers_of_contests import BlankLine, BlankRange, BlankSheetPaper
from service.people.letterheads import letterhead, place_of
from service.scoring import paper_store
from service.scoring.books import known_book
from service.scoring.paper_models import PaperSheet
from service.scoring.paper_rules import grouped


async def blank_sheet(session: Session, paper: PaperSheet, office_id: UUID) -> BlankSheetPaper:
    """Everything that is printed on a sheet to fill in by hand."""
    known, about = await known_book(session, paper.rule_book_id), await paper_store.about(session, paper)
    stage = known.book.stages[paper.stage]
    names = _names(known.book, paper.stage)
    return {
        "letterhead": await letterhead(session, office_id),
        "number": grouped(paper.code),
        "code": paper.code,
        "issued_at": _instant(paper.printed_at),
        "rules": {
            "contest_code": about.contest_code,
            "contest_title": about.contest_title,
            "version": known.version,
            "sha256": known.sha256,
        },
        "plan_type": about.plan_type,
        "request_number": about.request_number,
        "stage": names[""],
        "application_code": about.code,
        "applicant": about.applicant,
        "plan_title": about.title,
        "place": await place_of(session, about.ubigeo, about.place),
        "juror": {"name": about.juror, "dni": about.dni, "body": about.body},
        "corrects": None if about.corrects is None else _instant(about.corrects),
        "declared_at": _instant(await paper_store.declared_at(session, paper)),
        "lines": [_line(names[code], criterion) for code, criterion in stage.criteria.items()],
        "maximum": exact(sum((criterion.maximum for criterion in stage.criteria.values()), Fraction())),
    }


def _line(name: str, criterion: Criterion) -> BlankLine:
    levels = criterion.levels if isinstance(criterion, Levels) else {}
    return {
        "criterion": name,
        "ranges": _ranges(criterion),
        "levels": [{"name": level, "points": exact(points)} for level, points in levels.items()],
        "attribute": criterion.attribute if isinstance(criterion, Bands) else None,
        "maximum": exact(criterion.maximum),
        "na": criterion.na,
    }


def _ranges(criterion: Criterion) -> list[BlankRange]:
    if isinstance(criterion, Levels):
        return []
    if isinstance(criterion, Bands):
        return [_range(band.range, band) for band in criterion.bands]
    return [_range(criterion.range, None)]


def _range(allowed: Range, band: Band | None) -> BlankRange:
    return {
        "since": exact(band.start) if band else None,
        "until": exact(band.end) if band else None,
        "minimum": exact(allowed.low),
        "maximum": exact(allowed.high),
        "step": exact(allowed.step),
    }


def _names(book: RuleBook, stage: str) -> dict[str, str]:
    """What the criteria of a stage are called in Spanish, by code, and the stage itself under the empty code."""
    row = next(each for each in book.value["stages"] if each["code"] == stage)
    return {"": _label(row), **{each["code"]: _label(each) for each in row["criteria"]}}


def _label(row: dict[str, object]) -> str:
    label = row.get("label")
    return str(label.get("es") or row["code"]) if isinstance(label, dict) else str(label or row["code"]).replace("_", " ")


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
