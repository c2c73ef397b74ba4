"""DNI, RUC, CCI and mobile numbers."""

import json
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from service.core.settings import ROOT
from service.people.identifiers import (
    BadCci,
    BadDni,
    BadMobile,
    BadRuc,
    Cci,
    CciCheckFailed,
    Dni,
    Mobile,
    Ruc,
    bank_of,
    cci_digits,
    mask,
    parse_cci,
    parse_dni,
    parse_mobile,
    parse_ruc,
)

VECTORS = ROOT.parent / "shared" / "data" / "identifiers"

BANCO_DE_LA_NACION = "01800000401500000102"
INSTITUTIONAL_RUCS = ["20131312955", "20131370645", "20295613620", "20100030595", "20131372931", "20545565359"]
HOLDING_CCIS = ["01136600010003254221", BANCO_DE_LA_NACION, "00219100123456789053", "01826100026102241984"]


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("12345678", "12345678"),
        (" 12 345 678 ", "12345678"),
        ("1234-5678", "12345678"),
        ("12345678-1", "12345678"),
        ("12345678 e", "12345678"),
        ("00000001-I", "00000001"),
    ],
)
def test_a_dni_is_reduced_to_its_eight_digits(typed: str, digits: str) -> None:
    assert parse_dni(typed) == digits


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1234567",
        "123456781",  # nine digits in a row, although the ninth would fit as check character
        "12345678-2",
        "12345678-F",
        "1234567A",
        "12345678--",
        "00000001-ı",  # an i without dot, whose capital is the I that would fit
        "00000000",
        "١٢٣٤٥٦٧٨",
        "12345678\u00a01",
        "12.345.678",
        None,
        12345678,
    ],
)
def test_what_is_no_dni_is_refused(typed: object) -> None:
    with pytest.raises(BadDni):
        parse_dni(typed)


@pytest.mark.parametrize("number", INSTITUTIONAL_RUCS)
def test_the_rucs_of_public_bodies_hold(number: str) -> None:
    assert parse_ruc(number) == number


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("20-13131295-5", "20131312955"),
        ("10123456781", "10123456781"),
        ("15123456782", "15123456782"),
        ("16123456789", "16123456789"),
        ("17123456785", "17123456785"),
        ("10100000020", "10100000020"),  # 11 - remainder is 10: digit 0
        ("10100000071", "10100000071"),  # 11 - remainder is 11: digit 1
    ],
)
def test_every_kind_of_ruc_holds(typed: str, digits: str) -> None:
    assert parse_ruc(typed) == digits


@pytest.mark.parametrize(
    "typed",
    [
        "20131312956",
        "20131321955",
        "30131312955",
        "11123456789",
        "2013131295",
        "201313129550",
        "2013131295A",
        "00000000000",
        None,
    ],
)
def test_what_is_no_ruc_is_refused(typed: object) -> None:
    with pytest.raises(BadRuc):
        parse_ruc(typed)


@pytest.mark.parametrize("number", HOLDING_CCIS)
def test_a_cci_whose_check_digits_fit_holds(number: str) -> None:
    assert parse_cci(number) == number


def test_a_cci_is_reduced_to_its_twenty_digits() -> None:
    assert parse_cci(" 018-261-000261022419-84 ") == "01826100026102241984"
    assert parse_cci("018 261 000261022419 84") == "01826100026102241984"


@pytest.mark.parametrize("number", HOLDING_CCIS)
def test_no_single_wrong_digit_of_a_cci_goes_unseen(number: str) -> None:
    for place in range(20):
        for other in set("0123456789") - {number[place]}:
            with pytest.raises(CciCheckFailed):
                parse_cci(number[:place] + other + number[place + 1 :])


@pytest.mark.parametrize("typed", ["01800000401500000202", "01136200010004650000", "018-261-000261022419-48"])
def test_an_invented_cci_is_refused_for_its_check_digits_and_can_still_be_taken_on_evidence(typed: str) -> None:
    with pytest.raises(CciCheckFailed):
        parse_cci(typed)
    assert cci_digits(typed) == typed.replace("-", "")


@pytest.mark.parametrize("typed", ["", "018-261-00026102241-84", "018-261-0002610224190-84", "018-261-00026102241A-84", None])
def test_a_cci_without_twenty_digits_is_refused_whatever_the_evidence(typed: object) -> None:
    for parse in (parse_cci, cci_digits):
        with pytest.raises(BadCci) as refused:
            parse(typed)
        assert type(refused.value) is BadCci


