"""How Spanish papers of Peru write days, times, amounts and codes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from service.core.clock import PERU
from service.core.money import ZERO, percent_of
from service.documents.words import amount_in_words

MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "setiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip
"""*Setiembre*, as Peru's laws write it."""

SYMBOLS = {"PEN": "S/", "USD": "US$"}
CURRENCY_NAMES = {"PEN": "soles", "USD": "dólares americanos"}

TENS = (
    "",
    "décima",
    "vigésima",
    "trigésima",
    "cuadragésima",
    "quincuagésima",
    "sexagésima",
    "septuagésima",
    "octogésima",
    "nonagésima",
)
TEENS = (
    "undécima", "duodécima", "decimotercera", "decimocuarta", "decimoquinta",
    "decimosexta", "decimoséptima", "decimoctava", "decimonovena",
)  # fmt: skip
UNITS = ("", "primera", "segunda", "tercera", "cuarta", "quinta", "sexta", "séptima", "octava", "novena")

NBSP = "\u00a0"

LABELS: dict[str, Mapping[str, str]] = {
    "plan": {
        "PIT": "Plan de Inversión Territorial",
        "PGRN": "Plan de Gestión de Recursos Naturales",
        "PDN": "Plan de Negocio",
        "PDN-J": "Plan de Negocio de Jóvenes",
        "IDL": "Inversión para el Desarrollo Local",
        "CIF": "Concurso Interfamiliar",
        "SIDE": "Concurso complementario",
        "HOMES": "Concurso de mejoramiento de viviendas",
    },
    "group": {
        "community": "comunidad",
        "association": "asociación",
        "committee": "comité",
        "municipality": "municipalidad",
    },
    "capacity": {
        "chair": "Presidencia del CLAR",
        "member": "Integrante del CLAR",
        "staff": "Personal de la oficina",
        "mayor": "Alcaldía",
        "guest": "Persona invitada",
    },
    "role": {
        "president": "Presidencia",
        "treasurer": "Tesorería",
        "secretary": "Secretaría",
        "mayor": "Alcaldía",
        "office_head": "Jefatura de la oficina local",
        "administrator": "Administración",
        "programme": "Programa",
        "promoter": "Promotoría",
        "witness": "Testigo",
    },
    "outcome": {
        "approved": "APROBADO",
        "not_approved": "NO APROBADO",
        "reserve": "EN RESERVA",
        "disqualified": "DESCALIFICADO",
        "withdrawn": "RETIRADO",
        "pending": "PENDIENTE",
        "deferred": "APLAZADO",
    },
    "majority_base": {
        "cast": "los votos a favor y en contra",
        "present": "los integrantes presentes que participan en el asunto",
        "base": "los integrantes designados que participan en el asunto",
    },
    "relation": {
        "member_of_group": "es integrante de la organización",
        "same_household": "vive en el hogar de un integrante o directivo",
        "board_member": "es directivo de la organización",
        "signs_for_cofunder": "firma por un cofinanciador de la organización",
        "own_municipality": "firma por la municipalidad que postula",
        "applicant_family": "es de la familia que participa",
    },
    "request": {"1": "primer desembolso", "2": "segundo desembolso"},
    "source": {"fund": "Programa", "own": "Aporte propio", "cofunder": "Cofinanciador"},
    "contract": {
        "numbered": "Numerado",
        "signed_by_group": "Firmado por la organización",
        "in_force": "Vigente",
        "reported": "Con informe final",
        "liquidated": "Liquidado",
        "completed": "Donación perfeccionada",
        "written_off": "Dado de baja",
        "annulled": "ANULADO",
        "suspended": "Suspendido",
        "terminated": "Resuelto",
    },
}
"""What codes are called; a code without a name is an error."""

REASONS = {
    "below_mark": "puntaje menor al mínimo",
    "purse_exhausted": "bolsa agotada",
    "part_funded": "financiado en parte",
    "no_prize_left": "sin premio en su puesto",
    "tie_pooled": "empate: premios compartidos",
    "knocked_out": "no cumple el mínimo de",
    "quota": "por cuota de",
    "missing_attribute": "falta el dato",
    "no_quorum": "sin quórum en la etapa",
    "missing_sheet": "falta ficha de",
}
"""The judge's reasons; what follows the colon of a code is printed after them."""


