"""The group's confirmation: by a code or on paper, by the president of that day, never by who filed; not eligible without it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.applications import confirmation, confirmation_rules, eligibility, usecases
from service.applications.eligibility_rules import NotYetEligible
from service.applications.models import Application, ApplicationStatus
from service.applications.shapes import BudgetIn, ConfirmIn, EligibilityIn, PaperConfirmationIn, ReturnIn
from service.core import clock
from service.core.actor import Actor, Grant, MissingRole
from service.core.acts import Role
from service.core.db import Session
from service.people.group_usecases import board_on
from service.people.groups import BoardRole
from tests.cast import Cast
from tests.make.applications import SCAN, add_papers, budget_in, file_application, make_application
from tests.make.contests import make_contest
from tests.make.people import make_group, next_number

YES = EligibilityIn(eligible=True)


@pytest.fixture
async def application(session: Session, cast: Cast) -> Application:
    """An application that the promoter filed for a group."""
    return await file_application(session, cast, await make_contest(session, cast), confirmed=False)


def typed(application: Application, code: str) -> ConfirmIn:
    return ConfirmIn(application=application.code, code=code)


async def attempts(session: Session) -> list[int]:
    return list(await session.scalars(text("SELECT attempts FROM confirmation_code ORDER BY at, id")))


async def test_what_the_promoter_filed_is_a_task_with_a_date_and_not_eligible_until_confirmed(
    session: Session, cast: Cast, application: Application
) -> None:
    assert application.must_confirm
    by = (await clock.today(session)) + timedelta(days=15)
    found = await eligibility.check_eligibility(session, cast.secretary, application.id)
    assert (found.blocking, found.tasks) == ((), (f"task:confirmation:{by}",))
    with pytest.raises(NotYetEligible):
        await eligibility.decide_eligibility(session, cast.secretary, application.id, YES)
    code, president = await confirmation.issue_code(session, cast.secretary, application.id)
    assert await confirmation.confirm_by_code(session, typed(application, code.lower().replace("-", " "))) == application
    row = (await confirmation.confirmations_of(session, application.id))[0]
    assert (row.way, row.role, row.president, row.received_by) == ("by_code", "president", president.name, None)
    assert (await eligibility.decide_eligibility(session, cast.secretary, application.id, YES)).outcome == "eligible"


async def test_signed_paper_is_recorded_with_who_received_it_and_when(
    session: Session, cast: Cast, application: Application
) -> None:
    today = await clock.today(session)
    for day in (today + timedelta(days=1), today - timedelta(days=1)):
        with pytest.raises(confirmation_rules.NotReceivedYet):
            given = PaperConfirmationIn(received_on=day)
            await confirmation.confirm_on_paper(session, cast.secretary, application.id, given, "c.pdf", SCAN)
    given = PaperConfirmationIn(received_on=today)
    row = await confirmation.confirm_on_paper(session, cast.secretary, application.id, given, "c.pdf", SCAN)
    assert (row.way, row.received_on, row.received_by) == ("on_paper", today, cast.secretary.person_id)
    assert (await confirmation.get_confirmation_file(session, cast.head, row.id)).id == row.file_id
    with pytest.raises(confirmation_rules.NothingToConfirm):
        await confirmation.issue_code(session, cast.secretary, application.id)


async def test_five_wrong_attempts_spend_a_code_and_a_newer_one_replaces_it(
    session: Session, cast: Cast, application: Application
) -> None:
    code, _ = await confirmation.issue_code(session, cast.secretary, application.id)
    wrong = code[:7] + "222222-222222"
    for _ in range(5):
        assert await confirmation.confirm_by_code(session, typed(application, wrong)) is None
    assert await confirmation.confirm_by_code(session, typed(application, code)) is None
    assert await attempts(session) == [5]
    newer, _ = await confirmation.issue_code(session, cast.secretary, application.id)
    assert await confirmation.confirm_by_code(session, typed(application, code)) is None
    assert await confirmation.confirm_by_code(session, ConfirmIn(application="OTHER", code=newer)) is None
    assert await attempts(session) == [5, 1]
    assert await confirmation.confirm_by_code(session, typed(application, newer)) is not None
    assert await confirmation.confirm_by_code(session, typed(application, newer)) is None
    assert await confirmation.confirm_by_code(session, typed(application, "-")) is None


async def test_a_code_goes_to_the_presidents_mobile_and_nobody_of_the_office_sees_it(
    session: Session, cast: Cast, application: Application
) -> None:
    board = await board_on(session, application.group_id, await clock.today(session))
    president = next(person for mandate, person in board if mandate.role == BoardRole.PRESIDENT)
    president.mobile = None
    with pytest.raises(confirmation_rules.NoMobileOfPresident):
        async with session.begin_nested():
            await confirmation.send_code(session, cast.secretary, application.id)
    await session.refresh(president)
    president.mobile = f"9{next_number():08d}"
    with pytest.raises(MissingRole):
        await confirmation.send_code(session, cast.auditor, application.id)
    with pytest.raises(confirmation_rules.FiledByYourself):
        await confirmation.send_code(session, cast.promoter, application.id)
    bodies = []
    for _ in range(2):
        assert (await confirmation.send_code(session, cast.secretary, application.id)).id == president.id
        rows = await session.execute(_WAITING, {"subject": f"application:{application.id}"})
        address, body = rows.one()  # the earlier one was taken back: its code is no longer good
        assert address == f"+51{president.mobile}"
        bodies.append(body)
    codes = [re.findall(r"[2-9A-Z]{6}-[2-9A-Z]{6}-[2-9A-Z]{6}", body)[0] for body in bodies]
    assert application.code in bodies[1] and "http://localhost:8000/confirm" in bodies[1]
    assert await confirmation.confirm_by_code(session, typed(application, codes[1])) == application


_WAITING = text("SELECT address, body FROM message WHERE subject = :subject AND status = 'queued'")


async def test_only_the_hash_of_a_code_is_kept(session: Session, cast: Cast, application: Application) -> None:
    code, _ = await confirmation.issue_code(session, cast.secretary, application.id)
    secret = code[7:].replace("-", "")
    for table in ("confirmation_code", "record_leaf"):
        rows = await session.scalars(text(f"SELECT row_to_json(t)::text FROM {table} t"))  # two names of ours
        assert all(secret not in row and code not in row for row in rows)


async def test_who_filed_does_not_confirm_and_nobody_without_the_role(
    session: Session, cast: Cast, application: Application
) -> None:
    with pytest.raises(confirmation_rules.FiledByYourself):
        await confirmation.issue_code(session, cast.promoter, application.id)
    for who in (cast.auditor, cast.administrator, cast.mayor):
        with pytest.raises(MissingRole):
            await confirmation.issue_code(session, who, application.id)


async def test_a_board_member_who_files_is_not_asked_to_confirm(session: Session, cast: Cast) -> None:
    contest, group = await make_contest(session, cast), await make_group(session, cast)
    board = await board_on(session, group.id, await clock.today(session))
    president = next(person for mandate, person in board if mandate.role == BoardRole.PRESIDENT)
    draft = await make_application(session, cast, contest, group)
    await add_papers(session, cast, contest, draft)
    files = Actor(president.id, president.name, frozenset({Grant(Role.PROMOTER, cast.office.id)}))
    await usecases.file_application(session, files, draft.id)
    assert not draft.must_confirm
    assert (await eligibility.decide_eligibility(session, cast.secretary, draft.id, YES)).outcome == "eligible"


async def test_corrected_amounts_are_confirmed_again(session: Session, cast: Cast, application: Application) -> None:
    given = PaperConfirmationIn(received_on=await clock.today(session))
    await confirmation.confirm_on_paper(session, cast.secretary, application.id, given, "c.pdf", SCAN)
    until = await clock.now(session) + timedelta(days=2)
    await eligibility.return_application(session, cast.secretary, application.id, ReturnIn(correct_until=until, note="Monto"))
    changed = BudgetIn.model_validate(budget_in("9000.00").model_dump())
    await usecases.replace_budget(session, cast.promoter, application.id, changed)
    await usecases.file_application(session, cast.promoter, application.id)
    with pytest.raises(NotYetEligible):
        await eligibility.decide_eligibility(session, cast.secretary, application.id, YES)
    await confirmation.confirm_on_paper(session, cast.secretary, application.id, given, "c.pdf", SCAN)
    assert (await eligibility.decide_eligibility(session, cast.secretary, application.id, YES)).outcome == "eligible"


async def test_the_database_makes_nothing_eligible_that_the_group_has_not_confirmed(
    session: Session, cast: Cast, application: Application
) -> None:
    await session.flush()
    statements = {
        "UPDATE application SET status = 'eligible' WHERE id = :id": "RY125",
        "UPDATE application SET must_confirm = false WHERE id = :id": "RY125",
        "INSERT INTO group_confirmation (id, application_id, way, mandate_id, file_id, received_on, received_by, requested, "
        "own_share, at) SELECT gen_random_uuid(), a.id, 'on_paper', m.id, p.file_id, now(), p.added_by, a.requested, a.own_share, "
        "now() FROM application a JOIN board_mandate m ON m.group_id = a.group_id AND m.role = 'treasurer' "
        "JOIN paper p ON p.application_id = a.id WHERE a.id = :id LIMIT 1": "RY126",
        "INSERT INTO group_confirmation (id, application_id, way, mandate_id, file_id, received_on, received_by, requested, "
        "own_share, at) SELECT gen_random_uuid(), a.id, 'on_paper', m.id, p.file_id, now(), p.added_by, a.requested + 1, "
        "a.own_share, now() FROM application a JOIN board_mandate m ON m.group_id = a.group_id AND m.role = 'president' "
        "JOIN paper p ON p.application_id = a.id WHERE a.id = :id LIMIT 1": "RY126",
    }
    for statement, state in statements.items():
        with pytest.raises(DBAPIError) as refused:
            async with session.begin_nested():
                await session.execute(text(statement), {"id": application.id})
        assert getattr(refused.value.orig, "sqlstate", None) == state
    await confirmation.issue_code(session, cast.secretary, application.id)
    for attempts_set in (0, 2, 6):
        with pytest.raises(DBAPIError):
            async with session.begin_nested():
                await session.execute(text("UPDATE confirmation_code SET attempts = :n"), {"n": attempts_set})
    assert application.status == ApplicationStatus.FILED
