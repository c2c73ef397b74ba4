"""Invitations: by link or on paper, once, for seven days, for who answers the question; by another officer who may."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from service.core import clock
from service.core.actor import Actor, MissingRole, StepUpNeeded
from service.core.db import Session, Sessions
from service.core.errors import NotFound, Refusal
from service.messages.models import Message
from service.people import invitation_rules as rules
from service.people import invitations, signing_in
from service.people.passwords import PasswordTooShort
from service.people.rules import NotSignedIn, OnlySystemMay, UserNameTaken, WrongSignIn
from service.people.shapes import PaperIn, SignInIn
from tests.cast import Cast
from tests.make.invitations import NEW, PAPER, SMS, accepted, new_person, on_paper
from tests.make.people import PASSWORD, make_person, next_number, sign_in
from tests.traces import acts_on


async def test_who_is_invited_chooses_name_and_password_and_signs_in_with_them(session: Session, cast: Cast) -> None:
    person = await new_person(session, cast)
    issued = await on_paper(session, cast, person)
    opened = await invitations.open_invitation(session, issued.token)
    assert (opened.name, opened.purpose, opened.guard) == (person.name, "invite", "dni")
    name = await invitations.accept_invitation(session, accepted(person, issued.token, user_name="Rosa.Mamani"))
    assert name == "rosa.mamani"
    token = await sign_in(session, name, NEW)
    assert (await signing_in.actor_for_token(session, token)).person_id == person.id
    acts = await acts_on(session, f"person:{person.id}")
    assert [each for each in acts if each[0] in ("invitation.issued", "invitation.used", "sign_in.set")] == [
        ("invitation.issued", cast.system.person_id),
        ("invitation.used", person.id),
        ("sign_in.set", person.id),
    ]


async def test_link_and_code_are_random_and_only_their_hashes_are_kept(session: Session, cast: Cast) -> None:
    person = await new_person(session, cast)
    issued = await on_paper(session, cast, person)
    row = issued.invitation
    assert (len(issued.token), len(rules.read_code(issued.code))) == (43, 16)
    assert row.token_hash == hashlib.sha256(issued.token.encode()).digest()
    assert row.code_hash == hashlib.sha256(rules.read_code(issued.code).encode()).digest()
    await invitations.draw_invitation(session, cast.system, PaperIn(token=issued.token, code=issued.code))
    for table in ("invitation", "message", "record_payload", "document", "idempotency_key"):
        rows = (await session.scalars(text(f"SELECT to_jsonb(t)::text FROM {table} t"))).all()  # names of ours
        assert not any(secret in each for each in rows for secret in (issued.token, issued.code, rules.read_code(issued.code)))


async def test_an_invitation_works_once(session: Session, cast: Cast) -> None:
    person = await new_person(session, cast)
    issued = await on_paper(session, cast, person)
    await invitations.accept_invitation(session, accepted(person, issued.code))
    for key in (issued.token, issued.code):
        with pytest.raises(rules.InvitationUsed):
            await invitations.open_invitation(session, key)
        with pytest.raises(rules.InvitationUsed):
            await invitations.accept_invitation(session, accepted(person, key))


async def test_an_invitation_is_good_for_seven_days(session: Session, cast: Cast) -> None:
    person = await new_person(session, cast)
    issued = await on_paper(session, cast, person)
    ends = issued.invitation.at + timedelta(days=7)
    await clock.set_time(session, ends - timedelta(seconds=1))
    assert (await invitations.open_invitation(session, issued.token)).expires_at == ends
    await clock.set_time(session, ends)
    with pytest.raises(rules.InvitationExpired):
        await invitations.accept_invitation(session, accepted(person, issued.token))


async def test_a_newer_invitation_or_the_office_takes_it_back(session: Session, cast: Cast) -> None:
    person = await new_person(session, cast)
    first, second = await on_paper(session, cast, person), await on_paper(session, cast, person)
    with pytest.raises(rules.InvitationRevoked):
        await invitations.open_invitation(session, first.token)
    await invitations.open_invitation(session, second.token)
    await invitations.revoke_invitation(session, cast.programme, person.id)
    with pytest.raises(rules.InvitationRevoked):
        await invitations.accept_invitation(session, accepted(person, second.token))
    with pytest.raises(NotFound):
        await invitations.revoke_invitation(session, cast.programme, person.id)
    assert (await acts_on(session, f"person:{person.id}"))[-1] == ("invitation.revoked", cast.programme.person_id)


async def test_five_wrong_answers_void_it_and_each_is_in_the_record(session: Session, cast: Cast) -> None:
    person = await new_person(session, cast)
    issued = await on_paper(session, cast, person)
    wrong = "0000" if str(person.dni)[-4:] != "0000" else "1111"
    for answer in (wrong, "", str(person.dni), "۱۲۳۴", str(person.birth_date)):
        assert await invitations.accept_invitation(session, accepted(person, issued.token, answer=answer)) is None
    with pytest.raises(rules.InvitationSpent):
        await invitations.accept_invitation(session, accepted(person, issued.token))
    acts = [act for act, _ in await acts_on(session, f"person:{person.id}")]
    assert acts.count("invitation.wrong_answer") == 5
    with pytest.raises(WrongSignIn):
        await signing_in.sign_in(session, "nobody", NEW)


async def test_a_refused_password_or_name_spends_neither_the_invitation_nor_an_attempt(session: Session, cast: Cast) -> None:
    person, other = await new_person(session, cast), await new_person(session, cast)
    await signing_in.set_own(session, Actor(other.id, other.name), SignInIn(user_name="taken.name", password=PASSWORD))
    issued = await on_paper(session, cast, person)
    wrong: list[tuple[dict[str, Any], type[Refusal]]] = [
        ({"password": "corta"}, PasswordTooShort),
        ({"user_name": "taken.name"}, UserNameTaken),
        ({"user_name": None}, rules.UserNameNeeded),
    ]
    for changes, refusal in wrong:
        with pytest.raises(refusal):
            async with session.begin_nested():
                await invitations.accept_invitation(session, accepted(person, issued.token, **changes))
        await session.refresh(person)
        await session.refresh(issued.invitation)
    assert (issued.invitation.attempts, issued.invitation.used_at) == (0, None)
    assert await invitations.accept_invitation(session, accepted(person, issued.token))


async def test_without_a_dni_the_date_of_birth_is_asked_and_without_both_nobody_is_invited(
    session: Session, cast: Cast
) -> None:
    person = await new_person(session, cast, dni=None, birth_date=date(1960, 2, 29))
    issued = await on_paper(session, cast, person)
    assert (await invitations.open_invitation(session, issued.token)).guard == "birth_date"
    assert await invitations.accept_invitation(session, accepted(person, issued.token, answer="29.02.1960")) is None
    assert await invitations.accept_invitation(session, accepted(person, issued.token, answer="1960-02-29"))
    nobody = await new_person(session, cast, dni=None, birth_date=None)
    with pytest.raises(rules.NothingToAsk):
        await on_paper(session, cast, nobody)


async def test_who_has_a_user_name_recovers_the_password_keeps_the_name_and_is_told(session: Session, cast: Cast) -> None:
    person = await new_person(session, cast)
    name = f"old{next_number()}"
    own = Actor(person.id, person.name)
    await signing_in.set_own(session, own, SignInIn(user_name=name, password=PASSWORD))
    token = await sign_in(session, name, PASSWORD)
    issued = await on_paper(session, cast, person)
    assert issued.invitation.purpose == "recover"
    assert await invitations.accept_invitation(session, accepted(person, issued.token, user_name="another")) == name
    for old in (lambda: signing_in.actor_for_token(session, token), lambda: signing_in.sign_in(session, name, PASSWORD)):
        with pytest.raises((NotSignedIn, WrongSignIn)):
            await old()
    await sign_in(session, name, NEW)
    told = (
        await session.execute(text("SELECT kind, address FROM message WHERE subject = :s"), {"s": f"person:{person.id}"})
    ).one()
    assert tuple(told) == ("sign_in_changed", f"+51{person.mobile}")


async def test_by_sms_only_the_phone_gets_the_link(session: Session, cast: Cast) -> None:
    person = await new_person(session, cast)
    issued = await invitations.invite(session, cast.programme, person.id, SMS)
    assert (issued.token, issued.code, issued.link, issued.invitation.code_hash) == ("", "", "", None)
    message = (await session.scalars(text("SELECT id FROM message WHERE subject = :s"), {"s": f"person:{person.id}"})).one()
    row = await session.get_one(Message, message)
    link = next(word for word in str(row.body).split() if word.startswith("http"))
    assert link.startswith("http://localhost:8000/invitations/")
    assert (row.address, row.kind, row.expires_at) == (f"+51{person.mobile}", "invitation", issued.invitation.expires_at)
    assert (await invitations.open_invitation(session, link.rpartition("/")[2])).name == person.name
    await on_paper(session, cast, person)
    await session.refresh(row)
    assert (row.status, row.body) == ("dropped", None)
    without = await make_person(session, cast.system, mobile=None)
    with pytest.raises(rules.NoMobileKnown):
        await invitations.invite(session, cast.programme, without.id, SMS)


async def test_who_may_set_a_sign_in_invites_with_a_fresh_factor_and_never_themselves(session: Session, cast: Cast) -> None:
    person = await new_person(session, cast)
    for who in (cast.head, cast.secretary, cast.auditor, cast.promoter, cast.mayor):
        with pytest.raises(MissingRole):
            await invitations.invite(session, who, person.id, PAPER)
        with pytest.raises(MissingRole):
            await invitations.list_invitations(session, who, person.id)
    with pytest.raises(OnlySystemMay):
        await invitations.invite(session, cast.programme, cast.system.person_id, PAPER)
    with pytest.raises(rules.OwnInvitation):
        await invitations.invite(session, cast.system, cast.system.person_id, PAPER)
    stale = replace(cast.system, fresh=False)
    with pytest.raises(StepUpNeeded):
        await invitations.invite(session, stale, person.id, PAPER)
    with pytest.raises(NotFound):
        await invitations.invite(session, cast.system, UUID(int=7), PAPER)


@pytest.mark.parametrize("key", ["", "x", "a" * 43, "0000-0000-0000-0000", "-" * 43, "a" * 64, "\udcff" * 10, "ñ" * 43])
async def test_a_made_up_key_is_unknown(session: Session, cast: Cast, key: str) -> None:
    with pytest.raises(rules.InvitationUnknown):
        await invitations.open_invitation(session, key)


async def test_thirty_tries_an_hour_from_one_network_address(rolled_back: Sessions) -> None:
    for _ in range(30):
        await invitations.count_try(rolled_back, "203.0.113.9")
    with pytest.raises(rules.TooManyInvitationTries):
        await invitations.count_try(rolled_back, "203.0.113.9")
    await invitations.count_try(rolled_back, "203.0.113.10")
