"""Sample quotas, and votes of a session: a motion, an adjusted amount that the chair decided, a deferral; and what followed."""

from service.documents.papers_of_sessions import QuotaPart
from service.documents.papers_of_votes import AdjustmentLine, DeferralLine, DissentLine, VoteLine

CHAIR = "Mario Velásquez Roque"
MEMBERS = [
    "Benita Choque Sullca",
    "Eulogio Ccama Ñahui",
    "Primitiva Huanca Chʼisi",
    "Rolando Yauri Tapia",
    "Cirila Suttec Lloqque",
    "Percy Gutiérrez Zea",
]

QUOTAS: QuotaPart = {
    "uses": [
        {
            "attribute": "integrantes",
            "value": "mujeres",
            "share": "1/2",
            "kept": "30000.00",
            "funded": ["A-02"],
            "left": "5000.00",
        }
    ],
    "gained": [{"application_code": "A-02", "award": "25000.00", "without": None}],
    "lost": [],
}

VOTES: list[VoteLine] = [
    {
        "number": 1,
        "matter": "Alterar el orden de exposición por la lluvia",
        "application_code": None,
        "proposed": None,
        "currency": None,
        "in_favour": [CHAIR, *MEMBERS[:5]],
        "against": MEMBERS[5:],
        "abstained": [],
        "recused": [],
        "majority": {"at_least": "1/2", "strict": True, "base": "cast", "casting": False},
        "appointed": 9,
        "needed": 4,
        "casting": None,
        "carried": True,
        "corrections": [],
    },
    {
        "number": 2,
        "matter": "Ajustar el monto: la municipalidad pone la motobomba",
        "application_code": "A-01",
        "proposed": "10000.05",
        "currency": "PEN",
        "in_favour": [CHAIR, MEMBERS[0], MEMBERS[2]],
        "against": [MEMBERS[1], MEMBERS[3], MEMBERS[4]],
        "abstained": [],
        "recused": MEMBERS[5:],
        "majority": {"at_least": "1/2", "strict": True, "base": "cast", "casting": True},
        "appointed": 8,
        "needed": 4,
        "casting": "in_favour",
        "carried": True,
        "corrections": ["Un voto se anotó en la columna equivocada"],
    },
    {
        "number": 3,
        "matter": "Aplazar el expediente hasta que llegue el permiso de agua",
        "application_code": "A-03",
        "proposed": None,
        "currency": "PEN",
        "in_favour": MEMBERS,
        "against": [],
        "abstained": [CHAIR],
        "recused": [],
        "majority": {"at_least": "2/3", "strict": False, "base": "base", "casting": False},
        "appointed": 9,
        "needed": 6,
        "casting": None,
        "carried": True,
        "corrections": [],
    },
]
DISSENTS: list[DissentLine] = [
    {"vote": 2, "name": "Eulogio Ccama Ñahui", "text": "Las bolsas por distrito debieron anunciarse con más tiempo."}
]
ADJUSTMENTS: list[AdjustmentLine] = [
    {
        "application_code": "A-01",
        "organisation": "Asociación de Productores Ñan Puririq de Q’eromayu",
        "currency": "PEN",
        "result": "12000.00",
        "amount": "10000.05",
        "vote": 2,
        "reason": "La municipalidad pone la motobomba",
    }
]
DEFERRALS: list[DeferralLine] = [
    {
        "application_code": "A-03",
        "organisation": "Comité de Productores de Trucha Qocha Ñawi",
        "vote": 3,
        "reason": "Falta el permiso de uso de agua",
    }
]
