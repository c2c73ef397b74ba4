"""Duties of sessions, jurors, appeals and returned payments: each shows while it waits, to whom it waits for, and then is gone."""

from decimal import Decimal

from service.core.acts import Role
from service.core.db import Session
from service.deliberation import appeals
from service.deliberation.appeal_shapes import OpinionIn, RulingIn
from service.disbursements.orders import reissue_order
from service.scoring.usecases import book_of
from service.transparency.duties.shapes import Section
from service.transparency.first_page import first_page
from tests.cast import Cast
from tests.make.appeals import announced_purse, file_it, name_it, panel
from tests.make.deliberation import announce
from tests.make.disbursements import answer, make_order, order_of, send, with_roles
from tests.make.office import make_office
from tests.make.panels import make_arena
from tests.make.scoring import best_scores, lock, open_stages
from tests.make.votes import make_tallied
from tests.transparency.test_first_page import seen

MISSING = "Ask the jurors for the sheets that are missing"


async def test_the_secretary_sees_who_has_not_handed_in_and_how_many_but_no_score(session: Session, cast: Cast) -> None:
    arena = await make_arena(session, cast, "AB")
    assert MISSING not in await seen(session, cast.secretary)
    await open_stages(session, cast, arena.contest)

    async def missing() -> list[str]:
        rows = [w for part in (await first_page(session, cast.secretary)).values() for w in part]
        return [task.about for w in rows if str(w.duty.sentence) == MISSING for task in w.tasks]

    jurors = [("J1", "field"), ("J2", "field"), ("J3", "public"), ("J4", "public"), ("J5", "public")]
    assert sorted(await missing()) == [f"{arena.contest.code} · {juror} ({stage}): 2" for juror, stage in jurors]
    book = (await book_of(session, arena.contest.id)).book
    await lock(session, arena.panel["J1"], arena.applications["A"], "field", best_scores(book.stages["field"]))
    said = await missing()
    assert f"{arena.contest.code} · J1 (field): 1" in said
    await lock(session, arena.panel["J1"], arena.applications["B"], "field", best_scores(book.stages["field"]))
    assert [line for line in await missing() if "J1" in line] == []
    for other in (cast.head, cast.promoter, cast.auditor, arena.panel["J2"]):
        assert MISSING not in await seen(session, other)


async def test_a_session_is_led_step_by_step_and_its_minutes_are_signed_by_who_was_there(session: Session, cast: Cast) -> None:
    _, row = await make_tallied(session, cast)
    assert "Have the ranking checked off, then announce it" in await seen(session, cast.secretary)
    assert (await seen(session, cast.head))["Check a ranking off, as a second person"] == 1
    assert "Check a ranking off, as a second person" not in await seen(session, cast.jurors[0])
    await announce(session, cast, row)
    assert "Check a ranking off, as a second person" not in await seen(session, cast.head)
    assert "Close the minutes" in await seen(session, cast.secretary)


async def test_an_appeal_waits_for_the_head_then_for_the_panel_then_for_the_secretary(session: Session, cast: Cast) -> None:
    played, _ = await announced_purse(session, cast)
    appeal = await file_it(session, cast, next(iter(played.applications.values())))
    assert (await seen(session, cast.head))["Name who hears an appeal"] == 1
    await name_it(session, cast, appeal)
    assert "Name who hears an appeal" not in await seen(session, cast.head)
    for member in panel(cast):
        assert (await seen(session, member))["Give your opinion on an appeal"] == 1
    for member in panel(cast):
        await appeals.give_opinion(session, member, appeal.id, OpinionIn(uphold=False, reason="El acta dice ocho"))
        assert "Give your opinion on an appeal" not in await seen(session, member)
    assert (await seen(session, cast.programme))["Say how the panel rules"] == 1
    await appeals.rule_on_appeal(session, cast.programme, appeal.id, RulingIn(reason="La ficha es correcta"))
    assert "Say how the panel rules" not in await seen(session, cast.programme)


async def test_a_returned_payment_waits_for_a_new_order(session: Session, cast: Cast) -> None:
    _, authorisation = await make_order(session, cast)
    order = await order_of(session, cast, authorisation)
    waits = {"Send an order to the bank": 1}
    assert waits.items() <= (await seen(session, cast.administrator)).items()
    batch = await send(session, cast)
    assert (await seen(session, cast.administrator))["Read the bank's answer"] == 1
    await answer(session, cast, batch, {order.id: "MS03"})
    sentence = "See to a payment that the bank returned"
    page = await first_page(session, cast.administrator)
    (returned,) = [w for w in page[Section.PAYMENTS] if str(w.duty.sentence) == sentence]
    assert (returned.count, returned.total) == (1, Decimal("7000.04"))
    await reissue_order(session, cast.administrator, authorisation.id)
    assert sentence not in await seen(session, cast.administrator)


async def test_a_person_with_several_duties_sees_them_in_the_order_of_urgency(session: Session, cast: Cast) -> None:
    await make_office(session, cast)
    everything = with_roles(cast, cast.head, *(role for role in Role if role not in (Role.PROGRAMME, Role.SYSTEM)))
    sections = list(await first_page(session, everything))
    assert sections == [section for section in Section if section in sections]
    assert len(sections) == 5
