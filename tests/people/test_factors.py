"""Codes, recovery codes, steps of a sign-in, step-up, and how a sign-in ends."""

from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import text

from service.core import clock
from service.core.actor import Actor, Grant, StepUpNeeded
from service.core.acts import Act, Role
from service.core.db import Session
from service.people import factors, invitations, own_sign_in, passwords, signing_in, usecases
from service.people.factors import SetUpTooOld, WrongCode
from service.people.invitation_rules import InvitationRevoked
from service.people.models import Person, Unfinished
from service.people.rules import AnotherLetsIn, NotSignedIn, SignInUnfinished, WrongSignIn
from service.people.shapes import GrantIn, PasswordIn, SignInIn
from tests.cast import SINCE, Cast
from tests.make.invitations import PAPER, accepted
from tests.make.people import PASSWORD, make_group, make_person, make_sign_in, set_up_app, sign_in
from tests.traces import acts_on

OTHER = "cuatro palabras que nadie junta"


async def test_each_code_is_taken_once_near_its_time(session: Session, cast: Cast) -> None:
    totp = pyotp.TOTP(await set_up_app(session, cast.mayor))
    _, wall = await clock.both(session)
    for step in (-3, -2, -1, 2, 3):  # minus one was used to set it up
        with pytest.raises(WrongCode):
            await factors.use_code(session, cast.mayor.person_id, totp.at(wall, counter_offset=step))
    assert await factors.use_code(session, cast.mayor.person_id, totp.at(wall)) == "code_app"
    with pytest.raises(WrongCode):
        await factors.use_code(session, cast.mayor.person_id, totp.at(wall))
    assert await factors.use_code(session, cast.mayor.person_id, totp.at(wall, counter_offset=1)) == "code_app"


async def test_a_secret_is_sealed_and_belongs_to_its_person(session: Session, cast: Cast) -> None:
    secret = await set_up_app(session, cast.mayor)
    kept = await session.scalar(text("SELECT sealed_secret FROM code_app"))
    assert secret.encode() not in kept
    with pytest.raises(SetUpTooOld):
        factors.secret_of(cast.head.person_id, factors.seal_for_page(cast.mayor.person_id, secret))


async def test_ten_recovery_codes_each_once_and_new_ones_end_the_old(session: Session, cast: Cast) -> None:
    old = await factors.new_recovery_codes(session, cast.mayor)
    assert len(set(old)) == 10
    assert await factors.use_code(session, cast.mayor.person_id, old[0].upper()) == "recovery_code"
    new = await factors.new_recovery_codes(session, cast.mayor)
    for code in (old[0], old[1], "", "aaaa-bbbb-cccc"):
        with pytest.raises(WrongCode):
            await factors.use_code(session, cast.mayor.person_id, code)
    with pytest.raises(WrongCode):
        await factors.use_code(session, cast.head.person_id, new[0])
    assert await factors.recovery_codes_left(session, cast.mayor.person_id) == 10


async def test_a_sign_in_that_lacks_something_can_do_nothing_else(session: Session, cast: Cast) -> None:
    given = SignInIn(user_name="marcos", password=PASSWORD)
    await signing_in.set_own(session, cast.mayor, given)
    chosen_by_another = "UPDATE credential SET must_change = true WHERE user_name = 'marcos'"  # as versions before this one did
    await session.execute(text(chosen_by_another))
    session.expire_all()
    begun = await signing_in.sign_in(session, "marcos", PASSWORD)
    assert begun.unfinished == Unfinished.FACTOR
    with pytest.raises(SignInUnfinished):
        await signing_in.actor_for_token(session, begun.token)
    actor, _ = await signing_in.unfinished_actor(session, begun.token)
    await set_up_app(session, actor)
    further = await signing_in.go_on(session, begun.token, "code_app")
    assert further.unfinished == Unfinished.PASSWORD
    with pytest.raises(NotSignedIn):
        await signing_in.actor_for_token(session, begun.token)
    with pytest.raises(passwords.PasswordSame):
        await own_sign_in.keep_own_password(session, actor, PASSWORD)
    await own_sign_in.keep_own_password(session, actor, OTHER)
    whole = await signing_in.go_on(session, further.token, "own_password")
    assert (whole.unfinished, (await signing_in.actor_for_token(session, whole.token)).fresh) == (None, True)


async def test_a_group_member_needs_no_second_factor_until_a_role_is_given(session: Session, cast: Cast) -> None:
    group = await make_group(session, cast)
    president = await session.scalar(text("SELECT person_id FROM board_mandate WHERE group_id = :id LIMIT 1"), {"id": group.id})
    own = Actor(president, "x")
    with pytest.raises(passwords.PasswordTooShort):
        await signing_in.set_own(session, own, SignInIn(user_name="rosa", password="catorce letras"))
    await signing_in.set_own(session, own, SignInIn(user_name="rosa", password=PASSWORD))
    assert (await signing_in.sign_in(session, "rosa", PASSWORD)).unfinished is None
    await usecases.grant_role(session, cast.system, president, GrantIn(role=Role.AUDITOR, since=SINCE))
    assert (await signing_in.sign_in(session, "rosa", PASSWORD)).unfinished == Unfinished.FACTOR


