"""Reading applications: for the office, in few queries."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from service.applications import queries, usecases
from service.applications.models import PaperKind
from service.core.acts import Role
from service.core.db import Session
from service.core.errors import NotFound
from service.core.ids import new_id
from tests.cast import Cast
from tests.make.applications import SCAN, make_application, make_eligible
from tests.make.contests import make_contest
from tests.make.people import make_actor, make_group, make_office


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that the block sends."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def test_an_application_is_read_by_its_office_alone(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    application = await make_application(session, cast, contest)
    paper = await usecases.add_paper(session, cast.promoter, application.id, PaperKind.PLAN, "plan.pdf", SCAN)
    other = await make_office(session, cast)
    stranger = await make_actor(session, cast, Role.SECRETARY, office_id=other.id)
    for actor in (None, stranger, cast.jurors[0], cast.mayor):
        for hidden in (
            queries.get_application(session, actor, application.id),
            queries.get_dossier(session, actor, application.id),
            queries.get_paper_file(session, actor, paper.id),
        ):
            with pytest.raises(NotFound):
                await hidden
    for actor in (stranger, cast.jurors[0]):
        with pytest.raises(NotFound):
            await queries.list_applications(session, actor, contest.id)
        assert await queries.list_applications(session, actor) == []
        assert await queries.list_applications(session, actor, group_id=application.group_id) == []
    for actor in (cast.promoter, cast.treasurer, cast.auditor, cast.programme):
        assert (await queries.get_application(session, actor, application.id)).code == application.code
        assert (await queries.get_paper_file(session, actor, paper.id)).content == SCAN


async def test_what_does_not_exist_is_not_found(session: Session, cast: Cast) -> None:
    for missing in (
        queries.get_application(session, cast.secretary, new_id()),
        queries.get_dossier(session, cast.secretary, new_id()),
        queries.get_paper_file(session, cast.secretary, new_id()),
        queries.list_applications(session, cast.secretary, new_id()),
    ):
        with pytest.raises(NotFound):
            await missing


async def test_a_dossier_holds_all_that_belongs_to_an_application(session: Session, cast: Cast) -> None:
    contest, group = await make_contest(session, cast), await make_group(session, cast)
    application = await make_eligible(session, cast, contest, group, present=(14, 15))
    await make_eligible(session, cast, contest)
    dossier = await queries.get_dossier(session, cast.auditor, application.id)
    assert (dossier.application.id, dossier.contest.id, dossier.call.id, dossier.group.id) == (
        application.id,
        contest.id,
        contest.call_id,
        group.id,
    )
    assert dossier.proposal.title == "Riego tecnificado para alfalfa"
    assert [(line.source, str(line.amount)) for line in dossier.budget] == [("fund", "10000.05"), ("own", "2500.00")]
    assert [paper.kind for paper, _ in dossier.papers] == [
        "request",
        "assembly_act",
        "registry_sheet",
        "board_dni",
        "roll",
        "plan",
    ]
    assert [(row.name, row.value) for row in dossier.attributes] == [("families_present_share", "14/15")]
    assert [row.outcome for row in dossier.decisions] == ["eligible"]


async def test_applications_are_listed_by_code_with_their_group_and_plan(session: Session, cast: Cast) -> None:
    contest, elsewhere = await make_contest(session, cast), await make_contest(session, cast)
    group = await make_group(session, cast)
    await make_application(session, cast, contest, code="B")
    await make_application(session, cast, contest, group, code="A")
    again = await make_application(session, cast, elsewhere, group, code="C")
    entries = await queries.list_applications(session, cast.secretary, contest.id)
    assert [entry.application.code for entry in entries] == ["A", "B"]
    assert (entries[0].group.name, entries[0].proposal.group_id, entries[0].family) == (group.name, group.id, None)
    of_group = await queries.list_applications(session, cast.secretary, group_id=group.id)
    assert {(entry.contest.id, entry.application.code) for entry in of_group} == {(contest.id, "A"), (elsewhere.id, "C")}
    assert again.id in {entry.application.id for entry in await queries.list_applications(session, cast.programme)}


async def test_a_list_takes_as_many_queries_for_three_as_for_one(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    sent = []
    for more in (1, 2):
        for _ in range(more):
            await make_application(session, cast, contest)
        session.expunge_all()
        with counted(session) as statements:
            entries = await queries.list_applications(session, cast.secretary, contest.id)
            assert all(entry.group.name and entry.proposal.title and entry.contest.title for entry in entries)
        sent.append((len(entries), len(statements)))
    assert [rows for rows, _ in sent] == [1, 3]
    assert sent[0][1] == sent[1][1]


async def test_the_list_of_a_contest_shows_families_by_their_code(session: Session, cast: Cast) -> None:
    host = await make_group(session, cast)
    contest = await make_contest(session, cast, "cif", host_group_id=host.id)
    rows = await session.execute(text("SELECT id, code FROM family WHERE group_id = :id ORDER BY code"), {"id": host.id})
    for number, row in enumerate(rows.all()):
        given = {"family_id": row.id, "code": f"F0{number}", "requested": "0.00", "own_share": "0.00", "lines": []}
        await make_application(session, cast, contest, host, **given)
    entries = await queries.list_applications(session, cast.secretary, contest.id)
    assert [(entry.application.code, entry.family) for entry in entries] == [("F00", "F1"), ("F01", "F2"), ("F02", "F3")]
