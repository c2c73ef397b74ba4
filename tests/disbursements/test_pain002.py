"""The bank's answer."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from lxml import etree

from service.core.errors import Rejected
from service.core.settings import ROOT
from service.disbursements.iso20022 import SIZE_LIMIT, NotReadable
from service.disbursements.pain002 import (
    AnotherMessageAnswered,
    DuplicateStatus,
    NotAStatusReport,
    Outcome,
    PaymentStatusReport,
    ReturnReason,
    TransactionStatus,
    code_of,
    outcome_of,
    read,
    reason_of,
    write,
)

SCHEMA = ROOT.parent / "shared" / "data" / "iso20022" / "pain.002.001.11.xsd"

ANSWER = b"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.11">
  <CstmrPmtStsRpt>
    <GrpHdr><MsgId>BN-88-1</MsgId><CreDtTm>2026-03-06T16:05:00-05:00</CreDtTm></GrpHdr>
    <OrgnlGrpInfAndSts>
      <OrgnlMsgId>LOTE-SIC-2026-0007</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>PART</GrpSts>
    </OrgnlGrpInfAndSts>
    <OrgnlPmtInfAndSts>
      <OrgnlPmtInfId>LOTE-SIC-2026-0007-1</OrgnlPmtInfId>
      <TxInfAndSts>
        <OrgnlInstrId>I-1</OrgnlInstrId><OrgnlEndToEndId>ATF-001-2026-SIC-1</OrgnlEndToEndId><TxSts>ACSC</TxSts>
        <OrgnlTxRef><Amt><InstdAmt Ccy="PEN">7000.04</InstdAmt></Amt></OrgnlTxRef>
      </TxInfAndSts>
      <TxInfAndSts>
        <OrgnlEndToEndId>ATF-002-2026-SIC-1</OrgnlEndToEndId><TxSts>RJCT</TxSts>
        <StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Cuenta</AddtlInf><AddtlInf>cancelada</AddtlInf></StsRsnInf>
        <OrgnlTxRef><Amt><InstdAmt Ccy="PEN">0.3</InstdAmt></Amt></OrgnlTxRef>
      </TxInfAndSts>
      <TxInfAndSts><OrgnlEndToEndId>ATF-003-2026-SIC-1</OrgnlEndToEndId><TxSts>ACCP</TxSts></TxInfAndSts>
    </OrgnlPmtInfAndSts>
  </CstmrPmtStsRpt>
</Document>
"""

PAID = TransactionStatus("ATF-001-2026-SIC-1", "ACSC", amount=Decimal("7000.04"))
RETURNED = TransactionStatus("ATF-002-2026-SIC-1", "RJCT", "AC04", "Cuenta cancelada", Decimal("0.30"))
OPEN = TransactionStatus("ATF-003-2026-SIC-1", "ACCP")
REPORT = PaymentStatusReport(
    message_id="BN-88-1",
    created_at=datetime(2026, 3, 6, 21, 5, tzinfo=UTC),
    original_message_id="LOTE-SIC-2026-0007",
    group_status="PART",
    transactions=(PAID, RETURNED, OPEN),
)


def changed(found: str, put: str) -> bytes:
    """The answer with one passage changed."""
    assert found.encode() in ANSWER
    return ANSWER.replace(found.encode(), put.encode(), 1)


@pytest.mark.parametrize("version", ["03", "10", "11"])
def test_an_answer_is_read_in_every_version_banks_send(version: str) -> None:
    assert read(changed("pain.002.001.11", f"pain.002.001.{version}")) == REPORT


def test_a_status_of_the_block_holds_for_the_payments_without_one() -> None:
    xml = changed("-1</OrgnlPmtInfId>", "-1</OrgnlPmtInfId><PmtInfSts>PDNG</PmtInfSts>").replace(b"<TxSts>ACCP</TxSts>", b"")
    assert [one.status for one in read(xml).transactions] == ["ACSC", "RJCT", "PDNG"]


def test_a_status_of_the_message_holds_for_the_payments_without_one() -> None:
    xml = changed("<GrpSts>PART", "<GrpSts>ACCC").replace(b"<TxSts>ACCP</TxSts>", b"")
    assert [one.status for one in read(xml).transactions] == ["ACSC", "RJCT", "ACCC"]


@pytest.mark.parametrize("place", ["<GrpSts>RJCT</GrpSts>{reason}", "<BLOCK><PmtInfSts>RJCT</PmtInfSts>{reason}"])
def test_a_file_refused_whole_gives_its_reason_once(place: str) -> None:
    start, end = ANSWER.index(b"<OrgnlPmtInfAndSts>"), ANSWER.index(b"</OrgnlPmtInfAndSts>")
    reason = "<StsRsnInf><Rsn><Prtry>FF01</Prtry></Rsn><AddtlInf>Archivo mal formado</AddtlInf></StsRsnInf>"
    whole, _, block = place.format(reason=reason).partition("<BLOCK>")
    identified = b"<OrgnlPmtInfAndSts><OrgnlPmtInfId>LOTE-SIC-2026-0007-1</OrgnlPmtInfId>" + block.encode()
    xml = (ANSWER[:start] + identified + ANSWER[end:]).replace(b"<GrpSts>PART</GrpSts>", whole.encode())
    report = read(xml)
    assert (report.group_status, report.transactions) == ("RJCT", ())
    assert (report.reason_code, report.text) == ("FF01", "Archivo mal formado")


def test_a_payment_named_only_by_its_instruction_is_found() -> None:
    xml = changed("<OrgnlEndToEndId>ATF-001-2026-SIC-1</OrgnlEndToEndId>", "")
    assert [one.end_to_end_id for one in read(xml).transactions] == ["I-1", "ATF-002-2026-SIC-1", "ATF-003-2026-SIC-1"]


