"""How papers write days, times, amounts and codes in Spanish."""

import pytest

from service.contests.models import PlanType
from service.documents import spanish
from service.documents.models import DocumentKind
from service.documents.pdf import languages


@pytest.mark.parametrize(
    ("day", "written"),
    [
        ("2026-01-10", "10 de enero de 2026"),
        ("2026-09-01", "1 de setiembre de 2026"),
        ("2028-02-29", "29 de febrero de 2028"),
        ("2026-12-31", "31 de diciembre de 2026"),
    ],
)
def test_a_day_is_written_out(day: str, written: str) -> None:
    assert spanish.day(day) == written


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        ("2026-01-10T14:30:00Z", "10 de enero de 2026, 09:30\u00a0horas"),
        ("2026-01-11T04:59:59+00:00", "10 de enero de 2026, 23:59\u00a0horas"),
        ("2026-01-01T00:00:00-05:00", "1 de enero de 2026, 00:00\u00a0horas"),
        ("2026-07-01T05:00:00.123456Z", "1 de julio de 2026, 00:00\u00a0horas"),
    ],
)
def test_an_instant_is_told_in_the_time_of_peru_all_year(instant: str, written: str) -> None:
    assert spanish.moment(instant) == written


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0.00", "0.00"),
        ("999.99", "999.99"),
        ("10000.05", "10,000.05"),
        ("1234567890.10", "1,234,567,890.10"),
        ("-120.00", "-120.00"),
    ],
)
def test_amounts_have_commas_for_thousands_and_a_point_for_cents(amount: str, written: str) -> None:
    assert spanish.figures(amount) == written
    assert spanish.money(amount, "PEN") == f"S/\u00a0{written}"


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1, "primera"),
        (10, "décima"),
        (11, "undécima"),
        (12, "duodécima"),
        (18, "decimoctava"),
        (20, "vigésima"),
        (32, "trigésima segunda"),
        (99, "nonagésima novena"),
        (100, "100.ª"),
    ],
)
def test_sessions_are_counted_in_feminine_ordinals(number: int, written: str) -> None:
    assert spanish.ordinal(number) == written


def test_a_list_ends_in_y_and_in_e_before_the_sound_of_an_i() -> None:
    assert spanish.listed(["Checca", "Langui", "Layo"]) == "Checca, Langui y Layo"
    assert spanish.listed(["Layo", "Ilave"]) == "Layo e Ilave"
    assert spanish.listed(["Cobre", "Hierro"]) == "Cobre y Hierro"
    assert (spanish.listed(["Layo"]), spanish.listed([])) == ("Layo", "")


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("knocked_out:families_present_share", "no cumple el mínimo de parte de las familias presentes"),
        ("below_mark", "puntaje menor al mínimo"),
        ("quota:sex=women", "por cuota de sex: women"),
        ("missing_sheet:field:J2", "falta ficha de field:J2"),
    ],
)
def test_a_reason_of_the_judge_is_put_into_words(code: str, written: str) -> None:
    assert spanish.reason(code) == written


def test_a_code_without_a_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        spanish.label("approved_somehow", "outcome")
    with pytest.raises(KeyError):
        spanish.reason("because")


def test_every_plan_type_has_a_name() -> None:
    assert set(spanish.LABELS["plan"]) == {plan.value for plan in PlanType}


@pytest.mark.parametrize("kind", DocumentKind)
def test_every_paper_can_be_had_in_spanish(kind: DocumentKind) -> None:
    assert languages(kind) == {"es"}
