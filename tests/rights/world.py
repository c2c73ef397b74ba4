"""A filled world to try every route in: the landed database upgraded, a second office, and somebody for every role and relation.

Whoever asks holds exactly one thing: a role in the office of the business, the same role in the other office, a relation, or nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from scripts.archive import Server, put_back
from scripts.cluster import APP, OWNER, Cluster
from service.core import clock, migrations
from service.core.actor import Grant
from service.core.acts import Role
from service.core.db import Session, make_engine, make_sessions, transaction
from service.people import usecases
from service.people.groups import BeneficiaryAccount
from service.people.models import Person, Position
from service.people.shapes import AppointmentIn, GrantIn, OfficeIn
from service.privacy import requests
from service.privacy.erasing import request_erasure
from service.privacy.incidents import report_incident
from service.privacy.models import RequestKind
from service.privacy.shapes import DataRequestIn, ErasureIn, IncidentIn
from tests.make.people import next_number, person_in, token_for

DATABASE = "matrix"
LANDED = max((Path(__file__).parents[1] / "landed").glob("*.dump"))
ROLES = [role.value for role in Role]
EVERYWHERE = (Role.PROGRAMME, Role.AUDITOR, Role.SYSTEM)
ELSEWHERE = tuple(f"{role.value} elsewhere" for role in Role if role not in EVERYWHERE)
RELATIONS = {
    "juror": "SELECT person_id FROM score_sheet WHERE application_id = :application_id ORDER BY person_id LIMIT 1",
    "chair": "SELECT a.person_id FROM attendance a WHERE session_id = :session_id AND capacity = 'chair' LIMIT 1",
    "panel": "SELECT person_id FROM appeal_panelist WHERE appeal_id = :appeal_id ORDER BY person_id LIMIT 1",
    "president": "SELECT m.person_id FROM board_mandate m JOIN application a ON a.group_id = m.group_id "
    "WHERE a.id = :application_id AND m.role = 'president' LIMIT 1",
    "signer": "SELECT person_id FROM cofunder_signer ORDER BY since LIMIT 1",
}
"""Who is what to the business, without an office."""

WHO = (
    *ROLES,
    *ELSEWHERE,
    *RELATIONS,
    "member",
    "nobody",
    "stranger",
)
"""Everybody who asks, in the order of the table's columns; a stranger is not signed in."""

FIRST: Mapping[str, str] = {
    "contest_id": "SELECT id FROM contest WHERE code = 'PDN'",
    "application_id": "SELECT a.id FROM application a JOIN contest c ON c.id = a.contest_id WHERE c.code = 'PDN' ORDER BY a.code LIMIT 1",
    "session_id": "SELECT session_id FROM session_contest x JOIN contest c ON c.id = x.contest_id WHERE c.code = 'PDN'",
    "office_id": "SELECT k.office_id FROM contest c JOIN call k ON k.id = c.call_id WHERE c.code = 'PDN'",
    "call_id": "SELECT call_id FROM contest WHERE code = 'PDN'",
    "contract_id": "SELECT id FROM contract ORDER BY id LIMIT 1",
    "appeal_id": "SELECT p.id FROM appeal p JOIN appeal_panelist l ON l.appeal_id = p.id ORDER BY p.id LIMIT 1",
    "group_id": "SELECT a.group_id FROM application a WHERE a.id = :application_id",
    "person_id": "SELECT person_id FROM board_mandate ORDER BY id LIMIT 1",
    "batch_id": "SELECT id FROM bank_batch ORDER BY id LIMIT 1",
    "pledge_id": "SELECT id FROM pledge ORDER BY id LIMIT 1",
    "request_id": "SELECT id FROM payment_request ORDER BY id LIMIT 1",
    "fund_id": "SELECT id FROM fund ORDER BY id LIMIT 1",
    "draft_id": "SELECT id FROM contract_draft ORDER BY id LIMIT 1",
    "run_id": "SELECT id FROM ranking_run ORDER BY id LIMIT 1",
    "remedy_id": "SELECT id FROM appeal_remedy ORDER BY id LIMIT 1",
    "committee_id": "SELECT id FROM committee ORDER BY id LIMIT 1",
    "report_id": "SELECT id FROM expense_report ORDER BY id LIMIT 1",
    "award_id": "SELECT id FROM award ORDER BY id LIMIT 1",
    "signature_id": "SELECT id FROM ink_signature ORDER BY id LIMIT 1",
    "document_id": "SELECT id FROM document WHERE file_id IS NOT NULL ORDER BY id LIMIT 1",
    "cofunder_id": "SELECT id FROM cofunder ORDER BY id LIMIT 1",
    "motion_id": "SELECT id FROM motion ORDER BY id LIMIT 1",
    "authorisation_id": "SELECT id FROM authorisation ORDER BY id LIMIT 1",
    "account_id": "SELECT id FROM beneficiary_account ORDER BY id LIMIT 1",
    "grant_id": "SELECT id FROM role_grant WHERE role = 'treasurer' LIMIT 1",
}
"""An object for each identifier in a path."""
PLAIN = {"stage": "field", "number": "1", "version": "1", "party": "group", "jurors_each": "2", "plan": "pdn"}


