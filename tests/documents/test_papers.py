"""Papers as PDF: the conformance they claim, the data inside, the figures on the page, and the same bytes every time."""

import hashlib
import json
import logging
import subprocess
import sys
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from jinja2 import UndefinedError

from service.core.canonical import canonical
from service.core.settings import ROOT
from service.documents import fonts, papers, pdf
from service.documents.models import DocumentKind
from tests.documents.samples import SAMPLES

GOLDEN = {
    DocumentKind.CALL: (
        "Convocatoria", "20 de octubre de 2025, 08:00 horas", "1 de diciembre de 2025, 17:00 horas", "S/ 60,000.00",
        "6.º S/ 60.01", "Sicuani, Marangani, Checca, Langui y Layo", "3f7a1c90be52d48e6b0c9d1f24a83e75c6d80f1ab2397e4450cc61d2a8f9b013",
    ),
    DocumentKind.SHEET: (
        "Ficha de calificación", "41.48", "máximo 50", "no aplica", "11 de diciembre de 2025, 13:22 horas", "mayoría mujeres 3.5",
        "3f7a1c90be52d48e6b0c9d1f24a83e75c6d80f1ab2397e4450cc61d2a8f9b013",
    ),
    DocumentKind.BLANK_SHEET: (
        "Ficha de calificación en papel", "1234-5678-89", "máximo 24", "inscrita (8); en trámite (5)", "o «no aplica»",
        "parte de las familias presentes de 1/2 a 1: de 2 a 10, de 1/2 en 1/2", "Suma de control",
        "3f7a1c90be52d48e6b0c9d1f24a83e75c6d80f1ab2397e4450cc61d2a8f9b013",
    ),
    DocumentKind.MINUTES: (
        "trigésima segunda sesión", "UBIGEO 080601", "09:30 horas del 10 de enero de 2026", "18:45 horas",
        "83.50 SICUANI 10,000.05 4,500.00 14,500.05 APROBADO", "69.83 SICUANI 18,000.00 6,000.00 24,000.00 NO APROBADO",
        "DESCALIFICADO", "EN RESERVA", "Total de 2 aprobadas 35,000.05 12,500.00 47,500.05", "Soles 65,000.05 21,500.00 86,500.05 890.01",
        "Hay quórum", "no cumple el mínimo de familias presentes", "es integrante de la organización", "Cirila Suttec Lloqque",
        "integrantes = mujeres 1/2 30,000.00 A-02 5,000.00", "Aprobadas solo por ellas: A-02 (S/ 25,000.00; sin cuotas: sin monto)",
        "Qocha Ñawi", "Chʼisi", "Las bolsas por distrito debieron anunciarse con más tiempo.", "sicuani-2026-01-10-741",
    ),
    DocumentKind.CONTRACT: (
        "Contrato de donación sujeto a cargo", "N.º 014 - 2026 - PDN - SICUANI", "S/ 10,000.05", "SON: DIEZ MIL CON 05/100 SOLES",
        "Desembolso N.º 1 Hasta 70 % 7,000.04", "Desembolso N.º 2 El saldo 3,000.01", "18 meses", "018-000-004015000001-02",
        "10,000.05 58.82 %", "Costo total del plan 17,000.05 100.00 %", "Total 10,000.05 4,500.00 2,500.00 17,000.05",
        "Decimotercera. Cofinanciamiento adicional", "Ley N.º 27269", "Compañía Minera Ch’iyarqaqa S.A. En especie 4,000.00",
        "Ñan Puririq de Q’eromayu", "tres originales",
    ),
    DocumentKind.AUTHORISATION: (
        "N.º 021-2026-SICUANI", "S/ 7,000.04", "SON: SIETE MIL CON 04/100 SOLES", "10,000.05 0.00 7,000.04 3,000.01",
        "018-000-004015000001-02", "Desembolso N.º 1 de 2", "03/02/2026 16:40", "Víctor Condori Champi",
    ),
    DocumentKind.RECEIPTS: (
        "S/ 890.01 (SON: OCHOCIENTOS NOVENTA CON 01/100 SOLES)", "S/ 80.01 (SON: OCHENTA CON 01/100 SOLES)", "Recibo N.º CIF-3 / 6",
        "Huella digital", "Juana Ttito Q’ente, sin documento de identidad a la fecha", "compartido por empate",
    ),
    DocumentKind.LIQUIDATION: (
        "Programa 10,000.05 9,850.05 150.00", "Aporte propio 4,500.00 4,620.00 -120.00", "Total 14,500.05 14,470.05 30.00",
        "Total devuelto 150.00", "El saldo del fondo está devuelto o ejecutado por completo. S/ 0.00",
    ),
    DocumentKind.REPORT: (
        "Pagado S/ 7,890.05",
        "Adjudicado S/ 65,890.06",
        "Total 13 9 65,890.06",
        "Total 35,000.05 12,500.00",
        "Total 7,890.05",
        "ANULADO",
        "48213 actos",
    ),
    DocumentKind.RESOLUTION: (
        "Resolución de reclamo", "N.º 002-2026-SICUANI", "Vista el acta de sesión N.º 032-2026-SICUANI", "FUNDADO",
        "Se corrige la ficha de Benita Choque Sullca, etapa Exposición pública", "EN RESERVA, puesto 2, 84.17 puntos",
        "APROBADO, puesto 1, 84.50 puntos, S/ 15,333.33", "Rosa Huillca Tunqui opina que el reclamo no es fundado",
        "Hilda Ccahuana Puma los comprobó",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def drawn() -> dict[DocumentKind, bytes]:
    """Every sample paper, drawn once."""
    return {kind: pdf.render(kind, data) for kind, data in SAMPLES.items()}


def words(content: bytes) -> str:
    """The text of a PDF in the order it is read, runs of white space joined."""
    run = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    return " ".join(run.stdout.decode().split())


@pytest.mark.parametrize("kind", DocumentKind)
def test_a_paper_has_a_sample_here_that_adds_up(kind: DocumentKind) -> None:
    assert papers.check(kind, SAMPLES[kind]) == SAMPLES[kind]


@pytest.mark.parametrize("kind", DocumentKind)
def test_a_paper_says_the_figures_that_were_worked_out_by_hand(kind: DocumentKind, drawn: dict[DocumentKind, bytes]) -> None:
    text = words(drawn[kind])
    assert [golden for golden in GOLDEN[kind] if golden not in text] == []
    assert hashlib.sha256(canonical(SAMPLES[kind])).hexdigest() in text


@pytest.mark.parametrize("kind", DocumentKind)
def test_a_paper_claims_and_has_what_pdf_a_3a_and_pdf_ua_1_ask_for(
    kind: DocumentKind, drawn: dict[DocumentKind, bytes]
) -> None:
    with pikepdf.open(BytesIO(drawn[kind])) as file:
        meta = file.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"], meta["pdfuaid:part"]) == ("3", "A", "1")
        assert "pdfaExtension:schemas" in str(meta)
        assert meta["dc:title"].endswith(f"N.º {SAMPLES[kind]['number']}")
        assert meta["xmp:CreateDate"] == SAMPLES[kind]["issued_at"]
        assert bool(file.Root.MarkInfo.Marked) and str(file.Root.Lang) == "es-PE"
        assert bool(file.Root.ViewerPreferences.DisplayDocTitle)
        assert str(file.Root.OutputIntents[0].S) == "/GTS_PDFA1"
        assert file.Root.OutputIntents[0].DestOutputProfile.N == 3
        assert file.trailer.ID is not None and not file.is_encrypted
        assert "/AcroForm" not in file.Root and "/OpenAction" not in file.Root
        assert all("/AA" not in page and page.Tabs == "/S" for page in file.pages)


@pytest.mark.parametrize("kind", DocumentKind)
def test_a_paper_embeds_every_font_that_it_uses(kind: DocumentKind, drawn: dict[DocumentKind, bytes]) -> None:
    listed = subprocess.run(["pdffonts", "-"], input=drawn[kind], capture_output=True, check=True).stdout.decode()
    rows = [line.split() for line in listed.splitlines()[2:]]
    assert {row[0].split("+")[1] for row in rows} == {"Paper", "Paper-Bold"}
    assert all(row[-5:-2] == ["yes", "yes", "yes"] for row in rows)


@pytest.mark.parametrize("kind", DocumentKind)
def test_a_paper_holds_its_data_as_the_source_it_was_drawn_from(kind: DocumentKind, drawn: dict[DocumentKind, bytes]) -> None:
    with pikepdf.open(BytesIO(drawn[kind])) as file:
        attached = file.attachments[f"{kind}.json"].get_file()
        assert attached.read_bytes() == canonical(SAMPLES[kind])
        assert json.loads(attached.read_bytes()) == SAMPLES[kind]
        assert attached.mime_type == "application/json"
        assert [str(each.AFRelationship) for each in file.Root.AF] == ["/Source"]


@pytest.mark.parametrize("kind", DocumentKind)
def test_a_paper_has_only_real_content_in_its_tree_and_the_margins_as_artifacts(
    kind: DocumentKind, drawn: dict[DocumentKind, bytes]
) -> None:
    with pikepdf.open(BytesIO(drawn[kind])) as file:
        in_tree = {(page, mcid) for page, mcid in _content_of(file.Root.StructTreeRoot, file)}
        for number, page in enumerate(file.pages):
            marked, depth, paginated = set(), 0, 0
            for instruction in pikepdf.parse_content_stream(page):
                name = str(instruction.operator)
                if name in ("BDC", "BMC"):
                    depth += 1
                    properties: Any = instruction.operands[1] if name == "BDC" else {}
                    marked |= {(number, int(properties.MCID))} if "/MCID" in properties else set()
                    paginated += "/Type" in properties and str(properties.Type) == "/Pagination"
                elif name == "EMC":
                    depth -= 1
                else:
                    assert depth or name not in ("Tj", "TJ", "f", "f*", "S", "Do"), f"page {number + 1}: {name} is not marked"
            assert marked == {each for each in in_tree if each[0] == number}
            assert paginated >= 5


def _content_of(node: Any, file: pikepdf.Pdf) -> list[tuple[int, int]]:
    """The marked content below a structure element: page and number."""
    found: list[tuple[int, int]] = []
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            found.append((pikepdf.Page(node.Pg).index, kid))
        elif "/S" in kid:
            found += _content_of(kid, file)
    return found


@pytest.mark.parametrize("kind", DocumentKind)
def test_a_paper_has_table_heads_with_a_scope_and_one_first_heading(
    kind: DocumentKind, drawn: dict[DocumentKind, bytes]
) -> None:
    with pikepdf.open(BytesIO(drawn[kind])) as file:
        tags = [
            str(each.S) for each in file.objects if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/StructElem"
        ]
        cells = [each for each in file.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/TD"]
        assert tags.count("/H1") == 1
        assert cells and all(len(cell.A.Headers) >= 1 for cell in cells)


@pytest.mark.parametrize("kind", DocumentKind)
def test_a_paper_is_drawn_without_a_complaint_of_the_typesetter(kind: DocumentKind, caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("weasyprint")
    logger.addHandler(caplog.handler)
    try:
        pdf.render(kind, SAMPLES[kind])
    finally:
        logger.removeHandler(caplog.handler)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_the_same_data_give_the_same_bytes_here_and_in_another_process(drawn: dict[DocumentKind, bytes]) -> None:
    again = {kind: pdf.render(kind, dict(reversed(data.items()))) for kind, data in reversed(SAMPLES.items())}
    assert again == drawn
    script = (
        "import hashlib; from service.documents import pdf; from tests.documents.samples import SAMPLES\n"
        "for kind, data in SAMPLES.items(): print(kind, hashlib.sha256(pdf.render(kind, data)).hexdigest())"
    )
    command = [sys.executable, "-c", script]
    environment = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7", "PATH": "/usr/bin:/bin", "TZ": "Asia/Tokyo"}
    other = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True, text=True).stdout
    assert dict(line.split() for line in other.splitlines()) == {
        kind.value: hashlib.sha256(content).hexdigest() for kind, content in drawn.items()
    }


def test_a_paper_passes_the_structural_check_of_qpdf(drawn: dict[DocumentKind, bytes], tmp_path: Path) -> None:
    for kind, content in drawn.items():
        path = tmp_path / f"{kind}.pdf"
        path.write_bytes(content)
        run = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
        assert run.returncode == 0 and "No syntax or stream encoding errors" in run.stdout


def test_markup_that_a_person_typed_is_printed_and_not_obeyed() -> None:
    typed = '<img src="file:///etc/passwd"><b>Q’ente</b> & {{ 7 * 7 }} <style>body{display:none}</style>'
    data = deepcopy(SAMPLES[DocumentKind.MINUTES])
    data["development"] = typed
    text = words(pdf.render(DocumentKind.MINUTES, data))
    assert '<img src="file:///etc/passwd"><b>Q’ente</b> & {{ 7 * 7 }} <style>body{display:none}</style>' in text
    assert "Hay quórum" in text


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "https://example.org/a.png",
        "data:text/plain,secret",
        "raymi-font:../secret_key",
        "raymi-font:/etc/passwd",
        "",
    ],
)
def test_nothing_but_the_two_fonts_is_ever_loaded(address: str) -> None:
    with pytest.raises(fonts.NothingElse):
        fonts.fetch(address)
    assert fonts.fetch("raymi-font:NotoSans-Bold.ttf").read()[:4] == b"\x00\x01\x00\x00"


def test_what_the_fonts_lack_or_nobody_sees_is_spelled_out() -> None:
    data = deepcopy(SAMPLES[DocumentKind.MINUTES])
    data["development"] = "Ida → vuelta \u202e50.01 con ñ, ʼ, ’ y «ü»"
    assert "Ida [U+2192] vuelta [U+202E]50.01 con ñ, ʼ, ’ y «ü»" in words(pdf.render(DocumentKind.MINUTES, data))


def test_a_missing_value_stops_the_drawing() -> None:
    data = deepcopy(SAMPLES[DocumentKind.CONTRACT])
    del data["group"]["place"]["ubigeo"]
    with pytest.raises(UndefinedError, match="ubigeo"):
        pdf.render(DocumentKind.CONTRACT, data)


def test_an_annulled_contract_says_so_on_every_page_and_keeps_its_number() -> None:
    data = deepcopy(SAMPLES[DocumentKind.CONTRACT])
    data["annulled"] = {"on": "2026-02-15", "act": "Acta N.º 033-2026-SICUANI", "reason": "La organización desistió."}
    content = pdf.render(DocumentKind.CONTRACT, papers.check(DocumentKind.CONTRACT, data))
    text = words(content)
    with pikepdf.open(BytesIO(content)) as file:
        assert text.count("CONTRATO ANULADO: SIN VALOR LEGAL") == len(file.pages)
    assert "ANULADO El 15 de febrero de 2026, por Acta N.º 033-2026-SICUANI. Motivo: La organización desistió." in text
    assert "N.º 014 - 2026 - PDN - SICUANI" in text


def test_a_municipality_signs_by_its_mayor_and_is_called_one() -> None:
    data = deepcopy(SAMPLES[DocumentKind.CONTRACT])
    data["group"] |= {"kind": "municipality", "name": "Municipalidad Distrital de Checca", "registry_sheet": None}
    data["signatories"] = [
        {"name": "Hugo Merma Tacuri", "dni": "40100009", "role": "mayor", "body": "Municipalidad Distrital de Checca"}
    ]
    data["tranches"] = [{"number": 1, "percent": "100", "amount": "10000.05"}]
    data["own_deposit_first"] = data["accounting_gate"] = None
    text = words(pdf.render(DocumentKind.CONTRACT, papers.check(DocumentKind.CONTRACT, data)))
    assert "representada por su Alcaldía, Hugo Merma Tacuri, con DNI N.º 40100009, a quien" in text
    assert "LA MUNICIPALIDAD" in text and "LA ORGANIZACIÓN" not in text and "en formación" not in text
    assert "Desembolso único 100 % 10,000.05" in text
