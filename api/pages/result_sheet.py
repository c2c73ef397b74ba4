"""The result sheet of one applicant, in plain words, for everybody once it is announced."""

from fractions import Fraction
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Work, new_router
from api.language import language_of, say, say_reasons
from api.pages.calls import label
from api.pages.ranking import decisions_table
from api.pages.views import Cell, Hash, Link, State, Table, View, Word, show
from api.templating import fraction
from service.core.db import Session
from service.deliberation.appeal_models import AppealStatus
from service.deliberation.appeal_queries import AppealTime, appeal_time, appeals_on
from service.deliberation.result_sheet import CriterionLine, ResultSheet, get_result_sheet

router = new_router("sessions")

HOW = (
    "If you think this result is wrong, you can appeal it until the end of {until}. Somebody of your board, or your promoter or the "
    "secretary of the office for you, writes what is wrong. Three persons who had no part in the result decide."
)
OVER = "The time to appeal this result ended on {until}."
SAID = {
    AppealStatus.REJECTED: "This result was appealed. The panel rejected the appeal, and the result stands.",
    AppealStatus.CARRIED_OUT: "This result was appealed and the panel upheld the appeal: what you see is the corrected result.",
}
"""What everybody is told of an appeal that is settled."""


@router.get("/applications/{application_id}/result")
async def show_result_sheet(request: Request, session: Work, application_id: UUID) -> Response:
    """An applicant's result: points by criterion, how far from the mark, and where most points were lost."""
    found = await get_result_sheet(session, application_id)
    language = language_of(request)
    decided = await decisions_table(session, found.contest, found.code)
    time = await appeal_time(session, found.contest.id, application_id)
    view = View(
        f"{found.code} · {found.applicant}",
        lead=found.title,
        state=found.status,
        crumbs=[Link(found.contest.title, f"/contests/{found.contest.id}")],
        notes=await _appeal_notes(session, application_id, time, language),
        facts=[*_facts(found, language), *([] if time is None or time.is_over else [_filing(application_id)])],
        tables=[
            *([decided] if decided else []),
            *([_helped(found, language)] if found.helped else []),
            _points(found, language),
        ],
    )
    return show(request, view)


def _filing(application_id: UUID) -> tuple[str, Cell]:
    return "Appeal", Link("Appeal this result", f"/applications/{application_id}/appeal", translate=True)


async def _appeal_notes(session: Session, application_id: UUID, time: AppealTime | None, language: str) -> list[str]:
    """What became of an appeal, and how and until when the result is appealed."""
    settled = [each.appeal.status for each in await appeals_on(session, application_id) if each.appeal.status in SAID]
    notes = [say(language, SAID[status]) for status in settled]
    if time is None or time.until is None:
        return [*notes, say(language, "The rules of this contest admit no appeals.")]
    text = OVER if time.is_over else HOW
    return [*notes, say(language, text, until=f"{time.until:%d/%m/%Y}")]


def _facts(found: ResultSheet, language: str) -> list[tuple[str, Cell]]:
    facts: list[tuple[str, Cell]] = [("Outcome", State(found.status))]
    if found.rank is not None and found.total is not None:
        facts += [("Place", found.rank), ("Total", fraction(str(found.total)))]
    if found.mark is not None:
        facts.append(("Points needed to pass", fraction(str(found.mark))))
    if found.missing is not None:
        facts.append(("Points missing to pass", _shortfall(found.missing, language)))
    if found.award is not None:
        facts.append(("Award", found.award))
    if found.reasons:
        facts.append(("Why", say_reasons(language, found.reasons)))
    return [*facts, ("Hash of the rules", Hash(found.rules_sha256)), ("Hash of what was judged", Hash(found.inputs_sha256))]


def _shortfall(missing: Fraction, language: str) -> str:
    """With two decimals; what is less than a hundredth is not shown as nothing."""
    return fraction(str(missing)) if missing >= Fraction(1, 100) else say(language, "less than 0.01")


def _points(found: ResultSheet, language: str) -> Table:
    rows: list[list[Cell]] = [[Word(line.stage), _name(line, language), _mean(line)] for line in found.lines]
    return Table("Points by criterion", ["Stage", "Criterion", "Mean of the jurors"], rows)


def _helped(found: ResultSheet, language: str) -> Table:
    rows: list[list[Cell]] = [[_name(line, language), fraction(str(line.lost))] for line in found.helped]
    return Table("Where most points were lost", ["Criterion", "Points lost"], rows)


def _name(line: CriterionLine, language: str) -> str:
    return label({"code": line.code, "label": line.label}, language)


def _mean(line: CriterionLine) -> Cell:
    return Word("does not count here") if line.mean is None else f"{fraction(str(line.mean))} / {fraction(str(line.maximum))}"
