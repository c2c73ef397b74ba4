"""The derived quintile, the main language, and what a file of figures may say."""

import csv
from dataclasses import replace
from decimal import Decimal

import pytest

from service.core.errors import Rejected
from service.core.settings import ROOT
from service.territory.models import MainLanguage
from service.territory.rules import (
    BadFigure,
    DuplicateDistrict,
    Figures,
    MissingColumn,
    NotATable,
    main_language,
    quintiles,
    read_figures,
)

PERU = ROOT.parent / "shared" / "data" / "peru"

HEADINGS = (
    "ubigeo,population_2017,poverty_total_pct_2018,idh_2019,"
    "quechua_pct_2017,aymara_pct_2017,indigenous_language_pct_2017,spanish_pct_2017"
)
CHECACUPE = "080602,4720,40.2819,0.3409,86.33,0.07,86.4,13.58"
SAN_PEDRO = "080607,2617,17.9622,0.4107,73.64,0.08,73.72,26.16"


def table(*lines: str) -> bytes:
    """Lines of a file."""
    return "".join(f"{line}\n" for line in lines).encode()


def district(ubigeo: str, population: int, poverty: str) -> Figures:
    """A district of which only people and poverty matter."""
    return Figures(2, ubigeo, population, Decimal(poverty), Decimal("0.3"), MainLanguage.QUECHUA, None)


def test_quintiles_cut_the_people_and_not_the_districts_into_fifths() -> None:
    # 100 people, poorest first; the middle ones are the 5th, 15th, 40th, 75th and 95th: fifths 1, 1, 3, 4, 5
    ranked = [district("010105", 10, "60"), district("010104", 10, "50"), district("010103", 40, "40")]
    ranked += [district("010102", 30, "30"), district("010101", 10, "20")]
    expected = {"010105": 1, "010104": 1, "010103": 3, "010102": 4, "010101": 5}
    assert quintiles(ranked) == expected
    assert quintiles(ranked[::-1]) == expected


def test_a_district_whose_middle_stands_on_a_limit_is_in_the_richer_fifth() -> None:
    assert quintiles([district("010101", 2, "50"), district("010102", 3, "10")]) == {"010101": 2, "010102": 4}
    assert quintiles([district("010101", 4, "50"), district("010102", 6, "10")]) == {"010101": 2, "010102": 4}


def test_equal_poverty_is_ranked_by_ubigeo() -> None:
    assert quintiles([district("010102", 5, "50"), district("010101", 5, "50")]) == {"010101": 2, "010102": 4}


@pytest.mark.parametrize(
    ("spanish", "quechua", "aymara", "indigenous", "language"),
    [
        ("46.27", "53.39", "0.26", "53.67", MainLanguage.QUECHUA),
        ("51", "48.5", "0", "48.5", MainLanguage.SPANISH),
        ("20", "5", "74", "79.5", MainLanguage.AYMARA),
        ("30", "20", "0", "70", MainLanguage.OTHER_INDIGENOUS),
        ("34", "33", "33", "66", MainLanguage.SPANISH),
    ],
)
def test_the_main_language_is_the_one_with_the_largest_share(
    spanish: str, quechua: str, aymara: str, indigenous: str, language: MainLanguage
) -> None:
    assert main_language(Decimal(spanish), Decimal(quechua), Decimal(aymara), Decimal(indigenous)) is language


CHECACUPE_READ = Figures(2, "080602", 4720, Decimal("40.2819"), Decimal("0.3409"), MainLanguage.QUECHUA, None)


def test_a_file_is_read_in_its_order_with_the_lines_it_has() -> None:
    assert read_figures(table(HEADINGS, CHECACUPE, "", SAN_PEDRO)) == [
        CHECACUPE_READ,
        Figures(4, "080607", 2617, Decimal("17.9622"), Decimal("0.4107"), MainLanguage.QUECHUA, None),
    ]


def test_a_file_may_come_from_a_spreadsheet_with_its_mark_and_line_ends() -> None:
    saved = b"\xef\xbb\xbf" + table(HEADINGS, CHECACUPE).replace(b"\n", b"\r\n")
    assert read_figures(saved) == [CHECACUPE_READ]


def test_a_file_may_bring_quintile_and_language_and_columns_of_no_concern() -> None:
    lines = (
        "remark,main_language,ubigeo,poverty_quintile_derived,population_2017,poverty_total_pct_2018,idh_2019",
        ('"cold, high",ay,080602,3,4720,40.2819,0.3409'),
    )
    assert read_figures(table(*lines)) == [replace(CHECACUPE_READ, language=MainLanguage.AYMARA, quintile=3)]


