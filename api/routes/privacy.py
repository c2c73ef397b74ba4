"""Personal data: the register, everything that is kept of one person, requests, erasures."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi.encoders import jsonable_encoder
from starlette.responses import JSONResponse, Response

from api.deps import Anyone, Who, Work, new_router
from api.routes.answers import IdOut, Out
from service.people.shapes import PersonIn
from service.privacy import erasing, export, requests
from service.privacy.export import Everything
from service.privacy.models import Outcome, RequestKind
from service.privacy.register import REGISTER
from service.privacy.requests import Asked
from service.privacy.shapes import DataAnswerIn, DataRequestIn, ErasureIn
from service.privacy.ties import Why

router = new_router("privacy")


class KeptOut(Out):
    """A line of the register."""

    what: str
    why: str
    ground: str
    how_long: str
    readers: str


class RequestOut(Out):
    """A request and its answer; ``due`` is the last day for one."""

    id: UUID
    person_id: UUID
    person: str
    kind: RequestKind
    words: str
    filed_by: UUID
    at: datetime
    due: date
    outcome: Outcome | None
    answer: str | None


class TieOut(Out):
    """What still keeps a name, and until when; None while there is no end."""

    why: Why
    until: date | None


class ErasureOut(Out):
    """An erasure; ``whole`` where the name goes as well."""

    id: UUID
    person_id: UUID
    whole: bool
    reason: str
    requested_by: UUID
    requested_at: datetime
    approved_by: UUID | None
    approved_at: datetime | None
    ties: list[TieOut]


@router.get("/privacy")
async def list_kept(_session: Work, _who: Anyone) -> list[KeptOut]:
    """The register: what is kept of people, why, on what ground, how long, who sees it."""
    return [KeptOut.of(kept) for kept in REGISTER]


@router.post("/me/data/readings", response_model=dict[str, Any])
async def read_own_data(session: Work, who: Who) -> Response:
    """Everything that is kept of oneself; that it was read is kept as well."""
    return as_file(await export.export_own(session, who))


@router.post("/persons/{person_id}/data/readings", response_model=dict[str, Any])
async def read_data_of(session: Work, who: Who, person_id: UUID) -> Response:
    """Everything that is kept of a person who asked for it."""
    return as_file(await export.export_of(session, who, person_id))


@router.get("/me/data/requests")
async def list_own_requests(session: Work, who: Who) -> list[RequestOut]:
    """What one asked, and the answers."""
    return [_request(each) for each in await requests.own_requests(session, who)]


@router.post("/me/data/requests", status_code=201)
async def ask(session: Work, who: Who, given: DataRequestIn) -> IdOut:
    """Ask something about one's own data."""
    return IdOut.of(await requests.ask(session, who, given))


@router.post("/persons/{person_id}/data/requests", status_code=201)
async def ask_for(session: Work, who: Who, person_id: UUID, given: DataRequestIn) -> IdOut:
    """File what a person of one's office asked on paper."""
    return IdOut.of(await requests.ask_for(session, who, person_id, given))


@router.get("/privacy/requests")
async def list_requests(session: Work, who: Who) -> list[RequestOut]:
    """Every request, the unanswered first."""
    return [_request(each) for each in await requests.list_requests(session, who)]


@router.post("/privacy/requests/{data_request_id}/answer", status_code=204)
async def answer(session: Work, who: Who, data_request_id: UUID, given: DataAnswerIn) -> None:
    """Answer a request, once."""
    await requests.answer(session, who, data_request_id, given)


@router.get("/privacy/erasures")
async def list_erasures(session: Work, who: Who) -> list[ErasureOut]:
    """Erasures, those that wait first."""
    return [
        ErasureOut(
            id=each.erasure.erasure_id,
            person_id=each.erasure.person_id,
            whole=each.erasure.whole,
            reason=each.asked.reason,
            requested_by=each.asked.requested_by,
            requested_at=each.asked.requested_at,
            approved_by=each.approval.approved_by if each.approval else None,
            approved_at=each.approval.approved_at if each.approval else None,
            ties=[TieOut.of(tie) for tie in each.ties],
        )
        for each in await erasing.list_erasures(session, who)
    ]


@router.post("/privacy/erasures", status_code=201)
async def request_erasure(session: Work, who: Who, given: ErasureIn) -> IdOut:
    """Ask for a person's data to be erased, as far as no law keeps them."""
    return IdOut(id=(await erasing.request_erasure(session, who, given)).erasure_id)


@router.post("/privacy/erasures/{erasure_id}/approval", status_code=204)
async def approve_erasure(session: Work, who: Who, erasure_id: UUID) -> None:
    """Agree to an erasure as a second person, which carries it out."""
    await erasing.approve_erasure(session, who, erasure_id)


def as_file(everything: Everything) -> Response:
    """Everything that is kept of a person, as a file to take away."""
    parts: list[Mapping[str, Any]] = [{**KeptOut.of(kept).model_dump(), "tables": tables} for kept, tables in everything.parts]
    person = PersonIn.model_validate(everything.person, from_attributes=True).model_dump()
    content = {
        "format": "raymi-person/1",
        "at": everything.at,
        "person": {"id": everything.person.id, **person},
        "kept": parts,
        "acts": everything.acts,
        "papers": everything.papers,
    }
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="personal-data.json"'}
    return JSONResponse(jsonable_encoder(content), headers=headers)


def _request(asked: Asked) -> RequestOut:
    row, answered = asked.request, asked.answer
    return RequestOut(
        id=row.id,
        person_id=row.person_id,
        person=asked.person,
        kind=row.kind,
        words=row.words,
        filed_by=row.filed_by,
        at=row.at,
        due=asked.due,
        outcome=answered.outcome if answered else None,
        answer=answered.words if answered else None,
    )