def day(text: str) -> str:
    """``2026-01-10`` as ``10 de enero de 2026``."""
    value = date.fromisoformat(text)
    return f"{value.day} de {MONTHS[value.month - 1]} de {value.year}"


def short_day(text: str) -> str:
    """``2026-01-10`` as ``10/01/2026``, for tables."""
    return date.fromisoformat(text).strftime("%d/%m/%Y")


def local_day(text: str) -> str:
    """The day in Peru of an instant, written out."""
    return day(_local(text).date().isoformat())


def local_time(text: str) -> str:
    """The time of day in Peru of an instant: ``14:30``."""
    return _local(text).strftime("%H:%M")


def moment(text: str) -> str:
    """An instant as ``10 de enero de 2026, 14:30 horas``."""
    return f"{local_day(text)}, {local_time(text)}{NBSP}horas"


def short_moment(text: str) -> str:
    """An instant as ``10/01/2026 14:30``, for tables."""
    return _local(text).strftime("%d/%m/%Y %H:%M")


def figures(amount: str) -> str:
    """``10000.05`` as ``10,000.05``: commas and a point, as Peru writes amounts."""
    return f"{Decimal(amount):,.2f}"


def money(amount: str, currency: str) -> str:
    """``S/ 10,000.05``, never broken at the space."""
    return f"{SYMBOLS[currency]}{NBSP}{figures(amount)}"


def words(amount: str, currency: str) -> str:
    """``SON: DIEZ MIL CON 05/100 SOLES``."""
    return amount_in_words(Decimal(amount), currency)


def currency_name(currency: str) -> str:
    """``PEN`` as ``soles``."""
    return CURRENCY_NAMES[currency]


def column(rows: Iterable[Mapping[str, str]], name: str) -> str:
    """The sum of one column of amounts."""
    return str(sum((Decimal(row[name]) for row in rows), ZERO))


def percent(part: str, whole: str) -> str:
    """What share a part is, as ``70.00 %``."""
    return f"{percent_of(Decimal(part), Decimal(whole))}{NBSP}%"


def ordinal(number: int) -> str:
    """An ordinal in words up to 99 (``trigésima segunda``, feminine: it counts sessions), in figures beyond."""
    if not 1 <= number <= 99:
        return f"{number}.ª"
    if 11 <= number <= 19:
        return TEENS[number - 11]
    tens, units = divmod(number, 10)
    return " ".join(filter(None, (TENS[tens], UNITS[units])))


def label(code: object, family: str) -> str:
    """What a code is called; ``KeyError`` for one that has no name."""
    return LABELS[family][str(code)]


STAGE_NAMES = {"field": "campo", "public": "público", "single": "única", "before": "antes", "after": "después"}


def stage(name: str) -> str:
    """A stage's usual name in Spanish where a rule book gave only its code; otherwise the name that it gave."""
    return STAGE_NAMES.get(name, name)


def reason(code: str) -> str:
    """A reason of the judge in words, with what it is about."""
    word, _, subject = code.partition(":")
    name, equals, value = subject.partition("=")
    return " ".join(filter(None, (REASONS[word], f"{attribute(name)}: {value}" if equals else attribute(name))))


def attribute(name: str) -> str:
    """What an attribute of applications is called; its code with blanks where it has no name."""
    return {"families_present_share": "parte de las familias presentes"}.get(name, name.replace("_", " "))


def grouped(digits: str) -> str:
    """An account number in its four parts: ``018-261-000261022419-84``; a CCI has 20 digits."""
    return "-".join((digits[:3], digits[3:6], digits[6:18], digits[18:]))


def listed(names: Sequence[str]) -> str:
    """``Checca, Langui y Layo``; *e* before the sound of an *i*."""
    if len(names) < 2:
        return "".join(names)
    last = names[-1].casefold()
    conjunction = "e" if last.startswith(("i", "í", "hi", "hí")) and not last.startswith("hie") else "y"
    return f"{', '.join(names[:-1])} {conjunction} {names[-1]}"


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text that was typed, without empty ones."""
    return [line.strip() for line in text.split("\n") if line.strip()]


FILTERS: dict[str, Callable[..., object]] = {
    each.__name__: each
    for each in (
        day, short_day, local_day, local_time, moment, short_moment, figures, money, words,
        currency_name, column, percent, ordinal, label, reason, stage, attribute, grouped, listed, paragraphs,
    )
}  # fmt: skip
"""What the Spanish templates call."""


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(PERU)
