"""What each paper is drawn from: one exact shape per kind. Other areas fill it; ``check`` refuses anything else.

Words are codes (``"approved"``, ``"president"``) that the template of each language writes out; texts that people typed are printed
as they are. ``issued_at`` dates the paper and the file.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from service.documents import sums
from service.documents.models import DocumentKind, Kind, SlipKind
from service.documents.papers_of_appeals import ResolutionPaper
from service.documents.papers_of_contests import BlankSheetPaper, CallPaper, SheetPaper
from service.documents.papers_of_contracts import ContractPaper
from service.documents.papers_of_invitations import InvitationPaper
from service.documents.papers_of_money import AuthorisationPaper, LiquidationPaper, ReceiptsPaper
from service.documents.papers_of_sessions import MinutesPaper
from service.documents.papers_of_transparency import ReportPaper

Paper = (
    CallPaper
    | SheetPaper
    | BlankSheetPaper
    | MinutesPaper
    | ContractPaper
    | AuthorisationPaper
    | ReceiptsPaper
    | LiquidationPaper
    | ReportPaper
    | ResolutionPaper
    | InvitationPaper
)

SHAPES: dict[Kind, Any] = {
    DocumentKind.CALL: CallPaper,
    DocumentKind.SHEET: SheetPaper,
    DocumentKind.BLANK_SHEET: BlankSheetPaper,
    DocumentKind.MINUTES: MinutesPaper,
    DocumentKind.CONTRACT: ContractPaper,
    DocumentKind.AUTHORISATION: AuthorisationPaper,
    DocumentKind.RECEIPTS: ReceiptsPaper,
    DocumentKind.LIQUIDATION: LiquidationPaper,
    DocumentKind.REPORT: ReportPaper,
    DocumentKind.RESOLUTION: ResolutionPaper,
    SlipKind.INVITATION: InvitationPaper,
}
"""The shape that each kind is drawn from; total."""


class NotThisPaper(ValueError):
    """The values do not have the shape of the paper, or do not add up: a fault of the caller, not of a user."""


def check(kind: Kind, data: Mapping[str, object]) -> dict[str, Any]:
    """``data`` as plain values, once it has the shape of ``kind`` and its sums hold. Raises ``NotThisPaper``."""
    try:
        values: dict[str, Any] = _adapter(kind).validate_python(dict(data))
    except ValidationError as error:
        raise NotThisPaper(f"{kind}: {error}") from error
    wrong = sums.differences(kind, values) if isinstance(kind, DocumentKind) else []
    if wrong:
        raise NotThisPaper(f"{kind} does not add up: {'; '.join(wrong)}")
    return values


@cache
def _adapter(kind: Kind) -> TypeAdapter[Any]:
    return TypeAdapter(SHAPES[kind])


__all__ = [
    "AuthorisationPaper",
    "BlankSheetPaper",
    "CallPaper",
    "ContractPaper",
    "InvitationPaper",
    "LiquidationPaper",
    "MinutesPaper",
    "NotThisPaper",
    "Paper",
    "ReceiptsPaper",
    "ReportPaper",
    "ResolutionPaper",
    "SheetPaper",
    "SlipKind",
    "check",
]