def test_a_time_without_zone_is_the_banks() -> None:
    assert read(changed("16:05:00-05:00", "16:05:00")) == REPORT


@pytest.mark.parametrize(
    ("xml", "refusal"),
    [
        (changed("pain.002.001.11", "pain.002.001.02"), NotAStatusReport),
        (changed("pain.002.001.11", "camt.053.001.08"), NotAStatusReport),
        (b"<Document/>", NotAStatusReport),
        (b'<Other xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.11"/>', NotAStatusReport),
        (changed("<OrgnlMsgId>LOTE-SIC-2026-0007</OrgnlMsgId>", ""), NotAStatusReport),
        (changed("<MsgId>BN-88-1</MsgId>", "<MsgId> </MsgId>"), NotAStatusReport),
        (changed("2026-03-06T16", "06/03/2026 16"), NotAStatusReport),
        (changed("<OrgnlEndToEndId>ATF-003-2026-SIC-1</OrgnlEndToEndId>", ""), NotAStatusReport),
        (changed("<GrpSts>PART</GrpSts>", "").replace(b"<TxSts>ACCP</TxSts>", b""), NotAStatusReport),
        (changed("ACSC", "paid"), NotAStatusReport),
        (changed('"PEN">7000.04', '"USD">7000.04'), NotAStatusReport),
        (changed("7000.04", "7000.041"), NotAStatusReport),
        (changed("7000.04", "-7000.04"), NotAStatusReport),
        (changed("7000.04", "7e3"), NotAStatusReport),
        (changed("ATF-003-2026", "ATF-002-2026"), DuplicateStatus),
        (changed("pain.001.001.09", "pain.008.001.02"), AnotherMessageAnswered),
        (b"", NotReadable),
        (ANSWER[:-20], NotReadable),
        (changed("<Document", '<!DOCTYPE Document [<!ENTITY x "AC04">]><Document').replace(b">AC04<", b">&x;<"), NotReadable),
        (ANSWER + b"<!---->" * (SIZE_LIMIT // 7), NotReadable),
    ],
)
def test_what_is_no_plain_answer_to_a_payment_file_is_refused_by_name(xml: bytes, refusal: type[Rejected]) -> None:
    with pytest.raises(refusal) as refused:
        read(xml)
    assert type(refused.value) is refusal


def test_one_payment_answered_in_two_blocks_is_refused() -> None:
    start, end = ANSWER.index(b"<OrgnlPmtInfAndSts>"), ANSWER.index(b"</CstmrPmtStsRpt>")
    with pytest.raises(DuplicateStatus):
        read(ANSWER[:end] + ANSWER[start:end] + ANSWER[end:])


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("AC04", ReturnReason.ACCOUNT_CLOSED),
        ("AC01", ReturnReason.NOT_FOUND),
        ("AC03", ReturnReason.NOT_FOUND),
        ("BE01", ReturnReason.HOLDER_MISMATCH),
        ("AC09", ReturnReason.CURRENCY_MISMATCH),
        ("AM03", ReturnReason.CURRENCY_MISMATCH),
        ("AC06", ReturnReason.BLOCKED),
        ("FF01", ReturnReason.MALFORMED),
        ("AM02", ReturnReason.LIMIT_EXCEEDED),
        ("AM14", ReturnReason.LIMIT_EXCEEDED),
        ("MS03", ReturnReason.REFUSED),
        ("AG01", ReturnReason.REFUSED),
        ("", ReturnReason.REFUSED),
        (None, ReturnReason.REFUSED),
    ],
)
def test_a_banks_code_is_told_in_the_programmes_words(code: str | None, reason: ReturnReason) -> None:
    assert reason_of(code) is reason


def test_every_return_reason_has_a_code_that_means_it() -> None:
    assert {reason: code_of(reason) for reason in ReturnReason} == {
        ReturnReason.ACCOUNT_CLOSED: "AC04",
        ReturnReason.NOT_FOUND: "AC01",
        ReturnReason.HOLDER_MISMATCH: "BE01",
        ReturnReason.CURRENCY_MISMATCH: "AC09",
        ReturnReason.BLOCKED: "AC06",
        ReturnReason.MALFORMED: "FF01",
        ReturnReason.LIMIT_EXCEEDED: "AM02",
        ReturnReason.REFUSED: "MS03",
    }


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("ACSC", Outcome.PAID),
        ("ACCC", Outcome.PAID),
        ("RJCT", Outcome.RETURNED),
        ("CANC", Outcome.RETURNED),
        ("ACCP", Outcome.PENDING),
        ("ACSP", Outcome.PENDING),
        ("PDNG", Outcome.PENDING),
        ("XXXX", Outcome.PENDING),
    ],
)
def test_only_settlement_pays_and_only_refusal_returns(status: str, outcome: Outcome) -> None:
    assert outcome_of(status) is outcome


WHOLE = PaymentStatusReport("BN-88-2", REPORT.created_at, "LOTE-SIC-2026-0007", "RJCT", (), "FF01", "palabra " * 40 + "final")


@pytest.mark.parametrize("report", [REPORT, WHOLE])
def test_a_written_answer_is_read_back_and_is_always_the_same(report: PaymentStatusReport) -> None:
    assert read(write(report)) == report
    assert write(report) == write(report)


@pytest.mark.oracles
@pytest.mark.parametrize("xml", [ANSWER, write(REPORT), write(WHOLE)], ids=["by hand", "in part", "whole"])
def test_an_answer_is_valid_by_the_iso_schema(xml: bytes) -> None:
    etree.XMLSchema(etree.parse(SCHEMA)).assertValid(etree.fromstring(xml))
