"""An invitation to sign in, for somebody who may never have used a computer."""

from typing import Annotated, Literal

from pydantic import StringConstraints
from typing_extensions import TypedDict

from service.documents.shapes import Letterhead, Moment, exact


@exact
class InvitationPaper(TypedDict):
    """Who is invited to what, until when, by which link or code; ``guard`` is what the person will be asked."""

    letterhead: Letterhead
    number: str
    issued_at: Moment
    purpose: Literal["invite", "recover"]
    name: str
    guard: Literal["dni", "birth_date"]
    link: str
    code: Annotated[str, StringConstraints(pattern="^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$")]
    address: str
    until: Moment
