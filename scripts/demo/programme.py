"""The programme: its office and people, committee, funds and cofunders, and the call with its four contests."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from scripts.demo import numbers
from scripts.demo.codes import PASSWORD, actor_of, let_sign_in, set_up_codes
from scripts.demo.stage import Scene, Stage
from service.applications.announcement import announce_call
from service.contests import usecases as contests
from service.contests.models import ApplicantKind, PlanType
from service.contests.shapes import CallIn, ContestIn, RulesIn, TermsIn
from service.core.acts import Role
from service.funding import pledge_usecases as pledges
from service.funding import usecases as funding
from service.funding.models import CofunderKind, PledgeKind
from service.funding.shapes import CertificateIn, CofunderIn, DepositIn, FundDepositIn, FundIn, PledgeIn, SignerIn
from service.people import signing_in, usecases
from service.people.models import Position, Sex
from service.people.shapes import AppointmentIn, CommitteeIn, GrantIn, NecIn, OfficeIn, PersonIn, SignInIn
from service.territory.usecases import import_indicators

SINCE = date(2025, 11, 3)
SOURCE = "INEI, censo 2017 y mapa de pobreza 2018; PNUD, IDH 2019 (quintil: cálculo propio)"

STAFF = [
    ("programme", "Pilar", "Ccori Mamani", [Role.PROGRAMME]),
    ("head", "Hernán", "Quispe Huillca", [Role.OFFICE_HEAD]),
    ("secretary", "Silvia", "Condori Ttito", [Role.SECRETARY]),
    ("administrator", "Adela", "Huamán Puma", [Role.ADMINISTRATOR]),
    ("officer", "Óscar", "Choque Layme", [Role.ADMINISTRATOR, Role.SECRETARY]),
    ("treasurer", "Tania", "Apaza Sulla", [Role.TREASURER]),
    ("promoter", "Percy", "Mamani Cruz", [Role.PROMOTER]),
    ("auditor", "Aurora", "Zevallos Ñaupa", [Role.AUDITOR]),
]
JURORS = [
    ("Justina", "Arapa Kana", "Comunidades campesinas de Canchis"),
    ("Jacinto", "Callo Merma", "Productores de la provincia"),
    ("Julia", "Deza Noa", "Docentes de la UGEL Canchis"),
    ("Juan", "Espirilla Oré", "Pequeños empresarios de Sicuani"),
    ("Juana", "Flores Yucra", "Organización de mujeres de Canchis"),
]


def person(serial: int, given_names: str, family_names: str) -> PersonIn:
    """An invented person; the DNI tells who it is."""
    return PersonIn(
        dni=numbers.dni(serial),
        given_names=given_names,
        family_names=family_names,
        sex=Sex.FEMALE if given_names.endswith("a") or given_names == "Pilar" else Sex.MALE,
        birth_date=date(1965 + serial % 35, 1 + serial % 12, 1 + serial % 28),
    )


async def open_office(stage: Stage) -> str:
    """The first administrator, the executing nucleus, the office, the districts' figures."""
    given = SignInIn(user_name="system", password=PASSWORD)
    system = await signing_in.create_first_administrator(stage.session, person(1, "Sofía", "Yupanqui Ccopa"), given)
    stage["system"] = system.person_id
    session = stage.session
    await set_up_codes(session, system, "system")
    nec_in = NecIn(ruc=numbers.ruc_of(1), name="Núcleo Ejecutor Central Sierra Sur", cci=numbers.cci("018", 261_000_001))
    nec = await usecases.create_nec(session, system, nec_in)
    office_in = OfficeIn(
        code="SICUANI", name="Oficina Local Sicuani", address="Av. Centenario 241, Sicuani", ubigeo="080601", nec_id=nec.id
    )
    office = await usecases.create_office(session, system, office_in)
    figures = (Path(__file__).parent / "canchis.csv").read_bytes()
    report = await import_indicators(session, system, figures, SOURCE)
    stage["office"] = office.id
    return f"Office {office.name}, UBIGEO {office.ubigeo}; figures of {report.districts} districts of Canchis."


async def hire_staff(stage: Stage) -> str:
    """A person for each duty, who can sign in."""
    system = await stage.actor("system")
    for serial, (name, given_names, family_names, roles) in enumerate(STAFF, 10):
        made = await usecases.create_person(stage.session, system, person(serial, given_names, family_names))
        for role in roles:
            everywhere = role in (Role.PROGRAMME, Role.AUDITOR)
            grant = GrantIn(role=role, office_id=None if everywhere else stage["office"], since=SINCE)
            await usecases.grant_role(stage.session, system, made.id, grant)
        await let_sign_in(stage.session, actor_of(made.id, made.name), name.replace("_", "-"))
        stage[name] = made.id
    return f"{len(STAFF)} people, a duty each: {', '.join(name for name, *_ in STAFF)}."


