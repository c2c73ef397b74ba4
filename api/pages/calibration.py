"""The calibration round: two sample files, a sheet for each, and the scores side by side."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.files import attachment
from api.language import language_of
from api.pages.acts import Empty, act, attempt, show_wrong
from api.pages.calls import label
from api.pages.forms import Field as Control
from api.pages.forms import Typed, form, parse
from api.pages.score_rows import score_rows, scores_in
from api.pages.views import Cell, Link, Table, View, show
from api.templating import page
from service.contests.numbers import two_decimals
from service.contests.usecases import contest_with_call, get_contest, rules_in_force
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import NotFound
from service.scoring import calibration
from service.scoring.calibration_models import CalibrationSample
from service.scoring.shapes import CalibrationIn, SampleIn

router = new_router("calibration")


@router.get("/contests/{contest_id}/calibration")
async def show_samples(request: Request, session: Work, who: Who, contest_id: UUID) -> Response:
    """The two samples of a contest and the rounds of its stages."""
    return await _samples(request, session, who, contest_id)


async def _samples(request: Request, session: Session, who: Actor, contest_id: UUID, typed: Typed | None = None) -> Response:
    samples, stages = await calibration.samples_of(session, who, contest_id)
    contest, call = await contest_with_call(session, contest_id)
    here = f"/contests/{contest_id}/calibration"
    keep = form(f"{here}/samples", "Keep a sample file", SampleIn, choices={"place": [("1", "1"), ("2", "2")]}, typed=typed)
    paper = Control("_file", "File (PDF or photograph), if there is one", "file", required=False)
    keep = replace(keep, fields=[*keep.fields, paper], uploads=True)
    rows: list[list[Cell]] = [[each.place, each.title, each.text, _file(here, each)] for each in samples.values()]
    view = View(
        "Calibration of the jurors",
        translate_title=True,
        lead="Before scoring, jurors score two sample files that belong to nobody, and talk about what the criteria mean.",
        crumbs=[Link(contest.title, f"/contests/{contest_id}")],
        tables=[
            Table("Sample files", ["No.", "Title", "What the file says", "File"], rows),
            Table("Rounds", ["Stage"], [[Link(stage, f"{here}/{stage}", translate=True)] for stage in stages]),
        ],
        acts=[keep] if who.may(Act.KEEP_SAMPLES, call.office_id) else [],
    )
    return show(request, view)


def _file(here: str, sample: CalibrationSample) -> Cell:
    return Link("Download the paper (PDF)", f"{here}/samples/{sample.place}", translate=True) if sample.file_id else None


@router.post("/contests/{contest_id}/calibration/samples")
async def keep_sample(request: Request, session: Work, who: Who, contest_id: UUID) -> Response:
    """Enter a sample, with its paper if there is one."""
    data = await request.form()
    try:
        given = SampleIn.model_validate(parse(SampleIn, data))
    except ValidationError as error:
        return await show_wrong(request, session, error, page=_samples)
    sent = data.get("_file")
    file = (sent.filename, await sent.read()) if isinstance(sent, UploadFile) and sent.filename else None
    return await attempt(
        request,
        session,
        lambda: calibration.keep_sample(session, who, contest_id, given, file),
        page=_samples,
        to=lambda *_: f"/contests/{contest_id}/calibration",
    )


@router.get("/contests/{contest_id}/calibration/samples/{number}")
async def download_sample(session: Work, who: Who, contest_id: UUID, number: int) -> Response:
    """The paper of a sample."""
    return attachment(await calibration.get_sample_file(session, who, contest_id, number))


@router.get("/contests/{contest_id}/calibration/{stage}")
async def show_round(request: Request, session: Work, who: Who, contest_id: UUID, stage: str) -> Response:
    """A juror's two sheets; once the round is closed, the scores side by side."""
    return await _round(request, session, who, contest_id, stage)


async def _round(
    request: Request, session: Session, who: Actor, contest_id: UUID, stage: str, typed: Typed | None = None
) -> Response:
    found = await calibration.round_of(session, who, contest_id, stage)
    contest, book = await get_contest(session, who, contest_id), await rules_in_force(session, contest_id)
    language, here = language_of(request), f"/contests/{contest_id}/calibration/{stage}"
    typed_place = str(typed.values.get("_place", "")) if typed else ""
    sheets = []
    for place, sample in found.samples.items():
        mine = typed if typed and typed_place == str(place) else None
        values: dict[str, Any] = dict(mine.values) if mine else dict(found.mine.get(place, {}))
        rows = score_rows(book.book, stage, language, values, mine.errors if mine else {})
        sheets.append({"sample": sample, "rows": rows, "typed": mine, "open": _is_open(found, place)})
    names = {
        row["code"]: label(row, language) for each in book.book["stages"] if each["code"] == stage for row in each["criteria"]
    }
    return page(
        request,
        "pages/calibration.html",
        no_store=True,
        found=found,
        contest=contest,
        here=here,
        sheets=sheets,
        names=names,
        two_decimals=two_decimals,
        refusal=getattr(request.state, "refusal", None),
        close=form(f"{here}/closing", "Close the round now", typed=typed, danger=True) if found.may_close else None,
    )


def _is_open(found: calibration.Round, place: int) -> bool:
    return (
        found.seated
        and found.closed is None
        and not found.scoring_begun
        and place not in found.mine
        and len(found.samples) == 2
    )


@router.post("/contests/{contest_id}/calibration/{stage}/sheets")
async def send_calibration(request: Request, session: Work, who: Who, contest_id: UUID, stage: str) -> Response:
    """Send the scores of a sample for good."""
    data = await request.form()
    try:
        given = CalibrationIn.model_validate({"place": _place(data.get("_place")), "scores": scores_in(data)})
    except ValidationError as error:
        return await show_wrong(request, session, error, page=_round)
    return await attempt(
        request,
        session,
        lambda: calibration.send_calibration(session, who, contest_id, stage, given),
        page=_round,
        to=lambda *_: f"/contests/{contest_id}/calibration/{stage}",
    )


def _place(text: Any) -> int:
    if text not in ("1", "2"):
        raise NotFound
    return int(text)


act(
    router,
    "/contests/{contest_id}/calibration/{stage}/closing",
    Empty,
    calibration.close_calibration,
    page=_round,
    to=lambda _, contest_id, stage: f"/contests/{contest_id}/calibration/{stage}",
)
