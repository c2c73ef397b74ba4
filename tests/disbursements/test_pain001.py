"""The file that orders payments."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from lxml import etree

from service.core.errors import Rejected
from service.core.money import NotAnAmount
from service.core.settings import ROOT
from service.disbursements.iso20022 import SIZE_LIMIT, BadReference, NotReadable, TextNotAccepted
from service.disbursements.pain001 import (
    AccountNotWritable,
    CreditTransferBatch,
    DuplicateTransfer,
    EmptyBatch,
    NotACreditTransfer,
    NothingToTransfer,
    Transfer,
    read,
    validate,
    write,
)

EXAMPLE = ROOT.parent / "shared" / "data" / "iso20022" / "examples" / "pain.001.001.09_two_transfers_pen.xml"

FIRST = Transfer(
    end_to_end_id="ATF-001-2026-SIC-1",
    amount=Decimal("7000.04"),
    creditor_name="Asociacion Los Tejedores de Checacupe",
    cci="01136600010003254221",
    bank_code="011",
    purpose="Contrato 001-2026-PDN-SIC, primer desembolso",
)
SECOND = replace(FIRST, end_to_end_id="ATF-002-2026-SIC-1", amount=Decimal("0.30"), cci="00219100123456789053", bank_code="002")
BATCH = CreditTransferBatch(
    message_id="LOTE-SIC-2026-0007",
    created_at=datetime(2026, 3, 5, 14, 30, tzinfo=UTC),
    execution_date=date(2026, 3, 6),
    debtor_name="Nucleo Ejecutor Canchis",
    debtor_ruc="20131372931",
    debtor_cci="01800000401500000102",
    transfers=(FIRST, SECOND),
)

EXPECTED = b"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">
  <CstmrCdtTrfInitn>
    <GrpHdr>
      <MsgId>LOTE-SIC-2026-0007</MsgId>
      <CreDtTm>2026-03-05T09:30:00-05:00</CreDtTm>
      <NbOfTxs>1</NbOfTxs>
      <CtrlSum>7000.04</CtrlSum>
      <InitgPty><Nm>Nucleo Ejecutor Canchis</Nm><Id><OrgId><Othr>
        <Id>20131372931</Id><SchmeNm><Cd>TXID</Cd></SchmeNm>
      </Othr></OrgId></Id></InitgPty>
    </GrpHdr>
    <PmtInf>
      <PmtInfId>LOTE-SIC-2026-0007-1</PmtInfId>
      <PmtMtd>TRF</PmtMtd>
      <BtchBookg>true</BtchBookg>
      <NbOfTxs>1</NbOfTxs>
      <CtrlSum>7000.04</CtrlSum>
      <ReqdExctnDt><Dt>2026-03-06</Dt></ReqdExctnDt>
      <Dbtr><Nm>Nucleo Ejecutor Canchis</Nm></Dbtr>
      <DbtrAcct>
        <Id><Othr><Id>01800000401500000102</Id><SchmeNm><Prtry>CCI</Prtry></SchmeNm></Othr></Id>
        <Ccy>PEN</Ccy>
      </DbtrAcct>
      <DbtrAgt><FinInstnId><ClrSysMmbId><MmbId>018</MmbId></ClrSysMmbId></FinInstnId></DbtrAgt>
      <CdtTrfTxInf>
        <PmtId><InstrId>ATF-001-2026-SIC-1</InstrId><EndToEndId>ATF-001-2026-SIC-1</EndToEndId></PmtId>
        <Amt><InstdAmt Ccy="PEN">7000.04</InstdAmt></Amt>
        <CdtrAgt><FinInstnId><ClrSysMmbId><MmbId>011</MmbId></ClrSysMmbId></FinInstnId></CdtrAgt>
        <Cdtr><Nm>Asociacion Los Tejedores de Checacupe</Nm></Cdtr>
        <CdtrAcct><Id><Othr><Id>01136600010003254221</Id><SchmeNm><Prtry>CCI</Prtry></SchmeNm></Othr></Id></CdtrAcct>
        <RmtInf><Ustrd>Contrato 001-2026-PDN-SIC, primer desembolso</Ustrd></RmtInf>
      </CdtTrfTxInf>
    </PmtInf>
  </CstmrCdtTrfInitn>
</Document>
"""


def bare(xml: bytes) -> bytes:
    """The canonical form without white space between elements."""
    return etree.tostring(etree.fromstring(xml, etree.XMLParser(remove_blank_text=True)), method="c14n")


def test_a_batch_is_written_element_by_element_as_the_bank_expects() -> None:
    assert bare(write(replace(BATCH, transfers=(FIRST,)))) == bare(EXPECTED)


def test_a_file_is_valid_by_the_schema_and_holds_its_batch() -> None:
    written = write(BATCH)
    validate(written)
    assert read(written) == BATCH
    assert (written.count(b"<NbOfTxs>2</NbOfTxs>"), written.count(b"<CtrlSum>7000.34</CtrlSum>")) == (2, 2)


def test_equal_batches_give_equal_bytes_whatever_zone_their_time_is_told_in() -> None:
    there = timezone(timedelta(hours=2))
    assert write(replace(BATCH, created_at=BATCH.created_at.astimezone(there))) == write(BATCH)


