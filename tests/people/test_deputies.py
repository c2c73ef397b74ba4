"""Deputies: a role exercised by another, from a day to a day, confirmed by a third, and never the other half of four eyes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from service.core import clock
from service.core.actor import Actor, Grant, MissingRole, StepUpNeeded
from service.core.acts import Act, Role
from service.core.db import Session
from service.people import account_usecases, conflicts, deputies, deputy_rules, usecases
from service.people.deputy_models import Deputy, DeputyIn
from service.people.group_rules import OwnProposal
from service.people.shapes import AccountDecisionIn
from tests.cast import Cast
from tests.make.people import account_in, make_actor, make_group, make_office

YES = AccountDecisionIn(accept=True)


async def term(session: Session, cast: Cast, holder: Actor, deputy: Actor, *, after: int = 0, days: int = 10) -> DeputyIn:
    """What is typed to let ``deputy`` stand in for ``holder``'s only role."""
    grant = next(
        row for row, person in await usecases.list_roles(session, cast.system, cast.office.id) if person.id == holder.person_id
    )
    since = await clock.today(session) + timedelta(days=after)
    until = since + timedelta(days=days)
    given = {"reason": "Vacaciones", "resolution": "RD 012-2026"}
    return DeputyIn(grant_id=grant.id, person_id=deputy.person_id, since=since, until=until, **given)


async def stand_in(session: Session, cast: Cast, holder: Actor, deputy: Actor, **when: int) -> Deputy:
    """A deputyship named by the holder and confirmed by the programme."""
    named = await deputies.name_deputy(session, holder, await term(session, cast, holder, deputy, **when))
    return await deputies.confirm_deputy(session, cast.programme, named.id)


async def grants(session: Session, actor: Actor) -> set[Grant]:
    """What a person may do today."""
    return set((await usecases.actor_for_person(session, actor.person_id)).grants)


async def test_a_deputy_has_the_role_from_the_confirmation_to_the_last_day(session: Session, cast: Cast) -> None:
    deputy = await make_actor(session, cast)
    named = await deputies.name_deputy(session, cast.head, await term(session, cast, cast.head, deputy, after=1, days=2))
    assert await grants(session, deputy) == set()
    await deputies.confirm_deputy(session, cast.programme, named.id)
    lent = Grant(Role.OFFICE_HEAD, cast.office.id, cast.head.person_id)
    start, held = await clock.now(session), []
    for day in range(4):
        await clock.set_time(session, start + timedelta(days=day))
        held.append(await grants(session, deputy))
    assert held == [set(), {lent}, {lent}, set()]


async def test_a_deputyship_ends_at_once_by_any_of_those_concerned(session: Session, cast: Cast) -> None:
    deputy = await make_actor(session, cast)
    row = await stand_in(session, cast, cast.head, deputy)
    with pytest.raises(MissingRole):
        await deputies.end_deputy(session, cast.secretary, row.id)
    await deputies.end_deputy(session, cast.head, row.id)
    assert await grants(session, deputy) == set()
    for act in (deputies.end_deputy, deputies.confirm_deputy):
        with pytest.raises(deputy_rules.DeputyDecided):
            await act(session, cast.programme, row.id)


async def test_only_the_holder_or_who_gives_roles_names_and_a_deputy_names_nobody(session: Session, cast: Cast) -> None:
    deputy, third = await make_actor(session, cast), await make_actor(session, cast)
    given = await term(session, cast, cast.head, third)
    with pytest.raises(deputy_rules.NotYourRole):
        await deputies.name_deputy(session, cast.secretary, given)
    await stand_in(session, cast, cast.head, deputy)
    with pytest.raises(deputy_rules.NotYourRole):
        await deputies.name_deputy(session, await usecases.actor_for_person(session, deputy.person_id), given)
    with pytest.raises(deputy_rules.DeputyOverlaps):
        await deputies.name_deputy(session, cast.head, given)
    with pytest.raises(StepUpNeeded):
        await deputies.name_deputy(session, replace(cast.head, fresh=False), given)


