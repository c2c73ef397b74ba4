"""Papers that Raymi drew, to download."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Anyone, Work, new_router
from api.files import attachment
from api.pages.views import Cell, Link, Word
from api.templating import page
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.documents.models import DocumentKind
from service.documents.usecases import get_file, latest_document
from service.transparency.papers import get_paper

router = new_router("documents")


async def paper_link(session: Session, kind: DocumentKind, subject: str) -> Cell:
    """The newest version of a paper, as other pages lead to it; that it is being drawn, or None where nobody asked for it."""
    document = await latest_document(session, kind, subject)
    if document is None:
        return None
    if document.file_id is None:
        return Word("The paper is being drawn")
    return Link("Download the paper (PDF)", f"/documents/{document.id}", translate=True)


async def account_paper_link(session: Session, who: Actor, office_id: UUID, kind: DocumentKind, subject: str) -> Cell:
    """The same for a paper that prints a bank account: to the others of the office it does not lead."""
    if not who.may(Act.READ_SCANS, office_id):
        return Word("Only for those who see bank accounts, and the secretary")
    return await paper_link(session, kind, subject)


@router.get("/documents/{document_id}")
async def download_document(request: Request, session: Work, who: Anyone, document_id: UUID) -> Response:
    """The PDF of a paper; a page that says to come back while it is being drawn."""
    document = await get_paper(session, who, document_id)
    if document.file_id is None:
        return page(request, "pages/drawing.html", status=202)
    return attachment(await get_file(session, document.file_id))
