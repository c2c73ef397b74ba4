"""Sample minutes: a session with a plan contest, a second request and a family contest with a tie."""

from service.documents.papers import MinutesPaper
from service.documents.papers_of_sessions import MinutesSigner, Present, PrizeRow, ResultRow
from service.documents.shapes import CapacityWord, Outcome
from tests.documents.people import LETTERHEAD, RULES, SECOND_RULES, SICUANI, THIRD_RULES
from tests.documents.samples_of_appeals import CHECK, REJECTED, WITHDRAWN
from tests.documents.samples_of_visits import BEFORE_SCORES
from tests.documents.samples_of_votes import ADJUSTMENTS, DEFERRALS, DISSENTS, QUOTAS, VOTES

PEOPLE: list[tuple[str, str, CapacityWord, str]] = [
    ("Mario Velásquez Roque", "40100001", "chair", "Municipalidad Provincial de Canchis"),
    ("Benita Choque Sullca", "40334455", "member", "Institución Educativa 56010 de Langui"),
    ("Eulogio Ccama Ñahui", "40100003", "member", "Federación de Campesinos de Canas"),
    ("Primitiva Huanca Chʼisi", "40100004", "member", "Asociación de Artesanas Awaq Warmi"),
    ("Rolando Yauri Tapia", "40100005", "member", "Agencia Agraria Canchis"),
    ("Cirila Suttec Lloqque", "40100006", "member", "Talento local, Layo"),
    ("Percy Gutiérrez Zea", "40100007", "member", "Comerciantes de Sicuani"),
    ("Yolanda Huarcaya Ttito", "40112233", "staff", "Oficina Local Sicuani"),
    ("Hugo Merma Tacuri", "40100009", "mayor", "Municipalidad Distrital de Checca"),
    ("Rosa Elena Pinto Vega", "40100010", "guest", "Compañía Minera Ch’iyarqaqa S.A."),
]


def present(index: int, left_at: str | None = None) -> Present:
    """A person who came at nine."""
    name, dni, capacity, body = PEOPLE[index]
    return {"name": name, "dni": dni, "capacity": capacity, "body": body, "came_at": "2026-01-10T14:00:00Z", "left_at": left_at}


def signer(index: int) -> MinutesSigner:
    """A person who signs."""
    name, dni, capacity, body = PEOPLE[index]
    return {"name": name, "dni": dni, "capacity": capacity, "body": body}


def row(
    number: int, code: str, document: str, organisation: str, district: str, score: str | None, rank: int | None,
    project: str, own: str, total: str, outcome: Outcome, *reasons: str,
) -> ResultRow:  # fmt: skip
    """A line of a result table."""
    return {
        "number": number,
        "application_code": code,
        "document": document,
        "organisation": organisation,
        "district": district,
        "office": "SICUANI",
        "score": score,
        "rank": rank,
        "project_amount": project,
        "own_amount": own,
        "total_amount": total,
        "outcome": outcome,
        "reasons": list(reasons),
    }


def place(place: int, code: str, dni: str, name: str, score: str, prize: str | None, pooled: bool = False) -> PrizeRow:
    """A line of a prize table."""
    return {
        "place": place,
        "pooled": pooled,
        "application_code": code,
        "document": dni,
        "name": name,
        "organisation": "Comunidad Campesina Chʼiqtuyuq",
        "score": score,
        "prize": prize,
    }


