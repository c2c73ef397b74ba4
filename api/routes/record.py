"""The record for programs: signed heads, proofs, receipts. All of it is public."""

import base64
from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel
from starlette.responses import PlainTextResponse

from api.deps import Work, new_router
from service.record import receipts
from service.record.delivery import seen_by
from service.record.heads import get_head, prove_consistency

router = new_router("record")

Size = Annotated[int, Query(ge=1, lt=2**63)]


class HeadOut(BaseModel):
    """A signed head: the root over the first ``size`` acts in base64, and the note that signs it (C2SP checkpoint)."""

    size: int
    root: str
    at: datetime
    key: str
    note: str


class ReceiptOut(BaseModel):
    """An act under a signed head; hashes in base64. The proof is that of RFC 9162, 2.1.3."""

    code: str
    act: str
    kind: str
    at: datetime
    position: int
    leaf: str
    proof: list[str]
    head: HeadOut


class ConsistencyOut(BaseModel):
    """That the record of ``second`` acts extends that of ``first`` (RFC 9162, 2.1.4); hashes in base64."""

    first: int
    second: int
    proof: list[str]


@router.get("/record")
async def get_record(session: Work) -> HeadOut:
    """The newest signed head; 404 before the first."""
    head = await get_head(session)
    return HeadOut(size=head.size, root=_text(head.root), at=head.at, key=head.verifier, note=head.note)


@router.get("/record/checkpoint", response_class=PlainTextResponse)
async def get_checkpoint(session: Work) -> PlainTextResponse:
    """The newest head as a signed note, with the lines of the witnesses that have signed it."""
    head = await get_head(session)
    return PlainTextResponse(head.note + "".join(await seen_by(session, head.size)))


@router.get("/record/consistency")
async def get_consistency(session: Work, first: Size, second: Size) -> ConsistencyOut:
    """The proof between two sizes; 404 for one that the record never had."""
    proof = await prove_consistency(session, first, second)
    return ConsistencyOut(first=first, second=second, proof=[_text(each) for each in proof])


@router.get("/receipts/{code}")
async def get_receipt(session: Work, code: str) -> ReceiptOut:
    """An act by its receipt, with the proof that it stands in the record."""
    found = await receipts.find_receipt(session, code)
    shown, head = found.inclusion, found.inclusion.head
    return ReceiptOut(
        code=found.code,
        act=found.act,
        kind=found.kind,
        at=found.at,
        position=shown.position,
        leaf=_text(shown.leaf),
        proof=[_text(each) for each in shown.proof],
        head=HeadOut(size=head.size, root=_text(head.root), at=head.at, key=head.verifier, note=head.note),
    )


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
