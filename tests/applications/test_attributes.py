"""Attributes: what rules look at besides scores, each value with its source and its version."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.applications import attribute_rules, attributes, rules, usecases
from service.applications.models import Application, ApplicationStatus
from service.applications.shapes import AttributeIn, PresenceIn
from service.contests.book import parse
from service.contests.ready_books import template
from service.core import clock
from service.core.actor import MissingRole
from service.core.db import Session
from tests.cast import Cast
from tests.make.applications import file_application, make_application, make_settled
from tests.make.contests import make_contest


def given(name: str, value: str, source: str = "Padrón comunal") -> AttributeIn:
    return AttributeIn(name=name, value=value, source=source)


async def stored(session: Session, application: Application) -> list[tuple[object, ...]]:
    statement = (
        "SELECT name, version, value, source FROM application_attribute WHERE application_id = :id ORDER BY name, version"
    )
    return [tuple(row) for row in await session.execute(text(statement), {"id": application.id})]


async def test_a_later_value_stands_beside_the_earlier_one_and_holds(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    one, other = await file_application(session, cast, contest), await file_application(session, cast, contest)
    await attributes.record_attribute(session, cast.secretary, one.id, given("women_share", "0.40"))
    added = await attributes.record_attribute(session, cast.head, one.id, given("women_share", "0.45", "Acta 3"))
    assert (added.version, added.recorded_by, added.at) == (2, cast.head.person_id, await clock.now(session))
    await attributes.record_attribute(session, cast.secretary, other.id, given("people", "quechua"))
    assert await stored(session, one) == [
        ("women_share", 1, "0.40", "Padrón comunal"),
        ("women_share", 2, "0.45", "Acta 3"),
    ]
    assert await attributes.attributes_of_contest(session, contest.id) == {
        one.id: {"women_share": "0.45"},
        other.id: {"people": "quechua"},
    }


async def test_attributes_of_one_contest_are_not_those_of_another(session: Session, cast: Cast) -> None:
    contest, other = await make_contest(session, cast), await make_contest(session, cast)
    application = await file_application(session, cast, contest)
    await attributes.record_attribute(session, cast.secretary, application.id, given("women_share", "0.40"))
    assert await attributes.attributes_of_contest(session, other.id) == {}


@pytest.mark.parametrize(("present", "total", "share"), [(0, 30, "0/30"), (14, 30, "14/30"), (30, 30, "30/30"), (1, 1, "1/1")])
async def test_the_families_counted_at_the_visit_are_kept_as_a_fraction(
    session: Session, cast: Cast, present: int, total: int, share: str
) -> None:
    application = await file_application(session, cast, await make_contest(session, cast))
    await attributes.record_presence(session, cast.secretary, application.id, PresenceIn(present=present, total=total))
    assert await stored(session, application) == [("families_present_share", 1, share, "Counted at the visit")]


@pytest.mark.parametrize(("present", "total"), [(31, 30), (-1, 30), (0, 0), (1, 0), (-2, -1), (0, -1)])
async def test_a_count_that_cannot_be_is_refused(session: Session, cast: Cast, present: int, total: int) -> None:
    application = await file_application(session, cast, await make_contest(session, cast))
    with pytest.raises(attribute_rules.PresenceImpossible):
        await attributes.record_presence(session, cast.secretary, application.id, PresenceIn(present=present, total=total))
    assert await stored(session, application) == []


@pytest.mark.parametrize("value", ["two", "1e3", "1.", "", "3/0", "٣"])
def test_what_the_rules_compare_is_a_number(value: str) -> None:
    book = parse(template("pdn-first").book)
    with pytest.raises(attribute_rules.AttributeNotANumber):
        attribute_rules.require_readable(book, "poverty_quintile", value)
    attribute_rules.require_readable(book, "poverty_quintile", "5")
    attribute_rules.require_readable(book, "language", value)


@pytest.mark.parametrize(("value", "is_share"), [("-0.01", False), ("0", True), ("3/4", True), ("1", True), ("1.01", False)])
def test_what_chooses_a_band_is_a_share(value: str, is_share: bool) -> None:
    book = parse(template("pgrn-first").book)
    attribute_rules.require_readable(book, "poverty_quintile", value)
    if is_share:
        attribute_rules.require_readable(book, "families_present_share", value)
    else:
        with pytest.raises(attribute_rules.NotAShare):
            attribute_rules.require_readable(book, "families_present_share", value)


def test_the_rules_look_at_attributes_of_knock_outs_bands_ties_and_quotas() -> None:
    book = parse(template("pdn-first").book)
    assert [attribute_rules.refers_to(book, name) for name in ("families_present_share", "poverty_quintile", "women")] == [
        True,
        True,
        False,
    ]
    quota = {
        "mode": "pass_mark",
        "mark": "70",
        "purse": "100.00",
        "quotas": [{"attribute": "women", "value": "yes", "share": "1/2"}],
    }
    with_quota = parse({**template("pdn-first").book, "decision": quota})
    assert attribute_rules.refers_to(with_quota, "women")
    assert not attribute_rules.refers_to(parse(template("cif").book), "poverty_quintile")


async def test_a_value_that_the_rules_cannot_read_is_refused_when_entered(session: Session, cast: Cast) -> None:
    application = await file_application(session, cast, await make_contest(session, cast))
    with pytest.raises(attribute_rules.AttributeNotANumber):
        await attributes.record_attribute(session, cast.secretary, application.id, given("poverty_quintile", "poorest"))
    assert await stored(session, application) == []


async def test_attributes_are_entered_until_the_committee_has_decided(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    draft = await make_application(session, cast, contest)
    assert (await attributes.record_attribute(session, cast.secretary, draft.id, given("women_share", "1"))).version == 1
    withdrawn = await usecases.withdraw_application(session, cast.promoter, draft.id)
    settled = await make_settled(session, cast, contest, ApplicationStatus.NOT_APPROVED)
    for application in (withdrawn, settled):
        with pytest.raises(rules.NoLongerOpen):
            await attributes.record_attribute(session, cast.secretary, application.id, given("women_share", "1"))


async def test_the_secretary_and_the_head_enter_attributes_and_nobody_else(session: Session, cast: Cast) -> None:
    application = await file_application(session, cast, await make_contest(session, cast))
    for actor in (cast.promoter, cast.programme, cast.auditor, cast.jurors[0]):
        with pytest.raises(MissingRole):
            await attributes.record_presence(session, actor, application.id, PresenceIn(present=1, total=2))


@pytest.mark.parametrize("statement", ["UPDATE application_attribute SET value = '1'", "DELETE FROM application_attribute"])
async def test_the_application_has_no_right_to_change_a_value(session: Session, cast: Cast, statement: str) -> None:
    application = await file_application(session, cast, await make_contest(session, cast))
    await attributes.record_attribute(session, cast.secretary, application.id, given("women_share", "0.40"))
    with pytest.raises(DBAPIError) as refused:
        async with session.begin_nested():
            await session.execute(text(statement))
    assert getattr(refused.value.orig, "sqlstate", None) == "42501"
