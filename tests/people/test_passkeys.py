"""Passkeys: what is taken, and everything that is not."""

import time
from dataclasses import replace

import pytest
from sqlalchemy import text

from service.core.db import Session
from service.people import own_sign_in, passkeys, signing_in
from service.people.own_sign_in import LastFactor
from service.people.passkeys import PasskeyKnown, PasskeyRefused
from service.people.rules import NotSignedIn
from tests.cast import Cast
from tests.make.authenticator import Authenticator
from tests.make.people import make_sign_in, sign_in
from tests.traces import acts_on, refused_by_database


async def registered(session: Session, cast: Cast) -> Authenticator:
    """The mayor's phone, set up."""
    phone = Authenticator()
    options = passkeys.registration_options(cast.mayor.person_id, cast.mayor.name, [])
    await passkeys.add_passkey(session, cast.mayor, phone.register(options), "Celular")
    return phone


async def test_a_passkey_says_whose_it_is_and_signs_in_alone(session: Session, cast: Cast) -> None:
    phone = await registered(session, cast)
    person_id = await passkeys.use_passkey(session, phone.sign(passkeys.sign_in_options()))
    begun = await signing_in.begin(session, person_id, "passkey", strong=True)
    actor = await signing_in.actor_for_token(session, begun.token)
    assert (person_id, begun.unfinished, actor.fresh) == (cast.mayor.person_id, None, True)
    assert [act for act, _ in await acts_on(session, f"person:{person_id}")][-2:] == ["factor.added", "sign_in.begun"]


async def test_an_answer_is_taken_once(session: Session, cast: Cast) -> None:
    phone = await registered(session, cast)
    answer = phone.sign(passkeys.sign_in_options())
    await passkeys.use_passkey(session, answer)
    with pytest.raises(PasskeyRefused):
        await passkeys.use_passkey(session, answer)


@pytest.mark.parametrize(
    "bent",
    [{"origin": "https://raymi.evil.example"}, {"site": "evil.example"}, {"verified": False}],
    ids=["another origin", "another site", "without user verification"],
)
async def test_an_answer_for_another_place_or_without_its_owner_is_refused(
    session: Session, cast: Cast, bent: dict[str, object]
) -> None:
    phone = await registered(session, cast)
    with pytest.raises(PasskeyRefused):
        await passkeys.use_passkey(session, replace(phone, **bent).sign(passkeys.sign_in_options()))  # type: ignore[arg-type]  # any field
    options = passkeys.registration_options(cast.mayor.person_id, cast.mayor.name, [])
    with pytest.raises(PasskeyRefused):
        await passkeys.add_passkey(session, cast.mayor, Authenticator(**bent).register(options), "x")  # type: ignore[arg-type]  # as above
    await passkeys.use_passkey(session, phone.sign(passkeys.sign_in_options()))


async def test_a_counter_that_goes_back_is_a_copy_and_refused(session: Session, cast: Cast) -> None:
    phone = await registered(session, cast)
    await passkeys.use_passkey(session, replace(phone, count=5).sign(passkeys.sign_in_options()))
    for count in (5, 4, 0):
        with pytest.raises(PasskeyRefused):
            await passkeys.use_passkey(session, replace(phone, count=count).sign(passkeys.sign_in_options()))
    await passkeys.use_passkey(session, replace(phone, count=6).sign(passkeys.sign_in_options()))
    back = "UPDATE passkey SET sign_count = 1 WHERE person_id = :id"
    assert "does not come back" in await refused_by_database(session, back, id=cast.mayor.person_id)


async def test_a_foreign_key_or_another_persons_is_refused(session: Session, cast: Cast) -> None:
    phone = await registered(session, cast)
    for answer in (
        Authenticator().sign(passkeys.sign_in_options()),
        replace(phone, key=Authenticator().key).sign(passkeys.sign_in_options()),
        phone.sign(passkeys.sign_in_options(), owner=cast.head.person_id),
    ):
        with pytest.raises(PasskeyRefused):
            await passkeys.use_passkey(session, answer)
    with pytest.raises(PasskeyRefused):
        await passkeys.use_passkey(session, phone.sign(passkeys.sign_in_options()), cast.head.person_id)


async def test_a_challenge_is_ours_for_this_and_ends(session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = await registered(session, cast)
    other = passkeys.registration_options(cast.mayor.person_id, cast.mayor.name, [])
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.0)
    old = passkeys.sign_in_options()
    monkeypatch.undo()
    made_up = old.replace(old.split('"challenge": "')[1][:8], "AAAAAAAA")
    for options in (other, old, made_up):
        with pytest.raises(PasskeyRefused):
            await passkeys.use_passkey(session, phone.sign(options))


@pytest.mark.parametrize("sent", ["", "{}", "[]", "null", '{"response": {"clientDataJSON": "e30"}}', "[" * 5000, "\udcff"])
async def test_what_no_passkey_would_answer_is_refused_by_name(session: Session, sent: str) -> None:
    with pytest.raises(PasskeyRefused):
        await passkeys.use_passkey(session, sent)


async def test_the_same_passkey_is_set_up_once_and_the_last_factor_stays(session: Session, cast: Cast) -> None:
    phone = await registered(session, cast)
    again = passkeys.registration_options(cast.mayor.person_id, cast.mayor.name, [])
    with pytest.raises(PasskeyKnown):
        await passkeys.add_passkey(session, cast.mayor, phone.register(again), "Celular")
    (key,) = await passkeys.passkeys_of(session, cast.mayor.person_id)
    nested = await session.begin_nested()
    with pytest.raises(LastFactor):
        await own_sign_in.remove_passkey(session, cast.mayor, key.id)
    await nested.rollback()
    session.expire_all()


async def test_a_passkey_taken_away_is_gone_with_the_other_sign_ins(session: Session, cast: Cast) -> None:
    await make_sign_in(session, cast, cast.mayor, "marcos")
    token = await sign_in(session, "marcos")
    phone = await registered(session, cast)
    (key,) = await passkeys.passkeys_of(session, cast.mayor.person_id)
    await own_sign_in.remove_passkey(session, cast.mayor, key.id)
    with pytest.raises(PasskeyRefused):
        await passkeys.use_passkey(session, phone.sign(passkeys.sign_in_options()))
    with pytest.raises(NotSignedIn):
        await signing_in.actor_for_token(session, token)
    kept = await session.scalar(text("SELECT count(*) FROM passkey WHERE removed_at IS NOT NULL"))
    assert kept == 1
