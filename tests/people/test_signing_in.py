"""Signing in: passwords, tokens, and the first administrator."""

import asyncio
import hashlib
import time
from datetime import datetime, timedelta
from datetime import time as time_of_day

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import ValidationError
from sqlalchemy import text

from scripts.cluster import APP, Cluster
from service.core import clock
from service.core.actor import Actor, Grant
from service.core.acts import Role
from service.core.db import Session, Sessions, make_engine, make_sessions, transaction
from service.people import signing_in, usecases
from service.people.passwords import PasswordIsUserName, PasswordTooShort
from service.people.rules import (
    NotSignedIn,
    NotTheFirst,
    UserNameTaken,
    WrongSignIn,
)
from service.people.shapes import GrantIn, SignInIn
from tests.cast import FIRST_PASSWORD, SINCE, Cast
from tests.make.people import PASSWORD, make_sign_in, person_in, sign_in
from tests.traces import acts_on, refused_by_database, statements


async def test_a_token_stands_for_the_person_with_the_roles_of_the_moment(session: Session, cast: Cast) -> None:
    await make_sign_in(session, cast, cast.second_officer, "oscar")
    token = await sign_in(session, " OSCAR ")
    actor = await signing_in.actor_for_token(session, token)
    assert (actor.person_id, actor.name) == (cast.second_officer.person_id, "Óscar Ñaupa Rojas")
    assert actor.grants == {Grant(Role.ADMINISTRATOR, cast.office.id), Grant(Role.SECRETARY, cast.office.id)}
    sign_in_id = await session.scalar(
        text("SELECT id FROM sign_in WHERE person_id = :id AND ended_at IS NULL"), {"id": actor.person_id}
    )
    assert actor.via == f"sign_in:{sign_in_id}"
    assert [act for act, _ in await acts_on(session, f"person:{actor.person_id}")][-5:] == [
        "sign_in.set",
        "sign_in.begun",
        "factor.added",
        "factor.added",
        "sign_in.begun",
    ]


async def test_a_role_taken_back_is_gone_at_the_next_request(session: Session, cast: Cast) -> None:
    await make_sign_in(session, cast, cast.mayor, "marcos")
    token = await sign_in(session, "marcos")
    assert (await signing_in.actor_for_token(session, token)).grants == set()
    given = GrantIn(role=Role.AUDITOR, since=SINCE)
    grant = await usecases.grant_role(session, cast.system, cast.mayor.person_id, given)
    assert (await signing_in.actor_for_token(session, token)).grants == {Grant(Role.AUDITOR)}
    await usecases.end_role(session, cast.system, grant.id)
    assert (await signing_in.actor_for_token(session, token)).grants == set()


async def test_who_acts_is_asked_in_one_statement_however_many_roles(session: Session, cast: Cast) -> None:
    await make_sign_in(session, cast, cast.second_officer, "oscar")
    token = await sign_in(session, "oscar")
    with statements(session) as sent:
        await signing_in.actor_for_token(session, token)
    assert len(sent) == 1


async def test_a_role_begins_and_ends_at_midnight_in_peru(session: Session, cast: Cast) -> None:
    await make_sign_in(session, cast, cast.mayor, "marcos")
    day = await clock.today(session) + timedelta(days=30)
    given = GrantIn(role=Role.AUDITOR, since=day)
    await usecases.grant_role(session, cast.system, cast.mayor.person_id, given)
    midnight = datetime.combine(day, time_of_day(), clock.PERU)
    for moment, held in [(midnight - timedelta(seconds=1), set()), (midnight, {Grant(Role.AUDITOR)})]:
        await clock.set_time(session, moment)
        token = await sign_in(session, "marcos")
        assert (await signing_in.actor_for_token(session, token)).grants == held
        assert (await usecases.actor_for_person(session, cast.mayor.person_id)).grants == held


