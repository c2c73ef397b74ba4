"""Loading places, importing figures, finding districts."""

import csv
import hashlib
from decimal import Decimal

import pytest
from sqlalchemy import text

from service.core.actor import Actor, Grant, MissingRole
from service.core.acts import Role
from service.core.db import Session
from service.core.errors import Rejected
from service.core.ids import new_id
from service.core.settings import ROOT
from service.territory.models import MainLanguage
from service.territory.rules import BadFigure, SourceMissing, UnknownUbigeo, UnknownUbigeoInFile
from service.territory.store import Place
from service.territory.usecases import (
    FOUND_AT_MOST,
    ImportReport,
    get_district,
    get_place,
    import_indicators,
    indicator_of,
    load_ubigeos,
    search_districts,
)

PERU = ROOT.parent / "shared" / "data" / "peru"
CANCHIS = (ROOT / "scripts" / "demo" / "canchis.csv").read_bytes()
SOURCE = "INEI census 2017, INEI poverty map 2018, PNUD IDH 2019"
HEADINGS = "ubigeo,population_2017,poverty_total_pct_2018,idh_2019,main_language"
PROGRAMME = Actor(new_id(), "Rosa Quispe", frozenset({Grant(Role.PROGRAMME)}))


async def count(session: Session, table: str) -> int:
    """How many rows a table has."""
    return int((await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def counts(session: Session) -> tuple[int, int, int]:
    """How many departments, provinces and districts there are."""
    return await count(session, "department"), await count(session, "province"), await count(session, "district")


async def test_the_places_of_inei_are_there_and_loading_them_again_adds_none(session: Session) -> None:
    assert await counts(session) == (25, 196, 1891)
    assert await load_ubigeos(session) == 1891
    assert await counts(session) == (25, 196, 1891)


async def test_loading_again_brings_a_name_to_the_state_of_the_list(session: Session) -> None:
    await session.execute(text("UPDATE district SET name = 'Sicuany', sort_key = 'sicuany' WHERE ubigeo = '080601'"))
    await load_ubigeos(session)
    assert [place.ubigeo for place in await search_districts(session, "sicuan")] == ["080601"]
    assert (await get_district(session, "080601")).name == "Sicuani"


async def test_no_province_has_two_districts_of_one_name(session: Session) -> None:
    doubles = await session.execute(text("SELECT name FROM district GROUP BY province_ubigeo, name HAVING count(*) > 1"))
    assert doubles.all() == []
    assert await get_place(session, "090709") == Place("090709", "Huaribamba", "Tayacaja", "Huancavelica")


async def test_codes_are_those_of_inei_and_not_of_reniec(session: Session) -> None:
    district = await get_district(session, "080601")
    assert (district.name, district.province_ubigeo) == ("Sicuani", "0806")
    assert await get_place(session, "080601") == Place("080601", "Sicuani", "Canchis", "Cusco")


@pytest.mark.parametrize("ubigeo", ["080699", "0806", "", "Sicuani", "08060\x00", "٠٨٠٦٠١"])
async def test_a_code_of_no_district_is_refused(session: Session, ubigeo: str) -> None:
    for ask in (get_district, get_place):
        with pytest.raises(UnknownUbigeo):
            await ask(session, ubigeo)


async def test_districts_are_listed_in_spanish_order(session: Session) -> None:
    found = [place.district for place in await search_districts(session, "", "0806")]
    assert found == ["Checacupe", "Combapata", "Marangani", "Pitumarca", "San Pablo", "San Pedro", "Sicuani", "Tinta"]
    tayacaja = [place.district for place in await search_districts(session, "", "0907")]
    assert tayacaja[tayacaja.index("Huaribamba") :][:4] == ["Huaribamba", "Lambras", "Ñahuimpuquio", "Pampas"]
    lima = [place.district for place in await search_districts(session, "jesús")]
    assert lima == ["Jesús", "Jesús", "Jesús María", "Jesús Nazareno"]


@pytest.mark.parametrize(
    ("typed", "province", "found"),
    [
        ("SICUANI", None, ["080601"]),
        ("  maranganí ", None, ["080604"]),
        ("nahuimpuquio", None, ["090710"]),
        ("Ñahuimpuquio", None, ["090710"]),
        ("san p", "0806", ["080606", "080607"]),
        ("08060", None, [f"08060{number}" for number in range(2, 9)] + ["080601"]),
        ("%", None, []),
        ("_icuani", None, []),
        ("sicuani", "0101", []),
        ("sicu\x00ani", None, ["080601"]),
    ],
)
async def test_a_district_is_found_by_any_part_of_its_name_or_the_first_digits_of_its_code(
    session: Session, typed: str, province: str | None, found: list[str]
) -> None:
    assert sorted(place.ubigeo for place in await search_districts(session, typed, province)) == sorted(found)


async def test_a_search_gives_no_more_than_a_page(session: Session) -> None:
    assert len(await search_districts(session, "a")) == FOUND_AT_MOST


async def test_the_figures_of_canchis_are_imported_with_their_source_and_a_trace(session: Session) -> None:
    report = await import_indicators(session, PROGRAMME, CANCHIS, f" {SOURCE} ")
    digest = hashlib.sha256(CANCHIS).hexdigest()
    assert report == ImportReport(districts=8, source=SOURCE, sha256=digest, quintiles_worked_out=False)
    pitumarca = await indicator_of(session, "080605")
    assert pitumarca is not None
    assert pitumarca.model_dump() == {
        "ubigeo": "080605",
        "population_2017": 7170,
        "poverty_total_pct_2018": Decimal("45.5158"),
        "idh_2019": Decimal("0.3280"),
        "poverty_quintile_derived": 1,
        "main_language_2017": MainLanguage.QUECHUA,
        "source": SOURCE,
    }
    acts = await session.execute(
        text(
            "SELECT l.actor_id, l.act, p.payload FROM record_leaf l JOIN record_payload p ON p.leaf_id = l.id "
            "WHERE l.subject = :subject"
        ),
        {"subject": f"indicators:{digest}"},
    )
    payload = {"source": SOURCE, "sha256": digest, "districts": 8, "quintiles_worked_out": False}
    assert [tuple(act) for act in acts] == [(PROGRAMME.person_id, "territory.indicators_imported", payload)]


async def test_quintiles_are_worked_out_over_a_file_that_brings_none(session: Session) -> None:
    lines = (HEADINGS, "080601,60,20.0,0.5,qu", "080602,40,40.0,0.3,qu")  # the 20th and the 70th person of 100
    report = await import_indicators(session, PROGRAMME, "\n".join(lines).encode(), SOURCE)
    assert report.quintiles_worked_out
    found = [await indicator_of(session, ubigeo) for ubigeo in ("080601", "080602", "080603")]
    assert [one and one.poverty_quintile_derived for one in found] == [4, 2, None]


async def test_a_later_file_replaces_the_figures_of_its_districts_only(session: Session) -> None:
    await import_indicators(session, PROGRAMME, CANCHIS, SOURCE)
    later = f"{HEADINGS}\n080608,6000,30,0.5,es".encode()
    await import_indicators(session, PROGRAMME, later, "A later survey")
    tinta, sicuani = await indicator_of(session, "080608"), await indicator_of(session, "080601")
    assert tinta is not None and sicuani is not None
    assert (tinta.population_2017, tinta.main_language_2017, tinta.source) == (6000, MainLanguage.SPANISH, "A later survey")
    assert (sicuani.population_2017, sicuani.source) == (57827, SOURCE)


@pytest.mark.parametrize(
    ("last", "refusal"), [("080699,10,10,0.5,qu", UnknownUbigeoInFile), ("080602,ten,10,0.5,qu", BadFigure)]
)
async def test_a_file_with_one_bad_line_changes_nothing(session: Session, last: str, refusal: type[Rejected]) -> None:
    await import_indicators(session, PROGRAMME, CANCHIS, SOURCE)
    before = await count(session, "record_leaf")
    with pytest.raises(refusal) as refused:
        await import_indicators(session, PROGRAMME, f"{HEADINGS}\n080601,1,99,0.1,ay\n{last}".encode(), "Bad survey")
    assert refused.value.values["line"] == 3
    sicuani = await indicator_of(session, "080601")
    assert sicuani is not None
    assert (sicuani.population_2017, sicuani.source) == (57827, SOURCE)
    assert await count(session, "record_leaf") == before


async def test_figures_without_a_source_are_refused(session: Session) -> None:
    with pytest.raises(SourceMissing):
        await import_indicators(session, PROGRAMME, CANCHIS, "  ")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PROGRAMME, Role.SYSTEM}))
