"""The file that orders payments: ISO 20022 pain.001.001.09 (customer credit transfer initiation), in soles between CCI accounts.

One payment block, booked as a batch. The CCI stands under ``Othr/Id`` with the scheme ``CCI``, the entity code as clearing member.
Identifiers and amounts go out unchanged or not at all; names and purposes are written with the characters that banks accept.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import as_file, files

from lxml import etree

from service.core import money
from service.core.errors import Rejected
from service.disbursements.iso20022 import (
    PERU,
    bank_reference,
    bank_text,
    branch,
    child,
    elements_at,
    parse,
    serialised,
    text_at,
)
from service.people.identifiers import bank_of

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
LONGEST_MESSAGE_ID = 33
"""ISO gives 35; the payment block adds ``-1``."""


class EmptyBatch(Rejected):
    """A batch without transfers."""

    message = "This batch holds no payment. Choose at least one payment order."


class DuplicateTransfer(Rejected):
    """Two transfers of a batch carry one end-to-end identifier."""

    message = "The payment “{end_to_end_id}” stands twice in this batch. Take it out once."


class NothingToTransfer(Rejected):
    """A transfer without an amount."""

    message = "The payment “{end_to_end_id}” has no amount. Take it out of the batch."


class AccountNotWritable(Rejected):
    """An account that is no CCI of 20 digits, or that another bank than the named one keeps; or a RUC without 11 digits."""

    message = "The bank needs 20 digits of CCI, and 11 of RUC: “{account}” does not fit. Correct it where it was registered."


class NotACreditTransfer(Rejected):
    """A file that is no valid pain.001.001.09 of this shape."""

    message = "This file is not a valid payment file (pain.001.001.09): {reason} Make the batch again."


@dataclass(frozen=True)
class Transfer:
    """One payment to a beneficiary's account; ``end_to_end_id`` comes back in the bank's answer."""

    end_to_end_id: str
    amount: Decimal
    creditor_name: str
    cci: str
    bank_code: str
    purpose: str


@dataclass(frozen=True)
class CreditTransferBatch:
    """The transfers of one file, all from one account on one day. ``created_at`` has a zone; the file keeps whole seconds."""

    message_id: str
    created_at: datetime
    execution_date: date
    debtor_name: str
    debtor_ruc: str
    debtor_cci: str
    transfers: tuple[Transfer, ...]


def write(batch: CreditTransferBatch) -> bytes:
    """The file of a batch; equal batches give equal bytes.

    Raises ``EmptyBatch``, ``DuplicateTransfer``, ``NothingToTransfer``, ``AccountNotWritable``, ``BadReference``,
    ``TextNotAccepted``, and ``NotAnAmount`` for an amount with parts of a cent.
    """
    require_writable(batch)
    root = etree.Element(etree.QName(NAMESPACE, "Document"), nsmap={None: NAMESPACE})
    initiation = child(root, "CstmrCdtTrfInitn")
    _write_header(child(initiation, "GrpHdr"), batch)
    payment = child(initiation, "PmtInf")
    _write_debtor(payment, batch)
    for transfer in batch.transfers:
        _write_transfer(child(payment, "CdtTrfTxInf"), transfer)
    return serialised(root)


def require_writable(batch: CreditTransferBatch) -> None:
    """Raise what keeps a batch from becoming a file, save for characters: see ``write``."""
    if not batch.transfers:
        raise EmptyBatch
    if not re.fullmatch("[0-9]{20}", batch.debtor_cci):
        raise AccountNotWritable(account=batch.debtor_cci)
    if not re.fullmatch("[0-9]{11}", batch.debtor_ruc):
        raise AccountNotWritable(account=batch.debtor_ruc)
    for end_to_end_id, times in Counter(transfer.end_to_end_id for transfer in batch.transfers).items():
        if times > 1:
            raise DuplicateTransfer(end_to_end_id=end_to_end_id)
    for transfer in batch.transfers:
        if money.parse(transfer.amount) == 0:
            raise NothingToTransfer(end_to_end_id=transfer.end_to_end_id)
        if not re.fullmatch("[0-9]{20}", transfer.cci) or bank_of(transfer.cci) != transfer.bank_code:
            raise AccountNotWritable(account=transfer.cci)


def validate(xml: bytes) -> None:
    """Check a file against the ISO schema. Raises ``NotReadable``, ``NotACreditTransfer``."""
    _require_valid(parse(xml))


def read(xml: bytes) -> CreditTransferBatch:
    """The batch that a file of ours orders: ``read(write(batch))`` is ``batch`` wherever no character had to be replaced.

    Raises ``NotReadable``, and ``NotACreditTransfer`` also where counts, sums or accounts contradict each other.
    """
    root = parse(xml)
    _require_valid(root)
    payments = elements_at(root, "CstmrCdtTrfInitn/PmtInf")
    if len(payments) != 1:
        raise NotACreditTransfer(reason="It has more than one payment block.")
    payment, header = payments[0], elements_at(root, "CstmrCdtTrfInitn/GrpHdr")[0]
    batch = CreditTransferBatch(
        message_id=_text(header, "MsgId"),
        created_at=_moment(_text(header, "CreDtTm")),
        execution_date=_day(_text(payment, "ReqdExctnDt/Dt")),
        debtor_name=_text(payment, "Dbtr/Nm"),
        debtor_ruc=_text(header, "InitgPty/Id/OrgId/Othr/Id"),
        debtor_cci=_text(payment, "DbtrAcct/Id/Othr/Id"),
        transfers=tuple(_read_transfer(element) for element in elements_at(payment, "CdtTrfTxInf")),
    )
    for element in (header, payment):
        if (_text(element, "NbOfTxs"), _soles(_text(element, "CtrlSum"))) != (str(len(batch.transfers)), _total(batch)):
            raise NotACreditTransfer(reason="Its count or its sum is not that of its payments.")
    try:
        require_writable(batch)
    except Rejected as refusal:
        raise NotACreditTransfer(reason=str(refusal)) from refusal
    return batch


@cache
def _schema() -> etree.XMLSchema:
    with as_file(files("sepaxml") / "schemas" / "pain.001.001.09.xsd") as path:
        return etree.XMLSchema(etree.parse(path))


def _require_valid(root: etree._Element) -> None:
    try:
        _schema().assertValid(root)
    except etree.DocumentInvalid as error:
        raise NotACreditTransfer(reason=f"{error}.") from error


def _total(batch: CreditTransferBatch) -> Decimal:
    return sum((transfer.amount for transfer in batch.transfers), money.ZERO)


def _write_header(header: etree._Element, batch: CreditTransferBatch) -> None:
    child(header, "MsgId", bank_reference(batch.message_id, LONGEST_MESSAGE_ID))
    child(header, "CreDtTm", batch.created_at.astimezone(PERU).isoformat(timespec="seconds"))
    child(header, "NbOfTxs", str(len(batch.transfers)))
    child(header, "CtrlSum", money.show(_total(batch)))
    party = child(header, "InitgPty")
    child(party, "Nm", bank_text(batch.debtor_name))
    identifier = child(child(child(party, "Id"), "OrgId"), "Othr")
    child(identifier, "Id", batch.debtor_ruc)
    branch(identifier, "SchmeNm/Cd", "TXID")


def _write_debtor(payment: etree._Element, batch: CreditTransferBatch) -> None:
    child(payment, "PmtInfId", f"{batch.message_id}-1")
    child(payment, "PmtMtd", "TRF")
    child(payment, "BtchBookg", "true")
    child(payment, "NbOfTxs", str(len(batch.transfers)))
    child(payment, "CtrlSum", money.show(_total(batch)))
    branch(payment, "ReqdExctnDt/Dt", batch.execution_date.isoformat())
    branch(payment, "Dbtr/Nm", bank_text(batch.debtor_name))
    child(_write_account(payment, "DbtrAcct", batch.debtor_cci), "Ccy", "PEN")
    branch(payment, "DbtrAgt/FinInstnId/ClrSysMmbId/MmbId", bank_of(batch.debtor_cci))


def _write_transfer(element: etree._Element, transfer: Transfer) -> None:
    identifier = child(element, "PmtId")
    child(identifier, "InstrId", bank_reference(transfer.end_to_end_id))
    child(identifier, "EndToEndId", transfer.end_to_end_id)
    child(child(element, "Amt"), "InstdAmt", money.show(transfer.amount), Ccy="PEN")
    branch(element, "CdtrAgt/FinInstnId/ClrSysMmbId/MmbId", transfer.bank_code)
    branch(element, "Cdtr/Nm", bank_text(transfer.creditor_name))
    _write_account(element, "CdtrAcct", transfer.cci)
    branch(element, "RmtInf/Ustrd", bank_text(transfer.purpose))


def _write_account(parent: etree._Element, tag: str, cci: str) -> etree._Element:
    account = child(parent, tag)
    other = child(child(account, "Id"), "Othr")
    child(other, "Id", cci)
    branch(other, "SchmeNm/Prtry", "CCI")
    return account


def _read_transfer(element: etree._Element) -> Transfer:
    amounts = elements_at(element, "Amt/InstdAmt")
    if [amount.get("Ccy") for amount in amounts] != ["PEN"]:
        raise NotACreditTransfer(reason="An amount is not in soles.")
    return Transfer(
        end_to_end_id=_text(element, "PmtId/EndToEndId"),
        amount=_soles(_text(element, "Amt/InstdAmt")),
        creditor_name=_text(element, "Cdtr/Nm"),
        cci=_text(element, "CdtrAcct/Id/Othr/Id"),
        bank_code=_text(element, "CdtrAgt/FinInstnId/ClrSysMmbId/MmbId"),
        purpose=_text(element, "RmtInf/Ustrd"),
    )


def _text(parent: etree._Element, path: str) -> str:
    text = text_at(parent, path)
    if text is None:
        raise NotACreditTransfer(reason=f"{path} is missing.")
    return text


def _soles(text: str) -> Decimal:
    try:
        return money.parse(Decimal(text))
    except (InvalidOperation, money.NotAnAmount) as error:
        raise NotACreditTransfer(reason=f"{text} is no amount in soles.") from error


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotACreditTransfer(reason=f"{text} is no time.") from error
    if moment.tzinfo is None:
        raise NotACreditTransfer(reason=f"{text} has no time zone.")
    return moment


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotACreditTransfer(reason=f"{text} is no date.") from error
