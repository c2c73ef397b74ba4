"""What is done with the attributes of applications: the values that rules look at besides scores."""

from uuid import UUID

from service.applications import attribute_rules, presence_store, rules, store
from service.applications.models import Application, Attribute
from service.applications.presence_rules import CountedByCheck
from service.applications.shapes import AttributeIn, PresenceIn
from service.contests.book import RuleBook, parse
from service.contests.usecases import contest_with_call, rules_in_force
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session, refusing
from service.people.group_usecases import get_group
from service.record import usecases as record
from service.territory.usecases import indicator_of


async def record_attribute(session: Session, actor: Actor, application_id: UUID, given: AttributeIn) -> Attribute:
    """Enter a value of an attribute; an earlier one stays beside it.

    Raises ``NotFound``, ``MissingRole``, ``NoLongerOpen``, ``ResultStands``; ``CountedByCheck`` for the share of families once
    their presence was checked; ``AttributeNotANumber`` or ``NotAShare`` where the contest's rules could not read it.
    """
    application = await store.application_for_update(session, application_id)
    contest, call = await contest_with_call(session, application.contest_id)
    actor.require(Act.RECORD_ATTRIBUTE, call.office_id)
    rules.require_undecided(application.status)
    attribute_rules.require_no_result(contest.status)
    if given.name == attribute_rules.PRESENCE and await presence_store.is_closed(session, application.id):
        raise CountedByCheck("value")
    return await correct_attribute(session, actor, application, given)


async def correct_attribute(session: Session, actor: Actor, application: Application, given: AttributeIn) -> Attribute:
    """The same whatever was announced or counted, for the area that has asked why. Raises ``AttributeNotANumber``, ``NotAShare``."""
    book = parse((await rules_in_force(session, application.contest_id)).book)
    attribute_rules.require_readable(book, given.name, given.value)
    return await add_attribute(session, actor, application, given)


async def record_presence(session: Session, actor: Actor, application_id: UUID, given: PresenceIn) -> Attribute:
    """Enter the families counted at the visit, as the attribute ``families_present_share`` (``"14/30"``).

    Raises ``NotFound``, ``MissingRole``, ``NoLongerOpen``, ``ResultStands``, ``PresenceImpossible``, ``CountedByCheck``.
    """
    share = attribute_rules.share_present(given)
    counted = AttributeIn(name=attribute_rules.PRESENCE, value=share, source="Counted at the visit")
    return await record_attribute(session, actor, application_id, counted)


async def record_poverty(session: Session, actor: Actor, application: Application, book: RuleBook) -> None:
    """Where the rules look at the poverty of the district, enter it as published, unless it stands there already."""
    if not attribute_rules.refers_to(book, attribute_rules.POVERTY):
        return
    group = await get_group(session, actor, application.group_id)
    figures = await indicator_of(session, group.ubigeo)
    if figures is None:
        return
    quintile, source = str(figures.poverty_quintile_derived), figures.source[:200]
    known = await store.attribute(session, application.id, attribute_rules.POVERTY)
    if known is None or (known.value, known.source) != (quintile, source):
        given = AttributeIn(name=attribute_rules.POVERTY, value=quintile, source=source)
        await add_attribute(session, actor, application, given)


async def record_answer(session: Session, actor: Actor, application: Application, given: AttributeIn) -> None:
    """Enter the answer to a public question as an attribute, unless it stands there already."""
    known = await store.attribute(session, application.id, given.name)
    if known is None or (known.value, known.source) != (given.value, given.source):
        await add_attribute(session, actor, application, given)


async def attributes_of_contest(session: Session, contest_id: UUID) -> dict[UUID, dict[str, str]]:
    """The newest value of each attribute, by application and name, for areas above; an application without any is not there."""
    found: dict[UUID, dict[str, str]] = {}
    for application_id, name, value in await store.newest_attributes(session, contest_id):
        found.setdefault(application_id, {})[name] = value
    return found


async def add_attribute(session: Session, actor: Actor, application: Application, given: AttributeIn) -> Attribute:
    """Put a value beside the earlier ones of its name, with a trace; within the area, where it was asked who may."""
    known = await store.attribute(session, application.id, given.name)
    added = Attribute(
        application_id=application.id,
        version=known.version + 1 if known else 1,
        at=await clock.now(session),
        recorded_by=actor.person_id,
        **given.model_dump(),
    )
    async with refusing(session, {"RY106": attribute_rules.ResultStands}):
        session.add(added)
    payload = {"version": added.version, **given.model_dump(mode="json")}
    await record.append(session, actor, "attribute.recorded", f"application:{application.id}", payload)
    return added
