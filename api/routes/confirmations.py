"""The group's confirmation of what was filed on its behalf."""

from datetime import date, datetime
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from api.deps import Anyone, Who, Work, new_router
from api.errors import problem
from api.files import FILE, attachment
from api.guesses import LIMITED
from api.routes.answers import Out
from api.routes.uploads import UploadIn
from service.applications import confirmation
from service.applications.confirmation_models import ConfirmationWay
from service.applications.confirmation_rules import WrongSlipCode
from service.applications.shapes import ConfirmIn, PaperConfirmationIn

router = new_router("confirmations")


class PaperIn(UploadIn):
    """The signed form (PDF, PNG or JPEG), and the day on which it was received."""

    received_on: date


class ConfirmationOut(Out):
    """How and when an application was confirmed."""

    id: UUID
    way: ConfirmationWay
    mandate_id: UUID
    received_on: date | None
    at: datetime


class CodeOut(BaseModel):
    """A code for the president, shown this once."""

    code: str
    president: str


class ConfirmedOut(BaseModel):
    """The code of the application that is confirmed."""

    application: str


@router.post("/applications/{application_id}/confirmation-code", status_code=201, response_model=CodeOut)
async def issue_code(session: Work, who: Who, application_id: UUID) -> Response:
    """A new code for the group's president; earlier ones are no longer good."""
    code, president = await confirmation.issue_code(session, who, application_id)
    answer = CodeOut(code=code, president=president.name)
    return JSONResponse(answer.model_dump(), 201, {"Cache-Control": "no-store"})


@router.post("/applications/{application_id}/confirmation-code/sms", status_code=204)
async def send_code(session: Work, who: Who, application_id: UUID) -> None:
    """Send a new code to the mobile of the group's president; earlier ones are no longer good."""
    await confirmation.send_code(session, who, application_id)


@router.post("/applications/{application_id}/confirmation", status_code=201)
async def confirm_on_paper(session: Work, who: Who, application_id: UUID, given: PaperIn) -> ConfirmationOut:
    """Record the form that the president signed."""
    received = PaperConfirmationIn(received_on=given.received_on)
    row = await confirmation.confirm_on_paper(session, who, application_id, received, given.name, given.content)
    return ConfirmationOut.of(row)


@router.post("/confirmations", status_code=201, response_model=ConfirmedOut, dependencies=LIMITED)
async def confirm_by_code(request: Request, session: Work, _who: Anyone, given: ConfirmIn) -> Response:
    """Confirm with the code of a slip, without sign-in; an attempt that does not fit counts, so it is answered and not raised."""
    done = await confirmation.confirm_by_code(session, given)
    return problem(request, WrongSlipCode()) if done is None else JSONResponse({"application": done.code}, 201)


@router.get("/confirmations/{confirmation_id}/file", response_class=Response, responses=FILE)
async def get_confirmation_file(session: Work, who: Who, confirmation_id: UUID) -> Response:
    """The signed form."""
    return attachment(await confirmation.get_confirmation_file(session, who, confirmation_id))