async def test_a_token_ends_after_twelve_hours(session: Session, cast: Cast) -> None:
    await make_sign_in(session, cast, cast.mayor, "marcos")
    token = await sign_in(session, "marcos")
    signed_in_at = await clock.now(session)
    await clock.set_time(session, signed_in_at + timedelta(hours=12) - timedelta(seconds=1))
    used = "UPDATE sign_in SET last_seen_at = expires_at - interval '1 minute' WHERE ended_at IS NULL"
    await session.execute(text(used))  # it was in use until then
    assert (await signing_in.actor_for_token(session, token)).person_id == cast.mayor.person_id
    await clock.set_time(session, signed_in_at + timedelta(hours=12))
    with pytest.raises(NotSignedIn):
        await signing_in.actor_for_token(session, token)


async def test_tokens_are_random_and_only_their_hash_is_kept(session: Session, cast: Cast) -> None:
    await make_sign_in(session, cast, cast.mayor, "marcos")
    tokens = [await sign_in(session, "marcos") for _ in range(2)]
    assert tokens[0] != tokens[1]
    assert {len(token) for token in tokens} == {43}  # 256 bits in base 64
    kept = await session.execute(
        text("SELECT token_hash, to_jsonb(s)::text AS row FROM sign_in s WHERE ended_at IS NULL ORDER BY s.id")
    )
    rows = kept.all()
    assert [row.token_hash for row in rows] == [hashlib.sha256(token.encode()).digest() for token in tokens]
    assert not any(token in row.row for row in rows for token in tokens)


async def test_a_password_is_kept_as_an_argon2id_hash_and_nowhere_else(session: Session, cast: Cast) -> None:
    await make_sign_in(session, cast, cast.mayor, "marcos")
    kept = await session.scalar(text("SELECT password_hash FROM credential WHERE user_name = 'marcos'"))
    assert kept is not None and kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    leaked = await session.scalar(
        text("SELECT count(*) FROM record_payload WHERE payload::text LIKE :word"), {"word": f"%{PASSWORD}%"}
    )
    assert leaked == 0
    assert PASSWORD not in repr(SignInIn(user_name="marcos", password=PASSWORD))


async def test_signing_out_ends_this_sign_in_alone_and_may_be_repeated(session: Session, cast: Cast) -> None:
    await make_sign_in(session, cast, cast.mayor, "marcos")
    here, there = [await sign_in(session, "marcos") for _ in range(2)]
    await signing_in.sign_out(session, here)
    with pytest.raises(NotSignedIn):
        await signing_in.actor_for_token(session, here)
    assert (await signing_in.actor_for_token(session, there)).person_id == cast.mayor.person_id
    await signing_in.sign_out(session, here)
    await signing_in.sign_out(session, "no token at all")
    acts = [act for act, _ in await acts_on(session, f"person:{cast.mayor.person_id}")]
    assert acts.count("sign_in.ended") == 1


@pytest.mark.parametrize("token", ["", "x", "\udcff", "a" * 10_000])
async def test_a_made_up_token_stands_for_nobody(session: Session, cast: Cast, token: str) -> None:
    with pytest.raises(NotSignedIn):
        await signing_in.actor_for_token(session, token)


async def test_wrong_name_and_wrong_password_are_one_refusal(session: Session, cast: Cast) -> None:
    await make_sign_in(session, cast, cast.mayor, "marcos")
    refusals = []
    for name, password in [("marcos", "another password"), ("nobody", PASSWORD), ("marcos", ""), ("mar\x1fcos", PASSWORD)]:
        with pytest.raises(WrongSignIn) as refused:
            await signing_in.sign_in(session, name, password)
        refusals.append((str(refused.value), refused.value.field, refused.value.values))
    assert refusals == [(WrongSignIn.message, None, {})] * 4
    assert await session.scalar(text("SELECT count(*) FROM sign_in")) == 0


async def test_an_unknown_name_costs_as_much_work_as_a_wrong_password(session: Session, cast: Cast) -> None:
    await make_sign_in(session, cast, cast.mayor, "marcos")

    async def seconds(name: str) -> float:
        began = time.process_time()  # of all threads, and whatever else the machine does
        with pytest.raises(WrongSignIn):
            await signing_in.sign_in(session, name, "another password")
        return time.process_time() - began

    await seconds("nobody")  # the decoy is made once
    known = min([await seconds("marcos") for _ in range(3)])
    unknown = min([await seconds("nobody") for _ in range(3)])
    assert 0.5 < unknown / known < 2