async def test_neither_of_the_two_nor_who_named_confirms(session: Session, cast: Cast) -> None:
    deputy = await make_actor(session, cast, Role.PROGRAMME)
    named = await deputies.name_deputy(session, cast.programme, await term(session, cast, cast.head, deputy))
    for actor in (
        cast.programme,
        replace(deputy, grants=cast.programme.grants),
        replace(cast.head, grants=cast.programme.grants),
    ):
        with pytest.raises(deputy_rules.ConfirmerInvolved):
            await deputies.confirm_deputy(session, actor, named.id)
    with pytest.raises(MissingRole):
        await deputies.confirm_deputy(session, cast.secretary, named.id)
    with pytest.raises(Exception, match="third person"):
        async with session.begin_nested():
            await session.execute(
                text("UPDATE deputy SET confirmed_by = :head, confirmed_at = now() WHERE id = :id"),
                {"id": named.id, "head": cast.head.person_id},
            )
    assert (await deputies.confirm_deputy(session, cast.system, named.id)).confirmed_by == cast.system.person_id


async def test_a_term_is_short_ahead_and_within_the_role(session: Session, cast: Cast) -> None:
    deputy = await make_actor(session, cast)
    given = await term(session, cast, cast.head, deputy)
    for wrong in ({"until": given.since + timedelta(days=181)}, {"since": date(2020, 1, 2), "until": date(2020, 1, 9)}):
        with pytest.raises(deputy_rules.DeputyTooLong):
            await deputies.name_deputy(session, cast.head, given.model_copy(update=wrong))
    with pytest.raises(deputy_rules.DeputyIsHolder):
        await deputies.name_deputy(session, cast.head, given.model_copy(update={"person_id": cast.head.person_id}))


async def test_a_deputy_counts_as_both_persons_before_and_after(session: Session, cast: Cast) -> None:
    group, deputy = await make_group(session, cast, account=False), await make_actor(session, cast, Role.OFFICE_HEAD)
    await stand_in(session, cast, cast.promoter, deputy)
    standing_in = await usecases.actor_for_person(session, deputy.person_id)
    assert standing_in.persons == {deputy.person_id, cast.promoter.person_id}
    account = await account_usecases.propose_account(session, cast.promoter, group.id, account_in())
    with pytest.raises(OwnProposal):  # the deputy of who proposed
        await account_usecases.decide_account(session, standing_in, account.id, YES)
    await account_usecases.decide_account(session, cast.head, account.id, AccountDecisionIn(accept=False))
    account = await account_usecases.propose_account(session, standing_in, group.id, account_in())
    promoter_who_is_head = replace(cast.promoter, grants=cast.head.grants)
    with pytest.raises(OwnProposal):  # who was stood in for when it was proposed
        await account_usecases.decide_account(session, promoter_who_is_head, account.id, YES)
    assert (await account_usecases.decide_account(session, cast.head, account.id, YES)).decided_by == cast.head.person_id


async def test_roles_that_meet_in_a_person_are_reported_by_their_pair(session: Session, cast: Cast) -> None:
    other = await make_office(session, cast)
    both = await make_actor(session, cast, Role.ADMINISTRATOR, Role.TREASURER, office_id=other.id)
    one = await make_actor(session, cast, Role.ADMINISTRATOR, office_id=other.id)
    found = await conflicts.list_duties(session, cast.auditor, other.id)
    mine = {(each.duty.earlier, each.duty.later) for each in found.conflicts if each.person_id == both.person_id}
    assert (Act.PREPARE_BATCH, Act.RELEASE_BATCH) in mine
    assert [each for each in found.conflicts if each.person_id == one.person_id] == []
    with pytest.raises(MissingRole):
        await conflicts.list_duties(session, cast.head, other.id)
    assert (Act.PREPARE_BATCH, Act.RELEASE_BATCH) in {
        (duty.earlier, duty.later) for duty, _ in await conflicts.conflicts_of(session, both.person_id)
    }
