"""One full paper of each kind, as the office of Sicuani could issue it. Persons and numbers are invented; all sums are worked out by hand."""

from typing import Any, cast

from service.documents.models import DocumentKind
from service.documents.papers import ContractPaper
from tests.documents import (
    samples_of_appeals,
    samples_of_contests,
    samples_of_money,
    samples_of_sessions,
    samples_of_transparency,
)
from tests.documents.people import ACCOUNT, ASSOCIATION, LETTERHEAD, PRESIDENT, RULES, TREASURER

CONTRACT: ContractPaper = {
    "letterhead": LETTERHEAD,
    "number": "014 - 2026 - PDN - SICUANI",
    "issued_at": "2026-01-20T15:05:00Z",
    "plan_type": "PDN",
    "plan_title": "Mejora de la crianza de ovinos y venta de lana en Q’eromayu",
    "grantor": {
        "name": "Núcleo Ejecutor Central Sierra Sur",
        "ruc": "20500000015",
        "address": "Jr. Dos de Mayo 215, Sicuani",
        "head_name": "Yolanda Huarcaya Ttito",
        "head_dni": "40112233",
        "resolution": "Resolución Directoral N.º 031-2025",
    },
    "group": ASSOCIATION,
    "signatories": [PRESIDENT, TREASURER],
    "witnesses": [],
    "background": {
        "loan": "un préstamo del Fondo Internacional de Desarrollo Agrícola y del Tesoro Público",
        "minutes_number": "032-2026-SICUANI",
        "minutes_day": "2026-01-10",
        "committee": "CLAR Canchis-Canas",
        "contest_code": "PDN-1",
        "contest_title": "Planes de negocio, primer desembolso",
        "score": "83.50",
        "rules_version": 1,
        "rules_sha256": RULES["sha256"],
    },
    "currency": "PEN",
    "amount": "10000.05",
    "total": "17000.05",
    "sources": [
        {"source": "fund", "name": "Fondo concursable Sierra Sur", "in_kind": False, "amount": "10000.05"},
        {"source": "own", "name": "Asociación Ñan Puririq", "in_kind": False, "amount": "3200.00"},
        {"source": "own", "name": "Asociación Ñan Puririq", "in_kind": True, "amount": "1300.00"},
        {"source": "cofunder", "name": "Municipalidad Distrital de Checca", "in_kind": False, "amount": "2500.00"},
    ],
    "months": 18,
    "account": ACCOUNT,
    "tranches": [
        {"number": 1, "percent": "70", "amount": "7000.04"},
        {"number": 2, "percent": "30", "amount": "3000.01"},
    ],
    "own_deposit_first": "50",
    "accounting_gate": "70",
    "obligations": "Presentar el registro de ventas de lana al cierre de cada campaña.\nMantener al menos 24 familias activas.",
    "additional_cofinancing": [{"entity": "Compañía Minera Ch’iyarqaqa S.A.", "in_kind": True, "amount": "4000.00"}],
    "jurisdiction": "la provincia de Canchis, departamento de Cusco",
    "signed_in": "la ciudad de Sicuani",
    "budget": [
        {"description": "Reproductores ovinos", "fund": "4200.05", "own": "800.00", "cofunder": "1000.00", "total": "6000.05"},
        {"description": "Asistencia técnica", "fund": "2400.00", "own": "600.00", "cofunder": "0.00", "total": "3000.00"},
        {
            "description": "Instalación de 4 hectáreas de pastos con riego por aspersión",
            "fund": "1900.00",
            "own": "1800.00",
            "cofunder": "1000.00",
            "total": "4700.00",
        },
        {
            "description": "Cobertizos (mano de obra)",
            "fund": "1000.00",
            "own": "1300.00",
            "cofunder": "500.00",
            "total": "2800.00",
        },
        {"description": "Ferias y gestión", "fund": "500.00", "own": "0.00", "cofunder": "0.00", "total": "500.00"},
    ],
    "annulled": None,
}

SAMPLES: dict[DocumentKind, dict[str, Any]] = {
    DocumentKind.CALL: cast(dict[str, Any], samples_of_contests.CALL),
    DocumentKind.SHEET: cast(dict[str, Any], samples_of_contests.SHEET),
    DocumentKind.BLANK_SHEET: cast(dict[str, Any], samples_of_contests.BLANK_SHEET),
    DocumentKind.MINUTES: cast(dict[str, Any], samples_of_sessions.MINUTES),
    DocumentKind.CONTRACT: cast(dict[str, Any], CONTRACT),
    DocumentKind.AUTHORISATION: cast(dict[str, Any], samples_of_money.AUTHORISATION),
    DocumentKind.RECEIPTS: cast(dict[str, Any], samples_of_money.RECEIPTS),
    DocumentKind.LIQUIDATION: cast(dict[str, Any], samples_of_money.LIQUIDATION),
    DocumentKind.REPORT: cast(dict[str, Any], samples_of_transparency.REPORT),
    DocumentKind.RESOLUTION: cast(dict[str, Any], samples_of_appeals.RESOLUTION),
}
