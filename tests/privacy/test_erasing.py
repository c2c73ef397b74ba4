"""Two persons erase what no law keeps; what a law keeps stays until its day; every proof goes on holding."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from service.core import clock
from service.core.actor import Actor, MissingRole
from service.core.db import Session
from service.people.models import Credential, Person
from service.privacy import erasing, rules
from service.privacy.shapes import ErasureIn
from service.privacy.ties import Why, ties_of
from service.record import heads, tree
from service.record.erasure import AlreadyErased, SecondPersonNeeded
from service.transparency.checks import run_checks
from tests.cast import Cast
from tests.make.appeals import later
from tests.make.applications import file_application
from tests.make.contests import make_contest
from tests.make.contracts import make_contract
from tests.make.people import make_group, make_person, make_sign_in

YEAR = timedelta(days=365.25)
IN_PAYLOADS = text("SELECT count(*) FROM record_payload WHERE strpos(payload::text, :word) > 0")


async def left(session: Session, word: str | None) -> int:
    return int(await session.scalar(IN_PAYLOADS, {"word": word}) or 0)


async def erase(session: Session, cast: Cast, person_id: UUID) -> bool:
    """Ask and agree; whether the name went as well."""
    asked = await erasing.request_erasure(session, cast.programme, ErasureIn(person_id=person_id, reason="Lo pidió"))
    await erasing.approve_erasure(session, cast.system, asked.erasure_id)
    return asked.whole


async def member_of(session: Session, group_id: UUID) -> UUID:
    found = await session.scalar(
        text("SELECT person_id FROM board_mandate WHERE group_id = :group LIMIT 1"), {"group": group_id}
    )
    assert found is not None
    return UUID(str(found))


async def leaves_board(session: Session) -> None:
    """Move the clock behind every mandate."""
    await later(session, 14 * YEAR)


async def test_who_came_to_nothing_is_erased_after_two_years_by_two_persons(session: Session, cast: Cast) -> None:
    person = await make_person(session, cast.promoter, mobile="911222333")
    dni, name = person.dni, person.name
    head = await heads.sign_head(session)
    proofs = [await heads.prove_inclusion(session, position, head) for position in range(head.size)]
    assert [tie.why for tie in (await ties_of(session, [person.id]))[person.id]] == [Why.REGISTERED]
    await later(session, 2 * YEAR + timedelta(days=2))
    assert person.id in {each.id for each in await erasing.list_unbound(session, cast.programme)}
    asked = await erasing.request_erasure(session, cast.programme, ErasureIn(person_id=person.id, reason="Su plazo terminó"))
    with pytest.raises(SecondPersonNeeded):
        await erasing.approve_erasure(session, cast.programme, asked.erasure_id)
    with pytest.raises(MissingRole):
        await erasing.approve_erasure(session, cast.head, asked.erasure_id)
    assert (await session.get_one(Person, person.id)).name == name
    await erasing.approve_erasure(session, cast.system, asked.erasure_id)
    with pytest.raises(AlreadyErased):
        await erasing.approve_erasure(session, cast.system, asked.erasure_id)
    gone = await session.get_one(Person, person.id, populate_existing=True)
    assert (gone.name, gone.dni, gone.birth_date, gone.mobile, gone.sort_key) == ("— —", None, None, None, "")
    assert (await left(session, dni), await left(session, "911222333")) == (0, 0)
    for proof in proofs:
        assert tree.proves_inclusion(proof.leaf, proof.position, head.size, proof.proof, head.root)
        assert await heads.prove_inclusion(session, proof.position, head) == proof
    assert await run_checks(session) == []
    assert person.id not in {each.id for each in await erasing.list_unbound(session, cast.programme)}
    with pytest.raises(rules.AlreadyForgotten):
        await erasing.request_erasure(session, cast.programme, ErasureIn(person_id=person.id, reason="Otra vez"))


async def test_what_a_law_keeps_stays_while_number_and_sign_in_go(session: Session, cast: Cast) -> None:
    person = await make_person(session, cast.promoter, mobile="911222444")
    await make_sign_in(session, cast, Actor(person.id, person.name), "retirada")
    assert await left(session, "911222444") == 1
    assert not await erase(session, cast, person.id)
    stays = await session.get_one(Person, person.id, populate_existing=True)
    credential = await session.get_one(Credential, person.id, populate_existing=True)
    assert (stays.dni, stays.name, stays.mobile) == (person.dni, person.name, None)
    assert (credential.password_hash, "retirada" in credential.user_name) == ("", False)
    assert await left(session, "911222444") == 0
    assert await run_checks(session) == []


async def test_a_running_contest_ties_and_two_years_after_no_result_came_still(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    group = await make_group(session, cast)
    member = await member_of(session, group.id)
    assert Why.APPLIED not in {tie.why for tie in (await ties_of(session, [member]))[member]}
    await file_application(session, cast, contest, group)
    with pytest.raises(rules.StillServes):
        await erasing.request_erasure(session, cast.programme, ErasureIn(person_id=member, reason="Lo pidió"))
    await leaves_board(session)
    ties = {tie.why: tie.until for tie in (await ties_of(session, [member]))[member]}
    assert ties == {Why.APPLIED: None}
    assert not await erase(session, cast, member)


async def test_a_contract_ties_the_whole_group(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    member = await member_of(session, contract.group_id)
    ties = {tie.why: tie.until for tie in (await ties_of(session, [member]))[member]}
    assert ties[Why.CONTRACT] is None
    stranger = await make_person(session, cast.promoter)
    assert Why.CONTRACT not in {tie.why for tie in (await ties_of(session, [stranger.id]))[stranger.id]}


async def test_who_acted_is_tied_ten_years_and_no_day_longer(session: Session, cast: Cast) -> None:
    officer = cast.jurors[0].person_id
    await make_group(session, cast)
    day = await clock.today(session)
    await session.execute(
        text(
            "INSERT INTO record_leaf (act, subject, actor_id, via, at, wall_at, payload_hash, leaf_hash) "
            "VALUES ('scoresheet.locked', 'scoresheet:x', :actor, 'script', :at, :at, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'))"
        ),
        {"actor": officer, "at": await clock.now(session)},
    )
    ties = {tie.why: tie.until for tie in (await ties_of(session, [officer]))[officer]}
    assert ties[Why.ACTED] == rules.years_after(day, 10)


async def test_nobody_erases_themselves_and_what_happens_meanwhile_counts(session: Session, cast: Cast) -> None:
    with pytest.raises(rules.AboutYourself):
        await erasing.request_erasure(session, cast.programme, ErasureIn(person_id=cast.programme.person_id, reason="Yo"))
    person = await make_person(session, cast.promoter)
    await later(session, 2 * YEAR + timedelta(days=2))
    asked = await erasing.request_erasure(session, cast.programme, ErasureIn(person_id=person.id, reason="Su plazo terminó"))
    contest = await make_contest(session, cast)
    group = await make_group(session, cast)
    family = await session.scalar(text("SELECT id FROM family WHERE group_id = :group LIMIT 1"), {"group": group.id})
    await session.execute(
        text("INSERT INTO family_member VALUES (:family, :person, false)"), {"family": family, "person": person.id}
    )
    await file_application(session, cast, contest, group)
    with pytest.raises(rules.TiesSince):
        await erasing.approve_erasure(session, cast.system, asked.erasure_id)
    assert (await session.get_one(Person, person.id, populate_existing=True)).dni == person.dni
