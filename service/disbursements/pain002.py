"""The bank's answer: ISO 20022 pain.002 (customer payment status report), versions 03, 10 and 11.

Each transfer of the batch is answered by its end-to-end identifier. A status that the file gives only for the block or for the
whole message holds for the transfers below it that have none of their own.
"""

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from lxml import etree

from service.core import money
from service.core.errors import Rejected
from service.disbursements.iso20022 import PERU, bank_reference, branch, child, elements_at, parse, serialised, text_at

_FAMILY = "urn:iso:std:iso:20022:tech:xsd:pain.002.001."
VERSIONS = ("03", "10", "11")
ANSWERED_MESSAGE = "pain.001.001.09"
LONGEST_TEXT = 105


class NotAStatusReport(Rejected):
    """XML that is no pain.002 of a known version, or one without what it has to hold."""

    message = "This file is not a payment status report (pain.002) that Raymi reads: {reason} Ask the bank for the right file."


class DuplicateStatus(Rejected):
    """A report that answers one payment twice."""

    message = "The bank's file answers the payment “{end_to_end_id}” twice. Ask the bank which answer holds."


class AnotherMessageAnswered(Rejected):
    """A report about something else than a credit transfer file."""

    message = "This file answers a message of kind {kind}, not a payment file. Upload the answer to the batch."


class ReturnReason(StrEnum):
    """Why a payment came back, in the words of the programme."""

    ACCOUNT_CLOSED = "account_closed"
    NOT_FOUND = "not_found"
    HOLDER_MISMATCH = "holder_mismatch"
    CURRENCY_MISMATCH = "currency_mismatch"
    BLOCKED = "blocked"
    MALFORMED = "malformed"
    LIMIT_EXCEEDED = "limit_exceeded"
    REFUSED = "refused"


REASON_OF_CODE = {
    "AC04": ReturnReason.ACCOUNT_CLOSED,
    "AC07": ReturnReason.ACCOUNT_CLOSED,  # the creditor's account, said precisely
    "AC01": ReturnReason.NOT_FOUND,  # account number invalid or missing
    "AC03": ReturnReason.NOT_FOUND,  # the same of the creditor's account
    "BE06": ReturnReason.NOT_FOUND,  # customer not known to the bank, or no longer
    "BE01": ReturnReason.HOLDER_MISMATCH,  # customer not consistent with the account number
    "AC09": ReturnReason.CURRENCY_MISMATCH,  # account currency
    "AC11": ReturnReason.CURRENCY_MISMATCH,  # creditor's account currency
    "AM03": ReturnReason.CURRENCY_MISMATCH,  # currency outside the agreement
    "AC06": ReturnReason.BLOCKED,
    "FF01": ReturnReason.MALFORMED,
    "AM02": ReturnReason.LIMIT_EXCEEDED,  # above the allowed maximum
    "AM13": ReturnReason.LIMIT_EXCEEDED,  # above the clearing system's limit
    "AM14": ReturnReason.LIMIT_EXCEEDED,  # above the limit agreed with the client
    "MS03": ReturnReason.REFUSED,  # the bank gives no reason
}
"""External status reason codes of ISO 20022. Any other code, or none, is ``REFUSED``."""


class Outcome(StrEnum):
    """What a status means for the order."""

    PAID = "paid"
    RETURNED = "returned"
    PENDING = "pending"


OUTCOME_OF_STATUS = {
    "ACSC": Outcome.PAID,  # settled on the debtor's account
    "ACCC": Outcome.PAID,  # settled on the creditor's account
    "RJCT": Outcome.RETURNED,
    "CANC": Outcome.RETURNED,
}
"""External payment transaction status codes. Any other one (``ACCP``, ``ACSP``, ``PDNG`` ...) leaves the order open."""


@dataclass(frozen=True)
class TransactionStatus:
    """The answer to one payment; ``amount`` is the original one in soles, where the bank repeats it."""

    end_to_end_id: str
    status: str
    reason_code: str | None = None
    text: str | None = None
    amount: Decimal | None = None


@dataclass(frozen=True)
class PaymentStatusReport:
    """The answer to one file. ``group_status`` speaks of the whole file, with its reason where it was refused as a whole."""

    message_id: str
    created_at: datetime
    original_message_id: str
    group_status: str | None
    transactions: tuple[TransactionStatus, ...] = ()
    reason_code: str | None = None
    text: str | None = None


def reason_of(code: str | None) -> ReturnReason:
    """The return reason that an ISO status reason code stands for."""
    return REASON_OF_CODE.get(code or "", ReturnReason.REFUSED)


def code_of(reason: ReturnReason) -> str:
    """The usual ISO status reason code of a return reason."""
    return next(code for code, known in REASON_OF_CODE.items() if known is reason)


def outcome_of(status: str) -> Outcome:
    """What a transaction status means for the order."""
    return OUTCOME_OF_STATUS.get(status, Outcome.PENDING)