def test_names_are_written_with_the_signs_that_banks_accept() -> None:
    name = "Asociación «Ñusta & Señor de Qoyllurit’i» – Marangani; Nº 2"
    written = read(write(replace(BATCH, debtor_name="Núcleo Ejecutor", transfers=(replace(FIRST, creditor_name=name),))))
    assert written.transfers[0].creditor_name == "Asociacion 'Nusta + Senor de Qoyllurit'i' - Marangani, No 2"
    assert written.debtor_name == "Nucleo Ejecutor"


def test_a_long_name_is_cut_at_140_characters() -> None:
    written = read(write(replace(BATCH, transfers=(replace(FIRST, creditor_name="Ñ" * 200),))))
    assert written.transfers[0].creditor_name == "N" * 140


def with_first(**changes: object) -> CreditTransferBatch:
    """The batch with other values in its first transfer."""
    return replace(BATCH, transfers=(replace(FIRST, **changes), SECOND))  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("batch", "refusal"),
    [
        (replace(BATCH, transfers=()), EmptyBatch),
        (with_first(end_to_end_id=SECOND.end_to_end_id), DuplicateTransfer),
        (with_first(end_to_end_id="A" * 36), BadReference),
        (with_first(end_to_end_id="ATF 001"), BadReference),
        (with_first(end_to_end_id="ATF-Ñ"), BadReference),
        (with_first(end_to_end_id="/ATF"), BadReference),
        (with_first(end_to_end_id="ATF//1"), BadReference),
        (with_first(end_to_end_id="ATF/"), BadReference),
        (with_first(end_to_end_id=""), BadReference),
        (replace(BATCH, message_id="L" * 34), BadReference),
        (with_first(amount=Decimal("0.00")), NothingToTransfer),
        (with_first(amount=Decimal("0.001")), NotAnAmount),
        (with_first(amount=Decimal("-1.00")), NotAnAmount),
        (with_first(cci="0113660001000325422"), AccountNotWritable),
        (with_first(bank_code="002"), AccountNotWritable),
        (replace(BATCH, debtor_cci="CCI"), AccountNotWritable),
        (replace(BATCH, debtor_ruc="2013137293"), AccountNotWritable),
        (with_first(creditor_name="Asociación 山"), TextNotAccepted),
        (with_first(purpose="\u0301"), TextNotAccepted),
    ],
)
def test_what_cannot_be_written_whole_is_refused(batch: CreditTransferBatch, refusal: type[Rejected]) -> None:
    with pytest.raises(refusal) as refused:
        write(batch)
    assert type(refused.value) is refusal


def test_an_account_taken_on_bank_evidence_against_its_check_digits_is_written() -> None:
    odd = with_first(cci="01136600010003254222")
    assert read(write(odd)) == odd


@pytest.mark.parametrize(
    ("found", "put"),
    [
        ("<NbOfTxs>1</NbOfTxs>", "<NbOfTxs>2</NbOfTxs>"),
        ("<CtrlSum>7000.04</CtrlSum>", "<CtrlSum>7000.05</CtrlSum>"),
        ('Ccy="PEN"', 'Ccy="USD"'),
        ('"PEN">7000.04<', '"PEN">7000.041<'),
        ("09:30:00-05:00", "09:30:00"),
        ("<Dt>2026-03-06</Dt>", "<Dt>2026-03-06Z</Dt>"),
        ("<RmtInf><Ustrd>Contrato 001-2026-PDN-SIC, primer desembolso</Ustrd></RmtInf>", ""),
        ("<MmbId>011</MmbId>", "<MmbId>002</MmbId>"),
        ('"PEN">7000.04<', '"PEN">0.00<'),
        ("<PmtMtd>TRF</PmtMtd>", "<PmtMtd>CASH</PmtMtd>"),
        ("pain.001.001.09", "pain.001.001.03"),
    ],
)
def test_a_file_that_contradicts_itself_or_the_schema_is_not_read(found: str, put: str) -> None:
    assert read(EXPECTED) == replace(BATCH, transfers=(FIRST,))
    with pytest.raises(NotACreditTransfer):
        read(EXPECTED.replace(found.encode(), put.encode(), 1))


def test_a_file_with_two_payment_blocks_is_not_read() -> None:
    start, end = EXPECTED.index(b"<PmtInf>"), EXPECTED.index(b"</PmtInf>") + len(b"</PmtInf>")
    with pytest.raises(NotACreditTransfer):
        read(EXPECTED[:end] + EXPECTED[start:end] + EXPECTED[end:])


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"not XML",
        EXPECTED[:-20],
        EXPECTED.decode().encode("utf-16"),
        EXPECTED.replace(b"<Document", b"<!DOCTYPE Document><Document"),
        EXPECTED.replace(b"<Document", b'<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/hostname">]><Document').replace(
            b"Nucleo", b"&x;"
        ),
        EXPECTED.replace(b"Nucleo", "Núcleo".encode("latin-1")),
        EXPECTED + b"<!---->" * (SIZE_LIMIT // 7),
    ],
)
def test_what_is_no_safe_xml_in_utf8_is_refused(xml: bytes) -> None:
    for enter in (validate, read):
        with pytest.raises(NotReadable):
            enter(xml)


@pytest.mark.oracles
def test_the_reference_example_is_written_again_as_it_was_read() -> None:
    example = EXAMPLE.read_bytes()
    batch = read(example)
    assert [(one.end_to_end_id, one.amount) for one in batch.transfers] == [
        ("CONV-0001-D1", Decimal("10000.00")),
        ("CONV-0002-D1", Decimal("2500.50")),
    ]
    assert bare(write(batch)) == bare(example)
