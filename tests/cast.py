"""The fixed cast: one office, and one person for each duty, made through the use cases.

The cast is made once, in the database that every test's database is copied from, so it costs a test nothing. Everybody holds their
roles since 2020, whatever the clock of a test says.
"""

from dataclasses import dataclass
from datetime import date

from service.core.actor import Actor
from service.core.acts import Role
from service.core.db import Session
from service.people import usecases
from service.people.models import Nec, Office, Sex
from service.people.shapes import GrantIn, NecIn, OfficeIn, PersonIn, SignInIn
from service.people.signing_in import create_first_administrator

SINCE = date(2020, 1, 1)
FIRST_PASSWORD = "puya raimondi florece"


@dataclass(frozen=True)
class Cast:
    """Who plays what. The second officer is another administrator and secretary of the office, for what needs four eyes.

    Jurors and the mayor hold no role. ``office`` and ``nec`` are rows to read, not to change.
    """

    system: Actor
    programme: Actor
    head: Actor
    secretary: Actor
    administrator: Actor
    treasurer: Actor
    promoter: Actor
    auditor: Actor
    second_officer: Actor
    mayor: Actor
    jurors: tuple[Actor, Actor, Actor, Actor, Actor]
    nec: Nec
    office: Office


async def make_cast(session: Session) -> Cast:
    """The cast, in the given transaction: of a database without persons, with the places of Peru."""
    given = _person(1, "Sara", "Yupanqui Ccori")
    system = await create_first_administrator(session, given, SignInIn(user_name="system", password=FIRST_PASSWORD))
    account = cci("018", 10_000_001)
    nec = await usecases.create_nec(session, system, NecIn(ruc=ruc(50_000_001), name="NEC Sierra Sur", cci=account))
    place = OfficeIn(code="SICUANI", name="OL Sicuani", address="Av. Centenario 10, Sicuani", ubigeo="080601", nec_id=nec.id)
    office = await usecases.create_office(session, system, place)

    async def play(number: int, given_names: str, family_names: str, *roles: Role) -> Actor:
        person = await usecases.create_person(session, system, _person(number, given_names, family_names))
        for role in roles:
            everywhere = role in (Role.PROGRAMME, Role.AUDITOR)
            grant = GrantIn(role=role, office_id=None if everywhere else office.id, since=SINCE)
            await usecases.grant_role(session, system, person.id, grant)
        return await usecases.actor_for_person(session, person.id)

    return Cast(
        system=system,
        programme=await play(2, "Pedro", "Condori Huanca", Role.PROGRAMME),
        head=await play(3, "Hilda", "Ccahuana Puma", Role.OFFICE_HEAD),
        secretary=await play(4, "Sonia", "Quispe Choque", Role.SECRETARY),
        administrator=await play(5, "Ana", "Huamán Ttito", Role.ADMINISTRATOR),
        treasurer=await play(6, "Tomás", "Apaza Layme", Role.TREASURER),
        promoter=await play(7, "Paulina", "Mamani Ccopa", Role.PROMOTER),
        auditor=await play(8, "Aurelio", "Zárate Vilca", Role.AUDITOR),
        second_officer=await play(9, "Óscar", "Ñaupa Rojas", Role.ADMINISTRATOR, Role.SECRETARY),
        mayor=await play(10, "Marcos", "Champi Sulca"),
        jurors=(
            await play(11, "Julia", "Arapa Kana"),
            await play(12, "Jacinto", "Borda Lima"),
            await play(13, "Justina", "Callo Merma"),
            await play(14, "Juan", "Deza Noa"),
            await play(15, "Juana", "Espirilla Oré"),
        ),
        nec=nec,
        office=office,
    )


def ruc(number: int) -> str:
    """The RUC of a legal entity made from eight digits: weights 5 4 3 2 7 6 5 4 3 2, check (11 - sum mod 11) mod 10."""
    digits = f"20{number:08d}"
    total = sum(int(digit) * weight for digit, weight in zip(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True))
    return digits + str((11 - total % 11) % 10)


def cci(entity: str, number: int) -> str:
    """The CCI of account ``number`` at branch 161 of a bank: a check digit over bank and branch, one over the account."""
    office, account = f"{entity}161", f"{number:012d}"
    return office + account + _luhn(office) + _luhn(account)


def _luhn(digits: str) -> str:
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(digits)]
    return str((10 - sum(value - 9 if value > 9 else value for value in doubled) % 10) % 10)


def _person(number: int, given_names: str, family_names: str) -> PersonIn:
    sex = Sex.FEMALE if given_names.endswith("a") else Sex.MALE
    return PersonIn(
        dni=str(23_000_000 + number),
        given_names=given_names,
        family_names=family_names,
        sex=sex,
        birth_date=date(1975, 3, number),
    )
