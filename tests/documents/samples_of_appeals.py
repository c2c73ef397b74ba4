"""Sample appeals: one upheld by a resolution, one rejected and one withdrawn in the minutes; a ranking that was checked off."""

from service.documents.papers_of_appeals import AppealLine, CheckLine, ResolutionPaper
from tests.documents.people import LETTERHEAD

PANEL = ["Pedro Condori Huanca", "Ana Huamán Ttito", "Rosa Huillca Tunqui"]

CHECK: CheckLine = {
    "contest_code": "PDN-1",
    "ran_by": "Sonia Quispe Choque",
    "ran_at": "2026-01-10T22:00:00Z",
    "checked_by": "Hilda Ccahuana Puma",
    "checked_at": "2026-01-10T22:20:00Z",
    "announced_at": "2026-01-10T22:30:00Z",
    "sha256": "9a1f1c90be52d48e6b0c9d1f24a83e75c6d80f1ab2397e4450cc61d2a8f9b0aa",
}

UPHELD: AppealLine = {
    "application_code": "A-01",
    "applicant": "Asociación Qocha Ñawi",
    "currency": "PEN",
    "ground": "El jurado dijo nueve y anotó ocho",
    "filed_at": "2026-01-12T14:00:00Z",
    "panel": PANEL,
    "opinions": [
        {"name": PANEL[0], "uphold": True, "reason": "Se oye nueve en la grabación"},
        {"name": PANEL[1], "uphold": True, "reason": "Consta en el acta de campo"},
        {"name": PANEL[2], "uphold": False, "reason": "La grabación no es clara"},
    ],
    "outcome": "upheld",
    "reason": "La ficha dice otra cosa que la audiencia",
    "remedies": [
        {"kind": "sheet", "juror": "Benita Choque Sullca", "stage": "Exposición pública", "attribute": None},
        {"kind": "attribute", "juror": None, "stage": None, "attribute": "families_present_share"},
        {"kind": "recusal", "juror": "Eulogio Ccama Ñahui", "stage": None, "attribute": None},
    ],
    "changes": [
        {
            "application_code": "A-01",
            "applicant": "Asociación Qocha Ñawi",
            "before": {"outcome": "reserve", "rank": 2, "score": "84.17", "award": None},
            "after": {"outcome": "approved", "rank": 1, "score": "84.50", "award": "15333.33"},
        },
        {
            "application_code": "A-04",
            "applicant": "Asociación Chʼisi",
            "before": {"outcome": "approved", "rank": 1, "score": "84.17", "award": "10000.05"},
            "after": {"outcome": "reserve", "rank": 2, "score": "84.17", "award": None},
        },
    ],
}

REJECTED: AppealLine = {
    **UPHELD,
    "application_code": "A-02",
    "ground": "El mapa no se vio desde la mesa",
    "opinions": [{"name": name, "uphold": False, "reason": "El mapa estuvo a la vista"} for name in PANEL],
    "outcome": "rejected",
    "reason": "El jurado vio el mapa",
    "remedies": [],
    "changes": [],
}

WITHDRAWN: AppealLine = {
    **REJECTED,
    "application_code": "A-03",
    "panel": [],
    "opinions": [],
    "outcome": "withdrawn",
    "reason": "La secretaria explicó la ficha",
}

RESOLUTION: ResolutionPaper = {
    "letterhead": LETTERHEAD,
    "number": "002-2026-SICUANI",
    "issued_at": "2026-01-15T15:00:00Z",
    "minutes": "032-2026-SICUANI",
    "contest_code": "PDN-1",
    "contest_title": "Planes de negocio, primera solicitud",
    "appeal": UPHELD,
    "check": CHECK,
    "signers": [{"name": PANEL[0], "dni": "23000002"}, {"name": PANEL[1], "dni": "23000005"}, {"name": PANEL[2], "dni": None}],
}