def read(xml: bytes) -> PaymentStatusReport:
    """The report in a bank's file. Raises ``NotReadable``, ``NotAStatusReport``, ``AnotherMessageAnswered``, ``DuplicateStatus``."""
    root = parse(xml)
    name = etree.QName(root)
    if name.localname != "Document" or name.namespace not in {_FAMILY + version for version in VERSIONS}:
        raise NotAStatusReport(reason=f"it begins with {name.text}.")
    answered = "CstmrPmtStsRpt/OrgnlGrpInfAndSts"
    kind = _text(root, f"{answered}/OrgnlMsgNmId")
    if not kind.lower().startswith("pain.001"):
        raise AnotherMessageAnswered(kind=kind)
    blocks = elements_at(root, "CstmrPmtStsRpt/OrgnlPmtInfAndSts")
    group_status = _status(text_at(root, f"{answered}/GrpSts"))
    whole = elements_at(root, answered)[0]
    return PaymentStatusReport(
        message_id=_text(root, "CstmrPmtStsRpt/GrpHdr/MsgId"),
        created_at=_moment(_text(root, "CstmrPmtStsRpt/GrpHdr/CreDtTm")),
        original_message_id=_text(root, f"{answered}/OrgnlMsgId"),
        group_status=group_status or _shared_status(blocks),
        transactions=_read_transactions(blocks, group_status),
        reason_code=_reason_code(whole) or (_reason_code(blocks[0]) if len(blocks) == 1 else None),
        text=_reason_text(whole) or (_reason_text(blocks[0]) if len(blocks) == 1 else None),
    )


def write(report: PaymentStatusReport) -> bytes:
    """A pain.002.001.11 file with this report: what a bank would send. ``read(write(report))`` is ``report``.

    Raises ``BadReference`` for an identifier that ISO does not allow.
    """
    namespace = f"{_FAMILY}11"
    root = etree.Element(etree.QName(namespace, "Document"), nsmap={None: namespace})
    body = child(root, "CstmrPmtStsRpt")
    header = child(body, "GrpHdr")
    child(header, "MsgId", bank_reference(report.message_id))
    child(header, "CreDtTm", report.created_at.isoformat())
    whole = child(body, "OrgnlGrpInfAndSts")
    child(whole, "OrgnlMsgId", bank_reference(report.original_message_id))
    child(whole, "OrgnlMsgNmId", ANSWERED_MESSAGE)
    if report.group_status:
        child(whole, "GrpSts", report.group_status)
    _write_reason(whole, report.reason_code, report.text)
    if report.transactions:
        block = child(body, "OrgnlPmtInfAndSts")
        child(block, "OrgnlPmtInfId", f"{report.original_message_id}-1")
        for transaction in report.transactions:
            _write_transaction(child(block, "TxInfAndSts"), transaction)
    return serialised(root)


def _read_transactions(blocks: list[etree._Element], group_status: str | None) -> tuple[TransactionStatus, ...]:
    found: dict[str, TransactionStatus] = {}
    for block in blocks:
        inherited = _status(text_at(block, "PmtInfSts")) or group_status
        for element in elements_at(block, "TxInfAndSts"):
            transaction = _read_transaction(element, inherited)
            if transaction.end_to_end_id in found:
                raise DuplicateStatus(end_to_end_id=transaction.end_to_end_id)
            found[transaction.end_to_end_id] = transaction
    return tuple(found.values())


def _read_transaction(element: etree._Element, inherited: str | None) -> TransactionStatus:
    end_to_end_id = text_at(element, "OrgnlEndToEndId") or text_at(element, "OrgnlInstrId")  # we send one value as both
    status = _status(text_at(element, "TxSts")) or inherited
    if end_to_end_id is None or status is None:
        raise NotAStatusReport(reason="an answer lacks its payment or its status.")
    return TransactionStatus(end_to_end_id, status, _reason_code(element), _reason_text(element), _amount(element))


def _shared_status(blocks: Iterable[etree._Element]) -> str | None:
    statuses = {_status(text_at(block, "PmtInfSts")) for block in blocks}
    return statuses.pop() if len(statuses) == 1 else None


def _status(text: str | None) -> str | None:
    if text is not None and not re.fullmatch("[A-Z]{4}", text):
        raise NotAStatusReport(reason=f"“{text}” is no status code.")
    return text


def _reason_code(element: etree._Element) -> str | None:
    return text_at(element, "StsRsnInf/Rsn/Cd") or text_at(element, "StsRsnInf/Rsn/Prtry")


def _reason_text(element: etree._Element) -> str | None:
    parts = [(part.text or "").strip() for part in elements_at(element, "StsRsnInf/AddtlInf")]
    return " ".join(filter(None, parts)) or None


def _amount(element: etree._Element) -> Decimal | None:
    amounts = elements_at(element, "OrgnlTxRef/Amt/InstdAmt")
    if not amounts:
        return None
    text = (amounts[0].text or "").strip()
    if amounts[0].get("Ccy") != "PEN" or not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,2}0{0,3})?", text, re.ASCII):
        raise NotAStatusReport(reason=f"“{text}” is no amount in soles.")
    return money.parse(Decimal(text))


def _write_transaction(element: etree._Element, transaction: TransactionStatus) -> None:
    child(element, "OrgnlInstrId", bank_reference(transaction.end_to_end_id))
    child(element, "OrgnlEndToEndId", transaction.end_to_end_id)
    child(element, "TxSts", transaction.status)
    _write_reason(element, transaction.reason_code, transaction.text)
    if transaction.amount is not None:
        amount = child(child(child(element, "OrgnlTxRef"), "Amt"), "InstdAmt", money.show(transaction.amount))
        amount.set("Ccy", "PEN")


def _write_reason(parent: etree._Element, code: str | None, text: str | None) -> None:
    if not code and not text:
        return
    reason = child(parent, "StsRsnInf")
    if code:
        branch(reason, "Rsn/Cd", code)
    for part in textwrap.wrap(text or "", LONGEST_TEXT):
        child(reason, "AddtlInf", part)


def _text(parent: etree._Element, path: str) -> str:
    text = text_at(parent, path)
    if text is None:
        raise NotAStatusReport(reason=f"{path} is missing.")
    return text


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotAStatusReport(reason=f"“{text}” is no time.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=PERU)  # a bank that names no zone means its own
