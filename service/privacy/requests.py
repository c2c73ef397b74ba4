"""What people ask about their own data, and the answers."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import col

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.clock import PERU
from service.core.db import Session, refusing
from service.core.errors import NotFound
from service.people.models import Person
from service.people.usecases import require_registrar
from service.privacy import rules
from service.privacy.models import DataAnswer, DataRequest, RequestKind
from service.privacy.shapes import DataAnswerIn, DataRequestIn
from service.record import usecases as record


@dataclass(frozen=True)
class Asked:
    """A request with whom it is about, who filed it, the last day for an answer, and the answer."""

    request: DataRequest
    person: str
    filed_by: str
    due: date
    answer: DataAnswer | None


async def ask(session: Session, actor: Actor, given: DataRequestIn) -> DataRequest:
    """Ask something about one's own data."""
    return await _file(session, actor, actor.person_id, given)


async def ask_for(session: Session, actor: Actor, person_id: UUID, given: DataRequestIn) -> DataRequest:
    """File what a person of one's office asked on paper. Raises ``NotFound``, ``MissingRole``, ``OtherOfficesPerson``."""
    await require_registrar(session, actor, person_id)
    return await _file(session, actor, person_id, given)


async def answer(session: Session, actor: Actor, request_id: UUID, given: DataAnswerIn) -> DataAnswer:
    """Answer a request, once. Raises ``NotFound``, ``MissingRole``, ``AboutYourself``, ``AlreadyAnswered``."""
    request = await session.get(DataRequest, request_id)
    if request is None:
        raise NotFound
    actor.require(Act.ANSWER_DATA_REQUEST)
    if request.person_id == actor.person_id:
        raise rules.AboutYourself
    now = await clock.now(session)
    async with refusing(session, {"pk_data_answer": rules.AlreadyAnswered, "RY175": rules.AboutYourself}):
        row = DataAnswer(request_id=request_id, **given.model_dump(), answered_by=actor.person_id, at=now)
        session.add(row)
    payload = {"outcome": given.outcome, "kind": request.kind}
    await record.append(session, actor, "data_request.answered", f"data_request:{request_id}", payload)
    return row


async def list_requests(session: Session, actor: Actor, limit: int = 500) -> list[Asked]:
    """Every request, the unanswered first and of these the oldest. Raises ``MissingRole``."""
    actor.require(Act.ANSWER_DATA_REQUEST)
    return await _asked(session, limit)


async def own_requests(session: Session, actor: Actor) -> list[Asked]:
    """What the actor asked, or an office for them."""
    return await _asked(session, 100, col(DataRequest.person_id) == actor.person_id)


async def get_request(session: Session, actor: Actor, request_id: UUID) -> Asked:
    """One request, for who answers and for whom it is about. Raises ``NotFound``."""
    found = await _asked(session, 1, col(DataRequest.id) == request_id)
    if not found or not (actor.may(Act.ANSWER_DATA_REQUEST) or found[0].request.person_id == actor.person_id):
        raise NotFound
    return found[0]


async def require_asked(session: Session, person_id: UUID, kind: RequestKind) -> None:
    """Raise ``NotAskedFor`` unless the person asked for this and was not refused."""
    rows = await _asked(session, 100, col(DataRequest.person_id) == person_id, col(DataRequest.kind) == kind)
    if not any(each.answer is None or each.answer.outcome == "granted" for each in rows):
        raise rules.NotAskedFor


async def _file(session: Session, actor: Actor, person_id: UUID, given: DataRequestIn) -> DataRequest:
    row = DataRequest(person_id=person_id, **given.model_dump(), filed_by=actor.person_id, at=await clock.now(session))
    session.add(row)
    await session.flush()
    payload = {"person_id": str(person_id), "kind": given.kind}
    await record.append(session, actor, "data_request.filed", f"data_request:{row.id}", payload)
    return row


async def _asked(session: Session, limit: int, *where: object) -> list[Asked]:
    filer = aliased(Person)
    statement = (
        select(DataRequest, Person, filer, DataAnswer)
        .join(Person, col(Person.id) == col(DataRequest.person_id))
        .join(filer, col(filer.id) == col(DataRequest.filed_by))
        .outerjoin(DataAnswer, col(DataAnswer.request_id) == col(DataRequest.id))
        .where(*where)  # type: ignore[arg-type]  # SQL conditions
        .order_by(col(DataAnswer.at).desc().nulls_first(), col(DataRequest.at), col(DataRequest.id))
        .limit(limit)
    )
    rows = (await session.execute(statement)).all()
    return [
        Asked(request, person.name, by.name, rules.due(request.kind, request.at.astimezone(PERU).date()), answered)
        for request, person, by, answered in rows
    ]
