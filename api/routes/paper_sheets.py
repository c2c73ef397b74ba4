"""Sheets on paper: printing them, and typing them in by two people."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from api.deps import Who, Work, new_router
from api.routes.answers import Out
from api.routes.uploads import UploadIn
from service.scoring import paper_sheets
from service.scoring.paper_models import PaperStatus
from service.scoring.shapes import PaperTypingIn

router = new_router("paper sheets")


class PrintIn(BaseModel, extra="forbid"):
    """The juror whose sheet is printed, and whether it corrects the locked one."""

    person_id: UUID
    correcting: bool = False


class TypingIn(PaperTypingIn):
    """What one person reads on a paper sheet, with the scanned page where there is one."""

    scan: UploadIn | None = None


class PaperSheetOut(Out):
    """A sheet on paper; ``differing`` are the criteria in which the last two typings differed, without a value."""

    id: UUID
    code: str
    application_id: UUID
    stage: str
    person_id: UUID
    printed_at: datetime
    status: PaperStatus
    round: int
    differing: list[str]
    corrects_id: UUID | None
    sheet_id: UUID | None


class PaperViewOut(BaseModel):
    """A paper sheet as its typists see it."""

    paper: PaperSheetOut
    criteria: list[str]
    application: str
    applicant: str
    juror: str
    typed_by_me: bool


class PaperRowOut(Out):
    """A paper sheet of a contest, and how far it is."""

    id: UUID
    code: str
    stage: str
    application: str
    juror: str
    status: PaperStatus
    round: int
    printed_at: datetime
    corrects_id: UUID | None


@router.post("/applications/{application_id}/sheets/{stage}/paper", status_code=201)
async def print_sheet(session: Work, who: Who, application_id: UUID, stage: str, given: PrintIn) -> PaperSheetOut:
    """Print a juror's sheet to fill in by hand: by the secretary, or the juror."""
    paper = await paper_sheets.print_sheet(session, who, application_id, stage, given.person_id, correcting=given.correcting)
    return PaperSheetOut.of(paper)


@router.post("/paper-sheets/typings", status_code=201)
async def type_paper(session: Work, who: Who, given: TypingIn) -> PaperSheetOut:
    """Type what stands on a paper sheet; the second typing locks the sheet, or says in what the two differ."""
    scan = (given.scan.name, given.scan.content) if given.scan else None
    return PaperSheetOut.of(await paper_sheets.type_paper(session, who, given, scan))


@router.get("/paper-sheets")
async def find_paper(session: Work, who: Who, code: str) -> PaperViewOut:
    """A paper sheet to type, by its code."""
    found = await paper_sheets.find_paper(session, who, code)
    return PaperViewOut(
        paper=PaperSheetOut.of(found.paper),
        criteria=list(found.stage.criteria),
        application=found.application,
        applicant=found.applicant,
        juror=found.juror,
        typed_by_me=found.typed_by_me,
    )


@router.get("/contests/{contest_id}/paper-sheets")
async def list_papers(session: Work, who: Who, contest_id: UUID) -> list[PaperRowOut]:
    """The paper sheets of a contest, for those who type them."""
    return [PaperRowOut.of(row) for row in await paper_sheets.list_papers(session, who, contest_id)]
