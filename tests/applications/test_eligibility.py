"""Eligibility: what shuts the door, what only opens a task, and who decides."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from service.applications import eligibility, eligibility_rules, usecases
from service.applications.eligibility_rules import Examination, Facts, Member, age_on, examine, is_youth
from service.applications.models import PaperKind
from service.applications.shapes import EligibilityIn, ReturnIn
from service.contests.models import PlanType
from service.core import clock
from service.core.actor import MissingRole
from service.core.acts import Role
from service.core.db import Session
from service.core.errors import NotFound
from service.core.ids import new_id
from service.core.machine import WrongState
from service.people.group_usecases import families_of, register_families
from service.people.groups import BoardRole, Group, GroupKind, Registration
from service.people.shapes import RollIn
from tests.cast import Cast
from tests.make.applications import SCAN, add_papers, confirm, file_application, make_application, make_eligible
from tests.make.contests import DAY, make_contest
from tests.make.people import family_in, make_actor, make_group, make_mandate, make_municipality, make_office, make_person

YES, NO = EligibilityIn(eligible=True), EligibilityIn(eligible=False)
CLOSES = date(2026, 3, 20)
ALL_PAPERS = frozenset(PaperKind)
SEATS = (BoardRole.PRESIDENT, BoardRole.TREASURER)


def member(birth: date | None = date(1985, 5, 17), *, dni: bool = True, person_id: UUID | None = None) -> Member:
    return Member(person_id or new_id(), birth, dni)


def facts(**changes: object) -> Facts:
    known: dict[str, object] = {
        "plan_type": PlanType.PDN,
        "papers": ALL_PAPERS,
        "registration": Registration.REGISTERED,
        "seats_due": SEATS,
        "seats_held": frozenset(SEATS),
        "seats_lapsed": frozenset(),
        "board": (member(), member()),
        "roll": (member(),),
        "closes_on": CLOSES,
    }
    return Facts(**(known | changes))  # type: ignore[arg-type]  # each test names fields of the right type


def test_nothing_is_found_against_a_complete_application() -> None:
    assert examine(facts()) == Examination((), ())


@pytest.mark.parametrize(
    ("plan_type", "needed"),
    [
        ("PIT", "request assembly_act registry_sheet board_dni roll plan"),
        ("PGRN", "request assembly_act registry_sheet board_dni roll plan"),
        ("PDN", "request assembly_act registry_sheet board_dni roll plan"),
        ("PDN-J", "request assembly_act registry_sheet board_dni roll plan"),
        ("IDL", "request assembly_act technical_file"),
        ("SIDE", "request"),
        ("CIF", ""),
        ("HOMES", ""),
    ],
)
def test_each_type_of_plan_needs_its_papers(plan_type: str, needed: str) -> None:
    youth = (member(date(2000, 1, 1)),)
    found = examine(facts(plan_type=PlanType(plan_type), papers=frozenset(), roll=youth))
    assert found == Examination(tuple(f"paper_missing:{kind}" for kind in needed.split()), ())


def test_a_group_in_formation_enters_with_a_task() -> None:
    papers = ALL_PAPERS - {PaperKind.REGISTRY_SHEET}
    assert examine(facts(registration=Registration.IN_FORMATION, papers=papers)) == Examination((), ("task:registration",))
    assert examine(facts(papers=papers)).blocking == ("paper_missing:registry_sheet",)


def test_a_board_member_without_an_identity_card_opens_a_task_and_no_copy_is_asked() -> None:
    treasurer = member(dni=False)
    papers = ALL_PAPERS - {PaperKind.BOARD_DNI}
    found = examine(facts(board=(member(), treasurer), roll=(member(), treasurer), papers=papers))
    assert found == Examination((), ("task:identity_cards:1",))


def test_grown_members_without_an_identity_card_are_counted_and_children_are_not() -> None:
    eighteen_today, seventeen = member(date(2008, 3, 20), dni=False), member(date(2008, 3, 21), dni=False)
    roll = (member(), eighteen_today, seventeen, member(None, dni=False))
    assert examine(facts(roll=roll)).tasks == ("task:identity_cards:2",)


def test_an_empty_seat_and_a_lapsed_mandate_shut_the_door_each_by_its_name() -> None:
    found = examine(facts(seats_held=frozenset(), seats_lapsed=frozenset({BoardRole.PRESIDENT, BoardRole.SECRETARY})))
    assert found.blocking == ("mandate_lapsed:president", "seat_empty:treasurer")
    renewed = examine(facts(seats_lapsed=frozenset(SEATS)))
    assert renewed.blocking == ()


@pytest.mark.parametrize(
    ("birth", "youth"),
    [
        (date(2008, 3, 20), True),  # 18 on the day that filing closes
        (date(2008, 3, 21), False),
        (date(1996, 3, 21), True),  # 30 the day after
        (date(1996, 3, 20), False),
        (date(2004, 2, 29), True),
        (None, False),
    ],
)
def test_youth_is_eighteen_to_twenty_nine_when_filing_closes(birth: date | None, youth: bool) -> None:
    assert is_youth(birth, CLOSES) == youth
    found = examine(facts(plan_type=PlanType.PDN_J, roll=(member(), member(birth))))
    assert found.blocking == (() if youth else ("no_youth",))
    assert found.tasks == (() if birth else ("task:birth_dates:1",))


def test_who_is_born_on_a_leap_day_is_older_from_the_first_of_march() -> None:
    assert [age_on(date(2004, 2, 29), day) for day in (date(2022, 2, 28), date(2022, 3, 1))] == [17, 18]


async def test_a_complete_application_is_found_eligible(session: Session, cast: Cast) -> None:
    application = await file_application(session, cast, await make_contest(session, cast))
    decision = await eligibility.decide_eligibility(session, cast.head, application.id, YES)
    assert application.status == "eligible"
    assert (decision.outcome, decision.reasons, decision.note) == ("eligible", [], "")
    assert (decision.at, decision.decided_by) == (await clock.now(session), cast.head.person_id)
    acts = text("SELECT act FROM record_leaf WHERE subject = :subject AND act LIKE 'application.%' ORDER BY id")
    assert (await session.scalars(acts, {"subject": f"application:{application.id}"})).all() == [
        "application.registered",
        "application.filed",
        "application.confirmed",
        "application.eligible",
    ]


async def test_an_application_is_not_eligible_while_a_paper_is_missing(session: Session, cast: Cast) -> None:
    application = await make_application(session, cast, await make_contest(session, cast))
    await usecases.file_application(session, cast.promoter, application.id)
    await confirm(session, cast, application)
    with pytest.raises(eligibility_rules.NotYetEligible) as refused:
        await eligibility.decide_eligibility(session, cast.secretary, application.id, YES)
    kinds = ["request", "assembly_act", "registry_sheet", "board_dni", "roll", "plan"]
    assert refused.value.values == {"reasons": tuple(f"paper_missing:{kind}" for kind in kinds)}
    assert application.status == "filed"
    for kind in kinds:
        await usecases.add_paper(session, cast.promoter, application.id, PaperKind(kind), "papel.pdf", SCAN)
    await eligibility.decide_eligibility(session, cast.secretary, application.id, YES)


async def test_an_ineligible_application_keeps_the_reasons_found_then(session: Session, cast: Cast) -> None:
    application = await make_application(session, cast, await make_contest(session, cast, "side-dance"))
    await usecases.file_application(session, cast.promoter, application.id)
    await confirm(session, cast, application)
    decision = await eligibility.decide_eligibility(session, cast.secretary, application.id, NO)
    assert (application.status, decision.reasons) == ("ineligible", ["paper_missing:request"])


async def test_without_a_reason_found_the_note_says_why_it_is_ineligible(session: Session, cast: Cast) -> None:
    application = await file_application(session, cast, await make_contest(session, cast))
    with pytest.raises(eligibility_rules.NoteMissing):
        await eligibility.decide_eligibility(session, cast.secretary, application.id, NO)
    given = EligibilityIn(eligible=False, note="El plan es copia de otro.")
    decision = await eligibility.decide_eligibility(session, cast.secretary, application.id, given)
    assert (decision.reasons, decision.note) == ([], "El plan es copia de otro.")


async def group_without_papers(session: Session, cast: Cast) -> Group:
    group = await make_group(
        session, cast, board=False, registration=Registration.IN_FORMATION, registry_sheet=None, ruc=None, account=False
    )
    await make_mandate(session, cast, group, BoardRole.PRESIDENT)
    treasurer = await make_person(session, cast.promoter, dni=None)
    await make_mandate(session, cast, group, BoardRole.TREASURER, treasurer.id)
    return group


async def test_a_group_without_registry_and_identity_card_is_eligible_with_tasks_and_a_date(
    session: Session, cast: Cast
) -> None:
    contest = await make_contest(session, cast)
    application = await make_application(session, cast, contest, await group_without_papers(session, cast))
    for kind in (PaperKind.REQUEST, PaperKind.ASSEMBLY_ACT, PaperKind.ROLL, PaperKind.PLAN):
        await usecases.add_paper(session, cast.promoter, application.id, kind, "papel.pdf", SCAN)
    await usecases.file_application(session, cast.promoter, application.id)
    await confirm(session, cast, application)
    given = EligibilityIn(eligible=True, note="RENIEC visita en mayo", tasks_until=date(2026, 6, 30))
    decision = await eligibility.decide_eligibility(session, cast.secretary, application.id, given)
    assert application.status == "eligible"
    assert decision.reasons == ["task:registration:2026-06-30", "task:identity_cards:1:2026-06-30"]


async def test_a_mandate_that_lapsed_by_today_shuts_the_door(session: Session, cast: Cast) -> None:
    today = await clock.today(session)
    group = await make_group(session, cast, board=False)
    await make_mandate(session, cast, group, BoardRole.PRESIDENT, until=today - DAY)
    await make_mandate(session, cast, group, BoardRole.TREASURER, until=today)
    application = await file_application(session, cast, await make_contest(session, cast), group, confirmed=False)
    found = await eligibility.check_eligibility(session, cast.promoter, application.id)
    assert found.blocking == ("mandate_lapsed:president",)
    await make_mandate(session, cast, group, BoardRole.PRESIDENT, since=today)
    await confirm(session, cast, application)
    assert await eligibility.check_eligibility(session, cast.promoter, application.id) == Examination((), ())


async def test_a_municipality_needs_its_mayor(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast, "idl-first")
    headless = await make_group(session, cast, board=False, families=0, kind=GroupKind.MUNICIPALITY)
    application = await file_application(session, cast, contest, headless, confirmed=False)
    found = await eligibility.check_eligibility(session, cast.secretary, application.id)
    assert found.blocking == ("seat_empty:mayor",)
    other = await file_application(session, cast, contest, await make_municipality(session, cast))
    assert await eligibility.check_eligibility(session, cast.secretary, other.id) == Examination((), ())


async def test_a_youth_plan_needs_youth_on_the_roll(session: Session, cast: Cast) -> None:
    contest, group = await make_contest(session, cast, "pdn-j"), await make_group(session, cast)
    application = await file_application(session, cast, contest, group)
    assert (await eligibility.check_eligibility(session, cast.head, application.id)).blocking == ("no_youth",)
    today = await clock.today(session)
    young = family_in("F9", birth_date=date(today.year - 20, 1, 1))
    await register_families(session, cast.promoter, group.id, RollIn(families=[young]))
    assert (await eligibility.check_eligibility(session, cast.head, application.id)).blocking == ()


async def test_a_family_hands_in_no_papers(session: Session, cast: Cast) -> None:
    host = await make_group(session, cast, board=False)
    contest = await make_contest(session, cast, "cif", host_group_id=host.id)
    family = (await families_of(session, host.id))[0].family
    application = await make_eligible(session, cast, contest, host, family)
    assert application.status == "eligible"


async def test_an_application_is_returned_with_what_to_correct_and_a_date(session: Session, cast: Cast) -> None:
    application = await make_application(session, cast, await make_contest(session, cast, "side-dance"))
    await usecases.file_application(session, cast.promoter, application.id)
    await confirm(session, cast, application)
    now = await clock.now(session)
    with pytest.raises(eligibility_rules.DeadlinePast):
        given = ReturnIn(correct_until=now, note="Falta la solicitud")
        await eligibility.return_application(session, cast.secretary, application.id, given)
    given = ReturnIn(correct_until=now + DAY, note="Falta la solicitud")
    await eligibility.return_application(session, cast.secretary, application.id, given)
    assert (application.status, application.correct_until) == ("returned", now + DAY)
    decisions = await session.execute(
        text("SELECT outcome, reasons, note FROM eligibility_decision WHERE application_id = :id"), {"id": application.id}
    )
    assert [tuple(row) for row in decisions] == [("returned", ["paper_missing:request"], "Falta la solicitud")]
    with pytest.raises(WrongState):
        await eligibility.decide_eligibility(session, cast.secretary, application.id, NO)


async def test_the_secretary_and_the_head_decide_and_nobody_else(session: Session, cast: Cast) -> None:
    application = await file_application(session, cast, await make_contest(session, cast))
    given = ReturnIn(correct_until=await clock.now(session) + DAY, note="Firma")
    for actor in (cast.promoter, cast.programme, cast.administrator, cast.auditor):
        with pytest.raises(MissingRole):
            await eligibility.decide_eligibility(session, actor, application.id, YES)
        with pytest.raises(MissingRole):
            await eligibility.return_application(session, actor, application.id, given)


async def test_what_is_found_is_for_the_office_alone(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    application = await make_application(session, cast, contest)
    await add_papers(session, cast, contest, application)
    other = await make_office(session, cast)
    stranger = await make_actor(session, cast, Role.SECRETARY, office_id=other.id)
    for actor in (stranger, cast.jurors[0]):
        with pytest.raises(NotFound):
            await eligibility.check_eligibility(session, actor, application.id)
    assert await eligibility.check_eligibility(session, cast.auditor, application.id) == Examination((), ())
