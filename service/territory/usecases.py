"""What is done with places: loading them, importing figures about districts, finding a district."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.text import sort_key
from service.record import usecases as record
from service.territory import rules, store, ubigeos
from service.territory.models import Department, District, DistrictIndicator, Province
from service.territory.store import Place

FOUND_AT_MOST = 50


@dataclass(frozen=True)
class ImportReport:
    """What an import did; ``quintiles_worked_out`` is False where the file brought them."""

    districts: int
    source: str
    sha256: str
    quintiles_worked_out: bool


async def load_ubigeos(session: Session) -> int:
    """Bring departments, provinces and districts of INEI to the state of the package; how many districts there are in it."""
    places = ubigeos.inei()
    provinces = _named(places.provinces)
    districts = _named(places.districts)
    await store.upsert(session, Department, _named(places.departments))
    await store.upsert(session, Province, [{**row, "department_ubigeo": row["ubigeo"][:2]} for row in provinces])
    await store.upsert(session, District, [{**row, "province_ubigeo": row["ubigeo"][:4]} for row in districts])
    return len(districts)


async def import_indicators(session: Session, actor: Actor, csv_bytes: bytes, source: str) -> ImportReport:
    """Import the figures of a file (``rules.read_figures`` names its columns) for the districts in it: all rows or none.

    Figures that a district had are replaced. Raises ``MissingRole``, ``SourceMissing``, ``UnknownUbigeo`` and what
    ``rules.read_figures`` raises.
    """
    actor.require(Act.IMPORT_INDICATORS)
    source = rules.require_source(source)
    figures = rules.read_figures(csv_bytes)
    rules.require_known(figures, await store.district_codes(session))
    derived = rules.quintiles(figures)
    worked_out = all(one.quintile is None for one in figures)
    rows = [
        {
            "ubigeo": one.ubigeo,
            "population_2017": one.population,
            "poverty_total_pct_2018": one.poverty,
            "idh_2019": one.idh,
            "poverty_quintile_derived": one.quintile or derived[one.ubigeo],
            "main_language_2017": one.language,
            "source": source,
        }
        for one in sorted(figures, key=lambda one: one.ubigeo)  # one order for all importers, so that none waits in a circle
    ]
    await store.upsert(session, DistrictIndicator, rows)
    report = ImportReport(len(rows), source, hashlib.sha256(csv_bytes).hexdigest(), worked_out)
    payload = {"source": source, "sha256": report.sha256, "districts": len(rows), "quintiles_worked_out": worked_out}
    await record.append(session, actor, "territory.indicators_imported", f"indicators:{report.sha256}", payload)
    return report


async def get_district(session: Session, ubigeo: str) -> District:
    """The district with a code. Raises ``UnknownUbigeo``."""
    district = await store.district(session, rules.require_ubigeo(ubigeo))
    if district is None:
        raise rules.UnknownUbigeo(ubigeo=ubigeo)
    return district


async def get_place(session: Session, ubigeo: str) -> Place:
    """A district with the names of its province and department. Raises ``UnknownUbigeo``."""
    place = await store.place(session, rules.require_ubigeo(ubigeo))
    if place is None:
        raise rules.UnknownUbigeo(ubigeo=ubigeo)
    return place


async def search_districts(session: Session, text: str, province: str | None = None) -> list[Place]:
    """At most ``FOUND_AT_MOST`` districts, of one province (four digits) if given, in Spanish order.

    ``text`` is a part of the name, in any case and without accents if need be, or the first digits of the UBIGEO.
    """
    wanted = "".join(char for char in text if char.isprintable()).strip()
    code = wanted if wanted.isascii() and wanted.isdigit() else ""
    return await store.places(session, sort_key(wanted), code, province or "", FOUND_AT_MOST)


async def indicator_of(session: Session, ubigeo: str) -> DistrictIndicator | None:
    """The figures of a district, or None where none were imported."""
    return await store.indicator(session, ubigeo)


def _named(names: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"ubigeo": ubigeo, "name": name, "sort_key": sort_key(name)} for ubigeo, name in sorted(names.items())]
