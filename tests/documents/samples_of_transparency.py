"""A sample transparency report."""

from service.documents.papers import ReportPaper
from service.documents.papers_of_transparency import ResultLine
from service.documents.shapes import Outcome
from tests.documents.people import LETTERHEAD, OTHER_HASH, RULES, THIRD_HASH

NAN = "Asociación de Productores Ñan Puririq de Q’eromayu"
AWAQ = "Asociación de Artesanas Awaq Warmi de Langui"
CHIQ = "Comunidad Campesina Chʼiqtuyuq"


def result(
    contest: str, organisation: str, district: str, score: str | None, outcome: Outcome, award: str | None
) -> ResultLine:
    """An announced result."""
    return {
        "contest_code": contest,
        "organisation": organisation,
        "district": district,
        "score": score,
        "outcome": outcome,
        "award": award,
    }


REPORT: ReportPaper = {
    "letterhead": LETTERHEAD,
    "number": "2026-I-SICUANI",
    "issued_at": "2026-06-30T22:00:00Z",
    "title": "Oficina Local Sicuani, primer semestre de 2026",
    "since": "2026-01-01",
    "until": "2026-06-30",
    "currency": "PEN",
    "calls": [
        {
            "code": "2026-I",
            "title": "Concursos del primer semestre de 2026",
            "office": "SICUANI",
            "opened_on": "2025-10-20",
            "closed_on": "2025-12-01",
            "contests": 3,
            "applications": 13,
        }
    ],
    "contests": [
        {
            "code": "PDN-1",
            "title": "Planes de negocio, primer desembolso",
            "plan_type": "PDN",
            "minutes_number": "032-2026-SICUANI",
            "applications": 5,
            "approved": 2,
            "not_approved": 1,
            "reserve": 1,
            "disqualified": 1,
            "awarded": "35000.05",
            "rules_sha256": RULES["sha256"],
        },
        {
            "code": "PGRN-2",
            "title": "Planes de gestión de recursos naturales, segundo desembolso",
            "plan_type": "PGRN",
            "minutes_number": "032-2026-SICUANI",
            "applications": 1,
            "approved": 1,
            "not_approved": 0,
            "reserve": 0,
            "disqualified": 0,
            "awarded": "30000.00",
            "rules_sha256": OTHER_HASH,
        },
        {
            "code": "CIF-3",
            "title": "Andenes y zanjas de infiltración, familias de Chʼiqtuyuq",
            "plan_type": "CIF",
            "minutes_number": "032-2026-SICUANI",
            "applications": 7,
            "approved": 6,
            "not_approved": 1,
            "reserve": 0,
            "disqualified": 0,
            "awarded": "890.01",
            "rules_sha256": THIRD_HASH,
        },
    ],
    "results": [
        result("PDN-1", NAN, "Checca", "83.50", "approved", "10000.05"),
        result("PDN-1", "Asociación de Criadores de Alpacas Hatun Qʼewa", "Marangani", "74.25", "reserve", None),
        result("PDN-1", AWAQ, "Langui", "70.00", "approved", "25000.00"),
        result("PDN-1", "Comité de Productores de Trucha Qocha Ñawi", "Layo", "69.83", "not_approved", None),
        result("PDN-1", "Asociación Inti Kʼanchay", "Sicuani", None, "disqualified", None),
        result("PGRN-2", CHIQ, "Marangani", "78.00", "approved", "30000.00"),
    ],
    "contracts": [
        {
            "number": "014 - 2026 - PDN - SICUANI",
            "organisation": NAN,
            "district": "Checca",
            "amount": "10000.05",
            "own_amount": "4500.00",
            "paid": "7000.04",
            "status": "in_force",
        },
        {
            "number": "015 - 2026 - PDN - SICUANI",
            "organisation": AWAQ,
            "district": "Langui",
            "amount": "25000.00",
            "own_amount": "8000.00",
            "paid": "0.00",
            "status": "annulled",
        },
        {
            "number": "016 - 2026 - PDN - SICUANI",
            "organisation": AWAQ,
            "district": "Langui",
            "amount": "25000.00",
            "own_amount": "8000.00",
            "paid": "0.00",
            "status": "numbered",
        },
    ],
    "payments": [
        {
            "authorisation": "021-2026-SICUANI",
            "contract_number": "014 - 2026 - PDN - SICUANI",
            "organisation": NAN,
            "paid_on": "2026-02-05",
            "amount": "7000.04",
        },
        {
            "authorisation": "022-2026-SICUANI",
            "contract_number": "009 - 2025 - PGRN - SICUANI",
            "organisation": CHIQ,
            "paid_on": "2026-02-12",
            "amount": "890.01",
        },
    ],
    "totals": {
        "applications": 13,
        "approved": 9,
        "awarded": "65890.06",
        "contracted": "35000.05",
        "own_amount": "12500.00",
        "paid": "7890.05",
    },
    "record_size": 48213,
    "record_root": "9d5ed678fe57bcca610140957afab571e1a0c8f0b6d2c4a35b7e6f8091a2b3c4",
}