def test_the_first_three_digits_of_a_cci_are_the_bank() -> None:
    assert bank_of(BANCO_DE_LA_NACION) == "018"


@pytest.mark.parametrize(
    "typed", ["987654321", "+51 987 654 321", "51987654321", "987-654-321", "(+51) 987654321", "987.654.321"]
)
def test_a_mobile_number_is_reduced_to_its_nine_digits(typed: str) -> None:
    assert parse_mobile(typed) == "987654321"


@pytest.mark.parametrize(
    "typed",
    ["014567890", "887654321", "98765432", "9876543210", "+56987654321", "98765432A", "+987654321", "٩٨٧٦٥٤٣٢١", "", None],
)
def test_what_is_no_peruvian_mobile_number_is_refused(typed: object) -> None:
    with pytest.raises(BadMobile):
        parse_mobile(typed)


@pytest.mark.parametrize(
    ("number", "keep", "shown"),
    [
        ("01826100026102241984", 4, "****************1984"),
        ("12345678", 3, "*****678"),
        ("1234", 4, "****"),
        ("12345", 0, "*****"),
    ],
)
def test_a_masked_number_shows_its_end_and_never_all_of_itself(number: str, keep: int, shown: str) -> None:
    assert mask(number, keep) == shown


class Paper(BaseModel):
    """Every identifier as a request holds it."""

    dni: Dni
    ruc: Ruc
    cci: Cci
    mobile: Mobile


GOOD = {"dni": "12345678 1", "ruc": "20131312955", "cci": "018-261-000261022419-84", "mobile": "+51 987654321"}


def test_a_request_holds_identifiers_in_their_bare_form() -> None:
    assert Paper.model_validate(GOOD).model_dump() == {
        "dni": "12345678",
        "ruc": "20131312955",
        "cci": "01826100026102241984",
        "mobile": "987654321",
    }


@pytest.mark.parametrize(
    ("name", "typed", "refusal"),
    [
        ("dni", 12345678, BadDni),
        ("ruc", "20131312956", BadRuc),
        ("cci", "01826100026102241985", CciCheckFailed),
        ("mobile", "1", BadMobile),
    ],
)
def test_a_request_with_a_bad_identifier_says_what_to_do(name: str, typed: object, refusal: type[BadDni]) -> None:
    with pytest.raises(ValidationError) as refused:
        Paper.model_validate({**GOOD, name: typed})
    (error,) = refused.value.errors()
    assert (error["loc"], error["msg"]) == ((name,), f"Value error, {refusal.message}")


def vectors(file: str) -> Any:
    """A file of vectors; missing data fails the test."""
    return json.loads((VECTORS / file).read_text(encoding="utf-8"))


@pytest.mark.oracles
def test_every_dni_vector_is_decided_as_published() -> None:
    data = vectors("dni_vectors.json")
    for row in data["valid"]:
        for typed in (row["dni"], f"{row['dni']}-{row['check_digit']}", f"{row['dni']} {row['check_letter']}"):
            assert parse_dni(typed) == row["dni"]
    for row in data["invalid"]:
        with pytest.raises(BadDni):
            parse_dni(row["dni"])


@pytest.mark.oracles
def test_every_ruc_vector_is_decided_as_published_and_kind_16_is_taken() -> None:
    data = vectors("ruc_vectors.json")
    assert [parse_ruc(row["ruc"]) for row in data["valid"]] == [row["ruc"] for row in data["valid"]]
    for row in data["invalid"]:
        with pytest.raises(BadRuc):
            parse_ruc(row["ruc"])


@pytest.mark.oracles
def test_every_cci_vector_is_decided_as_published() -> None:
    data = vectors("cci_vectors.json")
    assert [parse_cci(row["cci"]) for row in data["valid"]] == [row["cci"].replace("-", "") for row in data["valid"]]
    for row in data["invalid"]:
        with pytest.raises(BadCci):
            parse_cci(row["cci"])


@pytest.mark.oracles
def test_every_mobile_vector_is_decided_as_published() -> None:
    data = vectors("mobile_vectors.json")
    assert [parse_mobile(row["input"]) for row in data["valid"]] == [row["national"] for row in data["valid"]]
    for row in data["invalid"]:
        with pytest.raises(BadMobile):
            parse_mobile(row["input"])