async def test_only_the_programme_and_the_system_import_figures(session: Session, role: Role) -> None:
    with pytest.raises(MissingRole):
        await import_indicators(session, Actor(new_id(), "Somebody", frozenset({Grant(role)})), CANCHIS, SOURCE)


async def test_the_programme_of_one_office_does_not_import_figures_for_the_country(session: Session) -> None:
    with pytest.raises(MissingRole):
        actor = Actor(new_id(), "Somebody", frozenset({Grant(Role.PROGRAMME, new_id())}))
        await import_indicators(session, actor, CANCHIS, SOURCE)


@pytest.mark.oracles
async def test_the_whole_country_is_imported_with_the_quintiles_of_the_reference_table(session: Session) -> None:
    report = await import_indicators(session, PROGRAMME, (PERU / "district_indicators.csv").read_bytes(), SOURCE)
    assert (report.districts, report.quintiles_worked_out) == (1874, True)
    with (PERU / "derived_district_groups.csv").open(encoding="utf-8", newline="") as file:
        expected = {
            (row["ubigeo"], int(row["poverty_quintile_derived"]), row["main_language_2017"]) for row in csv.DictReader(file)
        }
    stored = await session.execute(text("SELECT ubigeo, poverty_quintile_derived, main_language_2017 FROM district_indicator"))
    assert {tuple(row) for row in stored} == expected
    sicuani = await indicator_of(session, "080601")
    assert sicuani is not None and sicuani.poverty_quintile_derived == 2


@pytest.mark.oracles
async def test_every_place_of_the_census_has_the_name_of_the_reference_table(session: Session) -> None:
    with (PERU / "ubigeo_districts.csv").open(encoding="utf-8", newline="") as file:
        expected = {
            (row["ubigeo"], row["district"], row["province"], row["department"])
            for row in csv.DictReader(file)
            if row["status"] == "census2017"
        }
    stored = await session.execute(
        text(
            "SELECT d.ubigeo, d.name, p.name, e.name FROM district d JOIN province p ON p.ubigeo = d.province_ubigeo "
            "JOIN department e ON e.ubigeo = p.department_ubigeo"
        )
    )
    assert expected - {tuple(row) for row in stored} == set()
    assert len(expected) == 1874
