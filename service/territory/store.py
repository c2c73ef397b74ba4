"""Queries of the territory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from service.core.db import Session
from service.core.tables import SQLModel
from service.territory.models import District, DistrictIndicator

BEYOND_LETTERS = "\uffff"
"""What a sort key marks an ``ñ`` with; a search leaves it out, so that ``cana`` finds ``Caña``."""

_PLACES = (
    "SELECT d.ubigeo, d.name, p.name, e.name FROM district d JOIN province p ON p.ubigeo = d.province_ubigeo "
    "JOIN department e ON e.ubigeo = p.department_ubigeo WHERE "
)
_PLACE = text(_PLACES + "d.ubigeo = :ubigeo")
_SEARCH = text(
    _PLACES + "(position(:name IN replace(d.sort_key, :mark, '')) > 0 OR (:code <> '' AND starts_with(d.ubigeo, :code))) "
    "AND (:province = '' OR d.province_ubigeo = :province) ORDER BY d.sort_key, d.ubigeo LIMIT :most"
)
_CODES = text("SELECT ubigeo FROM district")


@dataclass(frozen=True)
class Place:
    """A district with the names of what it lies in."""

    ubigeo: str
    district: str
    province: str
    department: str


async def upsert(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows by ``ubigeo``, or overwrite the row that is there."""
    statement = insert(table)
    columns = {name: statement.excluded[name] for name in rows[0] if name != "ubigeo"}
    await session.execute(statement.on_conflict_do_update(index_elements=["ubigeo"], set_=columns), list(rows))


async def district(session: Session, ubigeo: str) -> District | None:
    """A district by its code."""
    return await session.get(District, ubigeo, populate_existing=True)


async def indicator(session: Session, ubigeo: str) -> DistrictIndicator | None:
    """The figures of a district."""
    return await session.get(DistrictIndicator, ubigeo, populate_existing=True)


async def district_codes(session: Session) -> set[str]:
    """The codes of all districts."""
    return set((await session.execute(_CODES)).scalars())


async def place(session: Session, ubigeo: str) -> Place | None:
    """A district with the names of its province and department."""
    row = (await session.execute(_PLACE, {"ubigeo": ubigeo})).one_or_none()
    return Place(*row) if row else None


async def places(session: Session, name: str, code: str, province: str, most: int) -> list[Place]:
    """Districts whose sort key holds ``name`` or whose code begins with ``code``, in Spanish order; empty texts do not narrow."""
    values = {
        "name": name.replace(BEYOND_LETTERS, ""),
        "mark": BEYOND_LETTERS,
        "code": code,
        "province": province,
        "most": most,
    }
    return [Place(*row) for row in await session.execute(_SEARCH, values)]