async def test_presence_is_fresh_for_ten_minutes_and_a_proof_gives_a_new_token(session: Session, cast: Cast) -> None:
    await make_sign_in(session, cast, cast.head, "hilda")
    token = await sign_in(session, "hilda")
    began = await clock.now(session)
    await clock.set_time(session, began + timedelta(minutes=10) - timedelta(seconds=1))
    assert (await signing_in.actor_for_token(session, token)).fresh
    await clock.set_time(session, began + timedelta(minutes=10))
    stale = await signing_in.actor_for_token(session, token)
    assert not stale.fresh
    with pytest.raises(StepUpNeeded):
        stale.require(Act.NUMBER_CONTRACT, cast.office.id)
    proved = await signing_in.prove(session, token, "code_app")
    assert (await signing_in.actor_for_token(session, proved)).fresh
    with pytest.raises(NotSignedIn):
        await signing_in.actor_for_token(session, token)


@pytest.mark.parametrize(("name", "minutes"), [("head", 30), ("mayor", 240)])
async def test_a_sign_in_that_nobody_uses_ends(session: Session, cast: Cast, name: str, minutes: int) -> None:
    await make_sign_in(session, cast, getattr(cast, name), "somebody")
    token = await sign_in(session, "somebody")
    began = await clock.now(session)
    await clock.set_time(session, began + timedelta(minutes=minutes) - timedelta(seconds=1))
    await signing_in.actor_for_token(session, token)
    await clock.set_time(session, began + timedelta(minutes=2 * minutes) - timedelta(seconds=2))
    await signing_in.actor_for_token(session, token)  # use goes on
    await clock.set_time(session, began + timedelta(minutes=3 * minutes))
    with pytest.raises(NotSignedIn):
        await signing_in.actor_for_token(session, token)


async def test_one_changes_the_own_password_with_the_old_one_and_the_others_end(session: Session, cast: Cast) -> None:
    await make_sign_in(session, cast, cast.mayor, "marcos")
    here, there = await sign_in(session, "marcos"), await sign_in(session, "marcos")
    actor = await signing_in.actor_for_token(session, here)
    with pytest.raises(StepUpNeeded):
        await own_sign_in.change_password(session, replace(actor, fresh=False), PasswordIn(old=PASSWORD, password=OTHER))
    with pytest.raises(WrongSignIn):
        await own_sign_in.change_password(session, actor, PasswordIn(old="wrong", password=OTHER))
    await own_sign_in.change_password(session, actor, PasswordIn(old=PASSWORD, password=OTHER))
    await signing_in.actor_for_token(session, here)
    with pytest.raises(NotSignedIn):
        await signing_in.actor_for_token(session, there)
    assert "password.changed" in [act for act, _ in await acts_on(session, f"person:{actor.person_id}")]


async def test_who_lost_a_phone_is_locked_out_at_once_and_let_in_by_another_officer(session: Session, cast: Cast) -> None:
    mayor = await session.get_one(Person, cast.mayor.person_id)
    await make_sign_in(session, cast, cast.mayor, "marcos")
    token = await sign_in(session, "marcos")
    await own_sign_in.lock_out(session, cast.programme, cast.mayor.person_id)
    with pytest.raises(NotSignedIn):
        await signing_in.actor_for_token(session, token)
    with pytest.raises(WrongSignIn):
        await signing_in.sign_in(session, "marcos", PASSWORD)
    assert await factors.kinds_of(session, cast.mayor.person_id) == set()
    with pytest.raises(own_sign_in.LockedOutAlready):
        await own_sign_in.lock_out(session, cast.system, cast.mayor.person_id)
    with pytest.raises(AnotherLetsIn):
        await invitations.invite(session, cast.programme, cast.mayor.person_id, PAPER)
    issued = await invitations.invite(session, cast.system, cast.mayor.person_id, PAPER)
    assert await invitations.accept_invitation(session, accepted(mayor, issued.token, password=OTHER)) == "marcos"
    assert (await signing_in.sign_in(session, "marcos", OTHER)).unfinished == Unfinished.FACTOR


async def test_who_locks_out_has_no_invitation_left_from_before(session: Session, cast: Cast) -> None:
    mayor = await session.get_one(Person, cast.mayor.person_id)
    await make_sign_in(session, cast, cast.mayor, "marcos")
    issued = await invitations.invite(session, cast.programme, cast.mayor.person_id, PAPER)
    await own_sign_in.lock_out(session, cast.programme, cast.mayor.person_id)
    with pytest.raises(InvitationRevoked):
        await invitations.accept_invitation(session, accepted(mayor, issued.token, password=OTHER))


@pytest.mark.parametrize(
    "password",
    [
        "contraseña123456",
        "passwordpassword",
        "RAYMI RAYMI 2026",
        "1234567890123456",
        "aaaaaaaaaaaaaaaa",
        "qwertyuiopqwertyuiop",
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(passwords.PasswordCommon):
        passwords.require_strong(password, "julia")


@pytest.mark.parametrize("password", ["llama condor vicuna", "ñ" + "áéíóú " * 20, "correct horse battery"])
def test_any_long_password_is_taken_up_to_two_hundred_signs(password: str) -> None:
    passwords.require_strong(password, "julia")


async def test_a_person_without_any_office_still_signs_in_with_two_factors(session: Session, cast: Cast) -> None:
    person = await make_person(session, cast.system)
    actor = Actor(person.id, person.name, frozenset[Grant]())
    await make_sign_in(session, cast, actor, "nadie")
    assert (await signing_in.sign_in(session, "nadie", PASSWORD)).unfinished == Unfinished.FACTOR