async def appoint_committee(stage: Stage) -> str:
    """The committee: the mayor of Sicuani in the chair, and a member for each juror of the scripts."""
    programme = await stage.actor("programme")
    session = stage.session
    given = CommitteeIn(office_id=stage["office"], name="Comité Local de Asignación de Recursos de Canchis")
    committee = await usecases.create_committee(session, programme, given)
    stage["committee"] = committee.id
    people = [("mayor", "Marcos", "Champi Sulca", "Municipalidad Provincial de Canchis", Position.CHAIR)]
    for number, juror in enumerate(juror_names(stage)):
        given_names, family_names, origin = JURORS[number % len(JURORS)]
        suffix = "" if number < len(JURORS) else f" {number}"
        people.append((f"juror {juror}", given_names, family_names + suffix, origin, Position.MEMBER))
    for serial, (name, given_names, family_names, origin, position) in enumerate(people, 30):
        made = await usecases.create_person(session, programme, person(serial, given_names, family_names))
        term = AppointmentIn(person_id=made.id, position=position, origin=origin, since=SINCE)
        await usecases.appoint_member(session, programme, committee.id, term)
        user_name = "mayor" if name == "mayor" else f"juror-{serial - 30}"
        await let_sign_in(session, actor_of(made.id, made.name), user_name)
        stage[name] = made.id
    return f"{committee.name}: the mayor in the chair and {len(people) - 1} members."


def juror_names(stage: Stage) -> list[str]:
    """The jurors that any of the scripts names, in order."""
    scripts = (stage.scores.plans, stage.scores.second, stage.scores.idl, stage.scores.cif)
    return sorted({juror for script in scripts for juror, _ in script.bundle.jurors})


async def open_funds(stage: Stage) -> str:
    """A fund for plans and works, one for prizes; the municipality and the mining company as cofunders."""
    programme = await stage.actor("programme")
    session, office = stage.session, stage["office"]
    for name, code, title in (
        ("fund", "PLANES-2026", "Fondo de planes y obras 2026"),
        ("prize fund", "PREMIOS-2026", "Fondo de premios de concursos 2026"),
    ):
        stage[name] = (await funding.create_fund(session, programme, FundIn(office_id=office, code=code, name=title))).id
    bodies = [
        ("donor", CofunderKind.PROGRAMME, "Programa Sierra Sur (préstamo FIDA)", 2),
        ("municipality", CofunderKind.MUNICIPALITY, "Municipalidad Provincial de Canchis", 3),
        ("mining company", CofunderKind.COMPANY, "Minera Antapaccay Ejemplo S.A.", 4),
    ]
    for name, kind, title, serial in bodies:
        group_id = stage["group IDL"] if name == "municipality" else None
        given = CofunderIn(office_id=office, kind=kind, name=title, ruc=numbers.ruc_of(serial), group_id=group_id)
        stage[name] = (await funding.create_cofunder(session, programme, given)).id
    manager = await usecases.create_person(session, programme, person(50, "Gonzalo", "Rivas Paz"))
    signers = [
        ("municipality", stage["mayor"], "Alcalde"),
        ("mining company", manager.id, "Gerente de relaciones comunitarias"),
    ]
    for name, person_id, position in signers:
        await funding.appoint_signer(
            session, programme, stage[name], SignerIn(person_id=person_id, position=position, since=SINCE)
        )
    return "Two funds; the mayor signs for the municipality, a manager for the mining company."


async def declare_pledges(stage: Stage) -> str:
    """The municipality pledges for works and plans, the mining company the prizes."""
    programme = await stage.actor("programme")
    wanted = [
        ("municipality", "fund", "20000.00", "Cofinanciamiento de obras y planes"),
        ("mining company", "prize fund", "1200.00", "Premios del concurso interfamiliar"),
    ]
    for cofunder, fund, amount, purpose in wanted:
        group_id = stage["group IDL"] if cofunder == "municipality" else None
        given = PledgeIn(
            cofunder_id=stage[cofunder],
            fund_id=stage[fund],
            group_id=group_id,
            kind=PledgeKind.CASH,
            amount=Decimal(amount),
            purpose=purpose,
        )
        stage[f"pledge of the {cofunder}"] = (await pledges.declare_pledge(stage.session, programme, given)).id
    return "S/ 20,000.00 by the municipality, S/ 1,200.00 by the mining company: promises so far."


async def certify_pledges(stage: Stage) -> str:
    """The administrator enters the budget certificates."""
    administrator = await stage.actor("administrator")
    for cofunder, number in (("municipality", "CCP 0214-2025-MPC"), ("mining company", "Carta 118-2025-GRC")):
        given = CertificateIn(number=number, certified_on=date(2025, 11, 12))
        await pledges.certify_pledge(stage.session, administrator, stage[f"pledge of the {cofunder}"], given)
    return "Both pledges are backed by a certificate."