MINUTES: MinutesPaper = {
    "letterhead": LETTERHEAD,
    "number": "032-2026-SICUANI",
    "issued_at": "2026-01-10T23:45:00Z",
    "committee": "CLAR Canchis-Canas",
    "title": "Concursos del primer semestre de 2026",
    "ordinal": 32,
    "place": SICUANI,
    "opened_at": "2026-01-10T14:30:00Z",
    "closed_at": "2026-01-10T23:45:00Z",
    "present": [present(index) for index in range(9)] + [present(9, "2026-01-10T18:10:00Z")],
    "missing": [
        {"name": "Wilber Kana Oviedo", "body": "Municipalidad Distrital de Layo", "excuse": "con aviso, por duelo"},
        {"name": "Fermina Aslla Ccoa", "body": "Promotoría de salud, Langui", "excuse": ""},
    ],
    "quorum": {"appointed": 9, "present": 7, "needed": 5, "chair_present": True},
    "agenda": [
        "Verificación del quórum y lectura de las bases",
        "Entrega de los resultados de campo",
        "Exposición pública de las propuestas",
        "Resultados, premios y firma del acta",
    ],
    "rule_books": [
        RULES,
        SECOND_RULES,
        THIRD_RULES,
    ],
    "order_seed": "el 7 y el 31",
    "before_scores": BEFORE_SCORES,
    "checks": [CHECK],
    "appeals": [REJECTED, WITHDRAWN],
    "development": "La presidencia da la bienvenida en quechua y castellano y recuerda que el acto es público.\n"
    "Cada organización expuso con su mapa cultural, en el orden del sorteo, y respondió las preguntas del jurado.",
    "results": [
        {
            "contest_code": "PDN-1",
            "contest_title": "Planes de negocio, primer desembolso",
            "plan_type": "PDN",
            "request_number": 1,
            "currency": "PEN",
            "mark": "70",
            "purse": "60000.00",
            "rows": [
                row(
                    1,
                    "A-01",
                    "20600000021",
                    "Asociación de Productores Ñan Puririq de Q’eromayu",
                    "Checca",
                    "83.50",
                    1,
                    "10000.05",
                    "4500.00",
                    "14500.05",
                    "approved",
                ),
                row(
                    2,
                    "A-05",
                    "20600000055",
                    "Asociación de Criadores de Alpacas Hatun Qʼewa",
                    "Marangani",
                    "74.25",
                    2,
                    "52000.00",
                    "13000.00",
                    "65000.00",
                    "reserve",
                    "purse_exhausted",
                ),
                row(
                    3,
                    "A-02",
                    "20600000039",
                    "Asociación de Artesanas Awaq Warmi de Langui",
                    "Langui",
                    "70.00",
                    3,
                    "25000.00",
                    "8000.00",
                    "33000.00",
                    "approved",
                ),
                row(
                    4,
                    "A-03",
                    "11024990",
                    "Comité de Productores de Trucha Qocha Ñawi",
                    "Layo",
                    "69.83",
                    4,
                    "18000.00",
                    "6000.00",
                    "24000.00",
                    "not_approved",
                    "below_mark",
                ),
                row(
                    5,
                    "A-04",
                    "20600000047",
                    "Asociación Inti Kʼanchay",
                    "Sicuani",
                    None,
                    None,
                    "12000.00",
                    "3000.00",
                    "15000.00",
                    "disqualified",
                    "knocked_out:familias presentes",
                ),
            ],
            "totals": {"approved": 2, "project_amount": "35000.05", "own_amount": "12500.00", "total_amount": "47500.05"},
            "quotas": QUOTAS,
        },
        {
            "contest_code": "PGRN-2",
            "contest_title": "Planes de gestión de recursos naturales, segundo desembolso",
            "plan_type": "PGRN",
            "request_number": 2,
            "currency": "PEN",
            "mark": "70",
            "purse": None,
            "rows": [
                row(
                    1,
                    "B-01",
                    "11009001",
                    "Comunidad Campesina Chʼiqtuyuq",
                    "Marangani",
                    "78.00",
                    1,
                    "30000.00",
                    "9000.00",
                    "39000.00",
                    "approved",
                ),
            ],
            "totals": {"approved": 1, "project_amount": "30000.00", "own_amount": "9000.00", "total_amount": "39000.00"},
        },
    ],
    "prizes": [
        {
            "contest_code": "CIF-3",
            "contest_title": "Andenes y zanjas de infiltración, familias de Chʼiqtuyuq",
            "plan_type": "CIF",
            "currency": "PEN",
            "rows": [
                place(1, "F-07", "43110001", "Saturnina Condo Ayma", "19.33", "300.00"),
                place(2, "F-12", "43110002", "Fortunato Quispe Illa", "18.00", "200.00"),
                place(3, "F-03", "sin DNI", "Juana Ttito Q’ente", "17.67", "150.00"),
                place(4, "F-01", "43110004", "Hilario Huamán Ñahui", "16.00", "80.01", True),
                place(4, "F-09", "43110005", "Dionisia Chino Layme", "16.00", "80.00", True),
                place(4, "F-15", "43110006", "Eusebio Mamani Roque", "16.00", "80.00", True),
                place(7, "F-02", "43110007", "Basilia Ccori Ñaupa", "12.33", None),
            ],
            "purse": "890.01",
            "given": "890.01",
        }
    ],
    "draws": [{"contest_code": "PDN-1", "seed": "sicuani-2026-01-10-741"}],
    "recusals": [
        {
            "application_code": "A-02",
            "organisation": "Asociación de Artesanas Awaq Warmi de Langui",
            "juror": "Primitiva Huanca Chʼisi",
            "origin": "found",
            "reasons": ["member_of_group"],
        },
        {
            "application_code": "A-01",
            "organisation": "Asociación de Productores Ñan Puririq de Q’eromayu",
            "juror": "Percy Gutiérrez Zea",
            "origin": "declared",
            "reasons": ["Compra lana a la organización"],
        },
    ],
    "absences": [
        {
            "application_code": "A-03",
            "organisation": "Comité de Productores de Trucha Qocha Ñawi",
            "stage": "Exposición pública",
            "juror": "Cirila Suttec Lloqque",
        }
    ],
    "superseded": [
        {
            "application_code": "A-03",
            "organisation": "Comité de Productores de Trucha Qocha Ñawi",
            "stage": "Exposición pública",
            "juror": "Percy Gutiérrez Zea",
            "reason": "Se anotó en «Claridad» el puntaje de otra organización.",
            "at": "2026-01-10T19:05:00Z",
        }
    ],
    "paper_sheets": [
        {
            "application_code": "A-02",
            "organisation": "Asociación de Artesanas Awaq Warmi de Langui",
            "stage": "Campo",
            "juror": "Percy Gutiérrez Zea",
            "code": "1234-5678-89",
            "typed_by": ["Rosa Mamani Quispe", "Irene Ccopa Layme"],
        }
    ],
    "votes": VOTES,
    "dissents": DISSENTS,
    "adjustments": ADJUSTMENTS,
    "deferrals": DEFERRALS,
    "reentry": ["Comité de Productores de Trucha Qocha Ñawi (segunda presentación)"],
    "custody": "Las fichas impresas quedan en custodia de la Oficina Local Sicuani, en sobre cerrado y firmado.",
    "applications": 13,
    "approved": 9,
    "grand_totals": [
        {
            "currency": "PEN",
            "project_amount": "65000.05",
            "own_amount": "21500.00",
            "total_amount": "86500.05",
            "prizes": "890.01",
        }
    ],
    "signers": [signer(index) for index in range(8)],
}