async def test_a_password_has_twelve_characters_and_is_not_the_user_name(session: Session, cast: Cast) -> None:
    juror = cast.jurors[0]
    with pytest.raises(PasswordTooShort) as refused:
        await signing_in.set_own(session, juror, SignInIn(user_name="julia", password="once letras"))
    assert refused.value.field == "password"
    with pytest.raises(PasswordIsUserName):
        same = SignInIn(user_name="julia.arapa.kana", password="Julia.Arapa.Kana")
        await signing_in.set_own(session, juror, same)
    await signing_in.set_own(session, juror, SignInIn(user_name="julia", password="doce letras!"))


@pytest.mark.parametrize("name", ["ab", "josé", "two words", "-dash", "x" * 41, "a@b.pe"])
def test_a_user_name_is_plain(name: str) -> None:
    with pytest.raises(ValidationError):
        SignInIn(user_name=name, password=PASSWORD)


async def test_a_user_name_belongs_to_one_person(session: Session, cast: Cast) -> None:
    await make_sign_in(session, cast, cast.mayor, "marcos")
    with pytest.raises(UserNameTaken):
        await make_sign_in(session, cast, cast.jurors[0], "Marcos")
    copy = "INSERT INTO credential (person_id, user_name, password_hash, must_change) VALUES (:id, 'marcos', 'x', false)"
    assert "uq_credential_user_name" in await refused_by_database(session, copy, id=cast.jurors[0].person_id)


async def test_a_new_password_ends_the_old_one_and_every_sign_in(session: Session, cast: Cast) -> None:
    await make_sign_in(session, cast, cast.mayor, "marcos")
    token = await sign_in(session, "marcos")
    given = SignInIn(user_name="marcos", password="tres palabras nuevas")
    mine = await signing_in.actor_for_token(session, token)
    await signing_in.set_own(session, mine, given)
    with pytest.raises(NotSignedIn):
        await signing_in.actor_for_token(session, token)
    with pytest.raises(WrongSignIn):
        await sign_in(session, "marcos")
    assert await sign_in(session, "marcos", "tres palabras nuevas")


async def test_a_hash_of_weaker_making_is_renewed_at_the_next_sign_in(session: Session, cast: Cast) -> None:
    await make_sign_in(session, cast, cast.mayor, "marcos")
    weak = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await session.execute(text("UPDATE credential SET password_hash = :weak WHERE user_name = 'marcos'"), {"weak": weak})
    session.expire_all()
    await sign_in(session, "marcos")
    kept = await session.scalar(text("SELECT password_hash FROM credential WHERE user_name = 'marcos'"))
    assert kept is not None and kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await sign_in(session, "marcos")


async def test_the_first_administrator_signs_in_and_is_the_first_once(session: Session, cast: Cast) -> None:
    token = await sign_in(session, "system", FIRST_PASSWORD)
    assert (await signing_in.actor_for_token(session, token)).grants == {Grant(Role.SYSTEM)}
    with pytest.raises(NotTheFirst):
        await signing_in.create_first_administrator(session, person_in(), SignInIn(user_name="second", password=PASSWORD))


async def test_of_two_first_administrators_at_once_one_is_made(cluster: Cluster, template: str) -> None:
    cluster.ensure_database("without_people", template)
    engine = make_engine(cluster.url(APP, "without_people"), pool_size=2)
    sessions = make_sessions(engine)

    async def attempt(name: str) -> Actor:
        async with transaction(sessions) as session:
            return await signing_in.create_first_administrator(
                session, person_in(), SignInIn(user_name=name, password=PASSWORD)
            )

    results = await asyncio.gather(attempt("first"), attempt("second"), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Actor", "NotTheFirst"]
    assert await _persons(sessions) == 1
    await engine.dispose()


async def _persons(sessions: Sessions) -> int:
    async with transaction(sessions) as session:
        return await session.scalar(text("SELECT count(*) FROM person")) or 0