def test_a_share_that_is_not_published_counts_as_none() -> None:
    assert read_figures(table(HEADINGS, "250401,2860,56.8,0.2,,,82.4,"))[0].language is MainLanguage.OTHER_INDIGENOUS


@pytest.mark.parametrize("column", HEADINGS.split(","))
def test_a_missing_column_is_named(column: str) -> None:
    with pytest.raises(MissingColumn) as refused:
        read_figures(table(HEADINGS.replace(column, "other", 1), CHECACUPE))
    assert refused.value.values == {"column": column}


def test_a_column_that_stands_twice_is_named() -> None:
    with pytest.raises(MissingColumn) as refused:
        read_figures(table(f"{HEADINGS},idh_2019", f"{CHECACUPE},0.9"))
    assert refused.value.values == {"column": "idh_2019"}


@pytest.mark.parametrize(
    ("found", "put", "column"),
    [
        ("2617", "2 617", "population_2017"),
        ("2617", "0", "population_2017"),
        ("2617", "-3", "population_2017"),
        ("2617", "٢٦", "population_2017"),
        ("2617", "", "population_2017"),
        ("17.9622", "100.0001", "poverty_total_pct_2018"),
        ("17.9622", "1e1", "poverty_total_pct_2018"),
        ("17.9622", "NaN", "poverty_total_pct_2018"),
        ("17.9622", "17.96225", "poverty_total_pct_2018"),
        ("0.4107", "41.07", "idh_2019"),
        ("0.4107", "", "idh_2019"),
        ("26.16", "many", "spanish_pct_2017"),
        ("73.64,0.08,73.72,26.16", ",,,", "spanish_pct_2017"),
    ],
)
def test_a_malformed_figure_is_told_with_its_line_and_column(found: str, put: str, column: str) -> None:
    with pytest.raises(BadFigure) as refused:
        read_figures(table(HEADINGS, CHECACUPE, SAN_PEDRO.replace(found, put, 1)))
    assert (refused.value.values["line"], refused.value.values["column"]) == (3, column)


@pytest.mark.parametrize(("column", "text"), [("main_language", "Quechua"), ("poverty_quintile_derived", "6")])
def test_a_column_that_is_brought_is_checked_too(column: str, text: str) -> None:
    with pytest.raises(BadFigure) as refused:
        read_figures(table(f"{HEADINGS},{column}", f"{CHECACUPE},{text}"))
    assert refused.value.values == {"line": 2, "column": column, "text": text}


@pytest.mark.parametrize("line", [f"{SAN_PEDRO},1", SAN_PEDRO.rpartition(",")[0]])
def test_a_line_with_too_many_or_too_few_cells_is_told(line: str) -> None:
    with pytest.raises(BadFigure) as refused:
        read_figures(table(HEADINGS, CHECACUPE, line))
    assert refused.value.values["line"] == 3


def test_a_district_that_stands_twice_is_told_with_both_lines() -> None:
    with pytest.raises(DuplicateDistrict) as refused:
        read_figures(table(HEADINGS, CHECACUPE, SAN_PEDRO, CHECACUPE))
    assert refused.value.values == {"line": 4, "earlier": 2, "ubigeo": "080602"}


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", NotATable),
        (table(HEADINGS), NotATable),
        (table(HEADINGS, CHECACUPE).decode().encode("utf-16"), NotATable),
        (table(HEADINGS, "Ca\u00f1as").decode().encode("latin-1"), NotATable),
        (table(HEADINGS, '"080602'), NotATable),
        (table(HEADINGS, CHECACUPE).replace(b",", b";"), MissingColumn),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, refusal: type[Rejected]) -> None:
    with pytest.raises(refusal):
        read_figures(content)


@pytest.mark.oracles
def test_quintile_and_main_language_of_every_district_are_those_of_the_reference_table() -> None:
    figures = read_figures((PERU / "district_indicators.csv").read_bytes())
    with (PERU / "derived_district_groups.csv").open(encoding="utf-8", newline="") as file:
        expected = {row["ubigeo"]: row for row in csv.DictReader(file)}
    assert len(expected) == 1874
    assert {ubigeo: str(fifth) for ubigeo, fifth in quintiles(figures).items()} == {
        ubigeo: row["poverty_quintile_derived"] for ubigeo, row in expected.items()
    }
    assert {one.ubigeo: one.language.value for one in figures} == {
        ubigeo: row["main_language_2017"] for ubigeo, row in expected.items()
    }
