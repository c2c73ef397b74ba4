"""Who and what the sample papers speak of: the names of the highlands of Cusco, with their ñ and apostrophes."""

from service.documents.shapes import Account, Letterhead, Organisation, Place, RuleBookRef, Signatory

LETTERHEAD: Letterhead = {
    "programme": "Programa Raymi de Desarrollo de la Sierra",
    "office": "Oficina Local Sicuani",
    "office_code": "SICUANI",
    "address": "Av. Centenario 10, Sicuani, Canchis, Cusco",
}

CHECCA: Place = {"place": "Q’eromayu", "district": "Checca", "province": "Canas", "department": "Cusco", "ubigeo": "080502"}
SICUANI: Place = {
    "place": "Coliseo Municipal de Sicuani",
    "district": "Sicuani",
    "province": "Canchis",
    "department": "Cusco",
    "ubigeo": "080601",
}

ASSOCIATION: Organisation = {
    "name": "Asociación de Productores Ñan Puririq de Q’eromayu",
    "kind": "association",
    "ruc": "20600000021",
    "registry_sheet": "11024578",
    "place": CHECCA,
}

COMMUNITY: Organisation = {
    "name": "Comunidad Campesina Chʼiqtuyuq",
    "kind": "community",
    "ruc": None,
    "registry_sheet": None,
    "place": {"place": "Chʼiqtuyuq", "district": "Marangani", "province": "Canchis", "department": "Cusco", "ubigeo": "080604"},
}

PRESIDENT: Signatory = {
    "name": "Nicanor Quispe Ccallo",
    "dni": "41223344",
    "role": "president",
    "body": "Asociación de Productores Ñan Puririq de Q’eromayu",
}
TREASURER: Signatory = {
    "name": "Agripina Ñaupa Tʼika",
    "dni": None,
    "role": "treasurer",
    "body": "Asociación de Productores Ñan Puririq de Q’eromayu",
}

ACCOUNT: Account = {
    "bank": "Banco de la Nación",
    "number": "04-015-000001",
    "cci": "01800000401500000102",
    "holder": "ASOC PROD NAN PURIRIQ",
    "currency": "PEN",
}

RULES: RuleBookRef = {
    "contest_code": "PDN-1",
    "contest_title": "Planes de negocio, primer desembolso",
    "version": 1,
    "sha256": "3f7a1c90be52d48e6b0c9d1f24a83e75c6d80f1ab2397e4450cc61d2a8f9b013",
}
OTHER_HASH = "b1946ac92492d2347c6235b4d2611184f0a3c5e7d9b80264a6c8e0f214365870"
THIRD_HASH = "0a4d55a8d778e5022fab701977c5d840bbc486d0c9a5d7b1e2f3041526374859"
SECOND_RULES: RuleBookRef = {
    "contest_code": "PGRN-2",
    "contest_title": "Planes de gestión de recursos naturales, segundo desembolso",
    "version": 2,
    "sha256": OTHER_HASH,
}
THIRD_RULES: RuleBookRef = {
    "contest_code": "CIF-3",
    "contest_title": "Andenes y zanjas de infiltración, familias de Chʼiqtuyuq",
    "version": 1,
    "sha256": THIRD_HASH,
}