async def find(session: Session) -> dict[str, str]:
    """The identifiers of the world by the name that they have in paths; of what it has none of, one of nothing."""
    found: dict[str, str] = dict(PLAIN)
    for name, statement in FIRST.items():
        of = {each: UUID(found[each]) for each in ("application_id",) if f":{each}" in statement}
        row = await session.scalar(text(statement), of)
        if row is not None:
            found[name] = str(row)
    found["stage"] = str(
        await session.scalar(
            text("SELECT stage FROM seat s JOIN contest c ON c.id = s.contest_id WHERE c.code = 'PDN' LIMIT 1")
        )
    )
    return found


@dataclass(frozen=True)
class Asker:
    """Somebody who asks: the person, the token that the person is signed in with, and the person's own numbers."""

    person_id: UUID
    token: str
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class World:
    """Where it is, what is in it by the names of paths, and everybody who asks."""

    url: str
    ids: dict[str, str]
    askers: dict[str, Asker]
    numbers: dict[str, str]

    def kinds_in(self, text: str, who: str) -> set[str]:
        """Which kinds of whole numbers of others stand in a text: DNI, mobile number, account, CCI."""
        asker = self.askers.get(who)
        own = asker.numbers if asker else ()
        return {self.numbers[each] for each in re.findall(r"[0-9]{8,}", text) if each in self.numbers and each not in own}


async def filled_world(cluster: Cluster) -> World:
    """The landed database upgraded, with a second office and somebody for each column."""
    url = cluster.url(APP, DATABASE)
    engine = make_engine(url, pool_size=1)
    async with transaction(make_sessions(engine)) as session:
        ids = await find(session)
        askers = await people(session, ids)
        made = World(url, ids | await personal(session, askers), askers, await numbers(session))
    await engine.dispose()
    return made


def restored(cluster: Cluster) -> None:
    """The landed database put back and upgraded."""
    cluster.ensure_database(DATABASE)
    owner = cluster.url(OWNER, DATABASE)
    put_back(Server.at(owner, cluster), LANDED, keep_in=None)
    migrations.upgrade(owner, APP)


async def numbers(session: Session) -> dict[str, str]:
    """Every number by which a person or an account can be told, with its kind."""
    found: dict[str, str] = {}
    for person in await session.scalars(select(Person)):
        found |= {number: kind for number, kind in ((person.dni, "dni"), (person.mobile, "mobile")) if number}
    for account in await session.scalars(select(BeneficiaryAccount)):
        found |= {account.cci: "account", account.number: "account"}
    return found


async def personal(session: Session, askers: dict[str, Asker]) -> dict[str, str]:
    """What the member asks about the own data, an erasure that waits, and an incident."""
    member, system = askers["member"].person_id, askers["system"].person_id
    asking = await usecases.actor_for_person(session, member)
    erasing = await usecases.actor_for_person(session, system)
    person = await usecases.create_person(session, erasing, person_in(mobile=f"98{next_number():07d}"))
    asked = await requests.ask(session, asking, DataRequestIn(kind=RequestKind.ACCESS, words="Quiero ver todo"))
    erasure = await request_erasure(session, erasing, ErasureIn(person_id=person.id, reason="Lo pidió"))
    known = IncidentIn(known_at=await clock.now(session), what="Se perdió un celular", data="Un padrón")
    incident = await report_incident(session, asking, known)
    return {
        "data_request_id": str(asked.id),
        "erasure_id": str(erasure.erasure_id),
        "incident_id": str(incident.id),
    }


async def people(session: Session, ids: dict[str, str]) -> dict[str, Asker]:
    """Somebody for each column but the stranger."""
    system = await usecases.actor_for_person(
        session, await session.scalar(text("SELECT person_id FROM role_grant WHERE role = 'system' LIMIT 1")) or UUID(int=0)
    )
    nec = await session.scalar(text("SELECT id FROM nec LIMIT 1"))
    given = OfficeIn(code="OTRA", name="OL Otra", address="Plaza 1", ubigeo="080608", nec_id=nec or UUID(int=0))
    other = await usecases.create_office(session, system, given)
    programme = replace(system, grants=frozenset({Grant(Role.PROGRAMME)}))
    who: dict[str, UUID] = {}
    for column in (*ROLES, *ELSEWHERE, "member", "nobody"):
        who[column] = (await usecases.create_person(session, system, person_in(mobile=f"98{next_number():07d}"))).id
        if column == "member":
            term = AppointmentIn(person_id=who[column], position=Position.MEMBER, origin="Provincia", since=date(2020, 1, 1))
            await usecases.appoint_member(session, programme, UUID(ids["committee_id"]), term)
        if column in ("member", "nobody"):
            continue
        role = Role(column.split()[0])
        office = None if role in EVERYWHERE else other.id if column.endswith("elsewhere") else UUID(ids["office_id"])
        await usecases.grant_role(session, system, who[column], GrantIn(role=role, office_id=office, since=date(2020, 1, 1)))
    values = {name: UUID(ids[name]) for name in ("application_id", "session_id", "appeal_id") if name in ids}
    for column, statement in RELATIONS.items():
        of: dict[str, object] = {name: value for name, value in values.items() if f":{name}" in statement}
        found = await session.scalar(text(statement), of)
        assert found is not None, f"the world has no {column}"
        await session.execute(text("UPDATE role_grant SET until = since + 1 WHERE person_id = :person"), {"person": found})
        who[column] = found
    known = {person.id: person for person in await session.scalars(select(Person).where(col(Person.id).in_(who.values())))}
    return {
        column: Asker(person, await token_for(session, person), tuple(filter(None, (known[person].dni, known[person].mobile))))
        for column, person in who.items()
    }
