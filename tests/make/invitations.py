"""Invitations to sign in, made through the use cases."""

from typing import Any

from service.core.db import Session
from service.people import invitations
from service.people.invitation_models import InvitationWay
from service.people.models import Person
from service.people.shapes import AcceptIn, InviteIn
from tests.cast import Cast
from tests.make.people import make_person, next_number

PAPER, SMS = InviteIn(way=InvitationWay.PAPER), InviteIn(way=InvitationWay.SMS)
NEW = "cuatro llamas en la puna"


async def new_person(session: Session, cast: Cast, **changes: Any) -> Person:
    """Somebody without a user name, with a number of their own."""
    return await make_person(session, cast.system, mobile=f"9{next_number():08d}", **changes)


async def on_paper(session: Session, cast: Cast, person: Person) -> invitations.Issued:
    """An invitation on paper from the system administrator."""
    return await invitations.invite(session, cast.system, person.id, PAPER)


def accepted(person: Person, key: str, **changes: object) -> AcceptIn:
    """What the invited person types."""
    given = {"key": key, "answer": str(person.dni)[-4:], "user_name": f"user{next_number()}", "password": NEW}
    return AcceptIn.model_validate(given | changes)
