"""The group's confirmation: the slip for its president, the public page where the code is typed, signed paper."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Form as Sent
from fastapi import Request
from pydantic import ValidationError
from starlette.responses import Response

from api.deps import Anyone, Who, Work, new_router
from api.errors import status_of
from api.files import attachment
from api.guesses import LIMITED
from api.language import language_of, say
from api.pages.forms import Form, Typed, form
from api.pages.views import Cell, Link, State, Table, Word
from api.templating import page
from service.applications import confirmation
from service.applications.confirmation_rules import WrongSlipCode
from service.applications.queries import Dossier
from service.applications.shapes import ConfirmIn, PaperConfirmationIn
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.messages import usecases as messages

router = new_router("confirmations")

HELP = "The group confirms by code or on signed paper; until then the application cannot be found eligible."


@router.get("/confirm")
async def show_confirm(request: Request, _who: Anyone) -> Response:
    """The page for a president with a slip."""
    return page(request, "pages/confirm.html", done=None, error=None, typed={})


@router.post("/confirm", dependencies=LIMITED)
async def confirm(
    request: Request,
    session: Work,
    _who: Anyone,
    application: Annotated[str, Sent()] = "",
    code: Annotated[str, Sent()] = "",
) -> Response:
    """Confirm with the code of a slip; the same answer whatever does not fit, and the attempt counts."""
    try:
        done = await confirmation.confirm_by_code(session, ConfirmIn(application=application, code=code))
    except ValidationError:
        done = None
    if done is None:
        error = say(language_of(request), WrongSlipCode.message)
        typed = {"application": application[:40]}
        return page(request, "pages/confirm.html", status=status_of(WrongSlipCode()), done=None, error=error, typed=typed)
    return page(request, "pages/confirm.html", done=done, error=None, typed={})


@router.post("/applications/{application_id}/confirmation-code")
async def issue_code(request: Request, session: Work, who: Who, application_id: UUID) -> Response:
    """A slip with a new code, shown this once."""
    code, president = await confirmation.issue_code(session, who, application_id)
    slip = await confirmation.slip_of(session, who, application_id)
    return page(request, "pages/slip.html", no_store=True, code=code, president=president.name, slip=slip)


@router.get("/confirmations/{confirmation_id}")
async def download_confirmation(session: Work, who: Who, confirmation_id: UUID) -> Response:
    """The paper that the president signed."""
    return attachment(await confirmation.get_confirmation_file(session, who, confirmation_id))


async def confirmation_tables(session: Session, who: Actor, found: Dossier, typed: Typed | None) -> list[Table]:
    """How and by whom an application was confirmed, or until when it should be, with the acts; nothing where it is not asked."""
    application = found.application
    if not application.must_confirm:
        return []
    until = await confirmation.awaited_until(session, application)
    rows: list[list[Cell]] = [
        [
            Link(row.way, f"/confirmations/{row.id}", translate=True) if row.file_id else Word(row.way),
            f"{row.president}, {row.since:%d.%m.%Y} – {row.until:%d.%m.%Y}",
            Word(row.role),
            row.received_by,
            row.received_on or row.at,
            row.requested,
        ]
        for row in await confirmation.confirmations_of(session, application.id)
    ]
    if until is not None:
        rows.insert(0, [State("awaited"), None, None, None, until, application.requested])
    columns = ["How", "Confirmed by, with the mandate", "Seat", "Received by", "When", "Amount requested"]
    return [Table("Confirmation by the group", columns, rows, acts=_acts(who, found, until, typed))]


def _acts(who: Actor, found: Dossier, until: date | None, typed: Typed | None) -> list[Form | None]:
    application = found.application
    may = who.may(Act.CONFIRM_FOR_GROUP, found.call.office_id) and who.person_id != application.filed_by
    if until is None or not may or application.status != "filed":
        return []
    here = f"/applications/{application.id}"
    files = [("file", "File (PDF or photograph)")]
    return [
        form(f"{here}/confirmation-code", "Print a slip with a code for the president", typed=typed, explain=HELP),
        form(f"{here}/confirmation-code/sms", "Send the code to the president's mobile", typed=typed)
        if messages.is_on()
        else None,
        form(f"{here}/confirmation", "Record the signed confirmation", PaperConfirmationIn, files=files, typed=typed),
    ]


async def record_paper(
    session: Session, who: Actor, application_id: UUID, given: PaperConfirmationIn, name: str, content: bytes
) -> Any:
    """The act of the form for signed paper."""
    return await confirmation.confirm_on_paper(session, who, application_id, given, name, content)
