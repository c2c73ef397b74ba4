"""The calibration round: samples, sheets, and the scores side by side."""

from datetime import datetime
from uuid import UUID

from pydantic import Base64Bytes, BaseModel
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.files import FILE, attachment
from api.routes.answers import Out
from service.contests.numbers import exact
from service.core.text import Line
from service.scoring import calibration
from service.scoring.shapes import CalibrationIn, SampleIn

router = new_router("calibration")


class SampleWithFileIn(SampleIn):
    """A sample with its paper (PDF, PNG or JPEG), if there is one."""

    name: Line | None = None
    content: Base64Bytes | None = None


class SampleOut(Out):
    """A sample file."""

    place: int
    version: int
    title: str
    text: str
    share: str


class SheetOut(Out):
    """What a juror gave a sample."""

    stage: str
    place: int
    scores: dict[str, str]
    at: datetime


class ClosingOut(Out):
    """The end of a round."""

    stage: str
    at: datetime


class SpreadOut(BaseModel):
    """A criterion's scores by juror; mean and spread are exact."""

    criterion: str
    written: dict[str, str]
    mean: str | None
    spread: str | None


class RoundOut(BaseModel):
    """A round as the reader may see it; ``spreads`` by sample once it is closed."""

    closed_at: datetime | None
    sent: dict[str, int]
    mine: dict[int, dict[str, str]]
    samples: list[SampleOut]
    spreads: dict[int, list[SpreadOut]]


@router.post("/contests/{contest_id}/calibration/samples", status_code=201)
async def keep_sample(session: Work, who: Who, contest_id: UUID, given: SampleWithFileIn) -> SampleOut:
    """Enter a sample, or a better one in its place."""
    sample = SampleIn(**given.model_dump(exclude={"name", "content"}))
    file = (given.name, given.content) if given.name and given.content else None
    return SampleOut.of(await calibration.keep_sample(session, who, contest_id, sample, file))


@router.get("/contests/{contest_id}/calibration/samples/{number}/file", response_class=Response, responses=FILE)
async def get_sample_file(session: Work, who: Who, contest_id: UUID, number: int) -> Response:
    """The paper of a sample."""
    return attachment(await calibration.get_sample_file(session, who, contest_id, number))


@router.get("/contests/{contest_id}/calibration/{stage}")
async def get_round(session: Work, who: Who, contest_id: UUID, stage: str) -> RoundOut:
    """A stage's round."""
    found = await calibration.round_of(session, who, contest_id, stage)
    return RoundOut(
        closed_at=found.closed.at if found.closed else None,
        sent=dict(found.sent),
        mine={place: dict(scores) for place, scores in found.mine.items()},
        samples=[SampleOut.of(each) for each in found.samples.values()],
        spreads={
            place: [
                SpreadOut(
                    criterion=each.criterion,
                    written=dict(each.written),
                    mean=None if each.mean is None else exact(each.mean),
                    spread=None if each.spread is None else exact(each.spread),
                )
                for each in spreads
            ]
            for place, spreads in found.spreads.items()
        },
    )


@router.post("/contests/{contest_id}/calibration/{stage}/sheets", status_code=201)
async def send_calibration(session: Work, who: Who, contest_id: UUID, stage: str, given: CalibrationIn) -> SheetOut:
    """Send one's scores of a sample for good."""
    return SheetOut.of(await calibration.send_calibration(session, who, contest_id, stage, given))


@router.post("/contests/{contest_id}/calibration/{stage}/closing", status_code=201)
async def close_calibration(session: Work, who: Who, contest_id: UUID, stage: str) -> ClosingOut:
    """Close a round before every juror has sent both sheets."""
    return ClosingOut.of(await calibration.close_calibration(session, who, contest_id, stage))