async def deposit_money(stage: Stage) -> str:
    """The money arrives: the pledges, and the programme's own transfer for all that can be asked for."""
    administrator = await stage.actor("administrator")
    session = stage.session
    for cofunder, reference in (("municipality", "BN-2025-77120"), ("mining company", "BCP-2025-30418")):
        await pledges.deposit_pledge(
            session, administrator, stage[f"pledge of the {cofunder}"], DepositIn(bank_reference=reference)
        )
    asked = sum(
        (Decimal(row[2]) for script in (stage.scores.plans, stage.scores.idl) for row in script.bundle.applications), Decimal()
    )
    given = FundDepositIn(cofunder_id=stage["donor"], amount=max(asked, Decimal("100000.00")), bank_reference="BN-2025-78001")
    await pledges.record_deposit(session, administrator, stage["fund"], given)
    return f"Available: S/ {(await funding.fund_balances(session, stage['fund'])).available:,.2f} for plans and works."


PLAN_TERMS = TermsIn(tranches=["7/10", "3/10"], own_share_first="1/2", gate="7/10")
IDL_TERMS = TermsIn(tranches=["4/5", "1/5"], gate="7/10")
PRIZE_TERMS = TermsIn(tranches=["1"])


async def prepare_call(stage: Stage) -> str:
    """One call, four contests, their rule books, and the fund that each is paid from."""
    programme = await stage.actor("programme")
    session, scores = stage.session, stage.scores
    call_in = CallIn.model_validate(
        {
            "office_id": stage["office"],
            "code": "CLAR-2026",
            "title": "Concursos del CLAR de Canchis 2026",
            "opens_at": "2026-01-05T00:00:00-05:00",
            "closes_at": "2026-09-30T18:00:00-05:00",
        }
    )
    call = await contests.create_call(session, programme, call_in)
    stage["call"] = call.id
    wanted = [
        ("plans", "PDN", "Planes de negocio", PlanType.PDN, 1, scores.plans.book, PLAN_TERMS, "fund"),
        ("idl", "IDL", "Inversiones para el desarrollo local", PlanType.IDL, 1, scores.idl.book, IDL_TERMS, "fund"),
        ("cif", "CIF", "Concurso interfamiliar de Hercca", PlanType.CIF, 1, scores.cif.book, PRIZE_TERMS, "prize fund"),
        ("second", "PDN-2", "Planes de negocio, segundo desembolso", PlanType.PDN, 2, scores.second.book, PLAN_TERMS, "fund"),
    ]
    for name, code, title, plan_type, request, book, terms, fund in wanted:
        kind, host = (ApplicantKind.FAMILY, stage["group CIF"]) if name == "cif" else (ApplicantKind.GROUP, None)
        given = ContestIn(
            code=code, title=title, plan_type=plan_type, request_number=request, applicant_kind=kind, host_group_id=host
        )
        contest = await contests.create_contest(session, programme, call.id, given)
        await contests.save_rules(session, programme, contest.id, RulesIn(book=book, terms=terms))
        await funding.assign_fund(session, programme, contest.id, stage[fund])
        stage[f"contest {name}"] = contest.id
    return "Call CLAR-2026 with four contests, still a draft."


async def publish_call(stage: Stage) -> str:
    """The rules freeze."""
    programme = await stage.actor("programme")
    await contests.publish_call(stage.session, programme, stage["call"])
    await announce_call(stage.session, programme, stage["call"])
    book = await contests.rules_in_force(stage.session, stage["contest plans"])
    return f"Published. The rules of the business plans are frozen: SHA-256 {book.sha256}."


OPENING = [
    Scene("Open the office of Sicuani", "2025-11-03T08:00:00-05:00", open_office),
    Scene("Give each duty to a person", "2025-11-03T09:00:00-05:00", hire_staff),
    Scene("Appoint the committee", "2025-11-04T10:00:00-05:00", appoint_committee),
]
FUNDING = [
    Scene("Open the funds", "2025-11-07T09:00:00-05:00", open_funds),
    Scene("Declare the pledges", "2025-11-10T11:00:00-05:00", declare_pledges),
    Scene("Certify the pledges", "2025-11-13T09:00:00-05:00", certify_pledges),
    Scene("Deposit the money", "2025-12-01T12:00:00-05:00", deposit_money),
]
CALLING = [
    Scene("Prepare the call", "2025-12-15T09:00:00-05:00", prepare_call),
    Scene("Publish the call", "2025-12-19T09:00:00-05:00", publish_call),
]
