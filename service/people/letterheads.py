"""How papers name an office, a place and a group: plain values for the area ``documents``."""

from uuid import UUID

from service.core.db import Session
from service.documents import shapes
from service.people.groups import Group
from service.people.usecases import get_nec, get_office
from service.territory.usecases import get_place


async def letterhead(session: Session, office_id: UUID) -> shapes.Letterhead:
    """Who issues a paper: the executing nucleus that the office works for, and the office."""
    office = await get_office(session, None, office_id)
    nec = await get_nec(session, office.nec_id)
    return {"programme": nec.name, "office": office.name, "office_code": office.code, "address": office.address}


async def place_of(session: Session, ubigeo: str, place: str) -> shapes.Place:
    """A rural place or street with its district. Raises ``UnknownUbigeo``."""
    found = await get_place(session, ubigeo)
    return {
        "place": place,
        "district": found.district,
        "province": found.province,
        "department": found.department,
        "ubigeo": ubigeo,
    }


async def organisation(session: Session, group: Group) -> shapes.Organisation:
    """A group as papers name it."""
    return {
        "name": group.name,
        "kind": group.kind.value,
        "ruc": group.ruc,
        "registry_sheet": group.registry_sheet,
        "place": await place_of(session, group.ubigeo, group.place),
    }
