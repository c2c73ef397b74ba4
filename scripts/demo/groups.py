"""The groups that compete: boards, rolls and accounts."""

from datetime import date

from scripts.demo import numbers
from scripts.demo.programme import person
from scripts.demo.stage import Scene, Stage
from service.people import account_usecases, group_usecases, usecases
from service.people.groups import BoardRole, GroupKind, Registration
from service.people.shapes import AccountDecisionIn, AccountIn, FamilyIn, GroupIn, MandateIn, MemberIn, RollIn

MANDATE = (date(2025, 1, 1), date(2027, 12, 31))
PLACES = [  # district, place, name; the derived poverty quintiles are 1, 2, 3, 1, 2 as the plans' script has them
    ("080602", "Comunidad Suttoc", "Asociación de Productores de Cuyes Suttoc"),
    ("080601", "Comunidad Hercca", "Asociación de Tejedoras Ñust'a de Hercca"),
    ("080607", "Comunidad Raqchi", "Asociación de Ceramistas de Raqchi"),
    ("080605", "Comunidad Osefina", "Asociación Alpaquera Apu Ausangate"),
    ("080608", "Comunidad Machacmarca", "Asociación de Apicultores de Tinta"),
]
GIVEN = [
    "Rosa",
    "Mario",
    "Felipa",
    "Lucio",
    "Eulalia",
    "Rufino",
    "Nicasia",
    "Wilber",
    "Maruja",
    "Genaro",
    "Benita",
    "Ciriaco",
    "Paulina",
    "Teodoro",
]
FAMILY = ["Quispe", "Mamani", "Huanca", "Ccori", "Choque", "Puma", "Turpo", "Layme", "Ttito", "Yucra", "Champi", "Merma"]


def named(serial: int) -> tuple[str, str]:
    """Given and family names of the person with a serial number."""
    return GIVEN[serial % len(GIVEN)], f"{FAMILY[serial % len(FAMILY)]} {FAMILY[(serial // 5 + 3) % len(FAMILY)]}"


async def _board(stage: Stage, group: str, serial: int, roles: list[BoardRole]) -> None:
    promoter = await stage.actor("promoter")
    for place, role in enumerate(roles):
        made = await usecases.create_person(stage.session, promoter, person(serial + place, *named(serial + place)))
        mandate = MandateIn(person_id=made.id, role=role, since=MANDATE[0], until=MANDATE[1])
        await group_usecases.add_mandate(stage.session, promoter, stage[group], mandate)
        stage[f"{role.value} of {group}"] = made.id


async def _roll(stage: Stage, group: str, codes: list[str], serial: int) -> None:
    families = []
    for place, code in enumerate(codes):
        head = person(serial + 2 * place, *named(serial + 2 * place))
        other = person(serial + 2 * place + 1, *named(serial + 2 * place + 6))
        families.append(FamilyIn(code=code, members=[MemberIn(**head.model_dump(), head=True), MemberIn(**other.model_dump())]))
    made = await group_usecases.register_families(
        stage.session, await stage.actor("promoter"), stage[group], RollIn(families=families)
    )
    for family in made:
        stage[f"family {family.code} of {group}"] = family.id


async def _account(stage: Stage, group: str, holder: str, serial: int) -> None:
    promoter, officer = await stage.actor("promoter"), await stage.actor("officer")
    number = numbers.cci("018", 261_100_000 + serial)
    given = AccountIn(bank="Banco de la Nación", number=number[6:18], cci=number, holder=holder)
    account = await account_usecases.propose_account(stage.session, promoter, stage[group], given)
    await account_usecases.decide_account(stage.session, officer, account.id, AccountDecisionIn(accept=True))


async def enter_groups(stage: Stage) -> str:
    """A group for each plan of the script: board, roll of families, account seen by two officers."""
    promoter = await stage.actor("promoter")
    codes = sorted(row[0] for row in stage.scores.plans.bundle.applications)
    for place, code in enumerate(codes):
        ubigeo, where, name = PLACES[place % len(PLACES)]
        name = name if place < len(PLACES) else f"{name} {place + 1}"
        given = GroupIn(
            office_id=stage["office"],
            kind=GroupKind.ASSOCIATION,
            name=name,
            ruc=numbers.ruc_of(1000 + place),
            registration=Registration.REGISTERED,
            registry_sheet=f"P.E. {11_020_000 + place}",
            ubigeo=ubigeo,
            place=where,
        )
        group = f"group plans {code}"
        stage[group] = (await group_usecases.create_group(stage.session, promoter, given)).id
        await _board(stage, group, 1000 + 100 * place, [BoardRole.PRESIDENT, BoardRole.TREASURER, BoardRole.SECRETARY])
        await _roll(stage, group, [f"{number:02}" for number in range(1, 6)], 1010 + 100 * place)
        await _account(stage, group, name, place + 1)
    return f"{len(codes)} associations of Canchis with board, roll and confirmed account."


async def enter_community(stage: Stage) -> str:
    """The community whose families compete among themselves."""
    given = GroupIn(
        office_id=stage["office"],
        kind=GroupKind.COMMUNITY,
        name="Comunidad Campesina de Hercca",
        ruc=numbers.ruc_of(900),
        registration=Registration.REGISTERED,
        registry_sheet="P.E. 02001431",
        ubigeo="080601",
        place="Hercca",
    )
    stage["group CIF"] = (await group_usecases.create_group(stage.session, await stage.actor("promoter"), given)).id
    await _board(stage, "group CIF", 700, [BoardRole.PRESIDENT, BoardRole.TREASURER, BoardRole.SECRETARY])
    codes = sorted(row[0] for row in stage.scores.cif.bundle.applications)
    await _roll(stage, "group CIF", codes, 710)
    await _account(stage, "group CIF", "COMUNIDAD CAMPESINA DE HERCCA", 900)
    return f"Comunidad Campesina de Hercca: {len(codes)} families on its roll."


async def enter_municipality(stage: Stage) -> str:
    """The municipality that applies for a work: the same body that pledged money, its mayor in the committee's chair."""
    promoter = await stage.actor("promoter")
    given = GroupIn(
        office_id=stage["office"],
        kind=GroupKind.MUNICIPALITY,
        name="Municipalidad Provincial de Canchis",
        ruc=numbers.ruc_of(3),
        registration=Registration.REGISTERED,
        ubigeo="080601",
        place="Plaza de Armas, Sicuani",
    )
    stage["group IDL"] = (await group_usecases.create_group(stage.session, promoter, given)).id
    mandate = MandateIn(person_id=stage["mayor"], role=BoardRole.MAYOR, since=date(2023, 1, 1), until=date(2026, 12, 31))
    await group_usecases.add_mandate(stage.session, promoter, stage["group IDL"], mandate)
    await _account(stage, "group IDL", "MUNICIPALIDAD PROVINCIAL DE CANCHIS", 901)
    return "The mayor signs for the municipality, as a group and as a cofunder."


ENTERING = [
    Scene("Enter the associations", "2025-11-05T09:00:00-05:00", enter_groups),
    Scene("Enter the community of Hercca", "2025-11-05T15:00:00-05:00", enter_community),
    Scene("Enter the municipality", "2025-11-06T09:00:00-05:00", enter_municipality),
]
