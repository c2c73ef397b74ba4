"""Valid persons, groups and committees, made through the use cases.

Numbers come from one counter, so that no two are the same in a run and every check digit holds.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import pyotp

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Role
from service.core.db import Session
from service.people import account_usecases, factors, group_usecases, signing_in, usecases
from service.people.groups import BeneficiaryAccount, BoardMandate, BoardRole, Group, GroupKind, Registration
from service.people.models import Committee, Office, Person, Position, Sex, SignIn, Unfinished
from service.people.shapes import (
    AccountDecisionIn,
    AccountIn,
    AppointmentIn,
    CommitteeIn,
    FamilyIn,
    GrantIn,
    GroupIn,
    MandateIn,
    MemberIn,
    OfficeIn,
    PersonIn,
    RollIn,
    SignInIn,
)
from tests.cast import SINCE, Cast, cci, ruc

UNTIL = date(2039, 12, 31)
PASSWORD = "llama condor vicuna"

_numbers = count(1)
_codes: dict[UUID, list[str]] = {}
"""Recovery codes of those who signed in."""


def next_number() -> int:
    """The next number of the run."""
    return next(_numbers)


def next_dni() -> str:
    """A DNI that nobody has."""
    return str(40_000_000 + next_number())


def next_ruc() -> str:
    """A RUC that nobody has."""
    return ruc(60_000_000 + next_number())


def next_cci() -> str:
    """A CCI that nobody has, at another bank than the executing nucleus."""
    return cci("002", 40_000_000 + next_number())


def person_in(**changes: Any) -> PersonIn:
    """A woman of Sicuani, born in 1985."""
    number = next_number()
    given = PersonIn(
        dni=str(40_000_000 + number),
        given_names="Rosa",
        family_names=f"Mamani Quispe {number}",
        sex=Sex.FEMALE,
        birth_date=date(1985, 5, 17),
        mobile="987654321",
    )
    return PersonIn(**{**given.model_dump(), **changes})


async def make_person(session: Session, actor: Actor, **changes: Any) -> Person:
    """A person; ``changes`` are fields of ``PersonIn``."""
    return await usecases.create_person(session, actor, person_in(**changes))


async def make_actor(session: Session, cast: Cast, *roles: Role, office_id: UUID | None = None, **changes: Any) -> Actor:
    """A person with ``roles`` in ``office_id`` (the cast's office unless told), as an actor."""
    person = await make_person(session, cast.system, **changes)
    for role in roles:
        grant = GrantIn(role=role, office_id=office_id or cast.office.id, since=SINCE)
        await usecases.grant_role(session, cast.system, person.id, grant)
    return await usecases.actor_for_person(session, person.id)


async def make_office(session: Session, cast: Cast, code: str = "TINTA", **changes: Any) -> Office:
    """A second office, of the same executing nucleus, at Tinta."""
    given = OfficeIn(code=code, name="OL Tinta", address="Plaza de Armas 1, Tinta", ubigeo="080608", nec_id=cast.nec.id)
    return await usecases.create_office(session, cast.system, given.model_copy(update=changes))


async def make_sign_in(session: Session, cast: Cast, actor: Actor, user_name: str, password: str = PASSWORD) -> Actor:
    """Let an actor sign in under a name, with a password that the person chose; the same actor without the marks of a sign-in."""
    own = replace(actor, via="script")
    await signing_in.set_own(session, own, SignInIn(user_name=user_name, password=password))
    return own


async def sign_in(session: Session, user_name: str, password: str = PASSWORD) -> str:
    """The token of a whole sign-in: by password, then with an application set up the first time, and a recovery code each further time."""
    begun = await signing_in.sign_in(session, user_name, password)
    if begun.unfinished is None:
        return begun.token
    actor, step = await signing_in.unfinished_actor(session, begun.token)
    if step == Unfinished.FACTOR:
        await set_up_app(session, actor)
        _codes[actor.person_id] = await factors.new_recovery_codes(session, actor)
        how = "code_app"
    else:
        how = await factors.use_code(session, actor.person_id, _codes[actor.person_id].pop())
        if not _codes[actor.person_id]:
            _codes[actor.person_id] = await factors.new_recovery_codes(session, actor)
    begun = await signing_in.go_on(session, begun.token, how)
    assert begun.unfinished is None
    return begun.token


def recovery_code_of(actor: Actor) -> str:
    """A recovery code that the person wrote down when ``sign_in`` set up the application."""
    return _codes[actor.person_id].pop()


async def token_for(session: Session, person_id: UUID) -> str:
    """A whole sign-in made without a password, which stays fresh and in use however long a suite takes."""
    token, now = secrets.token_urlsafe(32), await clock.now(session)
    late = now.replace(year=now.year + 90)
    hashed = hashlib.sha256(token.encode()).digest()
    row = SignIn(token_hash=hashed, person_id=person_id, at=now, expires_at=late, last_seen_at=late, proved_at=late)
    session.add(row)
    await session.flush()
    return token


async def set_up_app(session: Session, actor: Actor) -> str:
    """Give a person an application with codes, one step before now, so that the code of now is unused; its secret."""
    secret, sealed = factors.new_secret(actor.person_id)
    _, wall = await clock.both(session)
    await factors.set_up_app(session, actor, sealed, pyotp.TOTP(secret).at(wall, counter_offset=-1))
    return secret


def group_in(cast: Cast, **changes: Any) -> GroupIn:
    """A registered association of Sicuani; ``changes`` are fields of ``GroupIn``."""
    number = next_number()
    given = GroupIn(
        office_id=cast.office.id,
        kind=GroupKind.ASSOCIATION,
        name=f"Asociación de Productores Hercca {number}",
        ruc=ruc(60_000_000 + number),
        registration=Registration.REGISTERED,
        registry_sheet=f"P.E. {11_000_000 + number}",
        ubigeo="080601",
        place="Comunidad Hercca",
    )
    return GroupIn(**{**given.model_dump(), **changes})


async def make_group(
    session: Session, cast: Cast, *, board: bool = True, families: int = 3, account: bool = True, **changes: Any
) -> Group:
    """A group with its board since 2020, a roll of ``families`` of two, and a confirmed account; fields of ``GroupIn`` may change."""
    group = await group_usecases.create_group(session, cast.promoter, group_in(cast, **changes))
    if board:
        await make_board(session, cast, group)
    if families:
        await make_roll(session, cast, group, families)
    if account:
        await make_account(session, cast, group)
    return group


async def make_municipality(session: Session, cast: Cast, mayor_id: UUID | None = None, **changes: Any) -> Group:
    """A municipality with its mayor (the cast's unless told) and a confirmed account, without a roll."""
    fields: dict[str, Any] = {"kind": GroupKind.MUNICIPALITY, "registry_sheet": None, "place": "Plaza de Armas"} | changes
    group = await make_group(session, cast, board=False, families=0, **fields)
    await make_mandate(session, cast, group, BoardRole.MAYOR, mayor_id or cast.mayor.person_id)
    return group


async def make_board(session: Session, cast: Cast, group: Group) -> list[BoardMandate]:
    """The seats that the group's kind has, each with a new person: president, treasurer and secretary, or the mayor."""
    seats = [role for role in BoardRole if (role == BoardRole.MAYOR) == (group.kind == GroupKind.MUNICIPALITY)]
    return [await make_mandate(session, cast, group, seat) for seat in seats]


async def make_mandate(
    session: Session,
    cast: Cast,
    group: Group,
    role: BoardRole,
    person_id: UUID | None = None,
    *,
    since: date = SINCE,
    until: date = UNTIL,
) -> BoardMandate:
    """A mandate on a group's board, of a new person unless told."""
    person_id = person_id or (await make_person(session, cast.promoter)).id
    given = MandateIn(person_id=person_id, role=role, since=since, until=until)
    return await group_usecases.add_mandate(session, cast.promoter, group.id, given)


def family_in(code: str, **head: Any) -> FamilyIn:
    """A family of two: its head (fields of ``PersonIn`` may change) and a son without a DNI."""
    mother = MemberIn(**person_in(**head).model_dump(), head=True)
    son = MemberIn(given_names="Luis", family_names=mother.family_names, sex=Sex.MALE, birth_date=date(2015, 2, 3))
    return FamilyIn(code=code, members=[mother, son])


async def make_roll(session: Session, cast: Cast, group: Group, families: int) -> None:
    """Families F1, F2 ... of two members each on a group's roll."""
    roll = RollIn(families=[family_in(f"F{number}") for number in range(1, families + 1)])
    await group_usecases.register_families(session, cast.promoter, group.id, roll)


def account_in(**changes: Any) -> AccountIn:
    """An account in soles."""
    digits = next_cci()
    given = AccountIn(bank="Banco de la Nación", number=digits[6:18], cci=digits, holder="Asociación Hercca", reason="Alta")
    return AccountIn(**{**given.model_dump(), **changes})


async def make_account(session: Session, cast: Cast, group: Group, **changes: Any) -> BeneficiaryAccount:
    """A confirmed account: proposed by the promoter, confirmed by the second officer."""
    account = await account_usecases.propose_account(session, cast.promoter, group.id, account_in(**changes))
    yes = AccountDecisionIn(accept=True)
    return await account_usecases.decide_account(session, cast.second_officer, account.id, yes)


async def make_committee(
    session: Session, cast: Cast, *, chair: Actor | None = None, members: Sequence[Actor] | None = None
) -> Committee:
    """The committee of Sicuani: the mayor as its chair and the five jurors as members, unless told; appointed in 2020."""
    given = CommitteeIn(office_id=cast.office.id, name="CLAR Sicuani")
    committee = await usecases.create_committee(session, cast.programme, given)
    chair = chair or cast.mayor
    for member in [chair, *(cast.jurors if members is None else members)]:
        position = Position.CHAIR if member is chair else Position.MEMBER
        term = AppointmentIn(person_id=member.person_id, position=position, origin="Provincia de Canchis", since=SINCE)
        await usecases.appoint_member(session, cast.programme, committee.id, term)
    return committee
