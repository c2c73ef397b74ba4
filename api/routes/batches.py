"""Files for the bank: prepared, released, withdrawn, answered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.files import FILE, secret
from api.routes.answers import Out
from api.routes.disbursements import OrderOut, clamped
from api.routes.uploads import UploadIn
from service.core.money import Money
from service.disbursements import bank_usecases, queries
from service.disbursements.models import BatchStatus
from service.disbursements.shapes import BatchIn, ReasonIn
from service.documents.usecases import get_file

router = new_router("disbursements")


class BatchOut(Out):
    """Orders in one file for the bank, bound by its hash."""

    id: UUID
    office_id: UUID
    message_id: str
    file_sha256: str
    total: Money
    orders: int
    prepared_by: UUID
    prepared_at: datetime
    released_by: UUID | None
    released_at: datetime | None
    status: BatchStatus


class AnswerOut(Out):
    """A status file of the bank, as it was read."""

    id: UUID
    batch_id: UUID
    file_sha256: str
    lines: list[dict[str, Any]]
    read_at: datetime


class BatchViewOut(Out):
    """A batch with its orders and the answers read so far."""

    batch: BatchOut
    orders: list[OrderOut]
    answers: list[AnswerOut]


@router.post("/offices/{office_id}/batches", status_code=201)
async def prepare_batch(session: Work, who: Who, office_id: UUID, given: BatchIn) -> BatchOut:
    """Put every order that waits into one file for the bank (ISO 20022 pain.001)."""
    return BatchOut.of(await bank_usecases.prepare_batch(session, who, office_id, given))


@router.get("/offices/{office_id}/batches")
async def list_batches(session: Work, who: Who, office_id: UUID, limit: int = 50) -> list[BatchOut]:
    """The batches of an office, the newest first."""
    return [BatchOut.of(row) for row in await queries.list_batches(session, who, office_id, clamped(limit))]


@router.get("/batches/{batch_id}")
async def get_batch(session: Work, who: Who, batch_id: UUID) -> BatchViewOut:
    """A batch with its orders and the bank's answers."""
    return BatchViewOut.of(await queries.get_batch(session, who, batch_id))


@router.post("/batches/{batch_id}/file", response_class=Response, responses=FILE)
async def read_batch_file(session: Work, who: Who, batch_id: UUID) -> Response:
    """The file for the bank, for those who handle payments; not a GET, since the record keeps who read it."""
    return secret(await get_file(session, await queries.read_batch_file(session, who, batch_id)))


@router.post("/batches/{batch_id}/release", status_code=201)
async def release_batch(session: Work, who: Who, batch_id: UUID) -> BatchOut:
    """Release a prepared file to the bank."""
    return BatchOut.of(await bank_usecases.release_batch(session, who, batch_id))


@router.post("/batches/{batch_id}/withdrawal", status_code=201)
async def withdraw_batch(session: Work, who: Who, batch_id: UUID, given: ReasonIn) -> BatchOut:
    """Withdraw a batch that was not released; its orders wait for the next one."""
    return BatchOut.of(await bank_usecases.withdraw_batch(session, who, batch_id, given))


@router.post("/batches/{batch_id}/answers", status_code=201)
async def read_bank_answer(session: Work, who: Who, batch_id: UUID, given: UploadIn) -> AnswerOut:
    """Read the bank's status file (ISO 20022 pain.002): all of it, or nothing of it."""
    return AnswerOut.of(await bank_usecases.read_bank_answer(session, who, batch_id, given.content))
